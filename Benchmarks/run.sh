#!/usr/bin/env bash
<<<<<<< HEAD
# Builds the package, measures each kind of directory beside its yardsticks and prints a table of the medians.
#
#     run.sh [--runs N] [--check]     --check: the exit code is 1 if a required ratio isn't met
=======
# Starts a PostgreSQL of its own, loads rows.sql and people.sql, runs the benchmarks on them with the given arguments
# (--check, --runs N), stops it.
>>>>>>> mapping
set -euo pipefail
cd "$(dirname "$0")"

swift build -c release
program=$(swift build -c release --show-bin-path)/measure
table=$(mktemp "${TEST_TMP:-/tmp}/benchmarks-XXXXXX")
trap 'rm -f "$table"' EXIT
trap 'exit 130' INT TERM

<<<<<<< HEAD
printf 'what\tspeed\tunit\tyardstick\tits speed\tratio\trequired\n' > "$table"
status=0
for kind in postgres ldap csv; do
    "./$kind.sh" "$program" --table "$table" "$@" || status=1
done
echo
# Columns as wide as their widest field.
awk -F '\t' '
    NR == FNR { for (i = 1; i <= NF; i++) if (length($i) > width[i]) width[i] = length($i); next }
    { for (i = 1; i <= NF; i++) printf i < NF ? "%-" width[i] + 2 "s" : "%s\n", $i }' "$table" "$table"
exit "$status"
=======
swift build -c release
program=$(swift build -c release --show-bin-path)/list-rows

# A socket in a folder of its own, no TCP port: there is nothing to collide with.
(
    cd /
    "${as_server[@]}" "$binaries/initdb" -D "$folder/data" -U postgres -A trust --no-sync > /dev/null
    "${as_server[@]}" sh -c "cat >> '$folder/data/postgresql.conf'" <<END
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
shared_buffers = 512MB
END
    "${as_server[@]}" "$binaries/pg_ctl" -D "$folder/data" -w -l "$folder/log" start > /dev/null
)
connection="host=$folder user=postgres dbname=postgres"
"$binaries/psql" -X -q -v ON_ERROR_STOP=1 -f rows.sql "$connection" 2> /dev/null
"$program" "$connection" "$@"
"$binaries/psql" -X -q -v ON_ERROR_STOP=1 -f people.sql "$connection" 2> /dev/null
"$(dirname "$program")/list-map-validate" "$connection" "$@"
>>>>>>> mapping
