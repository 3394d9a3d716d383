/* SPDX-License-Identifier: Apache-2.0 */
/* The derivative of MP3 and of AAC in ADTS: a frame of silence in the place of each frame that is
 * withheld. MP3 frames reach back for bytes of earlier ones; those that would reach into a gap
 * are muted, since decoders would turn what they find there into noise. */
#include <string.h>

#include "seal/published_make.h"

enum {
    MP3_HEAD = 4,
    MP3_CRC = 2,
    MP3_SIDE_MAX = 32,
    MP3_LOOK = MP3_HEAD + MP3_CRC + MP3_SIDE_MAX,
    MP3_BACK = 511, /* bytes that a frame may reach back */
    TAGS_MP3 = 2, /* hidden parts at the beginning that may be a tag and an info frame */
    TAGS_AAC = 1,
    TAGS_END = 1,
    VBRI_AT = 36,
    INFO_LOOK = 40,
    INFO_BYTES = 12, /* name, flags, number of frames */
    AAC_HEAD = 7,
    AAC_MONO = 4, /* bytes of a block without a spectrum */
    AAC_STEREO = 6,
    FILL_HEAD = 2, /* bytes that a fill element takes beside its content, 15 to 269 */
    FILL_LEAST = 15,
    FILL_MOST = 269,
    FRAME_MAX = 8191 + 8
};

typedef struct coded {
    const ew_maker *m;
    bool aac;
    uint64_t mean; /* bytes of a visible frame, rounded down */
} coded;

/* A place among the visible parts. */
typedef struct place {
    size_t r, i;
    uint64_t at; /* byte in the run */
} place;

/* ------------------------------------------------------------------ finding frames */

static bool is_frame(const coded *c, const place *p)
{
    return c->m->in->runs[p->r].kinds[p->i] == EW_PART_CONTENT;
}

/* The last frame before run r, else the first from it on; false: there is none. */
static bool find_near(const coded *c, size_t r, place *out)
{
    const ew_published_in *in = c->m->in;
    place p = {r, 0, 0};
    for (p.r = r; p.r > 0; p.r--) {
        const ew_shown *run = &in->runs[p.r - 1];
        place q = {p.r - 1, run->count - 1, 0};
        if (!is_frame(c, &q))
            continue;
        for (size_t i = 0; i < q.i; i++)
            q.at += run->lengths[i];
        *out = q;
        return true;
    }
    for (p.r = r; p.r < in->run_count; p.r++) {
        p.at = 0;
        for (p.i = 0; p.i < in->runs[p.r].count; p.i++) {
            if (is_frame(c, &p)) {
                *out = p;
                return true;
            }
            p.at += in->runs[p.r].lengths[p.i];
        }
    }
    return false;
}

static uint64_t mean_bytes(const coded *c)
{
    uint64_t sum = 0;
    uint64_t n = 0;
    for (size_t r = 0; r < c->m->in->run_count; r++)
        for (size_t i = 0; i < c->m->in->runs[r].count; i++) {
            if (c->m->in->runs[r].kinds[i] != EW_PART_CONTENT)
                continue;
            sum += c->m->in->runs[r].lengths[i];
            n++;
        }
    return n > 0 ? sum / n : 0;
}

/* Up to `want` bytes of the part at p. */
static ew_code look(const coded *c, const place *p, uint8_t *out, size_t want,
                    size_t *got)
{
    uint64_t n = c->m->in->runs[p->r].lengths[p->i];
    *got = n < want ? (size_t)n : want;
    return ew_published__read(c->m, p->r, p->at, out, *got);
}

/* ------------------------------------------------------------------ MP3 */

static size_t side_bytes(const uint8_t *h)
{
    bool low = (h[1] & 0x18) != 0x18; /* MPEG 2 and 2.5 */
    bool mono = h[3] >> 6 == 3;
    return low ? (mono ? 9 : 17) : (mono ? 17 : 32);
}

static size_t side_at(const uint8_t *h)
{
    return (h[1] & 1) == 0 ? MP3_HEAD + MP3_CRC : MP3_HEAD;
}

/* How far the frame reaches back: 9 bits of the side information, 8 in MPEG 2 and 2.5. */
static unsigned reach(const uint8_t *h)
{
    const uint8_t *s = h + side_at(h);
    return (h[1] & 0x18) != 0x18 ? s[0] : (unsigned)s[0] << 1 | s[1] >> 7;
}

static uint16_t crc_more(uint16_t crc, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < 8 * n; i++) {
        unsigned bit = p[i / 8] >> (7 - i % 8) & 1;
        crc = (uint16_t)(crc << 1 ^ (((crc >> 15) ^ bit) != 0 ? 0x8005 : 0));
    }
    return crc;
}

/* Side information of a frame that decodes to nothing and leaves the bytes for those that
 * follow: as if it reached `back` bytes back, and used none of them. */
