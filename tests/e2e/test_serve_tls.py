# SPDX-License-Identifier: Apache-2.0
"""earwitness serve for other machines: what is refused, certificates, versions of TLS, and the passphrase at the terminal."""
import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import stat
import subprocess
import time
import warnings

from desk_server import PASS, Desk, DeskCase, trusting
from harness import main, slow_factor


class ServeTls(DeskCase):
    def openssl(self, *args):
        done = subprocess.run(["openssl", *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def certificate(self, name, days=30, key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), san="IP:127.0.0.1,DNS:desk.example"):
        """(certificate, key) as files."""
        cert, private = self.path(name + ".pem"), self.path(name + ".key")
        when = ("-days", days) if days > 0 else ("-days", "1")
        self.openssl("req", "-x509", "-newkey", *key, "-noenc", "-keyout", private, "-out", cert, "-subj", "/CN=" + name,
                     "-addext", "subjectAltName=" + san, *when)
        if days <= 0:  # req has no option for the past
            self.openssl("x509", "-in", cert, "-signkey", private, "-days", days, "-out", cert)
        os.chmod(private, 0o600)
        return cert, private

    def test_what_is_refused(self):
        word, common = self.passphrase(), ("serve", "--dir", self.path("w"))

        def refused(*args, code=2, **more):
            r = self.run_ew(*common, *args, code=code, timeout=20, **more)
            self.assertEqual(len(r.err.strip().splitlines()), 1, r.err)
            self.assertEqual(r.out, "")
            return r.err
        for address in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0", "10.0.0.1:8680"):
            said = refused("--listen", address)
            self.assertTrue("--tls" in said and "passphrase" in said, said)
        # All addresses: which of them others use cannot be guessed, and a server that takes any name is not guarded.
        for address in ("0.0.0.0:0", "[::]:0"):
            self.assertIn("--name", refused("--listen", address, "--tls", "--passphrase-file", word))
        tls = ("--listen", "127.0.0.1:0", "--tls", "--passphrase-file", word)
        for name in ("*", "*.example", "a b", "desk.example:1", "", "desk..example", ".", "-a", "a-", "1.2.3", "300.1.1.1",
                     "a" * 64, "a,", "x/y", "ü.example", "[::1", "a.example,*"):
            self.assertIn("no name of a host", refused(*tls, "--name", name))
        self.assertIn("--tls", refused("--passphrase-file", word))
        self.assertIn("12 characters", refused("--tls", "--passphrase-file", self.passphrase("eleven char", "short")))
        # Letters are counted, not bytes.
        self.assertIn("12 characters", refused("--tls", "--passphrase-file", self.passphrase("ឃ្លាសម្ងាត់"[:11], "short")))
        self.assertIn("empty", refused("--tls", "--passphrase-file", self.passphrase("", "empty")))
        self.assertIn("chmod", refused("--tls", "--passphrase-file", self.passphrase(name="open", mode=0o644)))
        refused("--tls", "--passphrase-file", self.path("none"), code=3)
        self.assertIn("terminal", refused("--tls"))
        self.assertIn("enough", refused("--tls", "--passphrase-file", word, "--passphrase-fd", "0"))
        for minutes in ("0", "-1", "x", "1e9"):
            refused(*tls, "--idle", minutes)
        # Nobody gives a passphrase on the command line.
        self.assertIn("no option", refused("--tls", "--passphrase", PASS))
        self.assertFalse(os.path.exists(self.path("w", "tls.pem")))

    def test_certificates_of_ones_own(self):
        good, key = self.certificate("desk")
        _, other = self.certificate("other")
        common = ("serve", "--dir", self.path("w"), "--listen", "127.0.0.1:0", "--passphrase-file", self.passphrase())

        def refused(cert, private, what, code=2):
            r = self.run_ew(*common, "--cert", cert, *(("--cert-key", private) if private else ()), code=code, timeout=20)
            self.assertIn(what, r.err)
        refused(good, None, "belong together")
        refused(good, other, "is not that of")
        refused(key, key, "no certificate", code=3)
        refused(good, self.passphrase(name="no.key"), "no private key", code=3)
        refused(self.path("none"), key, "none", code=3)
        refused(good, self.path("none"), "none", code=3)
        old, old_key = self.certificate("old", days=-1)
        refused(old, old_key, "ran out on")
        locked = self.path("locked.key")
        self.openssl("ec", "-in", key, "-aes256", "-passout", "pass:x", "-out", locked)
        os.chmod(locked, 0o600)
        refused(good, locked, "locked", code=3)
        os.chmod(key, 0o644)
        refused(good, key, "chmod")
        os.chmod(key, 0o640)  # of a group, as with Debian's ssl-cert, is fine
        s = Desk(self, "--name", "desk.example", "--cert", good, "--cert-key", key)
        self.assertEqual(s.url, "https://desk.example:%d/" % s.port)
        strict = ssl.create_default_context(cafile=good)
        with strict.wrap_socket(socket.create_connection(("127.0.0.1", s.port)), server_hostname="desk.example") as c:
            self.assertEqual(hashlib.sha256(c.getpeercert(True)).hexdigest(),
                             s.told["fingerprint"].replace(":", "").lower())
        self.assertFalse(os.path.exists(self.path("work", "tls.pem")))
        self.assertNotIn("strict-transport-security", s.ask("GET", "/")[1])
        s.stop()
        # Another name, and the end is near: it works, and says so. RSA is fine too.
        rsa, rsa_key = self.certificate("rsa", days=3, key=("rsa:2048",))
        s = Desk(self, "--name", "elsewhere.example", "--cert", rsa, "--cert-key", rsa_key)
        self.assertIn("runs out on", s.said())
        self.assertEqual(s.ask("GET", "/")[0], 200)
        s.stop()
        s = Desk(self, "--name", "elsewhere.example", "--cert", good, "--cert-key", key)
        self.assertIn("not for 'elsewhere.example'", s.said())

    def test_its_certificate(self):
        s = self.server("--name", "desk.example,192.0.2.7", "--name", "[FD00::0007]")
        path = self.path("work", "tls.pem")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, "rb") as f:
            kept = f.read()
        with s.wrapped() as c:
            shown = c.getpeercert(True)
            self.assertEqual(c.version(), "TLSv1.3")
        self.assertEqual(":".join("%02X" % b for b in hashlib.sha256(shown).digest()), s.told["fingerprint"])
        self.assertTrue(s.told["certificate_made"])
        self.assertIn("compare the fingerprint", s.said())
        text = self.openssl("x509", "-in", path, "-noout", "-text")
        for part in ("DNS:desk.example", "IP Address:192.0.2.7", "IP Address:FD00:0:0:0:0:0:0:7", "IP Address:127.0.0.1",
                     "DNS:localhost", "CA:FALSE", "TLS Web Server Authentication", "P-256", "ecdsa-with-SHA256"):
            self.assertIn(part, text)
        public = self.path("public.pem")
        with open(public, "w", encoding="ascii") as f:
            f.write(ssl.DER_cert_to_PEM_cert(shown))
        days = (ssl.cert_time_to_seconds(self.openssl("x509", "-in", path, "-noout", "-enddate").strip().split("=")[1])
                - time.time()) / 86400
        self.assertTrue(395 < days < 398, days)
        for name in ("desk.example", "127.0.0.1", "192.0.2.7"):
            self.openssl("verify", "-CAfile", public, "-partial_chain", "-verify_ip" if name[0] in "1" else "-verify_hostname",
                         name, public)
        self.assertIn("BEGIN PRIVATE KEY", kept.decode())
        # Versions and ciphers of old are refused.
        warnings.simplefilter("ignore", DeprecationWarning)  # that is what is tried
        for version, fine in (("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)):
            context = trusting()
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = getattr(ssl.TLSVersion, version)
            context.minimum_version = getattr(ssl.TLSVersion, version)
            try:
                with s.wrapped(context) as c:
                    self.assertTrue(fine, version)
                    self.assertRegex(c.cipher()[0], "GCM|CHACHA20")
            except (ssl.SSLError, ConnectionError):
                self.assertFalse(fine, version)
        for cipher in ("AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256", "NULL", "aNULL"):
            context = trusting()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            try:
                context.set_ciphers(cipher + ":@SECLEVEL=0")
            except ssl.SSLError:
                continue  # this client has none of them either
            with self.assertRaises((ssl.SSLError, ConnectionError), msg=cipher):
                s.wrapped(context).close()
        s.stop()

        def again(*more):
            s = self.server(*more)
            s.stop()
            with open(path, "rb") as f:
                return s, f.read()
        # Kept, also when fewer names are asked for; made anew for another one, or when it cannot be read.
        s2, now = again("--name", "desk.example")
        self.assertEqual((now, s2.told["fingerprint"], s2.told["certificate_made"]), (kept, s.told["fingerprint"], False))
        self.assertNotIn("compare", s2.said())
        s2, now = again("--name", "new.example")
        self.assertTrue(s2.told["certificate_made"])
        self.assertNotEqual(now, kept)
        with open(path, "wb") as f:
            f.write(now[:len(now) // 2])
        s2, now = again("--name", "new.example")
        self.assertTrue(s2.told["certificate_made"])
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        # One that runs out soon is replaced before people stand before a warning.
        soon, soon_key = self.certificate("soon", days=20, san="DNS:new.example,IP:127.0.0.1,DNS:localhost")
        with open(path, "wb") as f:
            for name in (soon_key, soon):
                with open(name, "rb") as part:
                    f.write(part.read())
        self.assertTrue(again("--name", "new.example")[0].told["certificate_made"])
        self.assertEqual([f for f in os.listdir(self.path("work")) if "tmp" in f], [])

    def test_the_prompt(self):
        """Asked for twice at the terminal, and not shown."""
        parent, child = self.open_terminal()
        p = subprocess.Popen(self.command("serve", "--listen", "127.0.0.1:0", "--tls", "--dir", self.path("w")), env=self.env,
                             cwd=self.dir, stdin=child, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             preexec_fn=lambda: (os.setsid(), __import__("fcntl").ioctl(child, 0x540E, 0)))
        self.addCleanup(self.kill_group, p)
        os.close(child)
        seen = b""
        for want in (b"New passphrase: ", b"The same again: "):
            while want not in seen:
                seen += os.read(parent, 1000)
            os.write(parent, PASS.encode() + b"\n")
        url = p.stdout.readline().decode()
        self.assertTrue(url.startswith("https://127.0.0.1:"), url)
        self.assertRegex(p.stdout.readline().decode(), r"^SHA-256 (..:){31}..\n$")
        os.set_blocking(parent, False)
        try:
            seen += os.read(parent, 1000)
        except OSError:
            pass
        self.assertNotIn(PASS.encode(), seen)
        os.close(parent)

    def test_ipv6(self):
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            self.skipTest("no IPv6")
        p = self.start_ew("serve", "--listen", "[::1]:0", "--dir", self.path("w"), "--json", "--tls", "--passphrase-file",
                          self.passphrase(), stdout=subprocess.PIPE)
        url = json.loads(p.stdout.readline())["url"]
        port = int(re.fullmatch(r"https://\[::1\]:(\d+)/", url)[1])
        for host, want in (("[::1]:%d" % port, 200), ("localhost:%d" % port, 200), ("[::2]:%d" % port, 421),
                           ("::1:%d" % port, 421), ("[::1]", 421)):
            c = http.client.HTTPSConnection("::1", port, timeout=20 * slow_factor(), context=trusting())
            c.request("GET", "/", headers={"Host": host})
            self.assertEqual(c.getresponse().status, want, host)
            c.close()


if __name__ == "__main__":
    main()
