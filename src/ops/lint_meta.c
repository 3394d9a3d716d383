/* SPDX-License-Identifier: Apache-2.0 */
/* What documents say of themselves: XMP, the properties of office files, comments and tracked changes, RTF. Found by
 * their names wherever they stand, so that a damaged file is looked into as well. */
#include <string.h>

#include "base/bytes.h"
#include "ops/lint_in.h"

enum { VALUE_MOST = 1000, KEY_MOST = 64 };

static const struct {
    const char *key;
    ew_lint_kind kind;
} keys[] = {
    {"dc:creator", EW_LINT_AUTHOR},
    {"cp:lastModifiedBy", EW_LINT_AUTHOR},
    {"meta:initial-creator", EW_LINT_AUTHOR},
    {"meta:printed-by", EW_LINT_AUTHOR},
    {"w:author", EW_LINT_AUTHOR},
    {"w15:author", EW_LINT_AUTHOR},
    {"w:initials", EW_LINT_AUTHOR},
    {"p:cmAuthor", EW_LINT_AUTHOR},
    {"userName", EW_LINT_AUTHOR},
    {"office:display-name", EW_LINT_AUTHOR},
    {"Manager", EW_LINT_AUTHOR},
    {"Company", EW_LINT_AUTHOR},
    {"pdf:Author", EW_LINT_AUTHOR},
    {"photoshop:Credit", EW_LINT_AUTHOR},
    {"photoshop:AuthorsPosition", EW_LINT_AUTHOR},
    {"photoshop:CaptionWriter", EW_LINT_AUTHOR},
    {"xmpRights:Owner", EW_LINT_AUTHOR},
    {"aux:OwnerName", EW_LINT_AUTHOR},
    {"exifEX:CameraOwnerName", EW_LINT_AUTHOR},
    {"aux:SerialNumber", EW_LINT_DEVICE},
    {"aux:LensSerialNumber", EW_LINT_DEVICE},
    {"exifEX:BodySerialNumber", EW_LINT_DEVICE},
    {"exifEX:LensSerialNumber", EW_LINT_DEVICE},
    {"tiff:Make", EW_LINT_DEVICE},
    {"tiff:Model", EW_LINT_DEVICE},
    {"exif:GPSLatitude", EW_LINT_COORDINATES},
    {"exif:GPSLongitude", EW_LINT_COORDINATES},
    {"photoshop:City", EW_LINT_PLACE},
    {"Iptc4xmpCore:Location", EW_LINT_PLACE},
    {"xmp:CreatorTool", EW_LINT_SOFTWARE},
    {"pdf:Producer", EW_LINT_SOFTWARE},
    {"meta:generator", EW_LINT_SOFTWARE},
    {"Application", EW_LINT_SOFTWARE},
    {"TemplateName", EW_LINT_METADATA},
    {"Template", EW_LINT_METADATA},
    {"HyperlinkBase", EW_LINT_METADATA},
};

static bool is_name(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == ':' ||
           c == '-' || c == '_';
}

/* key="value": what stands between the quotation marks. */
static ew_slice attribute(ew_slice s, size_t at)
{
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '='))
        at++;
    if (at >= s.n || (s.p[at] != '"' && s.p[at] != '\''))
        return (ew_slice){s.p, 0};
    const char *from = s.p + at + 1;
    size_t left = s.n - at - 1 < VALUE_MOST ? s.n - at - 1 : VALUE_MOST;
    const char *end = memchr(from, s.p[at], left);
    return (ew_slice){from, end != NULL ? (size_t)(end - from) : 0};
}

/* <key ...>value</ : also within <rdf:Seq><rdf:li>. */
static ew_slice element(ew_slice s, size_t at)
{
    size_t most = s.n - at < VALUE_MOST ? s.n : at + VALUE_MOST;
    for (size_t i = at; i < most; i++) {
        if (s.p[i] != '>')
            continue;
        size_t from = i + 1;
        while (from < most && (s.p[from] == ' ' || s.p[from] == '\n' ||
                               s.p[from] == '\r' || s.p[from] == '\t'))
            from++;
        size_t to = from;
        while (to < most && s.p[to] != '<')
            to++;
        if (to > from && to < most)
            return (ew_slice){s.p + from, to - from};
        if (to + 1 >= most || s.p[to + 1] == '/')
            break;
    }
    return (ew_slice){s.p, 0};
}

