# SPDX-License-Identifier: Apache-2.0
"""What tests of reports share: names that attack, and a page that is made, read and held to its promises."""
import os
import re
import shutil
import subprocess

from harness import Case
from page_checks import check

NASTY = [
    "\"><img src=x onerror=alert(1)>", "'><svg onload=alert(1)>", "<script>alert(1)</script>",
    "</title></style></textarea><script>alert(1)</script>", "javascript:alert(1)", "--><b>x</b>",
    "<!-- x", "]]><x>", "&lt;b&gt;&#60;&amp", "{{7*7}}${7*7}", "`onmouseover=alert(1)",
    "\u202egpj.exe\u202c", "\u2066x\u2069", "a\u0000b\u0007\u001b[31mc\u0085", "\ufeff\ufffe\uffff",
    "<a href=\"http://evil.example/\">x</a>", "<style>*{display:none}</style>", "'; alert(1); '",
    "url(http://evil.example/x)", "<base href=//evil.example>", "\\\" onfocus=alert(1) autofocus=",
    "\u1797\u17b6\u179f\u17b6\u200b\u1781\u17d2\u1798\u17c2\u179a", "\u0627\u0644\u062a\u0633\u062c\u064a\u0644",
]
NAMES = [n for n in NASTY if "/" not in n and "\0" not in n]


class Report(Case):
    def page(self, *args, name="out.html", code=0, env=None):
        path = self.path(name)
        self.run_ew("report", *args, "-o", path, code=code, env=env)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        page = check(self, text)
        host = re.escape(os.uname().nodename)
        self.absent(r"(?i)\b%s\b|%s|http-?s?://" % (host, re.escape(self.dir)), page.text(),
                    *NASTY)
        return page

    def absent(self, pattern, text, *but):
        for words in but:
            text = text.replace(words, "")
        found = re.search(pattern, text)
        self.assertFalse(found, found and text[max(0, found.start() - 80):found.end() + 80])

    def same_bytes(self, *args):
        """Another locale, other threads, another time: the same page."""
        with open(self.path("out.html"), "rb") as f:
            first = f.read()
        self.page(*args, "--jobs", "1", name="again.html", env={
            "LC_ALL": "de_DE.UTF-8", "LANG": "km_KH", "TZ": "Asia/Phnom_Penh"}, code=None)
        with open(self.path("again.html"), "rb") as f:
            self.assertTrue(f.read() == first, "not the same bytes")

    def clip(self, name="clip.wav"):
        a, b, c = (self.speech("%d.wav" % i, seed=i, seconds=s) for i, s in ((1, 30), (2, 30), (9, 4)))
        self.run_ew("add", a, b)
        return self.join(name, [(a, 5, 6), (b, 12, 6), (c, 0, 3), (a, 22, 5)])

    def browser_runs_nothing(self, path):
        """A real browser: its policy is never violated, and no dialog or request comes up."""
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        if browser is None:
            return
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
             "--v=0", "--user-data-dir=" + self.path("profile"), "--dump-dom", "file://" + path],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        log = done.stderr.decode("utf-8", "replace")
        self.assertNotIn("Content Security Policy", log)
        self.assertNotIn("CONSOLE", log)
        self.assertNotIn("<script", done.stdout.decode("utf-8", "replace"))
