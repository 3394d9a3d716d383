/* SPDX-License-Identifier: Apache-2.0 */
/* Ogg: pages with their checksums, numbers and time marks; streams that begin in the middle;
 * who wrote the comments. */
#include <stdio.h>
#include <string.h>

#include "media/decoder/walk.h"

enum {
    HEAD = 27,
    STREAMS_MAX = 16,
    EVENTS_MAX = 100,
    LOST_MAX = 1 << 17,
    VENDOR_MAX = 120
};

enum { CONTINUED = 1, FIRST = 2, LAST = 4 };

typedef struct stream {
    uint32_t serial, number;
    int64_t granule;
    bool opus, ended;
    int packets; /* header packets seen */
} stream;

typedef struct ogg {
    walk *w;
    stream streams[STREAMS_MAX];
    size_t count;
    uint64_t pages, bad, events;
    int64_t base; /* granules of chained streams that have ended */
    bool sound;   /* pages with sound have come */
} ogg;

static uint32_t u32le(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* Polynomial 0x04c11db7, not reflected, with the field itself as 0. */
static uint32_t checksum(const uint8_t *p, size_t n)
{
    static uint32_t table[256];
    uint32_t crc = 0;

    for (uint32_t i = 0; table[255] == 0 && i < 256; i++) {
        uint32_t v = i << 24;
        for (int k = 0; k < 8; k++)
            v = v & 0x80000000U ? v << 1 ^ 0x04c11db7U : v << 1;
        table[i] = v;
    }
    for (size_t i = 0; i < n; i++) {
        const uint8_t byte = i >= 22 && i < 26 ? 0 : p[i];
        crc = crc << 8 ^ table[(crc >> 24 ^ byte) & 255];
    }
    return crc;
}

static void tell(ogg *o, const stream *s, const char *text)
{
    if (o->events++ < EVENTS_MAX)
        walk_say(o->w, "ogg.event", "%lld %s",
                 (long long)(o->base + (s != NULL && s->granule > 0 ? s->granule : 0)),
                 text);
}

static stream *find(ogg *o, uint32_t serial)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->streams[i].serial == serial)
            return &o->streams[i];
    return NULL;
}

/* "vendor" of the comments, which is the second packet. */
static void vendor(ogg *o, const uint8_t *p, size_t n)
{
    size_t at;
    uint32_t length;

    if (n >= 16 && memcmp(p, "OpusTags", 8) == 0)
        at = 8;
    else if (n >= 16 && memcmp(p, "\x03vorbis", 7) == 0)
        at = 7;
    else
        return;
    length = u32le(p + at);
    at += 4;
    if (length > n - at)
        return;
    length = length < VENDOR_MAX ? length : VENDOR_MAX;
    o->w->fact(o->w->cookie, "ogg.vendor", (const char *)p + at, length);
}

static void begin(ogg *o, uint32_t serial, const uint8_t *p, size_t n)
{
    stream *s;

    if (o->sound) {
        for (size_t i = 0; i < o->count; i++)
            if (!o->streams[i].ended && o->streams[i].packets > 0)
                o->streams[i].ended = true;
        o->base += o->count > 0 && o->streams[o->count - 1].granule > 0
                       ? o->streams[o->count - 1].granule
                       : 0;
        tell(o, NULL,
             "a new Ogg stream begins in the middle of the file: two files were put "
             "together, "
             "or a radio stream was recorded");
        o->count = 0;
        o->sound = false;
    }
    if (o->count == STREAMS_MAX)
        return;
    s = &o->streams[o->count++];
    memset(s, 0, sizeof *s);
    s->serial = serial;
    s->opus = n >= 19 && memcmp(p, "OpusHead", 8) == 0;
    if (s->opus)
        walk_say(o->w, "opus.pre-skip", "%u", (unsigned)(p[10] | p[11] << 8));
    if (s->opus && u32le(p + 12) > 0)
        walk_say(o->w, "opus.input-rate", "%u", u32le(p + 12));
}

static void watch(ogg *o, stream *s, const uint8_t *head, const uint8_t *body, size_t n)
{
    const uint32_t number = u32le(head + 18);
    const int64_t granule = (int64_t)(u32le(head + 6) | (uint64_t)u32le(head + 10) << 32);

    if (s->packets == 1 && number == 1)
        vendor(o, body, n);
    if (number != s->number + 1)
        tell(
            o, s,
            number > s->number + 1
                ? "pages of the Ogg stream are missing here: it was cut, or data was lost"
                : "the numbers of Ogg pages go back here: pages were put together");
    if (granule >= 0 && granule < s->granule)
        tell(o, s,
             "the time marks of the Ogg stream go back here: pages were put together");
    if (granule > 0)
        o->sound = true;
    if (granule >= 0)
        s->granule = granule;
    s->number = number;
    s->packets = s->packets < 9 ? s->packets + 1 : 9;
}

/* One page; returns its size, 0 when there is none. */
static int64_t page(ogg *o, int64_t pos)
{
    const uint8_t *p = walk_get(o->w, pos, HEAD);
    uint8_t head[HEAD];
    size_t segments, bytes;
    stream *s;

    if (p == NULL || memcmp(p, "OggS", 4) != 0)
        return 0;
    memcpy(head, p, HEAD);
    segments = head[26];
    p = walk_get(o->w, pos, HEAD + segments);
    if (p == NULL)
        return 0;
    bytes = HEAD + segments;
    for (size_t i = 0; i < segments; i++)
        bytes += p[HEAD + i];
    o->pages++;
    s = find(o, u32le(head + 14));
    /* a page has at most 65307 bytes, so that half a cache may be too little */
    p = walk_get(o->w, pos, bytes);
    if (p == NULL)
        return pos + (int64_t)bytes <= o->w->size ? (int64_t)bytes : 0;
    if (checksum(p, bytes) != u32le(head + 22)) {
        o->bad++;
        tell(o, s,
             "the checksum of an Ogg page is wrong here: its bytes were changed or "
             "damaged");
    }
    if (head[5] & FIRST) {
        begin(o, u32le(head + 14), p + HEAD + segments, bytes - HEAD - segments);
        s = find(o, u32le(head + 14));
        if (s != NULL) {
            s->number = u32le(head + 18);
            s->packets = 1;
        }
    } else if (s != NULL) {
        watch(o, s, head, p + HEAD + segments, bytes - HEAD - segments);
    }
    return (int64_t)bytes;
}

static int64_t next_page(walk *w, int64_t pos)
{
    const int64_t stop = pos + LOST_MAX;

    for (; pos < stop; pos++) {
        const uint8_t *p = walk_get(w, pos, 4);
        if (p == NULL)
            return -1;
        if (memcmp(p, "OggS", 4) == 0)
            return pos;
    }
    return -1;
}

void walk_ogg(walk *w)
{
    ogg o = {.w = w};
    int64_t pos = 0;

    while (pos < w->size) {
        int64_t n = page(&o, pos), next;
        if (n > 0) {
            pos += n;
            continue;
        }
        next = next_page(w, pos + 1);
        if (next < 0)
            break;
        tell(&o, o.count > 0 ? &o.streams[0] : NULL,
             "bytes that are no Ogg page stand between pages here");
        pos = next;
    }
    walk_say(w, "ogg.streams", "%zu, %llu pages", o.count, (unsigned long long)o.pages);
    if (pos < w->size)
        walk_say(w, "trailing", "%lld", (long long)(w->size - pos));
}