static ew_code key_at(ew_lint *l, ew_slice s, size_t at, size_t i, ew_err *err)
{
    size_t n = strlen(keys[i].key);
    bool opens = at > 0 && s.p[at - 1] == '<';
    bool alone = at > 0 && (s.p[at - 1] == ' ' || s.p[at - 1] == '\n' ||
                            s.p[at - 1] == '\t' || s.p[at - 1] == '\r');
    if ((!opens && !alone) || (at + n < s.n && is_name(s.p[at + n])))
        return EW_OK;
    ew_slice v = opens ? element(s, at + n) : attribute(s, at + n);
    return v.n > 0 ? ew_lint__value(l, keys[i].kind, keys[i].key, (uint64_t)(v.p - s.p),
                                    v, err)
                   : EW_OK;
}

static ew_code known_keys(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < EW_COUNT(keys); i++) {
        size_t n = strlen(keys[i].key);
        const char *p = s.p;
        const char *end = s.p + s.n;
        while (code == EW_OK &&
               (p = memmem(p, (size_t)(end - p), keys[i].key, n)) != NULL) {
            code = key_at(l, s, (size_t)(p - s.p), i, err);
            p += n;
        }
    }
    return code;
}

/* ------------------------------------------------------------------ without markup */

/* Ends a paragraph, a cell or a line? */
static bool parts(ew_slice tag)
{
    static const char *const names[] = {"/p",   "/w:p", "/text:p", "/a:p", "/div", "br",
                                        "/tr",  "/td",  "/li",     "/h1",  "/h2",  "/h3",
                                        "w:br", "/row", "/si",     "w:tab"};
    for (size_t i = 0; i < EW_COUNT(names); i++) {
        size_t n = strlen(names[i]);
        if (tag.n >= n && memcmp(tag.p, names[i], n) == 0 &&
            (tag.n == n || !is_name(tag.p[n])))
            return true;
    }
    return false;
}

/* A name may be cut by marks for letters in bold: so it is looked at without any. */
static ew_code without_marks(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_buf b;
    ew_code code = EW_OK;
    ew_buf_init(&b, EW_FOLD_MAX);
    for (size_t at = 0; at < s.n && code == EW_OK && b.len < EW_FOLD_MAX / 2;) {
        const char *open = memchr(s.p + at, '<', s.n - at);
        size_t end = open != NULL ? (size_t)(open - s.p) : s.n;
        code = ew_buf_append(&b, s.p + at, end - at, err);
        if (open == NULL || code != EW_OK)
            break;
        const char *close = memchr(open, '>', s.n - end);
        size_t to = close != NULL ? (size_t)(close - s.p) : s.n - 1;
        if (parts((ew_slice){open + 1, to - end - 1 + (to == end)}))
            code = ew_buf_append(&b, "\n", 1, err);
        at = to + 1;
    }
    l->again = true;
    if (code == EW_OK && b.len > 0)
        code =
            ew_lint__bytes(l, (ew_slice){(const char *)b.data, b.len}, EW_LOOK_ALL, err);
    l->again = false;
    ew_buf_release(&b);
    return code;
}

ew_code ew_lint__xml(ew_lint *l, ew_slice s, ew_err *err)
{
    ew_code code = known_keys(l, s, err);
    if (code == EW_OK)
        code = ew_lint__html(l, s, err);
    bool marked = memchr(s.p, '<', s.n < 4096 ? s.n : 4096) != NULL;
    return code == EW_OK && marked && s.n < EW_FOLD_MAX / 2 ? without_marks(l, s, err)
                                                            : code;
}

/* ------------------------------------------------------------------ RTF */

