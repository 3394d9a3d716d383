/* SPDX-License-Identifier: Apache-2.0 */
/* The derivative of a WAV file: a header made anew from the seal, and blocks of silence or of a
 * tone in the place of those that are withheld. */
#include <string.h>

#include "base/bytes.h"
#include "seal/published_make.h"

enum {
    WAV_HEAD = 44,
    WAV_MAX_RIFF = 36, /* bytes of the RIFF chunk beside the sound */
    TONE_HZ = 1000,
    TONE_STEPS = 256, /* per period */
    SAMPLE_MAX = 8
};

/* round(3276.8 * sin(2 pi k / 256)): a tenth of full scale. */
static const int16_t quarter[TONE_STEPS / 4 + 1] = {
    0,    80,   161,  241,  321,  401,  481,  560,  639,  718,  796,  874,  951,
    1028, 1104, 1179, 1254, 1328, 1401, 1473, 1545, 1615, 1685, 1753, 1820, 1887,
    1952, 2016, 2079, 2140, 2201, 2259, 2317, 2373, 2428, 2481, 2533, 2583, 2632,
    2679, 2725, 2768, 2811, 2851, 2890, 2927, 2962, 2996, 3027, 3057, 3085, 3111,
    3136, 3158, 3179, 3197, 3214, 3229, 3241, 3252, 3261, 3268, 3273, 3276, 3277};

typedef struct wav {
    const ew_maker *m;
    const ew_stream *s;
    size_t sample;  /* bytes of a sample, */
    size_t frame;   /* of one for each channel, */
    uint64_t block; /* of a block, */
    uint64_t total; /* and of all sound */
} wav;

/* ------------------------------------------------------------------ how much sound */

/* Kind and length of a part; false when it is hidden. */
static bool look(const ew_published_in *in, uint64_t part, uint8_t *kind,
                 uint64_t *length)
{
    for (size_t r = 0; r < in->run_count; r++) {
        const ew_shown *run = &in->runs[r];
        if (part < run->first || part - run->first >= run->count)
            continue;
        *kind = run->kinds[part - run->first];
        *length = run->lengths[part - run->first];
        return true;
    }
    return false;
}

/* Bytes of sound in parts 1 to n-1. Only the last block may be short, and only a tail stands
 * after it; what is not known counts as a full block, so that no gap is ever closed. */
static uint64_t sound_bytes(const wav *w)
{
    uint64_t blocks = w->s->n - 1;
    uint64_t short_by = 0;
    uint64_t length = 0;
    uint8_t kind = 0;
    bool known = blocks > 0 && look(w->m->in, blocks, &kind, &length);
    if (known && kind != EW_PART_TAIL)
        short_by = w->block - length;
    else if (blocks > 1 && look(w->m->in, blocks - 1, &kind, &length) &&
             (known || length < w->block)) {
        blocks--; /* the last part is the tail */
        short_by = w->block - length;
    } else if (known)
        blocks--;
    return blocks * w->block - short_by;
}

/* ------------------------------------------------------------------ filling */

static int tone_at(uint32_t phase)
{
    uint32_t half = TONE_STEPS / 2;
    uint32_t k = phase % half;
    int v = quarter[k <= half / 2 ? k : half - k];
    return phase < half ? v : -v;
}

/* One sample of the filler, in the format of the file. */
static void put_sample(ew_sample format, int v, uint8_t *out)
{
    uint32_t wide = (uint32_t)v << 16;
    float f = (float)v / 32768.0F;
    double d = (double)v / 32768.0;
    uint32_t bits;
    uint64_t bits64;
    switch (format) {
    case EW_SAMPLE_U8:
        out[0] = (uint8_t)((v + 32768) / 256);
        break;
    case EW_SAMPLE_S16LE:
        ew_put_u16le(out, (uint16_t)v);
        break;
    case EW_SAMPLE_S24LE:
        out[0] = 0;
        ew_put_u16le(out + 1, (uint16_t)v);
        break;
    case EW_SAMPLE_S32LE:
        ew_put_u32le(out, wide);
        break;
    case EW_SAMPLE_F32LE:
        memcpy(&bits, &f, sizeof bits);
        ew_put_u32le(out, bits);
        break;
    case EW_SAMPLE_F64LE:
        memcpy(&bits64, &d, sizeof bits64);
        ew_put_u64le(out, bits64);
        break;
    }
}

