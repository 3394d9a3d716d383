# SPDX-License-Identifier: Apache-2.0
"""Part of words.py: what the C sources say to people, and the tables that they get."""
import glob
import os
import re

KINDS = ("page", "finding", "message", "help")

# Functions whose argument, counted from 0, is a text or a format that they look up themselves, or that is recognised
# again when it is shown; behind it, texts that are put in.
TELLS = {
    "EW_N": 0, "ew_tr": 0, "ew_said": 0,
    "ew_fail": 3, "ew_fail_sys": 2,
    "ew_page_say": 2, "ew_page_section": 2, "ew_page_section_of": 2, "ew_page_picture": 1, "ew_grid_begin": 1, "ew_grid_cell": 1,
    "ew_table_cell": 2, "PUT": 0, "say": 1, "say_verbose": 1,
    "ew_inspect__trace": 4, "ew_inspect__untested": 3, "ew_inspect__fact": 1,
    "ew_whole__tell": 3, "SAY": 1, "TELL": 0, "WHOLE": 1, "PLACE": 3,
    "ew_verify__broken": 1, "ew_verify__unvouched": 1, "broken": 1, "tell": 1,
}
ERRORS = {"ew_fail", "ew_fail_sys", "say", "say_verbose"}
# In one file alone: {path: {function: argument}}
TELLS_IN = {"src/seal/time_token.c": {"line": 2}}
# What people read first: all of it is translated.
FINDING = re.compile(r"^src/(report|inspect|compare)/|^src/seal/(verify|time_token)|^src/ops/report|^src/cli/(case_show|case_timeline)")
HELP = re.compile(r"\.(summary|details|usage)\s*=\s*$")
# What the system says, behind a colon.
OF_THE_SYSTEM = [
    "No such file or directory", "Permission denied", "No space left on device", "Is a directory", "Not a directory",
    "Read-only file system", "File exists", "Input/output error", "Connection refused", "Address already in use",
    "File too large", "Too many open files", "Directory not empty", "Device or resource busy",
]

# What reports and texts show as they are, or put together of more parts than a format has.
SHOWN = [
    ".", "Hz", "kHz", "dB", "mono", "stereo",
    # units of facts of files
    "%d bytes", "%d samples", "%d samples of 48 kHz", "%d channels", "%d channels (%s)", "version %s, %d bytes",
    "container", "sound", "encoder", "gapless", "metadata", "other",
    "as after a change of rate: was %d Hz once", "as after a change of rate: was %d or %d Hz once",
    "as after a change of rate: was %d or %d or %d Hz once",
    "the file tells where it was recorded (tag '%s'): this can endanger a source",
    "the file names the device or system that made it (tag '%s'): this can lead to a source",
    "the file names a person or an office (tag '%s')",
    "the whole file is digital silence", "the whole file is without sound, only noise in the last bit",
    "the mean of all channels of the whole file is digital silence",
    "the mean of all channels of the whole file is without sound, only noise in the last bit",
    # methods of inspect
    "frame-grid", "bandwidth", "noise-floor", "hum", "clipping", "dc-offset", "discontinuity", "digital-silence", "copy-move", "resampling",
    "level-change", "container",
    # facts of diff
    "gain", "dynamics", "polarity", "speed", "offset", "equalisation", "channels", "coding-noise", "noise-bed", "sound-bed",
    "denoising", "reverb",
    "messages", "articles", "positions", "people", "persons", "quotations", "quotes", "captures", "gaps", "remarks",
    # one line about an analysis that a case keeps
    "no signs of change", "strongest at %f s", "not in the archive (%d recording%s)", "%f %% from %s", "%f %% from %s and others",
    "%d join%s", "%d edit%s", "the same file", "the same samples", "the same content", "no sound in common", "nothing to compare",
    "made from %s (%s)", "the same sound as %s", "made from one of several", "belongs to no other", "cannot be read", "%d recordings",
    "pending at %s: proves nothing yet", "no two of %d recordings belong together", "%d of no other", "%d could not be taken in", "a result of a kind that is not known here",
    # of cases: stances, kinds of items
    "confirms", "denies", "says-fabricated", "says-altered", "no-comment", "retracts", "asked", "answered", "no-reply-by",
    "recording", "image", "document", "chat", "page", "article",
    # and of events
    "accept", "analysis", "copy", "correct", "export", "hand-over", "import", "ingest", "merge", "position", "refuse", "seen", "undo",
    "seal", "person", "create", "alias",
    # edits in captions
    "delete", "insert", "replace", "move", "duplicate", "silence", "more quickly", "weaker", "louder",
]

