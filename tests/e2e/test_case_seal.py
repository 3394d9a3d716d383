#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The events of a case on the desk's log: whoever changes one later, even the whole chain, is found."""
import base64
import hashlib
import json
import os
import shutil
import sqlite3
import struct

from harness import main
from test_key import Desk


def text(value):
    return struct.pack("<q", len(value)) + value


class Seals(Desk):
    def setUp(self):
        super().setUp()
        self.env["EARWITNESS_CASE"] = self.path("case")
        self.env["EARWITNESS_WHO"] = "Ann"
        self.run_ew("case", "new", self.path("case"))
        self.write("clip.wav", b"RIFF nothing")
        self.run_ew("case", "add", self.path("clip.wav"), "--no-analyses")

    def position(self, stance):
        self.run_ew("case", "position", "1", "--person", "M", "--stance", stance, "--date",
                    "2026-10-12")

    def verify(self, code=0, case="case"):
        answer = self.run_json("case", "verify", "--desk", self.desk, "--case", self.path(case),
                               code=code)
        return answer

    def sql(self, case, statement, *values):
        """Changes a database behind the program's back, with its triggers put back after."""
        db = sqlite3.connect(self.path(case, "case.db"))
        kept = db.execute("SELECT name,sql FROM sqlite_schema WHERE type='trigger'").fetchall()
        for name, _ in kept:
            db.execute("DROP TRIGGER " + name)
        db.execute(statement, values)
        for _, again in kept:
            db.execute(again)
        db.commit()
        db.close()

    def rows(self, statement):
        db = sqlite3.connect(self.path("case", "case.db"))
        got = db.execute(statement).fetchall()
        db.close()
        return got

    def test_seal(self):
        self.position("denies")
        made = self.json_with_pass("case", "seal")
        self.assertEqual((made["events"], made["upto"], made["event"], made["entry"]),
                         (3, 3, 4, 0))
        verified = self.verify()
        self.assertEqual((verified["sealed_upto"], verified["events_not_sealed"]), (3, 0))
        self.run_ew("case", "seal", code=1)
        # The receipt commits to the value of the chain, which only its salt shows.
        chain = self.rows("SELECT chain FROM event WHERE id=3")[0][0]
        kept = json.loads(self.rows("SELECT detail FROM event WHERE id=4")[0][0])
        want = hashlib.sha256(b"ew-commit/v1\0" + base64.b64decode(kept["salt"]) +
                              chain).digest()
        self.assertIn("text chain " + base64.b64encode(want).decode() + "\n", kept["note"])
        self.assertIn("text events 3\n", kept["note"])
        self.position("confirms")
        made = self.json_with_pass("case", "seal", "--purpose", "daily")
        self.assertEqual((made["events"], made["upto"], made["entry"]), (1, 5, 1))
        answer = self.verify()
        self.assertEqual((answer["whole"], answer["seals"]), (True, 2))
        self.assertEqual(self.with_pass("log", "fsck").code, 0)
        self.forged()
        self.other_desks()

    def forged(self):
        """Somebody changes the first event and works out the whole chain again."""
        shutil.copytree(self.path("case"), self.path("forged"))
        self.sql("forged", "UPDATE event SET who='Bob' WHERE id=1")
        db = sqlite3.connect(self.path("forged", "case.db"))
        before = bytes(32)
        values = []
        for row in db.execute("SELECT id,time,item,undoes,kind,who,purpose,detail,tool,before,"
                              "after,content FROM event ORDER BY id"):
            h = hashlib.sha256(b"ew-case-event/v1\0" + before)
            for number in row[:4]:
                h.update(struct.pack("<q", number))
            for value in row[4:]:
                h.update(text((value or b"") if not isinstance(value, str) else value.encode()))
            before = h.digest()
            values.append(before)
        db.close()
        for number, value in enumerate(values):
            self.sql("forged", "UPDATE event SET chain=? WHERE id=?", value, number + 1)
        problems = self.verify(code=4, case="forged")["problems"]
        self.assertEqual(len(problems), 2, problems)
        self.assertIn("not those that were sealed", problems[0])

    def other_desks(self):
        """A receipt that was exchanged, and one of another desk."""
        shutil.copytree(self.path("case"), self.path("other"))
        note = self.rows("SELECT detail FROM event WHERE id=4")[0][0]
        self.sql("other", "UPDATE event SET detail=? WHERE id=6", note)
        problems = self.verify(code=4, case="other")["problems"]
        self.assertTrue(any("follow" in p for p in problems), problems)
        home, self.desk = self.desk, self.path("desk2")
        self.env["EARWITNESS_DESK"] = self.desk
        self.with_pass("key", "new", "other.example")
        problems = self.verify(code=4)["problems"]
        self.assertTrue(any("not signed by a key of this desk" in p for p in problems))
        self.assertTrue(any("entries" in p or "log" in p for p in problems), problems)
        self.desk = home
        self.sql("other", "UPDATE event SET detail='{}' WHERE id=6")
        self.assertIn("damaged", " ".join(self.verify(code=4, case="other")["problems"]))
        self.assertTrue(os.path.exists(home))


if __name__ == "__main__":
    main()
