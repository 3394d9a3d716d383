/* SPDX-License-Identifier: Apache-2.0 */
/* What is chosen of a sealed item, by the words of --show, --hide and --meta: the same for the one who only
 * looks and for the bundle that is written. */
#ifndef EW_OPS_SEAL_CHOICE_H
#define EW_OPS_SEAL_CHOICE_H

#include "ops/seal_gather.h"

typedef struct ew_choice {
    ew_selection parts;
    ew_run slots[EW_META_SLOTS / 2];
    ew_view content, meta; /* views of the two streams, into the above */
} ew_choice;

/* Of `what` only show, hide and meta are looked at. heard: of g's sound, when it is known already; or NULL.
 * *c is zeroed first; release c->parts in any case. */
EW_MUST_CHECK ew_code ew_ops__choose(const ew_gathered *g, const ew_disclosure *what,
                                     const ew_heard *heard, ew_choice *c, ew_err *err);

/* By which one knows that two choices show the same of the same item. */
void ew_ops__choice_mark(const ew_gathered *g, const ew_choice *c,
                         uint8_t out[EW_CHOICE_MARK]);

#endif
