/* SPDX-License-Identifier: Apache-2.0 */
/* MPEG audio, layer III: every frame header and what of the side information tells about
 * cuts; the Xing/Info header with LAME's tag; what stands between and behind frames. */
#include <stdio.h>
#include <string.h>

#include "media/decoder/walk.h"

enum {
    FRAME_MIN = 24,
    HEAD_LOOK = 200,
    RESYNC_MAX = 1 << 20, /* bytes of junk that are searched for the next frame */
    EVENTS_MAX = 100,
    PART_BITS = 12 /* of the length of a granule's data */
};

typedef struct frame {
    uint32_t bits; /* the header */
    int version;   /* 1, 2; 2.5 counts as 2 */
    unsigned bit_rate, rate_hz, channels;
    size_t bytes, samples;
    size_t side_at, side_bytes;
    unsigned needs;     /* bytes of earlier frames, "main_data_begin" */
    uint64_t data_bits; /* of its granules */
} frame;

typedef struct mp3 {
    walk *w;
    uint64_t frames, bytes;
    frame first, last;
    unsigned lowest, highest;
    unsigned modes; /* bit per channel mode */
    uint64_t events;
    uint64_t slot_bits; /* all room for data in the frames before this one */
    uint64_t data_end;  /* where in it the data of the frame before ends */
    bool cut_start;
    bool fresh;   /* after junk, where nothing is known of frames before */
    uint16_t crc; /* of all frames behind the header frame */
    bool has_header;
    int64_t said_frames, said_bytes;
    int64_t said_crc; /* -1: none */
} mp3;

/* ---------------------------------------------------------------- one frame */

static unsigned bit_rate_of(int version, unsigned index)
{
    static const unsigned rates[2][16] = {
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
    };

    return rates[version == 1 ? 0 : 1][index & 15];
}

/* False when the four bytes are no header of layer III, or of free format. */
static bool parse_header(uint32_t h, frame *f)
{
    static const unsigned hz[] = {44100, 48000, 32000};
    const unsigned version = h >> 19 & 3, index = h >> 10 & 3;
    const bool crc = !(h >> 16 & 1);

    if (h >> 21 != 0x7FF || version == 1 || (h >> 17 & 3) != 1 || index == 3)
        return false;
    memset(f, 0, sizeof *f);
    f->bits = h;
    f->version = version == 3 ? 1 : 2;
    f->rate_hz = hz[index] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    f->bit_rate = bit_rate_of(f->version, h >> 12 & 15);
    f->channels = (h >> 6 & 3) == 3 ? 1 : 2;
    f->samples = f->version == 1 ? 1152 : 576;
    f->bytes = f->samples / 8 * f->bit_rate * 1000 / f->rate_hz + (h >> 9 & 1);
    f->side_at = crc ? 6 : 4;
    if (f->version == 1)
        f->side_bytes = f->channels == 1 ? 17 : 32;
    else
        f->side_bytes = f->channels == 1 ? 9 : 17;
    return f->bit_rate > 0 && f->bytes >= FRAME_MIN &&
           f->bytes >= f->side_at + f->side_bytes;
}

static bool frame_at(walk *w, int64_t pos, frame *f)
{
    const uint8_t *p = walk_get(w, pos, 4);

    return p != NULL && parse_header(walk_u32be(p), f);
}

/* Two frames in a row, or one that ends the file: chance gives one header in a thousand
 * bytes or so. */
static bool sync_at(walk *w, int64_t pos, int64_t end, frame *f)
{
    frame next;

    if (!frame_at(w, pos, f) || pos + (int64_t)f->bytes > end)
        return false;
    if (pos + (int64_t)f->bytes == end)
        return true;
    return frame_at(w, pos + (int64_t)f->bytes, &next) && next.rate_hz == f->rate_hz &&
           next.version == f->version;
}

/* ---------------------------------------------------------------- header frame */

static uint16_t crc16(uint16_t crc, const uint8_t *p, size_t n)
{
    static uint16_t table[256];

    for (unsigned i = 0; table[255] == 0 && i < 256; i++) {
        uint16_t v = (uint16_t)i;
        for (int k = 0; k < 8; k++)
            v = v & 1 ? (uint16_t)(v >> 1 ^ 0xA001) : (uint16_t)(v >> 1);
        table[i] = v;
    }
    for (size_t i = 0; i < n; i++)
        crc = (uint16_t)(crc >> 8 ^ table[(crc ^ p[i]) & 255]);
    return crc;
}

