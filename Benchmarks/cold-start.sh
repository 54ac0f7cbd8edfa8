#!/usr/bin/env bash
# Packages the function with a CSV file of ten thousand people and measures how soon after its start it answers, beside a
# plain handler in Python and one in Node (cold_start.py).
#
# The hash is SHA-256, which takes no time: a real one takes the same in all three, and would hide what is measured.
# MIGRATE_LAMBDA_RELEASE may name a release build of MigrateLambda; otherwise one is made, which takes minutes.
#
#     cold-start.sh PROGRAM [--runs N] [--table FILE] [--check]     PROGRAM (measure) isn't used
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
shift

rows=10000
folder=$(mktemp -d "${TEST_TMP:-/tmp}/benchmark-cold-start-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

cd "$root"
binary=${MIGRATE_LAMBDA_RELEASE:-}
if [ -z "$binary" ]; then
    swift build -c release --product MigrateLambda --static-swift-stdlib
    binary=.build/release/MigrateLambda
fi
swift build --product migrate-cli
python3 "$here/people.py" csv "$rows" > "$folder/people.csv"
cp "$here/cold-start/connectors.yaml" "$folder"
.build/debug/migrate-cli config compile -c "$folder/connectors.yaml" -o "$folder/connectors.json"
deploy/package "$binary" -c "$folder/connectors.json" --base "$folder" --file people.csv -o "$folder/function.zip"
mkdir "$folder/task"
# Python's extractall drops the modes that the zip holds.
python3 - "$folder/function.zip" "$folder/task" <<'UNPACK'
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for info in archive.infolist():
        os.chmod(archive.extract(info, sys.argv[2]), info.external_attr >> 16 & 0o777)
UNPACK
# The last one who isn't disabled: whoever reads the file until they are found reads all of it.
python3 "$here/cold_start.py" --package "$folder/task" --handlers "$here/cold-start" --user $((rows - 1)) "$@"
