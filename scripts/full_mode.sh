#!/usr/bin/env bash
# Every process of docker-compose.yml, started on this machine's PostgreSQL, Redis and nginx, on free ports.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh
"$PYTHON" -m scripts.setup test
exec .venv/bin/python -m scripts.full_mode "$@"
