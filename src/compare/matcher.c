/* SPDX-License-Identifier: Apache-2.0 */
/* Cross-spectra of the pair, and filtering by blocks of transforms. */
#include "compare/matcher.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "dsp/window.h"
#include "earwitness/fingerprint.h"

enum {
    FRAME = 512, /* samples of one spectrum: 16 Hz */
    BINS = FRAME / 2 + 1,
    LESSONS = 1500, /* spectra at most */
    INNER = EW_FP_RATE_HZ / 4,
    HALF_TAPS = 128, /* the filters reach this far to either side: 16 ms */
    BLOCK = 2048,
    USED = BLOCK - 2 * HALF_TAPS, /* samples that one block gives */
    FRAMES_PER_BLOCK = USED / EW_CMP_HOP
};

static const double pi = 3.14159265358979323846;

typedef struct spectra {
    double aa[BINS], bb[BINS], re[BINS], im[BINS]; /* re, im: of conj(A) * B */
    size_t count;
    float window[FRAME];
} spectra;

/* One frame of each at sample t of B, scaled to equal weight. */
static void lesson(spectra *s, ew_fft *fft, const ew_cline *l, const ew_pair *p,
                   int64_t t)
{
    float a[FRAME], b[FRAME];
    ew_cpx fa[BINS], fb[BINS];
    double energy = 0;

    ew_cline_fetch(l, p, t, FRAME, b, a);
    for (int i = 0; i < FRAME; i++) {
        a[i] *= s->window[i];
        b[i] *= s->window[i];
        energy += (double)(b[i] * b[i]);
    }
    if (energy < 1e-7)
        return;
    ew_fft_forward(fft, a, fa);
    ew_fft_forward(fft, b, fb);
    for (int k = 0; k < BINS; k++) {
        double ar = (double)fa[k].re, ai = (double)fa[k].im;
        double br = (double)fb[k].re, bi = (double)fb[k].im;

        s->aa[k] += (ar * ar + ai * ai) / energy;
        s->bb[k] += (br * br + bi * bi) / energy;
        s->re[k] += (ar * br + ai * bi) / energy;
        s->im[k] += (ar * bi - ai * br) / energy;
    }
    s->count++;
}

static void gather(spectra *s, ew_fft *fft, const ew_clines *l, const ew_pair *p)
{
    int64_t total = 0, step;

    for (size_t i = 0; i < l->count; i++)
        if (l->items[i].wave)
            total += l->items[i].to - l->items[i].from;
    step = total / LESSONS > FRAME ? total / LESSONS : FRAME;
    for (size_t i = 0; i < l->count; i++) {
        const ew_cline *c = &l->items[i];

        if (!c->wave || c->searched)
            continue;
        for (int64_t t = c->from + INNER; t + FRAME + INNER <= c->to; t += step)
            lesson(s, fft, c, p, t);
    }
}

/* Means over neighbouring bins: a few hundred spectra are few for one bin. */
static void smooth(double *x)
{
    double raw[BINS];

    memcpy(raw, x, sizeof(raw));
    for (int k = 0; k < BINS; k++) {
        int lo = k > 2 ? k - 2 : 0, hi = k + 2 < BINS ? k + 2 : BINS - 1;

        x[k] = 0;
        for (int j = lo; j <= hi; j++)
            x[k] += raw[j] / (hi - lo + 1);
    }
}

/* Response of size BLOCK from one of size FRAME, its impulse response cut to the taps. */
static void shape(ew_matcher *m, ew_fft *small, const ew_cpx *from, ew_cpx *to)
{
    float h[FRAME];

    ew_fft_inverse(small, from, h);
    memset(m->a, 0, BLOCK * sizeof(*m->a));
    for (int i = -HALF_TAPS + 1; i < HALF_TAPS; i++) {
        float w = (float)(0.5 + 0.5 * cos(pi * i / HALF_TAPS));

        m->a[(i + BLOCK) % BLOCK] = w * h[(i + FRAME) % FRAME] / FRAME;
    }
    ew_fft_forward(m->fft, m->a, to);
}

