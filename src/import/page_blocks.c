/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks are runs of text between the edges of block elements and double line breaks. The report is the element that
 * holds most of the running text: points for length and commas go to the element around a paragraph and
 * in part to those around that (as in Arc90's Readability), less for links. */
#include "import/page_blocks.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "import/article_made.h"

enum { DEEPEST = 4096, BREAK = '\v' };

typedef struct making {
    ew_page_blocks *b;
    ew_slice page;
    ew_room *room;
    ew_buf run;
    size_t run_at, run_end, run_links;
    size_t element; /* the innermost open one; SIZE_MAX */
    size_t in_link;
    size_t opening; /* quotation marks that go before the next word */
    ew_err *err;
} making;

static bool is_block(const GumboNode *n)
{
    switch (ew_page_tag(n)) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_B:
    case GUMBO_TAG_BDI:
    case GUMBO_TAG_BDO:
    case GUMBO_TAG_BIG:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_DEL:
    case GUMBO_TAG_DFN:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_FONT:
    case GUMBO_TAG_I:
    case GUMBO_TAG_IMG:
    case GUMBO_TAG_INS:
    case GUMBO_TAG_MARK:
    case GUMBO_TAG_Q:
    case GUMBO_TAG_S:
    case GUMBO_TAG_SMALL:
    case GUMBO_TAG_STRIKE:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_U:
    case GUMBO_TAG_VAR:
    case GUMBO_TAG_WBR:
    case GUMBO_TAG_BR:
        return false;
    case GUMBO_TAG_SPAN:
    case GUMBO_TAG_TIME:
        return ew_page_mark_of(n) != EW_PAGE_PLAIN;
    default:
        return true;
    }
}

static bool is_passed_over(const GumboNode *n)
{
    switch (ew_page_tag(n)) {
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_TEXTAREA:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_NOEMBED:
    case GUMBO_TAG_NOFRAMES:
        return true;
    default:
        return false;
    }
}

static ew_code flush(making *m)
{
    ew_page_blocks *b = m->b;
    while (m->run.len > 0 && m->run.data[m->run.len - 1] == ' ')
        m->run.len--;
    if (m->run.len == 0 || m->element == SIZE_MAX) {
        ew_buf_reset(&m->run);
        m->run_links = 0;
        return EW_OK;
    }
    void *items = b->blocks;
    ew_code code = ew_room_grow(m->room, &items, b->block_count, &b->block_cap,
                                sizeof *b->blocks, m->err);
    b->blocks = items;
    if (code != EW_OK)
        return code;
    GumboTag t = ew_page_tag(b->elements[m->element].node);
    ew_page_block *k = &b->blocks[b->block_count];
    *k = (ew_page_block){.at = m->run_at,
                         .end = m->run_end,
                         .element = m->element,
                         .link_bytes = m->run_links,
                         .heading = t >= GUMBO_TAG_H1 && t <= GUMBO_TAG_H6,
                         .item = t == GUMBO_TAG_LI};
    code = ew_room_copy(m->room, (ew_slice){(const char *)m->run.data, m->run.len},
                        &k->text, m->err);
    b->block_count += code == EW_OK;
    ew_buf_reset(&m->run);
    m->run_links = 0;
    return code;
}

/* A word, without soft hyphens; the marks of <q> before it. */
static ew_code add_word(making *m, const char *p, size_t n)
{
    static const char soft[] = "\xC2\xAD";
    ew_code code = EW_OK;
    for (; m->opening > 0 && code == EW_OK; m->opening--)
        code = ew_buf_append(&m->run, "\xE2\x80\x9C", 3, m->err);
    while (n > 0 && code == EW_OK) {
        const char *at = memmem(p, n, soft, sizeof soft - 1);
        size_t plain = at != NULL ? (size_t)(at - p) : n;
        size_t used = at != NULL ? plain + sizeof soft - 1 : n;
        if (plain > 0)
            code = ew_buf_append(&m->run, p, plain, m->err);
        p += used;
        n -= used;
    }
    return code;
}

static ew_code add_text(making *m, const GumboNode *n)
{
    ew_code code = EW_OK;
    const char *p = n->v.text.text;
    size_t at;
    size_t end;
    ew_page_span(n, m->page.p, m->page.n, &at, &end);
    while (*p != 0 && code == EW_OK) {
        size_t plain = strcspn(p, " \t\r\n\f");
        if (plain > 0) {
            /* The parser moves text out of tables: the order of the page may be another. */
            bool first = m->run.len == 0;
            m->run_at = first || at < m->run_at ? at : m->run_at;
            m->run_end = first || end > m->run_end ? end : m->run_end;
            m->run_links += m->in_link > 0 ? plain : 0;
            code = add_word(m, p, plain);
            p += plain;
            continue;
        }
        p += strspn(p, " \t\r\n\f");
        if (m->run.len > 0 && m->run.data[m->run.len - 1] != ' ')
            code = ew_buf_append(&m->run, " ", 1, m->err);
    }
    return code;
}

/* Struck out, and closed: one that is not closed runs to the end of the page. */
static bool is_struck(const GumboNode *n)
{
    GumboTag t = ew_page_tag(n);
    if (t != GUMBO_TAG_DEL && t != GUMBO_TAG_S && t != GUMBO_TAG_STRIKE)
        return false;
    /* Whatever ended it, the parser tells as its end. */
    const char *name = gumbo_normalized_tagname(t);
    size_t len = strlen(name);
    GumboStringPiece end = n->v.element.original_end_tag;
    return end.length > len + 2 && strncasecmp(end.data + 2, name, len) == 0 &&
           end.data[1] == '/' && strchr("> \t\r\n", end.data[2 + len]) != NULL;
}

