/* SPDX-License-Identifier: Apache-2.0 */
/* Fields by rank, dates side by side, paragraphs in order. */
#include "import/article_made.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

void ew_article_init(ew_article_made *m, size_t member, const ew_import_sink *sink,
                     ew_err *err)
{
    *m = (ew_article_made){.member = member, .sink = sink, .err = err};
    ew_room_init(&m->room, EW_ARTICLE_ROOM);
    for (int i = 0; i < EW_FIELDS; i++)
        m->field[i] = ew_slice_of("");
    m->charset = ew_slice_of("");
}

void ew_article_release(ew_article_made *m)
{
    ew_room_release(&m->room);
}

static ew_place placed(const ew_article_made *m, ew_place p)
{
    return m->inside ? m->record : p;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static ew_code copy_one_space(ew_article_made *m, ew_slice text, size_t most,
                              ew_slice *out)
{
    char *p = ew_room_get(&m->room, (text.n < most ? text.n : most) + 1);
    size_t n = 0;
    if (p == NULL)
        return ew_room_fail(&m->room, m->err);
    for (size_t i = 0; i < text.n;) {
        uint32_t cp;
        size_t used = ew_utf8_next(text.p + i, text.n - i, &cp);
        if (used == 0) { /* a character that was cut */
            i++;
            continue;
        }
        bool space = is_space(text.p[i]) || text.p[i] == 0;
        if (n + used > most)
            break;
        if (!space) {
            memcpy(p + n, text.p + i, used);
            n += used;
        } else if (n > 0 && p[n - 1] != ' ') {
            p[n++] = ' ';
        }
        i += used;
    }
    if (n > 0 && p[n - 1] == ' ')
        n--;
    *out = (ew_slice){p, n};
    return EW_OK;
}

ew_code ew_article_offer(ew_article_made *m, ew_article_field f, int rank, ew_slice text)
{
    ew_slice kept;
    if (m->rank[f] != 0 && m->rank[f] <= rank)
        return EW_OK;
    ew_code code = copy_one_space(m, text, EW_ARTICLE_FIELD, &kept);
    if (code != EW_OK || kept.n == 0)
        return code;
    m->field[f] = kept;
    m->rank[f] = rank;
    return EW_OK;
}

ew_code ew_article_offer_date(ew_article_made *m, ew_article_source from, ew_slice text,
                              ew_place place)
{
    bool modified = from.modified;
    int rank = from.rank;
    ew_article_told_date d = {
        .place = placed(m, place), .source = from.name, .rank = rank};
    size_t *n = &m->date_count[modified];
    ew_slice kept;
    if (*n == EW_ARTICLE_DATES)
        return EW_OK;
    ew_code code = copy_one_space(m, text, 200, &kept);
    if (code != EW_OK || !ew_article_date_in(kept, &d.date))
        return code;
    size_t at = (*n)++;
    ew_article_told_date *all = m->dates[modified];
    for (; at > 0 && all[at - 1].rank > rank; at--)
        all[at] = all[at - 1];
    all[at] = d;
    return EW_OK;
}

ew_code ew_article_add(ew_article_made *m, ew_part_of part, ew_place place, ew_slice text)
{
    ew_slice kept;
    void *items = m->paragraphs;
    ew_code code =
        ew_room_grow(&m->room, &items, m->count, &m->cap, sizeof *m->paragraphs, m->err);
    m->paragraphs = items;
    if (code == EW_OK)
        code = copy_one_space(m, text, text.n, &kept);
    if (code == EW_OK && kept.n > 0)
        m->paragraphs[m->count++] = (ew_paragraph){part, placed(m, place), kept};
    return code;
}

ew_code ew_article_remark(ew_article_made *m, ew_place place, const char *fmt, ...)
{
    char text[1024];
    ew_err line; /* formats, cuts and makes one line */
    va_list args;
    if (m->sink->remark == NULL)
        return EW_OK;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)!ew_fail(&line, EW_E_FORMAT, 0, "%s", text);
    ew_remark r = {placed(m, place), ew_slice_of(line.text)};
    return m->sink->remark(m->sink->cookie, &r, m->err);
}

/* ------------------------------------------------------------------ lines of a known kind */

static bool starts(ew_slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && strncasecmp(s.p, prefix, n) == 0;
}

size_t ew_article_part(ew_slice line)
{
    static const char *const gaps[] = {" | ", " \xE2\x80\xA2 ", " \xC2\xB7 "};
    size_t n = line.n;
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        const char *at = memmem(line.p, n, gaps[i], strlen(gaps[i]));
        if (at != NULL)
            n = (size_t)(at - line.p);
    }
    return n;
}

