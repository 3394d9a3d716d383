/* SPDX-License-Identifier: Apache-2.0 */
/* Covers for somebody who no longer has the seed of a stream, only a cover of it: any part of what
 * that shows can be shown, and nothing else. */
#ifndef EW_SEAL_SUBCOVER_H
#define EW_SEAL_SUBCOVER_H

#include "seal/parts.h"

/* What is left of a stream: the parts that can be shown, and the canonical cover of them. */
typedef struct ew_left {
    ew_view view;
    const ew_hash *entries;
    size_t entry_count;
} ew_left;

/* The canonical cover of `show`. parts: all of the stream; those that cannot be shown are not
 * looked at. *out is zeroed first; release it. EW_E_ARG when `show` is no view of the stream or
 * names what is not left, or the entries do not belong to the view. */
EW_MUST_CHECK ew_code ew_left_cover(const ew_left *left, const ew_part *parts,
                                    const ew_view *show, ew_cover *out, ew_err *err);

#endif
