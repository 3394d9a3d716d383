/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up among what the file says. Keys: docs/formats/decoder-protocol.md. */
#ifndef EW_INSPECT_CLUES_H
#define EW_INSPECT_CLUES_H

#include <stdbool.h>

#include "base/err.h"
#include "earwitness/inspect.h"

typedef struct ew_inspect__clues {
    const ew_clue *list;
    size_t count;
    const ew_inspect_sound *sound;
    int64_t samples; /* that were decoded */
} ew_inspect__clues;

/* The value of the first clue with that key; NULL when there is none. */
const char *ew_inspect__clue(const ew_inspect__clues *c, const char *key);
/* As a number; `otherwise` when there is none or it is no number. */
int64_t ew_inspect__clue_number(const ew_inspect__clues *c, const char *key,
                                int64_t otherwise);
/* The next one at or after *at, which moves behind it; NULL when there is none left. */
const char *ew_inspect__clue_next(const ew_inspect__clues *c, const char *key,
                                  size_t *at);
/* Numbers at the start of a value, separated by single blanks; how many there were. *rest is
 * what follows them, "" at the end. */
size_t ew_inspect__clue_numbers(const char *value, int64_t *numbers, size_t most,
                                const char **rest);
/* The value of a tag ("creation_time"), of the file first, then of the sound; case does not
 * matter. NULL when there is none. */
const char *ew_inspect__tag(const ew_inspect__clues *c, const char *name);
/* Place of a sample counted from the first packet, in the decoded sound. */
int64_t ew_inspect__clue_place(const ew_inspect__clues *c, int64_t packet_sample);

/* container_facts.c: what is to be read. container_signs.c: what does not fit. */
EW_MUST_CHECK ew_code ew_inspect__container_facts(const ew_inspect__clues *c,
                                                  ew_inspection *out, ew_err *err);
EW_MUST_CHECK ew_code ew_inspect__container_signs(const ew_inspect__clues *c,
                                                  ew_inspection *out, ew_err *err);
EW_MUST_CHECK ew_code ew_inspect__container_tags(const ew_inspect__clues *c,
                                                 ew_inspection *out, ew_err *err);

#endif
