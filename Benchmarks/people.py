"""Made-up people, for the benchmarks: people.py ldif|csv COUNT > FILE"""

import hashlib
import sys


def person(number):
    """The same ten values for the same number, as long as a user table has them."""
    family = f"Family{number % 5000}"
    return {
        "id": str(number),
        "uid": f"user{number}",
        "email": f"user{number}@example.com",
        "given": f"Given{number % 1000}",
        "family": family if number % 7 else f"Fámily{number % 5000}",
        "phone": f"+1555{number % 10_000_000:07}",
        "locale": "" if number % 3 == 0 else "de",
        "hash": hashlib.sha256(str(number).encode()).hexdigest(),
        "created": "2026-01-01 00:00:00+00",
        "disabled": "true" if number % 7 == 0 else "false",
    }


def csv_record(number):
    """A third of the display names are quoted, for their comma; some have doubled quotes, a few a line's end."""
    fields = person(number)
    if number % 1000 == 0:
        fields["given"] = f'"Given\n{number % 1000}"'
    elif number % 10 == 0:
        fields["given"] = f'"{fields["given"]} ""Ada"""'
    elif number % 3 == 0:
        fields["given"] = f'"{fields["given"]}, Dr."'
    return ",".join(fields.values())


def ldif_entry(number, base):
    fields = person(number)
    # Everybody's password is the same, and not hashed: sign-ins are measured without the hash.
    # What isn't ASCII is in base64 in LDIF; slapadd takes the plain form of these bytes just as well.
    return f"""dn: uid={fields["uid"]},{base}
objectClass: inetOrgPerson
uid: {fields["uid"]}
cn: {fields["given"]} {fields["family"]}
sn: {fields["family"]}
givenName: {fields["given"]}
mail: {fields["email"]}
telephoneNumber: {fields["phone"]}
employeeNumber: {fields["id"]}
employeeType: {fields["disabled"]}
description: {fields["hash"]}
userPassword: correct horse
"""


def main():
    kind, count = sys.argv[1], int(sys.argv[2])
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if kind == "csv":
        print(",".join(person(0)))
        for number in range(count):
            print(csv_record(number))
    else:
        for number in range(count):
            print(ldif_entry(number, "ou=people,dc=example,dc=com"))


main()
