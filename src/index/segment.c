/* SPDX-License-Identifier: Apache-2.0 */
/* Segments: shape and layout of the file, opening it, its tables. */
#include "index/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "index/segment_head.h"

enum {
    MAX_BLOCKS = 1 << 16, /* of the table frame -> recording */
    MAX_POS3 = 1 << 24,   /* frames that three bytes can count */
    MAX_PACKED = 1 << 30  /* and with six bits from elsewhere */
};

static unsigned log2_floor(uint64_t v)
{
    unsigned n = 0;
    while (v >>= 1)
        n++;
    return n;
}

/* The position's upper bits lie in bits of `rest` that a full directory makes superfluous. */
bool ew_seg__is_packed(const ew_seg_shape *s)
{
    return s->pos_bytes == 3 && s->frames > MAX_POS3;
}

ew_seg_shape ew_seg__shape(uint32_t slots, uint64_t frames, uint64_t postings)
{
    /* Up to this many postings two more bytes each are cheaper than 2^16 directory entries.
     * Otherwise 16 to 32 postings share an entry, which is one cache line to scan. From
     * PACKED on a full directory costs less than a fourth byte of each position. */
    enum { WIDE_BELOW = 1 << 17, PER_ENTRY_LOG2 = 4, PACKED = 1 << 24 };
    ew_seg_shape s = {
        .slots = slots, .frames = frames, .postings = postings, .pos_bytes = 3};
    unsigned want = log2_floor(postings);
    want = want > PER_ENTRY_LOG2 ? want - PER_ENTRY_LOG2 : 0;
    unsigned least = postings < WIDE_BELOW ? 4 : 16;
    s.rest_bytes = postings < WIDE_BELOW ? 4 : 2;
    s.dir_bits = want < least ? least : want > EW_KEY_BITS ? EW_KEY_BITS : want;
    if (frames <= MAX_POS3)
        return s;
    if (postings >= PACKED && frames <= MAX_PACKED)
        s.dir_bits = EW_KEY_BITS;
    else
        s.pos_bytes = 4;
    return s;
}

static uint64_t align64(uint64_t v)
{
    return (v + 63) & ~(uint64_t)63;
}

void ew_seg__layout(const ew_seg_shape *s, ew_seg_layout *l)
{
    uint64_t size[EW_SEG_SECTIONS] = {
        EW_SEG_HEADER + (uint64_t)s->slots * EW_SEG_SLOT,
        s->frames * 4,
        s->frames,
        (((uint64_t)1 << s->dir_bits) + 1) * 4,
        s->postings * s->rest_bytes,
        s->postings * s->pos_bytes,
    };
    uint64_t at = 0;
    uint32_t blocks = 0;
    for (int i = 0; i < EW_SEG_SECTIONS; i++) {
        l->at[i] = at;
        l->blocks[i] = blocks;
        uint64_t padded = align64(size[i]);
        at += padded;
        blocks += (uint32_t)((padded + EW_SEG_BLOCK - 1) / EW_SEG_BLOCK);
    }
    l->at[EW_SEG_SECTIONS] = at;
    l->blocks[EW_SEG_SECTIONS] = blocks;
    l->bytes = at + (uint64_t)blocks * 4;
}

/* ------------------------------------------------------------------ header */

void ew_seg__put_head(uint8_t head[EW_SEG_HEADER], const ew_seg_shape *s,
                      uint32_t table_crc)
{
    memset(head, 0, EW_SEG_HEADER);
    memcpy(head, EW_SEG_MAGIC, 8);
    ew_put_u32le(head + 8, EW_INDEX_FORMAT);
    ew_put_u32le(head + 12, EW_FP_VERSION);
    ew_put_u32le(head + 16, s->slots);
    ew_put_u32le(head + 20, s->dir_bits);
    ew_put_u32le(head + 24, s->rest_bytes);
    ew_put_u32le(head + 28, s->pos_bytes);
    ew_put_u64le(head + 32, s->frames);
    ew_put_u64le(head + 40, s->postings);
    ew_put_u32le(head + 120, table_crc);
    ew_put_u32le(head + 124, ew_crc32(0, head, 124));
}

static ew_code damaged(ew_err *err, uint64_t pos, const char *what)
{
    return ew_fail(err, EW_E_FORMAT, pos, "segment is damaged: %s", what);
}

