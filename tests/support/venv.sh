#!/bin/sh
# Make the virtual environment $1 from the first Python ≥ 3.11 on PATH.
set -eu
venv=$1

for name in python3 python3.11 python3.12 python3.13 python3.14; do
  # It must run, not only exist: version managers put stand-ins on PATH that run nothing.
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "${python:-}" ]; then
  echo "Dyad needs Python 3.11 or newer, and there is none on PATH." >&2
  exit 1
fi

echo "Making $venv with $("$python" --version) …"
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
  # Debian and Ubuntu keep this part of Python in a package of its own.
  sh "$(dirname "$0")/packages.sh" python3-venv
fi
"$python" -m venv --clear "$venv"
