/* SPDX-License-Identifier: Apache-2.0 */
/* Derivatives of coded sound, byte by byte, on frames and pages made here. */
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/hash.h"
#include "published.h"

enum { FILE_MAX = 64 * 1024 };

/* A file as it grows. */
typedef struct file {
    uint8_t bytes[FILE_MAX];
    size_t n;
} file;

static void grow(file *f, const void *bytes, size_t n)
{
    assert_true(n <= FILE_MAX - f->n);
    memcpy(f->bytes + f->n, bytes, n);
    f->n += n;
}

static void noise(file *f, size_t n, unsigned seed)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t b = (uint8_t)((i + 1) * (2 * seed + 1) * 131 >> 3);
        grow(f, &b, 1);
    }
}

/* Makes the derivative, which must check; everything near it must not. */
static void make(const item *it, ew_buf *b)
{
    ew_filler f;
    published_make(it, EW_FILLER_SILENCE, b);
    assert_true(published_is(it, b->data, b->len, &f));
    assert_int_equal(f, EW_FILLER_SILENCE);
    assert_false(ew_published_possible(&it->in, EW_FILLER_TONE, NULL));
    assert_false(ew_published_possible(&it->in, EW_FILLER_MARK, NULL));
}

static void sum_page(uint8_t *p, size_t n)
{
    ew_put_u32le(p + 22, 0);
    ew_put_u32le(p + 22, ew_split__ogg_crc(0, p, n));
}

static void refused(item *it, const char *which, const char *why)
{
    ew_err err;
    item_show(it, which);
    assert_false(ew_published_possible(&it->in, EW_FILLER_SILENCE, &err));
    assert_int_equal(err.code, EW_E_ARG);
    if (strstr(err.text, why) == NULL)
        fail_msg("'%s' does not say '%s'", err.text, why);
}

/* ------------------------------------------------------------------ MP3 */

/* 128 kbit/s, 44.1 kHz, joint stereo: 417 bytes; 381 after the side information. */
static void mp3_frame(file *f, unsigned back, unsigned seed)
{
    uint8_t h[6] = {0xFF, 0xFB, 0x90, 0x64, (uint8_t)(back >> 1), (uint8_t)(back << 7)};
    grow(f, h, sizeof h);
    noise(f, 417 - sizeof h, seed);
}

static void check_silence(const uint8_t *p)
{
    static const uint8_t want[417] = {0xFF, 0xFB, 0x90, 0x44};
    assert_memory_equal(p, want, sizeof want);
}

static void test_mp3(void **state)
{
    (void)state;
    static file f;
    item it;
    ew_buf b;
    f.n = 0;
    for (unsigned i = 0; i < 8; i++)
        mp3_frame(&f, i == 0 ? 0 : i == 5 ? 300 : i == 6 ? 400 : 200, i);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    assert_int_equal(it.s.splitter, EW_SPLIT_MP3);
    item_show(&it, "########");
    make(&it, &b);
    assert_int_equal(b.len, f.n);
    assert_memory_equal(b.data, f.bytes, f.n);
    ew_buf_release(&b);
    /* Frame 5 reaches into the gap; 6 reaches 400 bytes back, and only 381 are there; 7 is
     * whole again. */
    item_show(&it, "###..###");
    make(&it, &b);
    assert_int_equal(b.len, f.n);
    assert_memory_equal(b.data, f.bytes, (size_t)3 * 417);
    check_silence(b.data + (size_t)3 * 417);
    check_silence(b.data + (size_t)4 * 417);
    uint8_t side[32] = {0};
    assert_memory_equal(b.data + (size_t)5 * 417 + 4, side, 32);
    assert_memory_equal(b.data + (size_t)5 * 417 + 36, f.bytes + (size_t)5 * 417 + 36,
                        381);
    side[0] = 381 >> 1;
    side[1] = 0x80;
    assert_memory_equal(b.data + (size_t)6 * 417 + 4, side, 32);
    assert_memory_equal(b.data + (size_t)6 * 417 + 36, f.bytes + (size_t)6 * 417 + 36,
                        381);
    assert_memory_equal(b.data + (size_t)7 * 417, f.bytes + (size_t)7 * 417, 417);
    ew_buf_release(&b);
    refused(&it, "........", "no frame");
    item_drop(&it);
}