ew_code ew_lint__rtf(ew_lint *l, ew_slice s, ew_err *err)
{
    static const struct {
        const char *word, *field;
        ew_lint_kind kind;
    } words[] = {{"{\\author ", "author", EW_LINT_AUTHOR},
                 {"{\\operator ", "operator", EW_LINT_AUTHOR},
                 {"{\\manager ", "manager", EW_LINT_AUTHOR},
                 {"{\\company ", "company", EW_LINT_AUTHOR},
                 {"{\\*\\company ", "company", EW_LINT_AUTHOR},
                 {"{\\*\\atnauthor ", "atnauthor", EW_LINT_AUTHOR},
                 {"{\\*\\generator ", "generator", EW_LINT_SOFTWARE}};
    ew_code code = ew_lint__bytes(l, s, EW_LOOK_ALL, err);
    for (size_t i = 0; i < EW_COUNT(words); i++) {
        size_t n = strlen(words[i].word);
        const char *p = s.p;
        const char *end = s.p + s.n;
        while (code == EW_OK &&
               (p = memmem(p, (size_t)(end - p), words[i].word, n)) != NULL) {
            p += n;
            size_t left = (size_t)(end - p) < VALUE_MOST ? (size_t)(end - p) : VALUE_MOST;
            const char *close = memchr(p, '}', left);
            if (close != NULL)
                code =
                    ew_lint__value(l, words[i].kind, words[i].field, (uint64_t)(p - s.p),
                                   (ew_slice){p, (size_t)(close - p)}, err);
        }
    }
    return code == EW_OK ? ew_lint__blank(l, "letters written as codes", err) : code;
}

/* ------------------------------------------------------------------ OLE: .doc, .xls, .msg */

static ew_code property(ew_lint *l, ew_slice s, size_t at, ew_lint_kind kind,
                        const char *field, ew_err *err)
{
    if (at + 8 > s.n)
        return EW_OK;
    const uint8_t *p = (const uint8_t *)s.p + at;
    uint32_t type = ew_get_u32le(p);
    uint32_t n = ew_get_u32le(p + 4);
    if (type != 0x1E || n > VALUE_MOST || n > s.n - at - 8)
        return EW_OK;
    return ew_lint__value(l, kind, field, at + 8, (ew_slice){s.p + at + 8, n}, err);
}

/* A set of properties behind its format's number. */
static ew_code properties(ew_lint *l, ew_slice s, size_t fmtid, ew_err *err)
{
    static const struct {
        uint32_t id;
        ew_lint_kind kind;
        const char *field;
    } known[] = {
        {4, EW_LINT_AUTHOR, "author"},         {8, EW_LINT_AUTHOR, "last author"},
        {18, EW_LINT_SOFTWARE, "application"}, {3, EW_LINT_METADATA, "subject"},
        {6, EW_LINT_METADATA, "comments"},     {7, EW_LINT_METADATA, "template"}};
    ew_code code = EW_OK;
    if (fmtid < 28 || fmtid + 20 > s.n)
        return EW_OK;
    size_t section = fmtid - 28 + ew_get_u32le((const uint8_t *)s.p + fmtid + 16);
    if (section > s.n - 8 || section + 8 > s.n)
        return EW_OK;
    uint32_t count = ew_get_u32le((const uint8_t *)s.p + section + 4);
    for (uint32_t i = 0; i < count && i < 64 && code == EW_OK; i++) {
        size_t at = section + 8 + (size_t)i * 8;
        if (at + 8 > s.n)
            break;
        uint32_t id = ew_get_u32le((const uint8_t *)s.p + at);
        uint32_t offset = ew_get_u32le((const uint8_t *)s.p + at + 4);
        for (size_t k = 0; k < EW_COUNT(known) && code == EW_OK; k++)
            if (known[k].id == id && offset < s.n - section)
                code =
                    property(l, s, section + offset, known[k].kind, known[k].field, err);
    }
    return code;
}

ew_code ew_lint__ole(ew_lint *l, ew_slice s, ew_err *err)
{
    static const char summary[] =
        "\xE0\x85\x9F\xF2\xF9\x4F\x68\x10\xAB\x91\x08\x00\x2B\x27"
        "\xB3\xD9";
    ew_code code = ew_lint__bytes(l, s, EW_LOOK_NAMES, err);
    const char *p = s.p;
    const char *end = s.p + s.n;
    while (code == EW_OK && (p = memmem(p, (size_t)(end - p), summary, 16)) != NULL) {
        code = properties(l, s, (size_t)(p - s.p), err);
        p += 16;
    }
    return code == EW_OK
               ? ew_lint__blank(l, "an old office file: only searched for strings", err)
               : code;
}
