#!/usr/bin/env bash
# Recompiles the hashed lock files. No index address is written into them.
set -euo pipefail
cd "$(dirname "$0")/.."
for name in requirements requirements-dev; do
  uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
    --custom-compile-command "scripts/lock.sh" "$name.in" -o "$name.txt"
done
