/* SPDX-License-Identifier: Apache-2.0 */
/* How close copies are to each other, cell by cell. In a cell two copies of one sound differ
 * by a factor and by what coding added; closeness is -ln(1 - coherence^2): what one of them
 * says about the other. In a chain of copies it only falls, whatever was between them: the
 * parent is closer than the parent's parent, and closer than a sister. */
#include <math.h>

#include "base/alloc.h"
#include "compare/family_parts.h"
#include "dsp/fft.h"
#include "dsp/window.h"

/* Energy below this in a cell is rounding of 16-bit samples (four times its power, times the
 * window's) and says nothing. */
#define ROUNDING                                                                         \
    (4.0F * (FAM_WINDOW * 0.375F) * FAM_LINES / (12.0F * 32768.0F * 32768.0F))
#define REST_MIN 1e-6F /* closeness saturates at 13.8 nats */

struct fam_scratch {
    ew_fft *fft;
    float window[FAM_WINDOW], frame[FAM_WINDOW];
    ew_cpx bins[FAM_WINDOW / 2 + 1];
    ew_cpx *turn; /* [copies][FAM_WINDOW / 2]: delay by the fraction of whole samples */
    bool *reach;  /* [copies] */
    float *lines; /* [copies][2][FAM_LINES][FAM_CELLS]: real parts, imaginary parts */
};

enum { LINES_OF_COPY = 2 * FAM_LINES * FAM_CELLS };

/* Turns that delay the bins by the fraction that whole samples leave. */
static void fill_turns(const fam_group *g, ew_cpx *turn)
{
    for (size_t a = 0; a < g->count; a++) {
        double late = g->copies[a]->offset - floor(g->copies[a]->offset + 0.5);

        for (size_t i = 0; i < FAM_WINDOW / 2; i++) {
            double angle = -2 * M_PI * (double)i / FAM_WINDOW * late;

            *turn++ = (ew_cpx){(float)cos(angle), (float)sin(angle)};
        }
    }
}

ew_code ew_fam_scratch_new(fam_scratch **out, const fam_group *g, ew_err *err)
{
    fam_scratch *s = ew_alloc(sizeof(*s));

    *out = NULL;
    if (s == NULL)
        return ew_fail_nomem(err);
    s->turn = ew_alloc_array(g->count, FAM_WINDOW / 2 * sizeof(*s->turn));
    s->reach = ew_alloc_array(g->count, sizeof(*s->reach));
    s->lines = ew_alloc_aligned(g->count, LINES_OF_COPY * sizeof(*s->lines));
    if (s->turn == NULL || s->reach == NULL || s->lines == NULL ||
        ew_fft_new(&s->fft, FAM_WINDOW, NULL) != EW_OK) {
        ew_fam_scratch_free(s);
        return ew_fail_nomem(err);
    }
    fill_turns(g, s->turn);
    for (size_t i = 0; i < FAM_WINDOW; i++)
        s->window[i] = (float)(ew_hann((double)i, FAM_WINDOW) / 32768);
    *out = s;
    return EW_OK;
}

void ew_fam_scratch_free(fam_scratch *s)
{
    if (s == NULL)
        return;
    ew_fft_free(s->fft);
    ew_free(s->lines);
    ew_free(s->reach);
    ew_free(s->turn);
    ew_free(s);
}

void ew_fam_group_release(fam_group *g)
{
    ew_free(g->copies);
    ew_free(g->slot_start);
    ew_free(g->energy);
    ew_free(g->close);
    *g = (fam_group){0};
}

/* Marks `want` of the slots first..last, spread evenly. */
static void mark_slots(bool *mark, size_t first, size_t last, size_t want)
{
    size_t n = last - first + 1;

    want = want < n ? want : n;
    for (size_t i = 0; i < want; i++)
        mark[first + i * n / want] = true;
}

/* Slots spread over the whole, and over each copy that has too few of them. Returns how
 * many. */