/* Short gaps at the ends are taken for tags. */
static void test_mp3_tags(void **state)
{
    (void)state;
    static file f;
    static const uint8_t tag[20] = "ID3\4\0\0\0\0\0\12";
    static const uint8_t tail[128] = "TAG";
    item it;
    ew_buf b;
    f.n = 0;
    grow(&f, tag, sizeof tag);
    for (unsigned i = 0; i < 5; i++)
        mp3_frame(&f, 0, i);
    grow(&f, tail, sizeof tail);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    assert_int_equal(it.cuts.n, 7);
    static const struct {
        const char *show;
        size_t frames, more;
    } cases[] = {{"#######", 5, 148}, {".#####.", 6, 0},  {"######.", 5, 20},
                 {".#..##.", 6, 0},   {"..####.", 5, 0},  {"..#####", 5, 128},
                 {"...###.", 7, 0},   {".####..", 7, 0},  {"#.####.", 5, 20},
                 {".##...#", 6, 128}, {"#..##..", 6, 20}, {"...#...", 8, 0}};
    for (size_t i = 0; i < EW_COUNT(cases); i++) {
        item_show(&it, cases[i].show);
        make(&it, &b);
        assert_int_equal(b.len, cases[i].frames * 417 + cases[i].more);
        if (cases[i].show[0] == '.') {
            /* It begins with a frame that says how many come after it. */
            uint8_t info[417] = {0xFF, 0xFB, 0x90, 0x44};
            memcpy(info + 36, "Xing\0\0\0\1\0\0\0", 11);
            info[47] = (uint8_t)(cases[i].frames - 1);
            assert_memory_equal(b.data, info, sizeof info);
        }
        ew_buf_release(&b);
    }
    refused(&it, "#.....#", "no frame");
    refused(&it, ".......", "no frame");
    item_drop(&it);
    /* The file's own info frame, if shown, is the only one. */
    memcpy(f.bytes + sizeof tag + 36, "Info", 4);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    item_show(&it, ".#####.");
    make(&it, &b);
    assert_int_equal(b.len, 5 * 417);
    ew_buf_release(&b);
    item_drop(&it);
}

/* With a CRC, and in MPEG 2 in mono, where the side information is shorter. */
static void test_mp3_crc(void **state)
{
    (void)state;
    static file f;
    item it;
    ew_buf b;
    f.n = 0;
    for (unsigned i = 0; i < 3; i++) {
        /* 64 kbit/s, 22.05 kHz: 208 bytes; it reaches 255 bytes back. */
        static const uint8_t h[7] = {0xFF, 0xF2, 0x80, 0xC4, 0x12, 0x34, 0xFF};
        grow(&f, h, sizeof h);
        noise(&f, 208 - sizeof h, i);
    }
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    assert_int_equal(it.cuts.n, 3);
    item_show(&it, ".##");
    make(&it, &b);
    assert_int_equal(b.len, 3 * 208);
    assert_memory_equal(b.data + 4 + 9, "Xing\0\0\0\1\0\0\0\2", 12);
    /* CRC-16 over 80 C4 and nine zeros; over 80 C4 and 193 (that many bytes are there) and eight. */
    static const uint8_t first[15] = {0xFF, 0xF2, 0x80, 0xC4, 0xCF, 0xBE};
    static const uint8_t second[15] = {0xFF, 0xF2, 0x80, 0xC4, 0x61, 0xD2, 193};
    assert_memory_equal(b.data + 208, first, sizeof first);
    assert_memory_equal(b.data + 416, second, sizeof second);
    assert_memory_equal(b.data + 431, f.bytes + 431, 193);
    ew_buf_release(&b);
    item_show(&it, "#..");
    make(&it, &b);
    static const uint8_t silent[208] = {0xFF, 0xF3, 0x80, 0xC4};
    assert_int_equal(b.len, 624);
    assert_memory_equal(b.data + 208, silent, sizeof silent);
    assert_memory_equal(b.data + 416, silent, sizeof silent);
    ew_buf_release(&b);
    item_drop(&it);
}

/* ------------------------------------------------------------------ AAC */

static void aac_frame(file *f, unsigned channels, size_t n, unsigned seed)
{
    uint8_t h[7] = {0xFF,
                    0xF1,
                    0x50,
                    (uint8_t)(channels << 6 | n >> 11),
                    (uint8_t)(n >> 3),
                    (uint8_t)((n & 7) << 5 | 0x1F),
                    0xFC};
    grow(f, h, sizeof h);
    noise(f, n - sizeof h, seed);
}

