/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a page, made by libgumbo within limits, and walking it without recursion. */
#ifndef EW_IMPORT_PAGE_TREE_H
#define EW_IMPORT_PAGE_TREE_H

#include <gumbo.h>

#include "base/buf.h"
#include "import/room.h"

/* text must stay, unchanged, as long as the tree; both live in room. EW_E_LIMIT, EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_page_parse(const GumboNode **root, const char *text, size_t n,
                                    ew_room *room, ew_err *err);

/* A place in a walk: every element is met twice, when it is entered and when it is left. */
typedef struct ew_page_walk {
    const GumboNode *root, *node;
    bool leaving;
    size_t depth;
} ew_page_walk;

/* Sets w->node to the root at first; false when the walk is over. To pass over an element, set `leaving` when it
 * is entered. */
bool ew_page_next(ew_page_walk *w);

bool ew_page_is_element(const GumboNode *n);
GumboTag ew_page_tag(const GumboNode *n); /* GUMBO_TAG_UNKNOWN for what is no element */
/* Empty when there is none. */
ew_slice ew_page_attribute(const GumboNode *n, const char *name);

/* All text below, with white space made one and without soft hyphens, cut where the buffer is full. */
EW_MUST_CHECK ew_code ew_page_text(const GumboNode *n, ew_buf *out, ew_err *err);

/* Bytes of the page that an element takes, its tags included. */
void ew_page_span(const GumboNode *n, const char *text, size_t len, size_t *at,
                  size_t *end);

#endif
