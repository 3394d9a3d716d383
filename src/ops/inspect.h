/* SPDX-License-Identifier: Apache-2.0 */
/* Inspecting one file: decode as stored, run all methods, gather what the report needs. */
#ifndef EW_OPS_INSPECT_H
#define EW_OPS_INSPECT_H

#include "earwitness/inspect.h"
#include "earwitness/progress.h"
#include "ops/input.h"
#include "report/inspect_view.h"

enum { EW_INSPECT_HOURS_MAX = 24 };

typedef struct ew_ops_inspect_opts {
    ew_inspect_opts inspect;
    const ew_stop *stop;     /* may be NULL */
    const ew_progress *prog; /* may be NULL; its answer does not matter, `stop` does */
} ew_ops_inspect_opts;

/* *out is freed with ew_inspect_view_free. Sound that breaks off is inspected as far as it goes;
 * the trouble is in the view.
 * Errors: those of reading the file, EW_E_FORMAT without any sound, EW_E_LIMIT beyond
 * EW_INSPECT_HOURS_MAX, EW_E_NOMEM, EW_E_CANCELLED. */
EW_MUST_CHECK ew_code ew_ops_inspect(const ew_input *file,
                                     const ew_ops_inspect_opts *opts,
                                     ew_inspect_view **out, ew_err *err);
void ew_inspect_view_free(ew_inspect_view *v);

#endif
