/* SPDX-License-Identifier: Apache-2.0 */
/* Where FLAC ends. Frames do not say how long they are: the last one, which the header's number
 * of samples tells, is read bit by bit without making sound of it. */
#include <string.h>

#include "media/decoder/walk.h"

enum {
    WINDOW = 4096,
    FRAME_MAX = 1 << 24, /* bytes */
    HEAD_MAX = 16,
    SYNC = 2,
    ID3V1 = 128
};

/* Of the stream and of the frame at hand. */
typedef struct frame {
    int64_t total; /* samples of the stream */
    int64_t block; /* samples of a frame where all but the last have as many */
    unsigned stream_bits;
    unsigned samples, channels, bits, side; /* side: channel with a bit more, or none */
    unsigned head;                          /* bytes */
} frame;

typedef struct bits {
    walk *w;
    int64_t at, end; /* bits of the file */
    int64_t have;    /* first byte in `window` */
    size_t n;
    uint8_t window[WINDOW];
} bits;

/* ---------------------------------------------------------------- bits */

static bool load(bits *b)
{
    const int64_t byte = b->at / 8;
    const int64_t left = b->w->size - byte;
    const size_t n = left < WINDOW ? (size_t)(left > 0 ? left : 0) : WINDOW;
    const uint8_t *p = n > 0 ? walk_get(b->w, byte, n) : NULL;

    if (p == NULL)
        return false;
    memcpy(b->window, p, n);
    b->have = byte;
    b->n = n;
    return true;
}

/* The next bit, -1 at the end. */
static int next_bit(bits *b)
{
    const int64_t byte = b->at / 8;
    int bit;

    if (b->at >= b->end ||
        ((byte < b->have || byte >= b->have + (int64_t)b->n) && !load(b)))
        return -1;
    bit = b->window[byte - b->have] >> (7 - b->at % 8) & 1;
    b->at++;
    return bit;
}

/* -1 at the end. */
static int64_t take(bits *b, unsigned n)
{
    int64_t v = 0;

    for (unsigned i = 0; i < n; i++) {
        const int bit = next_bit(b);
        if (bit < 0)
            return -1;
        v = v << 1 | bit;
    }
    return v;
}

/* Zeros before the next one; -1 at the end. */
static int64_t take_unary(bits *b)
{
    int64_t n = 0;
    int bit;

    while ((bit = next_bit(b)) == 0)
        n++;
    return bit < 0 ? -1 : n;
}

static bool skip(bits *b, int64_t n)
{
    b->at += n;
    return b->at <= b->end;
}

/* ---------------------------------------------------------------- frames */

static uint8_t crc8(const uint8_t *p, size_t n)
{
    unsigned crc = 0;

    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = (crc << 1 ^ (crc & 0x80 ? 0x07U : 0)) & 0xFF;
    }
    return (uint8_t)crc;
}

static unsigned crc16(unsigned crc, uint8_t byte)
{
    crc ^= (unsigned)byte << 8;
    for (int k = 0; k < 8; k++)
        crc = (crc << 1 ^ (crc & 0x8000 ? 0x8005U : 0)) & 0xFFFF;
    return crc;
}

/* The number of a frame or sample, coded like UTF-8 but up to 36 bits; its bytes, 0: none. */
static unsigned coded_number(const uint8_t *p, int64_t *out)
{
    unsigned n = 0;

    while (n < 7 && (p[0] & 0x80 >> n) != 0)
        n++;
    if (n == 0) {
        *out = p[0];
        return 1;
    }
    if (n == 1)
        return 0;
    *out = p[0] & (0x7F >> n);
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        *out = *out << 6 | (p[i] & 0x3F);
    }
    return n;
}

static bool set_kind(frame *f, const uint8_t *p)
{
    static const uint8_t depth[8] = {0, 8, 12, 0, 16, 20, 24, 32};
    const unsigned layout = p[3] >> 4, size = p[3] >> 1 & 7;

    if (layout > 10 || size == 3 || (p[3] & 1) != 0)
        return false;
    f->channels = layout < 8 ? layout + 1 : 2;
    f->side = layout < 8 ? f->channels : layout == 9 ? 0 : 1;
    f->bits = size == 0 ? f->stream_bits : depth[size];
    return true;
}

/* Is the head of the last frame at p, of which HEAD_MAX bytes are there? */
static bool is_last(frame *f, const uint8_t *p)
{
    const unsigned code = p[2] >> 4, rate = p[2] & 15;
    int64_t number = 0;
    unsigned at = 4 + coded_number(p + 4, &number);

    if (p[0] != 0xFF || (p[1] & 0xFE) != 0xF8 || code == 0 || rate == 15 || at == 4 ||
        !set_kind(f, p))
        return false;
    f->samples = code == 1 ? 192 : code < 6 ? 576U << (code - 2) : 256U << (code & 7);
    if (code == 6)
        f->samples = p[at] + 1U;
    else if (code == 7)
        f->samples = ((unsigned)p[at] << 8 | p[at + 1]) + 1U;
    at += code == 6 ? 1 : code == 7 ? 2 : 0;
    at += rate == 12 ? 1 : rate > 12 ? 2 : 0;
    f->head = at + 1;
    if ((p[1] & 1) == 0)
        number *= f->block;
    return number + f->samples == f->total && crc8(p, at) == p[at];
}