static void test_aac(void **state)
{
    (void)state;
    static file f;
    static const uint8_t two[] = {0xFF, 0xF1, 0x50, 0x80, 0x01, 0xBF, 0xFC,
                                  0x21, 0,    0,    0,    0,    0x1C};
    static const uint8_t one[40] = {0xFF, 0xF1, 0x50, 0x40, 0x05, 0x1F, 0xFC,
                                    0,    0,    0,    0x06, 0xF0, 0xD0};
    item it;
    ew_buf b;
    for (unsigned channels = 1; channels <= 2; channels++) {
        const uint8_t *want = channels == 1 ? one : two;
        size_t mean = channels == 1 ? 40 : 12;
        size_t n = channels == 1 ? sizeof one : sizeof two;
        f.n = 0;
        for (unsigned i = 0; i < 6; i++)
            aac_frame(&f, channels, mean + (i == 2) - (i == 3), i);
        item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
        assert_int_equal(it.s.splitter, EW_SPLIT_AAC);
        item_show(&it, ".####.");
        make(&it, &b);
        assert_int_equal(b.len, 4 * mean);
        ew_buf_release(&b);
        item_show(&it, "..##..");
        make(&it, &b);
        assert_int_equal(b.len, 4 * n + 2 * mean);
        for (size_t i = 0; i < 4; i++) {
            const uint8_t *p = b.data + i * n + i / 2 * 2 * mean;
            assert_memory_equal(p, want, n - 1);
            assert_int_equal(p[n - 1], channels == 1 ? 0x0E : 0x1C);
        }
        assert_memory_equal(b.data + 2 * n, f.bytes + 2 * mean, 2 * mean);
        ew_buf_release(&b);
        refused(&it, "......", "no frame");
        item_drop(&it);
    }
    f.n = 0;
    for (unsigned i = 0; i < 3; i++)
        aac_frame(&f, 3, 100, i);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    refused(&it, "#..", "one nor two channels");
    item_drop(&it);
    f.bytes[3] &= 0x3F;
    f.bytes[3] |= 0x80;
    f.bytes[6] |= 1;
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    refused(&it, "#..", "several blocks");
    item_drop(&it);
}

/* Fill elements of full length: frames as large as they come. */
static void test_aac_large(void **state)
{
    (void)state;
    static file f;
    item it;
    ew_buf b;
    for (size_t n = 11; n < 8192; n += n < 700 ? 1 : 97) {
        f.n = 0;
        for (unsigned i = 0; i < 3; i++)
            aac_frame(&f, 2, n, i);
        item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
        item_show(&it, "#..");
        make(&it, &b);
        size_t silent = (b.len - n) / 2;
        assert_in_range(silent, n < 30 ? 13 : n - 20, n < 13 ? 13 : n);
        ew_buf_release(&b);
        item_drop(&it);
    }
}

/* ------------------------------------------------------------------ Ogg */

/* count packets, each of one byte t and 9 more. */
static void ogg_page(file *f, uint32_t number, uint64_t position, size_t count, uint8_t t)
{
    uint8_t h[27 + 255] = "OggS";
    h[5] = number == 0 ? 2 : 0;
    ew_put_u64le(h + 6, position);
    ew_put_u32le(h + 14, 1);
    ew_put_u32le(h + 18, number);
    h[26] = (uint8_t)count;
    memset(h + 27, 10, count);
    grow(f, h, 27 + count);
    for (size_t i = 0; i < count; i++) {
        grow(f, &t, 1);
        noise(f, 9, (unsigned)i);
    }
    sum_page(f->bytes + f->n - 27 - 11 * count, 27 + 11 * count);
}

/* Head, comments, then `pages` pages of 50 packets of 20 ms: a second each. */
static void make_opus(file *f, unsigned pages, unsigned channels)
{
    static const uint8_t tags[44] =
        "OggS\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0....\1\20OpusTags";
    uint8_t head[47] = "OggS\0\2\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0....\1\23OpusHead\1";
    head[37] = (uint8_t)channels;
    f->n = 0;
    grow(f, head, sizeof head);
    sum_page(f->bytes, sizeof head);
    grow(f, tags, sizeof tags);
    sum_page(f->bytes + sizeof head, sizeof tags);
    for (unsigned i = 0; i < pages; i++)
        ogg_page(f, 2 + i, 48000 * (i + 1), 50, 0x78);
}

