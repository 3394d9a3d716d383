/* SPDX-License-Identifier: Apache-2.0 */
/* Quotation marks in a paragraph. */
#ifndef EW_IMPORT_QUOTE_MARKS_H
#define EW_IMPORT_QUOTE_MARKS_H

#include <stdbool.h>

#include "base/slice.h"

typedef struct ew_quote_span {
    size_t at, end;             /* from the first to behind the last mark */
    size_t words_at, words_end; /* between the marks */
    bool single;                /* its marks are apostrophes too */
    bool open;                  /* the paragraph ends before the mark that closes it */
    unsigned mark;              /* which kind of mark */
} ew_quote_span;

/* The next quotation from `from` on. Quotations inside it are part of it. single: 'this' are marks here, as
 * in papers that use them instead of "this". */
bool ew_quote_next(ew_slice text, size_t from, bool single, ew_quote_span *out);

/* Does the paragraph begin with the opening mark of that kind? */
bool ew_quote_goes_on(ew_slice text, unsigned mark);

#endif
