/* SPDX-License-Identifier: Apache-2.0 */
/* FLAC's header holds the MD5 of the sound as it was before coding. Decoders do not look at
 * it; whoever changes frames seldom puts it right. */
#include <libavutil/md5.h>
#include <string.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

enum { INFO_BYTES = 34, SUM_AT = 18, SUM_BYTES = 16, BATCH = 4096 };

static struct {
    struct AVMD5 *md5; /* NULL: nothing is summed */
    uint8_t said[SUM_BYTES];
    int64_t samples, said_samples;
    int bits;
    bool lost; /* a frame of another kind came */
} sum;

void flac_sum_start(const AVCodecParameters *par)
{
    static const uint8_t none[SUM_BYTES];
    const uint8_t *p = par->extradata;

    if (par->codec_id != AV_CODEC_ID_FLAC || par->extradata_size < INFO_BYTES ||
        memcmp(p + SUM_AT, none, SUM_BYTES) == 0)
        return;
    memcpy(sum.said, p + SUM_AT, SUM_BYTES);
    sum.bits = ((p[12] & 1) << 4 | p[13] >> 4) + 1;
    sum.said_samples = (int64_t)(p[13] & 15) << 32 | (int64_t)p[14] << 24 |
                       (int64_t)p[15] << 16 | (int64_t)p[16] << 8 | p[17];
    sum.md5 = av_md5_alloc();
    if (sum.md5 == NULL)
        fail(EW_DP_FAIL_MEMORY, "starting");
    av_md5_init(sum.md5);
}

/* 24-bit sound comes in 32 bits, its own in the upper ones. */
static void add_wide(const int32_t *x, size_t n)
{
    uint8_t bytes[4 * BATCH];
    const size_t each = (size_t)(sum.bits + 7) / 8;

    while (n > 0) {
        const size_t k = n < BATCH ? n : BATCH;
        for (size_t i = 0; i < k; i++) {
            const uint32_t v = (uint32_t)(x[i] >> (32 - sum.bits));
            for (size_t b = 0; b < each; b++)
                bytes[i * each + b] = (uint8_t)(v >> (8 * b));
        }
        av_md5_update(sum.md5, bytes, k * each);
        x += k;
        n -= k;
    }
}

static void add_narrow(const int16_t *x, size_t n)
{
    uint8_t bytes[2 * BATCH];
    const size_t each = (size_t)(sum.bits + 7) / 8;

    while (n > 0) {
        const size_t k = n < BATCH ? n : BATCH;
        for (size_t i = 0; i < k; i++) {
            const uint32_t v = (uint32_t)(x[i] >> (16 - sum.bits));
            for (size_t b = 0; b < each; b++)
                bytes[i * each + b] = (uint8_t)(v >> (8 * b));
        }
        av_md5_update(sum.md5, bytes, k * each);
        x += k;
        n -= k;
    }
}

void flac_sum_frame(const AVFrame *f)
{
    const size_t n = (size_t)f->nb_samples * (size_t)f->ch_layout.nb_channels;

    if (sum.md5 == NULL || sum.lost)
        return;
    sum.samples += f->nb_samples;
    if (f->format == AV_SAMPLE_FMT_S16 && sum.bits <= 16)
        add_narrow((const int16_t *)(const void *)f->data[0], n);
    else if (f->format == AV_SAMPLE_FMT_S32)
        add_wide((const int32_t *)(const void *)f->data[0], n);
    else
        sum.lost = true;
}

const char *flac_sum_end(void)
{
    uint8_t have[SUM_BYTES];

    if (sum.md5 == NULL || sum.lost)
        return NULL;
    if (damaged > 0 || (sum.said_samples > 0 && sum.samples != sum.said_samples))
        return "not all there";
    av_md5_final(sum.md5, have);
    return memcmp(have, sum.said, SUM_BYTES) == 0 ? "same" : "differs";
}
