/* SPDX-License-Identifier: Apache-2.0 */
/* From numbers to facts: what may be claimed, how sure, and in which words. */
#ifndef EW_COMPARE_WHOLE_JUDGE_H
#define EW_COMPARE_WHOLE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "compare/whole_measure.h"

/* All that is known about the two. */
typedef struct ew_whole__case {
    const ew_diff *diff;
    ew_whole_side sides[2];
    size_t count;           /* excerpts that could be laid on each other */
    double speed, speed_sd; /* of the waves; the median of the excerpts */
    double offset_s;
    double active_s;
    double rest_dbfs; /* level of A's pauses */
    ew_whole__cross cross;
    int from; /* channel of A that B follows: 0 all, 1 left, 2 right */
    uint32_t flat[2];
    double peak[2];
    ew_whole__voice voice;
    ew_whole__rest rest;
    ew_whole__edges edges[2];
    ew_whole__edges lost; /* of A's band in B */
} ew_whole__case;

/* Facts about the background: what was added to it or taken from it. Before the others. */
void ew_whole__judge_rest(const ew_whole__case *c, ew_whole *w);

/* Facts about level, time and waves. */
void ew_whole__judge_sound(const ew_whole__case *c, ew_whole *w);

/* Facts about bandwidth and channels; last. */
void ew_whole__judge_form(const ew_whole__case *c, ew_whole *w);

/* Writes state, certainty and sentence of one fact. */
void ew_whole__tell(ew_whole *w, ew_fact_kind kind, ew_fact_state state, const char *fmt,
                    ...) EW_PRINTF(4, 5);
void ew_whole__value(ew_whole *w, ew_fact_kind kind, const char *name, double value,
                     double sd);

/* Does this codec lose something? How low may its coding cut the band, Hz? */
bool ew_whole__codec_loses(const char *codec);
double ew_whole__codec_floor_hz(const char *codec, bool harsh);

/* Much of the wave is coding noise: weak signs do not count. */
bool ew_whole__is_harsh(const ew_whole__case *c);

/* The smaller of two when they agree in sign, else 0: what both say at least. */
double ew_whole__agreed(double x, double y);

#endif
