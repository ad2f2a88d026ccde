#!/usr/bin/env bash
# Set-up, then every test on two processes. Arguments go to pytest: scripts/test.sh -m "not browser" tests/workflows
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/python.sh
"$PYTHON" -m scripts.setup test
exec .venv/bin/python -m pytest -n "${TEST_PROCESSES:-2}" --dist loadgroup "$@"
