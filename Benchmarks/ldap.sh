#!/usr/bin/env bash
# Starts a slapd of its own with 50,000 people, runs `measure ldap` and `measure ldap-sign-ins` with the
# given arguments, stops it.
#
#     ldap.sh PROGRAM [--runs N] [--table FILE] [--check]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
program=$1
shift

people=50000
suffix=dc=example,dc=com
reader=cn=reader,$suffix
password=reads
folder=$(mktemp -d "${TEST_TMP:-/tmp}/benchmark-ldap-XXXXXX")
server=

finish() {
    if [ -n "$server" ]; then
        kill -INT "$server" 2> /dev/null || true
        wait "$server" 2> /dev/null || true
    fi
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

free_ports() {
    python3 - <<'END'
import socket
sockets = [socket.socket() for _ in range(2)]
for each in sockets:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))
END
}
read -r plain tls < <(free_ports)

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/server.key" -out "$folder/server.pem" 2> /dev/null

mkdir "$folder/data"
cat > "$folder/slapd.conf" <<END
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $folder/slapd.pid
sizelimit size.soft=500 size.hard=1000 size.prtotal=unlimited
TLSCACertificateFile $folder/server.pem
TLSCertificateFile $folder/server.pem
TLSCertificateKeyFile $folder/server.key

database mdb
maxsize 1073741824
dbnosync
suffix "$suffix"
directory $folder/data
index objectClass,uid eq
access to attrs=userPassword by anonymous auth by dn.exact="$reader" read by * none
access to * by dn.exact="$reader" read by * auth
END
{
    cat <<END
dn: $suffix
objectClass: dcObject
objectClass: organization
o: Example
dc: example

dn: $reader
objectClass: person
cn: reader
sn: Reader
userPassword: $password

dn: ou=people,$suffix
objectClass: organizationalUnit
ou: people

END
    python3 "$here/people.py" ldif "$people"
} > "$folder/entries.ldif"
slapd=$(PATH=$PATH:/usr/sbin:/usr/libexec command -v slapd)
"$(dirname "$slapd")/slapadd" -q -f "$folder/slapd.conf" -l "$folder/entries.ldif"
rm "$folder/entries.ldif"
"$slapd" -f "$folder/slapd.conf" -h "ldap://127.0.0.1:$plain ldaps://127.0.0.1:$tls" -d none > "$folder/log" 2>&1 &
server=$!
for _ in $(seq 100); do
    ldapwhoami -x -H "ldap://127.0.0.1:$plain" > /dev/null 2>&1 && break
    sleep 0.1
done

status=0
for what in ldap ldap-sign-ins; do
    "$program" "$what" --url "ldap://127.0.0.1:$plain" --tls-url "ldaps://127.0.0.1:$tls" \
        --ca-file "$folder/server.pem" --reader "$reader" --password "$password" --base "ou=people,$suffix" \
        --people "$people" "$@" || status=1
done
exit "$status"
