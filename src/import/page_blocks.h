/* SPDX-License-Identifier: Apache-2.0 */
/* A page as blocks of text, and which of them are the report. */
#ifndef EW_IMPORT_PAGE_BLOCKS_H
#define EW_IMPORT_PAGE_BLOCKS_H

#include "import/page_tree.h"

typedef enum ew_page_mark {
    EW_PAGE_PLAIN,
    EW_PAGE_CAPTION,
    EW_PAGE_COMMENT,
    EW_PAGE_RELATED,
    EW_PAGE_LEFT_OUT, /* navigation, bylines, buttons */
    EW_PAGE_STANDFIRST
} ew_page_mark;

typedef struct ew_page_element {
    const GumboNode *node;
    size_t parent; /* SIZE_MAX: none */
    ew_page_mark mark;
    bool has_h1, body; /* body: says that it is the article's */
    double score;
    size_t bytes, link_bytes;
} ew_page_element;

typedef struct ew_page_block {
    ew_slice text; /* white space made one, without soft hyphens and what is struck out */
    size_t at, end; /* in the page */
    size_t element; /* the nearest block element */
    size_t link_bytes;
    bool heading, item;
    ew_page_mark mark;
    bool report;
} ew_page_block;

/* What the page shows struck out. */
typedef struct ew_page_struck {
    ew_slice text;
    size_t at, end; /* in the page, with its tags */
} ew_page_struck;

typedef struct ew_page_blocks {
    ew_page_element *elements;
    size_t element_count, element_cap;
    ew_page_block *blocks;
    size_t block_count, block_cap;
    ew_page_struck *struck;
    size_t struck_count, struck_cap;
} ew_page_blocks;

EW_MUST_CHECK ew_code ew_page_blocks_make(ew_page_blocks *b, const GumboNode *root,
                                          ew_slice page, ew_room *room, ew_err *err);

/* Sets `report` and the final marks. */
void ew_page_blocks_judge(ew_page_blocks *b);

/* What an element says of itself by its tag, class, id, role and item type. */
ew_page_mark ew_page_mark_of(const GumboNode *n);
/* How much its names speak for an article: 25, 0 or -25. */
double ew_page_weight_of(const GumboNode *n);
/* A word of class or id, without regard to case: "byline". Words end where letters do. */
bool ew_page_has_word(const GumboNode *n, const char *const *words);

#endif
