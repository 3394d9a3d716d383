/* SPDX-License-Identifier: Apache-2.0 */
/* Articles as HTML: bytes to UTF-8, to a tree, to blocks; what is the report is told, captions, comments and other
 * stories beside it. The place of a paragraph is that of its text in the original bytes. */
#include <string.h>

#include "import/article_lines.h"
#include "import/page_blocks.h"
#include "import/page_meta.h"

static ew_code add_block(ew_article_made *m, const ew_page_bytes *bytes,
                         const ew_page_block *k, ew_part_of part)
{
    uint64_t from = ew_page_back(bytes, k->at);
    ew_place place = {m->member, from, ew_page_back(bytes, k->end) - from};
    return ew_article_add(m, part, place, k->text);
}

static bool is_title(const ew_article_made *m, const ew_page_block *k)
{
    ew_slice t = m->field[EW_FIELD_TITLE];
    return k->heading && t.n == k->text.n && memcmp(t.p, k->text.p, t.n) == 0;
}

/* The title of a page is often "Outlet - Headline": what a line at the top says of it is the headline. */
static ew_code split_title(ew_article_made *m, ew_slice line, bool *taken)
{
    static const char gap[] = " -|:\xE2\x80\x93\x94\xC2\xB7\xBB";
    enum { LEAST = 8 };
    ew_slice t = m->field[EW_FIELD_TITLE];
    *taken = false;
    if (m->rank[EW_FIELD_TITLE] <= EW_RANK_VISIBLE || line.n < LEAST || line.n > t.n)
        return EW_OK;
    bool begins = memcmp(t.p, line.p, line.n) == 0;
    bool ends = memcmp(t.p + t.n - line.n, line.p, line.n) == 0;
    if (!begins && !ends)
        return EW_OK;
    *taken = true;
    ew_slice rest =
        begins ? (ew_slice){t.p + line.n, t.n - line.n} : (ew_slice){t.p, t.n - line.n};
    while (rest.n > 0 && strchr(gap, rest.p[0]) != NULL)
        rest = (ew_slice){rest.p + 1, rest.n - 1};
    while (rest.n > 0 && strchr(gap, rest.p[rest.n - 1]) != NULL)
        rest.n--;
    ew_code code = EW_OK;
    if (rest.n > 0)
        code = ew_article_offer(m, EW_FIELD_OUTLET, EW_RANK_VISIBLE + 1, rest);
    return code == EW_OK ? ew_article_offer(m, EW_FIELD_TITLE, EW_RANK_VISIBLE, line)
                         : code;
}

/* Headline, byline and date that no element tells: short lines before the report. */
static ew_code take_line(ew_article_made *m, const ew_page_bytes *bytes,
                         const ew_page_block *k, bool *taken)
{
    enum { LONG = 110 };
    *taken = false;
    if (m->count > 1 || k->text.n > LONG)
        return EW_OK;
    uint64_t from = ew_page_back(bytes, k->at);
    ew_place place = {m->member, from, ew_page_back(bytes, k->end) - from};
    ew_code code = split_title(m, k->text, taken);
    return code == EW_OK && !*taken ? ew_article_take_top(m, k->text, place, taken)
                                    : code;
}

static ew_code tell_blocks(ew_article_made *m, const ew_page_bytes *bytes,
                           const ew_page_blocks *b)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < b->block_count && code == EW_OK; i++) {
        const ew_page_block *k = &b->blocks[i];
        bool taken = false;
        if (k->report)
            code = take_line(m, bytes, k, &taken);
        if (code != EW_OK || taken)
            continue;
        if (k->report && !is_title(m, k) &&
            ew_page_tag(b->elements[k->element].node) != GUMBO_TAG_H1)
            code = add_block(m, bytes, k, EW_ARTICLE_BODY);
        else if (k->mark == EW_PAGE_CAPTION)
            code = add_block(m, bytes, k, EW_ARTICLE_CAPTION);
        else if (k->mark == EW_PAGE_COMMENT)
            code = add_block(m, bytes, k, EW_ARTICLE_COMMENT);
        else if (k->mark == EW_PAGE_RELATED)
            code = add_block(m, bytes, k, EW_ARTICLE_RELATED);
    }
    return code;
}

/* The <article> around a block; SIZE_MAX. */
static size_t article_of(const ew_page_blocks *b, const ew_page_block *k)
{
    size_t e = k->element;
    while (e != SIZE_MAX && ew_page_tag(b->elements[e].node) != GUMBO_TAG_ARTICLE)
        e = b->elements[e].parent;
    return e;
}