/* The pages of a derivative: number, position and packets of each as text. */
static const char *pages_of(const ew_buf *b)
{
    static char text[1024];
    size_t n = 0;
    for (size_t at = 0; at < b->len;) {
        const uint8_t *p = b->data + at;
        size_t size = 27u + p[26];
        for (size_t i = 0; i < p[26]; i++)
            size += p[27 + i];
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u:%jd:%u", at > 0 ? " " : "",
                              ew_get_u32le(p + 18), (intmax_t)ew_get_u64le(p + 6), p[26]);
        at += size;
    }
    return text;
}

static void check_pages(item *it, const char *which, const char *want)
{
    ew_buf b;
    item_show(it, which);
    make(it, &b);
    assert_string_equal(pages_of(&b), want);
    ew_buf_release(&b);
}

static void test_opus(void **state)
{
    (void)state;
    static file f;
    item it;
    make_opus(&f, 5, 1);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    assert_int_equal(it.s.splitter, EW_SPLIT_OGG);
    check_pages(&it, "#######",
                "0:0:1 1:0:1 2:48000:50 3:96000:50 4:144000:50 5:192000:50 6:240000:50");
    /* 400 units a page: 8 packets of 120 ms and 2 of 20. */
    check_pages(&it, "###..##",
                "0:0:1 1:0:1 2:48000:50 3:96000:10 4:144000:10 5:192000:50 6:240000:50");
    check_pages(&it, "#....##",
                "0:0:1 1:0:1 2:48000:10 3:96000:10 4:144000:10 5:192000:50 6:240000:50");
    check_pages(&it, "#.#####",
                "0:0:1 1:0:1 2:48000:50 3:96000:50 4:144000:50 5:192000:50 6:240000:50");
    check_pages(&it, "####...",
                "0:0:1 1:0:1 2:48000:50 3:96000:50 4:144000:10 5:192000:10 6:240000:10");
    refused(&it, ".######", "the first page");
    refused(&it, "##.....", "no page of the sound");
    refused(&it, "#......", "no page of the sound");
    refused(&it, ".......", "the first page");
    item_drop(&it);
}

/* The page of the format's description. */
static void test_opus_page(void **state)
{
    (void)state;
    static file f;
    item it;
    ew_buf b;
    make_opus(&f, 1, 1);
    ogg_page(&f, 3, 49320, 1, 0x78);
    ogg_page(&f, 4, 49320 + 960, 1, 0x78);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    item_show(&it, "###.#");
    make(&it, &b);
    char hex[2 * 39 + 1];
    size_t size = f.n - (size_t)(it.lengths[3] + it.lengths[4]);
    ew_hex(b.data + size, 39, hex);
    assert_string_equal(hex,
                        "4f6767530000a8c000000000000001000000030000008b02fbf603030303"
                        "f8fffee8fffee0fffe");
    assert_memory_equal(b.data + size + 39, f.bytes + size + it.lengths[3],
                        it.lengths[4]);
    ew_buf_release(&b);
    item_drop(&it);
}

/* The last page says how long the sound is, which may be less than its packets. */
static void test_opus_last(void **state)
{
    (void)state;
    static file f;
    item it;
    make_opus(&f, 3, 2);
    size_t at = f.n;
    ogg_page(&f, 5, 144000 + 20 * 960 - 312, 20, 0x78);
    f.bytes[at + 5] = 4;
    sum_page(f.bytes + at, f.n - at);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    check_pages(&it, "###..#",
                "0:0:1 1:0:1 2:48000:50 3:96000:10 4:144000:10 5:162888:20");
    f.bytes[at + 5] = 0;
    sum_page(f.bytes + at, f.n - at);
    refused(&it, "###..#", "do not fit");
    item_drop(&it);
}

/* After a change of part i its checksum is made again, else it would not be a page. */
static void changed(file *f, const item *it, size_t i, const char *why)
{
    item again = *it;
    sum_page(f->bytes + it->cuts.ends[i] - it->lengths[i], (size_t)it->lengths[i]);
    refused(&again, "###..#", why);
}