/* Frames of filler into the room, from frame `at` of the file on. */
static void fill_room(const wav *w, uint64_t at, size_t frames)
{
    uint8_t sample[SAMPLE_MAX];
    uint8_t *p = w->m->room;
    uint32_t rate = w->s->rate_hz;
    uint32_t cycle = (uint32_t)(at % rate * TONE_HZ % rate);
    for (size_t i = 0; i < frames; i++) {
        uint32_t phase = (uint32_t)((uint64_t)cycle * TONE_STEPS / rate);
        put_sample(w->s->sample, w->m->filler == EW_FILLER_TONE ? tone_at(phase) : 0,
                   sample);
        for (uint32_t c = 0; c < w->s->channels; c++, p += w->sample)
            memcpy(p, sample, w->sample);
        cycle = (uint32_t)((cycle + (uint64_t)TONE_HZ) % rate);
    }
}

/* Fills the place of parts first to end-1. */
static ew_code fill(const wav *w, uint64_t first, uint64_t end)
{
    uint64_t at = first > 0 ? (first - 1) * w->block : 0;
    uint64_t to = end > 0 ? (end - 1) * w->block : 0;
    size_t most = EW_MAKER_ROOM / w->frame;
    ew_code code = EW_OK;
    to = to < w->total ? to : w->total;
    uint64_t left = at < to && w->m->out != NULL ? (to - at) / w->frame : 0;
    uint64_t frame = at / w->frame;
    while (left > 0 && code == EW_OK) {
        size_t some = left < most ? (size_t)left : most;
        fill_room(w, frame, some);
        code = ew_published__put(w->m, w->m->room, some * w->frame);
        frame += some;
        left -= some;
    }
    return code;
}

/* ------------------------------------------------------------------ all of it */

static ew_code put_head(const wav *w)
{
    bool is_float = w->s->sample == EW_SAMPLE_F32LE || w->s->sample == EW_SAMPLE_F64LE;
    uint8_t h[WAV_HEAD] = "RIFF----WAVEfmt \20";
    uint32_t bytes = (uint32_t)w->total;
    ew_put_u32le(h + 4, WAV_MAX_RIFF + bytes + (bytes & 1));
    ew_put_u16le(h + 20, is_float ? 3 : 1);
    ew_put_u16le(h + 22, (uint16_t)w->s->channels);
    ew_put_u32le(h + 24, w->s->rate_hz);
    ew_put_u32le(h + 28, w->s->rate_hz * (uint32_t)w->frame);
    ew_put_u16le(h + 32, (uint16_t)w->frame);
    ew_put_u16le(h + 34, (uint16_t)(8 * w->sample));
    memcpy(h + 36, "data", 4);
    ew_put_u32le(h + 40, bytes);
    return ew_published__put(w->m, h, sizeof h);
}

/* The sound of one run: without the header before it and what comes after. */
static ew_code put_run(const wav *w, size_t r)
{
    const ew_shown *run = &w->m->in->runs[r];
    uint64_t skip = run->kinds[0] == EW_PART_HEAD ? run->lengths[0] : 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < run->count; i++)
        if (run->kinds[i] == EW_PART_CONTENT)
            sum += run->lengths[i];
    return ew_published__copy(w->m, r, skip, sum);
}

ew_code ew_published__grid(const ew_maker *m)
{
    wav w = {.m = m, .s = m->in->stream};
    uint64_t next = 0;
    w.sample = ew_sample_bytes(w.s->sample);
    w.frame = w.sample * w.s->channels;
    w.block = (uint64_t)w.s->block_frames * w.frame;
    /* A seal may claim more than can be counted. */
    bool countable = w.s->n <= UINT64_MAX / w.block;
    w.total = countable ? sound_bytes(&w) : UINT64_MAX;
    if (w.total > UINT32_MAX - WAV_MAX_RIFF - 1)
        return ew_published__refuse(m, "a WAV file cannot be larger than 4 GiB");
    ew_code code = put_head(&w);
    for (size_t r = 0; r < m->in->run_count && code == EW_OK; r++) {
        code = fill(&w, next, m->in->runs[r].first);
        if (code == EW_OK)
            code = put_run(&w, r);
        next = m->in->runs[r].first + m->in->runs[r].count;
    }
    if (code == EW_OK)
        code = fill(&w, next, w.s->n);
    if (code == EW_OK && w.total % 2 == 1)
        code = ew_published__put(m, "", 1);
    return code;
}