/* Live pages have an <article> for each post, and one report is told of a page. */
static ew_code tell_others(ew_article_made *m, ew_place whole, const ew_page_blocks *b)
{
    enum { RUNNING = 40, TOLD = 1, OTHER = 2 };
    size_t count = 0;
    unsigned char *what = ew_room_get(&m->room, b->element_count + 1);
    if (what == NULL)
        return ew_room_fail(&m->room, m->err);
    for (size_t i = 0; i < b->block_count; i++) {
        const ew_page_block *k = &b->blocks[i];
        size_t e = article_of(b, k);
        bool running = k->text.n >= RUNNING && k->link_bytes == 0 && !k->heading;
        if (e != SIZE_MAX && k->report)
            what[e] |= TOLD;
        else if (e != SIZE_MAX && running && k->mark == EW_PAGE_PLAIN)
            what[e] |= OTHER;
    }
    for (size_t e = 0; e < b->element_count; e++)
        count += what[e] == OTHER;
    return count > 0 && m->count > 0
               ? ew_article_remark(m, whole,
                                   "other articles on this page are not told: %zu", count)
               : EW_OK;
}

static ew_code tell_struck(ew_article_made *m, const ew_page_bytes *bytes,
                           const ew_page_blocks *b)
{
    enum { MOST = 100 };
    ew_code code = EW_OK;
    for (size_t i = 0; i < b->struck_count && i < MOST && code == EW_OK; i++) {
        const ew_page_struck *s = &b->struck[i];
        uint64_t from = ew_page_back(bytes, s->at);
        ew_place place = {m->member, from, ew_page_back(bytes, s->end) - from};
        code =
            ew_article_remark(m, place, "struck out: '%.*s'", (int)s->text.n, s->text.p);
    }
    return code;
}

static ew_code remark_on_bytes(ew_article_made *m, const ew_page_bytes *b, bool guarded)
{
    ew_place whole = {m->member, 0, b->original.n};
    ew_code code = EW_OK;
    if (b->guessed)
        code = ew_article_remark(m, whole, "no encoding is declared: read as %s",
                                 b->encoding);
    if (code == EW_OK && b->lied)
        code = ew_article_remark(m, whole,
                                 "declares another encoding than the one it is in: read "
                                 "as %s",
                                 b->encoding);
    if (code == EW_OK && b->bad)
        code =
            ew_article_remark(m, whole, "has bytes that are nothing in %s", b->encoding);
    if (code == EW_OK && guarded)
        code = ew_article_remark(m, whole,
                                 "nests too deeply, or has too many attributes or NUL "
                                 "bytes: these were passed over");
    return code;
}

static ew_code read_page(ew_article_made *m, ew_slice original)
{
    ew_page_bytes bytes;
    ew_page_blocks blocks;
    const GumboNode *root = NULL;
    ew_place whole = {m->member, 0, original.n};
    ew_code code = ew_page_decode_told(&bytes, original, m->charset, &m->room, m->err);
    if (code != EW_OK)
        return code;
    bool guarded = ew_page_guard(bytes.text, bytes.n);
    ew_slice page = {bytes.text, bytes.n};
    code = remark_on_bytes(m, &bytes, guarded);
    if (code == EW_OK)
        code = ew_page_parse(&root, page.p, page.n, &m->room, m->err);
    if (code == EW_OK)
        code = ew_page_meta(m, root, &bytes);
    if (code == EW_OK)
        code = ew_page_blocks_make(&blocks, root, page, &m->room, m->err);
    if (code == EW_OK) {
        ew_page_blocks_judge(&blocks);
        code = tell_blocks(m, &bytes, &blocks);
        if (code == EW_OK)
            code = tell_struck(m, &bytes, &blocks);
        if (code == EW_OK)
            code = tell_others(m, whole, &blocks);
    }
    if (code == EW_OK && m->count == 0 && !m->inside)
        code = ew_article_remark(m, whole, "no report was found in this page");
    return code == EW_OK ? ew_article_tell(m, whole) : code;
}

ew_code ew_article_in_record(ew_slice bytes, const ew_article_record *from,
                             const ew_import_sink *sink, ew_err *err)
{
    enum { LAST = 99 };
    ew_article_made m;
    ew_err own;
    ew_article_init(&m, from->place.member, sink, &own);
    m.inside = true;
    m.record = from->place;
    m.charset = from->charset;
    ew_code code = ew_article_offer(&m, EW_FIELD_URL, LAST, from->url);
    if (code == EW_OK)
        code = ew_article_offer(&m, EW_FIELD_TITLE, LAST, from->title);
    if (code == EW_OK)
        code = read_page(&m, bytes);
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        code = ew_article_remark(&m, from->place, "%s", own.text);
    ew_article_release(&m);
    if (code != EW_OK && err != NULL)
        *err = own;
    return code;
}

ew_code ew_import__page(ew_delivery *from, const ew_import_opts *opts,
                        const ew_import_sink *sink, ew_err *err)
{
    static const char *const ends[] = {".html", ".htm", ".xhtml", NULL};
    (void)opts;
    return ew_article_each(from, ends, read_page, sink, err);
}
