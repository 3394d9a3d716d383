/* SPDX-License-Identifier: Apache-2.0 */
/* ISO media (MP4, M4A, MOV, 3GP): the boxes, dates, edit lists, and whether the index fits
 * the stored media. FFmpeg applies edit lists and says little about them. */
#include <stdio.h>
#include <string.h>

#include "media/decoder/walk.h"

enum {
    BOXES_MAX = 5000,
    DEPTH_MAX = 8,
    TRACKS_MAX = 16,
    EDITS_MAX = 40,
    TABLE_MAX = 1 << 24, /* entries of a table that are read */
    LIST_BYTES = 300,
    NAME_MAX = 100
};

/* Seconds from 1904, where these files begin to count, to 1970. */
#define EPOCH_1904 INT64_C(2082844800)

typedef struct span {
    int64_t at, end; /* of the content of a box */
} span;

typedef struct mp4 {
    walk *w;
    unsigned boxes;
    char list[LIST_BYTES]; /* top level */
    int64_t movie_scale;
    int64_t media_bytes, used_bytes, beyond;
    bool all_known; /* every track had a table of sizes */
    bool fragments;
    /* the track at hand */
    char kind[5];
    int64_t scale, length, track_length;
    span edits, sizes, chunks;
    bool wide;
    unsigned tracks;
    bool told; /* the first track of sound */
} mp4;

typedef void (*box_fn)(mp4 *m, const uint8_t type[4], span in, int depth);

/* ---------------------------------------------------------------- boxes */

/* Boxes of the top level. */
static const char known[] =
    "ftypmoovmdatfreeskipwidepnotudtametamoofmfrasidxssixpdinstypuuidprftemsgidatjunk";

static bool is_any(const uint8_t type[4], const char *names)
{
    for (; *names != 0; names += 4)
        if (memcmp(type, names, 4) == 0)
            return true;
    return false;
}

typedef struct box {
    uint8_t type[4];
    int64_t head, bytes; /* of the head, of all */
    bool to_end;         /* it goes on to the end, however far that is */
} box;

/* False where there is none. */
static bool read_box(const mp4 *m, int64_t pos, int64_t end, box *b)
{
    const uint8_t *p = walk_get(m->w, pos, 8);

    if (p == NULL)
        return false;
    *b = (box){.head = 8, .bytes = walk_u32be(p), .to_end = walk_u32be(p) == 0};
    memcpy(b->type, p + 4, 4);
    if (b->to_end) {
        b->bytes = end - pos;
    } else if (b->bytes == 1) {
        p = walk_get(m->w, pos, 16);
        if (p == NULL || walk_u64be(p + 8) > INT64_MAX / 4)
            return false;
        b->bytes = (int64_t)walk_u64be(p + 8);
        b->head = 16;
    }
    return b->bytes >= b->head;
}

/* Calls fn for each box of the span. Sizes that do not fit end it; at the top level, what
 * neither fits nor has the name of a box is none: something else stands behind them. */
static void each_box(mp4 *m, span in, int depth, box_fn fn)
{
    int64_t pos = in.at;

    while (pos + 8 <= in.end && depth < DEPTH_MAX && m->boxes++ < BOXES_MAX) {
        const int64_t left = in.end - pos;
        box b;
        if (!read_box(m, pos, in.end, &b) ||
            (depth == 0 && (b.bytes > left || b.to_end) && !is_any(b.type, known)))
            break;
        fn(m, b.type, (span){pos + b.head, b.bytes < left ? pos + b.bytes : in.end},
           depth);
        if (b.bytes > left && depth == 0)
            walk_say(m->w, "mp4.box-beyond", "%.4s %lld", (const char *)b.type,
                     (long long)(b.bytes - left));
        pos = b.bytes < left ? pos + b.bytes : in.end;
    }
    if (depth == 0 && pos > 0 && pos < in.end && m->boxes < BOXES_MAX)
        walk_say(m->w, "trailing", "%lld", (long long)(in.end - pos));
}

static bool is(const uint8_t type[4], const char *name)
{
    return memcmp(type, name, 4) == 0;
}

/* ---------------------------------------------------------------- headers */

static void say_date(mp4 *m, const char *key, uint64_t since_1904)
{
    if (since_1904 > 0 && since_1904 < INT64_MAX)
        walk_say(m->w, key, "%lld", (long long)((int64_t)since_1904 - EPOCH_1904));
}

