/* SPDX-License-Identifier: Apache-2.0 */
/* Paragraphs of Markdown and of plain text, one after another. */
#ifndef EW_IMPORT_ARTICLE_LINES_H
#define EW_IMPORT_ARTICLE_LINES_H

#include "import/article_made.h"
#include "import/page_bytes.h"

typedef struct ew_article_lines {
    ew_article_made *made;
    const ew_page_bytes *bytes;
    bool by_line;   /* every line is a paragraph */
    ew_part_of run; /* what the last heading began */
    size_t number;  /* of paragraphs so far */
} ew_article_lines;

/* Makes the original readable; text holds it, with spaces for zeros. */
EW_MUST_CHECK ew_code ew_article_lines_open(ew_article_lines *l, ew_article_made *m,
                                            ew_slice original, ew_page_bytes *text);

/* Without white space around. */
ew_slice ew_article_lines_trimmed(ew_slice s);

/* The next paragraph from *at on: lines up to an empty one (or one line). False at the end. */
bool ew_article_lines_next(const ew_article_lines *l, size_t *at, ew_slice *paragraph);

/* Has the text empty lines between its paragraphs? If not, every line is one. */
bool ew_article_lines_spaced(ew_slice text);

/* Puts a paragraph, as it is to be read, where it belongs: byline, date, heading of another part, caption, body. where:
 * in the decoded text. heading: marked as one. */
EW_MUST_CHECK ew_code ew_article_lines_take(ew_article_lines *l, ew_slice text,
                                            ew_slice where, bool heading);

/* Of a line at the top: byline, date or address. *taken: it was one. */
EW_MUST_CHECK ew_code ew_article_take_top(ew_article_made *m, ew_slice text,
                                          ew_place place, bool *taken);

/* The same place in the original. */
ew_place ew_article_lines_place(const ew_article_lines *l, ew_slice where);

#endif
