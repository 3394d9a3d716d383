/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of pages, the .jsonl files of pages: one object of JSON a line, read as they go by. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "import/article_made.h"
#include "import/wacz.h"

typedef struct lines {
    ew_wacz *z;
    size_t member;
    ew_buf line;
    bool too_long; /* the rest of the line is passed over */
    uint64_t at;   /* of the next byte */
    uint64_t line_at;
} lines;

/* Without what only a browser looks at. */
static ew_slice address(ew_slice url)
{
    const char *mark = url.n > 0 ? memchr(url.p, '#', url.n) : NULL;
    return mark != NULL ? (ew_slice){url.p, (size_t)(mark - url.p)} : url;
}

static ew_code add_page(lines *l, ew_wacz_page *p)
{
    ew_wacz *z = l->z;
    ew_err *err = z->warc.err;
    uint32_t number;
    ew_slice url = address(ew_wacz__kept(z, p->url));
    if (url.n == 0 || ew_warc_set_find(z->page_set, url, &number))
        return EW_OK;
    if (z->page_count == EW_WACZ_PAGES) {
        z->pages_full = true;
        return EW_OK;
    }
    if (z->page_count == z->page_cap) {
        size_t cap = z->page_cap > 0 ? 2 * z->page_cap : 64;
        ew_wacz_page *more = ew_realloc_array(z->pages, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        z->pages = more;
        z->page_cap = cap;
    }
    ew_code code = ew_warc_set_add(z->page_set, url, (uint32_t)z->page_count, err);
    if (code == EW_OK)
        z->pages[z->page_count++] = *p;
    return code;
}

/* The first line of a list says what it is and has no address. */
static ew_code read_page(lines *l, ew_slice text, ew_err *why)
{
    ew_wacz *z = l->z;
    ew_json j;
    ew_wacz_page p = {.place = {l->member, l->line_at, text.n}};
    ew_code code = ew_wacz__object(&j, text, why);
    while (ew_wacz__field(&j, &code, why)) {
        bool is_text = j.kind == EW_JSON_STRING;
        if (is_text && ew_slice_is(j.key, "url"))
            code = ew_wacz__keep(z, j.text, &p.url);
        else if (is_text && ew_slice_is(j.key, "title"))
            code = ew_wacz__keep(z, j.text, &p.title);
        else
            code = ew_json_skip(&j, why);
    }
    ew_json_release(&j);
    return code == EW_OK ? add_page(l, &p) : code;
}

static ew_code finish_line(lines *l)
{
    ew_wacz *z = l->z;
    ew_err why = {.code = EW_OK};
    ew_slice text = {l->line.len > 0 ? (const char *)l->line.data : "", l->line.len};
    ew_place place = {l->member, l->line_at, l->at - l->line_at};
    ew_code code = EW_OK;
    while (text.n > 0 && (text.p[text.n - 1] == '\r' || text.p[text.n - 1] == ' '))
        text.n--;
    if (l->too_long)
        code = ew_wacz__gap(z, place, "page", "a line of a list of pages is too long");
    else if (text.n > 0)
        code = read_page(l, text, &why);
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        code = ew_wacz__gap(z, place, "page", "a line of a list of pages: %s", why.text);
    else if (code != EW_OK && why.code == code && z->warc.err != NULL)
        *z->warc.err = why;
    ew_buf_reset(&l->line);
    l->too_long = false;
    return code;
}

static ew_code take(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    lines *l = cookie;
    const char *p = bytes;
    ew_code code = EW_OK;
    while (n > 0 && code == EW_OK) {
        const char *feed = memchr(p, '\n', n);
        size_t part = feed != NULL ? (size_t)(feed - p) : n;
        l->too_long = l->too_long || part > EW_WACZ_LINE - l->line.len;
        if (!l->too_long)
            code = ew_buf_append(&l->line, p, part, err);
        l->at += part;
        if (feed != NULL && code == EW_OK) {
            code = finish_line(l);
            part++;
            l->line_at = ++l->at;
        }
        p += part;
        n -= part;
    }
    return code;
}

static ew_code read_list(ew_wacz *z, size_t member)
{
    lines l = {.z = z, .member = member};
    ew_err own;
    ew_err *outer = z->warc.err;
    ew_buf_init(&l.line, EW_WACZ_LINE);
    z->warc.err = &own;
    ew_code code = ew_delivery_stream(z->from, member, take, &l, &own);
    if (code == EW_OK)
        code = finish_line(&l);
    z->warc.err = outer;
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        code = ew_wacz__gap(z, ew_wacz__whole(z, member), "file", "%s", own.text);
    else if (code != EW_OK && outer != NULL)
        *outer = own;
    ew_buf_release(&l.line);
    return code;
}

ew_code ew_wacz__pages(ew_wacz *z)
{
    static const char *const ends[] = {".jsonl", NULL};
    size_t found = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < ew_delivery_count(z->from) && code == EW_OK; i++) {
        ew_slice name = ew_delivery_name(z->from, i);
        if (!ew_slice_skip(&name, "pages/") || !ew_article_name_ends(name, ends))
            continue;
        found++;
        code = read_list(z, i);
    }
    if (code == EW_OK && found == 0)
        code = ew_wacz__gap(z, ew_wacz__whole(z, z->package), "file",
                            "there is no list of pages in pages/");
    return code;
}

void ew_wacz__page_seen(void *cookie, ew_capture *c, bool page)
{
    ew_wacz *z = cookie;
    uint32_t number;
    if (!ew_warc_set_find(z->page_set, address(c->url), &number)) {
        z->unlisted += page;
        return;
    }
    c->listed = true;
    c->title = ew_wacz__kept(z, z->pages[number].title);
    z->pages[number].seen = true;
}

ew_code ew_wacz__pages_missing(ew_wacz *z)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < z->page_count && code == EW_OK; i++) {
        const ew_wacz_page *p = &z->pages[i];
        ew_slice url = ew_wacz__kept(z, p->url);
        if (!p->seen)
            code = ew_wacz__gap(z, p->place, "page",
                                "on the list of pages, and not in the archives: %.*s",
                                (int)(url.n < 1800 ? url.n : 1800), url.p);
    }
    if (code == EW_OK && z->pages_full)
        code = ew_warc__remark(
            &z->warc, ew_wacz__whole(z, z->package),
            "the lists have more than %d pages: the rest was not compared",
            EW_WACZ_PAGES);
    if (code == EW_OK && z->unlisted > 0 && !z->pages_full)
        code = ew_warc__remark(&z->warc, ew_wacz__whole(z, z->package),
                               "pages of the archives that are on no list: %" PRIu64,
                               z->unlisted);
    return code;
}
