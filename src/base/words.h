/* SPDX-License-Identifier: Apache-2.0 */
/* What is said to people in their language. Everything inside speaks English: findings, errors, what is
 * stored, all JSON. Only at the edge (terminal, page, report) a text is put into another language, by catalogues
 * that are built in (po/, docs/decisions/words.md). The language belongs to the thread. */
#ifndef EW_BASE_WORDS_H
#define EW_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__GNUC__)
#define EW_FORMAT_ARG(at) __attribute__((format_arg(at)))
#else
#define EW_FORMAT_ARG(at)
#endif

/* Marks a constant that ew_tr or ew_said gets later, so that tools/words.py finds it. */
#define EW_N(english) english

/* The language of this thread, at first "en". False, and nothing is changed, when it is not known. */
bool ew_language_set(const char *code);
const char *ew_language(void);

/* Those that are known, English first: "en"; "English". NULL beyond. */
const char *ew_language_code(size_t i);
const char *ew_language_name(size_t i);
/* The first language of an Accept-Language header that is known; "en" when none is, or it is NULL. */
const char *ew_language_accepted(const char *header);

/* A text of the program, or a format for printf, in the thread's language; English when nothing is known. The
 * catalogues were checked: every translation takes the same arguments. Valid for ever. */
const char *ew_tr(const char *english) EW_FORMAT_ARG(1);

/* A sentence that the program made, from whichever format, in the thread's language: it is recognised by its
 * fixed words, and what was put in is put into the translation. What is not recognised, or could be read in two ways,
 * stays as it is. Valid until the eighth next call in this thread. */
const char *ew_said(const char *english);

#endif
