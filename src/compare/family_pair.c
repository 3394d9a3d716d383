/* SPDX-License-Identifier: Apache-2.0 */
/* What two copies of a group are to each other: how close, how loud, whose spectrum reaches
 * further, and which one has sound over it that the other has not. */
#include <math.h>

#include "base/alloc.h"
#include "base/sort.h"
#include "compare/family_parts.h"

enum {
    ROUNDS = 3,
    OVERLAY_BLOCKS = 8, /* a second: shorter bursts are coding, not sound laid over */
    OVERLAY_GAP = 4, /* half a second: louder sound of the copy may hide it that long */
    BOOST_CELLS = 4, /* width of a lift, and where the first may begin: below it copies */
    BOOST_FIRST = 3, /* differ by filters against rumble */
};
#define SPECTRUM_FLOOR 1e-5 /* against the strongest part: nobody hears what is below */
#define OVERLAY_FACTOR 8.0F /* power over the other's that coding does not add */
#define ALIKE_DB 6.0

/* The value that would be x[want] if x were sorted. It is put there, those below it before,
 * those above it behind. */
static float ranked(float *x, size_t n, size_t want)
{
    size_t from = 0, to = n;

    while (to - from > 16) { /* quickselect */
        float mid = x[from + (to - from) / 2];
        size_t i = from, k = to - 1;

        while (i <= k) {
            while (x[i] < mid)
                i++;
            while (x[k] > mid)
                k--;
            if (i > k)
                break;
            float t = x[i];
            x[i++] = x[k];
            x[k--] = t;
        }
        if (want <= k)
            to = k + 1;
        else if (want >= i)
            from = i;
        else
            return x[want];
    }
    ew_sort_floats(x + from, to - from);
    return x[want];
}

/* Slots are not alike: in some all copies are close, in others none are. `ease` is how close
 * a slot is against the mean, so that copies that are cut differently can be compared. */
static void weigh_slots(const fam_group *g, const fam_pair *pairs, size_t pair_count,
                        double *ease)
{
    for (size_t s = 0; s < g->slot_count; s++) {
        double got = 0, meant = 0;

        for (size_t k = 0; k < pair_count; k++) {
            float c = g->close[k * g->slot_count + s];

            if (c >= 0 && pairs[k].close >= 0) {
                got += (double)c;
                meant += pairs[k].close;
            }
        }
        ease[s] = meant > 0 && got > 0 ? got / meant : 1;
    }
}

static double usual_closeness(const fam_group *g, size_t pair, float *work)
{
    size_t n = 0;

    for (size_t s = 0; s < g->slot_count; s++)
        if (g->close[pair * g->slot_count + s] >= 0)
            work[n++] = g->close[pair * g->slot_count + s];
    return n == 0 ? -1 : (double)ranked(work, n, n / 2);
}

ew_code ew_fam_closeness(const fam_group *g, fam_pair *pairs, ew_err *err)
{
    size_t pair_count = g->count * (g->count - 1) / 2;
    double *ease = ew_alloc_array(g->slot_count, sizeof(*ease));
    float *work = ew_alloc_array(g->slot_count, sizeof(*work));

    if (ease == NULL || work == NULL) {
        ew_free(work);
        ew_free(ease);
        return ew_fail_nomem(err);
    }
    for (size_t s = 0; s < g->slot_count; s++)
        ease[s] = 1;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t k = 0; k < pair_count; k++) {
            double got = 0, share = 0;

            for (size_t s = 0; s < g->slot_count; s++) {
                float c = g->close[k * g->slot_count + s];

                got += c >= 0 ? (double)c : 0;
                share += c >= 0 ? ease[s] : 0;
            }
            pairs[k].close = share > 0 ? got / share : -1;
        }
        weigh_slots(g, pairs, pair_count, ease);
    }
    for (size_t k = 0; k < pair_count; k++)
        pairs[k].usual = usual_closeness(g, k, work);
    ew_free(work);
    ew_free(ease);
    return EW_OK;
}

/* ------------------------------------------------------------------ two copies */

struct fam_desk {
    size_t *block; /* common blocks, as places in the energy of a copy */
    float *loud;   /* energy of both in each */
    float *work;
    float *excess; /* sound that the one has beyond the other, against its usual level */
};

ew_code ew_fam_desk_new(fam_desk **out, const fam_group *g, ew_err *err)
{
    size_t blocks = g->slot_count * FAM_SLOT_BLOCKS;
    fam_desk *d = ew_alloc(sizeof(*d));

    *out = d;
    if (d == NULL)
        return ew_fail_nomem(err);
    d->block = ew_alloc_array(blocks, sizeof(*d->block));
    d->loud = ew_alloc_array(blocks, sizeof(*d->loud));
    d->work = ew_alloc_array(blocks, sizeof(*d->work));
    d->excess = ew_alloc_array(blocks, sizeof(*d->excess));
    if (d->block != NULL && d->loud != NULL && d->work != NULL && d->excess != NULL)
        return EW_OK;
    ew_fam_desk_free(d);
    *out = NULL;
    return ew_fail_nomem(err);
}

