/* SPDX-License-Identifier: Apache-2.0 */
/* Do these words stand in that report, and where? White space, quotation marks and dashes of any kind are
 * one, and the words are found through the tags and character references of a page and the
 * escapes of JSON. */
#ifndef EW_OPS_CASE_WORDS_H
#define EW_OPS_CASE_WORDS_H

#include "casefile/casefile.h"

enum {
    EW_REPORT_MAX = 64 << 20
}; /* of a larger original only what was read of it is searched */

typedef enum ew_words_in {
    EW_WORDS_NOT_LOOKED_FOR, /* no words, or no report */
    EW_WORDS_AT_PLACE,       /* where it was said that they are */
    EW_WORDS_FOUND,          /* in the original */
    EW_WORDS_IN_TEXT, /* in what was read of it: the place is that of whole paragraphs or messages */
    EW_WORDS_NOT_THERE /* in the report, or at the place that was given */
} ew_words_in;

typedef struct ew_words_place {
    ew_words_in in;
    uint64_t at, bytes; /* in the report's original */
    uint64_t count;     /* how often they stand in it; the place is the first */
} ew_words_place;

EW_MUST_CHECK ew_code ew_ops_words_find(ew_case *c, int64_t report, const char *words,
                                        ew_words_place *out, ew_err *err);
/* Are they what stands at that place? EW_E_ARG when the original has no such bytes. */
EW_MUST_CHECK ew_code ew_ops_words_at(ew_case *c, int64_t report, const char *words,
                                      ew_words_place *out, ew_err *err);

#endif
