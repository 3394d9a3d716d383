/* SPDX-License-Identifier: Apache-2.0 */
/* Articles as Markdown, with or without front matter. Of YAML only lines of `key: value` and plain lists are understood,
 * of Markdown only what scrapers write. */
#include <string.h>
#include <strings.h>

#include "import/article_lines.h"
#include "import/page_meta.h"

typedef struct marking {
    ew_article_lines l;
    ew_buf text;
} marking;

/* ------------------------------------------------------------------ front matter */

static ew_slice unquoted(ew_slice s)
{
    s = ew_article_lines_trimmed(s);
    if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0])
        return (ew_slice){s.p + 1, s.n - 2};
    if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
        return unquoted((ew_slice){s.p + 1, s.n - 2});
    return s;
}

static ew_code take_pair(marking *k, ew_slice key, ew_slice value, ew_slice line)
{
    static const struct {
        const char *key;
        ew_article_field field;
    } fields[] = {{"title", EW_FIELD_TITLE},
                  {"headline", EW_FIELD_TITLE},
                  {"author", EW_FIELD_BYLINE},
                  {"authors", EW_FIELD_BYLINE},
                  {"byline", EW_FIELD_BYLINE},
                  {"outlet", EW_FIELD_OUTLET},
                  {"publisher", EW_FIELD_OUTLET},
                  {"source", EW_FIELD_OUTLET},
                  {"site", EW_FIELD_OUTLET},
                  {"sitename", EW_FIELD_OUTLET},
                  {"hostname", EW_FIELD_OUTLET},
                  {"lang", EW_FIELD_LANGUAGE},
                  {"language", EW_FIELD_LANGUAGE},
                  {"url", EW_FIELD_URL},
                  {"link", EW_FIELD_URL},
                  {"canonical", EW_FIELD_URL},
                  {"dateline", EW_FIELD_DATELINE},
                  {"location", EW_FIELD_DATELINE},
                  {"translation", EW_FIELD_TRANSLATION},
                  {"translation_of", EW_FIELD_TRANSLATION}};
    static const char *const published[] = {"date", "published", "pubdate",
                                            "date_published"};
    static const char *const modified[] = {"modified", "updated", "lastmod",
                                           "date_modified"};
    ew_place place = ew_article_lines_place(&k->l, line);
    value = unquoted(value);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (ew_slice_is(key, fields[i].key))
            return ew_article_offer(k->l.made, fields[i].field, EW_RANK_JSON_LD, value);
    for (size_t i = 0; i < 4; i++) {
        bool late = ew_slice_is(key, modified[i]);
        if (late || ew_slice_is(key, published[i]))
            return ew_article_offer_date(
                k->l.made, (ew_article_source){"front matter", EW_RANK_JSON_LD, late},
                value, place);
    }
    return EW_OK;
}

static ew_slice line_at(ew_slice all, size_t at)
{
    const char *end = at < all.n ? memchr(all.p + at, '\n', all.n - at) : NULL;
    return (ew_slice){all.p + at, end != NULL ? (size_t)(end - all.p) - at : all.n - at};
}

/* "  - Ann Roe" under a key that has no value of its own: the first one. */
static ew_slice list_item(ew_slice all, size_t at)
{
    ew_slice line = ew_article_lines_trimmed(line_at(all, at));
    return ew_slice_skip(&line, "- ") ? line : ew_slice_of("");
}

