/* SPDX-License-Identifier: Apache-2.0 */
/* What `diff` found out about two recordings, in the form in which it is reported, and the
 * verdict that follows from it. */
#ifndef EW_REPORT_DIFF_FINDING_H
#define EW_REPORT_DIFF_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "earwitness/diff.h"
#include "earwitness/media.h"
#include "earwitness/whole.h"
#include "report/table.h"

/* Columns of the pictures' waveforms. */
enum { EW_DIFF_PEAKS = 1120 };

/* One of the two recordings. Strings are safe, one line. */
typedef struct ew_diff_side {
    const char *name; /* as the user gave it */
    uint8_t sha256[32];
    uint64_t bytes;
    bool decoded; /* false: the files are equal, byte by byte; then no more is known */
    ew_media_info info;
    int64_t samples;     /* at EW_FP_RATE_HZ */
    const char *trouble; /* what was wrong with it; "" */
    const float
        *peaks; /* [EW_DIFF_PEAKS] largest |sample| of each part of equal length */
} ew_diff_side;

/* Decoded samples compared at the stored rate, all channels. */
typedef struct ew_same_samples {
    bool tested;
    bool same;       /* all that both hold, but for the first moments of a decoder */
    double shift;    /* seconds that A begins before B; negative: after */
    double a_beyond; /* seconds of A that B does not have, at either end */
    double b_beyond;
} ew_same_samples;

/* The files that were written of one edit; names are "" where there is none. */
typedef struct ew_diff_export {
    char a[64], b[64];
} ew_diff_export;

typedef struct ew_diff_finding {
    ew_diff_side sides[2]; /* EW_SIDE_A, EW_SIDE_B */
    bool same_bytes;
    ew_same_samples samples;
    const ew_diff *diff;           /* NULL when same_bytes */
    const ew_whole *whole;         /* NULL when not measured */
    const char *export_dir;        /* safe; NULL: nothing was written */
    const ew_diff_export *exports; /* one per edit */
} ew_diff_finding;

/* The answer in one word. */
typedef enum ew_diff_verdict {
    EW_VERDICT_SAME_BYTES,   /* the files are equal */
    EW_VERDICT_SAME_SAMPLES, /* they decode to the same samples */
    EW_VERDICT_SAME_CONTENT, /* no edit was found */
    EW_VERDICT_DIFFERS,
    EW_VERDICT_UNRELATED,
    EW_VERDICT_NOTHING /* one of them holds nothing that can be compared */
} ew_diff_verdict;

ew_diff_verdict ew_diff_finding_verdict(const ew_diff_finding *f);
/* "same-bytes", "same-samples", ... as in the JSON. */
const char *ew_diff_verdict_name(ew_diff_verdict v);
/* A sentence without the full stop; "" for EW_VERDICT_DIFFERS, which has numbers. */
const char *ew_diff_verdict_words(ew_diff_verdict v);
/* True for the first three. */
bool ew_diff_finding_same(const ew_diff_finding *f);

/* An edit in words: "deleted", "inserted", ..., "played faster". */
const char *ew_edit_words(const ew_edit *e);
/* Does it speak of a stretch of A, of B? */
bool ew_edit_has_a(const ew_edit *e);
bool ew_edit_has_b(const ew_edit *e);
/* Two standard deviations of the least certain of its ends, seconds. */
double ew_edit_plus_minus(const ew_edit *e);

/* A fact about the whole as a noun: "level", "coding noise". */
const char *ew_fact_words(ew_fact_kind kind);

/* What `diff` does not look at, said in every answer. */
extern const char *const ew_diff_not_tested[];
extern const size_t ew_diff_not_tested_count;

/* Everything appends to `out`. Errors: EW_E_NOMEM, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_report_diff_text(const ew_diff_finding *f,
                                          const ew_text_style *style, ew_buf *out,
                                          ew_err *err);
/* One line, docs/formats/diff-json.md. */
EW_MUST_CHECK ew_code ew_report_diff_json(const ew_diff_finding *f, ew_buf *out,
                                          ew_err *err);
EW_MUST_CHECK ew_code ew_report_diff_svg(const ew_diff_finding *f, ew_buf *out,
                                         ew_err *err);

#endif
