/* SPDX-License-Identifier: Apache-2.0 */
/* What case_view.c and case_view_item.c share. */
#ifndef EW_OPS_CASE_VIEW_PARTS_H
#define EW_OPS_CASE_VIEW_PARTS_H

#include "ops/case_view.h"

/* Safe copies of n texts, each to be freed also after a failure. */
EW_MUST_CHECK ew_code ew_case__texts(char **const *to, const char *const *from, size_t n,
                                     ew_err *err);
/* Room for one more; NULL: out of memory, the list is as it was. */
void *ew_case__grow(void *list, size_t n, size_t *cap, size_t size);

EW_MUST_CHECK ew_code ew_case__copy_item(ew_case_seen_item *to, const ew_case_item *i,
                                         ew_err *err);
EW_MUST_CHECK ew_code ew_case__join_said(ew_case_seen_item *i, ew_err *err);
void ew_case__free_item(ew_case_seen_item *i);

#endif
