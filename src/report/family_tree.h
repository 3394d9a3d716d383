/* SPDX-License-Identifier: Apache-2.0 */
/* A family as a drawing of lines below each other: who stands under whom, and how deep. The
 * same order for text and picture. */
#ifndef EW_REPORT_FAMILY_TREE_H
#define EW_REPORT_FAMILY_TREE_H

#include "report/family_finding.h"

/* How a copy hangs on the one above it. */
typedef enum ew_limb_kind {
    EW_LIMB_ROOT,      /* on nothing */
    EW_LIMB_CHILD,     /* made from it */
    EW_LIMB_MAYBE,     /* perhaps made from it: the best of its candidates */
    EW_LIMB_DUPLICATE, /* the same sound */
    EW_LIMB_ALONE      /* belongs to no family */
} ew_limb_kind;

typedef struct ew_limb {
    size_t copy;
    size_t above; /* index of the limb above it; SIZE_MAX for roots and loners */
    size_t depth;
    ew_limb_kind kind;
    bool last; /* of those on one limb */
} ew_limb;

/* Each copy once; what hangs on a copy follows it. Roots come first, largest family first,
 * loners last. */
typedef struct ew_limbs {
    size_t count;
    ew_limb *items;
    size_t depth; /* of the deepest */
} ew_limbs;

EW_MUST_CHECK ew_code ew_limbs_init(ew_limbs *l, const ew_family *f, ew_err *err);
void ew_limbs_release(ew_limbs *l);

/* How many copies are of a kind. */
size_t ew_family_count(const ew_family *f, ew_member_kind kind);

#endif