static size_t choose_slots(const fam_group *g, double from, bool *mark, size_t fit)
{
    size_t count = 0;

    mark_slots(mark, 0, fit - 1, FAM_SLOTS_MAX);
    for (size_t c = 0; c < g->count; c++) {
        const fam_copy *x = g->copies[c];
        double start = (x->offset + 1 - from) / FAM_SLOT;
        double end =
            (x->offset + (double)x->in->samples - 1 - from - FAM_SLOT_NEEDS) / FAM_SLOT;
        size_t first = (size_t)ceil(fmax(0, start)), got = 0, last;

        if (end < (double)first)
            continue;
        last = (size_t)end < fit ? (size_t)end : fit - 1;
        for (size_t i = first; i <= last; i++)
            got += mark[i];
        if (got < FAM_SLOTS_MIN)
            mark_slots(mark, first, last, FAM_SLOTS_MIN);
    }
    for (size_t i = 0; i < fit; i++)
        count += mark[i];
    return count;
}

static ew_code fill_slot_starts(fam_group *g, double from, size_t fit, ew_err *err)
{
    bool *mark = ew_alloc_array(fit, sizeof(*mark));

    if (mark == NULL)
        return ew_fail_nomem(err);
    g->slot_count = fit == 0 ? 0 : choose_slots(g, from, mark, fit);
    g->slot_start = ew_alloc_array(g->slot_count, sizeof(*g->slot_start));
    for (size_t i = 0, k = 0; g->slot_start != NULL && i < fit; i++)
        if (mark[i])
            g->slot_start[k++] = from + FAM_SLOT * (double)i;
    ew_free(mark);
    return g->slot_start == NULL ? ew_fail_nomem(err) : EW_OK;
}

ew_code ew_fam_group_slots(fam_group *g, ew_err *err)
{
    double from = g->copies[0]->offset, to = from;
    size_t fit, n = g->count;
    ew_code rc;

    for (size_t i = 0; i < n; i++) {
        from = fmin(from, g->copies[i]->offset);
        to = fmax(to, g->copies[i]->offset + (double)g->copies[i]->in->samples);
    }
    from = ceil(from);
    fit = to - from < FAM_SLOT_NEEDS
              ? 0
              : 1 + (size_t)((to - from - FAM_SLOT_NEEDS) / FAM_SLOT);
    rc = fill_slot_starts(g, from, fit, err);
    if (rc != EW_OK)
        return rc;
    g->energy = ew_alloc_array(n * g->slot_count,
                               FAM_SLOT_BLOCKS * FAM_CELLS * sizeof(*g->energy));
    g->close = ew_alloc_array(n * (n - 1) / 2 * g->slot_count, sizeof(*g->close));
    return g->energy == NULL || g->close == NULL ? ew_fail_nomem(err) : EW_OK;
}

static void put_bin(const fam_scratch *s, const ew_cpx *turn, size_t i, float *re,
                    float *im)
{
    size_t k = i % FAM_SUB * FAM_CELLS + i / FAM_SUB;
    ew_cpx z = s->bins[i];

    re[k] = z.re * turn[i].re - z.im * turn[i].im;
    im[k] = z.re * turn[i].im + z.im * turn[i].re;
}

/* The lines of one block of a copy that reaches all over it. */
static void fill_lines(const fam_copy *c, double start, fam_scratch *s,
                       const ew_cpx *turn, float *lines)
{
    int64_t at = (int64_t)(start - floor(c->offset + 0.5));
    int64_t last = (int64_t)c->in->samples - FAM_WINDOW;

    for (size_t f = 0; f < FAM_FRAMES; f++) {
        int64_t from = at + (int64_t)f * FAM_HOP;
        float *re = lines + f * FAM_SUB * FAM_CELLS, *im = re + FAM_LINES * FAM_CELLS;
        const int16_t *x;

        from = from < 0 ? 0 : from > last ? last : from; /* rounding: a sample at most */
        x = c->in->sound + from;
        for (size_t i = 0; i < FAM_WINDOW; i++)
            s->frame[i] = s->window[i] * (float)x[i];
        ew_fft_forward(s->fft, s->frame, s->bins);
        for (size_t i = 0; i < FAM_WINDOW / 2; i++)
            put_bin(s, turn, i, re, im);
    }
}