/* mvhd and mdhd are alike: dates, time scale, length. */
static void time_head(mp4 *m, span in, bool movie)
{
    const uint8_t *p = walk_get(m->w, in.at, 32);
    uint64_t made, changed, length;
    int64_t scale;

    if (p == NULL || in.end - in.at < 24 || (p[0] == 1 && in.end - in.at < 32))
        return;
    if (p[0] == 1) {
        made = walk_u64be(p + 4);
        changed = walk_u64be(p + 12);
        scale = walk_u32be(p + 20);
        length = walk_u64be(p + 24);
    } else {
        made = walk_u32be(p + 4);
        changed = walk_u32be(p + 8);
        scale = walk_u32be(p + 12);
        length = walk_u32be(p + 16);
    }
    length = length < INT64_MAX / 2000 ? length : 0;
    if (movie) {
        say_date(m, "mp4.created", made);
        say_date(m, "mp4.modified", changed);
        m->movie_scale = scale;
        if (scale > 0)
            walk_say(m->w, "mp4.movie-ms", "%lld",
                     (long long)((int64_t)length * 1000 / scale));
    } else {
        m->scale = scale;
        m->length = (int64_t)length;
    }
}

/* Who wrote the track: a name of a Pascal or C string. */
static void handler(mp4 *m, span in)
{
    const uint8_t *p = walk_get(m->w, in.at, 24);
    size_t n = 0;
    char name[NAME_MAX];

    if (p == NULL || in.end - in.at < 24)
        return;
    memcpy(m->kind, p + 8, 4);
    m->kind[4] = 0;
    if (memcmp(p + 8, "soun", 4) != 0)
        return;
    while (n < NAME_MAX - 1 && in.at + 24 + (int64_t)n < in.end) {
        p = walk_get(m->w, in.at + 24 + (int64_t)n, 1);
        if (p == NULL || *p == 0)
            break;
        name[n++] = (char)*p;
    }
    name[n] = 0;
    walk_say(m->w, "mp4.sound-handler", "%s",
             n > 0 && name[0] > 0 && name[0] < 32 ? name + 1 : name);
}

/* ---------------------------------------------------------------- tables of a track */

static int64_t ms(int64_t value, int64_t scale)
{
    return scale > 0 && value < INT64_MAX / 1000 && value > INT64_MIN / 1000
               ? value * 1000 / scale
               : 0;
}

static void tell_edits(mp4 *m)
{
    const uint8_t *p = walk_get(m->w, m->edits.at, 8);
    const size_t each = p != NULL && p[0] == 1 ? 20 : 12;
    uint32_t count;

    if (p == NULL || m->edits.end - m->edits.at < 8)
        return;
    count = walk_u32be(p + 4);
    for (uint32_t i = 0; i < count && i < EDITS_MAX; i++) {
        const int64_t at = m->edits.at + 8 + (int64_t)(i * each);
        int64_t length, start;
        p = walk_get(m->w, at, each);
        if (p == NULL || at + (int64_t)each > m->edits.end)
            return;
        length =
            each == 20 ? (int64_t)(walk_u64be(p) & INT64_MAX) : (int64_t)walk_u32be(p);
        start = each == 20 ? (int64_t)walk_u64be(p + 8) : (int32_t)walk_u32be(p + 4);
        walk_say(m->w, "mp4.edit", "%lld %lld 1", (long long)ms(length, m->movie_scale),
                 start < 0 ? -1LL : (long long)ms(start, m->scale));
    }
}

/* Bytes of all samples of the track; -1 when the table does not say. */
static int64_t sum_sizes(mp4 *m, uint32_t *samples)
{
    const uint8_t *p = walk_get(m->w, m->sizes.at, 12);
    int64_t sum = 0;
    uint32_t one, count;

    *samples = 0;
    if (p == NULL || m->sizes.end - m->sizes.at < 12)
        return -1;
    one = walk_u32be(p + 4);
    count = walk_u32be(p + 8);
    *samples = count;
    if (one > 0)
        return (int64_t)one * count;
    if (count > TABLE_MAX || (int64_t)count * 4 > m->sizes.end - m->sizes.at - 12)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        p = walk_get(m->w, m->sizes.at + 12 + (int64_t)i * 4, 4);
        if (p == NULL)
            return -1;
        sum += walk_u32be(p);
    }
    return sum;
}

/* Chunks that should lie behind the end of the file. */
static void check_chunks(mp4 *m)
{
    const size_t each = m->wide ? 8 : 4;
    const uint8_t *p = walk_get(m->w, m->chunks.at, 8);
    uint32_t count;

    if (p == NULL || m->chunks.end - m->chunks.at < 8)
        return;
    count = walk_u32be(p + 4);
    if (count > TABLE_MAX || (int64_t)(count * each) > m->chunks.end - m->chunks.at - 8)
        return;
    for (uint32_t i = 0; i < count; i++) {
        p = walk_get(m->w, m->chunks.at + 8 + (int64_t)(i * each), each);
        if (p == NULL)
            return;
        if ((m->wide ? walk_u64be(p) : walk_u32be(p)) >= (uint64_t)m->w->size)
            m->beyond++;
    }
}

