/* SPDX-License-Identifier: Apache-2.0 */
/* Orders copies: equal ones and silent ones aside, those of one recording into a group, in
 * each group the tree that explains most. Copies are taken in an order of their own, so that
 * the caller's order shows in the numbering only. */
#include "earwitness/family.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "compare/family_parts.h"
#include "base/words.h"

enum {
    HEARD_MIN = 8,        /* samples beyond this are more than dither */
    HEARD_SAMPLES = 3200, /* that many make something to compare */
    LONELY_MAX = 24       /* copies that found no relative before the search ends */
};
#define RELATED_MIN 0.2 /* usual closeness; sounds with nothing in common stay at 0.1 */
#define TEMPER 1.0      /* by which weights overstate: with 1 certainties come true */

typedef struct work {
    const ew_runner *runner;
    ew_family *out;
    fam_copy *copies;
    size_t count;
    fam_group group;
    fam_pair *pairs;
    fam_scratch **scratch; /* one per worker */
    fam_desk **desk;       /* one per worker */
    ew_code *codes;        /* one per job */
    size_t *pair_a;        /* pair k is (pair_a[k], pair_b[k]) */
    size_t *pair_b;
} work;

/* ------------------------------------------------------------------ running */

static ew_code run_here(void *cookie, const char *stage, size_t count,
                        void (*job)(void *arg, unsigned worker, size_t i), void *arg,
                        ew_err *err)
{
    (void)cookie;
    (void)stage;
    (void)err;
    for (size_t i = 0; i < count; i++)
        job(arg, 0, i);
    return EW_OK;
}

static const ew_runner here = {1, run_here, NULL};

static ew_code run(const work *w, const char *stage, size_t count,
                   void (*job)(void *arg, unsigned worker, size_t i), ew_err *err)
{
    return w->runner->run(w->runner->cookie, stage, count, job, (void *)(uintptr_t)w,
                          err);
}

/* ------------------------------------------------------------------ the copies */

static bool is_silent(const ew_copy *c)
{
    size_t heard = 0;

    for (size_t i = 0; i < c->samples && heard < HEARD_SAMPLES; i++)
        heard += abs(c->sound[i]) > HEARD_MIN;
    return heard < HEARD_SAMPLES || c->samples < FAM_SLOT_NEEDS;
}

/* One decoder rounds up what another rounds down. */
static bool same_sound(const ew_copy *a, const ew_copy *b)
{
    if (a->samples != b->samples)
        return false;
    for (size_t i = 0; i < a->samples; i++)
        if (abs(a->sound[i] - b->sound[i]) > 1)
            return false;
    return true;
}

/* The longest first; of equal length the one first that has lost more in coding: where the
 * sound is equal too, the others are what it was unpacked to. */
static int by_sound(const void *x, const void *y)
{
    const fam_copy *a = x, *b = y;
    double ka = ew_fam_coding(a->in).mean, kb = ew_fam_coding(b->in).mean;
    int c = 0;

    if (a->in->samples != b->in->samples)
        return a->in->samples > b->in->samples ? -1 : 1;
    if (ka != kb)
        return ka < kb ? -1 : 1;
    if (a->in->bits_per_sec != b->in->bits_per_sec)
        return a->in->bits_per_sec > b->in->bits_per_sec ? -1 : 1;
    c = strcmp(a->in->codec, b->in->codec);
    if (c == 0 && a->in->samples > 0)
        c = memcmp(a->in->sound, b->in->sound, a->in->samples * sizeof(*a->in->sound));
    if (c == 0 && a->in->name != NULL && b->in->name != NULL)
        c = strcmp(a->in->name, b->in->name);
    return c != 0 ? c : a->number < b->number ? -1 : 1;
}

/* The first copy of the same sound as copy i, or none. */
static size_t find_same(const fam_copy *copies, size_t i)
{
    for (size_t k = i; k-- > 0 && copies[k].in->samples == copies[i].in->samples;)
        if (copies[k].duplicate_of == EW_NO_COPY &&
            same_sound(copies[k].in, copies[i].in))
            return copies[k].number;
    return EW_NO_COPY;
}

