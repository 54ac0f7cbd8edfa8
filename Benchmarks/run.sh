#!/usr/bin/env bash
# Builds the package, measures each kind of directory beside its yardsticks and prints a table of the medians.
#
#     run.sh [--runs N] [--check]     --check: the exit code is 1 if a required ratio isn't met
set -euo pipefail
cd "$(dirname "$0")"

swift build -c release
program=$(swift build -c release --show-bin-path)/measure
table=$(mktemp "${TEST_TMP:-/tmp}/benchmarks-XXXXXX")
trap 'rm -f "$table"' EXIT
trap 'exit 130' INT TERM

printf 'what\tspeed\tunit\tyardstick\tits speed\tratio\trequired\n' > "$table"
status=0
for kind in postgres ldap csv cold-start; do
    "./$kind.sh" "$program" --table "$table" "$@" || status=1
done
echo
# Columns as wide as their widest field.
awk -F '\t' '
    NR == FNR { for (i = 1; i <= NF; i++) if (length($i) > width[i]) width[i] = length($i); next }
    { for (i = 1; i <= NF; i++) printf i < NF ? "%-" width[i] + 2 "s" : "%s\n", $i }' "$table" "$table"
exit "$status"
