/* SPDX-License-Identifier: Apache-2.0 */
/* A picture inside a page. It is read as XML, strictly, and only elements and attributes that the
 * program's own pictures have are written again: what else were in it would not get onto the page. Ids
 * get a prefix, since a page has several pictures. */
#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "report/html.h"

enum { VALUE_MAX = 8 << 20, NAME_MAX_BYTES = 32, ID_MAX = 96 };

static const char *const elements[] = {
    "svg",    "title",   "desc", "defs",     "pattern", "g",    "rect",  "path",
    "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "image",
};

static const char *const attributes[] = {
    "viewBox",
    "role",
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "opacity",
    "paint-order",
    "text-anchor",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "dx",
    "dy",
    "d",
    "points",
    "width",
    "height",
    "transform",
    "patternUnits",
    "preserveAspectRatio",
    "dominant-baseline",
};

typedef struct reader {
    ew_html *h;
    const char *at;
    const char *prefix;
    bool root;   /* inside the first tag */
    size_t base; /* elements that were open before the picture */
} reader;

static const char *known(const char *const *list, size_t n, ew_slice name)
{
    for (size_t i = 0; i < n; i++)
        if (ew_slice_is(name, list[i]))
            return list[i];
    return NULL;
}

static void broken(reader *r)
{
    if (r->h->rc == EW_OK)
        r->h->rc =
            ew_fail(r->h->err, EW_E_FORMAT, 0, "a picture in the report is no picture");
}

static ew_slice take_name(reader *r)
{
    size_t n = strcspn(r->at, " \t\r\n=/>'\"<");
    ew_slice name = {r->at, n};
    r->at += n;
    return name;
}

static void skip_space(reader *r)
{
    r->at += strspn(r->at, " \t\r\n");
}

/* ------------------------------------------------------------------ values */

