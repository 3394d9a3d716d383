#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The file that was sealed is never written over, and what changes while it is read goes nowhere."""
import os
import threading
import time

from harness import Case, main

PASS = b"correct horse battery staple"
LETTER = b"Dear A.\n\nThe name is B.\n\nYours, C.\n"


class Spared(Case):
    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_DESK"] = self.path("desk")
        self.with_pass("key", "new", "desk.example")

    def with_pass(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=PASS + b"\n", **options)

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def test_the_original_is_not_replaced(self):
        letter = self.put("letter.txt", LETTER)
        os.link(letter, self.path("same.txt"))
        item = self.with_pass("seal", letter).out.split()[0]
        self.with_pass("log", "checkpoint")
        for out in (("-o", letter), ("-o", self.path("same.txt")),
                    ("-o", self.path("x.ewb"), "--published", letter)):
            told = self.with_pass("disclose", item, "--hide", "2", *out, code=2)
            self.assertIn("is the file that was sealed", told.err)
            with open(letter, "rb") as f:
                self.assertEqual(f.read(), LETTER)
        self.assertFalse(os.path.exists(self.path("x.ewb")))

    def test_a_file_that_changes_meanwhile(self):
        """A writer goes on changing one byte: whatever is written is what was sealed, or nothing is."""
        path = self.put("talk.bin", bytes(8 << 20))
        item = self.with_pass("seal", path, "--splitter", "whole").out.split()[0]
        self.with_pass("log", "checkpoint")
        policy = self.path("policy")
        with open(policy, "w", encoding="utf-8") as f:
            f.write(self.run_ew("key", "export").out)
        stop = threading.Event()

        def disturb():
            with open(path, "r+b", buffering=0) as f:
                while not stop.is_set():
                    for byte in (b"\1", b"\0"):
                        os.pwrite(f.fileno(), byte, 4 << 20)
                        time.sleep(0.004)

        other = threading.Thread(target=disturb)
        other.start()
        try:
            for i in range(6):
                out = self.path("x%d.ewb" % i)
                done = self.with_pass("disclose", item, "--show", "all", "-o", out, code=None)
                self.assertIn(done.code, (0, 3))
                self.assertEqual(os.path.exists(out), done.code == 0)
                if done.code == 0:
                    self.run_ew("verify", out, "--policy", policy)
        finally:
            stop.set()
            other.join()


if __name__ == "__main__":
    main()
