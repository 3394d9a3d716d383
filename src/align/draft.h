/* SPDX-License-Identifier: Apache-2.0 */
/* A piece in the making: what it claims, the evidence, and whether that is enough. */
#ifndef EW_ALIGN_DRAFT_H
#define EW_ALIGN_DRAFT_H

#include "align/line.h"
#include "align/wave.h"
#include "earwitness/align.h"

typedef struct ew_draft {
    ew_line line;
    int64_t from, to;        /* clip samples */
    double agreement, power; /* of fine words, summed over the piece */
    ew_coherence wave;
    double claim; /* the margin when it was claimed; parts of a piece keep it */
    double doubt; /* samples by which the ends may be off because of an unknown tempo */
    bool backwards;
    ew_other *others; /* owned */
    size_t other_count;
} ew_draft;

typedef struct ew_drafts {
    ew_draft *items;
    size_t count, cap;
} ew_drafts;

void ew_drafts_release(ew_drafts *d);
/* Appends a copy; on success `piece->others` belongs to the list. */
EW_MUST_CHECK ew_code ew_drafts_push(ew_drafts *d, const ew_draft *piece, ew_err *err);

/* Agreement in standard deviations of chance, as if bits were independent. */
double ew_draft_z(const ew_draft *d);

/* How far the evidence is beyond what other takes of the same words reach: 0 is the limit of a
 * claim, 0.1 is clear. */
double ew_draft_margin(const ew_draft *d);

/* Share of claims with that margin that are right, 0..0.999; docs/accuracy.md. */
double ew_draft_certainty(double margin);

/* Does b go on where a is, as far as the words can tell? a lies before b. */
bool ew_draft_continues(const ew_draft *a, const ew_draft *b);

/* Joins the two of every neighbouring pair for which `same` says so. */
typedef bool (*ew_draft_same)(const void *cookie, const ew_draft *a, const ew_draft *b);
void ew_drafts_join(ew_drafts *d, ew_draft_same same, const void *cookie);

/* Makes a of a and b, which continues it; b gives up what it owns. */
void ew_draft_join(ew_draft *a, ew_draft *b);

#endif
