/* SPDX-License-Identifier: Apache-2.0 */
/* The derivative of Opus in Ogg: as many pages of silence as are withheld, which last exactly as
 * long as the positions around them say. Visible pages keep every byte, their numbers fit. */
#include <string.h>

#include "base/bytes.h"
#include "seal/published_make.h"

enum {
    PAGE_HEAD = 27,
    LACES = 255,
    OPUS_HEAD = 19,
    FLAG_CONTINUED = 1,
    FLAG_LAST = 4,
    UNIT = 120,      /* samples of 48 kHz: 2.5 ms, which all packets are multiples of */
    PACKET_MAX = 48, /* units: 120 ms */
    PAGE_UNITS_MAX = 240 * PACKET_MAX,
    PAGE_BYTES = 4096 /* of a page of silence; 240 packets of 14 bytes and 8 of 3 */
};

#define NOWHERE UINT64_MAX /* no packet ends on this page */
#define POSITION_MAX ((uint64_t)1 << 62)

typedef struct page {
    uint8_t flags;
    uint64_t position;
    uint32_t serial, number;
    uint64_t samples; /* of the packets that begin and end on it */
    uint64_t packet;  /* of the first of these */
    bool open;        /* its last packet goes on on the next one */
    bool closes;      /* some packet ends on it */
} page;

typedef struct ogg {
    const ew_maker *m;
    bool stereo;
    uint32_t serial;
    uint32_t number;   /* of the page before */
    uint64_t position; /* where the sound before ends */
    uint64_t lasts;    /* samples of the last page that was seen */
    bool headers;      /* the comments are over */
} ogg;

/* ------------------------------------------------------------------ reading */

/* Samples of a packet; 0 when it is none that may be. */
static uint64_t packet_samples(const uint8_t *p, size_t n)
{
    static const uint16_t silk[] = {480, 960, 1920, 2880};
    unsigned config = n > 0 ? p[0] >> 3 : 0;
    uint64_t one = config < 12   ? silk[config & 3]
                   : config < 16 ? silk[config & 1]
                                 : (uint64_t)UNIT << (config & 3);
    uint64_t frames = 0;
    if (n > 0 && (p[0] & 3) < 3)
        frames = (p[0] & 3) == 0 ? 1 : 2;
    else if (n > 1)
        frames = p[1] & 63;
    return frames * one <= (uint64_t)UNIT * PACKET_MAX ? frames * one : 0;
}

/* Adds up the packets of a page, whose body is p. */
static void add_packets(page *g, const uint8_t *laces, size_t count, const uint8_t *p)
{
    bool whole = (g->flags & FLAG_CONTINUED) == 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        n += laces[i];
        if (laces[i] == 255)
            continue;
        uint64_t samples = whole ? packet_samples(p, n) : 0;
        if (g->samples == 0)
            g->packet = samples;
        g->samples += samples;
        g->closes = true;
        whole = true;
        p += n;
        n = 0;
    }
    g->open = count > 0 && laces[count - 1] == 255;
}

/* The page at byte `at` of run r, which stays in the room. */
static ew_code read_page(const ogg *o, size_t r, uint64_t at, uint64_t n, page *g)
{
    const uint8_t *p = o->m->room;
    ew_code code = ew_published__read(o->m, r, at, o->m->room, (size_t)n);
    *g = (page){.flags = p[5]};
    if (code != EW_OK)
        return code;
    g->position = ew_get_u64le(p + 6);
    g->serial = ew_get_u32le(p + 14);
    g->number = ew_get_u32le(p + 18);
    add_packets(g, p + PAGE_HEAD, p[26], p + PAGE_HEAD + p[26]);
    if (at + r > 0 && g->serial != o->serial)
        return ew_published__refuse(o->m, "more than one stream in the Ogg file");
    return EW_OK;
}