static void mute(uint8_t *h, unsigned back)
{
    uint8_t *s = h + side_at(h);
    size_t n = side_bytes(h);
    bool low = (h[1] & 0x18) != 0x18;
    if (low && back > 255)
        back = 255;
    memset(s, 0, n);
    s[0] = (uint8_t)(low ? back : back >> 1);
    if (!low)
        s[1] = (uint8_t)(back << 7);
    if ((h[1] & 1) == 0) {
        uint16_t crc = crc_more(crc_more(0xFFFF, h + 2, 2), s, n);
        h[4] = (uint8_t)(crc >> 8);
        h[5] = (uint8_t)crc;
    }
}

/* A frame of silence like the one at p, at least so long, in the bit rate that comes nearest to
 * the mean: players that do not count frames reckon with it. */
static ew_code mp3_silence(const coded *c, const place *p, size_t least, uint8_t *out,
                           size_t *n)
{
    ew_code code = look(c, p, out, MP3_HEAD, n);
    uint8_t rest = out[2] & 0x0C; /* without bit rate, padding and private bit */
    uint64_t off = UINT64_MAX;
    uint8_t best = 1;
    for (uint8_t rate = 1; rate < 15; rate++) {
        out[2] = (uint8_t)(rate << 4 | rest);
        uint64_t bytes = ew_split__mp3_bytes(out);
        uint64_t far = bytes > c->mean ? bytes - c->mean : c->mean - bytes;
        if (bytes >= least && far < off) {
            off = far;
            best = rate;
        }
    }
    out[1] |= 1; /* no CRC */
    out[2] = (uint8_t)(best << 4 | rest);
    out[3] &= 0xCF; /* kind of joint stereo */
    *n = ew_split__mp3_bytes(out);
    return code;
}

static bool is_info(const uint8_t *h, size_t n)
{
    size_t at = MP3_HEAD + side_bytes(h);
    return (n >= at + 4 &&
            (memcmp(h + at, "Xing", 4) == 0 || memcmp(h + at, "Info", 4) == 0)) ||
           (n >= VBRI_AT + 4 && memcmp(h + VBRI_AT, "VBRI", 4) == 0);
}

/* In the place of a hidden beginning: an info frame that says how many frames there are, unless
 * the file's own is the first thing shown. Without one players guess at how long a file with
 * changing bit rates is. */
static ew_code put_info(const coded *c, const place *p, uint64_t frames)
{
    uint8_t h[FRAME_MAX] = {0};
    size_t n = 0;
    ew_code code = look(c, p, h, INFO_LOOK, &n);
    if (code != EW_OK || is_info(h, n))
        return code;
    size_t at = MP3_HEAD + side_bytes(h);
    memset(h + MP3_HEAD, 0, INFO_LOOK);
    code = mp3_silence(c, p, at + INFO_BYTES, h, &n);
    memcpy(h + at, "Xing\0\0\0\1", 8);
    for (unsigned i = 0; i < 4; i++)
        h[at + 8 + i] = (uint8_t)(frames >> (24 - 8 * i));
    return code == EW_OK ? ew_published__put(c->m, h, n) : code;
}

/* Frames after a gap, until nothing reaches into it: *i is where to go on. */
static ew_code put_after_gap(const coded *c, size_t r, size_t *i, uint64_t *at)
{
    const ew_shown *run = &c->m->in->runs[r];
    uint8_t h[MP3_LOOK];
    unsigned have = 0;
    ew_code code = EW_OK;
    for (; *i < run->count && have < MP3_BACK && code == EW_OK; ++*i) {
        place p = {r, *i, *at};
        uint64_t n = run->lengths[*i];
        size_t got = 0;
        code = is_frame(c, &p) ? look(c, &p, h, sizeof h, &got) : EW_OK;
        size_t used = got > 0 ? side_at(h) + side_bytes(h) : 0;
        if (used > n)
            used = 0; /* too short to be more than a head */
        bool cut = code == EW_OK && used > 0 && reach(h) > have;
        if (cut)
            mute(h, have);
        if (cut)
            code = ew_published__put(c->m, h, used);
        if (code == EW_OK)
            code =
                ew_published__copy(c->m, r, *at + (cut ? used : 0), n - (cut ? used : 0));
        have += (unsigned)(n - used < MP3_BACK ? n - used : MP3_BACK);
        *at += n;
    }
    return code;
}

/* ------------------------------------------------------------------ AAC */

/* Bits as they are written, the high ones first. */
typedef struct bits {
    uint8_t *p; /* zeroed */
    size_t n;
} bits;

static void put_bits(bits *b, unsigned value, unsigned count)
{
    for (; count > 0; count--, b->n++)
        b->p[b->n / 8] |= (uint8_t)((value >> (count - 1) & 1) << (7 - b->n % 8));
}

/* One channel element without a spectrum; fill elements, so that the frame is about as long as
 * `spare` bytes more; the end mark. */
