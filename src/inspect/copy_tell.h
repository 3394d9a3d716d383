/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about sound that occurs twice. */
#ifndef EW_INSPECT_COPY_TELL_H
#define EW_INSPECT_COPY_TELL_H

#include "inspect/copy_words.h"
#include "inspect/inspect.h"

typedef struct ew_inspect__copy {
    int64_t at, end; /* samples of words->wave; comes again `lag` later */
    double lag, alike, strength;
} ew_inspect__copy;

typedef struct ew_inspect__copies {
    ew_inspect__copy *list; /* is sorted */
    size_t count;
    const ew_inspect__words *words;
    const float *level; /* as ew_inspect__words_levels gives them */
    uint32_t rate_hz;
    int64_t samples; /* of the file */
} ew_inspect__copies;

EW_MUST_CHECK ew_code ew_inspect__copies_tell(const ew_inspect__copies *c,
                                              ew_inspection *out, ew_err *err);

#endif