static size_t entity_at(const char *s, size_t n, char *out)
{
    static const struct {
        const char *name;
        char c;
    } table[] = {{"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
                 {"&quot;", '"'}, {"&apos;", '\''}, {"&#39;", '\''}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t len = strlen(table[i].name);
        if (len <= n && memcmp(s, table[i].name, len) == 0) {
            *out = table[i].c;
            return len;
        }
    }
    *out = s[0];
    return 1;
}

/* What the escapes stand for; writing escapes again. */
static ew_code decode(ew_buf *out, ew_slice raw, ew_err *err)
{
    ew_code rc = ew_buf_append(out, "", 0, err);
    for (size_t i = 0; i < raw.n && rc == EW_OK;) {
        size_t plain = 0;
        while (i + plain < raw.n && raw.p[i + plain] != '&')
            plain++;
        if (plain > 0)
            rc = ew_buf_append(out, raw.p + i, plain, err);
        i += plain;
        if (i < raw.n && rc == EW_OK) {
            char c;
            i += entity_at(raw.p + i, raw.n - i, &c);
            rc = ew_buf_append(out, &c, 1, err);
        }
    }
    return rc;
}

static void put_id(reader *r, const char *name, const char *value, size_t n)
{
    char id[ID_MAX];
    if (snprintf(id, sizeof id, "%s-%.*s", r->prefix, (int)n, value) >= (int)sizeof id)
        broken(r);
    ew_html_attr(r->h, name, id);
}

/* "title desc" */
static void put_ids(reader *r, const char *name, const char *value)
{
    char ids[2 * ID_MAX] = "";
    size_t used = 0;
    while (*value != 0 && r->h->rc == EW_OK) {
        size_t n = strcspn(value, " ");
        int got = snprintf(ids + used, sizeof ids - used, "%s%s-%.*s",
                           used > 0 ? " " : "", r->prefix, (int)n, value);
        if (got < 0 || (size_t)got >= sizeof ids - used) {
            broken(r);
            return;
        }
        used += (size_t)got;
        value += n;
        value += strspn(value, " ");
    }
    ew_html_attr(r->h, name, ids);
}

/* url(#id) gets the prefix; any other url() is left out. */
static void put_paint(reader *r, const char *name, const char *value)
{
    char paint[ID_MAX + 16];
    size_t n = strlen(value);
    if (strstr(value, "url") == NULL) {
        ew_html_attr(r->h, name, value);
        return;
    }
    if (strncmp(value, "url(#", 5) != 0 || n < 7 || value[n - 1] != ')' || n > ID_MAX / 2)
        return;
    (void)snprintf(paint, sizeof paint, "url(#%s-%.*s)", r->prefix, (int)(n - 6),
                   value + 5);
    ew_html_attr(r->h, name, paint);
}

static bool is_data_png(const char *value)
{
    static const char head[] = "data:image/png;base64,";
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    return strncmp(value, head, sizeof head - 1) == 0 &&
           value[sizeof head - 1 + strspn(value + sizeof head - 1, digits)] == 0;
}

static void put_attribute(reader *r, ew_slice name, const char *value)
{
    const char *as = known(attributes, sizeof attributes / sizeof attributes[0], name);
    bool size = ew_slice_is(name, "width") || ew_slice_is(name, "height");
    if (ew_slice_is(name, "id"))
        put_id(r, "id", value, strlen(value));
    else if (ew_slice_is(name, "aria-labelledby"))
        put_ids(r, "aria-labelledby", value);
    else if (ew_slice_is(name, "xlink:href") && is_data_png(value))
        ew_html_attr(r->h, "href", value);
    else if (as != NULL && !(r->root && size)) /* as wide as the page */
        put_paint(r, as, value);
}

/* ------------------------------------------------------------------ tags */

static void take_attribute(reader *r, bool write)
{
    ew_buf value;
    ew_slice name = take_name(r);
    skip_space(r);
    if (name.n == 0 || *r->at != '=') {
        broken(r);
        return;
    }
    r->at++;
    skip_space(r);
    char quote = *r->at;
    const char *end = quote == '\'' || quote == '"' ? strchr(r->at + 1, quote) : NULL;
    if (end == NULL) {
        broken(r);
        return;
    }
    ew_buf_init(&value, VALUE_MAX);
    r->h->rc =
        decode(&value, (ew_slice){r->at + 1, (size_t)(end - r->at - 1)}, r->h->err);
    if (write && r->h->rc == EW_OK)
        put_attribute(r, name, (const char *)value.data);
    ew_buf_release(&value);
    r->at = end + 1;
}

/* What an element that is not known holds is left out too. */
static void skip_element(reader *r, ew_slice name)
{
    char end[NAME_MAX_BYTES + 4];
    (void)snprintf(end, sizeof end, "</%.*s>",
                   (int)(name.n < NAME_MAX_BYTES ? name.n : 0), name.p);
    const char *close = strstr(r->at, end);
    if (close == NULL)
        broken(r);
    else
        r->at = close + strlen(end);
}

static void open_tag(reader *r)
{
    ew_slice name = take_name(r);
    const char *as = known(elements, sizeof elements / sizeof elements[0], name);
    if (as != NULL)
        ew_html_open(r->h, as);
    skip_space(r);
    while (r->h->rc == EW_OK && *r->at != '/' && *r->at != '>' && *r->at != 0) {
        take_attribute(r, as != NULL);
        skip_space(r);
    }
    r->root = false;
    bool alone = *r->at == '/';
    r->at += alone;
    if (*r->at != '>') {
        broken(r);
        return;
    }
    r->at++;
    if (as != NULL && alone)
        ew_html_close(r->h);
    else if (as == NULL && !alone)
        skip_element(r, name);
}

static void close_tag(reader *r)
{
    ew_slice name = take_name(r);
    if (r->h->depth <= r->base || *r->at != '>' ||
        !ew_slice_is(name, r->h->open[r->h->depth - 1])) {
        broken(r);
        return;
    }
    r->at++;
    ew_html_close(r->h);
}

static void text(reader *r)
{
    ew_buf value;
    size_t n = strcspn(r->at, "<");
    bool blank = strspn(r->at, " \t\r\n") >= n;
    ew_buf_init(&value, VALUE_MAX);
    if (!blank && r->h->depth > r->base) {
        r->h->rc = decode(&value, (ew_slice){r->at, n}, r->h->err);
        if (r->h->rc == EW_OK)
            ew_html_text(r->h, (const char *)value.data);
    }
    ew_buf_release(&value);
    r->at += n;
}

void ew_html_svg(ew_html *h, const char *svg, const char *prefix)
{
    reader r = {.h = h, .at = svg, .prefix = prefix, .root = true, .base = h->depth};
    if (strncmp(svg, "<?xml", 5) == 0) {
        r.at = strstr(svg, "?>");
        r.at = r.at != NULL ? r.at + 2 : svg;
    }
    skip_space(&r);
    if (strncmp(r.at, "<svg", 4) != 0)
        broken(&r);
    while (h->rc == EW_OK && *r.at != 0) {
        if (*r.at != '<') {
            text(&r);
        } else if (r.at[1] == '/') {
            r.at += 2;
            close_tag(&r);
        } else {
            r.at++;
            open_tag(&r);
        }
    }
    if (h->depth != r.base)
        broken(&r);
}
