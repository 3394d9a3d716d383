/* SPDX-License-Identifier: Apache-2.0 */
/* Many channels to one. The rule and its measurements: docs/decisions/mix-down.md. */
#include <libavutil/samplefmt.h>
#include <math.h>
#include <string.h>

#include "media/decoder/decoder.h"

/* A mix 10 dB under what it was made from has cancelled itself out. */
#define CANCELLED 0.1F
/* Energy per sample under which a block is silent and the choice does not matter. */
#define SILENT 1e-10F

enum { LANES = 8 };

void mix_init(mixer *m, const AVChannelLayout *layout)
{
    unsigned kept = 0;

    m->in_channels = (unsigned)layout->nb_channels;
    m->last = -1;
    for (unsigned i = 0; i < EW_DP_CHANNELS_MAX; i++) {
        enum AVChannel ch = i < m->in_channels
                                ? av_channel_layout_channel_from_index(layout, i)
                                : AV_CHAN_NONE;

        m->keep[i] = i < m->in_channels && ch != AV_CHAN_LOW_FREQUENCY &&
                     ch != AV_CHAN_LOW_FREQUENCY_2;
        kept += m->keep[i];
    }
    if (kept == 0)
        m->keep[0] = true; /* only low-frequency channels: better than nothing */
}

/* ---------------------------------------------------------------- sample formats */

#define FROM(name, type, expr)                                                           \
    static void name(float *restrict dst, const type *restrict src, size_t step,         \
                     size_t n)                                                           \
    {                                                                                    \
        if (step == 1) {                                                                 \
            for (size_t i = 0; i < n; i++) {                                             \
                const type x = src[i];                                                   \
                dst[i] = (expr);                                                         \
            }                                                                            \
            return;                                                                      \
        }                                                                                \
        for (size_t i = 0; i < n; i++) {                                                 \
            const type x = src[i * step];                                                \
            dst[i] = (expr);                                                             \
        }                                                                                \
    }

FROM(from_u8, uint8_t, (float)((int)x - 128) * (1.0F / 128.0F))
FROM(from_s16, int16_t, (float)x *(1.0F / 32768.0F))
FROM(from_s32, int32_t, (float)x *(1.0F / 2147483648.0F))
FROM(from_s64, int64_t, (float)((double)x *(1.0 / 9223372036854775808.0)))
FROM(from_flt, float, x)
FROM(from_dbl, double, (float)x)

void mix_to_float(float *dst, const AVFrame *f, unsigned ch, size_t at, size_t n)
{
    const enum AVSampleFormat fmt = (enum AVSampleFormat)f->format;
    const bool planar = av_sample_fmt_is_planar(fmt) != 0;
    const size_t step = planar ? 1 : (size_t)f->ch_layout.nb_channels;
    const size_t first = planar ? at : at * step + ch;
    const uint8_t *plane = f->extended_data[planar ? ch : 0];

    switch (av_get_packed_sample_fmt(fmt)) {
    case AV_SAMPLE_FMT_U8:
        from_u8(dst, plane + first, step, n);
        break;
    case AV_SAMPLE_FMT_S16:
        from_s16(dst, (const int16_t *)(const void *)plane + first, step, n);
        break;
    case AV_SAMPLE_FMT_S32:
        from_s32(dst, (const int32_t *)(const void *)plane + first, step, n);
        break;
    case AV_SAMPLE_FMT_S64:
        from_s64(dst, (const int64_t *)(const void *)plane + first, step, n);
        break;
    case AV_SAMPLE_FMT_FLT:
        from_flt(dst, (const float *)(const void *)plane + first, step, n);
        break;
    case AV_SAMPLE_FMT_DBL:
        from_dbl(dst, (const double *)(const void *)plane + first, step, n);
        break;
    default:
        memset(dst, 0, n * sizeof *dst);
        break;
    }
}

/* ---------------------------------------------------------------- mixing */

/* Sums run in eight lanes so that the compiler can use vector code without being allowed
 * to reorder sums; the result is the same on every machine. */
static float lanes_sum(const float acc[LANES])
{
    float sum = 0.0F;

    for (int j = 0; j < LANES; j++)
        sum += acc[j];
    return sum;
}

