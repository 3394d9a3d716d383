/* SPDX-License-Identifier: Apache-2.0 */
/* Excerpts of A and B laid on each other, wave on wave. */
#ifndef EW_COMPARE_WHOLE_LAY_H
#define EW_COMPARE_WHOLE_LAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/whole.h"

enum { EW_WHOLE_EXCERPTS_MAX = 10 };

/* Where one excerpt lies. */
typedef struct ew_whole__place {
    double a_s, b_s; /* seconds into A and B of its first sample */
    double seconds;  /* of B */
    double speed;    /* seconds of A per second of B */
    size_t stretch;  /* of the diff, that it lies in */
} ew_whole__place;

/* Picks excerpts spread over what B took from A, by ascending time of B; the same for the
 * same diff. Returns how many; 0 when no stretch is long enough. */
size_t ew_whole__places(const ew_diff *d, ew_whole__place places[EW_WHOLE_EXCERPTS_MAX]);

/* Products of the first two channels of each: left and right of A, left and right of B; a
 * single channel stands for both. */
typedef struct ew_whole__cross {
    double sum[4][4];
} ew_whole__cross;

/* One excerpt at the common rate: a[i] is what b[i] was made from. */
typedef struct ew_whole__pair {
    uint32_t rate_hz;
    size_t n;
    float *a, *b;    /* mixed to one channel */
    double match;    /* 0..1: height of the peak of the correlation */
    double speed;    /* as the waves say */
    double a_s, b_s; /* first sample */
    ew_whole__cross cross;
    int from;         /* channel of A that it is about: 0 all, 1 left, 2 right */
    uint32_t flat[2]; /* samples in runs at the same extreme value */
    double peak[2];   /* of the channels as stored */
} ew_whole__pair;

/* The rate at which both are compared. */
uint32_t ew_whole__rate(const ew_whole_source *s);

/* Fetches one excerpt and lays A on B. pair->n is 0 when it cannot be done. Errors: of
 * read, EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_whole__lay(const ew_whole_source *s,
                                    const ew_whole__place *place, ew_whole__pair *pair,
                                    ew_err *err);
void ew_whole__pair_release(ew_whole__pair *pair);

#endif
