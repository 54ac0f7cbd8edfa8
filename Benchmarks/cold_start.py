"""Cold starts: from the start of a process to its first answer, for the packaged function, a handler in Python and one in
Node, over the same CSV file, against the same Runtime API, in turns.

    cold_start.py --package FOLDER --handlers FOLDER --user N [--runs N] [--table FILE] [--check]

FOLDER is the unpacked zip, with people.csv in it. Each run starts one process, with nothing warm but the system's file
cache, gives it one sign-in with the right password, checks the answer, and ends it. Two moments are taken: when the
process asks for its first event, where Lambda counts the initialisation to, and when its answer is here.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# How many times sooner the function has to answer than each of the others. A good part below what was measured (3.4 and
# 5.9, on a machine of two cores that had ten times the work it could do), so that another's disk and load are no failure.
REQUIRED = {"python": 2.0, "node": 3.0}

BASE = "/2018-06-01/runtime"
PATIENCE = 60


class RuntimeAPI(ThreadingHTTPServer):
    """The Runtime API for one process and one event. The next process gets another: a request that the last one had on
    its way is none of its business."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, request_id, event):
        super().__init__(("127.0.0.1", 0), Handler)
        self.request_id, self.event = request_id, event
        self.asked = self.answered = self.reply = None
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_):
        """The process was ended while it waited for its second event."""

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        now, api = time.perf_counter(), self.server
        if api.asked is not None:
            # The second event never comes; the process is ended while it waits.
            api.over.wait()
            time.sleep(1)
            self.close_connection = True
            return
        api.asked = now
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", api.request_id)
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 5000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:111122223333:function:migrate")
        self.finish_with(api.event)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        now, api = time.perf_counter(), self.server
        api.answered, api.reply = now, (self.path, body)
        self.send_response(202)
        self.finish_with(b"{}")
        api.over.set()

    def finish_with(self, body):
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def start(name, command, folder, event):
    """One cold start: milliseconds to the first request for an event, and to its answer."""
    request_id = f"{name}-{time.monotonic_ns()}"
    api = RuntimeAPI(request_id, event)
    environment = {
        "PATH": "/usr/bin:/bin",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.server_port,
        "LAMBDA_TASK_ROOT": folder,
        "_HANDLER": "trigger",
        "AWS_REGION": "eu-west-1",
    }
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    try:
        while not api.over.wait(1) and process.poll() is None and time.perf_counter() < begin + PATIENCE:
            pass
    finally:
        process.kill()
        errors = process.communicate()[1].decode()
        api.close()
    if api.reply is None:
        sys.exit(f"{name} gave no answer\n{errors}")
    path, body = api.reply
    if path != f"{BASE}/invocation/{request_id}/response":
        sys.exit(f"{name} answered to {path}: {body[:500]!r}\n{errors}")
    return (api.asked - begin) * 1000, (api.answered - begin) * 1000, json.loads(body)["response"]


def sign_in(number):
    return json.dumps({
        "version": "1", "triggerSource": "UserMigration_Authentication", "region": "eu-west-1",
        "userPoolId": "eu-west-1_Ex4mple", "userName": f"user{number}@example.com",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "1example"},
        "request": {"password": str(number), "validationData": None, "clientMetadata": None},
        "response": {
            "userAttributes": None, "forceAliasCreation": None, "enableSMSMFA": None, "finalUserStatus": None,
            "messageAction": None, "desiredDeliveryMediums": None},
    }).encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", required=True)
    parser.add_argument("--handlers", required=True, help="the folder of handler.py and handler.js")
    parser.add_argument("--user", type=int, required=True, help="the number of the one who signs in")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--table")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    # Each runs in the function's folder.
    options.package, options.handlers = os.path.abspath(options.package), os.path.abspath(options.handlers)

    # The system's, which is built for speed; one in front of it in PATH may not be.
    python, node = (shutil.which(name, path="/usr/bin:/bin") or shutil.which(name) for name in ("python3", "node"))
    if python is None or node is None:
        sys.exit("python3 or node is not installed")
    commands = {
        "function": [os.path.join(options.package, "bootstrap")],
        "python": [python, os.path.join(options.handlers, "handler.py")],
        "node": [node, os.path.join(options.handlers, "handler.js")],
    }
    event = sign_in(options.user)
    initialised, answered, responses = ({name: [] for name in commands} for _ in range(3))
    names = list(commands)
    # The first round fills the file cache and doesn't count.
    for round in range(options.runs + 1):
        # Each comes first, second and third equally often.
        for name in names[round % 3:] + names[:round % 3]:
            first, last, response = start(name, commands[name], options.package, event)
            responses[name] = response
            if round > 0:
                initialised[name].append(first)
                answered[name].append(last)
    if responses["function"].get("finalUserStatus") != "CONFIRMED":
        sys.exit(f"the sign-in was refused: {responses['function']}")
    for name in names:
        if responses[name] != responses["function"]:
            sys.exit(f"{name} answers otherwise: {responses[name]} instead of {responses['function']}")

    print(f"cold start, csv: {options.runs} each, milliseconds from the process's start, median (least, most)")
    for name in names:
        print(f"  {name:9} asks for an event {spread(initialised[name]):>24}   first answer {spread(answered[name]):>24}")
    failed = False
    ours = answered["function"]
    for name in ["python", "node"]:
        # Of runs that lay beside each other, so that what slows the machine down slows both.
        ratios = [theirs / mine for theirs, mine in zip(answered[name], ours)]
        ratio, required = statistics.median(ratios), REQUIRED[name]
        print(f"  sooner than {name}: {ratio:.2f} times ({min(ratios):.2f} to {max(ratios):.2f})")
        if options.table:
            with open(options.table, "a") as table:
                table.write("\t".join([
                    "cold start, csv", f"{statistics.median(ours):.1f}", "ms", name,
                    f"{statistics.median(answered[name]):.1f}", f"{ratio:.2f}",
                    f"{required:.2f}" if required else "-"]) + "\n")
        if options.check and required and ratio < required:
            print(f"cold start, csv: {ratio:.2f} times sooner than {name}, and {required:.2f} is required",
                  file=sys.stderr)
            failed = True
    sys.exit(failed)


def spread(values):
    return f"{statistics.median(values):.1f} ({min(values):.1f}, {max(values):.1f})"


main()