void ew_fam_desk_free(fam_desk *d)
{
    if (d == NULL)
        return;
    ew_free(d->block);
    ew_free(d->loud);
    ew_free(d->work);
    ew_free(d->excess);
    ew_free(d);
}

/* Two copies side by side. */
typedef struct view {
    const fam_group *g;
    const float *energy[2];
    const fam_desk *desk;
    size_t n;                  /* common blocks */
    float pause;               /* blocks less loud are pauses */
    float usual[2][FAM_CELLS]; /* median power of each cell, pauses left out */
    double gain;               /* power of the second over the first */
    float scale[FAM_CELLS];    /* power of the second over the first in that cell */
    bool alike[FAM_CELLS];     /* neither lacks that part of the spectrum */
} view;

static const float *cells_of(const view *v, int which, size_t i)
{
    return v->energy[which] + v->desk->block[i] * FAM_CELLS;
}

static void look(view *v, size_t a, size_t b)
{
    const fam_group *g = v->g;
    const float *close = g->close + ew_fam_pair_index(a, b) * g->slot_count;

    v->energy[0] = ew_fam_energy(g, a, 0);
    v->energy[1] = ew_fam_energy(g, b, 0);
    for (size_t s = 0; s < g->slot_count; s++)
        for (size_t k = 0; close[s] >= 0 && k < FAM_SLOT_BLOCKS; k++)
            v->desk->block[v->n++] = s * FAM_SLOT_BLOCKS + k;
}

static double total_gain(const view *v)
{
    double sum[2] = {0, 0};

    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; k < FAM_CELLS; k++) {
            sum[0] += (double)cells_of(v, 0, i)[k];
            sum[1] += (double)cells_of(v, 1, i)[k];
        }
    return sum[0] > 0 && sum[1] > 0 ? sum[1] / sum[0] : 1;
}

static void find_pauses(view *v, double gain)
{
    for (size_t i = 0; i < v->n; i++) {
        float sum = 0;

        for (size_t k = 0; k < FAM_CELLS; k++)
            sum += cells_of(v, 0, i)[k] * (float)gain + cells_of(v, 1, i)[k];
        v->desk->loud[i] = v->desk->work[i] = sum;
    }
    /* two in five are taken for pauses */
    v->pause = ranked(v->desk->work, v->n, v->n * 2 / 5);
}

static void usual_spectrum(view *v, int which)
{
    for (size_t k = 0; k < FAM_CELLS; k++) {
        size_t n = 0;

        for (size_t i = 0; i < v->n; i++) {
            if (v->desk->loud[i] < v->pause)
                continue;
            v->desk->work[n] = cells_of(v, which, i)[k];
            n++;
        }
        v->usual[which][k] = n > 0 ? ranked(v->desk->work, n, n / 2) : 0;
    }
}

/* Power of the second over the first where both are strong: the weighted median over cells. */
static double gain_of(const view *v)
{
    double ratio[FAM_CELLS], weight[FAM_CELLS], sum[2] = {0, 0}, total = 0;
    double best = 1, miss = INFINITY;

    for (size_t k = 0; k < FAM_CELLS; k++) {
        sum[0] += (double)v->usual[0][k];
        sum[1] += (double)v->usual[1][k];
    }
    if (sum[0] <= 0 || sum[1] <= 0)
        return 1;
    for (size_t k = 0; k < FAM_CELLS; k++) {
        double a = (double)v->usual[0][k] / sum[0], b = (double)v->usual[1][k] / sum[1];

        weight[k] = fmin(a, b);
        ratio[k] = weight[k] > 0 ? b / a * (sum[1] / sum[0]) : 0;
        total += weight[k];
    }
    for (size_t k = 0; k < FAM_CELLS; k++) {
        double below = 0;

        for (size_t i = 0; i < FAM_CELLS; i++)
            below += ratio[i] < ratio[k]   ? weight[i]
                     : ratio[i] > ratio[k] ? 0
                                           : weight[i] / 2;
        if (weight[k] > 0 && fabs(below - total / 2) < miss) {
            miss = fabs(below - total / 2);
            best = ratio[k];
        }
    }
    return best;
}

/* Ratio of the second to the first in one cell, block by block: its median, and the least
 * and the most that it is in most blocks, dB. */
typedef struct lift {
    double low, usual, high;
} lift;

static lift lift_of(const view *v, size_t cell, double floor)
{
    float *ratio = v->desk->work, low, usual, high;
    size_t n = 0, half;

    for (size_t i = 0; i < v->n; i++)
        if (v->desk->loud[i] >= v->pause)
            ratio[n++] = (cells_of(v, 1, i)[cell] + (float)floor) /
                         (cells_of(v, 0, i)[cell] * (float)v->gain + (float)floor);
    if (n < 4)
        return (lift){0, 0, 0};
    half = n / 2;
    usual =
        ranked(ratio, n, half); /* smaller ones now stand before it, larger ones behind */
    low = ranked(ratio, half, half / 2);
    high = ranked(ratio + half, n - half, (n - half) / 2);
    return (lift){.low = 10 * log10((double)low),
                  .usual = 10 * log10((double)usual),
                  .high = 10 * log10((double)high)};
}

