#!/bin/sh
# Install a locked requirements file into .venv, and leave a stamp.
# uv does it where there is one; else venv and pip; where Python's venv module is
# missing, a uv that pip fetches into build/.
set -eu
requirements=$1
stamp=$2
python=${PYTHON:-python3}

stop() {
    echo "pilotgate: $1" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    stop "$python is missing (Debian: apt-get install -y python3 python3-venv)"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "$("$python" --version) is too old; name a 3.11 or newer in PYTHON"

if command -v uv >/dev/null; then
    uv=uv
elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    uv=
elif "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m pip install --quiet --root-user-action=ignore --target build/uv uv
    uv=build/uv/bin/uv
else
    stop "Python's venv module is missing: apt-get install -y python3-venv"
fi

echo "pilotgate: installing $requirements"
if [ -n "$uv" ]; then
    [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
    "$uv" pip install --quiet --python .venv/bin/python --require-hashes \
        -r "$requirements"
else
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r "$requirements"
fi
touch "$stamp"
