/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to a whole recording: the sound that the measuring asks for, from files. */
#ifndef EW_OPS_DIFF_WHOLE_H
#define EW_OPS_DIFF_WHOLE_H

#include "earwitness/diff.h"
#include "earwitness/whole.h"
#include "ops/input.h"

/* One open recording; all borrowed. */
typedef struct ew_diff_file {
    const ew_source *source;
    const char *name; /* for messages */
} ew_diff_file;

/* Measures B against A with excerpts decoded at their own rate. Free with ew_whole_free.
 * Errors: those of ew_media_open_fd and ew_whole_measure, EW_E_CANCELLED. */
EW_MUST_CHECK ew_code ew_diff_whole(const ew_diff *d, const ew_diff_file *a,
                                    const ew_diff_file *b, const ew_stop *stop,
                                    ew_whole **out, ew_err *err);

#endif
