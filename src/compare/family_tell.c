/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about each copy of a group whose tree is known: certainty, rivals, reasons. */
#include <math.h>
#include <stdio.h>

#include "compare/family_parts.h"

#define CERTAIN_MIN 0.4     /* from here on a parent is claimed */
#define LEAD_MIN 1.1        /* or when it leads its rivals by that much */
#define LEAD_FROM 0.15      /* and has at least this */
#define CERTAIN_OF_TWO 0.65 /* of two copies only one parent is possible */
#define SHARE_MIN 0.02      /* rivals below are not named */
#define DB_PER_NAT 4.342945 /* closeness as power */
#define GONE_S 0.1
#define GAIN_DB 0.5
#define EDGE_HZ 400.0
#define EDGE_DROP 1e-5 /* power against the strongest cell: nothing is there */

static double noise_db(double close)
{
    return -DB_PER_NAT * close;
}

static const fam_pair *pair_of(const fam_told *t, size_t a, size_t b)
{
    return &t->pairs[ew_fam_pair_index(a, b)];
}

/* Of `of` against `against`. */
static const fam_side *side_of(const fam_told *t, size_t of, size_t against)
{
    return &pair_of(t, of, against)->side[of < against];
}

static double gain_of(const fam_told *t, size_t of, size_t against)
{
    double db = pair_of(t, of, against)->gain_db;

    return of > against ? db : -db;
}

static ew_reason *add(ew_member *m, ew_why why, double a, double b)
{
    ew_reason *r = &m->reasons[m->reason_count < EW_REASONS_MAX ? m->reason_count++
                                                                : EW_REASONS_MAX - 1];

    *r = (ew_reason){.why = why, .a = a, .b = b};
    return r;
}

#define SAY(r, ...) ((void)snprintf((r)->text, sizeof((r)->text), __VA_ARGS__))

/* ------------------------------------------------------------------ each copy alone */

/* The upper end of the sound: the last cell whose mean power is not nothing. */
static double edge_of(const fam_group *g, size_t copy)
{
    double mean[FAM_CELLS] = {0}, top = 0;
    size_t last = FAM_CELLS;

    for (size_t s = 0; s < g->slot_count; s++)
        for (size_t i = 0; i < (size_t)FAM_SLOT_BLOCKS * FAM_CELLS; i++)
            mean[i % FAM_CELLS] += (double)ew_fam_energy(g, copy, s)[i];
    for (size_t k = 0; k < FAM_CELLS; k++)
        top = fmax(top, mean[k]);
    while (last > 1 && mean[last - 1] <= EDGE_DROP * top)
        last--;
    return FAM_CELL_HZ * (double)last;
}

/* ------------------------------------------------------------------ reasons of a link */

/* How much of what p lost against its own parent q is lost in c too: all of it when c was
 * made from p, nothing when c comes from q by another way. */
static double inherited(const fam_told *t, size_t c, size_t p, size_t q)
{
    double pq = exp(-pair_of(t, p, q)->close), cp = exp(-pair_of(t, c, p)->close);
    double cq = exp(-pair_of(t, c, q)->close);
    double share = (cq - cp) / (pq * (1 - cp) + 1e-12);

    return fmin(1, fmax(0, share));
}

static bool descends(const fam_told *t, size_t c, size_t from)
{
    while (c != EW_NO_COPY && c != from)
        c = t->parent[c];
    return c == from;
}

static void tell_closest(const fam_told *t, size_t c, size_t p, ew_member *m)
{
    double next = 0;
    ew_reason *r;

    for (size_t i = 0; i < t->group->count; i++)
        if (i != p && !descends(t, i, c))
            next = fmax(next, pair_of(t, c, i)->close);
    r = add(m, EW_WHY_CLOSEST, noise_db(pair_of(t, c, p)->close), noise_db(next));
    if (next > 0)
        SAY(r,
            "what it adds to it lies %.1f dB below the sound; to the next copy that "
            "could "
            "be its parent, %.1f dB",
            -r->a, -r->b);
    else
        SAY(r,
            "what it adds to it lies %.1f dB below the sound; no other copy could be its "
            "parent",
            -r->a);
    if (t->parent[p] == EW_NO_COPY)
        return;
    r = add(m, EW_WHY_INHERITED, inherited(t, c, p, t->parent[p]), 0);
    if (r->a < 0.5)
        m->reason_count--;
    else
        SAY(r, "has %.0f %% of what coding changed in it", 100 * r->a);
}

static void tell_ends(const fam_told *t, size_t c, size_t p, ew_member *m)
{
    const fam_copy *x = t->group->copies[c], *y = t->group->copies[p];
    double early = x->offset - y->offset;
    double late = y->offset + (double)y->in->samples - x->offset - (double)x->in->samples;

    if (early > GONE_S * EW_FAMILY_RATE_HZ)
        SAY(add(m, EW_WHY_START_GONE, early, 0), "lacks the first %.2f s of it",
            early / EW_FAMILY_RATE_HZ);
    if (late > GONE_S * EW_FAMILY_RATE_HZ)
        SAY(add(m, EW_WHY_END_GONE, late, 0), "lacks the last %.2f s of it",
            late / EW_FAMILY_RATE_HZ);
}

