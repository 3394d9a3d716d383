/* SPDX-License-Identifier: Apache-2.0 */
/* XMP: the properties of a packet, as attributes or as elements. No XML library: nothing is expanded,
 * nothing fetched, and depth, number and length have limits. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "import/picture_facts.h"

enum { DEPTH_MAX = 32, NAME_MAX_BYTES = 80, PROPERTIES_MAX = 300, VALUE_BYTES = 4096 };

/* Namespaces whose properties say where a picture is from; settings of developing programs do not. */
static const char *const told[] = {
    "dc:",   "xmp:",     "xap:",     "xmpMM:",        "photoshop:",
    "exif:", "tiff:",    "exifEX:",  "Iptc4xmpCore:", "Iptc4xmpExt:",
    "aux:",  "stEvt:",   "stRef:",   "plus:",         "xmpRights:",
    "pdf:",  "digiKam:", "GPano:",   "GCamera:",      "apple-fi:",
    "iio:",  "mwg-rs:",  "dcterms:", "xmpDM:",        "Container:"};

typedef struct reader {
    ew_photo *photo;
    const char *p;
    size_t n, at;
    unsigned depth, properties, other;
    ew_slice stack[DEPTH_MAX];
    char value[VALUE_BYTES];
} reader;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool begins(ew_slice s, const char *with)
{
    return ew_slice_skip(&s, with);
}

/* Elements that only hold lists and structures. */
static bool is_frame(ew_slice name)
{
    return begins(name, "rdf:") || begins(name, "x:");
}

/* The innermost element that is a property; *under: the property around it. */
static ew_slice property(const reader *r, ew_slice *under)
{
    ew_slice found[2] = {{"", 0}, {"", 0}};
    size_t n = 0;

    for (unsigned d = r->depth; d > 0 && n < 2; d--)
        if (d <= DEPTH_MAX && !is_frame(r->stack[d - 1]))
            found[n++] = r->stack[d - 1];
    *under = found[1];
    return found[0];
}

