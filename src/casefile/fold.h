/* SPDX-License-Identifier: Apache-2.0 */
/* Text as it is compared: two spellings that a reader takes for the same become the same bytes. What is
 * stored stays as it was written; this is what is indexed, asked for, and looked for before
 * something leaves. docs/formats/case.md tells what becomes of which character. */
#ifndef EW_CASEFILE_FOLD_H
#define EW_CASEFILE_FOLD_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>

/* Appends the folded form: composed (NFKC), case folded, without vowel marks and accents where a word can do
 * without them, every kind of space as one space. Bytes that are no UTF-8 become U+FFFD. The result may be
 * longer than the text: EW_FOLD_GROWTH times at most, and EW_FOLD_ROOM more. */
enum { EW_FOLD_GROWTH = 18, EW_FOLD_ROOM = 64, EW_FOLD_MAX = 64 << 20 };
EW_MUST_CHECK ew_code ew_fold_text(ew_slice text, ew_buf *out, ew_err *err);

/* The same, with the way back. */
typedef struct ew_fold_spot {
    uint32_t out, in; /* from these bytes on, up to the next spot */
} ew_fold_spot;

typedef struct ew_folded {
    ew_buf text;
    ew_fold_spot *spots; /* ascending; the last one is the end of both */
    size_t count, cap;
} ew_folded;

void ew_folded_init(ew_folded *f);
void ew_folded_release(ew_folded *f);
void ew_folded_wipe(ew_folded *f); /* the same, for what nobody may find in memory */

/* Folds anew into f. EW_E_LIMIT for more than EW_FOLD_MAX bytes. */
EW_MUST_CHECK ew_code ew_folded_set(ew_folded *f, ew_slice text, ew_err *err);

/* What bytes of the text became bytes [at, at + n) of the folded form: whole characters. */
ew_slice ew_folded_back(const ew_folded *f, ew_slice text, size_t at, size_t n);

/* ------------------------------------------------------------------ characters */

typedef enum ew_letter {
    EW_LETTER_NONE, /* no part of a word */
    EW_LETTER_DIGIT,
    EW_LETTER_SPACED,   /* of a script that puts spaces between words */
    EW_LETTER_ATTACHED, /* the same, but short words join the next: Arabic, Hebrew */
    EW_LETTER_RUN       /* of one without, or with particles: Khmer, Han, Hangul ... */
} ew_letter;

ew_letter ew_letter_of(uint32_t cp);

/* Is the character that ends before s[at], or that begins there, a part of a word? s is valid UTF-8. */
bool ew_letter_before(ew_slice s, size_t at);
bool ew_letter_after(ew_slice s, size_t at);

#endif
