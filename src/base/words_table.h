/* SPDX-License-Identifier: Apache-2.0 */
/* What tools/words.py makes of po/: one table for each language. Constants without pointers inside, so that nothing
 * is to be done with them when the program starts. */
#ifndef EW_BASE_WORDS_TABLE_H
#define EW_BASE_WORDS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Offsets in the text of a language, sorted by the bytes of the English. */
typedef struct ew_words_pair {
    uint32_t english, said;
} ew_words_pair;

typedef struct ew_words_language {
    const char *code, *name;
    const char *text;
    const ew_words_pair *pairs;
    size_t count;
} ew_words_language;

extern const ew_words_language ew_words_languages[];
extern const size_t ew_words_language_count;

#endif
