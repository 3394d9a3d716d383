#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A bag of sealed files: sha256sum agrees, a strict check of our own too, and no secret is in it."""
import hashlib
import json
import os
import re
import subprocess

from harness import Case, main

PASS = b"correct horse\n"


def check_bag(folder):
    """RFC 8493, strictly; returns the payload as a dict."""
    def read(name):
        with open(os.path.join(folder, name), "rb") as f:
            return f.read()

    assert read("bagit.txt") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    listed = {}
    for manifest in "manifest-sha256.txt", "tagmanifest-sha256.txt":
        lines = read(manifest).decode("utf-8").split("\n")
        assert lines.pop() == "" and lines == sorted(lines, key=lambda l: l[66:])
        for line in lines:
            digest, path = re.fullmatch(r"([0-9a-f]{64})  ([^\r]+)", line).groups()
            path = path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            assert path not in listed and ".." not in path.split("/")
            assert path.startswith("data/") == (manifest == "manifest-sha256.txt")
            data = read(path)
            assert hashlib.sha256(data).hexdigest() == digest, path
            listed[path] = data
    there = {os.path.relpath(os.path.join(root, name), folder)
             for root, _, names in os.walk(folder) for name in names}
    assert there == set(listed) | {"tagmanifest-sha256.txt"}, there
    payload = {p: d for p, d in listed.items() if p.startswith("data/")}
    oxum = "Payload-Oxum: %d.%d\n" % (sum(map(len, payload.values())), len(payload))
    assert oxum.encode() in listed["bag-info.txt"]
    return payload


class Export(Case):
    def word(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=PASS, **options)

    def put(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def test_bag(self):
        self.env["EARWITNESS_DESK"] = self.path("desk")
        self.word("key", "new", "desk.example")
        odd = " .odd 100%\n\\ \xc3\xa4.txt"
        files = {"talk.wav": b"RIFF\x00\x00\x00\x00WAVE", odd: b"One.\n\nTwo.\n", "empty": b""}
        paths = [self.put(os.path.join("in", name), data) for name, data in files.items()]
        paths += [os.path.dirname(self.put("folder/a.txt", b"Member.\n"))]
        self.put("folder/b/c.txt", b"Other.\n")
        sealed = [json.loads(line) for line in self.word("seal", *paths, "--json").out.splitlines()]
        told = self.word("export", "--all", "-o", self.path("early"), code=3)
        self.assertIn("checkpoint", told.err)
        self.assertFalse(os.path.exists(self.path("early")))
        self.word("log", "checkpoint")
        bag = self.path("bag")
        done = json.loads(self.word("export", "--all", "-o", bag, "--json").out)
        self.assertEqual((done["items"], done["files"]), (len(sealed), len(sealed) - 1))
        payload = check_bag(bag)
        self.assertEqual(sorted(payload.values()),
                         sorted([*files.values(), b"Member.\n", b"Other.\n"]))
        for manifest in "manifest-sha256.txt", "tagmanifest-sha256.txt":
            subprocess.run(["sha256sum", "--strict", "-c", manifest], cwd=bag, check=True,
                           stdout=subprocess.DEVNULL)
        proofs = [r for r, _, names in os.walk(bag) if "seal.tlog-proof" in names]
        self.assertEqual(len(proofs), len(sealed))
        # There it is; it stays.
        told = self.word("export", "--all", "-o", bag, code=2)
        self.assertIn("is there already", told.err)

        # One item; what burning left; a file that is not what was sealed.
        text = next(s["item"] for s in sealed if s["parts"] == 2 and s["splitter"] == "para-v1")
        self.word("burn", text, "--hide", "2", "--confirm", text[:8], "--really", "burn")
        self.word("log", "checkpoint")
        self.word("export", text[:10], "-o", self.path("one"))
        self.assertEqual(check_bag(self.path("one")),
                         {"data/%s/what-is-left" % text[:16]: b"One.\n\n"})
        self.put("in/talk.wav", b"RIFF....")
        told = self.word("export", "--all", "-o", self.path("two"), code=3)
        self.assertIn("is not what was sealed", told.err)
        self.assertFalse(os.path.exists(self.path("two")))
        self.assertEqual([n for n in os.listdir(self.dir) if n.startswith(".ew-tmp")], [])
        self.word("export", "-o", self.path("three"), code=2)
        self.word("export", "--all", text, "-o", self.path("three"), code=2)


if __name__ == "__main__":
    main()
