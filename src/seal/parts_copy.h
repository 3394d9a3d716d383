/* SPDX-License-Identifier: Apache-2.0 */
/* Copying parts out of a file that somebody may be writing to. */
#ifndef EW_SEAL_PARTS_COPY_H
#define EW_SEAL_PARTS_COPY_H

#include "seal/split.h"

typedef struct ew_parts_from {
    const ew_src *src;
    const ew_cuts *cuts;
    const ew_part *parts; /* what was sealed */
} ew_parts_from;

/* Hands the bytes of the parts of a run to put(), in order, and compares each part with its hash as it goes by:
 * EW_E_FORMAT when the file is no longer what was sealed. What was handed over by then is to be thrown
 * away. */
EW_MUST_CHECK ew_code ew_parts_copy(const ew_parts_from *from, const ew_run *run,
                                    ew_code (*put)(void *cookie, const void *bytes,
                                                   size_t n, ew_err *err),
                                    void *cookie, ew_err *err);

#endif
