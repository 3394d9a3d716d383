/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a hostile page harmless for the parser without moving a byte of it. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "import/page_bytes.h"

enum { DEEP = 400, ATTRIBUTES = 64, TAG_BYTES = 1 << 16, RAW = 12 };

/* Tags that nest nothing: void ones, and those that the next of their kind closes. */
static const char *const flat[] = {
    "area",   "base",     "br",    "col",    "embed", "hr",     "img",   "input",
    "link",   "meta",     "param", "source", "track", "wbr",    "p",     "li",
    "dt",     "dd",       "tr",    "td",     "th",    "tbody",  "thead", "tfoot",
    "option", "optgroup", "html",  "head",   "body",  "keygen", NULL};

/* Tags after which the parser reads by other rules than those here; what is in them is not needed, or is read
 * as part of the page. */
static const char *const foreign[] = {"svg",   "math",      "select",  "frameset",
                                      "frame", "plaintext", "isindex", NULL};

static const char *const raw[] = {"script", "style",   "textarea", "title", "xmp",
                                  "iframe", "noembed", "noframes", NULL};

static bool named(const char *p, size_t n, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == n && strncasecmp(p, *list, n) == 0)
            return true;
    return false;
}

/* One past the '>' of the tag at `at`; n when it has none. *attributes_end: where attributes beyond the
 * number begin, or 0. */
static size_t tag_end(const char *s, size_t n, size_t at, size_t *attributes_end)
{
    char quote = 0;
    size_t count = 0;
    *attributes_end = 0;
    for (size_t i = at + 1; i < n; i++) {
        char c = s[i];
        if (quote != 0) {
            quote = c == quote ? 0 : quote;
            continue;
        }
        if (c == '>')
            return i + 1;
        if ((c == '"' || c == '\'') && s[i - 1] == '=')
            quote = c;
        bool gap =
            c == ' ' || c == '\n' || c == '\t' || c == '/' || c == '\r' || c == '\f';
        if (gap && ++count > ATTRIBUTES && *attributes_end == 0)
            *attributes_end = i;
        if (i - at > TAG_BYTES && *attributes_end == 0)
            *attributes_end = i;
    }
    return n;
}

/* One past the end of "</name" for a tag whose content is text alone. */
static size_t raw_end(const char *s, size_t n, size_t at, const char *name, size_t len)
{
    while (at < n) {
        const char *p = memchr(s + at, '<', n - at);
        if (p == NULL)
            return n;
        at = (size_t)(p - s);
        if (n - at > len + 2 && p[1] == '/' && strncasecmp(p + 2, name, len) == 0)
            return at;
        at++;
    }
    return n;
}

static size_t comment_end(const char *s, size_t n, size_t at)
{
    if (n - at >= 1 && s[at] == '>')
        return at + 1;
    if (n - at >= 2 && memcmp(s + at, "->", 2) == 0)
        return at + 2;
    for (; at + 2 < n; at++)
        if (memcmp(s + at, "--", 2) == 0 &&
            (s[at + 2] == '>' || (at + 3 < n && memcmp(s + at + 2, "!>", 2) == 0)))
            return at + 3;
    return n;
}

static void blank(char *s, size_t from, size_t to)
{
    memset(s + from, ' ', to - from);
}

typedef struct guard {
    char *s;
    size_t n, depth;
    bool changed;
} guard;

static size_t pass_tag(guard *g, size_t at)
{
    size_t extra;
    size_t name = at + 1 + (g->s[at + 1] == '/');
    size_t len = 0;
    while (name + len < g->n && isalnum((unsigned char)g->s[name + len]) && len < 64)
        len++;
    size_t end = tag_end(g->s, g->n, at, &extra);
    bool closing = g->s[at + 1] == '/';
    if (extra > 0 && extra < end) {
        blank(g->s, extra, end > 0 && g->s[end - 1] == '>' ? end - 1 : end);
        g->changed = true;
    }
    if (named(g->s + name, len, foreign)) {
        blank(g->s, at, end);
        return end;
    }
    if (named(g->s + name, len, flat))
        return end;
    if (closing) {
        g->depth -= g->depth > 0;
        return end;
    }
    if (named(g->s + name, len, raw))
        return raw_end(g->s, g->n, end, g->s + name, len < RAW ? len : RAW);
    if (g->depth >= DEEP) {
        blank(g->s, at, end);
        g->changed = true;
        return end;
    }
    g->depth++;
    return end;
}

bool ew_page_guard(char *text, size_t n)
{
    guard g = {text, n, 0, false};
    for (size_t i = 0; i < n; i++)
        if (text[i] == 0) {
            text[i] = ' ';
            g.changed = true;
        }
    for (size_t at = 0; at < n;) {
        const char *p = memchr(text + at, '<', n - at);
        if (p == NULL || (size_t)(p - text) + 1 >= n)
            break;
        at = (size_t)(p - text);
        if (n - at > 4 && memcmp(p, "<!--", 4) == 0)
            at = comment_end(text, n, at + 4);
        else if (isalpha((unsigned char)p[1]) ||
                 (p[1] == '/' && at + 2 < n && isalpha((unsigned char)p[2])))
            at = pass_tag(&g, at);
        else
            at++;
    }
    return g.changed;
}