TOKEN = re.compile(r'''
    (?P<skip>/\*.*?\*/|//[^\n]*|\s+|^[ \t]*\#[ \t]*(?:include|if|ifdef|ifndef|else|endif|undef|error|pragma)[^\n]*)
  | (?P<text>"(?:[^"\\\n]|\\.)*")
  | (?P<char>'(?:[^'\\\n]|\\.)+')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<other>.)''', re.S | re.M | re.X)
ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'", "?": "?", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def unescape(literal):
    def one(m):
        c = m.group(1)
        if c[0] in "xuU" and len(c) > 1:
            return chr(int(c[1:], 16))
        if c[0] in "01234567":
            return chr(int(c, 8))
        return ESCAPES[c]
    text = re.sub(r"\\(x[0-9A-Fa-f]+|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-7]{1,3}|.)", one, literal[1:-1])
    if any(0x80 <= ord(c) <= 0xff for c in text):  # bytes of UTF-8 as escapes
        try:
            text = text.encode("latin-1").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
    return text


def tokens(source):
    """(kind, value); neighbouring literals are one text, PRI macros in them as %<PRIu64>."""
    out = []
    for m in TOKEN.finditer(source):
        kind = m.lastgroup
        if kind == "skip":
            continue
        value = m.group()
        if kind == "text":
            value = unescape(value)
            if out and out[-1][0] == "text":
                out[-1] = ("text", out[-1][1] + value)
                continue
        elif kind == "word" and re.match(r"PRI[dux]\d+$", value) and out and out[-1][0] == "text":
            out[-1] = ("text", out[-1][1] + "<%s>" % value)
            continue
        out.append((kind, value))
    return out


def arguments(tok, at):
    """Lists of tokens of a call whose "(" is tok[at]."""
    depth, args = 0, [[]]
    for k in range(at, len(tok)):
        kind, value = tok[k]
        if kind == "other" and value in "([{":
            depth += 1
            if depth == 1:
                continue
        elif kind == "other" and value in ")]}":
            depth -= 1
            if depth == 0:
                return args
        if depth == 1 and kind == "other" and value == ",":
            args.append([])
        else:
            args[-1].append(tok[k])
    return args


def literals(arg):
    """Texts of an argument, but not those in calls inside it, nor what is compared or indexed."""
    depth = 0
    for k, (kind, value) in enumerate(arg):
        if kind == "other" and value == "(":
            depth += 1 if k > 0 and arg[k - 1][0] == "word" else 0
            depth += 1000 if not (k > 0 and arg[k - 1][0] == "word") else 0
        elif kind == "other" and value == ")":
            depth -= 1000 if depth >= 1000 else 1
        elif kind == "text" and depth % 1000 == 0:
            yield value


def is_text(text):
    """Has a word in it, and is not only a conversion or a name of a key."""
    return re.search(r"[a-z]{2}|[A-Z]{5}", CONVERSION.sub("", text)) is not None


def calls(place, tok):
    tells = dict(TELLS)
    tells.update(TELLS_IN.get(place, {}))
    for k, (kind, value) in enumerate(tok):
        if kind != "word" or value not in tells or k + 1 >= len(tok) or tok[k + 1] != ("other", "("):
            continue
        args = arguments(tok, k + 1)
        if k > 0 and tok[k - 1][0] == "word" and tok[k - 1][1] not in ("return", "else"):
            continue  # its definition
        for arg in args[tells[value]:]:
            for text in literals(arg):
                yield "message" if value in ERRORS and not (value == "say" and "/report/" in place) else None, text


def lists(tok):
    """{"name", EW_COLUMN_TEXT} and the help of {OPT_X, 'x', "name", "ARG", "help"}."""
    for k, (kind, value) in enumerate(tok):
        if kind == "text" and tok[k + 1:k + 2] == [("other", ",")] and k + 2 < len(tok) and tok[k + 2][1].startswith("EW_COLUMN_"):
            yield None, value
        if kind == "word" and value.startswith("OPT_") and k > 0 and tok[k - 1] == ("other", "{"):
            args = arguments(tok, k - 1)
            if len(args) == 5 and args[4] and args[4][0][0] == "text":
                yield "help", args[4][0][1]
        if kind == "word" and value in ("summary", "details") and k > 0 and tok[k - 1] == ("other", ".") \
                and k + 2 < len(tok) and tok[k + 1] == ("other", "=") and tok[k + 2][0] == "text":
            yield "help", tok[k + 2][1]