static void design(ew_matcher *m, ew_fft *small, spectra *s)
{
    ew_cpx wa[BINS], wb[BINS];

    smooth(s->aa);
    smooth(s->bb);
    smooth(s->re);
    smooth(s->im);
    for (int k = 0; k < BINS; k++) {
        double ab = s->re[k] * s->re[k] + s->im[k] * s->im[k];
        double coherence = ab / (s->aa[k] * s->bb[k] + 1e-30);
        double w = sqrt(coherence / (1.02 - fmin(coherence, 1)) / (s->bb[k] + 1e-12));

        if (s->count == 0)
            w = 1;
        wb[k] = (ew_cpx){(float)w, 0};
        wa[k] = wb[k];
        if (s->count > 0) {
            wa[k].re = (float)(w * s->re[k] / (s->aa[k] + 1e-12));
            wa[k].im = (float)(w * s->im[k] / (s->aa[k] + 1e-12));
        }
    }
    shape(m, small, wa, m->wa);
    shape(m, small, wb, m->wb);
}

ew_code ew_matcher_learn(ew_matcher *m, const ew_clines *l, const ew_pair *p, ew_err *err)
{
    ew_fft *small = NULL;
    spectra *s = ew_alloc(sizeof(*s));
    ew_code rc;

    *m = (ew_matcher){0};
    m->wa = ew_alloc_array(BLOCK / 2 + 1, sizeof(*m->wa));
    m->wb = ew_alloc_array(BLOCK / 2 + 1, sizeof(*m->wb));
    m->spec = ew_alloc_array(BLOCK / 2 + 1, sizeof(*m->spec));
    m->a = ew_alloc_array(BLOCK, sizeof(*m->a));
    m->b = ew_alloc_array(BLOCK, sizeof(*m->b));
    rc = s == NULL || m->wa == NULL || m->wb == NULL || m->spec == NULL || m->a == NULL ||
                 m->b == NULL
             ? ew_fail_nomem(err)
             : ew_fft_new(&m->fft, BLOCK, err);
    if (rc == EW_OK)
        rc = ew_fft_new(&small, FRAME, err);
    if (rc == EW_OK) {
        ew_hann_fill(s->window, FRAME, 0);
        gather(s, small, l, p);
        design(m, small, s);
    }
    ew_fft_free(small);
    ew_free(s);
    return rc;
}

void ew_matcher_release(ew_matcher *m)
{
    ew_fft_free(m->fft);
    ew_free(m->wa);
    ew_free(m->wb);
    ew_free(m->spec);
    ew_free(m->a);
    ew_free(m->b);
    *m = (ew_matcher){0};
}

/* ------------------------------------------------------------------ filtering */

static void filter(ew_matcher *m, const ew_cpx *w, float *x)
{
    ew_fft_forward(m->fft, x, m->spec);
    for (size_t k = 0; k <= BLOCK / 2; k++) {
        ew_cpx v = m->spec[k];

        m->spec[k] =
            (ew_cpx){v.re * w[k].re - v.im * w[k].im, v.re * w[k].im + v.im * w[k].re};
    }
    ew_fft_inverse(m->fft, m->spec, x);
}

void ew_matcher_sums(ew_matcher *m, const ew_cline *l, const ew_pair *p,
                     const int64_t frames[2], double shift, ew_sums *out)
{
    ew_cline moved = *l;
    int64_t n = frames[1];

    moved.at += shift;
    for (int64_t f = 0; f < n; f += FRAMES_PER_BLOCK) {
        int64_t some = n - f < FRAMES_PER_BLOCK ? n - f : FRAMES_PER_BLOCK;

        ew_cline_fetch(&moved, p, (frames[0] + f) * EW_CMP_HOP - HALF_TAPS, BLOCK, m->b,
                       m->a);
        filter(m, m->wb, m->b);
        filter(m, m->wa, m->a);
        for (int64_t i = 0; i < some; i++) {
            const float *b = m->b + HALF_TAPS + i * EW_CMP_HOP;
            const float *a = m->a + HALF_TAPS + i * EW_CMP_HOP;
            ew_sums s = {0};

            for (int k = 0; k < EW_CMP_HOP; k++) {
                s.bb += b[k] * b[k];
                s.aa += a[k] * a[k];
                s.ba += b[k] * a[k];
            }
            out[f + i] = s;
        }
    }
}
