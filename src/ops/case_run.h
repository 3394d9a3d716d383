/* SPDX-License-Identifier: Apache-2.0 */
/* One analysis of recordings of a case: by the same code as the commands inspect, check, family and
 * diff, with what is needed to run it again. */
#ifndef EW_OPS_CASE_RUN_H
#define EW_OPS_CASE_RUN_H

#include "casefile/casefile.h"
#include "earwitness/index.h"
#include "ops/input.h"

/* A recording of the case. */
typedef struct ew_case_sound {
    int64_t item;
    uint8_t sha256[EW_SHA256_BYTES];
    ew_input in; /* its original, under the item's name; path tells namesakes apart */
} ew_case_sound;

typedef struct ew_case_sounds {
    ew_case_sound *list; /* by item */
    size_t count;
} ew_case_sounds;

/* All recordings of the case that count. */
EW_MUST_CHECK ew_code ew_case_sounds_load(ew_case *c, ew_case_sounds *out, ew_err *err);
void ew_case_sounds_release(ew_case_sounds *s);
/* NULL: there is none. */
const ew_case_sound *ew_case_sounds_find(const ew_case_sounds *s, int64_t item);

typedef struct ew_case_run {
    const char *archive; /* folder that was named, or NULL */
    unsigned jobs;
    const ew_stop *stop; /* may be NULL */
    /* About five times a second; may be NULL. */
    void (*tick)(void *cookie, const char *stage, int64_t done, int64_t total);
    void *cookie;
    ew_index *ix; /* opened when first needed; see ew_case_run_end */
} ew_case_run;
void ew_case_run_end(ew_case_run *r);

/* Is there an archive with anything in it? */
EW_MUST_CHECK ew_code ew_case_run_has_archive(ew_case_run *r, bool *has, ew_err *err);

/* Appends settings (one JSON object) and result (JSON without a line feed at its end).
 * Errors: those of the operations: a file that is no sound is EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_case_run_inspect(ew_case_run *r, const ew_case_sound *s,
                                          ew_buf *settings, ew_buf *result, ew_err *err);
EW_MUST_CHECK ew_code ew_case_run_check(ew_case_run *r, const ew_case_sound *s,
                                        ew_buf *settings, ew_buf *result, ew_err *err);
EW_MUST_CHECK ew_code ew_case_run_diff(ew_case_run *r, const ew_case_sound *a,
                                       const ew_case_sound *b, ew_buf *settings,
                                       ew_buf *result, ew_err *err);

/* Who belongs together, by item: what diff is worth running on. */
typedef struct ew_case_kin {
    int64_t item, family, parent; /* family -1: none; parent 0: none or undecided */
} ew_case_kin;
typedef struct ew_case_kins {
    const ew_case_sound *const *asked; /* at most EW_FAMILY_COPIES_MAX */
    size_t count;
    ew_case_kin *list; /* answered: of those that could be read; to be freed */
    size_t found;
} ew_case_kins;
EW_MUST_CHECK ew_code ew_case_run_family(ew_case_run *r, ew_case_kins *k,
                                         ew_buf *settings, ew_buf *result, ew_err *err);

#endif