static float energy(const float *x, size_t n)
{
    float acc[LANES] = {0};
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            acc[j] += x[i + j] * x[i + j];
    for (; i < n; i++)
        acc[0] += x[i] * x[i];
    return lanes_sum(acc);
}

/* left becomes the mean, right the half difference; both energies come back. */
static void mid_side(float *restrict left, float *restrict right, size_t n, float out[2])
{
    float mid[LANES] = {0}, side[LANES] = {0};
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            const float a = left[i + j], b = right[i + j];
            const float m = 0.5F * (a + b), s = 0.5F * (a - b);

            left[i + j] = m;
            right[i + j] = s;
            mid[j] += m * m;
            side[j] += s * s;
        }
    for (; i < n; i++) {
        const float a = left[i], b = right[i];

        left[i] = 0.5F * (a + b);
        right[i] = 0.5F * (a - b);
        mid[0] += left[i] * left[i];
        side[0] += right[i] * right[i];
    }
    out[0] = lanes_sum(mid);
    out[1] = lanes_sum(side);
}

/* Takes `to` over, fading from what the block before was made of. */
static void take(float *restrict mix, const float *restrict other, size_t n, size_t fade,
                 bool in)
{
    if (fade > n)
        fade = n;
    for (size_t i = 0; i < fade; i++) {
        const float w = ((float)i + 0.5F) / (float)fade;

        mix[i] =
            in ? mix[i] + w * (other[i] - mix[i]) : other[i] + w * (mix[i] - other[i]);
    }
    if (in)
        memcpy(mix + fade, other + fade, (n - fade) * sizeof *mix);
}

/* The mix comes back in `left`. */
static void mix_two(mixer *m, float *left, float *right, size_t n, size_t fade)
{
    float e[2];
    int choice;

    mid_side(left, right, n, e);
    choice = e[1] > SILENT * (float)n && e[0] < CANCELLED * e[1];
    if (choice != 0)
        take(left, right, n, m->last == 0 ? fade : 0, true);
    else if (m->last > 0)
        take(left, right, n, fade, false);
    m->last = choice;
}

/* Three or more: the mean, or the loudest channel where the mean has cancelled. */
static void mix_many(mixer *m, float *const *planes, unsigned kept, size_t n)
{
    static float *sum;
    static size_t cap;
    float best = -1.0F, total = 0.0F;
    unsigned loudest = 0;

    if (cap < n) {
        sum = av_realloc_array(sum, n, sizeof *sum);
        if (sum == NULL)
            fail(EW_DP_FAIL_MEMORY, "mixing");
        cap = n;
    }
    memset(sum, 0, n * sizeof *sum);
    for (unsigned c = 0; c < m->in_channels; c++) {
        float e;

        if (!m->keep[c])
            continue;
        e = energy(planes[c], n);
        total += e;
        if (e > best) {
            best = e;
            loudest = c;
        }
        for (size_t i = 0; i < n; i++)
            sum[i] += planes[c][i] * (1.0F / (float)kept);
    }
    /* the mean of independent channels has 1/kept of their mean energy total/kept */
    if (total > SILENT * (float)n &&
        energy(sum, n) * (float)kept * (float)kept < CANCELLED * total)
        memmove(planes[0], planes[loudest], n * sizeof(float));
    else
        memcpy(planes[0], sum, n * sizeof(float));
    m->last = 0;
}

void mix_block(mixer *m, float *const *planes, size_t n, size_t fade)
{
    unsigned which[EW_DP_CHANNELS_MAX] = {0};
    unsigned kept = 0;

    for (unsigned c = 0; c < m->in_channels; c++)
        if (m->keep[c])
            which[kept++] = c;
    if (kept <= 1) {
        if (which[0] != 0)
            memcpy(planes[0], planes[which[0]], n * sizeof(float));
    } else if (kept == 2) {
        mix_two(m, planes[which[0]], planes[which[1]], n, fade);
        if (which[0] != 0)
            memcpy(planes[0], planes[which[0]], n * sizeof(float));
    } else {
        mix_many(m, planes, kept, n);
    }
}
