/* SPDX-License-Identifier: Apache-2.0 */
/* Splitters of coded sound: pages of Ogg, frames of MP3 and of AAC in ADTS. A tag before the
 * first frame is the head, what comes after the last one the tail. */
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "seal/split.h"

enum {
    OGG_HEAD = 27,
    OGG_PAGE_MAX = OGG_HEAD + 255 + 255 * 255,
    FLAGS_AT = 5,
    SERIAL_AT = 14,
    NUMBER_AT = 18,
    CRC_AT = 22,
    BEGINS_STREAM = 2,
    FRAME_HEAD = 10,
    TAIL_MAX = 1 << 20
};

/* ------------------------------------------------------------------ lengths */

/* Bytes of a page whose head and table these are; 0: it is none, or n is too short to say. */
static size_t page_bytes(const uint8_t *p, size_t n)
{
    if (n < OGG_HEAD || memcmp(p, "OggS", 4) != 0 || p[4] != 0)
        return 0;
    size_t table = p[26];
    size_t sum = OGG_HEAD + table;
    if (n < sum)
        return 0;
    for (size_t i = 0; i < table; i++)
        sum += p[OGG_HEAD + i];
    return sum;
}

/* CRC-32 with the polynomial of Ethernet, but not reflected and from 0; the page's own field
 * counts as zeros. */
uint32_t ew_split__ogg_crc(uint32_t crc, const uint8_t *p, size_t n)
{
    static const uint32_t nibble[16] = {0x00000000, 0x04c11db7, 0x09823b6e, 0x0d4326d9,
                                        0x130476dc, 0x17c56b6b, 0x1a864db2, 0x1e475005,
                                        0x2608edb8, 0x22c9f00f, 0x2f8ad6d6, 0x2b4bcb61,
                                        0x350c9b64, 0x31cd86d3, 0x3c8ea00a, 0x384fbdbd};
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint32_t)p[i] << 24;
        crc = crc << 4 ^ nibble[crc >> 28];
        crc = crc << 4 ^ nibble[crc >> 28];
    }
    return crc;
}

static bool page_sums(const uint8_t *p, size_t n)
{
    static const uint8_t none[4] = {0};
    uint32_t crc = ew_split__ogg_crc(0, p, CRC_AT);
    crc = ew_split__ogg_crc(crc, none, sizeof none);
    return ew_split__ogg_crc(crc, p + CRC_AT + 4, n - CRC_AT - 4) ==
           ew_get_u32le(p + CRC_AT);
}

/* Whether a page may come right after another: those of one stream are counted. */
static bool page_follows(const uint8_t *before, const uint8_t *p)
{
    uint32_t step = ew_get_u32le(p + NUMBER_AT) - ew_get_u32le(before + NUMBER_AT);
    return (p[FLAGS_AT] & BEGINS_STREAM) != 0 ||
           memcmp(before + SERIAL_AT, p + SERIAL_AT, 4) != 0 ||
           (step > 0 && step <= INT32_MAX);
}

/* Bit rates in kbit/s of layer III: MPEG 1, and MPEG 2 and 2.5. */
static const uint16_t kbits[2][16] = {
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}};

size_t ew_split__mp3_bytes(const uint8_t p[4])
{
    static const uint32_t rates[4] = {44100, 48000, 32000, 0};
    unsigned version = p[1] >> 3 & 3; /* 0: 2.5, 2: 2, 3: 1 */
    if (p[0] != 0xFF || (p[1] & 0xE0) != 0xE0 || version == 1 || (p[1] & 0x06) != 0x02)
        return 0;
    uint32_t rate = rates[p[2] >> 2 & 3] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
    uint32_t bits = kbits[version != 3][p[2] >> 4] * 1000u;
    if (rate == 0 || bits == 0)
        return 0;
    return (version == 3 ? 144 : 72) * bits / rate + (p[2] >> 1 & 1);
}

static size_t aac_bytes(const uint8_t *p)
{
    if (p[0] != 0xFF || (p[1] & 0xF6) != 0xF0)
        return 0;
    size_t n = (size_t)(p[3] & 3) << 11 | (size_t)p[4] << 3 | p[5] >> 5;
    return n >= FRAME_HEAD ? n : 0;
}

/* Of an ID3v2 tag at the beginning; 0: there is none. */
static uint64_t tag_bytes(const uint8_t p[FRAME_HEAD])
{
    if (memcmp(p, "ID3", 3) != 0 || ((p[6] | p[7] | p[8] | p[9]) & 0x80) != 0)
        return 0;
    uint64_t n = (uint64_t)p[6] << 21 | (uint64_t)p[7] << 14 | (uint64_t)p[8] << 7 | p[9];
    return FRAME_HEAD + n + ((p[5] & 0x10) != 0 ? FRAME_HEAD : 0);
}

/* ------------------------------------------------------------------ splitting */

