/* SPDX-License-Identifier: Apache-2.0 */
/* Lookup in a segment: from a word to the postings near it. The hot loop of the index. */
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/bytes.h"
#include "base/hash.h"
#include "index/segment.h"

enum { CACHE_LINE = 64, PREFETCH_BYTES = 6 * CACHE_LINE };

static const uint8_t *section(const ew_seg *s, int which)
{
    return s->map + s->lay.at[which];
}

uint32_t ew_seg__dir(const ew_seg *s, uint32_t bucket)
{
    uint32_t v = ew_get_u32le(section(s, EW_SEG_DIR) + (size_t)bucket * 4);
    return v < s->shape.postings ? v : (uint32_t)s->shape.postings;
}

/* Key bits of posting i as far as `rest` holds them: all of them when it is wide, else the
 * lowest 6. Within one directory bucket they ascend. Not for a full directory. */
static uint32_t part_at(const ew_seg *s, uint32_t i)
{
    const uint8_t *rest = section(s, EW_SEG_REST);
    if (s->shape.rest_bytes == 4)
        return ew_get_u32le(rest + (size_t)i * 4) >> EW_SEG_LOW_BITS;
    return (uint32_t)ew_get_u16le(rest + (size_t)i * 2) >> EW_SEG_LOW_BITS;
}

/* Without a branch that depends on the data: half of those would be mispredicted. */
static uint32_t lower_bound(const ew_seg *s, uint32_t lo, uint32_t hi, uint32_t part)
{
    uint32_t n = hi - lo;
    while (n > 0) {
        uint32_t half = n - n / 2;
        lo += part_at(s, lo + half - 1) < part ? half : 0;
        n -= half;
    }
    return lo;
}

ew_seg_range ew_seg__range(const ew_seg *s, uint32_t word)
{
    uint32_t bucket = word >> (32 - s->shape.dir_bits);
    ew_seg_range r = {ew_seg__dir(s, bucket), ew_seg__dir(s, bucket + 1)};
    if (r.hi < r.lo) /* damaged */
        r.hi = r.lo;
    if (s->shape.dir_bits == EW_KEY_BITS || r.lo == r.hi)
        return r;
    uint32_t part = (s->shape.rest_bytes == 4 ? word : word & 0xffff) >> EW_SEG_LOW_BITS;
    uint32_t end = r.hi;
    r.lo = lower_bound(s, r.lo, end, part);
    /* In a small segment most keys do not occur. */
    bool any = r.lo < end && part_at(s, r.lo) == part;
    r.hi = any ? lower_bound(s, r.lo, end, part + 1) : r.lo;
    return r;
}

void ew_seg__prefetch(const ew_seg *s, uint32_t word, int near)
{
    uint32_t bucket = word >> (32 - s->shape.dir_bits);
    if (near == 0) {
        __builtin_prefetch(section(s, EW_SEG_DIR) + (size_t)bucket * 4);
        return;
    }
    size_t width = s->shape.rest_bytes;
    const uint8_t *rest = section(s, EW_SEG_REST);
    const uint8_t *from = rest + ew_seg__dir(s, bucket) * width;
    const uint8_t *to = rest + ew_seg__dir(s, bucket + 1) * width;
    if (to > from + PREFETCH_BYTES)
        to = from + PREFETCH_BYTES;
    for (; from < to; from += CACHE_LINE)
        __builtin_prefetch(from);
    __builtin_prefetch(to);
}

void ew_seg__prefetch_pos(const ew_seg *s, uint32_t i)
{
    __builtin_prefetch(section(s, EW_SEG_POS) + (uint64_t)i * s->shape.pos_bytes);
}

uint32_t ew_seg__word_at(const ew_seg *s, uint32_t i, uint32_t bucket)
{
    const uint8_t *rest = section(s, EW_SEG_REST);
    if (s->shape.rest_bytes == 4)
        return ew_get_u32le(rest + (size_t)i * 4);
    if (s->shape.dir_bits == EW_KEY_BITS)
        return bucket << EW_SEG_LOW_BITS |
               (ew_get_u16le(rest + (size_t)i * 2) & ((1u << EW_SEG_LOW_BITS) - 1));
    uint32_t top = bucket >> (s->shape.dir_bits - 16);
    return top << 16 | ew_get_u16le(rest + (size_t)i * 2);
}

/* Bits that differ among the low ones. Without a popcount instruction the compiler's own
 * fallback calls a function, which costs more than this. */
static uint32_t low_distance(uint32_t x)
{
    x &= (1u << EW_SEG_LOW_BITS) - 1;
    x = (x & 0x555) + (x >> 1 & 0x555);
    x = (x & 0x333) + (x >> 2 & 0x333);
    return (x & 0xf) + (x >> 4 & 0xf) + (x >> 8);
}

