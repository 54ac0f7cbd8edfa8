"""The Migrate User trigger over people.csv as one would write it for an afternoon, with its own Runtime API loop.

It checks less than the function that it is compared with, and is as quick to start as Python lets it: the standard
library alone, no AWS SDK, none of the packages that Lambda's own Python runtime loads.
"""

import csv
import hashlib
import hmac
import http.client
import json
import os

with open(os.environ["LAMBDA_TASK_ROOT"] + "/people.csv", encoding="utf-8", newline="") as file:
    PEOPLE = {row["email"].lower(): row for row in csv.DictReader(file)}


def handle(event):
    row = PEOPLE.get(event["userName"].lower())
    typed = hashlib.sha256(event["request"]["password"].encode()).hexdigest()
    if row is None or not hmac.compare_digest(typed, row["hash"]) or row["disabled"] == "true":
        return event
    event["response"] |= {
        "userAttributes": {
            "email": row["email"].strip().lower(),
            "email_verified": "true" if row["created"] else "false",
            "given_name": row["given"],
            "family_name": row["family"],
            "phone_number": row["phone"],
        },
        "finalUserStatus": "CONFIRMED",
        "messageAction": "SUPPRESS",
        "desiredDeliveryMediums": ["EMAIL"],
        "forceAliasCreation": False,
    }
    return event


def main():
    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        runtime.request("GET", "/2018-06-01/runtime/invocation/next")
        answer = runtime.getresponse()
        request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
        reply = json.dumps(handle(json.loads(answer.read())))
        runtime.request("POST", f"/2018-06-01/runtime/invocation/{request_id}/response", reply)
        runtime.getresponse().read()


main()
