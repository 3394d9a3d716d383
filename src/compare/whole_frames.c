/* SPDX-License-Identifier: Apache-2.0 */
/* Spectra of A and B, frame by frame, summed in bands of a third of an octave. */
#include "compare/whole_frames.h"

#include <math.h>

#include "base/alloc.h"
#include "base/err.h"
#include "dsp/window.h"

static const double lowest_hz = 80;
static const double bands_per_octave = 3;

static void place_bands(ew_whole__frames *f)
{
    const double bin_hz = (double)f->rate_hz / (double)f->size;
    size_t n = 0;

    f->edge_bin[0] = (size_t)ceil(lowest_hz / bin_hz);
    for (int i = 1; n < EW_WHOLE_BANDS_MAX; i++) {
        size_t bin = (size_t)(lowest_hz * pow(2, i / bands_per_octave) / bin_hz + 0.5);

        if (bin >= f->bins)
            bin = f->bins - 1;
        if (bin >= f->edge_bin[n] + 2) /* a single bin has no coherence */
            f->edge_bin[++n] = bin;
        if (bin == f->bins - 1)
            break;
    }
    f->bands = n;
    for (size_t k = 0; k <= n; k++)
        f->edge_hz[k] = (double)f->edge_bin[k] * bin_hz;
}

ew_code ew_whole__frames_init(ew_whole__frames *f, uint32_t rate_hz, ew_err *err)
{
    *f = (ew_whole__frames){.rate_hz = rate_hz, .size = 256};
    while ((double)f->size * 1.5 < rate_hz * 0.043)
        f->size *= 2;
    f->bins = f->size / 2 + 1;
    f->hop_s = (double)(f->size / 2) / rate_hz;
    place_bands(f);
    f->bin_a = ew_alloc_array(f->bins, sizeof(*f->bin_a));
    f->bin_b = ew_alloc_array(f->bins, sizeof(*f->bin_b));
    f->bin_re = ew_alloc_array(f->bins, sizeof(*f->bin_re));
    f->bin_im = ew_alloc_array(f->bins, sizeof(*f->bin_im));
    f->window = ew_alloc_array(f->size, sizeof(*f->window));
    f->block = ew_alloc_array(f->size, sizeof(*f->block));
    f->x = ew_alloc_array(f->bins, sizeof(*f->x));
    f->y = ew_alloc_array(f->bins, sizeof(*f->y));
    if (f->bin_a == NULL || f->bin_b == NULL || f->bin_re == NULL || f->bin_im == NULL ||
        f->window == NULL || f->block == NULL || f->x == NULL || f->y == NULL)
        return ew_fail_nomem(err);
    ew_hann_fill(f->window, f->size, 0.5);
    return ew_fft_new(&f->fft, f->size, err);
}

void ew_whole__frames_release(ew_whole__frames *f)
{
    ew_fft_free(f->fft);
    ew_free(f->y);
    ew_free(f->x);
    ew_free(f->block);
    ew_free(f->window);
    ew_free(f->bin_im);
    ew_free(f->bin_re);
    ew_free(f->bin_b);
    ew_free(f->bin_a);
    ew_free(f->excerpt);
    ew_free(f->shapes);
    ew_free(f->cells);
    f->cells = NULL;
    f->shapes = NULL;
    f->excerpt = NULL;
}

static void transform(ew_whole__frames *f, const float *x, ew_cpx *out)
{
    for (size_t i = 0; i < f->size; i++)
        f->block[i] = x[i] * f->window[i];
    ew_fft_forward(f->fft, f->block, out);
}

static void sum_bands(ew_whole__frames *f, ew_whole__cell *cells)
{
    for (size_t k = 0; k < f->bins; k++) {
        const ew_cpx a = f->x[k], b = f->y[k];

        f->bin_a[k] += (double)(a.re * a.re + a.im * a.im);
        f->bin_b[k] += (double)(b.re * b.re + b.im * b.im);
        f->bin_re[k] += (double)(b.re * a.re + b.im * a.im);
        f->bin_im[k] += (double)(b.im * a.re - b.re * a.im);
    }
    for (size_t i = 0; i < f->bands; i++) {
        const float width = (float)(f->edge_bin[i + 1] - f->edge_bin[i]);
        ew_whole__cell c = {0};
        float logs = 0;

        for (size_t k = f->edge_bin[i]; k < f->edge_bin[i + 1]; k++) {
            const ew_cpx a = f->x[k], b = f->y[k];

            c.a += a.re * a.re + a.im * a.im;
            c.b += b.re * b.re + b.im * b.im;
            c.re += b.re * a.re + b.im * a.im;
            c.im += b.im * a.re - b.re * a.im;
            logs += logf(b.re * b.re + b.im * b.im + 1e-20f);
        }
        c.peaky = logf(c.b / width + 1e-20f) - logs / width;
        cells[i] = c;
    }
}

static ew_whole__shape shape_of(const float *a, const float *b, size_t n)
{
    ew_whole__shape s = {0};

    for (size_t i = 0; i < n; i++) {
        s.peak_a = fmaxf(s.peak_a, fabsf(a[i]));
        s.peak_b = fmaxf(s.peak_b, fabsf(b[i]));
    }
    for (size_t i = 0; i < n; i++) {
        const float size = fabsf(a[i]);

        if (size > 0.75f * s.peak_a) {
            s.high_ab += a[i] * b[i];
            s.high_aa += a[i] * a[i];
        } else if (size > 0.25f * s.peak_a && size < 0.5f * s.peak_a) {
            s.mid_ab += a[i] * b[i];
            s.mid_aa += a[i] * a[i];
        }
    }
    return s;
}

static ew_code make_room(ew_whole__frames *f, size_t more, ew_err *err)
{
    const size_t cap = f->count + more;
    ew_whole__cell *cells;
    ew_whole__shape *shapes;
    uint8_t *excerpt;

    if (cap <= f->cap)
        return EW_OK;
    cells = ew_realloc_array(f->cells, cap, f->bands * sizeof(*cells));
    if (cells == NULL)
        return ew_fail_nomem(err);
    f->cells = cells;
    excerpt = ew_realloc_array(f->excerpt, cap, sizeof(*excerpt));
    if (excerpt == NULL)
        return ew_fail_nomem(err);
    f->excerpt = excerpt;
    shapes = ew_realloc_array(f->shapes, cap, sizeof(*shapes));
    if (shapes == NULL)
        return ew_fail_nomem(err);
    f->shapes = shapes;
    f->cap = cap;
    return EW_OK;
}

ew_code ew_whole__frames_add(ew_whole__frames *f, const ew_whole__pair *p,
                             uint8_t excerpt, ew_err *err)
{
    const size_t hop = f->size / 2;
    const size_t frames = p->n >= f->size ? (p->n - f->size) / hop + 1 : 0;
    ew_code rc = make_room(f, frames, err);

    if (rc != EW_OK)
        return rc;
    for (size_t i = 0; i < frames; i++) {
        transform(f, p->a + i * hop, f->x);
        transform(f, p->b + i * hop, f->y);
        sum_bands(f, f->cells + f->count * f->bands);
        f->shapes[f->count] = shape_of(p->a + i * hop, p->b + i * hop, f->size);
        f->excerpt[f->count++] = excerpt;
    }
    return EW_OK;
}
