/* SPDX-License-Identifier: Apache-2.0 */
/* Where a copy lies against another: first roughly over everything on a low rate, then to
 * the fraction of a sample at the full rate. */
#include <math.h>

#include "base/alloc.h"
#include "compare/family_parts.h"
#include "dsp/fft.h"

enum {
    SIZE_MAX_LOG = 24, /* of the transform for the rough place */
    HALVINGS_MIN = 2,  /* 4 kHz: enough to tell one place from all others */
    FINE_SIZE = 4096,  /* frames for the exact place, and how many of them */
    FINE_FRAMES = 96,
    FINE_REACH = 200 /* samples round the rough place */
};

/* Sound at a lower rate, differences of neighbours: speech is flatter that way. */
static void thin_out(const ew_copy *c, unsigned halvings, float *out, size_t size)
{
    size_t step = (size_t)1 << halvings, n = c->samples / step;
    float last = 0;

    for (size_t i = 0; i < size; i++) {
        float sum = 0;

        for (size_t k = 0; i < n && k < step; k++)
            sum += (float)c->sound[i * step + k];
        out[i] = i < n ? sum - 0.9F * last : 0;
        last = sum;
    }
}

/* a := a times conj(b), flattened by the root of its size. */
static void cross(ew_cpx *a, const ew_cpx *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float re = a[i].re * b[i].re + a[i].im * b[i].im;
        float im = a[i].im * b[i].re - a[i].re * b[i].im;
        float size = sqrtf(re * re + im * im);
        float by = size > 0 ? 1 / sqrtf(size) : 0;

        a[i] = (ew_cpx){re * by, im * by};
    }
}

/* The highest place among lags -reach..reach, refined by a parabola; lags from `turn` on are
 * negative ones. */
static double top_of(const float *x, size_t size, size_t reach, size_t turn,
                     double *height)
{
    size_t best = 0;
    double sum = 0, a, b, c, bend;

    for (size_t i = 0; i < size; i++) {
        sum += (double)x[i] * (double)x[i];
        if (i > reach && i + reach < size)
            continue;
        if (fabsf(x[i]) > fabsf(x[best]))
            best = i;
    }
    a = fabs((double)x[(best + size - 1) % size]);
    b = fabs((double)x[best]);
    c = fabs((double)x[(best + 1) % size]);
    bend = a - 2 * b + c;
    *height = sum > 0 ? b / sqrt(sum / (double)size) : 0;
    return (best >= turn ? (double)best - (double)size : (double)best) +
           (bend < 0 ? 0.5 * (a - c) / bend : 0);
}

/* The place in samples of the full rate. */
static ew_code rough(const fam_copy *hub, fam_copy *c, ew_err *err)
{
    unsigned halvings = HALVINGS_MIN;
    size_t both = hub->in->samples + c->in->samples, size;
    ew_fft *fft = NULL;
    float *x = NULL;
    ew_cpx *a = NULL, *b = NULL;
    ew_code rc;

    while (both >> halvings > (size_t)1 << SIZE_MAX_LOG)
        halvings++;
    size = ew_fft_good_size((both >> halvings) + 2);
    rc = ew_fft_new(&fft, size, err);
    if (rc != EW_OK)
        return rc;
    x = ew_alloc_array(size, sizeof(*x));
    a = ew_alloc_array(size / 2 + 1, sizeof(*a));
    b = ew_alloc_array(size / 2 + 1, sizeof(*b));
    if (x == NULL || a == NULL || b == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    thin_out(hub->in, halvings, x, size);
    ew_fft_forward(fft, x, a);
    thin_out(c->in, halvings, x, size);
    ew_fft_forward(fft, x, b);
    cross(a, b, size / 2 + 1);
    ew_fft_inverse(fft, a, x);
    c->offset =
        round(top_of(x, size, size, (hub->in->samples >> halvings) + 1, &c->peak)) *
        (double)(1U << halvings);
out:
    ew_free(b);
    ew_free(a);
    ew_free(x);
    ew_fft_free(fft);
    return rc;
}

static void fine_frame(const ew_copy *c, int64_t at, float *x)
{
    for (int64_t i = 0; i < FINE_SIZE; i++) {
        int64_t k = at + i;
        bool in = k >= 1 && k < (int64_t)c->samples;

        x[i] = in ? (float)c->sound[k] - 0.9F * (float)c->sound[k - 1] : 0;
    }
}

/* Adds up the cross spectra of frames spread over what both have. */
static ew_code fine(const fam_copy *hub, fam_copy *c, ew_err *err)
{
    int64_t off = (int64_t)c->offset, from = off > 0 ? off : 0;
    int64_t to = (int64_t)hub->in->samples, step;
    const size_t bins = FINE_SIZE / 2 + 1;
    ew_fft *fft = NULL;
    double height;
    ew_cpx *room = ew_alloc_array(3 * bins, sizeof(*room));
    float *x = ew_alloc_array(FINE_SIZE, sizeof(*x));
    ew_code rc = ew_fft_new(&fft, FINE_SIZE, err);

    if (rc == EW_OK && (room == NULL || x == NULL))
        rc = ew_fail_nomem(err);
    if (rc != EW_OK)
        goto out;
    if (to > off + (int64_t)c->in->samples)
        to = off + (int64_t)c->in->samples;
    step = (to - from) / FINE_FRAMES + 1;
    if (step < FINE_SIZE / 2)
        step = FINE_SIZE / 2;
    for (int64_t at = from; at < to; at += step) {
        ew_cpx *sum = room, *a = room + bins, *b = room + 2 * bins;

        fine_frame(hub->in, at, x);
        ew_fft_forward(fft, x, a);
        fine_frame(c->in, at - off, x);
        ew_fft_forward(fft, x, b);
        for (size_t i = 0; i < bins; i++) {
            sum[i].re += a[i].re * b[i].re + a[i].im * b[i].im;
            sum[i].im += a[i].im * b[i].re - a[i].re * b[i].im;
        }
    }
    for (size_t i = 0; i < bins; i++) { /* flatten as `cross` does */
        float size = sqrtf(room[i].re * room[i].re + room[i].im * room[i].im);
        float by = size > 0 ? 1 / sqrtf(size) : 0;

        room[i] = (ew_cpx){room[i].re * by, room[i].im * by};
    }
    ew_fft_inverse(fft, room, x);
    c->offset += top_of(x, FINE_SIZE, FINE_REACH, FINE_SIZE / 2, &height);
out:
    ew_fft_free(fft);
    ew_free(x);
    ew_free(room);
    return rc;
}

ew_code ew_fam_place(const fam_copy *hub, fam_copy *c, ew_err *err)
{
    ew_code rc = rough(hub, c, err);

    if (rc == EW_OK && c->peak >= EW_FAM_PEAK_MIN)
        rc = fine(hub, c, err);
    return rc;
}
