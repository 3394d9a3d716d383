/* SPDX-License-Identifier: Apache-2.0 */
/* What a bundle shows, for those who verified it: its words with what is withheld marked, its sound with its gaps
 * filled, and where in the whole it stands. Threads: one at a time. */
#ifndef EW_OPS_SEAL_SHOWN_H
#define EW_OPS_SEAL_SHOWN_H

#include "ops/seal_look.h"

typedef struct ew_shown_view ew_shown_view;

typedef struct ew_shown_facts {
    const char *splitter;
    bool sound, text;
    uint64_t parts, shown; /* of the whole; of them shown */
    uint64_t lines;
    double seconds; /* of the whole, when times are known; else 0 */
    bool heard;     /* its sound can be heard: a file that is as long as the whole */
    ew_err why;     /* when not */
    uint8_t sha256[EW_SHA256_BYTES]; /* of that file, and */
    const char *path;                /* where it is */
} ew_shown_facts;

/* bundle: a file that ew_ops_verify did not find broken, which may go once this is open. folder: one of the caller's,
 * for the sound. filler: "silence" or "tone", as it was published; "" for what suits it. EW_E_FORMAT when it is no
 * bundle. */
EW_MUST_CHECK ew_code ew_shown_open(ew_shown_view **out, const char *bundle,
                                    const char *folder, const char *filler, ew_err *err);
void ew_shown_close(ew_shown_view *v);
ew_shown_facts ew_shown_tell(const ew_shown_view *v);

/* Stretches and texts in order, then metadata. first, count: parts, from 1. */
EW_MUST_CHECK ew_code ew_shown_lines(const ew_shown_view *v, ew_stretch which,
                                     ew_previewed put, void *cookie, ew_err *err);

#endif
