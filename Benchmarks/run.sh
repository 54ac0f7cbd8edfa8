#!/usr/bin/env bash
# Starts a PostgreSQL of its own, loads rows.sql and people.sql, runs the benchmarks on them with the given arguments
# (--check, --runs N), stops it.
set -euo pipefail
cd "$(dirname "$0")"

binaries=${PG_BINARIES:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
folder=$(mktemp -d "${TEST_TMP:-/tmp}/list-rows-XXXXXX")
as_server=()
if [ "$(id -u)" = 0 ]; then
    as_server=(runuser -u postgres --)
    chown postgres "$folder"
fi
chmod 755 "$folder"

finish() {
    (cd / && "${as_server[@]}" "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop > /dev/null 2>&1) || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

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