static void say_text(walk *w, const char *key, const uint8_t *p, size_t n)
{
    while (n > 0 && (p[n - 1] == 0 || p[n - 1] == ' ' || p[n - 1] == 'U'))
        n--;
    if (n > 0)
        w->fact(w->cookie, key, (const char *)p, n);
}

/* LAME's part of the header: 36 bytes from its name on. */
static void lame_tag(mp3 *m, const uint8_t *p)
{
    static const char *const methods[] = {
        "",
        "constant",
        "average",
        "variable (old)",
        "variable (new)",
        "variable (mtrh)",
        "variable (4)",
        "",
        "constant, two passes",
        "average, two passes",
    };
    const unsigned method = p[9] & 15;
    const unsigned delay = (unsigned)(p[21] << 4 | p[22] >> 4);
    const unsigned padding = (unsigned)((p[22] & 15) << 8 | p[23]);

    say_text(m->w, "mp3.encoder", p, 9);
    if (method < sizeof methods / sizeof *methods && methods[method][0] != 0)
        walk_say(m->w, "mp3.vbr-method", "%s", methods[method]);
    if (p[10] > 0)
        walk_say(m->w, "mp3.lowpass", "%u", p[10] * 100U);
    walk_say(m->w, "mp3.delay", "%u", delay);
    walk_say(m->w, "mp3.padding", "%u", padding);
    m->said_crc = p[32] << 8 | p[33];
}

/* True if the frame is a Xing, Info or VBRI header and no sound. */
static bool header_frame(mp3 *m, const frame *f, const uint8_t *p)
{
    const uint8_t *x = p + f->side_at + f->side_bytes;
    const size_t left = f->bytes - f->side_at - f->side_bytes;
    size_t at = 8;
    uint32_t flags;

    if (left < 8 || (memcmp(x, "Xing", 4) != 0 && memcmp(x, "Info", 4) != 0))
        return f->bytes >= 40 && memcmp(p + 36, "VBRI", 4) == 0;
    flags = walk_u32be(x + 4);
    if (flags & 1 && at + 4 <= left) {
        m->said_frames = (int64_t)walk_u32be(x + at);
        at += 4;
    }
    if (flags & 2 && at + 4 <= left) {
        m->said_bytes = (int64_t)walk_u32be(x + at);
        at += 4;
    }
    at += (flags & 4 ? 100U : 0) + (flags & 8 ? 4U : 0);
    if (at + 36 <= left && x[at] != 0)
        lame_tag(m, x + at);
    return true;
}

/* ---------------------------------------------------------------- all frames */

static int64_t place(const mp3 *m)
{
    return (int64_t)(m->frames * (m->first.samples ? m->first.samples : 1152));
}

static bool may_tell(mp3 *m)
{
    return m->events++ < EVENTS_MAX;
}

/* Bits that an encoder sets once and keeps: protection, private, mono or not, copyright,
 * original, emphasis. */
static void watch_settings(mp3 *m, const frame *f)
{
    static const struct {
        uint32_t mask;
        const char *name;
    } parts[] = {
        {1U << 16, "checksum"},    {1U << 8, "private bit"}, {1U << 3, "copyright"},
        {1U << 2, "original"},     {3U, "emphasis"},         {3U << 19, "MPEG version"},
        {3U << 10, "sample rate"},
    };
    const uint32_t changed = f->bits ^ m->last.bits;
    char text[100] = "";

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (changed & parts[i].mask)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                     text[0] != 0 ? ", " : "", parts[i].name);
    if (f->channels != m->last.channels)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%smono or stereo",
                 text[0] != 0 ? ", " : "");
    if (text[0] != 0 && may_tell(m))
        walk_say(m->w, "mp3.settings", "%lld %s", (long long)place(m), text);
}

static unsigned bits_at(const uint8_t *p, size_t at, size_t n)
{
    unsigned v = 0;

    for (size_t i = at; i < at + n; i++)
        v = v << 1 | (p[i / 8] >> (7 - i % 8) & 1);
    return v;
}

