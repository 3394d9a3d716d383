# SPDX-License-Identifier: Apache-2.0
"""People of a case: who is protected is nowhere to be read; search; lint."""
import base64
import fcntl
import gzip
import io
import json
import os
import signal
import subprocess
import termios
import time
import zipfile

from harness import Case, main, slow_factor

FIRST, LAST, STREET = "Zyxwina", "Qvorbalski", "Wkjhstrasse"
NATIVE = "ហ្គេឡូវ៉ា"
PHONE = "85599887766"
ALIAS = "Vhfujdi"
IDENTITY = "Name: %s %s\n%s\nphone: +%s\n%s 7\n" % (FIRST, LAST, NATIVE, PHONE, STREET)
WORDS = (FIRST, LAST, STREET, NATIVE, PHONE, ALIAS)


def spellings(word):
    """All ways in which a program could have written a word down."""
    found = set()
    for text in {word, word.lower(), word.upper()}:
        for code in ("utf-8", "utf-16-le", "utf-16-be"):
            raw = text.encode(code)
            found.add(raw)
            found.add(raw.hex().encode())
            found.add(raw.hex().upper().encode())
            for shift in range(3):
                cut = base64.b64encode(b"x" * shift + raw + b"x" * 3)
                found.add(cut[4 if shift else 0:(shift + len(raw)) // 3 * 4])
        found.add(json.dumps(text).strip('"').encode())
    return {f for f in found if len(f) >= 7}


NEEDLES = sorted({n for w in WORDS for n in spellings(w)})


class People(Case):
    def setUp(self):
        super().setUp()
        self.case = self.path("case")
        self.key = self.path("key")
        self.said = []
        made = self.run_json("vault", "identity", "-o", self.key)
        self.recipient = made["recipient"]
        self.run_ew("case", "new", self.case)

    def ew(self, *args, **options):
        done = self.run_ew("case", args[0], "--case", self.case, *args[1:], **options)
        self.said += [done.out.encode(), done.err.encode()]
        return done

    def protect(self, name="Source 1"):
        self.ew("person", name, "--kind", "protected", "--identity-fd", "0",
                stdin=IDENTITY.encode())

    # -- nothing is written down ------------------------------------------------------

    def assert_nowhere(self):
        for text in self.said:
            self.assert_free(text, "what was printed")
        for root, _, names in os.walk(self.dir):
            for name in names:
                full = os.path.join(root, name)
                self.assert_free(full.encode(), "a name")
                if os.path.isfile(full):
                    with open(full, "rb") as f:
                        self.assert_free(f.read(), full)
                self.assertFalse(name.startswith("core"), full)

    def assert_free(self, data, where):
        for needle in NEEDLES:
            self.assertNotIn(needle, data, where)

    def test_needles_are_found_where_they_are(self):
        for code in ("utf-8", "utf-16-le"):
            for pad in range(4):
                raw = b"a" * pad + LAST.encode(code)
                for data in (raw, base64.b64encode(raw), raw.hex().encode()):
                    self.assertTrue(any(n in data for n in NEEDLES))

    def test_a_protected_identity_is_nowhere(self):
        self.ew("recipient", self.recipient)
        self.protect()
        note = self.path("note.txt")
        with open(note, "w") as f:
            f.write("Somebody says that the recording is forged.\n")
        self.ew("add", note)
        self.ew("alias", "Source 1", "--name-fd", "0", stdin=ALIAS.encode())
        self.ew("position", "1", "--person", "Source 1", "--stance", "denies", "--date", "2026-10-12",
                "--words", "the recording is forged", "--report", "1")
        self.ew("people")
        self.assertIn("Source 1", self.ew("search", "forged").out)
        self.ew("search", "--person", "source")
        self.assertIn("Source 1", self.ew("timeline").out)
        self.ew("events")
        self.ew("export", "-o", self.path("held"), code=4)  # it cannot look for the identity
        self.ew("export", "-o", self.path("bag"), "-i", self.key)
        self.assertTrue(os.path.exists(self.path("bag", "data", "case.json")))
        self.ew("lint", "-i", self.key)
        with open(os.devnull, "wb") as nothing:
            code = subprocess.run(
                self.command("case", "reveal", "Source 1", "--case", self.case, "-i", self.key,
                             "--purpose", "to call back", "--yes"),
                env=self.env, stdout=nothing, stderr=subprocess.PIPE, check=False).returncode
        self.assertEqual(code, 0)
        self.assert_nowhere()
        # It is there all the same.
        shown = self.run_ew("case", "reveal", "1", "--case", self.case, "-i", self.key,
                            "--purpose", "to see", "--yes").out
        self.assertIn("%s %s" % (FIRST, LAST), shown)
        self.assertIn(NATIVE, shown)
        self.assertIn(ALIAS, shown)

    def test_people_who_are_one(self):
        note = self.path("note.txt")
        with open(note, "w") as f:
            f.write("Somebody says that the recording is forged.\n")
        self.ew("add", note)
        said = []
        for name, stance, day in (("Vannak Lim", "denies", "12"), ("V. Lim", "confirms", "13")):
            said.append(json.loads(self.ew(
                "position", "1", "--person", name, "--stance", stance, "--date", "2026-10-" + day,
                "--words", "on the call", "--json").out))
        # Who was new came with an event of its own: the first position goes alone, and back.
        self.ew("undo", said[0]["event"])
        names = [json.loads(line)["name"] for line in self.ew("people", "--json").out.splitlines()]
        self.assertEqual(names, ["Vannak Lim", "V. Lim"])
        back = [json.loads(line) for line in self.ew("events", "--json").out.splitlines()][-1]
        self.ew("undo", back["event"])
        self.assertNotIn("reversal", self.ew("timeline", "--json", code=None).out)
        merged = json.loads(self.ew("merge", "Vannak Lim", "V. Lim", "--json").out)
        self.assertEqual((merged["person"], merged["other"]), (1, 2))
        self.ew("merge", "V. Lim", "Vannak Lim", code=2)
        rows = [json.loads(line) for line in self.ew("timeline", "--json", code=None).out.splitlines()]
        self.assertEqual({r["person"] for r in rows if r["row"] == "position"}, {"Vannak Lim"})
        self.assertIn("reversal", [r.get("finding") for r in rows])
        people = self.ew("people").out
        self.assertIn("also V. Lim", people)
        self.assertEqual(len(self.ew("people", "--json").out.splitlines()), 1)
        self.assertIn("is person 1", self.ew("people", "--all").out)
        for name in ("V. Lim", "Vannak Lim"):
            hits = [json.loads(line) for line in self.ew("search", "--person", name, "--json").out.splitlines()]
            self.assertEqual([hit["who"] for hit in hits], ["Vannak Lim"] * 2)
        self.ew("verify")
        self.ew("undo", merged["event"])
        self.assertEqual(len(self.ew("people", "--json").out.splitlines()), 2)
        self.ew("verify")

    def test_killed_at_any_moment(self):
        self.ew("recipient", self.recipient)
        self.protect("Source 0")
        verbs = (
            ("person", "Source %d", "--identity-fd", "0"),
            ("alias", "Source 0", "--name-fd", "0"),
            ("reveal", "Source 0", "-i", self.key, "--purpose", "x", "--yes"),
            ("lint", "-i", self.key),
        )
        for i in range(48):
            verb = [a % i if "%d" in a else a for a in verbs[i % len(verbs)]]
            process = subprocess.Popen(
                self.command("case", verb[0], "--case", self.case, *verb[1:]), env=self.env,
                cwd=self.dir, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, start_new_session=True)
            try:
                process.stdin.write((IDENTITY if verb[0] == "person" else ALIAS).encode())
                process.stdin.close()
            except BrokenPipeError:
                pass
            time.sleep(0.0008 * i * slow_factor())
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.said.append(process.stderr.read())
            process.stderr.close()
            process.wait()
        self.assert_nowhere()
        self.ew("people")
        self.protect("Source 99")
        self.assert_nowhere()

    def test_arguments_and_environment_have_none(self):
        self.ew("recipient", self.recipient)
        process = subprocess.Popen(
            self.command("case", "person", "Source 1", "--case", self.case, "--identity-fd", "0"),
            env=self.env, cwd=self.dir, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        process.stdin.write(IDENTITY.encode())
        process.stdin.flush()
        time.sleep(0.2)
        for what in ("cmdline", "environ"):
            try:
                with open("/proc/%d/%s" % (process.pid, what), "rb") as f:
                    self.assert_free(f.read(), what)
            except PermissionError:
                pass
        process.stdin.close()
        self.assertEqual(process.wait(), 0)
        refused = self.ew("alias", "Source 1", "Somebody", code=2)
        self.assertIn("no argument", refused.err)

    def test_what_is_typed_is_not_shown(self):
        self.ew("recipient", self.recipient)
        master, slave = self.open_terminal()
        command = self.command("case", "person", "Source 1", "--kind", "protected", "--case",
                               self.case)
        process = subprocess.Popen(
            command, env=self.env, cwd=self.dir, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        shown = b""
        while b"Identity" not in shown:
            shown += os.read(master, 1000)
        os.write(master, (IDENTITY + "\n").encode())
        try:
            while True:
                more = os.read(master, 1000)
                if not more:
                    break
                shown += more
        except OSError:
            pass
        os.close(master)
        self.assertEqual(process.wait(), 0, shown)
        self.assert_free(shown, "the terminal")
        self.assertIn(b"person 1", shown)
        self.assert_nowhere()

    # -- rules ------------------------------------------------------------------------

    def test_who_can_be_protected_and_looked_at(self):
        none = self.ew("person", "Source 1", "--identity-fd", "0", stdin=IDENTITY.encode(), code=2)
        self.assertIn("recipient", none.err)
        self.ew("recipient", self.recipient)
        self.ew("recipient", self.recipient, code=2)
        self.ew("recipient", "age1nonsense", code=2)
        for bad in (["Source " + LAST], ["Source 1", "--note", "lives in " + STREET.lower()],
                    ["Source 1", "--purpose", "+" + PHONE]):
            done = self.run_ew("case", "person", "--case", self.case, *bad, "--identity-fd", "0",
                               stdin=IDENTITY.encode(), code=2)
            self.assertIn("not encrypted", done.err)
        self.protect()
        self.ew("person", "Source 1", code=2)
        self.ew("person", "x", "--kind", "odd", code=2)
        self.ew("person", "Nobody", "--identity-fd", "0", stdin=b" \n", code=2)
        self.ew("person", "Nobody", "--identity-fd", "0", stdin=b"x" * 20000, code=None)
        # To look needs a key, a reason and a terminal, and is on record.
        self.ew("reveal", "Source 1", "-i", self.key, "--purpose", "x", code=2)
        self.ew("reveal", "Source 1", "-i", self.key, "--yes", code=2)
        self.ew("reveal", "Source 1", "--purpose", "x", "--yes", code=2)
        other = self.path("other")
        second = self.run_json("vault", "identity", "-o", other)["recipient"]
        self.ew("reveal", "Source 1", "-i", other, "--purpose", "prying", "--yes", code=12)
        # A new recipient reads it only when somebody who can opens it for them.
        self.ew("recipient", second)
        self.ew("reveal", "Source 1", "-i", other, "--purpose", "x", "--yes", code=12)
        self.ew("recipient", second, "-i", self.key)
        shown = self.run_ew("case", "reveal", "Source 1", "--case", self.case, "-i", other,
                            "--purpose", "x", "--yes")
        self.assertIn(LAST, shown.out)
        people = [json.loads(line) for line in self.ew("people", "--json").out.splitlines()]
        self.assertEqual([(p["name"], p["kind"], p["identity"]) for p in people],
                         [("Source 1", "protected", True)])

    # -- search -----------------------------------------------------------------------

    def test_search(self):
        texts = {"a.txt": "The Ministry denied it.", "b.txt": "ក្រសួងបដិសេធ",
                 "c.txt": "外交部否认"}
        for name, text in texts.items():
            path = self.path(name)
            with open(path, "w") as f:
                f.write(text)
            self.ew("add", path, "--note", text, code=None)
        hits = self.ew("search", "ministry", "--json").out.splitlines()
        self.assertEqual(len(hits), 1)
        hit = json.loads(hits[0])
        at, n = hit["marks"][0]
        self.assertEqual(hit["text"].encode()[at:at + n], b"Ministry")
        for words in ("បដិសេធ", "否认", "外"):
            self.assertEqual(len(self.ew("search", words, "--json").out.splitlines()), 1, words)
        self.assertIn("[Ministry]", self.ew("search", "MINISTRY").out)
        self.ew("search", "nowhere", code=1)
        self.ew("search", "x", "--since", "yesterday", code=2)
        self.ew("search", "a OR \"b", code=None)

    # -- lint -------------------------------------------------------------------------

    def office(self, name):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("docProps/core.xml", "<dc:creator>Helen Writer</dc:creator>")
            z.writestr("word/document.xml", "<w:p><w:r><w:t>%s</w:t></w:r><w:r><w:t>%s</w:t></w:r>"
                       "</w:p><w:ins w:author=\"Tom\"/>" % (LAST[:4], LAST[4:]))
        with open(self.path(name), "wb") as f:
            f.write(out.getvalue())

    def lint(self, *args, code):
        rows = [json.loads(line) for line in
                self.ew("lint", "--json", *args, code=code).out.splitlines()]
        return [r for r in rows if r["row"] == "finding"], rows

    def test_lint(self):
        self.ew("recipient", self.recipient)
        self.protect()
        self.ew("alias", "Source 1", "--name-fd", "0", stdin=ALIAS.encode())
        self.assertEqual(self.lint(code=3)[1][-1]["identities_not_looked_for"], 2)
        self.assertEqual(self.lint("-i", self.key, code=0)[1][-1]["identities_looked_for"], 2)
        self.ew("person", "Witness", "--kind", "pseudonym")
        self.ew("alias", "Witness", "Dara Kim")
        self.office("report.docx")
        with open(self.path("chat.json"), "w") as f:
            json.dump({"from": NATIVE, "text": "%s was there" % ALIAS}, f)
        with open(self.path("notes.txt"), "w") as f:
            f.write("Dara Kim, +44 20 7946 0958, ann@example.org, 11.55640, 104.92820\n"
                    "it was on 12.10.2026; C:\\Users\\ann\\x, in Kampot\n")
        with open(self.path("wide.txt"), "w", encoding="utf-16") as f:
            f.write("about %s\n" % LAST.upper())
        with open(self.path("places"), "w") as f:
            f.write("Kampot\n")
        self.said = []
        for name in ("report.docx", "chat.json", "notes.txt", "wide.txt"):
            self.run_ew("case", "add", "--case", self.case, self.path(name), code=None)
        found, _ = self.lint("-i", self.key, "--places", self.path("places"), code=1)
        by = {(f["kind"], f.get("item")) for f in found}
        for want in (("author", 1), ("protected-word", 1), ("protected-name", 2),
                     ("pseudonym", 3), ("phone", 3), ("mail", 3), ("coordinates", 3),
                     ("user-path", 3), ("place", 3), ("protected-word", 4)):
            self.assertIn(want, by)
        self.assertEqual(sum(f["kind"] == "phone" for f in found), 1)
        self.assertEqual({f["excerpt"] for f in found if f["kind"] == "author"},
                         {"Helen Writer", "Tom"})
        self.assertIn("\nNever looked for: ", self.ew("lint", "-i", self.key, code=1).out)
        for text in self.said:
            self.assert_free(text, "what lint printed")
        # The same ids again; what is allowed is not counted.
        again, _ = self.lint("-i", self.key, "--places", self.path("places"), code=1)
        self.assertEqual([f["id"] for f in found], [f["id"] for f in again])
        allow = [a for f in found for a in ("--allow", f["id"])]
        self.lint("-i", self.key, "--places", self.path("places"), *allow, code=0)
        only, _ = self.lint("-i", self.key, "chat.json", code=1)
        self.assertEqual({f["item"] for f in only}, {2})


    def test_pages_of_a_web_archive(self):
        body = gzip.compress(b"<p>ann.lee@example.org</p>")
        http = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)) + body
        record = (b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/a\r\n"
                  b"WARC-Date: 2026-10-12T00:00:00Z\r\n"
                  b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
                  b"Content-Type: application/http; msgtype=response\r\n"
                  b"Content-Length: %d\r\n\r\n" % len(http)) + http + b"\r\n\r\n"
        with open(self.path("a.warc.gz"), "wb") as f:
            f.write(gzip.compress(record))
        self.ew("add", self.path("a.warc.gz"), code=None)
        found, rows = self.lint(code=1)
        self.assertEqual([(f["kind"], f["member"]) for f in found],
                         [("mail", "http://example.org/a")])
        self.assertEqual(rows[-1]["not_looked_into"], 0)


if __name__ == "__main__":
    main()
