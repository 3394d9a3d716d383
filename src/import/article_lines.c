/* SPDX-License-Identifier: Apache-2.0 */
/* What a paragraph of a text without mark-up is, by how it begins and where it stands. */
#include "import/article_lines.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "import/page_meta.h"

enum { TOP = 8, SHORT = 120 };

static bool blank_line(ew_slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if (strchr(" \t\r", line.p[i]) == NULL || line.p[i] == 0)
            return false;
    return true;
}

ew_code ew_article_lines_open(ew_article_lines *l, ew_article_made *m, ew_slice original,
                              ew_page_bytes *text)
{
    ew_code code = ew_page_decode(text, original, false, &m->room, m->err);
    *l = (ew_article_lines){.made = m, .bytes = text};
    for (size_t i = 0; code == EW_OK && i < text->n; i++)
        if (text->text[i] == 0)
            text->text[i] = ' ';
    return code;
}

ew_slice ew_article_lines_trimmed(ew_slice s)
{
    while (s.n > 0 && s.p[s.n - 1] != 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
        s.n--;
    while (s.n > 0 && s.p[0] != 0 && strchr(" \t\r\n", s.p[0]) != NULL)
        s = (ew_slice){s.p + 1, s.n - 1};
    return s;
}

static size_t line_end(ew_slice all, size_t at)
{
    const char *p = memchr(all.p + at, '\n', all.n - at);
    return p != NULL ? (size_t)(p - all.p) : all.n;
}

bool ew_article_lines_spaced(ew_slice text)
{
    size_t blanks = 0;
    size_t lines = 0;
    for (size_t at = 0; at < text.n; at = line_end(text, at) + 1) {
        ew_slice line = {text.p + at, line_end(text, at) - at};
        blanks += blank_line(line);
        lines += !blank_line(line);
    }
    return blanks * 5 >= lines;
}

static bool is_heading_line(ew_slice line)
{
    return line.n > 1 && line.p[0] == '#';
}

bool ew_article_lines_next(const ew_article_lines *l, size_t *at, ew_slice *paragraph)
{
    ew_slice all = {l->bytes->text, l->bytes->n};
    bool begun = false;
    while (*at < all.n) {
        size_t end = line_end(all, *at);
        ew_slice line = {all.p + *at, end - *at};
        bool blank = blank_line(line);
        if (begun && (blank || is_heading_line(line)))
            return true;
        if (!blank) {
            if (!begun)
                paragraph->p = line.p;
            paragraph->n = (size_t)(line.p + line.n - paragraph->p);
            begun = true;
        }
        *at = end < all.n ? end + 1 : all.n;
        if (begun && (l->by_line || is_heading_line(line)))
            return true;
    }
    return begun;
}

ew_place ew_article_lines_place(const ew_article_lines *l, ew_slice where)
{
    size_t at = (size_t)(where.p - l->bytes->text);
    uint64_t from = ew_page_back(l->bytes, at);
    return (ew_place){l->made->member, from, ew_page_back(l->bytes, at + where.n) - from};
}

static bool starts(ew_slice s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (s.n > strlen(*list) && strncasecmp(s.p, *list, strlen(*list)) == 0)
            return true;
    return false;
}

/* A line that is little more than a date. */
static bool is_date_line(ew_slice text)
{
    static const char *const words[] = {"published", "posted", "updated", "last updated",
                                        "modified",  "date:",  NULL};
    ew_article_date d;
    if (text.n > 80 || !ew_article_date_in(text, &d))
        return false;
    size_t spaces = 0;
    for (size_t i = 0; i < text.n; i++)
        spaces += text.p[i] == ' ';
    return starts(text, words) || spaces <= 7;
}

/* Byline, date, translation, address: in the first paragraphs. *taken: it was one. */
ew_code ew_article_take_top(ew_article_made *m, ew_slice text, ew_place place,
                            bool *taken)
{
    static const char *const by[] = {"by ", "by: ", "written by ", "reported by ", NULL};
    static const char *const updated[] = {"updated", "last updated", "modified", NULL};
    *taken = true;
    if (text.n < SHORT && starts(text, by)) {
        size_t n = ew_article_part(text);
        ew_code code = ew_article_offer(m, EW_FIELD_BYLINE, EW_RANK_VISIBLE,
                                        ew_article_byline((ew_slice){text.p, n}));
        if (code != EW_OK || n == text.n)
            return code;
        while (n < text.n && !isalnum((unsigned char)text.p[n]))
            n++;
        text = (ew_slice){text.p + n, text.n - n};
        return ew_article_offer_date(
            m, (ew_article_source){"the text", EW_RANK_VISIBLE, starts(text, updated)},
            text, place);
    }
    if (is_date_line(text))
        return ew_article_offer_date(
            m, (ew_article_source){"the text", EW_RANK_VISIBLE, starts(text, updated)},
            text, place);
    if (text.n > 8 && text.n < 500 && strncmp(text.p, "http", 4) == 0 &&
        memchr(text.p, ' ', text.n) == NULL)
        return ew_article_offer(m, EW_FIELD_URL, EW_RANK_VISIBLE, text);
    *taken = false;
    return EW_OK;
}

ew_code ew_article_lines_take(ew_article_lines *l, ew_slice text, ew_slice where,
                              bool heading)
{
    static const char *const captions[] = {"photo:",   "photo by",  "image:",
                                           "picture:", "caption:",  "file photo",
                                           "(photo",   "pictured:", NULL};
    bool taken = false;
    ew_code code = EW_OK;
    size_t number = l->number++;
    if (text.n == 0)
        return EW_OK;
    if (l->run == EW_ARTICLE_BODY && number < TOP && l->made->count < 2)
        code =
            ew_article_take_top(l->made, text, ew_article_lines_place(l, where), &taken);
    if (code != EW_OK || taken)
        return code;
    ew_place place = ew_article_lines_place(l, where);
    bool line = heading || text.n < 60;
    if (line && ew_article_says_comments(text))
        l->run = EW_ARTICLE_COMMENT;
    else if (line && ew_article_says_related(text))
        l->run = EW_ARTICLE_RELATED;
    else if (heading)
        l->run = EW_ARTICLE_BODY;
    else if (l->run == EW_ARTICLE_RELATED && text.n > 160)
        l->run = EW_ARTICLE_BODY; /* a headline is shorter */
    if (l->run == EW_ARTICLE_BODY && ew_article_says_related(text) && text.n < 160)
        return ew_article_add(l->made, EW_ARTICLE_RELATED, place, text);
    if (l->run == EW_ARTICLE_BODY && starts(text, captions))
        return ew_article_add(l->made, EW_ARTICLE_CAPTION, place, text);
    return ew_article_add(l->made, l->run, place, text);
}
