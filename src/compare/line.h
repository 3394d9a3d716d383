/* SPDX-License-Identifier: Apache-2.0 */
/* Lines: B runs along A at one offset and speed. Both are at hand, so that a line is followed
 * on the wave and every few milliseconds of it are weighed. */
#ifndef EW_COMPARE_LINE_H
#define EW_COMPARE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/align.h"

enum {
    EW_CMP_HOP = 32,   /* samples per frame of evidence: 4 ms */
    EW_CMP_SPAN = 7,   /* frames in one window of comparison, odd: 28 ms */
    EW_CMP_KNOT = 8000 /* samples from one place where the lag is measured to the next */
};

/* What is compared; borrowed. */
typedef struct ew_pair {
    const float *a, *b; /* mono, EW_FP_RATE_HZ */
    int64_t na, nb;
} ew_pair;

/* Sums over one frame of filtered sound: b*b, a*a and b*a. */
typedef struct ew_sums {
    float bb, aa, ba;
} ew_sums;

typedef struct ew_cline {
    double at, rate;    /* sample of A = at + rate * sample of B; rate < 0: backwards */
    double pitch;       /* of B over that of A */
    int64_t from, to;   /* samples of B in which it was found */
    int64_t first, end; /* frames of B in which it is weighed */
    bool wave;          /* the waves run together, not only the spectra */
    bool searched;      /* not of `align`, but looked for in a gap */
    double fit;         /* 0..1 how well they agree where the lag was measured */
    float *lag;         /* [knots] samples of A to be added, at knot i of B's clock */
    int64_t knot0;
    size_t knots;
    ew_sums *sums; /* [end - first] */
    float *weight; /* [end - first] evidence in nats that B runs along this line here */
} ew_cline;

typedef struct ew_clines {
    ew_cline *items; /* by ascending from */
    size_t count;
} ew_clines;

/* Lines from the pieces of a map; pieces that follow one another on one line are joined.
 * Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_clines_init(ew_clines *l, const ew_map *map, ew_err *err);

/* Gives every line its range of frames, once all lines are there. */
void ew_clines_range(ew_clines *l, const ew_pair *p);
void ew_clines_release(ew_clines *l);

/* Measures where the wave really runs, every EW_CMP_KNOT samples: clocks drift, and the offset
 * is known better from all of the sound. Sets lag, wave and fit. Errors: EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_cline_follow(ew_cline *l, const ew_pair *p, ew_err *err);

/* Place in A of sample t of B, and back. */
double ew_cline_place(const ew_cline *l, double t);
double ew_cline_back(const ew_cline *l, double a);

/* Emphasised samples of B and of A along the line, for samples [t, t + n) of B; 0 outside of
 * the sound. Either output may be NULL. */
void ew_cline_fetch(const ew_cline *l, const ew_pair *p, int64_t t, size_t n, float *b,
                    float *a);

#endif