static ew_code get_head(ew_seg *s, size_t n, ew_err *err)
{
    const uint8_t *h = s->map;
    if (n < EW_SEG_HEADER)
        return damaged(err, n, "it is too short");
    if (memcmp(h, EW_SEG_MAGIC, 8) != 0)
        return damaged(err, 0, "it does not begin like a segment");
    s->head_crc = ew_get_u32le(h + 124);
    if (ew_crc32(0, h, 124) != s->head_crc)
        return damaged(err, 0, "its header has a wrong checksum");
    /* After the checksum: the archive's marker has said already that the version is ours,
     * so another number here is more likely damage. */
    if (ew_get_u32le(h + 8) > EW_INDEX_FORMAT || ew_get_u32le(h + 12) > EW_FP_VERSION)
        return ew_fail(err, EW_E_VERSION, 8,
                       "segment was written by a newer version; update earwitness");
    s->shape = (ew_seg_shape){
        .slots = ew_get_u32le(h + 16),
        .dir_bits = ew_get_u32le(h + 20),
        .rest_bytes = ew_get_u32le(h + 24),
        .pos_bytes = ew_get_u32le(h + 28),
        .frames = ew_get_u64le(h + 32),
        .postings = ew_get_u64le(h + 40),
    };
    return EW_OK;
}

static ew_code check_shape(ew_seg *s, size_t n, ew_err *err)
{
    const ew_seg_shape *p = &s->shape;
    bool wide = p->rest_bytes == 4 && p->dir_bits >= 4 && p->dir_bits < 16;
    bool narrow = p->rest_bytes == 2 && p->dir_bits >= 16 && p->dir_bits <= EW_KEY_BITS;
    if (!wide && !narrow)
        return damaged(err, 20, "its directory has an impossible size");
    if (p->pos_bytes != 3 && p->pos_bytes != 4)
        return damaged(err, 28, "its positions have an impossible size");
    if (ew_seg__is_packed(p) && (p->dir_bits != EW_KEY_BITS || p->frames > MAX_PACKED))
        return damaged(err, 28, "its positions have an impossible size");
    if (p->slots > EW_SEG_MAX_SLOTS || p->frames > UINT32_MAX || p->postings > UINT32_MAX)
        return damaged(err, 16, "its counts are impossible");
    s->packed = ew_seg__is_packed(p);
    ew_seg__layout(p, &s->lay);
    if (s->lay.bytes != n)
        return damaged(err, n, "it has not the length that its header says");
    if (ew_crc32(0, s->map + EW_SEG_HEADER, (size_t)p->slots * EW_SEG_SLOT) !=
        ew_get_u32le(s->map + 120))
        return damaged(err, EW_SEG_HEADER,
                       "its table of recordings has a wrong checksum");
    return EW_OK;
}

/* ------------------------------------------------------------------ tables */

static const uint8_t *slot_at(const ew_seg *s, uint32_t slot)
{
    return s->map + EW_SEG_HEADER + (size_t)slot * EW_SEG_SLOT;
}

const uint8_t *ew_seg__sha(const ew_seg *s, uint32_t slot)
{
    return slot_at(s, slot);
}

uint32_t ew_seg__frames(const ew_seg *s, uint32_t slot)
{
    return s->start[slot + 1] - s->start[slot];
}

uint32_t ew_seg__keys(const ew_seg *s, uint32_t slot)
{
    return ew_get_u32le(slot_at(s, slot) + 36);
}

const uint32_t *ew_seg__words(const ew_seg *s, uint32_t slot)
{
    const void *words = s->map + s->lay.at[EW_SEG_WORDS];
    return (const uint32_t *)words + s->start[slot];
}

const uint8_t *ew_seg__wave(const ew_seg *s, uint32_t slot)
{
    return s->map + s->lay.at[EW_SEG_WAVE] + s->start[slot];
}

