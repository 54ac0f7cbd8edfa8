#!/usr/bin/env bash
# Starts a PostgreSQL of its own, loads rows.sql, people.sql and accounts.sql, runs `measure postgres` and
# `measure postgres-sign-ins` with the given arguments, stops it.
#
#     postgres.sh PROGRAM [--runs N] [--table FILE] [--check]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$1
shift

binaries=${PG_BINARIES:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}
folder=$(mktemp -d "${TEST_TMP:-/tmp}/benchmark-postgres-XXXXXX")
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
"$binaries/psql" -X -q -v ON_ERROR_STOP=1 -f "$here/rows.sql" "$connection" 2> /dev/null
"$binaries/psql" -X -q -v ON_ERROR_STOP=1 -f "$here/people.sql" "$connection" 2> /dev/null
"$binaries/psql" -X -q -v ON_ERROR_STOP=1 -f "$here/accounts.sql" "$connection" 2> /dev/null
status=0
"$program" postgres --connection "$connection" "$@" || status=1
"$program" postgres-sign-ins --connection "$connection" "$@" || status=1
exit "$status"
