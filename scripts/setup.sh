#!/usr/bin/env bash
# Makes this checkout ready: scripts/setup.sh run | check | test. Quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh
exec "$PYTHON" -m scripts.setup "${1:-test}"
