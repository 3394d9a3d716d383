/* SPDX-License-Identifier: Apache-2.0 */
/* libgumbo knows no failing allocation and frees by recursion. So all its memory is in one room that is given back at
 * once, and when the room is full the parser is left by a jump: it holds nothing else. */
#include "import/page_tree.h"

#include <setjmp.h>
#include <string.h>

typedef struct parsing {
    ew_room *room;
    jmp_buf out;
} parsing;

static void *get(void *userdata, size_t n)
{
    parsing *p = userdata;
    void *m = ew_room_get(p->room, n);
    if (m == NULL)
        longjmp(p->out, 1);
    return m;
}

static void give_back(void *userdata, void *m)
{
    (void)userdata;
    (void)m;
}

ew_code ew_page_parse(const GumboNode **root, const char *text, size_t n, ew_room *room,
                      ew_err *err)
{
    parsing p = {.room = room};
    GumboOptions o = kGumboDefaultOptions;
    o.allocator = get;
    o.deallocator = give_back;
    o.userdata = &p;
    o.max_errors = 0;
    if (setjmp(p.out) != 0)
        return ew_room_fail(p.room, err);
    const GumboOutput *made = gumbo_parse_with_options(&o, text, n);
    *root = made->root;
    return made->root != NULL ? EW_OK : ew_fail(err, EW_E_FORMAT, 0, "an empty page");
}

bool ew_page_is_element(const GumboNode *n)
{
    return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE;
}

GumboTag ew_page_tag(const GumboNode *n)
{
    return ew_page_is_element(n) ? n->v.element.tag : GUMBO_TAG_UNKNOWN;
}

ew_slice ew_page_attribute(const GumboNode *n, const char *name)
{
    if (!ew_page_is_element(n))
        return (ew_slice){"", 0};
    const GumboAttribute *a = gumbo_get_attribute(&n->v.element.attributes, name);
    return ew_slice_of(a != NULL ? a->value : "");
}

bool ew_page_next(ew_page_walk *w)
{
    const GumboNode *n = w->node;
    if (n == NULL) {
        w->node = w->root;
        w->leaving = !ew_page_is_element(w->root);
        return true;
    }
    if (!w->leaving && n->v.element.children.length > 0) {
        w->node = n->v.element.children.data[0];
        w->depth++;
    } else if (!w->leaving) {
        w->leaving = true;
        return true;
    } else {
        if (n == w->root)
            return false;
        const GumboVector *all = &n->parent->v.element.children;
        if (n->index_within_parent + 1 >= all->length) {
            w->node = n->parent;
            w->depth--;
            return true;
        }
        w->node = all->data[n->index_within_parent + 1];
    }
    w->leaving = !ew_page_is_element(w->node);
    return true;
}

ew_code ew_page_text(const GumboNode *root, ew_buf *out, ew_err *err)
{
    ew_page_walk w = {.root = root};
    while (ew_page_next(&w)) {
        if (w.node->type != GUMBO_NODE_TEXT && w.node->type != GUMBO_NODE_WHITESPACE &&
            w.node->type != GUMBO_NODE_CDATA) {
            GumboTag t = ew_page_tag(w.node);
            if (!w.leaving && (t == GUMBO_TAG_SCRIPT || t == GUMBO_TAG_STYLE) &&
                w.node != root)
                w.leaving = true;
            continue;
        }
        const char *p = w.node->v.text.text;
        for (; *p != 0 && out->len < out->max; p++) {
            bool space = strchr(" \t\r\n\f", *p) != NULL;
            if (memcmp(p, "\xC2\xAD", p[1] != 0 ? 2 : 1) == 0) {
                p++; /* a soft hyphen */
                continue;
            }
            if (space && (out->len == 0 || out->data[out->len - 1] == ' '))
                continue;
            ew_code code = ew_buf_append(out, space ? " " : p, 1, err);
            if (code != EW_OK)
                return code;
        }
    }
    return EW_OK;
}

void ew_page_span(const GumboNode *n, const char *text, size_t len, size_t *at,
                  size_t *end)
{
    GumboStringPiece first =
        ew_page_is_element(n) ? n->v.element.original_tag : n->v.text.original_text;
    GumboStringPiece last = ew_page_is_element(n) ? n->v.element.original_end_tag : first;
    *at = 0;
    *end = len;
    if (first.data == NULL || first.data < text || first.data > text + len)
        return;
    *at = (size_t)(first.data - text);
    *end = *at + first.length;
    if (last.data != NULL && last.data >= first.data && last.data <= text + len)
        *end = (size_t)(last.data - text) + last.length;
}
