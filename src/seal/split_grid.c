/* SPDX-License-Identifier: Apache-2.0 */
/* Splitter `grid`: a WAV file as its header, blocks of 100 ms, and what comes after the sound.
 * A spoken name is shorter than a second. */
#include <string.h>

#include "base/bytes.h"
#include "seal/split.h"

enum {
    BLOCKS_PER_SECOND = 10,
    CHUNKS_MAX = 1000,
    CHANNELS_MAX = 64,
    RATE_MAX = 768000,
    PCM = 1,
    FLOAT = 3,
    EXTENSIBLE = 0xFFFE
};

typedef struct wav {
    ew_stream format;
    bool known; /* a format was there */
    bool
        open; /* its sizes were never filled in: it was written to a pipe, or not to the end */
    uint64_t long_size; /* of the sound, from the head of a file beyond 4 GiB; 0: none */
    uint64_t data, data_size;
} wav;

static ew_code no_wav(ew_err *err, uint64_t at, const char *what)
{
    return ew_fail(err, EW_E_FORMAT, at, "not a WAV file for the grid: %s", what);
}

static bool sample_of(unsigned tag, unsigned bits, ew_sample *out)
{
    static const struct {
        unsigned tag, bits;
        ew_sample sample;
    } known[] = {{PCM, 8, EW_SAMPLE_U8},       {PCM, 16, EW_SAMPLE_S16LE},
                 {PCM, 24, EW_SAMPLE_S24LE},   {PCM, 32, EW_SAMPLE_S32LE},
                 {FLOAT, 32, EW_SAMPLE_F32LE}, {FLOAT, 64, EW_SAMPLE_F64LE}};
    for (size_t i = 0; i < EW_COUNT(known); i++)
        if (known[i].tag == tag && known[i].bits == bits) {
            *out = known[i].sample;
            return true;
        }
    return false;
}

/* 16 bytes of a fmt chunk, and the true tag of an extensible one. */
static bool read_format(wav *w, const uint8_t fmt[26], size_t n)
{
    unsigned tag = ew_get_u16le(fmt);
    ew_stream *s = &w->format;
    if (tag == EXTENSIBLE && n >= 26)
        tag = ew_get_u16le(fmt + 24);
    s->channels = ew_get_u16le(fmt + 2);
    s->rate_hz = ew_get_u32le(fmt + 4);
    s->block_frames = s->rate_hz / BLOCKS_PER_SECOND;
    w->known = sample_of(tag, ew_get_u16le(fmt + 14), &s->sample) && s->channels > 0 &&
               s->channels <= CHANNELS_MAX && s->rate_hz <= RATE_MAX &&
               s->block_frames > 0 &&
               ew_get_u16le(fmt + 12) == s->channels * ew_sample_bytes(s->sample);
    return w->known;
}

bool ew_split__is_wav(const uint8_t head[12])
{
    return (memcmp(head, "RIFF", 4) == 0 || memcmp(head, "RF64", 4) == 0 ||
            memcmp(head, "BW64", 4) == 0) &&
           memcmp(head + 8, "WAVE", 4) == 0;
}

/* What a chunk before the sound says; n bytes of it were read. */
static bool read_chunk(wav *w, const uint8_t id[4], const uint8_t *p, size_t n)
{
    if (memcmp(id, "ds64", 4) == 0 && n >= 16)
        w->long_size = ew_get_u64le(p + 8);
    return memcmp(id, "fmt ", 4) != 0 || (n >= 16 && read_format(w, p, n));
}

/* A head that promises more than there is, or nothing yet, was left by a recorder that died:
 * the sound goes up to the end. */
static void find_sound(wav *w, uint64_t at, uint64_t size, uint64_t left)
{
    if (size == UINT32_MAX && w->long_size > 0)
        size = w->long_size;
    if (size == 0 && w->open)
        size = left;
    w->data = at;
    w->data_size = size < left ? size : left;
}

