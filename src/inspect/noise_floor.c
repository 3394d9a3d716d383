/* SPDX-License-Identifier: Apache-2.0 */
/* The background as it is heard in pauses, and where it becomes another one.
 *
 * A pause is at least 120 ms in which no band changes and which is well below the speech
 * around it. Where the spectra of the pauses before and after a place differ by much more than
 * they differ among themselves, another recording, room or gain begins. */
#include "inspect/noise_floor.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/bands.h"
#include "inspect/loudness.h"
#include "inspect/peaks.h"

enum {
    MAX_BANDS = EW_INSPECT__BANDS,
    RUN = 6,  /* rows that must be steady */
    SIDE = 4, /* pauses that are compared on each side */
    SIDE_MIN = 2,
    FAR_ROWS = 15 * EW_INSPECT__BANDS_PER_S, /* pauses farther off do not count */
    APART_S = 2                              /* between two findings */
};

/* In steps of a stored level, 0.6 dB. */
static const double STEADY = 3.5 / 0.6; /* spread within a pause, mean over bands */
static const double BELOW = 16 / 0.6;   /* the speech around */
static const double SPREAD_MIN =
    1 / 0.36;                      /* of pauses, as variance, both sides together */
static const double RATIO_MAX = 6; /* one band cannot outvote the others */
static const double LEAST = 0.8;   /* weaker is not told */

typedef struct pause {
    size_t first, last; /* rows, half open */
    float level[MAX_BANDS];
} pause;

typedef struct pauses {
    pause *list;
    size_t count, room;
} pauses;

/* Mean spread of the bands over RUN rows; silent bytes make it endless. */
static double spread(const ew_inspect__bands *b, size_t row)
{
    size_t n = ew_inspect__bands_count(b);
    double sum = 0;

    for (size_t k = 0; k < n; k++) {
        int one = 0, two = 0;

        for (size_t i = row; i < row + RUN; i++) {
            int v = ew_inspect__bands_row(b, i)[k];

            if (v == EW_INSPECT__BAND_SILENT)
                return HUGE_VAL;
            one += v;
            two += v * v;
        }
        sum += sqrt((double)(two * RUN - one * one)) / RUN;
    }
    return sum / (double)n;
}

/* The mean of the quieter half of rows first..last. */
static void describe(const ew_inspect__bands *b, const float *level, pause *p)
{
    size_t n = ew_inspect__bands_count(b), taken = 0, half = (p->last - p->first) / 2;
    float limit =
        ew_inspect__loudness_quantile(level + p->first, p->last - p->first, 0.5);
    double sum[MAX_BANDS] = {0};

    if (half < RUN / 2)
        half = RUN / 2;
    for (size_t i = p->first; i < p->last; i++) {
        if (level[i] > limit)
            continue;
        for (size_t k = 0; k < n; k++)
            sum[k] += ew_inspect__bands_row(b, i)[k];
        taken++;
    }
    for (size_t k = 0; k < n; k++)
        p->level[k] = (float)(sum[k] / (double)(taken ? taken : 1));
}

static ew_code add_pause(pauses *p, const pause *one, ew_err *err)
{
    if (p->count == p->room) {
        size_t room = p->room ? 2 * p->room : 64;
        pause *more = ew_realloc_array(p->list, room, sizeof *more);

        if (!more)
            return ew_fail_nomem(err);
        p->list = more;
        p->room = room;
    }
    p->list[p->count++] = *one;
    return EW_OK;
}

/* Runs of rows that belong to a steady stretch and are well below the sound around. */
static ew_code find_pauses(const ew_inspect__bands *b, const float *level,
                           const float *around, pauses *found, ew_err *err)
{
    size_t rows = ew_inspect__bands_rows(b), steady_until = 0;
    pause now = {0};

    for (size_t i = 0; i <= rows; i++) {
        bool in = false;

        if (i < rows) {
            if (i + RUN <= rows && spread(b, i) < STEADY)
                steady_until = i + RUN;
            in = i < steady_until && level[i] < around[i] - (float)BELOW;
        }
        if (in) {
            if (now.last != i)
                now.first = i;
            now.last = i + 1;
        } else if (now.last == i && now.last - now.first >= RUN) {
            ew_code rc;

            describe(b, level, &now);
            rc = add_pause(found, &now, err);
            if (rc < 0)
                return rc;
        }
    }
    return EW_OK;
}

typedef struct side {
    double mean[MAX_BANDS], var[MAX_BANDS];
} side;

static void take_side(const pause *p, size_t n, size_t bands, side *s)
{
    for (size_t k = 0; k < bands; k++) {
        double one = 0, two = 0;

        for (size_t i = 0; i < n; i++)
            one += (double)p[i].level[k];
        one /= (double)n;
        for (size_t i = 0; i < n; i++)
            two += ((double)p[i].level[k] - one) * ((double)p[i].level[k] - one);
        s->mean[k] = one;
        s->var[k] = two / (double)n;
    }
}

/* The pauses around the place after pause i; false when there are too few near. */
static bool sides(const pauses *p, size_t i, size_t bands, side *before, side *after)
{
    size_t place = p->list[i].last, next = p->list[i + 1].first;
    size_t a = 0, b = 0;

    while (a < SIDE && a <= i && p->list[i - a].last + FAR_ROWS > place)
        a++;
    while (b < SIDE && i + 1 + b < p->count && p->list[i + 1 + b].first < next + FAR_ROWS)
        b++;
    if (a < SIDE_MIN || b < SIDE_MIN)
        return false;
    take_side(p->list + i + 1 - a, a, bands, before);
    take_side(p->list + i + 1, b, bands, after);
    return true;
}

