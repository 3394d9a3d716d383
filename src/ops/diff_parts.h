/* SPDX-License-Identifier: Apache-2.0 */
/* Inside `diff`: a finding together with what it points into, and the parts of the work. */
#ifndef EW_OPS_DIFF_PARTS_H
#define EW_OPS_DIFF_PARTS_H

#include "ops/diff.h"

/* The report in the folder of an export, by which the folder is known. */
#define EW_DIFF__MARK "earwitness-diff.json"

enum { EW_DIFF__TROUBLE = 240, EW_DIFF__MARK_MAX = 256 << 20 };

typedef struct ew_diff__owned {
    ew_diff_finding f; /* first: a pointer to it is a pointer to this */
    ew_source source[2];
    char *name[2];
    char trouble[2][EW_DIFF__TROUBLE];
    float *peaks[2];
    ew_diff *diff;
    ew_whole *whole;
    char *export_dir;
    ew_diff_export *exports;
} ew_diff__owned;

/* Do both decode to the same samples at their own rate? Reads both side by side up to the
 * first difference. Files that cannot be decoded so are different. */
EW_MUST_CHECK ew_code ew_diff__same_samples(const ew_diff__owned *o, const ew_stop *stop,
                                            ew_same_samples *out, ew_err *err);

/* Removes what an earlier export left in dir, but for the mark; EW_E_ARG when there is
 * anything else. */
EW_MUST_CHECK ew_code ew_diff__empty_dir(const char *dir, ew_err *err);

#endif