/* *at: behind it. Text that begins with a rule that nothing ends has no front matter. */
static ew_code take_front(marking *k, ew_slice all, size_t *at)
{
    size_t i = line_at(all, 0).n + 1;
    bool closed = false;
    if (!ew_slice_is(ew_article_lines_trimmed(line_at(all, 0)), "---"))
        return EW_OK;
    for (size_t look = i; look < all.n && !closed; look += line_at(all, look).n + 1)
        closed = ew_slice_is(ew_article_lines_trimmed(line_at(all, look)), "---");
    if (!closed)
        return ew_article_remark(k->l.made, (ew_place){k->l.made->member, 0, 3},
                                 "front matter that does not end");
    for (ew_code code = EW_OK; i < all.n;) {
        ew_slice line = line_at(all, i);
        i += line.n + 1;
        if (ew_slice_is(ew_article_lines_trimmed(line), "---"))
            break;
        const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
        if (colon == NULL || line.p[0] == ' ' || line.p[0] == '#' || line.p[0] == '-')
            continue;
        ew_slice key =
            ew_article_lines_trimmed((ew_slice){line.p, (size_t)(colon - line.p)});
        ew_slice value = ew_article_lines_trimmed(
            (ew_slice){colon + 1, (size_t)(line.p + line.n - colon) - 1});
        if (value.n == 0)
            value = list_item(all, i);
        if (value.n > 0)
            code = take_pair(k, key, value, line);
        if (code != EW_OK)
            return code;
    }
    *at = i < all.n ? i : all.n;
    return EW_OK;
}

/* ------------------------------------------------------------------ text */

/* "[text](address)" at p: bytes of it, with its text; 0: it is none. */
static size_t link_at(ew_slice s, size_t at, ew_slice *text)
{
    const char *close = memchr(s.p + at, ']', s.n - at);
    if (close == NULL || close + 1 >= s.p + s.n || close[1] != '(')
        return 0;
    const char *end = memchr(close, ')', (size_t)(s.p + s.n - close));
    if (end == NULL)
        return 0;
    *text = (ew_slice){s.p + at + 1, (size_t)(close - s.p) - at - 1};
    return (size_t)(end - s.p) - at + 1;
}

static bool is_mark(ew_slice s, size_t i)
{
    char c = s.p[i];
    if (c != '*' && c != '_' && c != '`')
        return false;
    bool inside = i > 0 && i + 1 < s.n && s.p[i - 1] != ' ' && s.p[i + 1] != ' ' &&
                  s.p[i - 1] != c && s.p[i + 1] != c;
    return c != '_' || !inside; /* snake_case is a word */
}

/* Without marks of emphasis, links, escapes. */
static ew_code make_plain(marking *k, ew_slice s)
{
    ew_code code = EW_OK;
    ew_slice text;
    ew_buf_reset(&k->text);
    for (size_t i = 0; i < s.n && code == EW_OK; i++) {
        size_t link = s.p[i] == '[' ? link_at(s, i, &text) : 0;
        if (link > 0) {
            code = ew_buf_append(&k->text, text.p, text.n, k->l.made->err);
            i += link - 1;
        } else if (s.p[i] == '\n' && i + 1 < s.n && s.p[i + 1] == '>') {
            code = ew_buf_append(&k->text, " ", 1, k->l.made->err);
            i++;
        } else if (s.p[i] == '\\' && i + 1 < s.n && strchr("*_`[]\"'#.-", s.p[i + 1])) {
            code = ew_buf_append(&k->text, &s.p[++i], 1, k->l.made->err);
        } else if (!is_mark(s, i)) {
            code = ew_buf_append(&k->text, &s.p[i], 1, k->l.made->err);
        }
    }
    return code;
}

static bool says_translation(ew_slice s)
{
    return strncasecmp(s.p, "read in ", s.n < 8 ? s.n : 8) == 0 ||
           strncasecmp(s.p, "read this ", s.n < 10 ? s.n : 10) == 0;
}

/* "[Read in Khmer](address)" alone in its paragraph; "![caption](picture)". */
static ew_code take_link(marking *k, ew_slice s, bool *taken)
{
    ew_slice text;
    bool picture = ew_slice_skip(&s, "!");
    size_t n = s.n > 0 && s.p[0] == '[' ? link_at(s, 0, &text) : 0;
    *taken = n == s.n && n > 0 && (picture || says_translation(text));
    if (!*taken)
        return EW_OK;
    if (picture)
        return ew_article_add(k->l.made, EW_ARTICLE_CAPTION,
                              ew_article_lines_place(&k->l, text), text);
    ew_slice to = {text.p + text.n + 2, n - text.n - 4};
    return ew_article_offer(k->l.made, EW_FIELD_TRANSLATION, EW_RANK_VISIBLE, to);
}

