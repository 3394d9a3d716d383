/* SPDX-License-Identifier: Apache-2.0 */
/* One immutable segment file: fine words and sorted postings of some recordings.
 * Format: docs/formats/archive.md. */
#ifndef EW_INDEX_SEGMENT_H
#define EW_INDEX_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/fingerprint.h"
#include "earwitness/index.h"

enum {
    EW_SEG_HEADER = 128,        /* bytes */
    EW_SEG_SLOT = 40,           /* bytes of one table entry */
    EW_SEG_BLOCK = 65536,       /* bytes under one CRC */
    EW_SEG_SECTIONS = 6,        /* head, words, wave, directory, rest, pos */
    EW_SEG_MAX_SLOTS = 1 << 26, /* recordings in one segment */
    EW_SEG_LOW_BITS = 32 - EW_KEY_BITS
};

enum { EW_SEG_HEAD, EW_SEG_WORDS, EW_SEG_WAVE, EW_SEG_DIR, EW_SEG_REST, EW_SEG_POS };

/* What the header says; everything else about the file follows from it. */
typedef struct ew_seg_shape {
    uint32_t slots;    /* recordings */
    uint32_t dir_bits; /* 4..22: the directory has 2^dir_bits + 1 entries */
    uint32_t
        rest_bytes; /* 2: lower half of the word (dir_bits >= 16); 4: the whole word */
    uint32_t pos_bytes; /* 3 or 4 */
    uint64_t frames;    /* below 2^32 */
    uint64_t postings;  /* below 2^32 */
} ew_seg_shape;

typedef struct ew_seg_layout {
    uint64_t at[EW_SEG_SECTIONS + 1]; /* byte offset of each section; last: CRC table */
    uint32_t
        blocks[EW_SEG_SECTIONS + 1]; /* first CRC of each section; last: their number */
    uint64_t bytes;                  /* whole file */
} ew_seg_layout;

/* The cheapest shape for that many frames and postings. */
ew_seg_shape ew_seg__shape(uint32_t slots, uint64_t frames, uint64_t postings);
/* Do bits 24..29 of a position lie in the upper bits of `rest`? */
bool ew_seg__is_packed(const ew_seg_shape *s);
void ew_seg__layout(const ew_seg_shape *s, ew_seg_layout *l);

/* -------------------------------------------------------------------- reading */

/* A mapped segment. Numbers are checked so far that no lookup leaves the mapping, whatever
 * the bytes are; that they are the right bytes is said by ew_seg__check only. */
typedef struct ew_seg {
    const uint8_t *map;
    bool mapped; /* map is ours to unmap */
    ew_seg_shape shape;
    ew_seg_layout lay;
    bool packed;       /* ew_seg__is_packed */
    uint32_t head_crc; /* CRC in the header; names the content together with the size */
    uint32_t *start;   /* [slots + 1] first frame of each recording */
    uint32_t *block;   /* [blocks + 1] slot of the first frame of each block of frames */
    unsigned block_shift;
} ew_seg;

/* EW_E_NOTFOUND when the file is not there; EW_E_FORMAT when damaged. */
EW_MUST_CHECK ew_code ew_seg__open(ew_seg *s, const char *path, ew_err *err);
/* The same for an open file, which may be closed afterwards; `name` is for messages. */
EW_MUST_CHECK ew_code ew_seg__open_fd(ew_seg *s, int fd, const char *name, ew_err *err);
/* The same over bytes in memory (borrowed, 4-byte aligned). */
EW_MUST_CHECK ew_code ew_seg__open_bytes(ew_seg *s, const uint8_t *bytes, size_t n,
                                         ew_err *err);
void ew_seg__close(ew_seg *s); /* fine on a zeroed struct */

const uint8_t *ew_seg__sha(const ew_seg *s, uint32_t slot);
uint32_t ew_seg__frames(const ew_seg *s, uint32_t slot);
uint32_t ew_seg__keys(const ew_seg *s, uint32_t slot);
const uint32_t *ew_seg__words(const ew_seg *s, uint32_t slot);
const uint8_t *ew_seg__wave(const ew_seg *s, uint32_t slot);
bool ew_seg__find(const ew_seg *s, const uint8_t sha256[32], uint32_t *slot);

/* Postings [lo, hi) of the key bits of `word`. */
typedef struct ew_seg_range {
    uint32_t lo, hi;
} ew_seg_range;
ew_seg_range ew_seg__range(const ew_seg *s, uint32_t word);

/* Asks the processor to fetch what ew_seg__range (near = 0) and a scan (near = 1) need. */
void ew_seg__prefetch(const ew_seg *s, uint32_t word, int near);
void ew_seg__prefetch_pos(const ew_seg *s, uint32_t i); /* for ew_seg__place */

/* Key word of posting i, whose directory bucket is `bucket`. */
uint32_t ew_seg__word_at(const ew_seg *s, uint32_t i, uint32_t bucket);
uint32_t ew_seg__dir(const ew_seg *s, uint32_t bucket); /* clamped to the postings */

/* Upper bits of posting i's position, which lie beside its key; 0 when not packed. */
uint32_t ew_seg__top(const ew_seg *s, uint32_t i);

/* Place of posting i, of which `top` is known; false when the bytes make no sense. */
bool ew_seg__place(const ew_seg *s, uint32_t i, uint32_t top, uint32_t *slot,
                   uint32_t *frame);

/* Finds postings of one key that the probe's slack allows; writes at most
 * EW_SEG_SCAN matches and returns their number; *next says where to go on (hi when done). */
enum { EW_SEG_SCAN = 256 };
typedef struct ew_seg_match {
    uint32_t i;
    uint8_t distance;
    uint8_t top; /* for ew_seg__place */
} ew_seg_match;
size_t ew_seg__scan(const ew_seg *s, ew_seg_range r, const ew_probe *probe,
                    ew_seg_match *out, uint32_t *next);

/* Compares every block with its CRC; calls bad() for each damaged one. */
typedef struct ew_seg_bad {
    int section;
    uint64_t from, to; /* byte range in the file */
} ew_seg_bad;
EW_MUST_CHECK ew_code ew_seg__check(const ew_seg *s,
                                    void (*bad)(void *cookie, const ew_seg_bad *b),
                                    void *cookie, const ew_progress *prog, ew_err *err);

/* -------------------------------------------------------------------- writing */

/* One recording going into a segment. */
typedef struct ew_seg_source {
    const uint8_t *sha256;
    const ew_fp *fp;
} ew_seg_source;

typedef struct ew_seg_made {
    uint64_t bytes;
    uint32_t head_crc;
} ew_seg_made;

/* Writes a segment of n recordings, ascending by SHA-256, no two equal. Atomic. */
EW_MUST_CHECK ew_code ew_seg__write(const char *path, const ew_seg_source *src, size_t n,
                                    ew_seg_made *made, ew_err *err);

/* The same without a file: made in memory and opened. */
EW_MUST_CHECK ew_code ew_seg__make(ew_seg *s, const ew_seg_source *src, size_t n,
                                   ew_err *err);

/* One input of a merge; keep[slot] false drops the recording. keep may be NULL: all. */
typedef struct ew_seg_input {
    const ew_seg *seg;
    const bool *keep;
} ew_seg_input;

/* Merges into one segment, streaming. EW_E_FORMAT when an input contradicts itself. */
EW_MUST_CHECK ew_code ew_seg__merge(const char *path, const ew_seg_input *in, size_t n,
                                    const ew_progress *prog, ew_seg_made *made,
                                    ew_err *err);

#endif