static void end_track(mp4 *m)
{
    uint32_t samples;
    int64_t bytes = sum_sizes(m, &samples);

    if (bytes < 0)
        m->all_known = false;
    else
        m->used_bytes += bytes;
    check_chunks(m);
    if (strcmp(m->kind, "soun") != 0 || m->told)
        return;
    m->told = true;
    walk_say(m->w, "mp4.media-ms", "%lld", (long long)ms(m->length, m->scale));
    walk_say(m->w, "mp4.track-ms", "%lld",
             (long long)ms(m->track_length, m->movie_scale));
    walk_say(m->w, "mp4.packets", "%u", samples);
    if (m->edits.end > 0)
        tell_edits(m);
}

/* ---------------------------------------------------------------- the tree */

static void track_head(mp4 *m, span in)
{
    const uint8_t *p = walk_get(m->w, in.at, 36);

    if (p == NULL || in.end - in.at < 36)
        return;
    m->track_length = p[0] == 1 ? (int64_t)(walk_u64be(p + 28) & INT64_MAX)
                                : (int64_t)walk_u32be(p + 20);
}

/* "----" holds mean, name and data. Of those only iTunSMPB is of use here. */
static void free_form(mp4 *m, span in)
{
    const int64_t n = in.end - in.at < 400 ? in.end - in.at : 400;
    const uint8_t *p = n > 40 ? walk_get(m->w, in.at, (size_t)n) : NULL;

    if (p == NULL)
        return;
    for (int64_t i = 0; i + 24 < n; i++) {
        if (memcmp(p + i, "iTunSMPB", 8) != 0)
            continue;
        i += 8 + 16; /* head, kind and country of the data */
        if (i < n)
            m->w->fact(m->w->cookie, "mp4.itunsmpb", (const char *)p + i,
                       (size_t)(n - i));
        return;
    }
}

static void inner(mp4 *m, const uint8_t type[4], span in, int depth)
{
    if (is(type, "trak")) {
        if (m->tracks++ >= TRACKS_MAX)
            return;
        memset(m->kind, 0, sizeof m->kind);
        m->scale = m->length = m->track_length = 0;
        m->edits = m->sizes = m->chunks = (span){0, 0};
        each_box(m, in, depth + 1, inner);
        end_track(m);
    } else if (is_any(type, "mdiaminfstbledtsudtailst")) {
        each_box(m, in, depth + 1, inner);
    } else if (is(type, "meta")) {
        /* with version and flags in MP4, without in QuickTime */
        const uint8_t *p = walk_get(m->w, in.at, 8);
        const bool full = p != NULL && walk_u32be(p) == 0;
        each_box(m, (span){in.at + (full ? 4 : 0), in.end}, depth + 1, inner);
    } else if (is(type, "mvhd")) {
        time_head(m, in, true);
    } else if (is(type, "mdhd")) {
        time_head(m, in, false);
    } else if (is(type, "hdlr") && m->kind[0] == 0) {
        handler(m, in);
    } else if (is(type, "tkhd")) {
        track_head(m, in);
    } else if (is(type, "elst")) {
        m->edits = in;
    } else if (is(type, "stsz")) {
        m->sizes = in;
    } else if (is(type, "stco") || is(type, "co64")) {
        m->chunks = in;
        m->wide = is(type, "co64");
    } else if (is(type, "----")) {
        free_form(m, in);
    }
}

static void top(mp4 *m, const uint8_t type[4], span in, int depth)
{
    char name[5];

    for (int i = 0; i < 4; i++)
        name[i] = type[i] >= 32 && type[i] < 127 ? (char)type[i] : '?';
    name[4] = 0;
    snprintf(m->list + strlen(m->list), sizeof m->list - strlen(m->list), "%s%s %lld",
             m->list[0] != 0 ? ", " : "", name, (long long)(in.end - in.at + 8));
    if (is(type, "mdat"))
        m->media_bytes += in.end - in.at;
    else if (is(type, "moof"))
        m->fragments = true;
    else if (is(type, "moov"))
        each_box(m, in, depth + 1, inner);
}

void walk_mp4(walk *w)
{
    mp4 m = {.w = w, .all_known = true};

    each_box(&m, (span){0, w->size}, 0, top);
    if (m.list[0] == 0)
        return;
    walk_say(w, "mp4.boxes", "%s", m.list);
    if (m.beyond > 0)
        walk_say(w, "mp4.beyond", "%lld", (long long)m.beyond);
    if (m.tracks > 0 && m.tracks <= TRACKS_MAX && m.all_known && !m.fragments) {
        walk_say(w, "mp4.mdat-bytes", "%lld", (long long)m.media_bytes);
        walk_say(w, "mp4.used-bytes", "%lld", (long long)m.used_bytes);
    }
}