#if defined(__SSE2__)
/* A mask with two bits for each of 8 values that is within slack of the word. */
static unsigned near8(const uint8_t *rest, __m128i word, __m128i slack)
{
    const __m128i ones = _mm_set1_epi16(0x155);
    const __m128i twos = _mm_set1_epi16(0x333);
    const __m128i fours = _mm_set1_epi16(0x0f0f);
    const __m128i low = _mm_set1_epi16((1 << EW_SEG_LOW_BITS) - 1);
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)rest);
    __m128i x = _mm_and_si128(_mm_xor_si128(v, word), low);
    x = _mm_sub_epi16(x, _mm_and_si128(_mm_srli_epi16(x, 1), ones));
    x = _mm_add_epi16(_mm_and_si128(x, twos), _mm_and_si128(_mm_srli_epi16(x, 2), twos));
    x = _mm_and_si128(_mm_add_epi16(x, _mm_srli_epi16(x, 4)), fours);
    x = _mm_and_si128(_mm_add_epi16(x, _mm_srli_epi16(x, 8)), _mm_set1_epi16(0xff));
    return (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi16(slack, x));
}
#endif

#if defined(__SSE2__)
static size_t scan_narrow(const ew_seg *s, ew_seg_range r, const ew_probe *probe,
                          ew_seg_match *out, uint32_t *next)
{
    const uint8_t *rest = section(s, EW_SEG_REST);
    __m128i w = _mm_set1_epi16((short)(uint16_t)probe->word);
    __m128i limit = _mm_set1_epi16((short)(probe->slack + 1));
    size_t n = 0;
    uint32_t i = r.lo;
    for (; i < r.hi && n + 8 <= EW_SEG_SCAN; i += r.hi - i < 8 ? r.hi - i : 8) {
        /* The last load may reach past the range, never past the file: pos follows. */
        unsigned mask = near8(rest + (size_t)i * 2, w, limit);
        if (r.hi - i < 8)
            mask &= (1u << 2 * (r.hi - i)) - 1;
        while (mask != 0) {
            unsigned bit = (unsigned)__builtin_ctz(mask);
            mask &= ~(3u << bit);
            uint32_t at = i + bit / 2;
            uint32_t v = ew_get_u16le(rest + (size_t)at * 2);
            out[n++] = (ew_seg_match){at, (uint8_t)low_distance(v ^ probe->word),
                                      (uint8_t)((v >> EW_SEG_LOW_BITS) * s->packed)};
        }
    }
    *next = i;
    return n;
}
#endif

static size_t scan_plain(const ew_seg *s, ew_seg_range r, const ew_probe *probe,
                         ew_seg_match *out, uint32_t *next)
{
    const uint8_t *rest = section(s, EW_SEG_REST);
    size_t width = s->shape.rest_bytes;
    size_t n = 0;
    uint32_t i = r.lo;
    for (; i < r.hi && n < EW_SEG_SCAN; i++) {
        uint32_t d = low_distance(ew_get_u16le(rest + (size_t)i * width) ^ probe->word);
        if (d <= probe->slack)
            out[n++] = (ew_seg_match){i, (uint8_t)d, (uint8_t)ew_seg__top(s, i)};
    }
    *next = i;
    return n;
}

size_t ew_seg__scan(const ew_seg *s, ew_seg_range r, const ew_probe *probe,
                    ew_seg_match *out, uint32_t *next)
{
#if defined(__SSE2__)
    if (s->shape.rest_bytes == 2)
        return scan_narrow(s, r, probe, out, next);
#endif
    return scan_plain(s, r, probe, out, next);
}

/* ------------------------------------------------------------------ checking */

static ew_code check_section(const ew_seg *s, int which,
                             void (*bad)(void *cookie, const ew_seg_bad *b), void *cookie,
                             const ew_progress *prog, ew_err *err)
{
    uint64_t end = s->lay.at[which + 1];
    const uint8_t *crc = s->map + s->lay.at[EW_SEG_SECTIONS];
    crc += (size_t)s->lay.blocks[which] * 4;
    for (uint64_t at = s->lay.at[which]; at < end; at += EW_SEG_BLOCK, crc += 4) {
        uint64_t n = end - at < EW_SEG_BLOCK ? end - at : EW_SEG_BLOCK;
        if (ew_crc32(0, s->map + at, (size_t)n) != ew_get_u32le(crc))
            bad(cookie, &(ew_seg_bad){which, at, at + n});
        if (prog != NULL && prog->tick != NULL &&
            prog->tick(prog->cookie, "verify", (int64_t)(at + n),
                       (int64_t)s->lay.bytes) != 0)
            return ew_fail(err, EW_E_CANCELLED, 0, "cancelled");
    }
    return EW_OK;
}

ew_code ew_seg__check(const ew_seg *s, void (*bad)(void *cookie, const ew_seg_bad *b),
                      void *cookie, const ew_progress *prog, ew_err *err)
{
    ew_code code = EW_OK;
    for (int i = 0; i < EW_SEG_SECTIONS && code == EW_OK; i++)
        code = check_section(s, i, bad, cookie, prog, err);
    return code;
}