/* Files that a forger may make. */
static void test_opus_refused(void **state)
{
    (void)state;
    static file f;
    item it;
    make_opus(&f, 4, 1);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    size_t last = f.n - (size_t)it.lengths[5];
    static const struct {
        uint64_t position;
        const char *why;
    } bad[] = {{UINT64_MAX, "do not fit"},
               {UINT64_MAX - 1, "do not fit"},
               {(uint64_t)1 << 62, "do not fit"},
               {0, "do not fit"},
               {95999, "do not fit"},
               {144001, "do not fit"},
               {96000 + (uint64_t)2 * 11520 * 120, "too long"}};
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        ew_put_u64le(f.bytes + last + 6, bad[i].position);
        changed(&f, &it, 5, bad[i].why);
    }
    f.bytes[last + 5] = 4;
    ew_put_u64le(f.bytes + last + 6, (uint64_t)1 << 62);
    changed(&f, &it, 5, "do not fit");
    ew_put_u64le(f.bytes + last + 6, ((uint64_t)1 << 62) - 1);
    changed(&f, &it, 5, "too long");
    ew_put_u32le(f.bytes + last + 14, 2);
    changed(&f, &it, 5, "more than one stream");
    ew_put_u32le(f.bytes + last + 14, 1);
    sum_page(f.bytes + last, f.n - last);
    f.bytes[28 + 18] = 1;
    changed(&f, &it, 0, "neither one nor two");
    f.bytes[28 + 18] = 0;
    f.bytes[28 + 9] = 3;
    changed(&f, &it, 0, "neither one nor two");
    f.bytes[28 + 7] = 'X';
    changed(&f, &it, 0, "Opus only");
    item_drop(&it);
}

/* ------------------------------------------------------------------ attacks */

static void attack(const void *bytes, size_t n, const char *which)
{
    item it;
    ew_buf b;
    item_cut(&it, bytes, n, EW_SPLIT_AUTO);
    item_show(&it, which);
    make(&it, &b);
    published_refuse_near(&it, &b);
    ew_buf_release(&b);
    item_drop(&it);
}

static void row_04_planted_in_coded_sound(void **state)
{
    (void)state;
    static file f;
    f.n = 0;
    for (unsigned i = 0; i < 5; i++)
        mp3_frame(&f, 0, i);
    attack(f.bytes, f.n, "##.##");
    f.n = 0;
    for (unsigned i = 0; i < 5; i++)
        aac_frame(&f, 2, 60, i);
    attack(f.bytes, f.n, "##.##");
    make_opus(&f, 4, 1);
    attack(f.bytes, f.n, "###.##");
}

/* A frame more, a frame less, two exchanged. */
static void row_05_frames_moved(void **state)
{
    (void)state;
    static file f;
    static uint8_t other[8 * 417];
    item it;
    ew_buf b;
    ew_filler filler;
    f.n = 0;
    for (unsigned i = 0; i < 6; i++)
        mp3_frame(&f, 0, i);
    item_cut(&it, f.bytes, f.n, EW_SPLIT_AUTO);
    item_show(&it, "##..##");
    make(&it, &b);
    for (size_t i = 0; i < 6; i++) {
        size_t at = i * 417;
        memcpy(other, b.data, at + 417);
        memcpy(other + at + 417, b.data + at, b.len - at);
        assert_false(published_is(&it, other, b.len + 417, &filler));
        memcpy(other + at, b.data + at + 417, b.len - at - 417);
        assert_false(published_is(&it, other, b.len - 417, &filler));
        memcpy(other, b.data, b.len);
        if (i < 5 && i != 2) { /* 2 and 3 are silence, and the same */
            memcpy(other + at, b.data + at + 417, 417);
            memcpy(other + at + 417, b.data + at, 417);
            assert_false(published_is(&it, other, b.len, &filler));
        }
    }
    ew_buf_release(&b);
    item_drop(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mp3),
        cmocka_unit_test(test_mp3_tags),
        cmocka_unit_test(test_mp3_crc),
        cmocka_unit_test(test_aac),
        cmocka_unit_test(test_aac_large),
        cmocka_unit_test(test_opus),
        cmocka_unit_test(test_opus_page),
        cmocka_unit_test(test_opus_last),
        cmocka_unit_test(test_opus_refused),
        cmocka_unit_test(row_04_planted_in_coded_sound),
        cmocka_unit_test(row_05_frames_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
