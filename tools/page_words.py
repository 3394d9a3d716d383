#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The words of the page and their translations, without gettext.

page_words.py --pot           prints the template: what web/page/*.js says
page_words.py --check         fails when po/ lacks a word of the page, or has one that the page does not say
page_words.py --update        writes po/earwitness.pot, and adds what is new to po/*.po, not translated
page_words.py FILE.po OUT     writes the JSON that the page loads
"""
import glob
import json
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

TOLD = re.compile(r"""\bt\(\s*'((?:[^'\\\n]|\\.)*)'""")
# Texts that reach t() from a list or a field: they begin like a sentence.
LISTED = re.compile(r"""'([A-Z][a-z][^'\\\n]*)'""")
NO_WORD = re.compile(r"""^(Arrow\w*|English|Content-\w+|X-[\w-]+|Escape|Enter|Home|End|Tab|Space|Shift|PageUp|PageDown|[A-Z]\w+Error
                     |GET|POST|DELETE|INPUT|SELECT|TEXTAREA|Delete)$""", re.X)
# The same for those in a table in capitals: const GAPS = { 'no-match': 'in no recording' };
TABLE = re.compile(r"^const [A-Z_]+ = \{(.*?)^\}|^const [A-Z_]+ = \{(.*?)\};$", re.S | re.M)
VALUE = re.compile(r"""[:]\s*'([a-z][^'\\\n]*)'""")
# What the program says in one word, which the page repeats.
OF_THE_PROGRAM = [
    "decode", "files", "records", "working", "adding",  # stages of work
    "check", "inspect", "diff", "family", "add", "waiting", "running", "done", "failed",
]


def words():
    found = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "web/page/*.js"))):
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"^\s*(//|\*|/\*).*$", "", f.read(), flags=re.M)
        place = "web/page/" + os.path.basename(path)
        said = [(m.start(), m.group(1).replace("\\'", "'")) for m in TOLD.finditer(text)]
        said += [(m.start(), m.group(1)) for m in LISTED.finditer(text) if not NO_WORD.match(m.group(1))]
        for m in TABLE.finditer(text):
            said += [(m.start() + v.start(), v.group(1)) for v in VALUE.finditer(m.group(1) or m.group(2))]
        for _, word in sorted(said):
            if word and word not in found:
                found[word] = place
    for word in OF_THE_PROGRAM:
        found.setdefault(word, "src")
    return found


def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def head(language):
    return ('# SPDX-License-Identifier: Apache-2.0\n# Texts of the page of earwitness.\nmsgid ""\nmsgstr ""\n'
            '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
            '"Language: %s\\n"\n' % language)


def catalogue(found, language, said):
    return head(language) + "".join("\n#: %s\nmsgid %s\nmsgstr %s\n" % (place, quoted(word), quoted(said.get(word, "")))
                                    for word, place in found.items())


def read(path):
    """{msgid: msgstr} of a .po file."""
    entries, field, entry = {}, None, {}
    with open(path, encoding="utf-8") as f:
        for line in list(f) + ["\n"]:
            line = line.strip()
            m = re.match(r'(msgid|msgstr)?\s*(".*")$', line)
            if m:
                field = m.group(1) or field
                if m.group(1) == "msgid":
                    entry = {}
                if field is None:
                    raise SystemExit("%s: text without msgid" % path)
                entry[field] = entry.get(field, "") + json.loads(m.group(2))
                if "msgid" in entry and "msgstr" in entry:
                    entries[entry["msgid"]] = entry["msgstr"]
            elif line and not line.startswith("#"):
                raise SystemExit("%s: not understood: %s" % (path, line))
    entries.pop("", None)
    return entries


def names_in(text):
    return sorted(re.findall(r"\{\w+\}", text))


def check():
    found, bad = words(), []
    template = read(os.path.join(ROOT, "po/earwitness.pot"))
    bad += ["po/earwitness.pot lacks: " + w for w in found if w not in template]
    bad += ["po/earwitness.pot has what the page does not say: " + w for w in template if w not in found]
    for path in sorted(glob.glob(os.path.join(ROOT, "po/*.po"))):
        said, name = read(path), os.path.relpath(path, ROOT)
        bad += ["%s does not translate: %s" % (name, w) for w in found if not said.get(w)]
        bad += ["%s: other names in braces: %s" % (name, w) for w, s in said.items() if s and names_in(w) != names_in(s)]
    for line in bad:
        print(line)
    return 1 if bad else 0


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def update():
    found = words()
    write(os.path.join(ROOT, "po/earwitness.pot"), catalogue(found, "", {}))
    for path in glob.glob(os.path.join(ROOT, "po/*.po")):
        write(path, catalogue(found, os.path.basename(path)[:-3], read(path)))
    return 0


def main():
    a = sys.argv[1:]
    if a == ["--pot"]:
        sys.stdout.write(catalogue(words(), "", {}))
        return 0
    if a == ["--check"]:
        return check()
    if a == ["--update"]:
        return update()
    if len(a) == 2 and not a[0].startswith("-"):
        said = {k: v for k, v in read(a[0]).items() if v}
        write(a[1], json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
        return 0
    print(__doc__)
    return 0 if a in (["-h"], ["--help"]) else 2


if __name__ == "__main__":
    sys.exit(main())