static void add_energy(const float *restrict lines, float *restrict energy)
{
    for (size_t i = 0; i < FAM_CELLS; i++)
        energy[i] = 0;
    for (size_t l = 0; l < (size_t)2 * FAM_LINES; l++)
        for (size_t i = 0; i < FAM_CELLS; i++)
            energy[i] += lines[l * FAM_CELLS + i] * lines[l * FAM_CELLS + i];
}

/* Sum of the closeness over the cells of a block. */
static double block_closeness(const float *restrict a, const float *restrict b,
                              const float *restrict ea, const float *restrict eb)
{
    float re[FAM_CELLS] = {0}, im[FAM_CELLS] = {0};
    const size_t imag = (size_t)FAM_LINES * FAM_CELLS;
    double sum = 0;

    for (size_t l = 0; l < imag; l += FAM_CELLS)
        for (size_t i = 0; i < FAM_CELLS; i++) {
            const size_t k = l + i, m = k + imag;

            re[i] += a[k] * b[k] + a[m] * b[m];
            im[i] += a[m] * b[k] - a[k] * b[m];
        }
    for (size_t i = 0; i < FAM_CELLS; i++) {
        float same = re[i] * re[i] + im[i] * im[i];
        float rest = 1 - same / ((ea[i] + ROUNDING) * (eb[i] + ROUNDING));

        re[i] = rest > REST_MIN ? rest : REST_MIN;
    }
    for (size_t i = 0; i < FAM_CELLS; i += 4) /* few logarithms: four at a time */
        sum -= log((double)re[i] * (double)re[i + 1] * (double)re[i + 2] *
                   (double)re[i + 3]);
    return sum;
}

static void fill_block(fam_group *g, size_t slot, size_t block, fam_scratch *s)
{
    const size_t per_slot = (size_t)FAM_SLOT_BLOCKS * FAM_CELLS;
    double start = g->slot_start[slot] + (double)(block * FAM_BLOCK);

    for (size_t a = 0; a < g->count; a++) {
        float *lines = s->lines + a * LINES_OF_COPY;
        float *ea = g->energy + (a * g->slot_count + slot) * per_slot + block * FAM_CELLS;

        if (!s->reach[a])
            continue;
        fill_lines(g->copies[a], start, s, s->turn + a * (FAM_WINDOW / 2), lines);
        add_energy(lines, ea);
        for (size_t b = 0; b < a; b++) {
            const float *eb =
                g->energy + (b * g->slot_count + slot) * per_slot + block * FAM_CELLS;

            if (s->reach[b])
                g->close[ew_fam_pair_index(b, a) * g->slot_count + slot] +=
                    (float)(block_closeness(s->lines + b * LINES_OF_COPY, lines, eb, ea) /
                            (FAM_CELLS * FAM_SLOT_BLOCKS));
        }
    }
}

void ew_fam_fill_slot(fam_group *g, size_t slot, fam_scratch *s)
{
    for (size_t a = 0; a < g->count; a++)
        s->reach[a] =
            ew_fam_reaches(g->copies[a], g->slot_start[slot] - 1, FAM_SLOT_NEEDS + 2);
    for (size_t a = 1; a < g->count; a++)
        for (size_t b = 0; b < a; b++)
            g->close[ew_fam_pair_index(b, a) * g->slot_count + slot] =
                s->reach[a] && s->reach[b] ? 0 : -1;
    for (size_t block = 0; block < FAM_SLOT_BLOCKS; block++)
        fill_block(g, slot, block, s);
}