ew_slice ew_article_byline(ew_slice text)
{
    static const char *const words[] = {
        "written by ",
        "reported by ",
        "reporting by ",
        "story by ",
        "by: ",
        "by ",
        "\xD8\xA8\xD9\x82\xD9\x84\xD9\x85: ",                /* Arabic: by the pen of */
        "\xD8\xA8\xD9\x82\xD9\x84\xD9\x85 ",                 /* the same */
        "\xD9\x83\xD8\xAA\xD8\xA8: ",                        /* he wrote */
        "\xD9\x83\xD8\xAA\xD8\xA8\xD8\xAA: ",                /* she wrote */
        "\xE1\x9E\x8A\xE1\x9F\x84\xE1\x9E\x99\xE1\x9F\x96 ", /* Khmer: by */
        "\xE1\x9E\x8A\xE1\x9F\x84\xE1\x9E\x99 ",             /* the same */
        "oleh ",
        "por ",
        "par ",
        "von "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (starts(text, words[i])) {
            text.p += strlen(words[i]);
            text.n -= strlen(words[i]);
            break;
        }
    text.n = ew_article_part(text);
    while (text.n > 0 && (text.p[text.n - 1] == '|' || text.p[text.n - 1] == ','))
        text.n--;
    return text;
}

static bool begins_with_one(ew_slice text, const char *const *list)
{
    for (; *list != NULL; list++) {
        size_t n = strlen(*list);
        if (starts(text, *list) &&
            (text.n == n || isalpha((unsigned char)text.p[n]) == 0))
            return true;
    }
    return false;
}

bool ew_article_says_related(ew_slice text)
{
    static const char *const list[] = {"related stories",
                                       "related articles",
                                       "related coverage",
                                       "related topics",
                                       "related news",
                                       "related posts",
                                       "related reading",
                                       "related:",
                                       "related",
                                       "read more",
                                       "read also",
                                       "also read",
                                       "see also",
                                       "more on this story",
                                       "more stories",
                                       "more from",
                                       "more news",
                                       "most read",
                                       "most popular",
                                       "you may also like",
                                       "you might also like",
                                       "recommended",
                                       "recommended for you",
                                       "top stories",
                                       "trending",
                                       "latest news",
                                       "editor's picks",
                                       "editors' picks",
                                       "in other news",
                                       "keep reading",
                                       "don't miss",
                                       "read next",
                                       "also on",
                                       NULL};
    return text.n < 200 && begins_with_one(text, list);
}

bool ew_article_says_comments(ew_slice text)
{
    static const char *const list[] = {
        "comments",         "reader comments", "readers' comments",
        "leave a reply",    "leave a comment", "join the conversation",
        "what readers say", "have your say",   NULL};
    size_t i = 0;
    if (text.n > 60)
        return false;
    while (i < text.n && (isdigit((unsigned char)text.p[i]) || text.p[i] == ' '))
        i++;
    ew_slice rest = {text.p + i, text.n - i};
    return begins_with_one(rest, list) ||
           (i > 0 && (starts(rest, "comment") || starts(rest, "thoughts on") ||
                      starts(rest, "responses to")));
}

/* Bytes of the dash at p: an em or en dash, or hyphens with a space on either side. */
static size_t dash_at(ew_slice s, size_t i)
{
    if (s.n - i >= 3 && (memcmp(s.p + i, "\xE2\x80\x94", 3) == 0 ||
                         memcmp(s.p + i, "\xE2\x80\x93", 3) == 0))
        return 3;
    if (s.n - i >= 2 && memcmp(s.p + i, "--", 2) == 0)
        return 2;
    if (i > 0 && s.n - i >= 2 && s.p[i] == '-' && s.p[i - 1] == ' ' && s.p[i + 1] == ' ')
        return 1;
    return 0;
}

/* "(Nairobi) –"; and in scripts without capitals one word or two before a dash or the Khmer sign for it. */
static size_t other_dateline(ew_slice s, size_t *bytes)
{
    enum { LONG = 60 };
    bool bracket = s.n > 0 && s.p[0] == '(';
    size_t spaces = 0;
    for (size_t i = 0; i < s.n && i < LONG && spaces <= (bracket ? 5u : 2u); i++) {
        bool khmer = s.n - i >= 3 && memcmp(s.p + i, "\xE1\x9F\x96", 3) == 0;
        size_t dash = dash_at(s, i);
        if (!bracket && (unsigned char)s.p[i] < 0x80 && s.p[i] != ' ' && dash == 0)
            return 0;
        spaces += s.p[i] == ' ';
        if ((dash == 0 && !khmer) || i == 0)
            continue;
        *bytes = i;
        while (*bytes > 0 && s.p[*bytes - 1] == ' ')
            (*bytes)--;
        if (bracket && s.p[*bytes - 1] != ')')
            return 0;
        return i + (khmer ? 3 : dash);
    }
    return 0;
}

/* A place is in capitals: at least its first word, of three letters or more; what follows has to be a date or a name
 * in brackets. */
size_t ew_article_dateline(ew_slice s, size_t *bytes)
{
    enum { LONG = 90 };
    size_t capitals = 0;
    size_t i = 0;
    bool one_line = true;
    while (i < s.n && i < LONG &&
           (isupper((unsigned char)s.p[i]) || s.p[i] == ' ' || s.p[i] == '.' ||
            s.p[i] == '-')) {
        if (dash_at(s, i) > 0)
            break;
        capitals += isupper((unsigned char)s.p[i]) != 0;
        i++;
    }
    if (capitals < 3)
        return other_dateline(s, bytes);
    for (; i < s.n && i < LONG && one_line; i++) {
        size_t dash = dash_at(s, i);
        if (dash > 0) {
            *bytes = i;
            while (*bytes > 0 && s.p[*bytes - 1] == ' ')
                (*bytes)--;
            return i + dash;
        }
        one_line = strchr("\"?!:;", s.p[i]) == NULL;
    }
    return 0;
}

/* ------------------------------------------------------------------ the end */

static ew_code tell_conflicts(ew_article_made *m, bool modified)
{
    const ew_article_told_date *d = m->dates[modified];
    ew_code code = EW_OK;
    for (size_t i = 1; i < m->date_count[modified] && code == EW_OK; i++) {
        if (!ew_article_dates_differ(&d[0].date, &d[i].date))
            continue;
        code = ew_article_remark(m, d[i].place, "%s: %s says %.*s, but %s says %.*s",
                                 modified ? "modified" : "published", d[0].source,
                                 (int)d[0].date.moment.text.n, d[0].date.moment.text.p,
                                 d[i].source, (int)d[i].date.moment.text.n,
                                 d[i].date.moment.text.p);
    }
    return code;
}

static ew_code find_dateline(ew_article_made *m)
{
    enum { FIRST = 3 }; /* a standfirst may come before it */
    size_t seen = 0;
    for (size_t i = 0; i < m->count && seen < FIRST; i++) {
        size_t bytes;
        if (m->paragraphs[i].part != EW_ARTICLE_BODY)
            continue;
        seen++;
        if (ew_article_dateline(m->paragraphs[i].text, &bytes) > 0)
            return ew_article_offer(m, EW_FIELD_DATELINE, 1,
                                    (ew_slice){m->paragraphs[i].text.p, bytes});
    }
    return EW_OK;
}

ew_code ew_article_tell(ew_article_made *m, ew_place whole)
{
    ew_code code = find_dateline(m);
    if (code == EW_OK)
        code = tell_conflicts(m, false);
    if (code == EW_OK)
        code = tell_conflicts(m, true);
    if (code == EW_OK && m->date_count[0] > 0 && m->date_count[1] > 0 &&
        m->dates[1][0].date.moment.unix_s + 38 * 3600 < m->dates[0][0].date.moment.unix_s)
        code = ew_article_remark(m, m->dates[1][0].place,
                                 "modified before it was published");
    if (code != EW_OK || m->sink->article == NULL)
        return code;
    ew_article a = {.place = placed(m, whole),
                    .title = m->field[EW_FIELD_TITLE],
                    .byline = ew_article_byline(m->field[EW_FIELD_BYLINE]),
                    .outlet = m->field[EW_FIELD_OUTLET],
                    .dateline = m->field[EW_FIELD_DATELINE],
                    .language = m->field[EW_FIELD_LANGUAGE],
                    .url = m->field[EW_FIELD_URL],
                    .translation_of = m->field[EW_FIELD_TRANSLATION],
                    .published.text = {"", 0},
                    .modified.text = {"", 0},
                    .paragraphs = m->paragraphs,
                    .paragraph_count = m->count};
    if (m->date_count[0] > 0)
        a.published = m->dates[0][0].date.moment;
    if (m->date_count[1] > 0)
        a.modified = m->dates[1][0].date.moment;
    return m->sink->article(m->sink->cookie, &a, m->err);
}

/* ------------------------------------------------------------------ members */

bool ew_article_name_ends(ew_slice name, const char *const *ends)
{
    for (; *ends != NULL; ends++) {
        size_t n = strlen(*ends);
        if (name.n > n && strncasecmp(name.p + name.n - n, *ends, n) == 0)
            return true;
    }
    return false;
}

static ew_code read_one(ew_delivery *from, size_t member, bool only,
                        ew_code (*read)(ew_article_made *m, ew_slice bytes),
                        const ew_import_sink *sink, ew_err *err)
{
    ew_article_made m;
    ew_slice bytes;
    ew_err own;
    ew_article_init(&m, member, sink, &own);
    ew_code code = ew_delivery_read(from, member, &bytes, &own);
    if (code == EW_OK)
        code = read(&m, bytes);
    if ((code == EW_E_FORMAT || code == EW_E_LIMIT) && !only)
        code = ew_article_remark(&m, (ew_place){member, 0, 0}, "%s", own.text);
    ew_article_release(&m);
    if (code != EW_OK && err != NULL)
        *err = own;
    return code;
}

ew_code ew_article_each(ew_delivery *from, const char *const *ends,
                        ew_code (*read)(ew_article_made *m, ew_slice bytes),
                        const ew_import_sink *sink, ew_err *err)
{
    size_t count = ew_delivery_count(from);
    size_t found = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < count && code == EW_OK; i++) {
        if (count > 1 && !ew_article_name_ends(ew_delivery_name(from, i), ends))
            continue;
        found++;
        code = read_one(from, i, count == 1, read, sink, err);
    }
    if (code == EW_OK && found == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' has no such article",
                       ew_delivery_path(from));
    return code;
}
