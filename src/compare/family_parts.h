/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of ordering a family hand to each other. */
#ifndef EW_COMPARE_FAMILY_PARTS_H
#define EW_COMPARE_FAMILY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/family.h"

/* Sound is looked at in cells: four neighbouring bins of 32-ms spectra, over eight frames
 * (0.13 s). Statistics are kept per slot of four such blocks (0.5 s). */
enum {
    FAM_WINDOW = 512,
    FAM_HOP = 256,
    FAM_FRAMES = 8,
    FAM_SUB = 4,
    FAM_CELLS = FAM_WINDOW / 2 / FAM_SUB,
    FAM_LINES = FAM_FRAMES * FAM_SUB,
    FAM_BLOCK = FAM_FRAMES * FAM_HOP,
    FAM_SLOT_BLOCKS = 4,
    FAM_SLOT = FAM_SLOT_BLOCKS * FAM_BLOCK,
    FAM_SLOT_NEEDS = FAM_SLOT + FAM_WINDOW - FAM_HOP,
    FAM_SLOTS_MAX = 400, /* of longer recordings, as many spread over the whole */
    FAM_SLOTS_MIN = 24   /* and at least so many of each copy that is as long */
};

/* Width of a cell, Hz. */
#define FAM_CELL_HZ ((double)EW_FAMILY_RATE_HZ / FAM_WINDOW * FAM_SUB)

/* One copy with sound of its own. */
typedef struct fam_copy {
    const ew_copy *in;
    size_t number;       /* in the caller's list */
    size_t duplicate_of; /* in the caller's list, or EW_NO_COPY */
    bool silent;
    bool placed;   /* belongs to the group in the making */
    double offset; /* of its first sample, on the timeline of the group's hub */
    double peak;   /* how much its place stands out; set by ew_fam_place */
} fam_copy;

/* Copies of one recording. */
typedef struct fam_group {
    size_t count;
    fam_copy **copies; /* the hub first */
    size_t slot_count;
    double *slot_start; /* on the group's timeline */
    /* energy of each cell: [copy][slot][block][cell]; 0 where the copy does not reach */
    float *energy;
    float *close; /* [pair][slot]: closeness in nats; < 0 where one does not reach */
} fam_group;

/* Of b against a; see ew_fam_pair. */
typedef struct fam_side {
    double boost_db;      /* the most that a part of the usual spectrum is lifted */
    double overlay;       /* loudest second of foreign sound, against its own level */
    double overlay_usual; /* the same for its median second */
    double overlay_start, overlay_end; /* group timeline */
} fam_side;

typedef struct fam_pair {
    double close;     /* mean closeness, nats; < 0: no common stretch */
    double usual;     /* median closeness */
    double gain_db;   /* second over first */
    fam_side side[2]; /* [0]: second against first; [1]: first against second */
} fam_pair;

static inline size_t ew_fam_pair_index(size_t a, size_t b)
{
    return a < b ? b * (b - 1) / 2 + a : a * (a - 1) / 2 + b;
}

static inline bool ew_fam_reaches(const fam_copy *c, double start, double length)
{
    return start >= c->offset && start + length <= c->offset + (double)c->in->samples;
}

static inline const float *ew_fam_energy(const fam_group *g, size_t copy, size_t slot)
{
    return g->energy +
           (copy * g->slot_count + slot) * ((size_t)FAM_SLOT_BLOCKS * FAM_CELLS);
}

/* ------------------------------------------------------------------ family_place.c */

/* Sets offset and peak of `c` against the hub; peak is the height of the correlation over
 * its usual height: from EW_FAM_PEAK_MIN on it is more than chance. Allocates.
 * Errors: EW_E_NOMEM. */
#define EW_FAM_PEAK_MIN 9.0
EW_MUST_CHECK ew_code ew_fam_place(const fam_copy *hub, fam_copy *c, ew_err *err);

/* ------------------------------------------------------------------ family_cells.c */

/* Gives the group its slots and memory. The offsets must be set. */
EW_MUST_CHECK ew_code ew_fam_group_slots(fam_group *g, ew_err *err);
void ew_fam_group_release(fam_group *g);

/* Fills energy and closeness of one slot. Slots may be filled at the same time. */
typedef struct fam_scratch fam_scratch; /* one per worker */
EW_MUST_CHECK ew_code ew_fam_scratch_new(fam_scratch **out, const fam_group *g,
                                         ew_err *err);
void ew_fam_scratch_free(fam_scratch *s);
void ew_fam_fill_slot(fam_group *g, size_t slot, fam_scratch *s);

/* ------------------------------------------------------------------ family_pair.c */

/* Mean closeness of every pair, with slots weighed by how close copies are there at large.
 * pairs  [count * (count - 1) / 2] */
EW_MUST_CHECK ew_code ew_fam_closeness(const fam_group *g, fam_pair *pairs, ew_err *err);

/* The rest about copies a < b; out->close and usual are kept. Pairs may be looked at at the same time. */
typedef struct fam_desk fam_desk; /* one per worker */
EW_MUST_CHECK ew_code ew_fam_desk_new(fam_desk **out, const fam_group *g, ew_err *err);
void ew_fam_desk_free(fam_desk *d);
void ew_fam_pair(const fam_group *g, size_t a, size_t b, fam_desk *desk, fam_pair *out);

/* ------------------------------------------------------------------ family_coding.c */

/* Natural logarithm of the closeness that coding like that of `c` leaves, and how far it
 * spreads. */
typedef struct fam_coding {
    double mean, sd;
    bool known; /* false: the kind of coding is not in the table */
    bool exact; /* nothing is lost but by rounding */
} fam_coding;
fam_coding ew_fam_coding(const ew_copy *c);

/* ------------------------------------------------------------------ family_tree.c */

/* weight[p * n + c]: logarithm of how well c is explained as made from p, the higher the
 * better; root[c]: the same for nothing. */
typedef struct fam_tree {
    size_t count;
    const double *weight;
    const double *root;
} fam_tree;

/* The best tree: parent[c], EW_NO_COPY for the root. */
EW_MUST_CHECK ew_code ew_fam_best_tree(const fam_tree *t, size_t *parent, ew_err *err);

/* Against the trees in which one copy hangs elsewhere, or another copy is the root:
 * share[p * n + c], how likely p is the parent of c; share[c * n + c], how likely c is the
 * root. Every column adds up to 1. */
void ew_fam_tree_shares(const fam_tree *t, const size_t *parent, double *share);

/* ------------------------------------------------------------------ family_judge.c */

/* The weights for ew_fam_tree. */
void ew_fam_weights(const fam_group *g, const fam_pair *pairs, double *weight,
                    double *root);
bool ew_fam_has_overlay(const fam_side *s);

/* ------------------------------------------------------------------ family_tell.c */

/* Fills what members say about a group whose tree is known. family: its number. */
typedef struct fam_told {
    const fam_group *group;
    const fam_pair *pairs;
    const size_t *parent; /* [count] */
    const double *share;  /* [count * count] */
    size_t family;
} fam_told;
void ew_fam_tell(const fam_told *t, ew_family *f);

/* ------------------------------------------------------------------ family_best.c */

/* Appends the composite of a group to f->best. */
EW_MUST_CHECK ew_code ew_fam_composite(const fam_told *t, ew_family *f, ew_err *err);

#endif
