# SPDX-License-Identifier: Apache-2.0
"""Reads a report as a browser's parser would, and holds it to a list of elements and attributes."""
import base64
import hashlib
import html.parser
import re

HTML = {
    "html": {"lang"}, "head": set(), "meta": {"charset", "http-equiv", "name", "content"},
    "title": {"id"}, "style": set(), "body": set(), "header": set(), "nav": {"aria-label"},
    "main": set(), "footer": set(), "section": {"id"}, "div": {"class", "role", "tabindex",
    "aria-labelledby"}, "h1": {"lang", "dir"}, "h2": set(), "h3": set(), "p": {"class"},
    "blockquote": {"lang", "dir"}, "dl": set(), "dt": set(), "dd": {"lang", "dir"}, "ul": set(),
    "ol": set(), "li": set(), "a": {"href"}, "bdi": {"lang"}, "span": {"class"}, "pre": set(),
    "code": set(), "table": set(), "caption": {"id"}, "thead": set(), "tbody": set(), "tr": set(),
    "th": {"scope", "class"}, "td": {"class", "lang", "dir"}, "figure": {"class"},
    "figcaption": {"id"}, "audio": {"controls", "preload", "aria-label", "src"},
}
PAINT = set("""fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap
stroke-linejoin opacity paint-order font-family font-size font-weight font-style text-anchor
transform dominant-baseline id""".split())
SHAPE = set("""x y x1 x2 y1 y2 cx cy r rx ry dx dy d points width height viewbox patternunits
preserveaspectratio href role aria-labelledby""".split())
SVG = {"svg", "title", "desc", "defs", "pattern", "g", "rect", "path", "circle", "ellipse", "line",
       "polyline", "polygon", "text", "tspan", "image"}
VOID = {"meta"}


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.problems, self.ids, self.refs = [], [], [], []
        self.words, self.sounds, self.pictures, self.policy, self.style = [], [], 0, "", ""
        self.cells, self.code, self.headings, self.captions = [], [], [], []
        self.figures = []
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append("not closed: %r" % self.open)
        if len(self.ids) != len(set(self.ids)):
            self.problems.append("an id comes twice")
        self.problems += ["no such id: " + r for r in self.refs if r not in self.ids]

    def handle_starttag(self, tag, attrs):
        inside = "svg" in self.open or tag == "svg"
        names = [name for name, _ in attrs]
        allowed = PAINT | SHAPE if inside else HTML.get(tag, set())
        if tag not in (SVG if inside else HTML):
            self.problems.append("element <%s>" % tag)
        if len(names) != len(set(names)):
            self.problems.append("an attribute of <%s> comes twice" % tag)
        for name, value in attrs:
            self.attribute(tag, name, value or "", name in allowed, inside)
        if tag == "meta" and dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs)["content"]
        self.pictures += tag == "svg"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.problems.append("<%s/>" % tag)

    def attribute(self, tag, name, value, allowed, inside):
        if not allowed:
            self.problems.append("attribute %s of <%s>" % (name, tag))
        if name == "id":
            self.ids.append(value)
        if name == "href" and not inside:
            if not value.startswith("#"):
                self.problems.append("a link to elsewhere: " + value)
            self.refs.append(value[1:])
        if name == "href" and inside and not value.startswith("data:image/png;base64,"):
            self.problems.append("a picture from elsewhere: " + value)
        if name == "src":
            if not value.startswith("data:audio/wav;base64,"):
                self.problems.append("a sound from elsewhere: " + value[:50])
            self.sounds.append(base64.b64decode(value.split(",", 1)[1], validate=True))
        if name == "aria-labelledby":
            self.refs += value.split()
        if "url(" in value:
            self.refs += re.findall(r"url\(#([^)]*)\)", value)
            if len(re.findall(r"url\(", value)) != len(re.findall(r"url\(#", value)):
                self.problems.append("url() of something else: " + value)

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problems.append("</%s> in %r" % (tag, self.open))
        else:
            self.open.pop()

    def handle_data(self, data):
        where = self.open[-1] if self.open else ""
        if where == "style":
            self.style += data
        elif where in ("td", "th"):
            self.cells.append(data)
        elif where == "code":
            self.code.append(data)
        elif where in ("h1", "h2", "h3"):
            self.headings.append((where, data))
        elif "caption" in self.open:
            self.captions.append(data)
        elif where == "figcaption":
            self.figures.append(data)
        if where != "style":
            self.words.append(data)

    def handle_comment(self, data):
        self.problems.append("a comment: " + data)

    def handle_pi(self, data):
        self.problems.append("an instruction: " + data)

    def unknown_decl(self, data):
        self.problems.append("a declaration: " + data)

    def text(self):
        return "".join(self.words)


def check(case, text):
    """Fails the test unless the page keeps all promises of its form; returns it parsed."""
    page = Page(text)
    case.assertEqual(page.problems, [])
    hashed = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    case.assertEqual(
        page.policy, "default-src 'none'; style-src 'sha256-%s'; img-src data:; "
        "media-src data:; base-uri 'none'; form-action 'none'" % hashed)
    case.assertTrue(text.startswith("<!DOCTYPE html>\n<html lang=\"en\">"))
    case.assertNotRegex(page.style, r"url\(|@import|expression")
    case.assertEqual([h for h, _ in page.headings].count("h1"), 1)
    for wav in page.sounds:
        case.assertEqual((wav[:4], wav[8:16]), (b"RIFF", b"WAVEfmt "))
        case.assertEqual(int.from_bytes(wav[4:8], "little"), len(wav) - 8)
    return page
