/* SPDX-License-Identifier: Apache-2.0 */
/* Times of blocks and frames. Frames of MP3 and AAC say how many samples they hold. */
#include "seal/sound_times.h"

#include <string.h>

#include "base/alloc.h"

enum { MICRO = 1000000, AAC_SAMPLES = 1024, SNIFF = 64, VBRI_AT = 36 };

/* ------------------------------------------------------------------ frames */

bool ew_mp3_head_read(const uint8_t p[4], ew_mp3_head *out)
{
    static const uint32_t rates[4] = {44100, 48000, 32000, 0};
    unsigned version = p[1] >> 3 & 3; /* 0: 2.5, 2: 2, 3: 1 */
    bool mono = p[3] >> 6 == 3;
    out->rate_hz = rates[p[2] >> 2 & 3] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    out->samples = version == 3 ? 1152 : 576;
    out->side_bytes = version == 3 ? (mono ? 17 : 32) : (mono ? 9 : 17);
    out->summed = (p[1] & 1) == 0;
    return out->rate_hz > 0;
}

/* The first frame of many files holds no sound: a table for seeking, and a checksum of all
 * sound, which must not be shown beside a part of it. */
static bool is_table(const uint8_t *p, size_t n, const ew_mp3_head *h)
{
    size_t at = 4 + h->side_bytes;
    return (n >= at + 4 &&
            (memcmp(p + at, "Xing", 4) == 0 || memcmp(p + at, "Info", 4) == 0)) ||
           (n >= VBRI_AT + 4 && memcmp(p + VBRI_AT, "VBRI", 4) == 0);
}

static uint32_t aac_rate(const uint8_t p[4])
{
    static const uint32_t rates[16] = {96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                       22050, 16000, 12000, 11025, 8000,  7350};
    return rates[p[2] >> 2 & 15];
}

/* Samples and rate of one frame, of which eight bytes are there; false when it has no time. */
static bool frame_samples(const ew_stream *s, const uint8_t *p, ew_heard *h,
                          uint64_t *samples, uint32_t *rate)
{
    ew_mp3_head head;
    if (s->splitter == EW_SPLIT_AAC) {
        *rate = aac_rate(p);
        *samples = AAC_SAMPLES * (1u + (p[6] & 3));
        return *rate > 0;
    }
    if (!ew_mp3_head_read(p, &head))
        return false;
    *rate = head.rate_hz;
    *samples = head.samples;
    h->room = 4 + head.side_bytes + (head.summed ? 2 : 0);
    return true;
}

/* A running sum of samples, which may change their rate. */
typedef struct clock {
    int64_t before; /* what was heard at other rates */
    uint64_t samples;
    uint32_t rate;
} clock;

static int64_t floor_us(const clock *c)
{
    return c->before + (int64_t)(c->samples * MICRO / c->rate);
}

static int64_t ceil_us(const clock *c)
{
    return c->before + (int64_t)((c->samples * MICRO + c->rate - 1) / c->rate);
}

static ew_code time_frames(const ew_stream *s, const ew_cuts *cuts, const ew_src *src,
                           ew_heard *h, ew_err *err)
{
    uint8_t head[SNIFF];
    clock c = {.rate = 1};
    bool first = true;
    for (size_t i = 0; i < cuts->n; i++) {
        uint64_t at = i > 0 ? cuts->ends[i - 1] : 0;
        uint64_t bytes = cuts->ends[i] - at;
        size_t want = first ? sizeof head : 8;
        size_t n = bytes < want ? (size_t)bytes : want;
        uint64_t samples;
        uint32_t rate;
        if (cuts->kinds[i] != EW_PART_CONTENT || n < 8)
            continue;
        ew_code code = src->read(src->cookie, at, head, n, err);
        if (code != EW_OK)
            return code;
        if (!frame_samples(s, head, &h[i], &samples, &rate))
            continue;
        ew_mp3_head m;
        h[i].head = first && s->splitter == EW_SPLIT_MP3 && ew_mp3_head_read(head, &m) &&
                    is_table(head, n, &m);
        first = false;
        if (rate != c.rate)
            c = (clock){floor_us(&c), 0, rate};
        h[i].from = floor_us(&c);
        c.samples += h[i].head ? 0 : samples;
        h[i].to = ceil_us(&c);
        h[i].room = bytes > h[i].room ? (uint32_t)(bytes - h[i].room) : 0;
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ blocks */

static void time_blocks(const ew_stream *s, const ew_cuts *cuts, ew_heard *h)
{
    clock c = {.rate = s->rate_hz};
    uint64_t frame = (uint64_t)s->channels * ew_sample_bytes(s->sample);
    for (size_t i = 0; i < cuts->n; i++) {
        uint64_t bytes = cuts->ends[i] - (i > 0 ? cuts->ends[i - 1] : 0);
        if (cuts->kinds[i] != EW_PART_CONTENT)
            continue;
        h[i].from = floor_us(&c);
        c.samples += (bytes + frame - 1) / frame;
        h[i].to = ceil_us(&c);
    }
}

ew_code ew_sound_times(const ew_stream *s, const ew_cuts *cuts, const ew_src *src,
                       ew_heard **out, ew_err *err)
{
    *out = NULL;
    if (s->splitter != EW_SPLIT_GRID && s->splitter != EW_SPLIT_OGG &&
        s->splitter != EW_SPLIT_MP3 && s->splitter != EW_SPLIT_AAC)
        return EW_OK;
    ew_heard *h = ew_alloc_array(cuts->n, sizeof *h);
    if (h == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < cuts->n; i++)
        h[i].from = h[i].to = -1;
    ew_code code = EW_OK;
    if (s->splitter == EW_SPLIT_GRID)
        time_blocks(s, cuts, h);
    else if (s->splitter == EW_SPLIT_OGG)
        code = ew_sound__ogg(cuts, src, h, err);
    else
        code = time_frames(s, cuts, src, h, err);
    if (code == EW_OK)
        *out = h;
    else
        ew_free(h);
    return code;
}