def texts(root):
    """(place, kind, text) of all that the sources say."""
    for path in sorted(glob.glob(os.path.join(root, "src/**/*.[ch]"), recursive=True)):
        place = os.path.relpath(path, root)
        if place.startswith("src/media/decoder/") or place == "src/base/words.h":
            continue
        with open(path, encoding="utf-8") as f:
            tok = tokens(f.read())
        usual = "finding" if FINDING.match(place) else "help" if place.endswith("/cmd_help.c") else "message"
        for kind, text in list(calls(place, tok)) + list(lists(tok)):
            if is_text(text):
                yield place, kind or usual, text
    for text in SHOWN:
        yield "src/report/page.c", "finding", text
    for text in OF_THE_SYSTEM:
        yield "src/base/err.c", "message", text


# ---------------------------------------------------------------- formats

CONVERSION = re.compile(r"%(?:(\d+)\$)?([-+#0]*)(\d+|\*)?(\.(?:\d+|\*)?)?(hh|h|ll|l|j|z|t|L)?(<PRI[dux]\d+>|[diouxXeEfFgGaAcsp%])")


def conversions(text):
    """[(number or None, stars, type)] without "%%"; None when there is a "%" that is no conversion."""
    out, at = [], 0
    while True:
        at = text.find("%", at)
        if at < 0:
            return out
        m = CONVERSION.match(text, at)
        if not m:
            return None
        at = m.end()
        if m.group(6) == "%":
            continue
        stars = (m.group(3) == "*") + ((m.group(4) or "") == ".*")
        kind = m.group(6)
        if kind in "feEgGF":
            kind = "f"  # the same argument
        out.append((int(m.group(1)) if m.group(1) else None, stars, (m.group(5) or "") + kind))


def agree(text, said):
    """Takes said exactly the arguments of text, each once?"""
    a, b = conversions(text), conversions(said)
    if a is None:
        return "%" not in said or b is None  # never a format
    if b is None or len(a) != len(b) or any(n is not None for n, _, _ in a):
        return False
    numbered = [n for n, _, _ in b if n is not None]
    if not numbered:
        return [x[1:] for x in a] == [x[1:] for x in b]
    if len(numbered) != len(b) or any(stars for _, stars, _ in a + b):
        return False
    return sorted(numbered) == list(range(1, len(a) + 1)) and all(a[n - 1][2] == kind for n, _, kind in b)


# ---------------------------------------------------------------- tables

def c_text(data):
    out = ""
    for b in data:
        c = chr(b)
        out += "\\" + c if c in '"\\' else c if 32 <= b < 127 and c != "?" else "\\%03o" % b
    return '"%s"' % out


def tables(languages, long_is_64):
    """The C of [(code, own name, {english: said})]."""
    out = ['/* Made by tools/words.py. */\n#include "base/words_table.h"\n\n'
           '#pragma GCC diagnostic ignored "-Woverlength-strings"\n']
    rows = ""
    for code, name, said in languages:
        blob, at, pairs = b"", {}, []

        def put(text):
            nonlocal blob
            text = re.sub(r"<PRI([dux])64>", r"l\1" if long_is_64 else r"ll\1", text)
            text = re.sub(r"<PRI([dux])\d+>", r"\1", text)
            data = text.encode() + b"\0"
            if data not in at:
                at[data] = len(blob)
                blob += data
            return data, at[data]
        for english, to in said.items():
            key, first = put(english)
            pairs.append((key, first, put(to)[1]))
        pairs.sort()
        lines = []
        for i in range(0, len(blob), 60):
            lines.append("    " + c_text(blob[i:i + 60]))
        out.append("static const char %s_text[] =\n%s;\n" % (code, "\n".join(lines) or '    ""'))
        out.append("static const ew_words_pair %s_pairs[] = {\n%s    {0, 0}};\n" %
                   (code, "".join("    {%d, %d},\n" % p[1:] for p in pairs)))
        rows += '    {"%s", %s, %s_text, %s_pairs, %d},\n' % (code, c_text(name.encode()), code, code, len(pairs))
    out.append("const ew_words_language ew_words_languages[] = {\n%s    {0}};\n" % rows)
    out.append("const size_t ew_words_language_count = %d;\n" % len(languages))
    return "\n".join(out)