/* How the spectra differ once the gain is taken out. A lift counts where it is there most of
 * the time: sound laid over a part of the whole is none. */
static void compare_spectra(view *v, fam_side side[2])
{
    double top = 0, floor;
    lift by[FAM_CELLS];

    for (size_t k = 0; k < FAM_CELLS; k++)
        top = fmax(top, fmax((double)v->usual[0][k] * v->gain, (double)v->usual[1][k]));
    floor = SPECTRUM_FLOOR * top + 1e-30;
    for (size_t k = 0; k < FAM_CELLS; k++) {
        by[k] = lift_of(v, k, floor);
        v->scale[k] = (float)(pow(10, by[k].usual / 10) * v->gain);
        v->alike[k] = fabs(by[k].usual) < ALIKE_DB;
    }
    for (size_t k = BOOST_FIRST; k + BOOST_CELLS <= FAM_CELLS; k++) {
        double up = 0, down = 0;

        for (size_t i = 0; i < BOOST_CELLS; i++) {
            up += by[k + i].low / BOOST_CELLS;
            down -= by[k + i].high / BOOST_CELLS;
        }
        side[0].boost_db = fmax(side[0].boost_db, up);
        side[1].boost_db = fmax(side[1].boost_db, down);
    }
}

/* Excess of one over the other in each block, against the one's own loud blocks. */
static void find_excess(const view *v, int one)
{
    float usual;

    for (size_t i = 0; i < v->n; i++) {
        const float *x = cells_of(v, 1, i), *y = cells_of(v, 0, i);
        float sum = 0, over = 0;

        for (size_t k = 0; k < FAM_CELLS; k++) {
            float p = one == 1 ? x[k] : y[k] * v->scale[k];
            float q = one == 1 ? y[k] * v->scale[k] : x[k];

            if (!v->alike[k])
                continue;
            sum += p;
            over += p > OVERLAY_FACTOR * q ? p - OVERLAY_FACTOR * q : 0;
        }
        v->desk->work[i] = sum;
        v->desk->excess[i] = over;
    }
    usual = ranked(v->desk->work, v->n, v->n * 9 / 10);
    for (size_t i = 0; i < v->n; i++)
        v->desk->excess[i] = usual > 0 ? v->desk->excess[i] / usual : 0;
}

static double block_start(const view *v, size_t i)
{
    size_t at = v->desk->block[i];

    return v->g->slot_start[at / FAM_SLOT_BLOCKS] +
           (double)(at % FAM_SLOT_BLOCKS * FAM_BLOCK);
}

/* The loudest second of the excess, and how far it goes on round that. */
static void find_overlay(const view *v, fam_side *side)
{
    const float *x = v->desk->excess;
    size_t seconds = 0, at = 0, from, to;
    float sum = 0, best = 0, enough;

    for (size_t i = 0; i < v->n; i++) {
        sum += x[i];
        if (i + 1 < OVERLAY_BLOCKS)
            continue;
        v->desk->work[seconds++] = fmaxf(sum / OVERLAY_BLOCKS, 0);
        if (sum > best) {
            best = sum;
            at = i + 1 - OVERLAY_BLOCKS;
        }
        sum -= x[i + 1 - OVERLAY_BLOCKS];
    }
    if (seconds == 0)
        return;
    side->overlay = (double)best / OVERLAY_BLOCKS;
    side->overlay_usual = (double)ranked(v->desk->work, seconds, seconds / 2);
    enough = best / (8 * OVERLAY_BLOCKS);
    from = at;
    to = at + OVERLAY_BLOCKS - 1; /* the last one */
    for (size_t i = at; i-- > 0 && from - i <= OVERLAY_GAP;)
        from = x[i] > enough ? i : from;
    for (size_t i = to + 1; i < v->n && i - to <= OVERLAY_GAP; i++)
        to = x[i] > enough ? i : to;
    while (from < to && x[from] < enough)
        from++;
    while (to > from && x[to] < enough)
        to--;
    side->overlay_start = block_start(v, from);
    side->overlay_end = block_start(v, to) + FAM_BLOCK;
}

void ew_fam_pair(const fam_group *g, size_t a, size_t b, fam_desk *desk, fam_pair *out)
{
    view v = {.g = g, .desk = desk, .gain = 1};
    double close = out->close, usual = out->usual;

    *out = (fam_pair){.close = close, .usual = usual};
    look(&v, a, b);
    if (v.n == 0)
        return;
    find_pauses(&v, total_gain(&v)); /* pauses are those of both at one level */
    usual_spectrum(&v, 0);
    usual_spectrum(&v, 1);
    v.gain = gain_of(&v);
    out->gain_db = 10 * log10(v.gain);
    compare_spectra(&v, out->side);
    find_excess(&v, 1);
    find_overlay(&v, &out->side[0]);
    find_excess(&v, 0);
    find_overlay(&v, &out->side[1]);
}
