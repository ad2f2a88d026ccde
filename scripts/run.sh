#!/usr/bin/env bash
# Set-up, database, example alliance, then the product in embedded mode (or on the servers the environment names).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh
"$PYTHON" -m scripts.setup run
.venv/bin/charte db upgrade
.venv/bin/charte example load
exec .venv/bin/charte serve "$@"