static ew_code sort_copies(work *w, const ew_copy *copies, size_t count, ew_err *err)
{
    w->copies = ew_alloc_array(count, sizeof(*w->copies));
    if (w->copies == NULL)
        return ew_fail_nomem(err);
    w->count = count;
    for (size_t i = 0; i < count; i++)
        w->copies[i] = (fam_copy){.in = &copies[i],
                                  .number = i,
                                  .duplicate_of = EW_NO_COPY,
                                  .silent = is_silent(&copies[i])};
    if (count > 0)
        qsort(w->copies, count, sizeof(*w->copies), by_sound);
    for (size_t i = 1; i < count; i++)
        w->copies[i].duplicate_of = find_same(w->copies, i);
    return EW_OK;
}

/* ------------------------------------------------------------------ one group */

static bool is_free(const work *w, const fam_copy *c)
{
    return !c->silent && c->duplicate_of == EW_NO_COPY &&
           w->out->members[c->number].family == EW_NO_COPY;
}

static void place_job(void *arg, unsigned worker, size_t i)
{
    work *w = arg;
    fam_copy *c = &w->copies[i];

    (void)worker;
    c->placed = false;
    w->codes[i] = EW_OK;
    if (c == w->group.copies[0] || !is_free(w, c))
        return;
    w->codes[i] = ew_fam_place(w->group.copies[0], c, NULL);
    c->placed = c->peak >= EW_FAM_PEAK_MIN;
}

/* Those that lie on the hub's timeline. */
static ew_code gather(work *w, fam_copy *hub, ew_err *err)
{
    ew_code rc;

    w->group.copies = ew_alloc_array(w->count, sizeof(*w->group.copies));
    if (w->group.copies == NULL)
        return ew_fail_nomem(err);
    w->group.copies[w->group.count++] = hub;
    hub->offset = 0;
    rc = run(w, "place", w->count, place_job, err);
    for (size_t i = 0; rc == EW_OK && i < w->count; i++) {
        if (w->codes[i] != EW_OK)
            return ew_fail_nomem(err);
        if (w->copies[i].placed)
            w->group.copies[w->group.count++] = &w->copies[i];
    }
    return rc;
}

static void fill_job(void *arg, unsigned worker, size_t i)
{
    work *w = arg;

    ew_fam_fill_slot(&w->group, i, w->scratch[worker]);
}

static ew_code measure(work *w, ew_err *err)
{
    size_t n = w->group.count;
    ew_code rc = ew_fam_group_slots(&w->group, err);

    ew_free(w->pairs);
    w->pairs = ew_alloc_array(n * (n - 1) / 2, sizeof(*w->pairs));
    if (rc == EW_OK && w->pairs == NULL)
        rc = ew_fail_nomem(err);
    for (unsigned i = 0; rc == EW_OK && i < w->runner->workers; i++)
        rc = ew_fam_scratch_new(&w->scratch[i], &w->group, err);
    if (rc == EW_OK)
        rc = run(w, "compare", w->group.slot_count, fill_job, err);
    for (unsigned i = 0; i < w->runner->workers; i++) {
        ew_fam_scratch_free(w->scratch[i]);
        w->scratch[i] = NULL;
    }
    if (rc == EW_OK)
        rc = ew_fam_closeness(&w->group, w->pairs, err);
    return rc;
}

/* Drops copies that are close to no other; true when there were some. */
static bool prune(work *w)
{
    fam_group *g = &w->group;
    size_t kept = 0;

    for (size_t a = 0; a < g->count; a++) {
        double most = 0;

        for (size_t b = 0; b < g->count; b++)
            if (a != b)
                most = fmax(most, w->pairs[ew_fam_pair_index(a, b)].usual);
        g->copies[a]->placed = most >= RELATED_MIN;
    }
    for (size_t a = 0; a < g->count; a++)
        if (g->copies[a]->placed)
            g->copies[kept++] = g->copies[a];
    if (kept == g->count)
        return false;
    g->count = kept;
    return true;
}

static ew_code find_group(work *w, fam_copy *hub, ew_err *err)
{
    ew_code rc = gather(w, hub, err);

    while (rc == EW_OK && w->group.count > 1) {
        rc = measure(w, err);
        if (rc != EW_OK || !prune(w))
            break;
        ew_free(w->group.slot_start);
        ew_free(w->group.energy);
        ew_free(w->group.close);
        w->group.slot_start = NULL;
        w->group.energy = w->group.close = NULL;
    }
    return rc;
}