/* Every item of a list is a paragraph. */
static ew_code take_piece(marking *k, ew_slice s)
{
    bool heading = false;
    bool taken = false;
    s = ew_article_lines_trimmed(s);
    while (s.n > 0 && s.p[0] == '#') {
        heading = true;
        s = (ew_slice){s.p + 1, s.n - 1};
    }
    (void)(ew_slice_skip(&s, "> ") || ew_slice_skip(&s, "- ") || ew_slice_skip(&s, "* "));
    s = ew_article_lines_trimmed(s);
    if (s.n == 0 || ew_slice_is(s, "---") || ew_slice_is(s, "***"))
        return EW_OK;
    ew_code code = take_link(k, s, &taken);
    if (code == EW_OK && !taken)
        code = make_plain(k, s);
    if (code != EW_OK || taken || k->text.len == 0)
        return code;
    ew_slice text = {(const char *)k->text.data, k->text.len};
    if (heading && k->l.number == 0) {
        k->l.number++;
        return ew_article_offer(k->l.made, EW_FIELD_TITLE, EW_RANK_TIME, text);
    }
    return ew_article_lines_take(&k->l, text, s, heading);
}

/* Byline and date stand below each other often, with no line between. */
static bool lines_are_short(ew_slice paragraph)
{
    enum { LINE = 100, ALL = 400 };
    size_t from = 0;
    for (size_t i = 0; i < paragraph.n && paragraph.n < ALL; i++)
        if (paragraph.p[i] == '\n' || i + 1 == paragraph.n) {
            if (i - from > LINE)
                return false;
            from = i + 1;
        }
    return paragraph.n < ALL;
}

static ew_code take_paragraph(marking *k, ew_slice paragraph)
{
    size_t from = 0;
    bool top = k->l.made->count == 0 && lines_are_short(paragraph);
    for (size_t i = 0; i < paragraph.n; i++) {
        bool item = i + 2 < paragraph.n &&
                    (paragraph.p[i + 1] == '-' || paragraph.p[i + 1] == '*') &&
                    paragraph.p[i + 2] == ' ';
        if (paragraph.p[i] != '\n' || !(item || top))
            continue;
        ew_code code = take_piece(k, (ew_slice){paragraph.p + from, i - from});
        if (code != EW_OK)
            return code;
        from = i + 1;
    }
    return take_piece(k, (ew_slice){paragraph.p + from, paragraph.n - from});
}

static ew_code read_markdown(ew_article_made *m, ew_slice original)
{
    ew_page_bytes bytes;
    ew_slice paragraph;
    size_t at = 0;
    ew_place whole = {m->member, 0, original.n};
    marking k;
    ew_code code = ew_article_lines_open(&k.l, m, original, &bytes);
    if (code != EW_OK)
        return code;
    ew_buf_init(&k.text, EW_ARTICLE_ROOM);
    code = take_front(&k, (ew_slice){bytes.text, bytes.n}, &at);
    while (code == EW_OK && ew_article_lines_next(&k.l, &at, &paragraph))
        code = take_paragraph(&k, paragraph);
    ew_buf_release(&k.text);
    return code == EW_OK ? ew_article_tell(m, whole) : code;
}

ew_code ew_import__markdown(ew_delivery *from, const ew_import_opts *opts,
                            const ew_import_sink *sink, ew_err *err)
{
    static const char *const ends[] = {".md", ".markdown", NULL};
    (void)opts;
    return ew_article_each(from, ends, read_markdown, sink, err);
}
