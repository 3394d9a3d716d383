/* SPDX-License-Identifier: Apache-2.0 */
/* Analysis of a clip: cells of every 8 ms once, then keys and fine words at any pitch. */
#include "fingerprint/clip.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

enum {
    L = EW_SPECTRA_LANES,
    LEAD = EW_SPECTRA_SIZE / 2,
    BLOCK = EW_SPECTRA_SIZE + (L - 1) * EW_CLIP_HOP,
    MEAN_FRAMES =
        EW_FP_RATE_HZ / EW_CLIP_HOP, /* certainty is relative to means of 1 s ... */
    MEAN_REACH = 4                   /* ... averaged over 4 s before and after */
};

/* The sound of eight frames, silence where the clip does not reach. */
static void cut_out(const float *mono, size_t n, size_t frame, float pcm[BLOCK])
{
    size_t from = frame * EW_CLIP_HOP; /* counted from LEAD samples before the clip */

    if (from >= LEAD && from - LEAD + BLOCK <= n) {
        memcpy(pcm, mono + (from - LEAD), BLOCK * sizeof(*pcm));
        return;
    }
    for (size_t i = 0; i < BLOCK; i++) {
        size_t at = from + i;

        pcm[i] = at >= LEAD && at - LEAD < n ? mono[at - LEAD] : 0.0f;
    }
}

static void analyse(ew_clip *c, ew_cells *cells, const float *mono, size_t n)
{
    float pcm[BLOCK];
    float cell[EW_CELLS * L];

    for (size_t f = 0; f < c->frames; f += L) {
        cut_out(mono, n, f, pcm);
        ew_cells_step(cells, pcm, EW_CLIP_HOP, cell);
        for (size_t l = 0; l < L && f + l < c->frames; l++) {
            float *out = c->cells + (f + l) * EW_CELLS;

            for (size_t i = 0; i < EW_CELLS; i++)
                out[i] = cell[i * L + l];
        }
    }
}

ew_code ew_clip_new(ew_clip **out, const float *mono, size_t n, ew_err *err)
{
    ew_clip *c = ew_alloc(sizeof(*c));
    ew_cells *cells = NULL;
    ew_code rc;

    *out = NULL;
    if (!c)
        return ew_fail_nomem(err);
    c->frames = n / EW_CLIP_HOP + 1;
    rc = ew_cells_new(&cells, err);
    if (rc < 0)
        goto out;
    c->cells = ew_alloc_array(c->frames, EW_CELLS * sizeof(float));
    if (!c->cells) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    analyse(c, cells, mono, n);
    *out = c;
    c = NULL;
out:
    ew_cells_free(cells);
    ew_clip_free(c);
    return rc;
}

void ew_clip_free(ew_clip *c)
{
    if (!c)
        return;
    ew_free(c->cells);
    ew_free(c);
}

static size_t clamp_row(ptrdiff_t i, size_t rows)
{
    if (i < 0)
        return 0;
    return (size_t)i < rows ? (size_t)i : rows - 1;
}

/* Smoothed, compressed key bands of every second clip frame, that is, at the archive's hop. */
static float *key_rows(const ew_clip *c, int pitch, size_t rows)
{
    float *raw = ew_alloc_array(rows, EW_KEY_BANDS * sizeof(float));
    float *smooth = ew_alloc_array(rows, EW_KEY_BANDS * sizeof(float));

    for (size_t r = 0; raw && smooth && r < rows; r++)
        ew_cells_key(c->cells + r * EW_CLIP_STEP * EW_CELLS, 1, pitch,
                     raw + r * EW_KEY_BANDS);
    for (size_t r = 0; raw && smooth && r < rows; r++) {
        const float *five[5];

        for (ptrdiff_t i = 0; i < 5; i++)
            five[i] = raw + clamp_row((ptrdiff_t)r + i - 2, rows) * EW_KEY_BANDS;
        ew_key_smooth(five, smooth + r * EW_KEY_BANDS);
        ew_cells_compress(smooth + r * EW_KEY_BANDS, EW_KEY_BANDS);
    }
    if (!raw) {
        ew_free(smooth);
        smooth = NULL;
    }
    ew_free(raw);
    return smooth;
}