/* The first page says how to decode. */
static ew_code read_head(ogg *o)
{
    const ew_published_in *in = o->m->in;
    const uint8_t *p = o->m->room;
    page g;
    if (in->run_count == 0 || in->runs[0].first != 0)
        return ew_published__refuse(
            o->m, "the first page, which tells how to play it, is hidden");
    ew_code code = read_page(o, 0, 0, in->runs[0].lengths[0], &g);
    if (code != EW_OK)
        return code;
    const uint8_t *head = p + PAGE_HEAD + p[26];
    if (in->runs[0].lengths[0] < (uint64_t)PAGE_HEAD + p[26] + OPUS_HEAD ||
        memcmp(head, "OpusHead", 8) != 0)
        return ew_published__refuse(o->m, "in Ogg this can be done for Opus only");
    if (head[18] != 0 || head[9] < 1 || head[9] > 2)
        return ew_published__refuse(o->m, "Opus of neither one nor two channels");
    o->stereo = head[9] == 2;
    o->serial = g.serial;
    return EW_OK;
}

/* ------------------------------------------------------------------ writing */

/* A page as it grows; the body is moved to its place behind the laces at the end. */
typedef struct silence {
    uint8_t laces[LACES];
    size_t count;
    uint8_t body[PAGE_BYTES];
    size_t n;
} silence;

static void add(silence *s, const void *bytes, size_t n)
{
    memcpy(s->body + s->n, bytes, n);
    s->n += n;
    s->laces[s->count++] = (uint8_t)n;
}

static ew_code put_page(ogg *o, const silence *s, uint8_t flags, uint64_t position)
{
    uint8_t *p = o->m->room;
    size_t n = PAGE_HEAD + s->count + s->n;
    memset(p, 0, PAGE_HEAD);
    memcpy(p, "OggS", 4);
    p[5] = flags;
    ew_put_u64le(p + 6, position);
    ew_put_u32le(p + 14, o->serial);
    ew_put_u32le(p + 18, ++o->number);
    p[26] = (uint8_t)s->count;
    memcpy(p + PAGE_HEAD, s->laces, s->count);
    memcpy(p + PAGE_HEAD + s->count, s->body, s->n);
    ew_put_u32le(p + 22, ew_split__ogg_crc(0, p, n));
    return ew_published__put(o->m, p, n);
}

/* A page of silence of so many units. */
static ew_code put_silence(ogg *o, uint64_t units, uint8_t flags)
{
    /* CELT, full band: 2.5, 5, 10, 20 ms; "FF FE" is silence in each. */
    uint8_t one[3] = {0, 0xFF, 0xFE};
    uint8_t six[14] = {0, 6};
    uint8_t stereo = o->stereo ? 4 : 0;
    silence s = {.count = 0};
    memset(six + 2, 0xFF, sizeof six - 2);
    for (size_t i = 3; i < sizeof six; i += 2)
        six[i] = 0xFE;
    six[0] = 0xFB | stereo;
    o->position += units * UNIT;
    uint64_t position = units > 0 ? o->position : NOWHERE;
    for (; units >= PACKET_MAX; units -= PACKET_MAX)
        add(&s, six, sizeof six);
    for (unsigned k = 4; k > 0; k--) {
        unsigned size = 1u << (k - 1);
        one[0] = (uint8_t)(0xE0 | (k - 1) << 3 | stereo);
        for (; units >= size; units -= size)
            add(&s, one, sizeof one);
    }
    return put_page(o, &s, flags, position);
}

/* n pages of silence, `units` in all, the first ones the longer ones. */
static ew_code put_pages(ogg *o, uint64_t n, uint64_t units, bool last)
{
    ew_code code = EW_OK;
    if (n == 0)
        return EW_OK;
    if (units / n >= PAGE_UNITS_MAX)
        return ew_published__refuse(o->m,
                                    "the positions of the pages leave too long a gap");
    for (uint64_t i = 0; i < n && code == EW_OK && o->m->out != NULL; i++)
        code = put_silence(o, units / n + (i < units % n),
                           last && i == n - 1 ? FLAG_LAST : 0);
    return code;
}

