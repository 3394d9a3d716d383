/* SPDX-License-Identifier: Apache-2.0 */
/* Brightness of a decoded picture, whatever its pixels are made of. */
#include <libavutil/pixdesc.h>
#include <string.h>

#include "media/decoder/decoder.h"

enum { DEPTH_MAX = 16 };

luma_how luma_of_frame(const AVFrame *f, enum AVCodecID codec)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
    const bool video = codec == AV_CODEC_ID_WEBP || codec == AV_CODEC_ID_HEVC ||
                       codec == AV_CODEC_ID_AV1 || codec == AV_CODEC_ID_VP8;
    luma_how how = {.matrix = (int)f->colorspace, .full_range = !video};

    if (video && (f->color_range == AVCOL_RANGE_JPEG ||
                  (d != NULL && strncmp(d->name, "yuvj", 4) == 0)))
        how.full_range = true;
    if (codec != AV_CODEC_ID_HEVC && codec != AV_CODEC_ID_AV1)
        how.matrix = AVCOL_SPC_BT470BG; /* JFIF and WebP know no other */
    return how;
}

void luma_check(const AVFrame *f)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
    const uint64_t none =
        AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER;

    if (d == NULL || (d->flags & none) != 0 || strncmp(d->name, "xyz", 3) == 0 ||
        d->nb_components == 0 || d->comp[0].depth > DEPTH_MAX)
        fail(EW_DP_FAIL_FORMAT, "pixels of a kind that is not read (%s)",
             d != NULL ? d->name : "unknown");
}

static void read_part(const AVFrame *f, int y, int c, int n, uint16_t *out)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
    const bool chroma = (c == 1 || c == 2) && d->nb_components >= 3 &&
                        (d->flags & AV_PIX_FMT_FLAG_RGB) == 0;

    if (chroma)
        n = AV_CEIL_RSHIFT(n, d->log2_chroma_w);
    av_read_image_line2(out, (const uint8_t **)(uintptr_t)f->data, f->linesize, d, 0,
                        chroma ? y >> d->log2_chroma_h : y, c, n, 0, sizeof *out);
}

static uint32_t to_8(uint32_t v, int depth)
{
    const uint32_t top = (1U << depth) - 1;

    return depth == 8 ? v : (v * 255 + top / 2) / top;
}

static uint8_t of_rgb(uint32_t r, uint32_t g, uint32_t b)
{
    return (uint8_t)((19595 * r + 38470 * g + 7471 * b + 32768) >> 16);
}

static uint8_t clamp(double v)
{
    return v <= 0.0 ? 0 : v >= 255.0 ? 255 : (uint8_t)(v + 0.5);
}

static void row_of_rgb(const AVFrame *f, int y, uint16_t *scratch, uint8_t *out)
{
    const int depth = av_pix_fmt_desc_get(f->format)->comp[0].depth;
    uint16_t *r = scratch, *g = r + f->width, *b = g + f->width;
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);

    read_part(f, y, 0, f->width, r);
    read_part(f, y, 1, f->width, g);
    read_part(f, y, 2, f->width, b);
    for (int x = 0; x < f->width; x++)
        out[x] = of_rgb(to_8(r[x], depth), to_8(g[x], d->comp[1].depth),
                        to_8(b[x], d->comp[2].depth));
}

static void row_of_palette(const AVFrame *f, int y, uint8_t *out)
{
    const uint8_t *in = f->data[0] + (ptrdiff_t)y * f->linesize[0];
    uint32_t palette[256];

    memcpy(palette, f->data[1], sizeof palette);
    for (int x = 0; x < f->width; x++) {
        const uint32_t c = palette[in[x]];

        out[x] = of_rgb(c >> 16 & 255, c >> 8 & 255, c & 255);
    }
}

static uint8_t full_of(uint32_t v, int depth, bool full_range)
{
    const double unit = (double)(1U << (depth - 8));

    return full_range ? (uint8_t)to_8(v, depth)
                      : clamp(((double)v / unit - 16.0) * 255.0 / 219.0);
}

/* How much of the colour parts goes into the brightness of BT.601 when they were made with
 * weights kr and kb. */
static void row_of_other(const AVFrame *f, luma_how how, int y, uint16_t *scratch,
                         uint8_t *out)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
    const bool bt709 = how.matrix == AVCOL_SPC_BT709;
    const double kr = bt709 ? 0.2126 : 0.2627, kb = bt709 ? 0.0722 : 0.0593;
    const double kg = 1.0 - kr - kb, rv = 2.0 * (1.0 - kr), bu = 2.0 * (1.0 - kb);
    const double of_u = 0.114 * bu - 0.587 * kb * bu / kg;
    const double of_v = 0.299 * rv - 0.587 * kr * rv / kg;
    const double unit = (double)(1U << (d->comp[0].depth - 8));
    const double top = (double)(1U << d->comp[0].depth) - 1.0;
    uint16_t *l = scratch, *u = l + f->width, *v = u + f->width;

    read_part(f, y, 0, f->width, l);
    read_part(f, y, 1, f->width, u);
    read_part(f, y, 2, f->width, v);
    for (int x = 0; x < f->width; x++) {
        const int c = x >> d->log2_chroma_w;
        const double black = how.full_range ? 0.0 : 16.0 * unit;
        const double range = how.full_range ? top : 219.0 * unit;
        const double colours = how.full_range ? top : 224.0 * unit;

        out[x] = clamp(255.0 * (((double)l[x] - black) / range +
                                (of_u * ((double)u[c] - 128.0 * unit) +
                                 of_v * ((double)v[c] - 128.0 * unit)) /
                                    colours));
    }
}

static void row_of_first(const AVFrame *f, luma_how how, int y, uint16_t *scratch,
                         uint8_t *out)
{
    const int depth = av_pix_fmt_desc_get(f->format)->comp[0].depth;
    const bool inverted = f->format == AV_PIX_FMT_MONOWHITE;

    read_part(f, y, 0, f->width, scratch);
    for (int x = 0; x < f->width; x++) {
        out[x] = depth < 8 ? (uint8_t)to_8(scratch[x], depth)
                           : full_of(scratch[x], depth, how.full_range);
        out[x] = inverted ? (uint8_t)(255 - out[x]) : out[x];
    }
}

void luma_row(const AVFrame *f, luma_how how, int y, uint16_t *scratch, uint8_t *out)
{
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(f->format);
    const bool other = how.matrix == AVCOL_SPC_BT709 ||
                       how.matrix == AVCOL_SPC_BT2020_NCL ||
                       how.matrix == AVCOL_SPC_BT2020_CL;

    if (d->flags & AV_PIX_FMT_FLAG_PAL)
        row_of_palette(f, y, out);
    else if (d->flags & AV_PIX_FMT_FLAG_RGB)
        row_of_rgb(f, y, scratch, out);
    else if (other && d->nb_components >= 3 && d->comp[0].depth >= 8)
        row_of_other(f, how, y, scratch, out);
    else
        row_of_first(f, how, y, scratch, out);
}
