/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of one name, and the person of an article whose name it is. */
#ifndef EW_IMPORT_QUOTE_MATCH_H
#define EW_IMPORT_QUOTE_MATCH_H

#include "import/quote_names.h"

/* Without 's. */
ew_slice ew_name_plain(ew_slice s);
bool ew_name_same(ew_slice a, ew_slice b);
bool ew_name_has_word(ew_slice name, ew_slice word);
size_t ew_name_words(ew_slice s);
/* One bit for each word: those of a part are among those of the whole. */
uint64_t ew_name_bits(ew_slice name);

/* How well a part of a name fits a whole one: 4 the same, 3 by its last word, 2 by its first, 1 by one
 * between; 0: it is none. */
int ew_name_rank(ew_slice part, uint64_t words, const ew_quote_person *p);

/* Is a not behind b? */
bool ew_place_before(ew_quote_place a, ew_quote_place b);

/* The one person so far of whose name this is a form; SIZE_MAX: none, SIZE_MAX - 1: several. gender: what
 * its titles say. */
size_t ew_quote_names_find(const ew_quote_names *names, ew_slice name,
                           ew_quote_place here, unsigned gender);

#endif