static ew_code keep_struck(making *m, const GumboNode *n, ew_slice text)
{
    ew_page_blocks *b = m->b;
    void *items = b->struck;
    ew_code code = ew_room_grow(m->room, &items, b->struck_count, &b->struck_cap,
                                sizeof *b->struck, m->err);
    b->struck = items;
    if (code != EW_OK)
        return code;
    ew_page_struck *s = &b->struck[b->struck_count];
    ew_page_span(n, m->page.p, m->page.n, &s->at, &s->end);
    code = ew_room_copy(m->room, text, &s->text, m->err);
    b->struck_count += code == EW_OK;
    return code;
}

/* Kept by itself, since within the text it would be read as said; long parts stay in the text. */
static ew_code take_struck(making *m, const GumboNode *n, bool *taken)
{
    enum { LONGEST = 200 };
    ew_buf text;
    ew_buf_init(&text, LONGEST);
    ew_code code = ew_page_text(n, &text, m->err);
    *taken = text.len < LONGEST;
    if (code == EW_OK && *taken && text.len > 0)
        code = keep_struck(m, n, (ew_slice){(const char *)text.data, text.len});
    ew_buf_release(&text);
    return code;
}

static ew_code enter(making *m, ew_page_walk *w)
{
    ew_page_blocks *b = m->b;
    const GumboNode *n = w->node;
    ew_code code = EW_OK;
    if (is_passed_over(n) || w->depth > DEEPEST) {
        w->leaving = true;
        return flush(m);
    }
    if (is_struck(n))
        code = take_struck(m, n, &w->leaving);
    if (code != EW_OK || w->leaving)
        return code;
    m->in_link += ew_page_tag(n) == GUMBO_TAG_A;
    m->opening += ew_page_tag(n) == GUMBO_TAG_Q;
    if (!is_block(n))
        return EW_OK;
    code = flush(m);
    void *items = b->elements;
    if (code == EW_OK)
        code = ew_room_grow(m->room, &items, b->element_count, &b->element_cap,
                            sizeof *b->elements, m->err);
    b->elements = items;
    if (code != EW_OK)
        return code;
    ew_slice prop = ew_page_attribute(n, "itemprop");
    b->elements[b->element_count] = (ew_page_element){
        .node = n, .parent = m->element, .body = ew_slice_is(prop, "articleBody")};
    m->element = b->element_count++;
    return EW_OK;
}

/* In pages laid out with tables a short line that is broken is headline, byline or date. */
static bool is_line(const making *m)
{
    enum { SHORT = 60 };
    GumboTag t = m->element != SIZE_MAX ? ew_page_tag(m->b->elements[m->element].node)
                                        : GUMBO_TAG_UNKNOWN;
    return m->run.len > 0 && m->run.len < SHORT &&
           (t == GUMBO_TAG_TD || t == GUMBO_TAG_CENTER || t == GUMBO_TAG_BODY);
}

static ew_code leave(making *m, const GumboNode *n)
{
    m->in_link -= ew_page_tag(n) == GUMBO_TAG_A && m->in_link > 0;
    if (ew_page_tag(n) == GUMBO_TAG_Q && m->opening == 0 && m->run.len > 0)
        return ew_buf_append(&m->run, "\xE2\x80\x9D", 3, m->err);
    m->opening -= ew_page_tag(n) == GUMBO_TAG_Q && m->opening > 0;
    if (ew_page_tag(n) == GUMBO_TAG_BR) {
        const GumboNode *before = n;
        while (before->index_within_parent > 0) {
            before = n->parent->v.element.children.data[before->index_within_parent - 1];
            if (before->type != GUMBO_NODE_WHITESPACE)
                break;
        }
        if (before != n && ew_page_tag(before) == GUMBO_TAG_BR)
            return flush(m);
        if (is_line(m))
            return flush(m);
        bool gap = m->run.len > 0 && m->run.data[m->run.len - 1] != ' ';
        return gap ? ew_buf_append(&m->run, " ", 1, m->err) : EW_OK;
    }
    if (m->element == SIZE_MAX || m->b->elements[m->element].node != n)
        return EW_OK;
    ew_code code = flush(m);
    m->element = m->b->elements[m->element].parent;
    return code;
}

ew_code ew_page_blocks_make(ew_page_blocks *b, const GumboNode *root, ew_slice page,
                            ew_room *room, ew_err *err)
{
    making m = {.b = b, .page = page, .room = room, .element = SIZE_MAX, .err = err};
    ew_page_walk w = {.root = root};
    ew_code code = EW_OK;
    *b = (ew_page_blocks){.elements = NULL};
    ew_buf_init(&m.run, EW_ARTICLE_ROOM);
    while (code == EW_OK && ew_page_next(&w)) {
        GumboNodeType t = w.node->type;
        if (t == GUMBO_NODE_TEXT || t == GUMBO_NODE_WHITESPACE || t == GUMBO_NODE_CDATA)
            code = add_text(&m, w.node);
        else if (ew_page_is_element(w.node))
            code = w.leaving ? leave(&m, w.node) : enter(&m, &w);
    }
    if (code == EW_OK)
        code = flush(&m);
    ew_buf_release(&m.run);
    return code;
}