/* The side information: how far the data begins before the frame, and how long it is. */
static void parse_side(frame *f, const uint8_t *side)
{
    const bool first = f->version == 1;
    const size_t granules = first ? 2 : 1, each = first ? 59 : 63;
    size_t at;

    f->needs = bits_at(side, 0, first ? 9 : 8);
    if (first)
        at = f->channels == 1 ? 9 + 5 + 4 : 9 + 3 + 8;
    else
        at = f->channels == 1 ? 8 + 1 : 8 + 2;
    f->data_bits = 0;
    for (size_t i = 0; i < granules * f->channels; i++)
        f->data_bits += bits_at(side, at + i * each, PART_BITS);
}

/* The data of a frame may begin in the room of frames before it, but never within the data
 * of one of them: there other frames once stood. */
static void watch_reservoir(mp3 *m, frame *f, const uint8_t *p)
{
    const uint64_t room = (f->bytes - f->side_at - f->side_bytes) * 8;
    uint64_t back;

    parse_side(f, p + f->side_at);
    back = (uint64_t)f->needs * 8;
    if (back > m->slot_bits) { /* before the first frame, or beyond junk */
        if (!m->cut_start && m->frames == 0)
            walk_say(m->w, "mp3.cut-start", "0 %u", f->needs);
        m->cut_start = true;
    } else if (m->frames > 0 && !m->fresh && m->slot_bits < m->data_end + back &&
               may_tell(m))
        walk_say(m->w, "mp3.break", "%lld %u %lld", (long long)place(m), f->needs,
                 (long long)((int64_t)(m->slot_bits - m->data_end) / 8));
    m->data_end = m->slot_bits + f->data_bits;
    m->data_end -= back < m->data_end ? back : m->data_end;
    m->slot_bits += room;
    if (m->data_end > m->slot_bits) /* damaged: believe no length */
        m->data_end = m->slot_bits;
    m->fresh = false;
}

static void take_frame(mp3 *m, frame *f, const uint8_t *p)
{
    if (m->frames == 0)
        m->first = *f;
    else
        watch_settings(m, f);
    watch_reservoir(m, f, p);
    m->modes |= 1U << (f->bits >> 6 & 3);
    if (m->frames == 0 || f->bit_rate < m->lowest)
        m->lowest = f->bit_rate;
    if (f->bit_rate > m->highest)
        m->highest = f->bit_rate;
    m->last = *f;
    m->frames++;
    m->bytes += f->bytes;
    m->crc = crc16(m->crc, p, f->bytes);
}

/* The next place from which frames follow each other; `end` when there is none. */
static int64_t resync(walk *w, int64_t pos, int64_t end)
{
    const int64_t stop = end - pos < RESYNC_MAX ? end : pos + RESYNC_MAX;
    frame f;

    for (; pos < stop; pos++) {
        const uint8_t *p = walk_get(w, pos, 2);
        if (p == NULL)
            return end;
        if (p[0] == 0xFF && (p[1] & 0xE0) == 0xE0 && sync_at(w, pos, end, &f))
            return pos;
    }
    return end;
}

static void say_junk(mp3 *m, int64_t pos, int64_t next)
{
    const uint8_t *p = walk_get(m->w, pos, 4);
    const char *what = "of no known kind";

    if (p != NULL && memcmp(p, "ID3", 3) == 0)
        what = "an ID3v2 tag: the beginning of another file";
    else if (p != NULL && memcmp(p, "TAG", 3) == 0)
        what = "an ID3v1 tag: the end of another file";
    else if (p != NULL && memcmp(p, "APET", 4) == 0)
        what = "an APE tag";
    if (may_tell(m))
        walk_say(m->w, "mp3.junk", "%lld %lld %s", (long long)place(m),
                 (long long)(next - pos), what);
}

