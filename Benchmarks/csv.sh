#!/usr/bin/env bash
# Makes a CSV file of a million people, runs `measure csv` with the given arguments.
#
# The readers it is compared with are Python's own csv module and pyarrow, which requirements.txt names; pip installs it
# into a virtual environment, .build/python.
#
#     csv.sh PROGRAM [--runs N] [--table FILE] [--check]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$1
shift

rows=1000000
folder=$(mktemp -d "${TEST_TMP:-/tmp}/benchmark-csv-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

environment=$here/.build/python
if ! cmp -s "$here/requirements.txt" "$environment/installed"; then
    echo "Installing into $environment: $(tr '\n' ' ' < "$here/requirements.txt")"
    rm -rf "$environment"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$environment/installed"
fi

python3 "$here/people.py" csv "$rows" > "$folder/people.csv"
"$program" csv --file "$folder/people.csv" --rows "$rows" --python "$environment/bin/python" \
    --script "$here/read_csv.py" "$@"
