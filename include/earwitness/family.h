/* SPDX-License-Identifier: Apache-2.0 */
/* Many copies of one recording: who was made from whom. */
#ifndef EW_FAMILY_H
#define EW_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"
#include "earwitness/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All places are samples at this rate; fractions are kept. */
enum { EW_FAMILY_RATE_HZ = 16000, EW_FAMILY_COPIES_MAX = 1000 };
#define EW_NO_COPY SIZE_MAX

/* ------------------------------------------------------------------ the question */

/* One copy as it came out of its file. */
typedef struct ew_copy {
    const int16_t *sound; /* mono, EW_FAMILY_RATE_HZ; borrowed */
    size_t samples;
    const char *codec;     /* FFmpeg's name, "aac"; "" when unknown; borrowed */
    uint32_t bits_per_sec; /* of the file as a whole; 0 when unknown */
    const char
        *name; /* tells copies of equal sound apart; NULL: their order does; borrowed */
} ew_copy;

/* Runs job(arg, worker, i) for every i of 0..count-1, in any order, several at once if it
 * can; worker is 0..workers-1 and tells the jobs that run at the same time apart. Answers
 * depend on neither. A stopped run returns EW_E_CANCELLED. */
typedef struct ew_runner {
    unsigned workers;
    ew_code (*run)(void *cookie, const char *stage, size_t count,
                   void (*job)(void *arg, unsigned worker, size_t i), void *arg,
                   ew_err *err);
    void *cookie;
} ew_runner;

/* ------------------------------------------------------------------ the answer */

typedef enum ew_member_kind {
    EW_MEMBER_ROOT,  /* nothing here can have been its parent: nearest to the source */
    EW_MEMBER_CHILD, /* made from `parent` */
    EW_MEMBER_UNDECIDED, /* made from one of its candidates; the evidence does not say which */
    EW_MEMBER_DUPLICATE, /* decodes to the same sound as `duplicate_of` */
    EW_MEMBER_UNRELATED, /* shares no sound with the others at the same speed */
    EW_MEMBER_SILENT     /* holds nothing to compare */
} ew_member_kind;

/* Why a copy can or must have been made from its parent. What the numbers mean stands
 * beside each. */
typedef enum ew_why {
    EW_WHY_CLOSEST,    /* a: dB of what it adds to the parent; b: the same to the next */
    EW_WHY_INHERITED,  /* a: share 0..1 of the parent's own noise that is in the copy */
    EW_WHY_START_GONE, /* a: samples of the parent missing at the start */
    EW_WHY_END_GONE,   /* a: samples of the parent missing at the end */
    EW_WHY_BAND,       /* a: upper edge of the copy, Hz; b: of the parent */
    EW_WHY_GAIN,       /* a: dB against the parent */
    EW_WHY_OVERLAY,    /* a, b: stretch of the copy with sound that the parent has not */
    EW_WHY_CODED,      /* a: dB of noise its own coding usually adds; b: dB that it has */
    EW_WHY_SAME_SOUND  /* the decoded samples are equal */
} ew_why;

typedef struct ew_reason {
    ew_why why;
    double a, b;
    char text[160]; /* plain sentence without names and full stop */
} ew_reason;

typedef struct ew_candidate {
    size_t copy;
    double
        share; /* 0..1: how likely this one is the parent; shares add up to at most 1 */
} ew_candidate;

enum { EW_REASONS_MAX = 8, EW_CANDIDATES_MAX = 4 };

typedef struct ew_member {
    ew_member_kind kind;
    size_t family;       /* number of the tree, 0..roots-1; EW_NO_COPY when in none */
    size_t parent;       /* CHILD only, else EW_NO_COPY */
    size_t duplicate_of; /* DUPLICATE only, else EW_NO_COPY; never itself a duplicate */
    double certainty; /* CHILD: that the parent is right, ROOT: that it is the root; 0..1,
                            measured, docs/decisions/family.md; else 0 */
    size_t reason_count;               /* of the link to the parent */
    ew_reason reasons[EW_REASONS_MAX]; /* the weightiest first */
    size_t candidate_count; /* best first; for CHILD the parent and its rivals */
    ew_candidate candidates[EW_CANDIDATES_MAX];

    int64_t samples;
    double offset;   /* place of its first sample on the timeline of its family */
    double gain_db;  /* level against the root of its family */
    double edge_hz;  /* upper edge of its sound */
    double noise_db; /* what coding added since the root, against the sound; 0: nothing
                          known, more negative is better */
    double overlay_start,
        overlay_end; /* its own samples with foreign sound over them that
                                          the root has not; equal: none */
} ew_member;

/* A stretch of the whole and the copy that sounds best there. */
typedef struct ew_best {
    double start, end; /* timeline of the family */
    size_t family;
    size_t copy;
    double quality_db; /* sound over noise, against the root */
    char text[120];    /* why this one, plain words */
} ew_best;

typedef struct ew_family {
    size_t count;
    ew_member *members; /* in the order of the copies */
    size_t root_count;
    size_t *roots;     /* one per family, largest family first */
    size_t best_count; /* the composite, by family, then by start; gapless in each */
    ew_best *best;
} ew_family;

/* Orders copies. Copies at other speeds than the rest count as unrelated.
 * runner  NULL: all in the calling thread
 * out     on success a result that the caller frees with ew_family_free
 * That nothing is common is an answer, not an error. The answer depends on the order of the
 * copies only in its numbering.
 * Errors: EW_E_ARG (more than EW_FAMILY_COPIES_MAX), EW_E_NOMEM, what the runner returns. */
EW_API EW_MUST_CHECK ew_code ew_family_of(const ew_copy *copies, size_t count,
                                          const ew_runner *runner, ew_family **out,
                                          ew_err *err);
EW_API void ew_family_free(ew_family *f);

/* "root", "child", "undecided", "duplicate", "unrelated", "silent" as in the JSON. */
EW_API const char *ew_member_kind_name(ew_member_kind kind);
/* "closest", "inherited", ... as in the JSON. */
EW_API const char *ew_why_name(ew_why why);

#ifdef __cplusplus
}
#endif
#endif