bool ew_seg__find(const ew_seg *s, const uint8_t sha256[32], uint32_t *slot)
{
    uint32_t lo = 0;
    uint32_t hi = s->shape.slots;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int order = memcmp(slot_at(s, mid), sha256, 32);
        if (order == 0) {
            *slot = mid;
            return true;
        }
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

/* First frames of the recordings; their sum, order and counts must fit the header. */
static ew_code make_starts(ew_seg *s, ew_err *err)
{
    uint32_t slots = s->shape.slots;
    s->start = ew_alloc_array((size_t)slots + 1, sizeof *s->start);
    if (s->start == NULL)
        return ew_fail_nomem(err);
    uint64_t frames = 0;
    uint64_t keys = 0;
    for (uint32_t i = 0; i < slots; i++) {
        s->start[i] = (uint32_t)frames;
        frames += ew_get_u32le(slot_at(s, i) + 32);
        keys += ew_get_u32le(slot_at(s, i) + 36);
        if (frames > s->shape.frames)
            break;
        if (i > 0 && memcmp(slot_at(s, i - 1), slot_at(s, i), 32) >= 0)
            return damaged(err, EW_SEG_HEADER, "its recordings are out of order");
    }
    if (frames != s->shape.frames || keys != s->shape.postings)
        return damaged(err, EW_SEG_HEADER, "its recordings do not add up");
    s->start[slots] = (uint32_t)frames;
    return EW_OK;
}

/* block[b]: slot that holds frame b << block_shift, so that a frame's slot is found among
 * few. Recordings without frames are never the answer. */
static ew_code make_blocks(ew_seg *s, ew_err *err)
{
    unsigned shift = 6;
    while (s->shape.frames >> shift >= MAX_BLOCKS)
        shift++;
    uint32_t n = (uint32_t)(s->shape.frames >> shift) + 1;
    s->block_shift = shift;
    s->block = ew_alloc_array((size_t)n + 1, sizeof *s->block);
    if (s->block == NULL)
        return ew_fail_nomem(err);
    uint32_t slot = 0;
    for (uint32_t b = 0; b < n; b++) {
        uint64_t frame = (uint64_t)b << shift;
        while (slot + 1 < s->shape.slots && s->start[slot + 1] <= frame)
            slot++;
        s->block[b] = slot;
    }
    s->block[n] = s->shape.slots == 0 ? 0 : s->shape.slots - 1;
    return EW_OK;
}

uint32_t ew_seg__top(const ew_seg *s, uint32_t i)
{
    const uint8_t *rest = s->map + s->lay.at[EW_SEG_REST];
    return s->packed ? (uint32_t)ew_get_u16le(rest + (size_t)i * 2) >> EW_SEG_LOW_BITS
                     : 0;
}

bool ew_seg__place(const ew_seg *s, uint32_t i, uint32_t top, uint32_t *slot,
                   uint32_t *frame)
{
    const uint8_t *p = s->map + s->lay.at[EW_SEG_POS] + (uint64_t)i * s->shape.pos_bytes;
    uint32_t pos =
        (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | top << 24;
    if (s->shape.pos_bytes == 4)
        pos |= (uint32_t)p[3] << 24;
    if (pos >= s->shape.frames)
        return false;
    uint32_t lo = s->block[pos >> s->block_shift];
    uint32_t hi = s->block[(pos >> s->block_shift) + 1];
    while (lo < hi) { /* the last one that begins at or before pos */
        uint32_t mid = lo + (hi - lo + 1) / 2;
        if (s->start[mid] <= pos)
            lo = mid;
        else
            hi = mid - 1;
    }
    *slot = lo;
    *frame = pos - s->start[lo];
    return true;
}

/* ------------------------------------------------------------------ open, close */

static ew_code open_map(ew_seg *s, size_t n, ew_err *err)
{
    const uint32_t one = 1;
    if (*(const uint8_t *)&one != 1)
        return ew_fail(err, EW_E_ARG, 0,
                       "archives cannot be read on a big-endian machine");
    ew_code code = get_head(s, n, err);
    if (code == EW_OK)
        code = check_shape(s, n, err);
    if (code == EW_OK)
        code = make_starts(s, err);
    if (code == EW_OK)
        code = make_blocks(s, err);
    return code;
}

ew_code ew_seg__open_bytes(ew_seg *s, const uint8_t *bytes, size_t n, ew_err *err)
{
    *s = (ew_seg){.map = bytes};
    ew_code code = open_map(s, n, err);
    if (code != EW_OK)
        ew_seg__close(s);
    return code;
}

static ew_code map_file(ew_seg *s, int fd, const char *path, size_t *n, ew_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (!S_ISREG(st.st_mode) || st.st_size < EW_SEG_HEADER)
        return damaged(err, 0, "it is too short");
    void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return errno == ENOMEM ? ew_fail_nomem(err)
                               : ew_fail_sys(err, errno, "cannot map '%s'", path);
    s->map = map;
    s->mapped = true;
    *n = (size_t)st.st_size;
    s->lay.bytes = *n; /* for unmapping when the header is refused */
    return EW_OK;
}

ew_code ew_seg__open_fd(ew_seg *s, int fd, const char *name, ew_err *err)
{
    *s = (ew_seg){0};
    size_t n = 0;
    ew_code code = map_file(s, fd, name, &n, err);
    if (code == EW_OK)
        code = open_map(s, n, err);
    if (s->mapped)
        s->lay.bytes = n;
    if (code != EW_OK)
        ew_seg__close(s);
    return code;
}

ew_code ew_seg__open(ew_seg *s, const char *path, ew_err *err)
{
    *s = (ew_seg){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return ew_fail(err, EW_E_NOTFOUND, 0, "'%s' does not exist", path);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot open '%s'", path);
    ew_code code = ew_seg__open_fd(s, fd, path, err);
    (void)close(fd);
    return code;
}

void ew_seg__close(ew_seg *s)
{
    if (s->mapped)
        (void)munmap((void *)(uintptr_t)s->map, (size_t)s->lay.bytes);
    ew_free(s->start);
    ew_free(s->block);
    *s = (ew_seg){0};
}