static bool skip_residual(bits *b, const frame *f, unsigned order)
{
    const int64_t method = take(b, 2);
    const int64_t parts = take(b, 4);
    const unsigned wide = method == 1 ? 5 : 4, escape = (1U << wide) - 1;

    if (method < 0 || method > 1 || parts < 0 || (f->samples >> parts) < order)
        return false;
    for (int64_t i = 0; i < (int64_t)1 << parts; i++) {
        unsigned n = (f->samples >> parts) - (i == 0 ? order : 0);
        const int64_t rice = take(b, wide);
        if (rice == escape) {
            const int64_t each = take(b, 5);
            if (each < 0 || !skip(b, each * n))
                return false;
            continue;
        }
        for (; n > 0 && rice >= 0; n--)
            if (take_unary(b) < 0 || !skip(b, rice))
                return false;
        if (rice < 0)
            return false;
    }
    return true;
}

static bool skip_channel(bits *b, const frame *f, unsigned channel)
{
    int64_t depth = f->bits + (channel == f->side ? 1 : 0);
    const int64_t kind = take(b, 7); /* with the 0 before it */
    const int64_t wasted = take(b, 1);
    unsigned order = 0;

    if (kind < 0 || kind > 63 || wasted < 0)
        return false;
    if (wasted == 1)
        depth -= take_unary(b) + 1;
    if (depth <= 0)
        return false;
    if (kind == 0)
        return skip(b, depth);
    if (kind == 1)
        return skip(b, depth * f->samples);
    if (kind >= 8 && kind <= 12)
        order = (unsigned)kind - 8;
    else if (kind >= 32)
        order = (unsigned)kind - 31;
    else
        return false;
    if (order > f->samples || !skip(b, depth * order))
        return false;
    if (kind >= 32) {
        const int64_t precision = take(b, 4);
        if (precision < 0 || precision == 15 || !skip(b, 5 + (precision + 1) * order))
            return false;
    }
    return skip_residual(b, f, order);
}

/* The byte behind the frame at pos; -1 when it is damaged. */
static int64_t frame_end(walk *w, const frame *f, int64_t pos)
{
    bits b = {.w = w, .at = 8 * (pos + f->head)};
    unsigned crc = 0;
    int64_t end;

    b.end = 8 * (w->size < pos + FRAME_MAX ? w->size : pos + FRAME_MAX);
    for (unsigned c = 0; c < f->channels; c++)
        if (!skip_channel(&b, f, c))
            return -1;
    end = (b.at + 7) / 8 + 2;
    if (end > w->size)
        return -1;
    b.end = 8 * end;
    for (b.at = 8 * pos; b.at < b.end;)
        crc = crc16(crc, (uint8_t)take(&b, 8));
    return crc == 0 ? end : -1;
}

static int64_t find_end(walk *w, frame *f, int64_t pos)
{
    while (pos + HEAD_MAX <= w->size) {
        const int64_t left = w->size - pos;
        const size_t n = left < WINDOW ? (size_t)left : WINDOW;
        const uint8_t *p = walk_get(w, pos, n);
        const uint8_t *sync = p;
        if (p == NULL)
            return -1;
        while ((sync = memchr(sync, 0xFF, n - (size_t)(sync - p))) != NULL) {
            const size_t at = (size_t)(sync - p);
            uint8_t head[HEAD_MAX];
            if (at + HEAD_MAX > n)
                break;
            memcpy(head, sync, HEAD_MAX);
            if (is_last(f, head)) {
                const int64_t end = frame_end(w, f, pos + (int64_t)at);
                if (end >= 0)
                    return end;
                p = walk_get(w, pos, n); /* it read elsewhere */
                if (p == NULL)
                    return -1;
            }
            sync = p + at + 1;
        }
        pos += (int64_t)n - HEAD_MAX + 1;
    }
    return -1;
}

void walk_flac_end(walk *w, const uint8_t info[34], int64_t pos)
{
    frame f = {.block = (int64_t)info[2] << 8 | info[3],
               .stream_bits = ((info[12] & 1U) << 4 | info[13] >> 4) + 1U,
               .total = (int64_t)(info[13] & 15) << 32 | (int64_t)walk_u32be(info + 14)};
    int64_t end = f.total > 0 ? find_end(w, &f, pos) : -1;
    const uint8_t *tag;

    if (end < 0)
        return;
    tag = w->size - end >= ID3V1 ? walk_get(w, w->size - ID3V1, ID3V1) : NULL;
    if (tag != NULL && memcmp(tag, "TAG", 3) == 0)
        end += ID3V1;
    if (w->size > end)
        walk_say(w, "trailing", "%lld", (long long)(w->size - end));
}
