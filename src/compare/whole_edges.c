/* SPDX-License-Identifier: Apache-2.0 */
/* Where the band of a recording ends, and what of A's band B lost. */
#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "compare/whole_measure.h"

enum { SMOOTH_HZ = 120, STEP_HZ = 400, GAP_HZ = 100, ABOVE_HZ = 300 };

static const double cliff_db = 10, fall_db = 12, faint_db = 75;
static const double lost_db = 10;  /* weaker than the rest by this much */
static const double heard_db = 50; /* below its loudest part, A has nothing to lose */

typedef struct spectrum {
    double *db;    /* smoothed */
    double *sum;   /* running sum of db, [bins + 1] */
    double *above; /* highest from here on */
    size_t bins;
    double hz;
} spectrum;

static double smooth_db(const double *power, size_t bins, size_t i, size_t reach)
{
    const size_t from = i > reach ? i - reach : 0;
    const size_t to = i + reach < bins ? i + reach : bins - 1;
    double sum = 0;

    for (size_t n = from; n <= to; n++)
        sum += power[n];
    return ew_whole__db(sum / (double)(to - from + 1));
}

static void smooth(spectrum *s, const double *power)
{
    const size_t reach = (size_t)fmax(1, SMOOTH_HZ / s->hz);

    for (size_t i = 0; i < s->bins; i++) {
        s->db[i] = smooth_db(power, s->bins, i, reach);
        s->sum[i + 1] = s->sum[i] + s->db[i];
    }
    for (size_t i = s->bins; i-- > 0;)
        s->above[i] = i + 1 < s->bins ? fmax(s->db[i], s->above[i + 1]) : s->db[i];
}

static double mean_db(const spectrum *s, size_t from, size_t to)
{
    return (s->sum[to] - s->sum[from]) / (double)(to - from);
}

/* How steeply it falls at bin k, when all above stays low; else 0. */
static double cliff_at(const spectrum *s, size_t k)
{
    const size_t step = (size_t)fmax(2, STEP_HZ / s->hz);
    const size_t gap = (size_t)fmax(1, GAP_HZ / s->hz);
    const size_t above = (size_t)(ABOVE_HZ / s->hz);
    double low, drop;

    if (k < step || k + step >= s->bins)
        return 0;
    low = mean_db(s, k - step, k - gap);
    drop = low - mean_db(s, k + gap, k + step);
    return drop >= cliff_db && s->above[k + above] <= low - fall_db ? drop : 0;
}

static double level_before(const spectrum *s, size_t k, size_t *from)
{
    const size_t back = (size_t)(1200 / s->hz), gap = (size_t)(300 / s->hz);
    double most = -200;

    *from = k > back ? k - back : 1;
    for (size_t i = *from; i + gap < k; i++)
        most = fmax(most, s->db[i]);
    return most;
}

/* The highest cliff that is not down among what coders and resamplers leave behind. */
static void find_high(const spectrum *s, double top_db, ew_whole__edges *e)
{
    for (size_t k = (size_t)(1500 / s->hz); k < s->bins; k++) {
        double drop = cliff_at(s, k), level;
        size_t from, last = k;

        if (drop <= 0)
            continue;
        for (size_t n = k + 1; n < s->bins && (double)(n - last) * s->hz <= 300; n++)
            if (cliff_at(s, n) > drop) {
                drop = cliff_at(s, n);
                last = n;
            }
        level = level_before(s, last, &from);
        if (level > top_db - faint_db) {
            while (from + 1 < s->bins && s->db[from] >= level - 10)
                from++;
            e->high_hz = fmin((double)from * s->hz, e->high_hz);
            e->cut = true;
        }
        k = last + (size_t)(300 / s->hz);
    }
}

ew_code ew_whole__edges_find(const double *power, size_t bins, double hz_per_bin,
                             double nyquist_hz, ew_whole__edges *e, ew_err *err)
{
    spectrum s = {.bins = bins, .hz = hz_per_bin};
    double top_db = -200;

    *e = (ew_whole__edges){.high_hz = fmin(nyquist_hz, (double)(bins - 1) * hz_per_bin)};
    s.db = ew_alloc_array(3 * bins + 1, sizeof(*s.db));
    if (s.db == NULL)
        return ew_fail_nomem(err);
    s.sum = s.db + bins;
    s.above = s.sum + bins + 1;
    smooth(&s, power);
    for (size_t k = (size_t)(200 / s.hz); k < bins && (double)k * s.hz < 4000; k++)
        top_db = fmax(top_db, s.db[k]);
    find_high(&s, top_db, e);
    for (size_t k = 1; k < bins && (double)k * s.hz < 1000; k++)
        if (ew_whole__db(power[k]) > top_db - 20) {
            e->low_hz = (double)k * s.hz;
            break;
        }
    ew_free(s.db);
    return EW_OK;
}

/* B over A at one bin, smoothed; fine at low frequencies. */
static double transfer_db(const double *power[2], size_t bins, double hz, size_t k)
{
    const size_t reach = (double)k * hz < 600 ? 1 : (size_t)fmax(1, SMOOTH_HZ / hz);

    return smooth_db(power[EW_SIDE_B], bins, k, reach) -
           smooth_db(power[EW_SIDE_A], bins, k, reach);
}

ew_code ew_whole__loss_find(const double *power[2], size_t bins, double hz_per_bin,
                            const ew_whole__edges *a, ew_whole__edges *lost, ew_err *err)
{
    const size_t end = (size_t)(a->high_hz / hz_per_bin);
    const size_t from = (size_t)(400 / hz_per_bin);
    const size_t to = (size_t)(2500 / hz_per_bin);
    double *middle = ew_alloc_array(to - from + 1, sizeof(*middle));
    double usual, top_db = -200;
    size_t low = 0, high = end < bins ? end : bins - 1;

    if (middle == NULL)
        return ew_fail_nomem(err);
    for (size_t k = from; k <= to && k < bins; k++) {
        middle[k - from] = transfer_db(power, bins, hz_per_bin, k);
        top_db = fmax(top_db, ew_whole__db(power[EW_SIDE_A][k]));
    }
    usual = ew_whole__percentile(middle, to - from + 1, 0.5);
    while (high > from && transfer_db(power, bins, hz_per_bin, high) < usual - lost_db)
        high--;
    for (size_t k = from; k > 1; k--)
        if (low == 0 && transfer_db(power, bins, hz_per_bin, k) < usual - lost_db &&
            ew_whole__db(power[EW_SIDE_A][k]) > top_db - heard_db)
            low = k + 1;
    lost->low_hz = (double)low * hz_per_bin;
    lost->high_hz = high == end ? a->high_hz : (double)high * hz_per_bin;
    lost->cut = high != end;
    ew_free(middle);
    return EW_OK;
}
