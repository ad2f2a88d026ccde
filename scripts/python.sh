# Sourced by the other scripts: sets PYTHON to an interpreter of 3.11 or later, or stops with what to do.
# Works with the bash 3.2 of macOS.

python_is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14; do
    if command -v "$name" >/dev/null 2>&1 && python_is_new_enough "$name"; then
      PYTHON="$name"
      return 0
    fi
  done
  if command -v python3 >/dev/null 2>&1; then
    echo "Python 3.11 or later is needed; python3 here is $(python3 -V 2>&1 | cut -d' ' -f2)." >&2
  else
    echo "Python 3.11 or later is needed and no python3 was found." >&2
  fi
  echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python) or name it: make PYTHON=/path/to/python3.11 …" >&2
  return 1
}

find_python || exit 1
export PYTHON

# WeasyPrint looks for Pango where Homebrew puts it; macOS forgets this variable at each system shell, so every script sets it.
if [ "$(uname -s)" = Darwin ] && [ -d /opt/homebrew/lib ]; then
  export DYLD_FALLBACK_LIBRARY_PATH="${DYLD_FALLBACK_LIBRARY_PATH:-/opt/homebrew/lib:/usr/local/lib:/usr/lib}"
fi
