#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The texts of the program and the page, and their translations, without gettext.

words.py --pot             prints the template: what is said in src/ and web/page/
words.py --check           fails when po/ is not complete or a translation could not be put in the place of its text
words.py --share           prints how much of what each language has
words.py --update          writes po/earwitness.pot, and adds what is new to po/*.po, not translated
words.py --missing FILE.po prints what it does not translate, by what it is for
words.py --pseudo OUT.po   writes a catalogue with other letters in every text: for tests alone
words.py --c OUT.c FILE.po ...     writes the tables for the program
words.py --json FILE.po OUT        writes the JSON that the page loads
"""
import glob
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import words_c  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

TOLD = re.compile(r"""\bt\(\s*'((?:[^'\\\n]|\\.)*)'""")
# Texts that reach t() from a list or a field: they begin like a sentence.
LISTED = re.compile(r"""'([A-Z][a-z][^'\\\n]*)'""")
NO_WORD = re.compile(r"""^(Arrow\w*|English|Content-\w+|X-[\w-]+|Accept-\w+|Escape|Enter|Home|End|Tab|Space|Shift|PageUp|PageDown
                     |[A-Z]\w+Error|GET|POST|DELETE|INPUT|SELECT|TEXTAREA|Delete)$""", re.X)
# The same for those in a table in capitals: const GAPS = { 'no-match': 'in no recording' };
TABLE = re.compile(r"^const [A-Z_]+ = \{(.*?)^\}|^const [A-Z_]+ = \{(.*?)\};$", re.S | re.M)
VALUE = re.compile(r"""[:]\s*'([a-z][^'\\\n]*)'""")
# What the program says in one word, which the page repeats.
OF_THE_PROGRAM = [
    "decode", "files", "records", "working", "adding", "keep", "read", "import", "verifying",  # stages of work
    "check", "inspect", "diff", "family", "add", "waiting", "running", "done", "failed",
]
CODE = "qps"  # the pseudo-language


class Word:
    """A text, where it is said, and what for: page, finding, message or help."""

    def __init__(self):
        self.places, self.kinds = [], set()

    def add(self, place, kind):
        if place not in self.places:
            self.places.append(place)
        self.kinds.add(kind)


def page_words(found):
    for path in sorted(glob.glob(os.path.join(ROOT, "web/page/*.js"))):
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"^\s*(//|\*|/\*).*$", "", f.read(), flags=re.M)
        place = "web/page/" + os.path.basename(path)
        said = [(m.start(), m.group(1).replace("\\'", "'")) for m in TOLD.finditer(text)]
        said += [(m.start(), m.group(1)) for m in LISTED.finditer(text) if not NO_WORD.match(m.group(1))]
        for m in TABLE.finditer(text):
            said += [(m.start() + v.start(), v.group(1)) for v in VALUE.finditer(m.group(1) or m.group(2))]
        for _, word in sorted(said):
            if word:
                found.setdefault(word, Word()).add(place, "page")
    for word in OF_THE_PROGRAM:
        found.setdefault(word, Word()).add("web/page", "page")


def words():
    found = {}
    page_words(found)
    for place, kind, text in words_c.texts(ROOT):
        found.setdefault(text, Word()).add(place, kind)
    return found


# ---------------------------------------------------------------- catalogues

def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


def head(language, name):
    return ('# SPDX-License-Identifier: Apache-2.0\n# Texts of earwitness.\nmsgid ""\nmsgstr ""\n'
            '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
            '"Language: %s\\n"\n"X-Own-Name: %s\\n"\n' % (language, name))


def catalogue(found, language, name, said):
    out = head(language, name)
    for text, word in found.items():
        flag = "#, c-format\n" if words_c.conversions(text) and "page" not in word.kinds else ""
        out += "\n#: %s\n%smsgid %s\nmsgstr %s\n" % (" ".join(word.places), flag, quoted(text), quoted(said.get(text, "")))
    return out


class Entry:
    def __init__(self):
        self.msgid, self.msgstr, self.places = None, None, ""


def entries(path):
    field, entry, places = None, None, ""
    with open(path, encoding="utf-8") as f:
        for line in list(f) + ["\n"]:
            line = line.strip()
            m = re.match(r'(msgid|msgstr)?\s*(".*")$', line)
            if m:
                field = m.group(1) or field
                if m.group(1) == "msgid":
                    entry = Entry()
                    entry.places, places = places, ""
                if field is None:
                    raise SystemExit("%s: text without msgid" % path)
                setattr(entry, field, (getattr(entry, field) or "") + json.loads(m.group(2)))
            elif line.startswith("#:"):
                places += line[2:]
            elif not line and entry:
                yield entry
                entry = None
            elif line and not line.startswith("#"):
                raise SystemExit("%s: not understood: %s" % (path, line))


def read(path):
    """{msgid: msgstr} of a .po file."""
    return {e.msgid: e.msgstr for e in entries(path) if e.msgid}


def header(path, name):
    for e in entries(path):
        if e.msgid == "":
            m = re.search(r"^%s: (.*)$" % name, e.msgstr, re.M)
            return m.group(1) if m else ""
    return ""


# ---------------------------------------------------------------- checks

def names_in(text):
    return sorted(re.findall(r"\{\w+\}", text))


def differs(word, text, said):
    """Why said cannot stand for text, or None."""
    if "page" in word.kinds and names_in(text) != names_in(said):
        return "other names in braces"
    if len(word.kinds) > 1 or "page" not in word.kinds:
        if not words_c.agree(text, said):
            return "other conversions"
    if text.endswith("\n") != said.endswith("\n") or text.startswith("\n") != said.startswith("\n"):
        return "begins or ends another line"
    return None


NEEDED = {"page", "finding"}  # every one of these is translated


def check():
    found, bad = words(), []
    template = read(os.path.join(ROOT, "po/earwitness.pot"))
    bad += ["po/earwitness.pot lacks: " + w for w in found if found[w].kinds & NEEDED and w not in template]
    with open(os.path.join(ROOT, "web/page/words.js"), encoding="utf-8") as f:
        page = f.read()
    for path in sorted(glob.glob(os.path.join(ROOT, "po/*.po"))):
        said, name = read(path), os.path.relpath(path, ROOT)
        bad += ["%s does not translate: %s" % (name, w) for w in found if found[w].kinds & NEEDED and not said.get(w)]
        for text, to in said.items():
            why = differs(found[text], text, to) if to and text in found else None
            if why:
                bad.append("%s: %s: %s" % (name, why, text))
        if "%s: '%s'" % (header(path, "Language"), header(path, "X-Own-Name")) not in page:
            bad.append("web/page/words.js does not offer %s" % name)
    for line in bad:
        print(line)
    share()
    return 1 if bad else 0


def share():
    found = words()
    for path in sorted(glob.glob(os.path.join(ROOT, "po/*.po"))):
        said = read(path)
        for kind in words_c.KINDS:
            of = [w for w in found if kind in found[w].kinds]
            have = sum(1 for w in of if said.get(w))
            print("%s %s: %d of %d (%d %%)" % (os.path.basename(path), kind, have, len(of), 100 * have // max(1, len(of))))
    return 0


def missing(path):
    found, said = words(), read(path)
    for kind in words_c.KINDS:
        for w, word in found.items():
            if kind in word.kinds and not said.get(w):
                print("%s\t%s\t%s" % (kind, word.places[0], json.dumps(w, ensure_ascii=False)))
    return 0


# ---------------------------------------------------------------- what is made

def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def update():
    found = words()
    write(os.path.join(ROOT, "po/earwitness.pot"), catalogue(found, "", "", {}))
    for path in glob.glob(os.path.join(ROOT, "po/*.po")):
        name = header(path, "X-Own-Name")
        write(path, catalogue(found, os.path.basename(path)[:-3], name, read(path)))
    return 0


def pseudo(out):
    """Letters stand as their wide forms: a plain letter that is seen was not translated, be it put into a sentence."""
    def wide(text):
        return re.sub("[A-Za-z]", lambda m: chr(ord(m.group()) + 0xfee0), text)

    def other(text):
        if words_c.conversions(text) is None:
            return wide(text)
        said, at = "", 0
        for m in words_c.CONVERSION.finditer(text):
            said += wide(text[at:m.start()]) + m.group()
            at = m.end()
        return said + wide(text[at:])
    found = {w: word for w, word in words().items() if word.kinds != {"page"}}
    write(out, catalogue(found, CODE, "pseudo", {w: other(w) for w in found}))
    return 0


def page_json(path, out):
    said = {e.msgid: e.msgstr for e in entries(path) if e.msgid and e.msgstr and "web/page" in e.places}
    write(out, json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    return 0


def main():
    a = sys.argv[1:]
    if a == ["--pot"]:
        sys.stdout.write(catalogue(words(), "", "", {}))
        return 0
    if len(a) == 1 and a[0] in ("--check", "--share", "--update"):
        return {"--check": check, "--share": share, "--update": update}[a[0]]()
    if len(a) == 2 and a[0] in ("--missing", "--pseudo"):
        return {"--missing": missing, "--pseudo": pseudo}[a[0]](a[1])
    if len(a) == 3 and a[0] == "--json":
        return page_json(a[1], a[2])
    if len(a) > 1 and a[0] == "--c":
        long_is_64 = "--long-long" not in a
        paths = [p for p in a[2:] if p != "--long-long"]
        tables = [(header(p, "Language"), header(p, "X-Own-Name"),
                   {e.msgid: e.msgstr for e in entries(p) if e.msgid and e.msgstr and "src/" in e.places}) for p in paths]
        write(a[1], words_c.tables(tables, long_is_64))
        return 0
    print(__doc__)
    return 0 if a in (["-h"], ["--help"]) else 2


if __name__ == "__main__":
    sys.exit(main())
