/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the published derivative of what is shown of a file: docs/formats/published.md. */
#ifndef EW_OPS_SEAL_DERIVATIVE_H
#define EW_OPS_SEAL_DERIVATIVE_H

#include "base/file.h"
#include "seal/published.h"

typedef struct ew_derivative_in {
    const char *path;   /* where it goes */
    const char *filler; /* "silence", "tone", "mark"; NULL: what suits the stream */
    const ew_stream *stream;
    const ew_cuts *cuts;
    const ew_src *src; /* the whole file; only what is shown is read */
    const ew_run *runs;
    size_t run_count;
} ew_derivative_in;

/* Writes it under a temporary name: *a is to be committed, or aborted, when the code is EW_OK.
 * a NULL: only finds out whether it can be made. EW_E_ARG when it cannot, or for an unknown
 * filler. */
EW_MUST_CHECK ew_code ew_ops__derive(ew_atomic *a, const ew_derivative_in *in,
                                     ew_err *err);

#endif