/* Comments that say nothing, in the place of hidden ones. */
static ew_code put_comments(ogg *o)
{
    silence s = {.count = 0};
    add(&s, "OpusTags\0\0\0\0\0\0\0\0", 16);
    o->headers = true;
    return put_page(o, &s, 0, 0);
}

/* ------------------------------------------------------------------ gaps */

/* How long the gap before run r is: from where the sound before it ends to where that of the run
 * begins, which its first position and the packets up to there tell. */
static ew_code measure(const ogg *o, size_t r, uint64_t *samples)
{
    const ew_shown *run = &o->m->in->runs[r];
    uint64_t at = 0;
    uint64_t sum = 0;
    page g = {.position = NOWHERE};
    ew_code code = EW_OK;
    for (size_t i = 0; i < run->count && code == EW_OK && g.position == NOWHERE; i++) {
        code = read_page(o, r, at, run->lengths[i], &g);
        sum += g.samples;
        at += run->lengths[i];
    }
    if (code != EW_OK)
        return code;
    bool late = g.position >= POSITION_MAX || g.position < o->position;
    if (!late && (g.flags & FLAG_LAST) != 0 && g.packet > 0) {
        /* The last page may end before its last packet does. */
        *samples = g.position - o->position > sum ? g.position - o->position - sum : 0;
        *samples = (*samples + g.packet - 1) / g.packet * g.packet;
        return EW_OK;
    }
    if (late || g.position - o->position < sum ||
        (g.position - o->position - sum) % UNIT != 0)
        return ew_published__refuse(o->m, "the positions of its pages do not fit");
    *samples = g.position - o->position - sum;
    return EW_OK;
}

/* Pages first to end-1; run r comes after them, if there is one. */
static ew_code put_gap(ogg *o, size_t r, uint64_t first, uint64_t end)
{
    bool last = r == o->m->in->run_count;
    uint64_t samples = 0;
    ew_code code = EW_OK;
    if (!o->headers && first != 1)
        return ew_published__refuse(o->m, "its comments are shown in part");
    if (first == 1)
        code = put_comments(o);
    first += first == 1;
    if (code != EW_OK || first == end)
        return code;
    if (!last)
        code = measure(o, r, &samples);
    else if (o->lasts == 0)
        return ew_published__refuse(o->m, "no page of the sound is shown");
    else
        samples = (end - first) * o->lasts;
    return code == EW_OK ? put_pages(o, end - first, samples / UNIT, last) : code;
}

/* Follows the pages of a run, then copies it. */
static ew_code put_run(ogg *o, size_t r)
{
    const ew_shown *run = &o->m->in->runs[r];
    uint64_t at = 0;
    page g;
    ew_code code = EW_OK;
    for (size_t i = 0; i < run->count && code == EW_OK; i++) {
        code = read_page(o, r, at, run->lengths[i], &g);
        if (code != EW_OK)
            break;
        if (g.position != NOWHERE)
            o->position = g.position;
        if (o->headers && g.samples > 0)
            o->lasts = g.samples;
        o->headers = o->headers || (run->first + i > 0 && g.closes);
        o->number = g.number;
        at += run->lengths[i];
    }
    return code == EW_OK ? ew_published__copy(o->m, r, 0, at) : code;
}

ew_code ew_published__ogg(const ew_maker *m)
{
    ogg o = {.m = m};
    uint64_t next = 0;
    ew_code code = read_head(&o);
    for (size_t r = 0; r < m->in->run_count && code == EW_OK; r++) {
        uint64_t first = m->in->runs[r].first;
        if (first > next)
            code = put_gap(&o, r, next, first);
        if (code == EW_OK)
            code = put_run(&o, r);
        next = first + m->in->runs[r].count;
    }
    if (code == EW_OK && next < m->in->stream->n)
        code = put_gap(&o, m->in->run_count, next, m->in->stream->n);
    return code;
}