static ew_code cut_pages(const ew_src *src, uint8_t *page, ew_cuts *out, ew_err *err)
{
    uint8_t before[OGG_HEAD] = {0};
    uint64_t at = 0;
    ew_code code = EW_OK;
    while (at < src->size && code == EW_OK) {
        uint64_t left = src->size - at;
        size_t n = left < OGG_PAGE_MAX ? (size_t)left : OGG_PAGE_MAX;
        size_t table = n < OGG_HEAD + 255 ? n : OGG_HEAD + 255;
        code = src->read(src->cookie, at, page, table, err);
        size_t whole = code == EW_OK ? page_bytes(page, table) : 0;
        if (code == EW_OK && (whole == 0 || whole > left))
            return ew_fail(err, EW_E_FORMAT, at, "no Ogg page at byte %ju",
                           (uintmax_t)at);
        if (code == EW_OK && whole > table)
            code = src->read(src->cookie, at + table, page + table, whole - table, err);
        if (code == EW_OK &&
            (!page_sums(page, whole) || (at > 0 && !page_follows(before, page))))
            return ew_fail(err, EW_E_FORMAT, at, "a damaged Ogg page at byte %ju",
                           (uintmax_t)at);
        memcpy(before, page, sizeof before);
        at += whole;
        if (code == EW_OK)
            code = ew_cuts_add(out, at, EW_PART_CONTENT, err);
    }
    return code;
}

ew_code ew_split__ogg(const ew_src *src, ew_cuts *out, ew_err *err)
{
    uint8_t *page = ew_alloc(OGG_PAGE_MAX);
    if (page == NULL)
        return ew_fail_nomem(err);
    ew_code code = cut_pages(src, page, out, err);
    ew_free(page);
    if (code == EW_OK && out->n == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "no Ogg page at all");
    return code;
}

/* The frame at `at`: its length, or 0. */
static ew_code frame_at(const ew_src *src, uint64_t at, bool aac, uint64_t *n,
                        ew_err *err)
{
    uint8_t head[FRAME_HEAD] = {0};
    *n = 0;
    if (src->size - at < FRAME_HEAD)
        return EW_OK;
    ew_code code = src->read(src->cookie, at, head, FRAME_HEAD, err);
    if (code == EW_OK)
        *n = aac ? aac_bytes(head) : ew_split__mp3_bytes(head);
    if (*n > src->size - at)
        *n = 0;
    return code;
}

ew_code ew_split__frames(const ew_src *src, bool aac, ew_cuts *out, ew_err *err)
{
    uint8_t head[FRAME_HEAD];
    uint64_t at = 0;
    uint64_t n = 0;
    ew_code code = EW_OK;
    if (src->size >= FRAME_HEAD) {
        code = src->read(src->cookie, 0, head, FRAME_HEAD, err);
        at = code == EW_OK ? tag_bytes(head) : 0;
    }
    if (code == EW_OK && at > 0 && at <= src->size)
        code = ew_cuts_add(out, at, EW_PART_HEAD, err);
    if (at > src->size)
        return ew_fail(err, EW_E_FORMAT, 0, "a tag beyond the end of the file");
    size_t before = out->n;
    while (code == EW_OK) {
        code = frame_at(src, at, aac, &n, err);
        if (code != EW_OK || n == 0)
            break;
        at += n;
        code = ew_cuts_add(out, at, EW_PART_CONTENT, err);
    }
    if (code == EW_OK && (out->n == before || src->size - at > TAIL_MAX))
        return ew_fail(err, EW_E_FORMAT, at, "no %s frame at byte %ju",
                       aac ? "AAC" : "MP3", (uintmax_t)at);
    if (code == EW_OK && at < src->size)
        code = ew_cuts_add(out, src->size, EW_PART_TAIL, err);
    return code;
}

/* ------------------------------------------------------------------ checking */

/* What comes after the last frame does not begin with another one. */
static bool tail_fits(const ew_stream *s, const uint8_t *p, uint64_t n)
{
    size_t frame = 0;
    if (n >= FRAME_HEAD)
        frame = s->splitter == EW_SPLIT_AAC ? aac_bytes(p) : ew_split__mp3_bytes(p);
    return n <= TAIL_MAX && (frame == 0 || frame > n);
}

static bool frame_fits(const ew_stream *s, const uint8_t *p, uint64_t n)
{
    if (s->splitter == EW_SPLIT_OGG)
        return n <= OGG_PAGE_MAX && page_bytes(p, (size_t)n) == n &&
               page_sums(p, (size_t)n);
    if (n < FRAME_HEAD)
        return false;
    return (s->splitter == EW_SPLIT_AAC ? aac_bytes(p) : ew_split__mp3_bytes(p)) == n;
}

bool ew_split__frames_fit(const ew_stream *s, const ew_shown *run)
{
    const uint8_t *p = run->bytes;
    const uint8_t *before = p;
    for (size_t i = 0; i < run->count; i++) {
        uint64_t index = run->first + i;
        uint64_t n = run->lengths[i];
        bool fits = false;
        if (run->kinds[i] == EW_PART_CONTENT)
            fits = frame_fits(s, p, n);
        else if (run->kinds[i] == EW_PART_HEAD && s->splitter != EW_SPLIT_OGG)
            fits = index == 0 && n >= FRAME_HEAD && tag_bytes(p) == n;
        else if (run->kinds[i] == EW_PART_TAIL && s->splitter != EW_SPLIT_OGG)
            fits = index > 0 && index + 1 == s->n && tail_fits(s, p, n);
        if (fits && s->splitter == EW_SPLIT_OGG && i > 0)
            fits = page_follows(before, p);
        if (!fits)
            return false;
        before = p;
        p += n;
    }
    return true;
}