/* The EW_CLIP_FLIPS smallest differences among the looked-up bits. */
static void find_weak(const float diff[32], uint32_t weak[EW_CLIP_FLIPS])
{
    float size[EW_CLIP_FLIPS];
    int n = 0;

    for (uint32_t b = 10; b < 32; b++) {
        float d = fabsf(diff[b]);
        int at = n < EW_CLIP_FLIPS ? n++ : EW_CLIP_FLIPS;

        while (at > 0 && d < size[at - 1]) {
            if (at < EW_CLIP_FLIPS) {
                size[at] = size[at - 1];
                weak[at] = weak[at - 1];
            }
            at--;
        }
        if (at < EW_CLIP_FLIPS) {
            size[at] = d;
            weak[at] = 1u << b;
        }
    }
}

ew_code ew_clip_keys(const ew_clip *c, int pitch, size_t step, ew_clip_key **keys,
                     size_t *count, ew_err *err)
{
    size_t rows = (c->frames + EW_CLIP_STEP - 1) / EW_CLIP_STEP;
    size_t by = step / EW_CLIP_STEP;
    float *smooth = key_rows(c, pitch, rows);
    ew_clip_key *k = ew_alloc_array(rows / by + 1, sizeof(*k));
    ew_code rc = EW_OK;

    *keys = NULL;
    *count = 0;
    if (!smooth || !k) {
        ew_free(k);
        rc = ew_fail_nomem(err);
        goto out;
    }
    for (size_t r = 0; r < rows; r += by) {
        const float *at[4];
        float diff[32];
        ptrdiff_t lag[4] = {-EW_KEY_A_LAG, EW_KEY_A_LAG, -EW_KEY_B_LAG, EW_KEY_B_LAG};

        for (size_t i = 0; i < 4; i++)
            at[i] = smooth + clamp_row((ptrdiff_t)r + lag[i], rows) * EW_KEY_BANDS;
        ew_key_diff(at[0], at[1], at[2], at[3], diff);
        k[*count].word = ew_word_of(diff);
        k[*count].frame = (uint32_t)(r * EW_CLIP_STEP);
        find_weak(diff, k[*count].weak);
        *count += k[*count].word != 0;
    }
    *keys = k;
out:
    ew_free(smooth);
    return rc;
}

/* Mean size of each difference over seconds around, so that certainty is relative to the
 * speech near by: a pause weighs little, a quiet speaker as much as a loud one. */
static ew_code local_means(float (*diff)[32], size_t frames, float (**out)[32],
                           ew_err *err)
{
    size_t blocks = frames / MEAN_FRAMES + 1;
    float(*sum)[32] = ew_alloc_array(blocks, sizeof(*sum));
    float(*mean)[32] = ew_alloc_array(blocks, sizeof(*mean));

    *out = mean;
    if (!sum || !mean) {
        ew_free(sum);
        ew_free(mean);
        *out = NULL;
        return ew_fail_nomem(err);
    }
    for (size_t f = 0; f < frames; f++)
        for (size_t b = 0; b < 32; b++)
            sum[f / MEAN_FRAMES][b] += fabsf(diff[f][b]);
    for (size_t k = 0; k < blocks; k++) {
        size_t from = k > MEAN_REACH ? k - MEAN_REACH : 0;
        size_t to = k + MEAN_REACH + 1 < blocks ? k + MEAN_REACH + 1 : blocks;
        size_t n =
            (to * MEAN_FRAMES < frames ? to * MEAN_FRAMES : frames) - from * MEAN_FRAMES;

        for (size_t i = from; i < to; i++)
            for (size_t b = 0; b < 32; b++)
                mean[k][b] += sum[i][b];
        for (size_t b = 0; b < 32; b++)
            mean[k][b] = mean[k][b] / (float)(n ? n : 1) + 1e-9f;
    }
    ew_free(sum);
    return EW_OK;
}

/* Sums of four weights, each taken or taken off by the bits of x. */
static void sum_nibble(const int16_t weight[4], int16_t sums[16])
{
    static const int16_t sign[4][16] = {
        {-1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1},
        {-1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1},
        {-1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1},
        {-1, -1, -1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1}};

    for (size_t x = 0; x < 16; x++)
        sums[x] = (int16_t)(weight[0] * sign[0][x] + weight[1] * sign[1][x] +
                            weight[2] * sign[2][x] + weight[3] * sign[3][x]);
}

