#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Burning through the whole program: it asks twice, what is left can be shown by number and by time,
what is gone is in no file."""
import json
import os
import shutil
import subprocess

from harness import Case, main

PASS = b"correct horse\n"


class Burn(Case):
    def word(self, *args, **options):
        return self.run_ew(*args, "--passphrase-fd", "0", stdin=PASS, **options)

    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_DESK"] = self.path("desk")
        self.word("key", "new", "desk.example")
        self.policy = self.put("policy", self.run_ew("key", "export").out.encode())

    def put(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def seal(self, path):
        return json.loads(self.word("seal", path, "--json").out.splitlines()[0])["item"]

    def shown(self, item, *args):
        self.word("disclose", item, "-o", self.path("x.ewb"), *args)
        verdict = self.run_json("verify", self.path("x.ewb"), "--policy", self.policy)
        self.assertEqual(verdict["verdict"], "verified")
        return verdict["streams"][0]["shown"]

    def burn(self, item, *args, **options):
        return self.word("burn", item, *args, "--confirm", item[:8], "--really", "burn", **options)

    def files(self):
        for root, _, names in os.walk(self.path("desk")):
            for name in names:
                with open(os.path.join(root, name), "rb") as f:
                    yield f.read()

    def test_chat(self):
        chat = self.put("chat.txt", b"1/2/20, 10:00 - Ann: Did you know?\n"
                        b"1/2/20, 10:01 - Bob: yes, on Monday\n1/2/20, 10:02 - Ann: Thanks.\n")
        item = self.seal(chat)
        self.word("log", "checkpoint")
        # Nothing happens without both words.
        for args in ((), ("--confirm", item[:8]), ("--confirm", "01234567", "--really", "burn"),
                     ("--confirm", item[:8], "--really", "yes"), ("--really", "burn")):
            told = self.word("burn", item, "--hide", "2", *args, code=2)
            self.assertIn("nothing was burned", told.err)
        self.assertEqual(self.shown(item, "--show", "all"), 9)
        done = self.burn(item[:6], "--hide", "2", "--remove-original", code=2)
        self.assertIn("nothing was burned", done.err)
        done = json.loads(self.burn(item, "--hide", "2", "--remove-original", "--json").out)
        self.assertEqual((done["burned"], done["left"], done["original_removed"]), (3, 6, True))
        self.assertFalse(os.path.exists(chat))
        self.assertEqual(self.shown(item, "--show", "all", "--meta", "all"), 6)
        self.assertEqual(self.shown(item, "--show", "3", "--published", self.path("p.txt")), 3)
        with open(self.path("p.txt"), encoding="utf-8") as f:
            self.assertEqual(f.read(), "[withheld]\n1/2/20, 10:02 - Ann: Thanks.\n")
        for data in self.files():
            self.assertNotIn(b"Monday", data)
        told = self.burn(item, "--hide", "2", code=2)
        self.assertIn("nothing would be burned", told.err)

    def test_the_same_file_sealed_twice(self):
        text = b"One.\n\nTwo.\n\nThree.\n"
        os.mkdir(self.path("case"))
        first = self.seal(self.put("a.txt", text))
        again = self.seal(self.put("a.txt", text))
        copy = self.seal(self.put("case/b.txt", text))
        self.put("a.txt", b"One.\n\nTwo.\n\nFour.\n")
        newer = self.seal(self.path("a.txt"))
        other = self.seal(self.put("c.txt", b"One.\n\nTwo.\n\nFive.\n"))
        self.seal(self.path("case"))
        done = self.burn(first, "--hide", "2", "--json", "--file", self.path("case", "b.txt"))
        same = json.loads(done.out)["same_file"]
        self.assertEqual(len(same), 4)
        for item in (again, copy, newer):
            self.assertIn(item, same)
            self.assertIn(item, done.err)
        self.assertNotIn(other, same + [done.err])
        self.assertIn("burned there too", done.err)
        done = self.burn(other, "--hide", "2", "--json")
        self.assertEqual(json.loads(done.out)["same_file"], [])
        self.assertNotIn("same file", done.err)

    def test_on_a_terminal(self):
        item = self.seal(self.put("a.txt", b"One.\n\nTwo.\n\nThree.\n"))
        for words, code in ((item[:8] + "\nburn\n", 0), (item[:8] + "\nno\n", 2)):
            master, slave = self.open_terminal()
            process = subprocess.Popen(
                self.command("burn", item, "--hide", "2" if code == 0 else "3",
                             "--passphrase-command", "echo correct horse"),
                env=self.env, cwd=self.dir, stdin=slave, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            os.close(slave)
            os.write(master, words.encode())
            out, err = process.communicate(timeout=60)
            os.close(master)
            self.assertEqual(process.returncode, code, err)
            self.assertIn(b"first 8 digits", err)
            self.assertIn(b"2 are left" if code == 0 else b"", out)

    def test_sound_is_still_found_by_its_time(self):
        source = "aevalsrc=0.3*sin(2*PI*(300+40*t)*t):s=48000:d=9"
        sounds = [("s.wav", ["-c:a", "pcm_s16le", "-ar", "8000"])]
        if shutil.which("ffmpeg") is None:
            self.skipTest("needs ffmpeg")
        sounds += [("s.mp3", ["-c:a", "libmp3lame", "-b:a", "64k"]),
                   ("s.aac", ["-c:a", "aac", "-b:a", "64k"]),
                   ("s.ogg", ["-c:a", "libopus", "-b:a", "24k", "-page_duration", "100000"])]
        items = {}
        for name, options in sounds:
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *options,
                            self.path(name)], check=True, stdin=subprocess.DEVNULL)
            items[name] = self.seal(self.path(name))
        self.word("log", "checkpoint")
        for name, item in items.items():
            show = ("--show", "6-7.5")
            self.word("disclose", item, *show, "-o", self.path("a.ewb"))
            self.burn(item, "--hide", "2-4")
            os.unlink(self.path(name))
            # The same stretch, by the same times, gives the same parts.
            self.word("disclose", item, *show, "-o", self.path("b.ewb"))
            verdicts = [self.run_json("verify", self.path(f), "--policy", self.policy)
                        for f in ("a.ewb", "b.ewb")]
            self.assertEqual(verdicts[0]["streams"][0], verdicts[1]["streams"][0], name)
            self.assertGreater(verdicts[0]["streams"][0]["shown"], 5)
            self.shown(item, "--show", "0-9", "--published", self.path("pub-" + name)
                       ) if name != "s.ogg" else None


if __name__ == "__main__":
    main()
