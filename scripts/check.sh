#!/usr/bin/env bash
# Set-up, then every check. Names of checks may be given: scripts/check.sh types rooms
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh
"$PYTHON" -m scripts.setup check
exec .venv/bin/python -m scripts.check "$@"