static void pair_job(void *arg, unsigned worker, size_t i)
{
    work *w = arg;

    ew_fam_pair(&w->group, w->pair_a[i], w->pair_b[i], w->desk[worker], &w->pairs[i]);
}

static ew_code weigh_pairs(work *w, ew_err *err)
{
    size_t n = w->group.count, pairs = n * (n - 1) / 2;
    ew_code rc = EW_OK;

    w->pair_a = ew_alloc_array(2 * pairs, sizeof(*w->pair_a));
    if (w->pair_a == NULL)
        return ew_fail_nomem(err);
    w->pair_b = w->pair_a + pairs;
    for (size_t b = 1; b < n; b++)
        for (size_t a = 0; a < b; a++) {
            w->pair_a[ew_fam_pair_index(a, b)] = a;
            w->pair_b[ew_fam_pair_index(a, b)] = b;
        }
    for (unsigned i = 0; rc == EW_OK && i < w->runner->workers; i++)
        rc = ew_fam_desk_new(&w->desk[i], &w->group, err);
    if (rc == EW_OK)
        rc = run(w, "weigh", pairs, pair_job, err);
    for (unsigned i = 0; i < w->runner->workers; i++) {
        ew_fam_desk_free(w->desk[i]);
        w->desk[i] = NULL;
    }
    ew_free(w->pair_a);
    w->pair_a = w->pair_b = NULL;
    return rc;
}

static ew_code add_root(ew_family *f, size_t copy, ew_err *err)
{
    size_t *more = ew_realloc_array(f->roots, f->root_count + 1, sizeof(*more));

    if (more == NULL)
        return ew_fail_nomem(err);
    f->roots = more;
    f->roots[f->root_count++] = copy;
    return EW_OK;
}

/* The tree of the group and all that is said about it. */
static ew_code order_group(work *w, ew_err *err)
{
    size_t n = w->group.count, root = 0;
    double *room = ew_alloc_array(2 * n * n + n, sizeof(*room));
    size_t *parent = ew_alloc_array(n, sizeof(*parent));
    fam_tree tree = {n, room, NULL};
    fam_told told = {&w->group, w->pairs, parent, NULL, w->out->root_count};
    ew_code rc = EW_OK;

    if (room == NULL || parent == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    tree.root = room + 2 * n * n;
    told.share = room + n * n;
    ew_fam_weights(&w->group, w->pairs, room, room + 2 * n * n);
    rc = ew_fam_best_tree(&tree, parent, err);
    if (rc != EW_OK)
        goto out;
    for (size_t i = 0; i < n * n; i++)
        room[i] /= TEMPER;
    for (size_t i = 0; i < n; i++)
        room[2 * n * n + i] /= TEMPER;
    ew_fam_tree_shares(&tree, parent, room + n * n);
    ew_fam_tell(&told, w->out);
    while (parent[root] != EW_NO_COPY)
        root = parent[root];
    rc = add_root(w->out, w->group.copies[root]->number, err);
    if (rc == EW_OK)
        rc = ew_fam_composite(&told, w->out, err);
out:
    ew_free(parent);
    ew_free(room);
    return rc;
}

static ew_code find_groups(work *w, ew_err *err)
{
    size_t lonely = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; rc == EW_OK && lonely < LONELY_MAX && i < w->count; i++) {
        if (!is_free(w, &w->copies[i]))
            continue;
        rc = find_group(w, &w->copies[i], err);
        if (rc == EW_OK && w->group.count > 1) {
            rc = weigh_pairs(w, err);
            if (rc == EW_OK)
                rc = order_group(w, err);
        } else {
            lonely++;
        }
        ew_fam_group_release(&w->group);
    }
    return rc;
}

/* ------------------------------------------------------------------ finishing */

static ew_code tell_duplicates(work *w, ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; rc == EW_OK && i < w->count; i++) {
        const fam_copy *c = &w->copies[i];
        ew_member *m = &w->out->members[c->number], *of;

        if (c->silent)
            m->kind = EW_MEMBER_SILENT;
        if (c->duplicate_of == EW_NO_COPY || c->silent)
            continue;
        of = &w->out->members[c->duplicate_of];
        if (of->family == EW_NO_COPY) { /* nothing but equal files */
            of->kind = EW_MEMBER_ROOT;
            of->certainty = 0.5; /* which came first cannot be seen */
            of->family = w->out->root_count;
            rc = add_root(w->out, c->duplicate_of, err);
        }
        *m = *of;
        m->kind = EW_MEMBER_DUPLICATE;
        m->duplicate_of = c->duplicate_of;
        m->parent = EW_NO_COPY;
        m->certainty = 0;
        m->candidate_count = 0;
        m->reason_count = 1;
        m->reasons[0] = (ew_reason){.why = EW_WHY_SAME_SOUND,
                                    .text = EW_N("decodes to the same samples")};
    }
    return rc;
}