/* Returns the end of the last frame. */
static int64_t all_frames(mp3 *m, int64_t pos, int64_t end)
{
    int64_t last = pos;

    while (pos < end) {
        frame f;
        const uint8_t *p;
        if (!frame_at(m->w, pos, &f)) {
            int64_t next = resync(m->w, pos, end);
            if (next >= end)
                break;
            if (m->frames > 0)
                say_junk(m, pos, next);
            pos = next;
            m->fresh = true;
            continue;
        }
        p = walk_get(m->w, pos, f.bytes);
        if (p == NULL || pos + (int64_t)f.bytes > end)
            break; /* cut off within a frame */
        if (m->frames == 0 && !m->has_header && header_frame(m, &f, p)) {
            m->has_header = true;
            m->bytes += f.bytes;
        } else {
            take_frame(m, &f, p);
        }
        pos += (int64_t)f.bytes;
        last = pos;
    }
    return last;
}

/* ---------------------------------------------------------------- what is around them */

/* ID3v2 at the start; several are possible. Returns where they end. */
static int64_t id3v2(walk *w)
{
    int64_t pos = 0;

    for (int i = 0; i < 8; i++) {
        const uint8_t *p = walk_get(w, pos, 10);
        int64_t n;
        if (p == NULL || memcmp(p, "ID3", 3) != 0)
            break;
        n = 10 + ((int64_t)(p[6] & 127) << 21 | (int64_t)(p[7] & 127) << 14 |
                  (int64_t)(p[8] & 127) << 7 | (p[9] & 127));
        walk_say(w, "mp3.id3v2", "version 2.%u, %lld bytes", p[3], (long long)n);
        pos += n;
    }
    return pos < w->size ? pos : w->size;
}

/* Tags at the end, from behind. Returns where they begin. */
static int64_t end_tags(walk *w)
{
    int64_t end = w->size;
    const uint8_t *p = walk_get(w, end - 128, 3);

    if (p != NULL && memcmp(p, "TAG", 3) == 0) {
        end -= 128;
        walk_say(w, "mp3.id3v1", "yes");
    }
    p = walk_get(w, end - 32, 32);
    if (p != NULL && memcmp(p, "APETAGEX", 8) == 0) {
        int64_t n = (int64_t)p[12] | (int64_t)p[13] << 8 | (int64_t)p[14] << 16 |
                    (int64_t)p[15] << 24;
        n += p[23] & 128 ? 32 : 0; /* it has a head as well */
        walk_say(w, "mp3.ape", "%lld bytes", (long long)n);
        end = n > 0 && n <= end ? end - n : end;
    }
    return end;
}

static void say_counts(const mp3 *m)
{
    static const char *const modes[] = {"stereo", "joint stereo", "two channels", "mono"};
    char text[100] = "";

    walk_say(m->w, "mp3.frames", "%llu", (unsigned long long)m->frames);
    walk_say(m->w, "mp3.bytes", "%llu", (unsigned long long)m->bytes);
    walk_say(m->w, "mp3.frame-samples", "%zu", m->first.samples);
    if (m->lowest == m->highest)
        walk_say(m->w, "mp3.bit-rates", "%u", m->lowest);
    else
        walk_say(m->w, "mp3.bit-rates", "%u to %u", m->lowest, m->highest);
    for (int i = 0; i < 4; i++)
        if (m->modes >> i & 1)
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                     text[0] != 0 ? ", " : "", modes[i]);
    walk_say(m->w, "mp3.modes", "%s", text);
    if (m->said_frames >= 0)
        walk_say(m->w, "mp3.xing-frames", "%lld", (long long)m->said_frames);
    if (m->said_bytes >= 0)
        walk_say(m->w, "mp3.xing-bytes", "%lld", (long long)m->said_bytes);
    if (m->events > EVENTS_MAX)
        walk_say(m->w, "events.dropped", "mp3 %llu",
                 (unsigned long long)(m->events - EVENTS_MAX));
}

void walk_mp3(walk *w)
{
    mp3 m = {.w = w, .said_frames = -1, .said_bytes = -1, .said_crc = -1};
    const int64_t begin = id3v2(w), end = end_tags(w);
    int64_t last;

    if (begin >= end)
        return;
    last = all_frames(&m, resync(w, begin, end), end);
    if (m.frames == 0)
        return;
    say_counts(&m);
    if (m.said_crc > 0)
        walk_say(w, "mp3.music-crc", "%lld %u", (long long)m.said_crc, m.crc);
    if (end > last)
        walk_say(w, "trailing", "%lld", (long long)(end - last));
}
