/* SPDX-License-Identifier: Apache-2.0 */
/* Where messages begin and end in a page. Tags, quoted values, comments and the texts of scripts are known; all
 * else is the parser's. */
#include "import/telegram_scan.h"

#include <string.h>
#include <strings.h>

typedef struct tag {
    size_t at, end;
    ew_slice name;
    bool closing;
} tag;

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool named(ew_slice s, const char *name)
{
    return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

/* One past what stands in `text`, from at; the page's end when it is nowhere. */
static size_t behind(ew_slice page, size_t at, const char *text)
{
    const char *p =
        at < page.n ? memmem(page.p + at, page.n - at, text, strlen(text)) : NULL;
    return p != NULL ? (size_t)(p - page.p) + strlen(text) : page.n;
}

/* One past the '>' that ends the tag; quoted values may hold one. */
static size_t tag_end(ew_slice page, size_t at)
{
    char quote = 0;
    for (; at < page.n; at++) {
        char c = page.p[at];
        if (quote != 0)
            quote = c == quote ? 0 : quote;
        else if ((c == '"' || c == '\'') && page.p[at - 1] == '=')
            quote = c;
        else if (c == '>')
            return at + 1;
    }
    return page.n;
}

static bool next_tag(ew_slice page, size_t *at, tag *out)
{
    while (*at < page.n) {
        const char *p = memchr(page.p + *at, '<', page.n - *at);
        if (p == NULL)
            return false;
        size_t begin = (size_t)(p - page.p);
        size_t name = begin + 1;
        *at = name;
        if (page.n - begin >= 4 && memcmp(p, "<!--", 4) == 0) {
            *at = behind(page, begin + 4, "-->");
            continue;
        }
        bool closing = name < page.n && page.p[name] == '/';
        name += closing;
        size_t end = name;
        while (end < page.n && is_letter(page.p[end]))
            end++;
        if (end == name)
            continue;
        *out = (tag){begin, tag_end(page, end), {page.p + name, end - name}, closing};
        *at = out->end;
        return true;
    }
    return false;
}

/* The value of an attribute of a tag; empty when it has none. */
static ew_slice attribute(ew_slice page, const tag *t, const char *name)
{
    size_t at = (size_t)(t->name.p - page.p) + t->name.n;
    while (at < t->end) {
        while (at < t->end && (is_space(page.p[at]) || page.p[at] == '/'))
            at++;
        ew_slice key = {page.p + at, 0};
        ew_slice value = {"", 0};
        while (at < t->end && strchr("=> \n\t\r\f/", page.p[at]) == NULL)
            at++;
        key.n = (size_t)(page.p + at - key.p);
        if (key.n == 0)
            at++;
        if (at + 1 < t->end && page.p[at] == '=') {
            char quote = page.p[at + 1];
            bool quoted = quote == '"' || quote == '\'';
            at += quoted ? 2 : 1;
            value.p = page.p + at;
            while (at < t->end && (quoted ? page.p[at] != quote
                                          : !is_space(page.p[at]) && page.p[at] != '>'))
                at++;
            value.n = (size_t)(page.p + at - value.p);
            at += quoted && at < t->end;
        }
        if (named(key, name))
            return value;
    }
    return (ew_slice){"", 0};
}

static bool has_word(ew_slice text, const char *word)
{
    size_t n = strlen(word);
    for (size_t at = 0; at + n <= text.n;) {
        while (at < text.n && is_space(text.p[at]))
            at++;
        size_t begin = at;
        while (at < text.n && !is_space(text.p[at]))
            at++;
        if (at - begin == n && memcmp(text.p + begin, word, n) == 0)
            return true;
    }
    return false;
}

static bool begins_message(ew_slice page, const tag *t)
{
    if (t->closing || !named(t->name, "div"))
        return false;
    ew_slice word = attribute(page, t, "class");
    ew_slice id = attribute(page, t, "id");
    return has_word(word, "message") &&
           (ew_slice_skip(&id, "message") || has_word(word, "default") ||
            has_word(word, "service"));
}

/* Passes over what is text to its end, whatever it looks like. */
static void pass_raw(ew_slice page, size_t *at, const tag *t)
{
    if (t->closing)
        return;
    if (named(t->name, "script"))
        *at = behind(page, *at, "</script");
    else if (named(t->name, "style"))
        *at = behind(page, *at, "</style");
}

bool ew_tg_scan_next(ew_tg_scan *s, ew_tg_block *out)
{
    tag t;
    size_t deep = 0; /* of divs that are open, the message's own included */
    while (next_tag(s->page, &s->at, &t)) {
        bool begin = begins_message(s->page, &t);
        if (begin && deep > 0) {
            out->end = s->at = t.at;
            out->whole = false;
            return true;
        }
        if (begin) {
            out->at = t.at;
            deep = 1;
        } else if (deep == 0 || !named(t.name, "div")) {
            pass_raw(s->page, &s->at, &t);
        } else if (!t.closing) {
            deep++;
        } else if (--deep == 0) {
            out->end = t.end;
            out->whole = true;
            return true;
        }
    }
    out->end = s->at = s->page.n;
    out->whole = false;
    return deep > 0;
}