/* Finds the format and where the sound begins. */
static ew_code read_header(const ew_src *src, wav *w, ew_err *err)
{
    uint8_t head[26];
    uint8_t id[8];
    uint64_t at = 12;
    if (src->size < 12)
        return no_wav(err, 0, "too short");
    ew_code code = src->read(src->cookie, 0, head, 12, err);
    if (code == EW_OK && !ew_split__is_wav(head))
        code = no_wav(err, 0, "no RIFF/WAVE");
    uint32_t riff = code == EW_OK ? ew_get_u32le(head + 4) : 0;
    w->open = riff == 0 || riff == UINT32_MAX;
    for (int i = 0; i < CHUNKS_MAX && code == EW_OK; i++) {
        if (src->size - at < 8)
            return no_wav(err, at, "no sound");
        code = src->read(src->cookie, at, id, 8, err);
        uint64_t size = code == EW_OK ? ew_get_u32le(id + 4) : 0;
        uint64_t left = src->size - at - 8;
        if (code == EW_OK && memcmp(id, "data", 4) == 0) {
            find_sound(w, at + 8, size, left);
            return w->known ? EW_OK : no_wav(err, at, "a format that is not known");
        }
        if (size > left)
            return no_wav(err, at, "a chunk beyond the end");
        size_t n = size < sizeof head ? (size_t)size : sizeof head;
        if (code == EW_OK)
            code = src->read(src->cookie, at + 8, head, n, err);
        if (code == EW_OK && !read_chunk(w, id, head, n))
            return no_wav(err, at, "a format that is not known");
        at += 8 + size + (size & 1);
        if (at > src->size)
            return no_wav(err, at, "no sound");
    }
    return code == EW_OK ? no_wav(err, at, "too many chunks") : code;
}

static uint64_t block_bytes(const ew_stream *s)
{
    return (uint64_t)s->block_frames * s->channels * ew_sample_bytes(s->sample);
}

ew_code ew_split__grid(const ew_src *src, ew_cuts *out, ew_stream *s, ew_err *err)
{
    wav w = {.known = false};
    ew_code code = read_header(src, &w, err);
    if (code != EW_OK)
        return code;
    w.format.splitter = EW_SPLIT_GRID;
    *s = w.format;
    uint64_t block = block_bytes(s);
    uint64_t end = w.data + w.data_size;
    code = ew_cuts_add(out, w.data, EW_PART_HEAD, err);
    for (uint64_t at = w.data; at < end && code == EW_OK;) {
        at = end - at > block ? at + block : end;
        code = ew_cuts_add(out, at, EW_PART_CONTENT, err);
    }
    if (code == EW_OK && end < src->size)
        code = ew_cuts_add(out, src->size, EW_PART_TAIL, err);
    return code;
}

/* The header says what the seal says, and ends where the sound begins. */
static bool head_fits(const ew_stream *s, const uint8_t *bytes, uint64_t n)
{
    ew_memory m = {bytes, n};
    ew_src src = ew_src_memory(&m);
    wav w = {.known = false};
    return read_header(&src, &w, NULL) == EW_OK && w.data == n &&
           w.format.rate_hz == s->rate_hz && w.format.channels == s->channels &&
           w.format.sample == s->sample && w.format.block_frames == s->block_frames;
}

static bool part_fits(const ew_stream *s, uint64_t index, uint8_t kind, uint64_t n)
{
    uint64_t block = block_bytes(s);
    if (kind == EW_PART_TAIL)
        return index > 0 && index == s->n - 1;
    if (kind != EW_PART_CONTENT || index == 0 || n > block)
        return false;
    /* Only the last block is short; a tail may follow it. */
    return n == block || index + 2 >= s->n;
}

bool ew_split__grid_fits(const ew_stream *s, const ew_shown *run)
{
    const uint8_t *p = run->bytes;
    for (size_t i = 0; i < run->count; i++) {
        uint64_t index = run->first + i;
        uint64_t n = run->lengths[i];
        bool fits = index == 0 ? run->kinds[i] == EW_PART_HEAD && head_fits(s, p, n)
                               : part_fits(s, index, run->kinds[i], n);
        if (!fits)
            return false;
        /* A short block and then another block cannot be. */
        if (i > 0 && index - 1 > 0 && run->lengths[i - 1] < block_bytes(s) &&
            run->kinds[i] != EW_PART_TAIL)
            return false;
        p += n;
    }
    return true;
}
