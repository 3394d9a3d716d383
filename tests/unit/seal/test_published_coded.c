/* SPDX-License-Identifier: Apache-2.0 */
/* Derivatives of coded sound, byte by byte, on frames and pages made here. */
#include "published_made.h"

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
        cmocka_unit_test(row_04_planted_in_coded_sound),
        cmocka_unit_test(row_05_frames_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
