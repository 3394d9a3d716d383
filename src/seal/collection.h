/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a bundle is one of a collection, by another bundle that shows the collection's list; and
 * what a bundle shows of the metadata. */
#ifndef EW_SEAL_COLLECTION_H
#define EW_SEAL_COLLECTION_H

#include "seal/statement.h"

typedef struct ew_membership {
    bool holds;
    uint64_t number, members; /* when it holds: which of how many, from 1 */
} ew_membership;

/* Both are whole bundles, each of which was verified by itself: here only the two are compared.
 * A bundle that is none, or no collection, holds nothing. EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_collection_holds(ew_slice collection, ew_slice member,
                                          ew_membership *out, ew_err *err);

/* Appends the lines of metadata that a bundle shows, "key=value"; nothing when it is no bundle. It must
 * have been verified. */
EW_MUST_CHECK ew_code ew_bundle_meta(ew_slice bundle, ew_buf *out, ew_err *err);

#endif