/* The loops are such that compilers do several steps at once. */
static void weigh(ew_clip_view *v, size_t f, const float diff[32], const float mean[32])
{
    int16_t weight[32];
    int square = 0;

    for (size_t b = 0; b < 32; b++) {
        float m = fabsf(diff[b]) / mean[b];
        int w = (int)(sqrtf(m < 2.0f ? m : 2.0f) * EW_CLIP_UNIT + 0.5f);

        square += w * w;
        weight[b] = (int16_t)(diff[b] > 0 ? w : -w);
    }
    v->power[f] = (float)square / (float)(EW_CLIP_UNIT * EW_CLIP_UNIT);
    for (size_t k = 0; k < 8; k++)
        sum_nibble(weight + 4 * k, v->sums[f][k]);
}

/* Differences of all frames at one pitch; the caller frees it. NULL: out of memory. */
static float (*fine_diffs(const ew_clip *c, int pitch))[32]
{
    const ptrdiff_t lag = EW_FINE_LAG * EW_CLIP_STEP;
    float(*band)[EW_FINE_BANDS] = ew_alloc_array(c->frames, sizeof(*band));
    float(*diff)[32] = ew_alloc_array(c->frames, sizeof(*diff));

    for (size_t f = 0; band && diff && f < c->frames; f++) {
        ew_cells_fine(c->cells + f * EW_CELLS, 1, pitch, band[f]);
        ew_cells_compress(band[f], EW_FINE_BANDS);
    }
    for (size_t f = 0; band && diff && f < c->frames; f++)
        ew_fine_diff(band[clamp_row((ptrdiff_t)f - lag, c->frames)],
                     band[clamp_row((ptrdiff_t)f + lag, c->frames)], diff[f]);
    if (!band) {
        ew_free(diff);
        diff = NULL;
    }
    ew_free(band);
    return diff;
}

static ew_code words_init(ew_clip_view *v, const ew_clip *c, ew_err *err)
{
    v->frames = c->frames;
    v->diff = fine_diffs(c, v->pitch);
    v->word = ew_alloc_array(c->frames, sizeof(*v->word));
    for (size_t p = 0; p < EW_CLIP_STEP; p++)
        v->half[p] = ew_alloc_array(c->frames / EW_CLIP_STEP + 1, sizeof(*v->half[p]));
    if (!v->diff || !v->word || !v->half[0] || !v->half[1])
        return ew_fail_nomem(err);
    for (size_t f = 0; f < c->frames; f++) {
        v->word[f] = ew_word_of(v->diff[f]);
        v->half[f % EW_CLIP_STEP][f / EW_CLIP_STEP] = v->word[f];
    }
    return EW_OK;
}

ew_code ew_clip_view_new(ew_clip_view **out, const ew_clip *c, int pitch, ew_err *err)
{
    ew_clip_view *v = ew_alloc(sizeof(*v));
    ew_code rc;

    *out = NULL;
    if (!v)
        return ew_fail_nomem(err);
    v->pitch = pitch;
    rc = words_init(v, c, err);
    if (rc < 0)
        ew_clip_view_free(v);
    else
        *out = v;
    return rc;
}

ew_code ew_clip_view_weigh(ew_clip_view *v, ew_err *err)
{
    float(*mean)[32] = NULL;
    ew_code rc;

    if (v->sums)
        return EW_OK;
    rc = local_means(v->diff, v->frames, &mean, err);
    if (rc < 0)
        return rc;
    v->power = ew_alloc_array(v->frames, sizeof(*v->power));
    v->sums = ew_alloc_array(v->frames, sizeof(*v->sums));
    if (!v->power || !v->sums) {
        ew_free(v->power);
        ew_free(v->sums);
        v->power = NULL;
        v->sums = NULL;
        ew_free(mean);
        return ew_fail_nomem(err);
    }
    for (size_t f = 0; f < v->frames; f++)
        weigh(v, f, v->diff[f], mean[f / MEAN_FRAMES]);
    ew_free(v->diff); /* nothing else needs it */
    v->diff = NULL;
    ew_free(mean);
    return EW_OK;
}

void ew_clip_view_free(ew_clip_view *v)
{
    if (!v)
        return;
    ew_free(v->diff);
    ew_free(v->word);
    ew_free(v->half[0]);
    ew_free(v->half[1]);
    ew_free(v->power);
    ew_free(v->sums);
    ew_free(v);
}
