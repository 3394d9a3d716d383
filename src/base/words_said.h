/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences that the program made, recognised by the formats of a catalogue. */
#ifndef EW_BASE_WORDS_SAID_H
#define EW_BASE_WORDS_SAID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/words_table.h"

/* The translation of exactly this text, or NULL. */
const char *ew_words_find(const ew_words_language *l, const char *english);

/* Writes the sentence in this language to[0..room), terminated. False: not recognised, or no room for it. */
bool ew_words_recognise(const ew_words_language *l, const char *sentence, char *to,
                        size_t room);

#endif
