#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time tokens: real authorities (openssl) in both directions, every way in which their
certificates can be wrong, OpenTimestamps proofs, and the way from the log to a verdict."""
import base64
import hashlib
import os
import subprocess

from authority import CA, OPENSSL, TSA, Authority, info, now, response, run, tlv
from harness import Case, main

PASS = b"correct horse battery staple"
OTS = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"
BITCOIN = b"\x00\x05\x88\x96\x0d\x73\xd7\x19\x01"
PENDING = b"\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e"
NEW_YEAR = "2026-01-01T00:00:00Z"


class Stamps(Case):
    def setUp(self):
        super().setUp()
        if OPENSSL is None:
            self.skipTest("openssl is not installed")
        self.folder = self.path("ca")
        os.mkdir(self.folder)
        self.made = Authority(self.folder)

    def write(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def policy(self, *anchors, blocks=()):
        lines = ["#!earwitness tsa " + base64.b64encode(c.der).decode() for c in anchors]
        lines += ["#!earwitness bitcoin %d %s" % b for b in blocks]
        return self.write("policy", "".join(x + "\n" for x in lines + ["quorum none"]).encode())

    def judged(self, token, data, *anchors, blocks=(), good=False):
        """The words of the only line."""
        told = self.run_json("stamp", "check", self.write("token", token), "--data",
                             self.write("data", data), "--policy",
                             self.policy(*anchors, blocks=blocks), code=0 if good else 1)
        self.assertEqual(len(told["times"]), 1)
        line = told["times"][0]
        self.assertEqual(line["good"], good)
        self.assertEqual(line["not_after"] is not None, good)
        self.assertNotIn("OK", line["words"])
        return line["words"]


class Authorities(Stamps):
    """What a token is worth, without any desk."""

    def setUp(self):
        super().setUp()
        self.data = b"any file\n"
        self.digest = hashlib.sha256(self.data).digest()
        self.root = self.made.cert("root", ext=CA)

    def token(self, signer, **options):
        return self.made.token(info(self.digest), signer, **options)

    def good(self, token, *anchors):
        words = self.judged(token, self.data, *(anchors or (self.root,)), good=True)
        self.assertIn("no later than", words)
        return words

    def bad(self, token, *anchors):
        return self.judged(token, self.data, *(anchors or (self.root,)))

    def openssl(self, token, root):
        """Whether openssl accepts it, at the moment of the token."""
        done = subprocess.run(
            [OPENSSL, "ts", "-verify", "-token_in", "-in", self.write("t", token), "-data",
             self.write("d", self.data), "-CAfile", root.pem, "-attime", "1767225600"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done.returncode == 0

    def test_openssl_agrees(self):
        mid = self.made.cert("mid", self.root, ext=CA, key="rsa")
        late = {"start": "20260101000001Z"}
        for name, by, options, good in (
                ("plain", self.root, {}, True), ("rsa", self.root, {"key": "rsa"}, True),
                ("below", mid, {"key": "p384"}, True),
                ("old", self.root, {"end": "20251231235959Z"}, False),
                ("late", self.root, late, False),
                ("code", self.root, {"ext": "extendedKeyUsage=critical,codeSigning\n"}, False),
                ("quiet", self.root, {"ext": "extendedKeyUsage=timeStamping\n"}, False),
                ("more", self.root,
                 {"ext": "extendedKeyUsage=critical,timeStamping,codeSigning\n"}, False),
                ("strange", self.root, {"ext": TSA + "nsComment=critical,x\n"}, False),
                ("leafca", self.made.cert("leaf", self.root), {}, False)):
            chain = [] if by is self.root else [by]
            token = self.token(self.made.cert(name, by, **options), chain=chain)
            self.assertEqual(self.openssl(token, self.root), good, name)
            (self.good if good else self.bad)(token)

    def test_good(self):
        leaf = self.made.cert("leaf", self.root, subject="/O=Test/CN=Zeitstempel \u00fc")
        token = self.token(leaf)
        self.assertEqual(self.good(token), 'time stamp by "Zeitstempel \u00fc": no later than '
                         + NEW_YEAR)
        self.good(response(token))
        self.good(response(token, status=1))
        self.good(token, leaf) # the authority itself is named
        other = self.made.cert("other", ext=CA)
        self.good(token, other, self.root)
        self.assertIn("for whom no authority", self.bad(token, other))
        # The same name and serial by somebody else.
        fake = self.made.cert("fake", ext=CA, subject="/O=Test/CN=root")
        self.assertIn("for whom no authority", self.bad(token, fake))
        self.assertIn("for whom no authority", self.judged(token, self.data))
        self.assertIn("over something else", self.judged(token, self.data + b"x", self.root))

    def test_keys_and_digests(self):
        for key, md in (("rsa", "sha256"), ("p256", "sha512"), ("p384", "sha384"),
                        ("p521", "sha256")):
            self.good(self.token(self.made.cert(key, self.root, key=key, md=md), md=md))
        rsa = self.made.cert("rsaroot", ext=CA, key="rsa", md="sha512")
        self.good(self.token(self.made.cert("below", rsa, md="sha384")), rsa)

    def test_not_accepted_methods(self):
        leaf = self.made.cert("leaf", self.root, key="rsa")
        for token in (self.token(leaf, md="sha1"),
                      self.token(leaf, more=["-keyopt", "rsa_padding_mode:pss"]),
                      self.token(self.made.cert("weak", self.root, key="rsa1024"))):
            self.assertIn("in a way that is not accepted", self.bad(token))
        self.assertIn("in a way that is not accepted", self.bad(self.token(self.made.cert(
            "strange", self.root, ext=TSA + "nsComment=critical,x\n"))))
        extension = tlv(0xa1, tlv(0x30, tlv(6, b"\x2a\x03"), b"\x01\x01\xff", tlv(4)))
        self.assertIn("in a way that is not accepted", self.bad(
            self.made.token(info(self.digest, tail=extension), leaf)))
        self.assertIn("cannot be read", self.bad(self.token(leaf, more=["-keyid"])))
        sha1 = self.made.cert("oldca", self.root, ext=CA, md="sha1")
        self.assertIn("for whom no authority", self.bad(self.token(
            self.made.cert("below", sha1), chain=[sha1])))

    def test_row_13_expired(self):
        first = {"start": "20200101000000Z"}
        self.assertIn("had expired", self.bad(self.token(self.made.cert(
            "old", self.root, end="20251231235959Z", **first))))
        self.good(self.token(self.made.cert("just", self.root, end="20260101000000Z", **first)))
        self.assertIn("had expired", self.bad(self.token(self.made.cert(
            "early", self.root, start="20260101000001Z"))))
        self.good(self.token(self.made.cert("begun", self.root, start="20260101000000Z")))
        # A token of yesterday does not become worthless when its certificate expires.
        gone = self.made.cert("gone", self.root, end="20260201000000Z")
        self.good(self.token(gone))
        root = self.made.cert("oldroot", ext=CA, end="20250101000000Z")
        self.assertIn("had expired", self.bad(self.token(self.made.cert("x", root)), root))
        mid = self.made.cert("mid", self.root, ext=CA, end="20250101000000Z")
        leaf = self.made.cert("leaf", mid)
        self.assertIn("had expired", self.bad(self.token(leaf, chain=[mid])))
        # The same authority with a new certificate.
        new = self.made.cert("new", self.root, ext=CA, subject="/O=Test/CN=mid", same_key=mid)
        self.good(self.token(leaf, chain=[mid, new]))

    def test_row_13_wrong_purpose(self):
        words = "is not for time stamping alone"
        for name, ext in (
                ("none", "keyUsage=critical,digitalSignature\n"),
                ("code", "extendedKeyUsage=critical,codeSigning\n"),
                ("quiet", "extendedKeyUsage=timeStamping\n"),
                ("more", "extendedKeyUsage=critical,timeStamping,codeSigning\n"),
                ("any", "extendedKeyUsage=critical,anyExtendedKeyUsage\n"),
                ("usage", "extendedKeyUsage=critical,timeStamping\n"
                          "keyUsage=critical,digitalSignature,keyEncipherment\n"),
                ("certs", "extendedKeyUsage=critical,timeStamping\nkeyUsage=keyCertSign\n")):
            self.assertIn(words, self.bad(self.token(self.made.cert(name, self.root, ext=ext))))
        # Wrong purpose and expired: the purpose is told.
        self.assertIn(words, self.bad(self.token(self.made.cert(
            "both", self.root, end="20250101000000Z", ext="extendedKeyUsage=timeStamping\n"))))
        self.good(self.token(self.made.cert(
            "plain", self.root, ext="extendedKeyUsage=critical,timeStamping\n")))

    def test_chains(self):
        mid = self.made.cert("mid", self.root, ext=CA, key="rsa")
        low = self.made.cert("low", mid, ext=CA, key="p384")
        leaf = self.made.cert("leaf", low)
        self.good(self.token(leaf, chain=[mid, low]))
        self.good(self.token(leaf, chain=[self.root, low, mid]))
        self.good(self.token(leaf, chain=[low]), mid)
        self.assertIn("for whom no authority", self.bad(self.token(leaf, chain=[low])))
        for name, ext in (("leafish", "basicConstraints=CA:FALSE\n"), ("bare", ""),
                          ("nosign", "basicConstraints=CA:TRUE\nkeyUsage=digitalSignature\n"),
                          ("web", CA + "extendedKeyUsage=serverAuth\n"),
                          ("names", CA + "nameConstraints=critical,permitted;DNS:a.b\n")):
            issuer = self.made.cert(name, self.root, ext=ext)
            below = self.made.cert("below", issuer)
            self.assertIn("for whom no authority", self.bad(self.token(below, chain=[issuer])))
        tsa = self.made.cert("tsaca", self.root, ext=CA + "extendedKeyUsage=timeStamping\n")
        self.good(self.token(self.made.cert("below", tsa), chain=[tsa]))
        short = self.made.cert("short", ext="basicConstraints=critical,CA:TRUE,pathlen:0\n")
        self.good(self.token(self.made.cert("below", short)), short)
        one = self.made.cert("one", short, ext=CA)
        self.assertIn("for whom no authority", self.bad(
            self.token(self.made.cert("below", one), chain=[one]), short))

    def test_forged(self):
        leaf = self.made.cert("leaf", self.root)
        token = self.token(leaf)
        words = "does not hold: altered, or forged"
        # The time moved.
        self.assertIn(words, self.bad(token.replace(b"20260101000000Z", b"20250101000000Z")))
        self.assertIn(words, self.bad(token[:-1] + bytes([token[-1] ^ 1])))
        # The token names its certificate: another one with the same issuer, number and key is
        # not it.
        self.assertIn(words, self.bad(token.replace(b"leaf", b"fael")))
        for cut in (b"", b"x", token[:-1], token + b"\0", token[:100]):
            self.assertIn("cannot be read", self.bad(cut))
        for status in (2, 3, 4, 5):
            self.assertIn("refused", self.bad(response(b"", status)))
        self.assertIn("refused", self.bad(response(token, 2)))
        self.assertIn("cannot be read", self.bad(response(b"", 0)))

    def test_accuracy_is_added(self):
        leaf = self.made.cert("leaf", self.root)
        tail = tlv(0x30, tlv(2, b"\x02"), tlv(0x80, b"\x05"))
        token = self.made.token(info(self.digest, "20260101000000.5Z", tail=tail), leaf)
        self.assertIn("2026-01-01T00:00:04Z", self.good(token))
        tail = tlv(0x30, tlv(2, b"\x01\x51\x81"))
        token = self.made.token(info(self.digest, tail=tail), leaf)
        self.assertIn("cannot be read", self.bad(token))

    def test_other_digests(self):
        leaf = self.made.cert("leaf", self.root)
        sha512 = tlv(0x30, bytes.fromhex("0609608648016503040203"), b"\x05\x00")
        token = self.made.token(info(hashlib.sha512(self.data).digest(), algorithm=sha512), leaf)
        self.assertIn("over something else", self.bad(token))
        self.assertIn("cannot be read", self.bad(self.made.token(
            info(self.digest, version=2), leaf)))


class Checks(Stamps):
    """OpenTimestamps and the command itself, without a desk."""

    def proof(self, data, tail):
        return OTS + hashlib.sha256(data).digest() + tail

    def test_row_13_ots(self):
        data = b"some text\n"
        header = bytes(36) + hashlib.sha256(hashlib.sha256(data).digest()).digest() \
            + (1432827678).to_bytes(4, "little") + bytes(8)
        block = (7, header.hex())
        proof = self.proof(data, b"\x08" + BITCOIN + b"\x01\x07")
        self.assertEqual(self.judged(proof, data, blocks=[block], good=True),
                         "Bitcoin block 7: no later than 2015-05-28T15:41:18Z, by its miner's clock")
        self.assertIn("whose header your policy does not give", self.judged(proof, data))
        self.assertIn("another chain, or a forged proof",
                      self.judged(proof, data, blocks=[(7, bytes(80).hex())]))
        self.assertIn("over something else", self.judged(proof, b"x", blocks=[block]))
        self.assertIn("proves nothing yet", self.judged(
            self.proof(data, PENDING + b"\x0e\x0dhttps://a.b/c"), data, blocks=[block]))
        self.assertIn("unknown kind", self.judged(
            self.proof(data, b"\x00ABCDEFGH\x00"), data, blocks=[block]))
        self.assertIn("cannot be read", self.judged(proof + b"\0", data, blocks=[block]))

    def test_forked(self):
        data = b"x"
        token = self.write("t", self.proof(data, b"\xff" + PENDING + b"\x03\x02:a" + BITCOIN
                                           + b"\x01\x07"))
        said = self.run_ew("stamp", "check", token, "--data", self.write("d", data), code=1).out
        self.assertIn("over the file:\n  ots  pending at :a: proves nothing yet\n  ots  in Bitcoin "
                      "block 7, whose header", said)

    def test_usage(self):
        for args in (("stamp",), ("stamp", "nix"), ("stamp", "add"), ("stamp", "list", "x"),
                     ("stamp", "request", "x"), ("stamp", "check"), ("stamp", "check", "x")):
            self.run_ew(*args, code=2)
        file = self.write("f", b"x")
        for args in ((self.path("none"), "--data", file), (file, "--data", self.path("none")),
                     (file, "--data", file, "--policy", self.path("none")),
                     (file, "--data", file, "--policy", file)):
            self.run_ew("stamp", "check", *args, code=3)
        for verb in (("request",), ("text",), ("list",), ("add", file)):
            told = self.run_ew("stamp", *verb, "--desk", self.path("nodesk"), code=10)
            self.assertIn("key new", told.err)
        self.assertFalse(os.path.exists(self.path("nodesk")))


class OnDesk(Stamps):
    def with_pass(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=PASS + b"\n", **options)

    def test_from_the_log_to_a_verdict(self):
        self.env["EARWITNESS_DESK"] = desk = self.path("desk")
        self.with_pass("key", "new", "desk.example")
        text = self.write("a.txt", b"One.\n\nTwo.\n")
        item = self.with_pass("seal", text).out.split()[0]
        self.assertIn("no checkpoint", self.run_ew("stamp", "request", code=3).err)
        self.with_pass("log", "checkpoint")
        self.assertIn("no checkpoint was kept", self.run_ew("stamp", "list").err)
        root, chain, tsa = self.authority()
        # Their program reads our request, and ours its answer.
        asked = self.run_json("stamp", "request", "-o", self.path("q.tsq"))
        said = run("ts", "-query", "-in", self.path("q.tsq"), "-text").decode()
        self.assertIn("Hash Algorithm: sha256", said)
        self.assertIn("Certificate required: yes", said)
        self.assertNotIn("unspecified\nNonce", said.replace("Policy OID: unspecified", ""))
        with open(self.path("q.tsq"), "rb") as f:
            answer = self.made.answer(f.read(), tsa, chain)
        tsr = self.write("a.tsr", answer)
        self.verify_with_openssl(tsr, root, chain)
        self.refused_and_foreign(tsr, tsa)
        added = self.run_json("stamp", "add", tsr)
        self.assertEqual((added["token"], added["added"]), ("000.tsr", True))
        self.assertFalse(self.run_json("stamp", "add", tsr)["added"])
        self.ots_is_upgraded(asked["entries"])
        self.verdicts(desk, item, root)

    def authority(self):
        root = self.made.cert("root", ext=CA, key="p384")
        mid = self.made.cert("mid", root, ext=CA, key="rsa")
        return root, [mid], self.made.cert("tsa", mid, key="rsa")

    def verify_with_openssl(self, tsr, root, chain):
        said = run("ts", "-verify", "-in", tsr, "-queryfile", self.path("q.tsq"), "-CAfile",
                   root.pem, "-untrusted", chain[0].pem)
        self.assertIn(b"Verification: OK", said)
        # It takes the text itself too.
        text = self.path("log.txt")
        self.run_ew("stamp", "text", "-o", text)
        self.assertIn(b"Verification: OK", run(
            "ts", "-verify", "-in", tsr, "-data", text, "-CAfile", root.pem,
            "-untrusted", chain[0].pem))
        with open(text, encoding="utf-8") as f:
            self.assertEqual(f.read(), self.run_ew("stamp", "text").out)

    def refused_and_foreign(self, tsr, tsa):
        sha384 = run("ts", "-query", "-data", tsr, "-sha384", "-cert")
        refused = self.write("r.tsr", self.made.answer(sha384, tsa))
        self.assertIn("refused", self.run_ew("stamp", "add", refused, code=3).err)
        other = self.write("o.tsr", self.made.answer(run("ts", "-query", "-data", tsr), tsa))
        self.assertIn("no checkpoint that was kept", self.run_ew("stamp", "add", other, code=3).err)
        with open(tsr, "rb") as f:
            raw = f.read()
        forged = self.write("f.tsr", raw[:-1] + bytes([raw[-1] ^ 1]))
        self.assertIn("does not hold", self.run_ew("stamp", "add", forged, code=3).err)
        self.assertIn("neither", self.run_ew("stamp", "add", self.write("x", b"x"), code=3).err)

    def ots_is_upgraded(self, size):
        text = self.run_ew("stamp", "text").out.encode()
        head = OTS + hashlib.sha256(text).digest()
        pending = b"\xf0\x01z\x08" + PENDING + b"\x13\x12https://cal.exampl"
        block = b"\xf0\x01z\x08\xff" + pending[4:] + b"\x08" + BITCOIN + b"\x01\x07"
        root = hashlib.sha256(hashlib.sha256(head[-32:] + b"z").digest()).digest()
        self.block = (7, (bytes(36) + root + (1700000000).to_bytes(4, "little") + bytes(8)).hex())
        self.run_ew("stamp", "add", self.write("p.ots", head + pending))
        self.assertIn("proves nothing yet", self.run_ew("stamp", "list").out)
        done = self.run_json("stamp", "add", self.write("b.ots", head + block))
        self.assertEqual((done["entries"], done["token"], done["replaced"]), (size, "002.ots", 1))

    def verdicts(self, desk, item, root):
        # The log goes on; the bundle is proved against what was stamped.
        self.with_pass("seal", self.write("b.txt", b"Three.\n"))
        self.with_pass("log", "checkpoint")
        out = self.path("x.ewb")
        self.with_pass("disclose", item, "--show", "all", "-o", out)
        mine = self.run_ew("key", "export").out
        bare = self.write("bare", mine.encode())
        told = self.run_json("verify", out, "--policy", bare)
        self.assertEqual((told["verdict"], told["not_after"]), ("verified", None))
        self.assertEqual([t["good"] for t in told["times"]], [False] * 3)
        full = self.write("full", mine.encode() + (
            "#!earwitness tsa %s\n#!earwitness bitcoin %d %s\n" % (
                base64.b64encode(root.der).decode(), *self.block)).encode())
        told = self.run_json("verify", out, "--policy", full)
        self.assertEqual(told["not_after"], "2023-11-14T22:13:20Z")
        self.assertEqual([t["kind"] for t in told["times"]], ["tsa", "ots", "ots"])
        self.assertEqual([t["good"] for t in told["times"]], [True, False, True])
        kept, = self.run_jsonl("stamp", "list", "--policy", full)
        self.assertEqual(kept["tokens"], ["000.tsr", "002.ots"])
        self.assertEqual([t["words"] for t in kept["times"]], [t["words"] for t in told["times"]])
        self.assertLess(abs(self.seconds(told["times"][0]["not_after"]) - now()), 600)
        # A kept token against the checkpoint as it was signed.
        folder = os.path.join(desk, "time", str(kept["entries"]))
        said = self.run_ew("stamp", "check", os.path.join(folder, "000.tsr"), "--data",
                           os.path.join(folder, "checkpoint"), "--policy", full).out
        self.assertIn("over the text of the checkpoint", said)

    @staticmethod
    def seconds(text):
        return int(subprocess.run(["date", "-u", "-d", text, "+%s"], stdout=subprocess.PIPE,
                                  check=True).stdout)


if __name__ == "__main__":
    main()