static void tell_sound(const fam_told *t, size_t c, size_t p, ew_member *m)
{
    const fam_side *s = side_of(t, c, p), *back = side_of(t, p, c);
    double own = edge_of(t->group, c), its = edge_of(t->group, p);
    double gain = gain_of(t, c, p);
    double from = (s->overlay_start - t->group->copies[c]->offset) / EW_FAMILY_RATE_HZ;
    double to = (s->overlay_end - t->group->copies[c]->offset) / EW_FAMILY_RATE_HZ;

    if (ew_fam_has_overlay(s))
        SAY(add(m, EW_WHY_OVERLAY, from * EW_FAMILY_RATE_HZ, to * EW_FAMILY_RATE_HZ),
            "has sound laid over it from %.1f to %.1f s that is not in it", from, to);
    if (own < its - EDGE_HZ)
        SAY(add(m, EW_WHY_BAND, own, its), "ends at %.1f kHz, it at %.1f kHz", own / 1000,
            its / 1000);
    else if (back->boost_db > 6)
        SAY(add(m, EW_WHY_BAND, own, its),
            "lacks up to %.0f dB in a part of its spectrum", back->boost_db);
    if (fabs(gain) > GAIN_DB)
        SAY(add(m, EW_WHY_GAIN, gain, 0), "is %.1f dB %s", fabs(gain),
            gain > 0 ? "louder" : "quieter");
}

static void tell_coding(const fam_told *t, size_t c, size_t p, ew_member *m)
{
    const ew_copy *in = t->group->copies[c]->in;
    fam_coding k = ew_fam_coding(in);
    double has = noise_db(pair_of(t, c, p)->close);
    ew_reason *r;

    if (!k.known)
        return;
    r = add(m, EW_WHY_CODED, noise_db(exp(k.mean)), has);
    SAY(r,
        "coding like its own (%.24s) usually adds noise %.1f dB below the sound; here "
        "%.1f "
        "dB",
        in->codec, -r->a, -has);
}

/* ------------------------------------------------------------------ the members */

static void put_candidate(ew_member *m, size_t copy, double share)
{
    size_t at = m->candidate_count;

    while (at > 0 && m->candidates[at - 1].share < share)
        at--;
    if (at >= EW_CANDIDATES_MAX)
        return;
    if (m->candidate_count < EW_CANDIDATES_MAX)
        m->candidate_count++;
    for (size_t i = m->candidate_count - 1; i > at; i--)
        m->candidates[i] = m->candidates[i - 1];
    m->candidates[at] = (ew_candidate){copy, share};
}

static bool is_claimed(const fam_told *t, const ew_member *m)
{
    double next = m->candidate_count > 1 ? m->candidates[1].share : 0;

    if (t->group->count == 2)
        return m->certainty >= CERTAIN_OF_TWO;
    return m->certainty >= CERTAIN_MIN ||
           (m->certainty >= LEAD_FROM && m->certainty == m->candidates[0].share &&
            m->certainty >= LEAD_MIN * next);
}

static void tell_parent(const fam_told *t, size_t c, ew_member *m)
{
    size_t n = t->group->count, p = t->parent[c];

    for (size_t i = 0; i < n; i++) {
        double share = t->share[i * n + c];

        if (i != c && (share >= SHARE_MIN || i == p))
            put_candidate(m, t->group->copies[i]->number, share);
    }
    m->kind = EW_MEMBER_ROOT;
    m->certainty = t->share[c * n + c];
    if (p == EW_NO_COPY)
        return;
    m->kind = EW_MEMBER_CHILD;
    m->parent = t->group->copies[p]->number;
    m->certainty = t->share[p * n + c];
    tell_closest(t, c, p, m);
    tell_ends(t, c, p, m);
    tell_sound(t, c, p, m);
    tell_coding(t, c, p, m);
    if (is_claimed(t, m))
        return;
    m->kind = EW_MEMBER_UNDECIDED;
    m->parent = EW_NO_COPY;
    m->certainty = 0;
    m->reason_count = 0;
}

static size_t root_of(const fam_told *t)
{
    size_t root = 0;

    while (t->parent[root] != EW_NO_COPY)
        root = t->parent[root];
    return root;
}

void ew_fam_tell(const fam_told *t, ew_family *f)
{
    size_t root = root_of(t);
    double start = t->group->copies[0]->offset;

    for (size_t c = 0; c < t->group->count; c++)
        start = fmin(start, t->group->copies[c]->offset);
    for (size_t c = 0; c < t->group->count; c++) {
        const fam_copy *x = t->group->copies[c];
        ew_member *m = &f->members[x->number];

        m->family = t->family;
        m->offset = x->offset - start;
        m->edge_hz = edge_of(t->group, c);
        tell_parent(t, c, m);
        if (c == root)
            continue;
        m->gain_db = gain_of(t, c, root);
        m->noise_db = noise_db(fmax(0, pair_of(t, c, root)->close));
        if (!ew_fam_has_overlay(side_of(t, c, root)))
            continue;
        m->overlay_start = side_of(t, c, root)->overlay_start - x->offset;
        m->overlay_end = side_of(t, c, root)->overlay_end - x->offset;
    }
}
