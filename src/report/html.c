/* SPDX-License-Identifier: Apache-2.0 */
/* Elements, attributes, text: each through one function. */
#include "report/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum { NUMBER_TEXT = 24, BASE64_STEP = 3 };

void ew_html_init(ew_html *h, ew_buf *out, ew_err *err)
{
    *h = (ew_html){.out = out, .err = err, .rc = EW_OK};
}

static void put(ew_html *h, const char *bytes, size_t n)
{
    if (h->rc == EW_OK)
        h->rc = ew_buf_append(h->out, bytes, n, h->err);
}

static void put_literal(ew_html *h, const char *s)
{
    put(h, s, strlen(s));
}

static void bug(ew_html *h, const char *what)
{
    if (h->rc == EW_OK)
        h->rc =
            ew_fail(h->err, EW_E_BUG, 0, "a page is not written as it should: %s", what);
}

/* ------------------------------------------------------------------ text */

/* Turns the direction of what follows: a name could look like another. */
static bool turns(uint32_t cp)
{
    return (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Not to be written, in a page or in XML. */
static bool forbidden(uint32_t cp)
{
    return cp == 0x7F || (cp < 0x20 && cp != '\n' && cp != '\t') ||
           (cp >= 0x80 && cp < 0xA0) || (cp & 0xFFFE) == 0xFFFE ||
           (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp >= 0xFFF9 && cp <= 0xFFFB) ||
           (cp >= 0xE0000 && cp <= 0xE007F) || cp == 0x2028 || cp == 0x2029;
}

static ew_code clean_one(ew_buf *out, const char *s, size_t used, uint32_t cp,
                         ew_err *err)
{
    if (used == 0 || forbidden(cp))
        return ew_buf_append(out, "\xEF\xBF\xBD", 3, err);
    if (turns(cp))
        return ew_buf_printf(out, err, "\\u{%04X}", (unsigned)cp);
    return ew_buf_append(out, s, used, err);
}

ew_code ew_text_clean(ew_buf *out, const char *text, size_t n, ew_err *err)
{
    ew_code rc = ew_buf_append(out, "", 0, err);
    for (size_t i = 0; i < n && rc == EW_OK;) {
        uint32_t cp = 0;
        size_t used = ew_utf8_next(text + i, n - i, &cp);
        rc = clean_one(out, text + i, used, cp, err);
        i += used > 0 ? used : 1;
    }
    return rc;
}

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '`': /* ends an attribute in old browsers */
        return "&#96;";
    default:
        return NULL;
    }
}

/* The one way of text into the page. */
static void put_escaped(ew_html *h, const char *text)
{
    ew_buf clean;
    size_t from = 0;
    ew_buf_init(&clean, h->out->max);
    if (h->rc == EW_OK)
        h->rc = ew_text_clean(&clean, text, strlen(text), h->err);
    for (size_t i = 0; i < clean.len && h->rc == EW_OK; i++) {
        const char *as = entity((char)clean.data[i]);
        if (as == NULL)
            continue;
        put(h, (const char *)clean.data + from, i - from);
        put_literal(h, as);
        from = i + 1;
    }
    if (clean.len > from)
        put(h, (const char *)clean.data + from, clean.len - from);
    ew_buf_release(&clean);
}

static void end_tag(ew_html *h)
{
    if (h->in_tag)
        put_literal(h, ">");
    h->in_tag = false;
}

void ew_html_text(ew_html *h, const char *text)
{
    end_tag(h);
    put_escaped(h, text);
}

/* ------------------------------------------------------------------ elements */

static bool is_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-:";
    return name[0] != 0 && name[strspn(name, letters)] == 0;
}

static bool is_void(const char *name)
{
    return strcmp(name, "meta") == 0 || strcmp(name, "br") == 0;
}

/* Those that begin a line, so that the source can be read. */
static bool has_line(const char *name)
{
    static const char *const within[] = {"td", "th",  "a",    "b",     "code",  "dd",
                                         "dt", "bdi", "span", "tspan", "title", "text"};
    for (size_t i = 0; i < sizeof within / sizeof within[0]; i++)
        if (strcmp(name, within[i]) == 0)
            return false;
    return true;
}

void ew_html_doctype(ew_html *h)
{
    put_literal(h, "<!DOCTYPE html>");
}

void ew_html_open(ew_html *h, const char *name)
{
    end_tag(h);
    if (!is_name(name) || h->depth == EW_HTML_DEPTH) {
        bug(h, "element");
        return;
    }
    put_literal(h, has_line(name) ? "\n<" : "<");
    put_literal(h, name);
    h->in_tag = true;
    if (!is_void(name))
        h->open[h->depth++] = name;
}

void ew_html_close(ew_html *h)
{
    end_tag(h);
    if (h->depth == 0) {
        bug(h, "closed twice");
        return;
    }
    put_literal(h, "</");
    put_literal(h, h->open[--h->depth]);
    put_literal(h, ">");
}

void ew_html_attr(ew_html *h, const char *name, const char *value)
{
    if (!h->in_tag || !is_name(name) || strncmp(name, "on", 2) == 0) {
        bug(h, "attribute");
        return;
    }
    put_literal(h, " ");
    put_literal(h, name);
    put_literal(h, "=\"");
    put_escaped(h, value);
    put_literal(h, "\"");
}

void ew_html_attr_number(ew_html *h, const char *name, uint64_t value)
{
    char text[NUMBER_TEXT];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    ew_html_attr(h, name, text);
}

void ew_html_element(ew_html *h, const char *name, const char *text)
{
    ew_html_open(h, name);
    ew_html_text(h, text);
    ew_html_close(h);
}

void ew_html_style(ew_html *h, const char *css)
{
    ew_html_open(h, "style");
    end_tag(h);
    if (strchr(css, '<') != NULL)
        bug(h, "style");
    put_literal(h, css);
    ew_html_close(h);
}

/* ------------------------------------------------------------------ data */

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

ew_code ew_base64(ew_buf *out, const uint8_t *p, size_t n, ew_err *err)
{
    ew_code rc = ew_buf_append(out, "", 0, err);
    for (size_t i = 0; i < n && rc == EW_OK; i += BASE64_STEP) {
        size_t left = n - i;
        uint32_t v = (uint32_t)p[i] << 16 | (left > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
                     (left > 2 ? (uint32_t)p[i + 2] : 0);
        const char four[4] = {digits[v >> 18], digits[v >> 12 & 63],
                              left > 1 ? digits[v >> 6 & 63] : '=',
                              left > 2 ? digits[v & 63] : '='};
        rc = ew_buf_append(out, four, sizeof four, err);
    }
    return rc;
}

void ew_html_attr_wav(ew_html *h, const char *name, const char *base64)
{
    size_t n = strspn(base64, digits);
    if (!h->in_tag || strcmp(name, "src") != 0)
        bug(h, "sound");
    if (h->rc == EW_OK && base64[n + strspn(base64 + n, "=")] != 0)
        h->rc = ew_fail(h->err, EW_E_FORMAT, 0, "a sound in the report is no base64");
    put_literal(h, " src=\"data:audio/wav;base64,");
    put(h, base64, strlen(base64));
    put_literal(h, "\"");
}