static void put_block(bits *b, bool stereo, uint64_t spare)
{
    /* SCE 0, gain 0, one long window without bands, and nothing else; or CPE 0 with one window
     * for both and two of these. */
    put_bits(b, stereo ? 0x21 : 0, 8);
    b->n += stereo ? 35 : 21;
    while (spare >= FILL_HEAD + FILL_LEAST) {
        unsigned some = spare - FILL_HEAD < FILL_MOST ? (unsigned)spare - FILL_HEAD
                                                      : (unsigned)FILL_MOST;
        put_bits(b, 6, 3);
        put_bits(b, 15, 4);
        put_bits(b, some - 14, 8);
        b->n += (size_t)8 * some;
        spare -= some + FILL_HEAD;
    }
    put_bits(b, 7, 3);
}

/* A frame with one block, as long as the mean of those shown. */
static ew_code aac_silence(const coded *c, const place *p, uint8_t *out, size_t *n)
{
    bits b = {out + AAC_HEAD, 0};
    ew_code code = look(c, p, out, AAC_HEAD, n);
    if (code != EW_OK)
        return code;
    unsigned channels = (out[2] & 1u) << 2 | out[3] >> 6;
    if (channels != 1 && channels != 2)
        return ew_published__refuse(c->m, "AAC of neither one nor two channels");
    if ((out[6] & 3) != 0)
        return ew_published__refuse(c->m, "AAC of several blocks in a frame");
    uint64_t least = AAC_HEAD + (channels == 1 ? AAC_MONO : AAC_STEREO);
    put_block(&b, channels == 2, c->mean > least ? c->mean - least : 0);
    *n = AAC_HEAD + (b.n + 7) / 8;
    out[1] |= 1;                                    /* no CRC */
    out[2] &= 0xFD;                                 /* private bit */
    out[3] = (uint8_t)((out[3] & 0xF0) | *n >> 11); /* copyright bits */
    out[4] = (uint8_t)(*n >> 3);
    out[5] = (uint8_t)((*n & 7) << 5 | 0x1F); /* fullness: not said */
    out[6] = 0xFC;
    return EW_OK;
}

/* ------------------------------------------------------------------ both */

/* A short gap at either end is taken for tags: so many of its parts. Should they have been sound,
 * nothing that is shown is joined by that: on the other side there is nothing. */
static uint64_t tags(const coded *c, uint64_t first, uint64_t end)
{
    uint64_t n = c->m->in->stream->n;
    bool begins = first == 0 && end < n && end <= (c->aac ? TAGS_AAC : TAGS_MP3);
    bool ends = first > 0 && end == n && end - first <= TAGS_END;
    return begins || ends ? end - first : 0;
}

/* How many frames the derivative has. */
static uint64_t count_frames(const coded *c)
{
    const ew_published_in *in = c->m->in;
    uint64_t next = 0;
    uint64_t sum = 0;
    for (size_t r = 0; r < in->run_count; r++) {
        const ew_shown *run = &in->runs[r];
        sum += run->first - next - tags(c, next, run->first);
        for (size_t i = 0; i < run->count; i++)
            sum += run->kinds[i] == EW_PART_CONTENT;
        next = run->first + run->count;
    }
    return sum + in->stream->n - next - tags(c, next, in->stream->n);
}

/* Parts first to end-1, which stand before run r. */
static ew_code put_gap(const coded *c, size_t r, uint64_t first, uint64_t end)
{
    uint8_t frame[FRAME_MAX] = {0};
    size_t n = 0;
    place p;
    ew_code code = EW_OK;
    if (first == end)
        return EW_OK;
    if (!find_near(c, r, &p))
        return ew_published__refuse(c->m, "no frame of the sound is shown");
    if (first == 0 && !c->aac)
        code = put_info(c, &p, count_frames(c));
    first += tags(c, first, end);
    if (code == EW_OK)
        code = c->aac ? aac_silence(c, &p, frame, &n) : mp3_silence(c, &p, 0, frame, &n);
    for (; first < end && code == EW_OK && c->m->out != NULL; first++)
        code = ew_published__put(c->m, frame, n);
    return code;
}

static ew_code put_run(const coded *c, size_t r, bool after_gap)
{
    const ew_shown *run = &c->m->in->runs[r];
    uint64_t at = 0;
    uint64_t rest = 0;
    size_t i = 0;
    ew_code code = EW_OK;
    if (after_gap && !c->aac)
        code = put_after_gap(c, r, &i, &at);
    for (; i < run->count; i++)
        rest += run->lengths[i];
    return code == EW_OK ? ew_published__copy(c->m, r, at, rest) : code;
}

ew_code ew_published__frames(const ew_maker *m)
{
    coded c = {.m = m, .aac = m->in->stream->splitter == EW_SPLIT_AAC};
    uint64_t next = 0;
    ew_code code = EW_OK;
    c.mean = mean_bytes(&c);
    for (size_t r = 0; r < m->in->run_count && code == EW_OK; r++) {
        uint64_t first = m->in->runs[r].first;
        if (first > next)
            code = put_gap(&c, r, next, first);
        if (code == EW_OK)
            code = put_run(&c, r, first > next);
        next = first + m->in->runs[r].count;
    }
    return code == EW_OK ? put_gap(&c, m->in->run_count, next, m->in->stream->n) : code;
}
