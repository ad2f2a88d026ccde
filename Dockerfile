# One image for every process of the full mode: web, live editing, workers, scheduler, mailbox.

# ---- Browser packages, without their install scripts (none of ours needs one)
FROM node:22-bookworm-slim AS node
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

# ---- Python packages, then what is made once: assets, web fonts, territories, translations
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv .venv
COPY requirements.txt ./
RUN .venv/bin/pip install --require-hashes --requirement requirements.txt
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /app/node_modules ./node_modules
COPY . .
RUN .venv/bin/pip install --no-deps --no-build-isolation --editable . \
 && PYTHON=/app/.venv/bin/python node assets/build.mjs \
 && .venv/bin/python scripts/build_territories.py \
 && .venv/bin/pybabel -q compile --directory charter/translations \
 && .venv/bin/python -m compileall -q .venv/lib charter workflows worker.py

# ---- What runs: no compiler, no npm, no root
FROM python:3.13-slim-bookworm
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /data --create-home charte
WORKDIR /app
COPY --from=build /app/.venv ./.venv
COPY --from=build /app/node_modules/@expo-google-fonts ./node_modules/@expo-google-fonts
COPY --from=build /app/charter ./charter
COPY --from=build /app/workflows ./workflows
COPY --from=build /app/templates ./templates
COPY --from=build /app/migrations ./migrations
COPY --from=build /app/docs/verifier.py /app/docs/verify.md ./docs/
COPY --from=build /app/worker.py /app/LICENSE /app/pyproject.toml ./
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
USER charte
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
CMD ["charte", "serve", "--only", "web"]
