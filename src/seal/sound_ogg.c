/* SPDX-License-Identifier: Apache-2.0 */
/* Times of Ogg pages, from what each says was heard when it ends. A file may hold several
 * streams at once, and links of a chain one after another; streams of a codec that is not
 * known have no times. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/sound_times.h"

enum {
    HEAD = 27,
    TABLE = 255,
    PAGE_MAX = HEAD + TABLE + TABLE * 255,
    BEGINS = 2,
    CONTINUES = 1,
    MICRO = 1000000,
    OPUS_RATE = 48000,
    /* More samples than one page of a codec other than Opus can hold: the recording began
     * before the file did. */
    PAGE_SAMPLES_MAX = 255 * 8192,
    RATE_MIN = 1000
};

/* With these limits no sum of times overflows. */
static const uint64_t samples_max = UINT64_C(1) << 40;

typedef struct track {
    uint32_t serial;
    uint32_t rate;         /* 0: no times */
    uint32_t head_packets; /* still to come; UINT32_MAX: those without a time */
    uint64_t skip;         /* samples that are not heard */
    bool opus, began;
    uint64_t start, last; /* as the pages count */
    size_t waiting;       /* first page since that says nothing; 0: none, else + 1 */
    uint16_t id;
} track;

typedef struct timer {
    track tracks[EW_TRACKS_MAX];
    size_t first, count; /* tracks of this link of the chain begin at `first` */
    bool sound;          /* there was some in this link */
    int64_t base, end;   /* where this link begins, and ends so far */
    ew_heard *h;
} timer;

/* ------------------------------------------------------------------ codecs */

static void know_codec(track *t, const uint8_t *p, size_t n)
{
    if (n >= 19 && memcmp(p, "OpusHead", 8) == 0) {
        t->opus = true;
        t->rate = OPUS_RATE;
        t->skip = ew_get_u16le(p + 10);
        t->head_packets = 2;
    } else if (n >= 16 && memcmp(p, "\x01vorbis", 7) == 0) {
        t->rate = ew_get_u32le(p + 12);
        t->head_packets = 3;
    } else if (n >= 30 && memcmp(p,
                                 "\x7F"
                                 "FLAC",
                                 5) == 0) {
        t->rate = (uint32_t)p[27] << 12 | (uint32_t)p[28] << 4 | p[29] >> 4;
        t->head_packets = 1u + (uint32_t)(p[7] << 8 | p[8]);
        if (t->head_packets == 1)
            t->head_packets = UINT32_MAX;
    } else if (n >= 72 && memcmp(p, "Speex   ", 8) == 0) {
        t->rate = ew_get_u32le(p + 36);
        t->head_packets = 2 + (p[68] & 15u);
    }
}

/* Samples of an Opus packet, from its first two bytes (RFC 6716, 3.1). */
static uint32_t opus_samples(const uint8_t *p, size_t n)
{
    static const uint32_t silk[4] = {480, 960, 1920, 2880};
    if (n == 0)
        return 0;
    unsigned config = p[0] >> 3;
    uint32_t frame = config < 12   ? silk[config & 3]
                     : config < 16 ? 480u << (config & 1)
                                   : 120u << (config & 3);
    unsigned code = p[0] & 3;
    return frame * (code == 0 ? 1 : code < 3 ? 2 : n > 1 ? p[1] & 63u : 0);
}

/* Samples of the packets that end on a page. */
static uint64_t page_samples(const uint8_t *page)
{
    const uint8_t *table = page + HEAD;
    const uint8_t *p = table + page[26];
    bool part = (page[5] & CONTINUES) != 0; /* its beginning is not here */
    size_t n = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < page[26]; i++) {
        n += table[i];
        if (table[i] == 255)
            continue;
        sum += part ? 0 : opus_samples(p, n);
        part = false;
        p += n;
        n = 0;
    }
    return sum;
}

static uint32_t packets_ended(const uint8_t *page)
{
    uint32_t n = 0;
    for (size_t i = 0; i < page[26]; i++)
        n += page[HEAD + i] < 255;
    return n;
}

/* ------------------------------------------------------------------ pages */

static track *track_of(timer *t, uint32_t serial)
{
    for (size_t i = t->count; i > t->first; i--)
        if (t->tracks[i - 1].serial == serial)
            return &t->tracks[i - 1];
    return NULL;
}

