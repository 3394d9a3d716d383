# SPDX-License-Identifier: Apache-2.0
"""The program serving over TLS on an address of this machine, for the tests of that. 127.0.0.2 is another address than
127.0.0.1."""
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import time

from harness import Case, slow_factor

PASS = "correct horse battery"


class Connection(http.client.HTTPSConnection):
    """From an address of choice; nothing is checked about the certificate unless a context does."""

    def __init__(self, port, context, source):
        super().__init__("127.0.0.1", port, timeout=60 * slow_factor(), context=context, source_address=(source, 0))


def trusting():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Desk:
    """The program, serving over TLS."""

    def __init__(self, case, *more, work="work", port=0):
        self.case = case
        self.log = case.path("log-%d" % time.monotonic_ns())
        with open(self.log, "wb") as log:
            self.process = case.start_ew(
                "serve", "--listen", "127.0.0.1:%d" % port, "--dir", case.path(work), "--json", "--tls", "--passphrase-file",
                case.passphrase(), *more, stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline()
        case.assertTrue(line, self.said())
        self.told = json.loads(line)
        self.url = self.told["url"]
        self.port = int(re.search(r":(\d+)/$", self.url)[1])
        self.host = "127.0.0.1:%d" % self.port
        self.context = trusting()

    def said(self):
        with open(self.log, encoding="utf-8") as f:
            return f.read()

    def ask(self, method, path, body=None, headers=None, key=None, source="127.0.0.1"):
        """(status, headers, body)"""
        full = {"X-Earwitness-Key": key} if key else {}
        full.update(headers or {})
        c = Connection(self.port, self.context, source)
        try:
            c.request(method, path, body, full)
            r = c.getresponse()
            return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()
        finally:
            c.close()

    def json(self, method, path, body=None, code=200, **more):
        data = json.dumps(body).encode() if body is not None else None
        status, _, text = self.ask(method, path, data, **more)
        self.case.assertEqual(status, code, text[:500])
        return json.loads(text)

    def try_login(self, who, word=PASS, **more):
        status, headers, text = self.ask("POST", "/api/session", json.dumps({"who": who, "passphrase": word}).encode(), **more)
        return status, int(headers.get("retry-after", 0)), json.loads(text)

    def login(self, who, **more):
        status, _, told = self.try_login(who, **more)
        self.case.assertEqual(status, 200, told)
        return told["key"]

    def wrapped(self, context=None, source="127.0.0.1"):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10 * slow_factor(), source_address=(source, 0))
        return (context or self.context).wrap_socket(plain, server_hostname="127.0.0.1")

    def raw(self, request):
        """All that comes back for these bytes, over TLS."""
        got = b""
        try:
            with self.wrapped() as s:
                s.settimeout(2 * slow_factor())
                s.sendall(request)
                while True:
                    part = s.recv(65536)
                    if not part:
                        break
                    got += part
        except OSError:
            pass
        return got

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.case.assertEqual(self.process.wait(20 * slow_factor()), 0, self.said())


class DeskCase(Case):
    def passphrase(self, word=PASS, name="pass", mode=0o600):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(word + "\n")
        os.chmod(path, mode)
        return path

    def server(self, *more, **options):
        return Desk(self, *more, **options)