/* Mean over the bands of the difference in units of what the pauses differ among themselves. */
static double difference(const side *a, const side *b, size_t bands)
{
    double sum = 0;

    for (size_t k = 0; k < bands; k++) {
        double r =
            fabs(a->mean[k] - b->mean[k]) / sqrt(a->var[k] + b->var[k] + SPREAD_MIN);

        sum += r < RATIO_MAX ? r : RATIO_MAX;
    }
    return sum / (double)bands;
}

static ew_code tell(const ew_inspect__heard *s, const pauses *p,
                    const ew_inspect__peak *peak, ew_inspection *out, ew_err *err)
{
    const pause *left = &p->list[peak->tag], *right = left + 1;
    size_t bands = ew_inspect__bands_count(s->bands), most = 0;
    ew_trace t = {.kind = EW_TRACE_CHANGE, .strength = peak->strength};
    double by = 0, sum = 0;
    int64_t gap;
    side a, b;

    (void)sides(p, peak->tag, bands, &a, &b);
    for (size_t k = 0; k < bands; k++) {
        double d = 0.6 * (b.mean[k] - a.mean[k]);

        sum += d;
        if (fabs(d) > fabs(by)) {
            by = d;
            most = k;
        }
    }
    sum /= (double)bands;
    t.start = t.end = peak->at;
    gap = ew_inspect__bands_at(s->bands, right->first) -
          ew_inspect__bands_at(s->bands, left->last);
    /* As measured: 95 of 100 lie within it. */
    t.plus_minus = gap * 3 / 4 + s->rate_hz * 3 / 4;
    return ew_inspect__trace(out, ew_inspect__noise_floor.id, &t, err,
                             "the background heard in the pauses becomes another one: "
                             "%.0f dB %s on average, %.0f dB %s near %.0f Hz",
                             fabs(sum), sum < 0 ? "weaker" : "louder", fabs(by),
                             by < 0 ? "weaker" : "louder", ew_inspect__band_hz(most));
}

/* The level of each pause over the seconds it lies in. */
static ew_code draw(const ew_inspect__heard *s, const pauses *p, ew_inspection *out,
                    ew_err *err)
{
    size_t rows = ew_inspect__bands_rows(s->bands), n = ew_inspect__bands_count(s->bands);
    ew_curve head = {.id = "noise-floor", .unit = "dB", .step = s->rate_hz}, *c;
    ew_code rc;

    head.count = (rows + EW_INSPECT__BANDS_PER_S - 1) / EW_INSPECT__BANDS_PER_S;
    if (!head.count)
        return EW_OK;
    rc = ew_inspect__curve(out, &head, &c, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < p->count; i++) {
        double power = 0;

        for (size_t k = 0; k < n; k++)
            power += pow(10, 0.1 * ew_inspect__band_db((double)p->list[i].level[k]));
        for (size_t r = p->list[i].first; r < p->list[i].last; r++)
            c->values[r / EW_INSPECT__BANDS_PER_S] = (float)(10 * log10(power));
    }
    return EW_OK;
}

static ew_code compare(const ew_inspect__heard *s, const pauses *p, ew_inspection *out,
                       ew_err *err)
{
    ew_inspect__peaks peaks = {0};
    size_t bands = ew_inspect__bands_count(s->bands);
    ew_code rc = EW_OK;

    for (size_t i = 0; i + 1 < p->count && rc >= 0; i++) {
        ew_inspect__peak one = {.tag = i};
        side a, b;

        if (!sides(p, i, bands, &a, &b))
            continue;
        one.at = (ew_inspect__bands_at(s->bands, p->list[i].last) +
                  ew_inspect__bands_at(s->bands, p->list[i + 1].first)) /
                 2;
        one.strength = difference(&a, &b, bands);
        if (one.strength >= LEAST)
            rc = ew_inspect__peaks_add(&peaks, one, err);
    }
    if (rc >= 0)
        rc = ew_inspect__peaks_thin(&peaks, APART_S * (int64_t)s->rate_hz,
                                    EW_INSPECT_TRACES_MAX, err);
    for (size_t i = 0; i < peaks.count && rc >= 0; i++)
        rc = tell(s, p, &peaks.list[i], out, err);
    ew_inspect__peaks_release(&peaks);
    return rc;
}

static ew_code look(const ew_inspect__heard *s, ew_inspection *out, ew_err *err)
{
    float *level = NULL, *around = NULL;
    pauses p = {0};
    ew_code rc = ew_inspect__loudness(s->bands, &level, &around, err);

    if (rc >= 0)
        rc = find_pauses(s->bands, level, around, &p, err);
    if (rc < 0)
        goto out;
    if (p.count < 2 * SIDE_MIN)
        rc = ew_inspect__untested(
            out, ew_inspect__noise_floor.id, err,
            "there are too few pauses in which the background is heard");
    else
        rc = compare(s, &p, out, err);
    if (rc >= 0)
        rc = draw(s, &p, out, err);
out:
    ew_free(p.list);
    ew_free(level);
    ew_free(around);
    return rc;
}

const ew_inspect__method ew_inspect__noise_floor = {
    .id = "noise-floor",
    .want = EW_INSPECT__HEARD,
    .look = look,
};