/* A stream begins. After sound it belongs to another link of a chain. */
static track *new_track(timer *t, uint32_t serial, const uint8_t *page)
{
    if (t->sound) {
        t->base = t->end;
        t->first = t->count;
        t->sound = false;
    }
    if (t->count == EW_TRACKS_MAX)
        return NULL;
    track *k = &t->tracks[t->count];
    *k = (track){.serial = serial, .id = (uint16_t)t->count++};
    size_t body = HEAD + page[26];
    size_t n = 0;
    for (size_t i = 0; i < page[26]; i++)
        n += page[HEAD + i];
    know_codec(k, page + body, n);
    return k;
}

static bool is_head(track *k, const uint8_t *page, uint64_t granule)
{
    if (k->rate == 0 || k->head_packets == 0)
        return false;
    if (k->head_packets == UINT32_MAX) {
        if (granule == 0 || granule == UINT64_MAX)
            return true;
        k->head_packets = 0;
        return false;
    }
    uint32_t ended = packets_ended(page);
    k->head_packets -= ended < k->head_packets ? ended : k->head_packets;
    return true;
}

static int64_t us(const track *k, uint64_t granule, bool up)
{
    uint64_t n = granule > k->start + k->skip ? granule - k->start - k->skip : 0;
    return (int64_t)((n * MICRO + (up ? k->rate - 1 : 0)) / k->rate);
}

static void begin_sound(track *k, const uint8_t *page, uint64_t granule)
{
    k->began = true;
    if (k->opus) {
        uint64_t here = page_samples(page);
        k->start = granule > here ? granule - here : 0;
    } else if (granule > PAGE_SAMPLES_MAX) {
        k->rate = 0;
    }
    k->last = k->start;
}

/* One page of a stream whose sound has begun; those before it that ended no packet are heard in
 * the same stretch. */
static void time_page(timer *t, track *k, size_t i, const uint8_t *page, uint64_t granule)
{
    if (k->waiting == 0)
        k->waiting = i + 1;
    if (granule == UINT64_MAX)
        return;
    if (!k->began)
        begin_sound(k, page, granule);
    if (k->rate < RATE_MIN || granule < k->last || granule - k->start > samples_max) {
        k->rate = 0;
        return;
    }
    for (size_t j = k->waiting - 1; j <= i; j++) {
        if (t->h[j].track != k->id || t->h[j].head)
            continue;
        t->h[j].from = t->base + us(k, k->last, false);
        t->h[j].to = t->base + us(k, granule, true);
    }
    k->waiting = 0;
    k->last = granule;
    if (t->h[i].to > t->end)
        t->end = t->h[i].to;
}

static void one_page(timer *t, size_t i, const uint8_t *page)
{
    uint32_t serial = ew_get_u32le(page + 14);
    uint64_t granule = ew_get_u64le(page + 6);
    track *k = (page[5] & BEGINS) != 0 ? new_track(t, serial, page) : track_of(t, serial);
    t->h[i].track = EW_TRACKS_MAX;
    if (k == NULL)
        return;
    t->h[i].track = k->id;
    t->h[i].head = is_head(k, page, granule);
    if (t->h[i].head)
        return;
    t->sound = t->sound || (page[5] & BEGINS) == 0;
    if (k->rate > 0)
        time_page(t, k, i, page, granule);
}

ew_code ew_sound__ogg(const ew_cuts *cuts, const ew_src *src, ew_heard *h, ew_err *err)
{
    timer *t = ew_alloc(sizeof *t);
    uint8_t *page = ew_alloc(PAGE_MAX);
    ew_code code = t != NULL && page != NULL ? EW_OK : ew_fail_nomem(err);
    if (t != NULL)
        t->h = h;
    for (size_t i = 0; i < cuts->n && code == EW_OK; i++) {
        uint64_t at = i > 0 ? cuts->ends[i - 1] : 0;
        uint64_t n = cuts->ends[i] - at; /* the splitter has checked that it is a page */
        code = n >= HEAD && n <= PAGE_MAX
                   ? src->read(src->cookie, at, page, (size_t)n, err)
                   : ew_fail(err, EW_E_BUG, at, "no Ogg page");
        if (code == EW_OK)
            one_page(t, i, page);
    }
    ew_free(page);
    ew_free(t);
    return code;
}