/* The characters that & stands for; 0: it is none. */
static size_t entity(ew_slice s, char out[4])
{
    static const struct {
        const char *name;
        char c;
    } known[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

    for (size_t i = 0; i < EW_COUNT(known); i++)
        if (begins(s, known[i].name)) {
            out[0] = known[i].c;
            return strlen(known[i].name);
        }
    if (begins(s, "&#10;") || begins(s, "&#xA;") || begins(s, "&#13;") ||
        begins(s, "&#xD;") || begins(s, "&#9;")) {
        out[0] = ' ';
        return s.p[3] == ';' ? 4 : 5;
    }
    return 0;
}

static size_t decode(reader *r, ew_slice raw)
{
    size_t used = 0;

    for (size_t i = 0; i < raw.n && used + 4 < sizeof r->value;) {
        ew_slice rest = {raw.p + i, raw.n - i};
        size_t n = *rest.p == '&' ? entity(rest, r->value + used) : 0;

        if (n == 0) {
            r->value[used] = *rest.p;
            n = 1;
        }
        used++;
        i += n;
    }
    return used;
}

static bool is_told(ew_slice name)
{
    for (size_t i = 0; i < EW_COUNT(told); i++)
        if (begins(name, told[i]))
            return true;
    return false;
}

/* under: "xmpMM:DerivedFrom" of "stRef:documentID"; may be empty. */
static ew_code take(reader *r, ew_slice under, ew_slice name, ew_slice raw, ew_err *err)
{
    char full[2 * NAME_MAX_BYTES + 8];
    const bool deep = begins(name, "stRef:") || begins(name, "stEvt:");
    size_t n;

    if (!is_told(name) || name.n > NAME_MAX_BYTES) {
        r->other += !begins(name, "xmlns") && !begins(name, "xml:") && !is_frame(name);
        return EW_OK;
    }
    if (r->properties++ >= PROPERTIES_MAX)
        return EW_OK;
    n = decode(r, raw);
    (void)snprintf(full, sizeof full, "XMP:%.*s%s%.*s",
                   deep && under.n <= NAME_MAX_BYTES ? (int)under.n : 0, under.p,
                   deep && under.n > 0 && under.n <= NAME_MAX_BYTES ? "/" : "",
                   (int)name.n, name.p);
    for (char *c = full; *c != 0; c++)
        if ((unsigned char)*c >= 0x7F || (unsigned char)*c <= ' ')
            *c = '?';
    return ew_photo_text(r->photo,
                         (ew_span_of){(size_t)(raw.p - r->photo->file.p), raw.n},
                         ew_slice_of(full), (ew_slice){r->value, n}, err);
}

/* name="value" ... of a tag. */
static ew_code take_attributes(reader *r, ew_slice tag, ew_err *err)
{
    ew_code rc = EW_OK;
    ew_slice outer, around = property(r, &outer);

    for (size_t i = 0; i < tag.n && rc == EW_OK;) {
        size_t name = i, name_n, value;
        char quote;

        while (i < tag.n && tag.p[i] != '=' && !is_space(tag.p[i]))
            i++;
        name_n = i - name;
        while (i < tag.n && (tag.p[i] == '=' || is_space(tag.p[i])))
            i++;
        if (i >= tag.n || (tag.p[i] != '"' && tag.p[i] != '\'')) {
            continue;
        }
        quote = tag.p[i++];
        value = i;
        while (i < tag.n && tag.p[i] != quote)
            i++;
        rc = take(r, around, (ew_slice){tag.p + name, name_n},
                  (ew_slice){tag.p + value, i - value}, err);
        i += i < tag.n;
        while (i < tag.n && is_space(tag.p[i]))
            i++;
    }
    return rc;
}

/* A tag without its brackets. */
static ew_code take_tag(reader *r, ew_slice tag, ew_err *err)
{
    const bool ends = tag.n > 0 && tag.p[0] == '/';
    const bool alone = tag.n > 0 && tag.p[tag.n - 1] == '/';
    size_t n = 0;
    ew_code rc;

    if (tag.n == 0 || tag.p[0] == '?' || tag.p[0] == '!')
        return EW_OK;
    if (ends) {
        r->depth -= r->depth > 0;
        return EW_OK;
    }
    tag.n -= alone;
    while (n < tag.n && !is_space(tag.p[n]))
        n++;
    if (r->depth < DEPTH_MAX)
        r->stack[r->depth] = (ew_slice){tag.p, n};
    r->depth++;
    while (n < tag.n && is_space(tag.p[n]))
        n++;
    rc = take_attributes(r, (ew_slice){tag.p + n, tag.n - n}, err);
    r->depth -= alone;
    return rc;
}

static ew_code take_words(reader *r, size_t from, size_t to, ew_err *err)
{
    ew_slice words = {r->p + from, to - from}, under, name;

    while (words.n > 0 && is_space(words.p[0])) {
        words.p++;
        words.n--;
    }
    while (words.n > 0 && is_space(words.p[words.n - 1]))
        words.n--;
    name = property(r, &under);
    return words.n > 0 && name.n > 0 && r->depth <= DEPTH_MAX
               ? take(r, under, name, words, err)
               : EW_OK;
}

/* Where the tag that begins at r->at ends; quotes may hold brackets. */
static size_t tag_end(const reader *r)
{
    char quote = 0;

    for (size_t i = r->at + 1; i < r->n; i++) {
        const char c = r->p[i];

        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i;
    }
    return r->n;
}

static ew_code read_packet(reader *r, ew_err *err)
{
    ew_code rc = EW_OK;

    while (r->at < r->n && rc == EW_OK) {
        const char *open = memchr(r->p + r->at, '<', r->n - r->at);
        const size_t from = r->at;

        if (open == NULL)
            return EW_OK;
        r->at = (size_t)(open - r->p);
        rc = take_words(r, from, r->at, err);
        if (rc == EW_OK) {
            const size_t end = tag_end(r);

            rc = take_tag(r, (ew_slice){open + 1, end - r->at - 1}, err);
            r->at = end + 1;
        }
    }
    return rc;
}

ew_code ew_photo_xmp(ew_photo *p, ew_span_of xmp, ew_err *err)
{
    reader *r = ew_alloc(sizeof *r);
    ew_code rc;

    if (r == NULL)
        return ew_fail_nomem(err);
    r->photo = p;
    r->p = p->file.p + xmp.at;
    r->n = xmp.n;
    rc = read_packet(r, err);
    if (rc == EW_OK && r->properties + r->other == 0)
        rc = ew_photo_say(p, xmp, "XMP", err, "%zu bytes without properties", xmp.n);
    else if (rc == EW_OK && r->other > 0)
        rc = ew_photo_say(p, xmp, "XMP", err, "%u other properties", r->other);
    ew_free(r);
    return rc;
}
