/* SPDX-License-Identifier: Apache-2.0 */
/* Compares three seconds of loud sound before a place with three after it.
 *
 * The strength adds up two figures, each a mean over the bands in units of the spread within
 * the windows: how far the levels are apart, and how far the shapes of the spectra are. Voices
 * do that by themselves, which is why this is the weakest of the signs of change. */
#include "inspect/levels.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/bands.h"
#include "inspect/loudness.h"
#include "inspect/nothing.h"
#include "inspect/peaks.h"

enum {
    MAX_BANDS = EW_INSPECT__BANDS,
    SIDE = 150, /* loud rows on each side */
    STEP = 3,   /* loud rows from one place looked at to the next */
    FAR_ROWS = 20 * EW_INSPECT__BANDS_PER_S, /* in which both sides must lie */
    APART_S = 2,
    DECAY = 4 /* rows after which the decay is looked at */
};

static const float LOUD = 10 / 0.6f;       /* below what is loud around */
static const double SPREAD_MIN = 4 / 0.36; /* dB^2 in squared steps of a level */
static const double LEAST = 1.0;           /* weaker is not told */

/* Sums over the loud rows of a window. */
typedef struct window {
    double one[MAX_BANDS], two[MAX_BANDS], decay;
} window;

typedef struct loud {
    const ew_inspect__bands *bands;
    size_t *rows, count;
    size_t n; /* bands */
} loud;

static ew_code find_loud(loud *l, ew_err *err)
{
    size_t rows = ew_inspect__bands_rows(l->bands);
    float *level = NULL, *around = NULL;
    ew_code rc = ew_inspect__loudness(l->bands, &level, &around, err);

    if (rc < 0)
        return rc;
    l->rows = ew_alloc_array(rows, sizeof *l->rows);
    if (!l->rows)
        rc = ew_fail_nomem(err);
    for (size_t i = 0; i < rows && rc >= 0; i++) {
        if (level[i] > around[i] - LOUD && level[i] > 0)
            l->rows[l->count++] = i;
    }
    ew_free(level);
    ew_free(around);
    return rc;
}

/* Adds (or with -1 takes away) loud row i. */
static void add(const loud *l, window *w, size_t i, double sign)
{
    size_t row = l->rows[i], last = ew_inspect__bands_rows(l->bands) - 1;
    const uint8_t *now = ew_inspect__bands_row(l->bands, row);
    const uint8_t *then =
        ew_inspect__bands_row(l->bands, row + DECAY < last ? row + DECAY : last);

    for (size_t k = 0; k < l->n; k++) {
        double v = now[k];

        w->one[k] += sign * v;
        w->two[k] += sign * v * v;
        if (now[k] > then[k])
            w->decay += sign * (now[k] - then[k]);
    }
}

static double strength(const loud *l, const window *a, const window *b)
{
    double d[MAX_BANDS], spread[MAX_BANDS], mean = 0, level = 0, shape = 0;

    for (size_t k = 0; k < l->n; k++) {
        double ma = a->one[k] / SIDE, mb = b->one[k] / SIDE;

        d[k] = mb - ma;
        mean += d[k] / (double)l->n;
        spread[k] =
            sqrt(a->two[k] / SIDE - ma * ma + b->two[k] / SIDE - mb * mb + SPREAD_MIN);
    }
    for (size_t k = 0; k < l->n; k++) {
        level += fabs(d[k]) / spread[k];
        shape += fabs(d[k] - mean) / spread[k];
    }
    return (level + shape) / (double)l->n;
}

/* The windows that meet between loud rows i - 1 and i, from scratch. */
static void windows_at(const loud *l, size_t i, window *a, window *b)
{
    memset(a, 0, sizeof *a);
    memset(b, 0, sizeof *b);
    for (size_t k = 0; k < SIDE; k++) {
        add(l, a, i - SIDE + k, 1);
        add(l, b, i + k, 1);
    }
}

static ew_code tell(const ew_inspect__heard *s, const loud *l,
                    const ew_inspect__peak *peak, ew_inspection *out, ew_err *err)
{
    ew_trace t = {.kind = EW_TRACE_CHANGE, .strength = peak->strength};
    double mean = 0, most = 0, decay;
    size_t at = 0;
    window a, b;

    windows_at(l, peak->tag, &a, &b);
    for (size_t k = 0; k < l->n; k++)
        mean += 0.6 * (b.one[k] - a.one[k]) / SIDE / (double)l->n;
    for (size_t k = 0; k < l->n; k++) {
        double d = 0.6 * (b.one[k] - a.one[k]) / SIDE - mean;

        if (fabs(d) > fabs(most)) {
            most = d;
            at = k;
        }
    }
    decay = (b.decay - a.decay) / (a.decay + 1);
    t.start = t.end = peak->at;
    t.plus_minus = s->rate_hz * 7 / 4;
    return ew_inspect__trace(out, ew_inspect__levels.id, &t, err,
                             "what is loud sounds another way from here on: %.0f dB %s, "
                             "near %.0f Hz %.0f dB %s besides, and dies away %s",
                             fabs(mean), mean < 0 ? "weaker" : "louder",
                             ew_inspect__band_hz(at), fabs(most),
                             most < 0 ? "weaker" : "louder",
                             decay < -0.15  ? "more slowly"
                             : decay > 0.15 ? "faster"
                                            : "as before");
}

static ew_code compare(const ew_inspect__heard *s, const loud *l, ew_inspection *out,
                       ew_err *err)
{
    ew_inspect__peaks peaks = {0};
    ew_code rc = EW_OK;
    window a, b;

    windows_at(l, SIDE, &a, &b);
    for (size_t i = SIDE; rc >= 0; i++) {
        ew_inspect__peak one = {.tag = i};

        if ((i - SIDE) % STEP == 0 &&
            l->rows[i + SIDE - 1] - l->rows[i - SIDE] < FAR_ROWS) {
            one.strength = strength(l, &a, &b);
            one.at = (ew_inspect__bands_at(l->bands, l->rows[i - 1]) +
                      ew_inspect__bands_at(l->bands, l->rows[i])) /
                     2;
            if (one.strength >= LEAST)
                rc = ew_inspect__peaks_add(&peaks, one, err);
        }
        if (i + SIDE >= l->count)
            break;
        add(l, &a, i - SIDE, -1);
        add(l, &a, i, 1);
        add(l, &b, i, -1);
        add(l, &b, i + SIDE, 1);
    }
    if (rc >= 0)
        rc = ew_inspect__peaks_thin(&peaks, APART_S * (int64_t)s->rate_hz,
                                    EW_INSPECT_TRACES_MAX, err);
    for (size_t i = 0; i < peaks.count && rc >= 0; i++)
        rc = tell(s, l, &peaks.list[i], out, err);
    ew_inspect__peaks_release(&peaks);
    return rc;
}

static ew_code look(const ew_inspect__heard *s, ew_inspection *out, ew_err *err)
{
    loud l = {.bands = s->bands, .n = ew_inspect__bands_count(s->bands)};
    ew_code rc;

    if (ew_inspect__nothing(s->most))
        return ew_inspect__told_nothing(out, ew_inspect__levels.id, err);
    rc = find_loud(&l, err);
    if (rc >= 0 && l.count < 2 * SIDE)
        rc = ew_inspect__untested(
            out, ew_inspect__levels.id, err,
            "there is less than 6 s of sound well above the background");
    else if (rc >= 0)
        rc = compare(s, &l, out, err);
    ew_free(l.rows);
    return rc;
}

const ew_inspect__method ew_inspect__levels = {
    .id = "level-change",
    .want = EW_INSPECT__HEARD,
    .look = look,
};
