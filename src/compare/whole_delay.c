/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of both waves are correlated, and a line is laid through their lags. */
#include "compare/whole_delay.h"

#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/sort.h"
#include "dsp/window.h"

enum { BLOCKS_MAX = 16 };

static const double match_min = 0.12; /* of a block: below it is not the same wave */

typedef struct delays {
    size_t count;
    double at[BLOCKS_MAX]; /* middle of the block, samples */
    double lag[BLOCKS_MAX];
    double match[BLOCKS_MAX];
} delays;

void ew_whole__delay_release(ew_whole__delay *s)
{
    ew_free(s->y);
    ew_free(s->x);
    ew_free(s->window);
    ew_free(s->block);
    ew_fft_free(s->fft);
}

ew_code ew_whole__delay_init(ew_whole__delay *s, uint32_t rate_hz, size_t n, ew_err *err)
{
    *s = (ew_whole__delay){.rate_hz = rate_hz, .size = 2};
    while (s->size < rate_hz / 2)
        s->size *= 2;
    while (s->size > n && s->size > 2)
        s->size /= 2;
    s->block = ew_alloc_array(s->size, sizeof(*s->block));
    s->window = ew_alloc_array(s->size, sizeof(*s->window));
    s->x = ew_alloc_array(s->size / 2 + 1, sizeof(*s->x));
    s->y = ew_alloc_array(s->size / 2 + 1, sizeof(*s->y));
    if (s->block == NULL || s->window == NULL || s->x == NULL || s->y == NULL)
        return ew_fail_nomem(err);
    ew_hann_fill(s->window, s->size, 0);
    return ew_fft_new(&s->fft, s->size, err);
}

static void transform(ew_whole__delay *s, const float *x, ew_cpx *out)
{
    for (size_t i = 0; i < s->size; i++)
        s->block[i] = x[i] * s->window[i];
    ew_fft_forward(s->fft, s->block, out);
}

/* Cross spectrum, half whitened, of what telephone bands keep; its energy if all agreed. */
static double cross_spectrum(ew_whole__delay *s)
{
    const size_t low = (size_t)(150.0 * (double)s->size / s->rate_hz);
    const size_t high = (size_t)(3600.0 * (double)s->size / s->rate_hz);
    double sum = 0;

    for (size_t k = 0; k <= s->size / 2; k++) {
        const ew_cpx a = s->x[k], b = s->y[k];
        const ew_cpx c = {a.re * b.re + a.im * b.im, a.re * b.im - a.im * b.re};
        const float size = sqrtf(sqrtf(c.re * c.re + c.im * c.im));

        if (k < low || k > high || size <= 0) {
            s->x[k] = (ew_cpx){0, 0};
            continue;
        }
        s->x[k] = (ew_cpx){c.re / size, c.im / size};
        sum += 2 * (double)size;
    }
    return sum;
}

/* The lag of b behind a in one block. */
static double block_lag(ew_whole__delay *s, const float *a, const float *b,
                        ptrdiff_t reach, double *match)
{
    const ptrdiff_t size = (ptrdiff_t)s->size;
    double total, best = 0, before, after, bend;
    ptrdiff_t at = 0;

    transform(s, a, s->x);
    transform(s, b, s->y);
    total = cross_spectrum(s);
    ew_fft_inverse(s->fft, s->x, s->block);
    for (ptrdiff_t m = -reach; m <= reach; m++) {
        const double v = fabs((double)s->block[(m + size) % size]);

        if (v > best) {
            best = v;
            at = m;
        }
    }
    *match = total > 0 ? best / total : 0;
    before = fabs((double)s->block[(at - 1 + size) % size]);
    after = fabs((double)s->block[(at + 1 + size) % size]);
    bend = before - 2 * best + after;
    return (double)at + (bend < 0 ? 0.5 * (before - after) / bend : 0);
}

static void find_delays(ew_whole__delay *s, const ew_whole__waves *w, ptrdiff_t reach,
                        delays *d)
{
    const size_t blocks = w->n / s->size < BLOCKS_MAX ? w->n / s->size : BLOCKS_MAX;
    const size_t hop = blocks > 1 ? (w->n - s->size) / (blocks - 1) : 0;

    d->count = 0;
    for (size_t i = 0; i < blocks; i++) {
        double match;
        const double lag = block_lag(s, w->a + i * hop, w->b + i * hop, reach, &match);

        if (match < match_min)
            continue;
        d->at[d->count] = (double)(i * hop) + (double)s->size / 2;
        d->lag[d->count] = lag;
        d->match[d->count++] = match;
    }
}

static double median(double *x, size_t n)
{
    if (n == 0)
        return 0;
    ew_sort_doubles(x, n);
    return n % 2 == 1 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* The line through the lags that most agree on (Theil, Sen). */
static double fit_line(const delays *d, double *slope)
{
    double v[BLOCKS_MAX * BLOCKS_MAX / 2];
    size_t n = 0;

    for (size_t i = 0; i < d->count; i++)
        for (size_t k = i + 1; k < d->count; k++)
            v[n++] = (d->lag[k] - d->lag[i]) / (d->at[k] - d->at[i]);
    *slope = d->count >= 3 ? median(v, n) : 0;
    for (size_t i = 0; i < d->count; i++)
        v[i] = d->lag[i] - *slope * d->at[i];
    return median(v, d->count);
}

ew_whole__lag ew_whole__delay_find(ew_whole__delay *d, const ew_whole__waves *w,
                                   double reach_ms)
{
    const ptrdiff_t most = (ptrdiff_t)d->size / 4;
    const ptrdiff_t reach = (ptrdiff_t)(reach_ms * d->rate_hz / 1000);
    ew_whole__lag lag = {0};
    delays found;

    find_delays(d, w, reach < most ? reach : most, &found);
    if (found.count == 0)
        return lag;
    lag.first = fit_line(&found, &lag.slope);
    lag.match = median(found.match, found.count);
    return lag;
}