/* Families by size, the largest first; equals as they were found. */
static ew_code sort_families(ew_family *f, ew_err *err)
{
    size_t n = f->root_count, *place, *roots;
    size_t *size = ew_alloc_array(3 * n + 1, sizeof(*size));
    ew_best *best = ew_alloc_array(f->best_count, sizeof(*best));

    if (size == NULL || best == NULL) {
        ew_free(best);
        ew_free(size);
        return ew_fail_nomem(err);
    }
    place = size + n;
    roots = size + 2 * n;
    for (size_t i = 0; i < f->count; i++)
        if (f->members[i].family != EW_NO_COPY)
            size[f->members[i].family]++;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            place[i] += size[k] > size[i] || (size[k] == size[i] && k < i);
    for (size_t i = 0; i < n; i++)
        roots[place[i]] = f->roots[i];
    for (size_t i = 0; i < n; i++)
        f->roots[i] = roots[i];
    for (size_t i = 0; i < f->count; i++)
        if (f->members[i].family != EW_NO_COPY)
            f->members[i].family = place[f->members[i].family];
    for (size_t to = 0, k = 0; to < n; to++)
        for (size_t i = 0; i < f->best_count; i++)
            if (place[f->best[i].family] == to) {
                best[k] = f->best[i];
                best[k++].family = to;
            }
    ew_free(f->best);
    f->best = best;
    ew_free(size);
    return EW_OK;
}

static ew_code new_family(ew_family **out, const ew_copy *copies, size_t count,
                          ew_err *err)
{
    ew_family *f = ew_alloc(sizeof(*f));

    *out = f;
    if (f == NULL)
        return ew_fail_nomem(err);
    f->members = ew_alloc_array(count, sizeof(*f->members));
    if (f->members == NULL)
        return ew_fail_nomem(err);
    f->count = count;
    for (size_t i = 0; i < count; i++)
        f->members[i] = (ew_member){.kind = EW_MEMBER_UNRELATED,
                                    .family = EW_NO_COPY,
                                    .parent = EW_NO_COPY,
                                    .duplicate_of = EW_NO_COPY,
                                    .samples = (int64_t)copies[i].samples};
    return EW_OK;
}

ew_code ew_family_of(const ew_copy *copies, size_t count, const ew_runner *runner,
                     ew_family **out, ew_err *err)
{
    work w = {.runner = runner == NULL ? &here : runner};
    unsigned workers = w.runner->workers;
    ew_code rc;

    *out = NULL;
    if (count > EW_FAMILY_COPIES_MAX)
        return ew_fail(err, EW_E_ARG, 0, "more than %d copies", EW_FAMILY_COPIES_MAX);
    rc = new_family(&w.out, copies, count, err);
    if (rc == EW_OK)
        rc = sort_copies(&w, copies, count, err);
    w.scratch = ew_alloc_array(workers, sizeof(*w.scratch));
    w.desk = ew_alloc_array(workers, sizeof(*w.desk));
    w.codes = ew_alloc_array(count, sizeof(*w.codes));
    if (rc == EW_OK && (w.scratch == NULL || w.desk == NULL || w.codes == NULL))
        rc = ew_fail_nomem(err);
    if (rc == EW_OK)
        rc = find_groups(&w, err);
    if (rc == EW_OK)
        rc = tell_duplicates(&w, err);
    if (rc == EW_OK)
        rc = sort_families(w.out, err);
    ew_fam_group_release(&w.group);
    ew_free(w.pairs);
    ew_free(w.pair_a);
    ew_free(w.codes);
    ew_free(w.desk);
    ew_free(w.scratch);
    ew_free(w.copies);
    if (rc == EW_OK)
        *out = w.out;
    else
        ew_family_free(w.out);
    return rc;
}
