/* SPDX-License-Identifier: Apache-2.0 */
/* Splitters of coded sound: pages of Ogg, frames of MP3 and of AAC in ADTS. A tag before the
 * first frame is the head, what comes after the last one the tail. */
#include <string.h>

#include "seal/split.h"

enum {
    OGG_HEAD = 27,
    OGG_PAGE_MAX = OGG_HEAD + 255 + 255 * 255,
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

/* Bit rates in kbit/s of layer III: MPEG 1, and MPEG 2 and 2.5. */
static const uint16_t kbits[2][16] = {
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}};

static size_t mp3_bytes(const uint8_t *p)
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

ew_code ew_split__ogg(const ew_src *src, ew_cuts *out, ew_err *err)
{
    uint8_t head[OGG_HEAD + 255];
    uint64_t at = 0;
    ew_code code = EW_OK;
    while (at < src->size && code == EW_OK) {
        uint64_t left = src->size - at;
        size_t n = left < sizeof head ? (size_t)left : sizeof head;
        code = src->read(src->cookie, at, head, n, err);
        size_t page = code == EW_OK ? page_bytes(head, n) : 0;
        if (code == EW_OK && (page == 0 || page > left))
            return ew_fail(err, EW_E_FORMAT, at, "no Ogg page at byte %ju",
                           (uintmax_t)at);
        at += page;
        if (code == EW_OK)
            code = ew_cuts_add(out, at, EW_PART_CONTENT, err);
    }
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
        *n = aac ? aac_bytes(head) : mp3_bytes(head);
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

static bool frame_fits(const ew_stream *s, const uint8_t *p, uint64_t n)
{
    if (s->splitter == EW_SPLIT_OGG)
        return n <= OGG_PAGE_MAX && page_bytes(p, (size_t)n) == n;
    if (n < FRAME_HEAD)
        return false;
    return (s->splitter == EW_SPLIT_AAC ? aac_bytes(p) : mp3_bytes(p)) == n;
}

bool ew_split__frames_fit(const ew_stream *s, const ew_shown *run)
{
    const uint8_t *p = run->bytes;
    for (size_t i = 0; i < run->count; i++) {
        uint64_t index = run->first + i;
        uint64_t n = run->lengths[i];
        bool fits = false;
        if (run->kinds[i] == EW_PART_CONTENT)
            fits = frame_fits(s, p, n);
        else if (run->kinds[i] == EW_PART_HEAD && s->splitter != EW_SPLIT_OGG)
            fits = index == 0 && n >= FRAME_HEAD && tag_bytes(p) == n;
        else if (run->kinds[i] == EW_PART_TAIL && s->splitter != EW_SPLIT_OGG)
            fits = index > 0 && index + 1 == s->n && n <= TAIL_MAX;
        if (!fits)
            return false;
        p += n;
    }
    return true;
}
