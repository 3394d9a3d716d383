/* SPDX-License-Identifier: Apache-2.0 */
/* The published derivative is what the shown parts and the filler make, and nothing else is
 * taken for it. How coded sound comes out of real decoders: tests/e2e/test_published.py. */
#include "published.h"

#include "base/bytes.h"
#include "base/err.h"
#include "base/hash.h"

/* ------------------------------------------------------------------ text */

static const char chat[] =
    "1/2/20, 10:00 - Ann: Did you know?\n"                  /* 0 1 2 */
    "1/2/20, 10:01 - Bob: yes, on Monday\nand on Tuesday\n" /* 3-5 */
    "1/2/20, 10:02 - Ann:\n"                                /* 6 7 8 */
    "1/2/20, 10:03 - Bob: PTT-1.opus (file attached)\n"     /* 9-11 */
    "listen\n"                                              /* 12 */
    "1/2/20, 10:04 - Ann left\n";                           /* 13 14 */

static void check_text(const char *text, const char *which, const char *want)
{
    item it;
    ew_buf b;
    ew_filler f;
    item_cut(&it, text, strlen(text), EW_SPLIT_AUTO);
    item_show(&it, which);
    published_make(&it, EW_FILLER_MARK, &b);
    assert_string_equal((const char *)b.data, want);
    assert_true(published_is(&it, b.data, b.len, &f));
    assert_int_equal(f, EW_FILLER_MARK);
    assert_false(ew_published_possible(&it.in, EW_FILLER_SILENCE, NULL));
    assert_false(ew_published_possible(&it.in, EW_FILLER_TONE, NULL));
    ew_buf_release(&b);
    item_drop(&it);
}

static void test_chat(void **state)
{
    (void)state;
    check_text(chat, "###############", chat);
    check_text(chat, "...............", "[withheld]\n");
    /* One message, several, the first, the last. */
    check_text(chat, "###...#########",
               "1/2/20, 10:00 - Ann: Did you know?\n[withheld]\n1/2/20, 10:02 - Ann:\n"
               "1/2/20, 10:03 - Bob: PTT-1.opus (file attached)\nlisten\n"
               "1/2/20, 10:04 - Ann left\n");
    check_text(chat, "...###.........",
               "[withheld]\n1/2/20, 10:01 - Bob: yes, on Monday\nand on Tuesday\n"
               "[withheld]\n");
    /* Bodies, whatever their length; a sender without a space after the colon. */
    check_text(chat, "##.##.##.##..#.",
               "1/2/20, 10:00 - Ann: [withheld]\n1/2/20, 10:01 - Bob: [withheld]\n"
               "1/2/20, 10:02 - Ann: [withheld]\n1/2/20, 10:03 - Bob: [withheld]\n"
               "1/2/20, 10:04 - [withheld]\n");
    /* Senders. */
    check_text(chat, "#.##.##.##.####",
               "1/2/20, 10:00 - [withheld] Did you know?\n"
               "1/2/20, 10:01 - [withheld] yes, on Monday\nand on Tuesday\n"
               "1/2/20, 10:02 - [withheld] \n"
               "1/2/20, 10:03 - [withheld] PTT-1.opus (file attached)\nlisten\n"
               "1/2/20, 10:04 - Ann left\n");
    /* Times; the attachment; the words with it. */
    check_text(chat, ".##.##.##.##.#.",
               "[withheld] Ann: Did you know?\n[withheld] Bob: yes, on Monday\n"
               "and on Tuesday\n[withheld] Ann:\n"
               "[withheld] Bob: PTT-1.opus (file attached)\n[withheld]\n"
               "1/2/20, 10:04 - [withheld]\n");
    check_text(chat, ".........##.#..",
               "[withheld]\n1/2/20, 10:03 - Bob: [withheld] listen\n[withheld]\n");
}

/* A gap over the end of a message: what comes after it is no part of the message before. */
static void test_chat_joins_nothing(void **state)
{
    (void)state;
    check_text(chat, "##..##.........",
               "1/2/20, 10:00 - Ann: [withheld]\n[withheld] Bob: yes, on Monday\n"
               "and on Tuesday\n[withheld]\n");
    check_text(chat, "#....#.........",
               "1/2/20, 10:00 - [withheld]\n[withheld] yes, on Monday\nand on "
               "Tuesday\n[withheld]\n");
    check_text(chat, "###...#.......#",
               "1/2/20, 10:00 - Ann: Did you know?\n[withheld]\n1/2/20, 10:02 - "
               "[withheld]\n[withheld] Ann left\n");
}

static void test_para(void **state)
{
    (void)state;
    static const char text[] = "First.\n\nSecond,\ntwo lines.\n\n\nThird.\n \nLast";
    check_text(text, "####", text);
    check_text(text, "....", "[withheld]\n");
    check_text(text, "#..#", "First.\n\n[withheld]\n\nLast");
    check_text(text, ".#..", "[withheld]\n\nSecond,\ntwo lines.\n\n\n[withheld]\n");
    check_text(text, "#.#.", "First.\n\n[withheld]\n\nThird.\n \n[withheld]\n");
}

/* ------------------------------------------------------------------ WAV */

/* A WAV of 2.5 blocks at 8 kHz with a chunk before the sound; `tail` bytes after it. */
static size_t make_wav(uint8_t *w, unsigned ch, unsigned bits, bool is_float, size_t tail)
{
    size_t frame = ch * bits / 8;
    size_t sound = 2000 * frame;
    uint8_t head[56] = "RIFF....WAVELIST\4...INFOfmt \20";
    ew_put_u32le(head + 4, (uint32_t)(48 + sound + tail));
    ew_put_u32le(head + 16, 4);
    ew_put_u32le(head + 28, 16);
    ew_put_u16le(head + 32, is_float ? 3 : 1);
    ew_put_u16le(head + 34, (uint16_t)ch);
    ew_put_u32le(head + 36, 8000);
    ew_put_u32le(head + 40, (uint32_t)(8000 * frame));
    ew_put_u16le(head + 44, (uint16_t)frame);
    ew_put_u16le(head + 46, (uint16_t)bits);
    memcpy(head + 48, "data", 4);
    ew_put_u32le(head + 52, (uint32_t)sound);
    memcpy(w, head, sizeof head);
    for (size_t i = 0; i < sound + tail; i++)
        w[56 + i] = (uint8_t)(i * 7 + i / 256 + 1);
    return 56 + sound + tail;
}

static void check_wav(unsigned ch, unsigned bits, bool is_float)
{
    static uint8_t w[56 + 2000 * 16 + 10];
    size_t frame = ch * bits / 8;
    size_t block = 800 * frame;
    item it;
    ew_buf b;
    ew_filler f;
    item_cut(&it, w, make_wav(w, ch, bits, is_float, 0), EW_SPLIT_GRID);
    assert_int_equal(it.cuts.n, 4);
    item_show(&it, ".#.#");
    published_make(&it, EW_FILLER_SILENCE, &b);
    assert_int_equal(b.len, 44 + 2000 * frame);
    assert_int_equal(ew_get_u32le(b.data + 40), 2000 * frame);
    assert_memory_equal(b.data + 44, w + 56, block);
    for (size_t i = 0; i < block; i++)
        assert_int_equal(b.data[44 + block + i], bits == 8 ? 0x80 : 0);
    assert_memory_equal(b.data + 44 + 2 * block, w + 56 + 2 * block, block / 2);
    assert_true(published_is(&it, b.data, b.len, &f));
    assert_int_equal(f, EW_FILLER_SILENCE);
    ew_buf_release(&b);
    published_make(&it, EW_FILLER_TONE, &b);
    assert_int_equal(b.len, 44 + 2000 * frame);
    assert_memory_equal(b.data + 44, w + 56, block);
    assert_true(published_is(&it, b.data, b.len, &f));
    assert_int_equal(f, EW_FILLER_TONE);
    /* The derivative is a WAV file of its own that the grid cuts at the same places. */
    item other;
    item_cut(&other, b.data, b.len, EW_SPLIT_AUTO);
    assert_int_equal(other.cuts.n, 4);
    assert_int_equal(other.s.sample, it.s.sample);
    assert_int_equal(other.s.channels, ch);
    item_drop(&other);
    ew_buf_release(&b);
    item_drop(&it);
}

static void test_wav_formats(void **state)
{
    (void)state;
    for (unsigned ch = 1; ch <= 2; ch++) {
        for (unsigned bits = 8; bits <= 32; bits += 8)
            check_wav(ch, bits, false);
        check_wav(ch, 32, true);
        check_wav(ch, 64, true);
    }
}

static size_t published_bytes(item *it, const char *which)
{
    ew_buf b;
    item_show(it, which);
    published_make(it, EW_FILLER_SILENCE, &b);
    size_t n = b.len;
    assert_int_equal(ew_get_u32le(b.data + 40) + 44, n);
    ew_buf_release(&b);
    return n - 44;
}

/* The last block may be short; what is not known counts as full. */
static void test_wav_lengths(void **state)
{
    (void)state;
    static uint8_t w[56 + 2000 * 2 + 10];
    item it;
    item_cut(&it, w, make_wav(w, 1, 16, false, 0), EW_SPLIT_GRID);
    assert_int_equal(published_bytes(&it, "####"), 4000);
    assert_int_equal(published_bytes(&it, "...#"), 4000);
    assert_int_equal(published_bytes(&it, "###."), 4800);
    assert_int_equal(published_bytes(&it, "...."), 4800);
    item_drop(&it);
    item_cut(&it, w, make_wav(w, 1, 16, false, 10), EW_SPLIT_GRID);
    assert_int_equal(it.cuts.n, 5);
    assert_int_equal(published_bytes(&it, "#####"), 4000);
    assert_int_equal(published_bytes(&it, "...##"), 4000);
    assert_int_equal(published_bytes(&it, "...#."), 4000); /* short: no block after it */
    assert_int_equal(published_bytes(&it, "....#"), 4800);
    assert_int_equal(published_bytes(&it, "....."), 6400);
    assert_int_equal(published_bytes(&it, "#...."), 6400);
    item_drop(&it);
}

/* ------------------------------------------------------------------ tone */

/* A second of the tone at a rate is 1 kHz at a tenth of full scale. */
static void check_tone(uint32_t rate)
{
    ew_stream s = {.splitter = EW_SPLIT_GRID, .n = 12, .rate_hz = rate, .channels = 1};
    ew_published_in in = {.stream = &s};
    ew_buf b;
    ew_published_out out = {published_put, &b};
    s.sample = EW_SAMPLE_S16LE;
    s.block_frames = rate / 10;
    ew_buf_init(&b, PUBLISHED_MAX);
    assert_int_equal(ew_published_make(&in, EW_FILLER_TONE, &out, NULL), EW_OK);
    size_t frames = (b.len - 44) / 2;
    assert_int_equal(frames, 11 * (rate / 10));
    unsigned rises = 0;
    int before = -1;
    int most = 0;
    for (size_t i = 0; i < rate; i++) {
        int v = (int16_t)ew_get_u16le(b.data + 44 + 2 * i);
        rises += before < 0 && v >= 0;
        before = v;
        most = v > most ? v : most;
    }
    assert_int_equal(rises, 1000);
    assert_in_range(most, 3000, 3277);
    ew_buf_release(&b);
}

static void test_tone(void **state)
{
    (void)state;
    static const uint32_t rates[] = {8000,  11025, 12000, 16000, 22050, 24000,
                                     32000, 44100, 48000, 88200, 96000, 192000};
    for (size_t i = 0; i < EW_COUNT(rates); i++)
        check_tone(rates[i]);
}

/* The values that docs/formats/published.md gives. */
static void test_worked_values(void **state)
{
    (void)state;
    static const char *const want[] = {
        "dfe2fe8d09d04759ace3cd0cba1923e496907d0a876ff963fed80ac1777f5688",
        "f2472985e1d56efb6df463f89a87c18a5f3cb2ea0f6e7ca300442633662c899c"};
    ew_stream s = {.splitter = EW_SPLIT_GRID, .n = 4, .rate_hz = 11025, .channels = 2};
    static const uint8_t shown[4 * 1102];
    static const uint8_t kinds[] = {EW_PART_CONTENT};
    static const uint64_t lengths[] = {4 * 1102};
    ew_shown run = {2, 1, kinds, lengths, shown};
    ew_published_in in = {.stream = &s, .runs = &run, .run_count = 1};
    s.sample = EW_SAMPLE_S16LE;
    s.block_frames = 1102;
    for (size_t f = 0; f < 2; f++) {
        ew_sha256 *h;
        uint8_t sum[EW_SHA256_BYTES];
        char hex[EW_SHA256_HEX + 1];
        ew_buf b;
        ew_published_out out = {published_put, &b};
        ew_buf_init(&b, PUBLISHED_MAX);
        assert_int_equal(ew_published_make(&in, (ew_filler)f, &out, NULL), EW_OK);
        assert_int_equal(ew_sha256_new(&h, NULL), EW_OK);
        assert_int_equal(ew_sha256_feed(h, b.data, b.len, NULL), EW_OK);
        assert_int_equal(ew_sha256_finish(h, sum, NULL), EW_OK);
        ew_hex(sum, sizeof sum, hex);
        assert_string_equal(hex, want[f]);
        ew_sha256_free(h);
        ew_buf_release(&b);
    }
}

/* ------------------------------------------------------------------ attacks */

static void row_04_planted(void **state)
{
    (void)state;
    static uint8_t w[56 + 2000 * 2];
    item it;
    ew_buf b;
    item_cut(&it, w, make_wav(w, 1, 8, false, 0), EW_SPLIT_GRID);
    item_show(&it, ".#.#");
    published_make(&it, EW_FILLER_TONE, &b);
    published_refuse_near(&it, &b);
    ew_buf_release(&b);
    item_drop(&it);
    item_cut(&it, chat, sizeof chat - 1, EW_SPLIT_AUTO);
    item_show(&it, "##.###......#.#");
    published_make(&it, EW_FILLER_MARK, &b);
    published_refuse_near(&it, &b);
    ew_buf_release(&b);
    item_drop(&it);
}

/* Parts of the derivative left out, exchanged, doubled. */
static void row_05_moved(void **state)
{
    (void)state;
    static uint8_t w[56 + 2000 * 2];
    static uint8_t other[8000];
    item it;
    ew_buf b;
    ew_filler f;
    size_t block = 1600;
    item_cut(&it, w, make_wav(w, 1, 16, false, 0), EW_SPLIT_GRID);
    item_show(&it, ".#.#");
    published_make(&it, EW_FILLER_SILENCE, &b);
    /* The gap closed, with a header that agrees. */
    memcpy(other, b.data, 44 + block);
    memcpy(other + 44 + block, b.data + 44 + 2 * block, block / 2);
    ew_put_u32le(other + 4, (uint32_t)(36 + block + block / 2));
    ew_put_u32le(other + 40, (uint32_t)(block + block / 2));
    assert_false(published_is(&it, other, 44 + block + block / 2, &f));
    /* Two blocks exchanged. */
    memcpy(other, b.data, b.len);
    memcpy(other + 44, b.data + 44 + block, block);
    memcpy(other + 44 + block, b.data + 44, block);
    assert_false(published_is(&it, other, b.len, &f));
    /* One in the place of the gap. */
    memcpy(other, b.data, b.len);
    memcpy(other + 44 + block, b.data + 44, block);
    assert_false(published_is(&it, other, b.len, &f));
    ew_buf_release(&b);
    item_drop(&it);
    /* A view that does not hide hides nothing: the same file is not that of another view. */
    item_cut(&it, chat, sizeof chat - 1, EW_SPLIT_AUTO);
    item_show(&it, "###...#########");
    published_make(&it, EW_FILLER_MARK, &b);
    item_show(&it, "###############");
    assert_false(published_is(&it, b.data, b.len, &f));
    item_show(&it, "###...###...###");
    assert_false(published_is(&it, b.data, b.len, &f));
    ew_buf_release(&b);
    item_drop(&it);
}

/* ------------------------------------------------------------------ rest */

static void test_not_possible(void **state)
{
    (void)state;
    item it;
    ew_err why;
    ew_filler f;
    item_cut(&it, "\x7F\x45\x4C", 3, EW_SPLIT_WHOLE);
    item_show(&it, "#");
    for (int i = EW_FILLER_SILENCE; i <= EW_FILLER_MARK; i++)
        assert_false(ew_published_possible(&it.in, (ew_filler)i, &why));
    assert_non_null(strstr(why.text, "cannot be published"));
    assert_false(published_is(&it, "\x7F\x45\x4C", 3, &f));
    item_drop(&it);
    /* 2^24 blocks of 64 channels. */
    ew_stream s = {.splitter = EW_SPLIT_GRID,
                   .n = EW_PARTS_MAX,
                   .rate_hz = 768000,
                   .channels = 64,
                   .sample = EW_SAMPLE_F64LE,
                   .block_frames = 76800};
    ew_published_in in = {.stream = &s};
    assert_false(ew_published_possible(&in, EW_FILLER_SILENCE, &why));
    assert_non_null(strstr(why.text, "4 GiB"));
    /* As much as comes out at 2 GiB when it is counted in 64 bits. */
    s.n = 12582913;
    s.block_frames = 2863311531;
    assert_false(ew_published_possible(&in, EW_FILLER_SILENCE, &why));
    assert_non_null(strstr(why.text, "4 GiB"));
}

static ew_code make_and_check(void *arg, ew_err *err)
{
    item *it = arg;
    ew_buf b;
    bool same = false;
    ew_filler f;
    ew_published_out out = {published_put, &b};
    ew_buf_init(&b, PUBLISHED_MAX);
    ew_code code = ew_published_make(&it->in, EW_FILLER_TONE, &out, err);
    ew_slice s = {(const char *)b.data, b.len};
    if (code == EW_OK)
        code = ew_published_check(&it->in, s, &same, &f, err);
    assert_true(code != EW_OK || same);
    ew_buf_release(&b);
    return code;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    static uint8_t w[56 + 2000 * 2];
    item it;
    item_cut(&it, w, make_wav(w, 1, 16, false, 0), EW_SPLIT_GRID);
    item_show(&it, ".#..");
    (void)test_torture_alloc(make_and_check, &it, 0);
    item_drop(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chat),          cmocka_unit_test(test_chat_joins_nothing),
        cmocka_unit_test(test_para),          cmocka_unit_test(test_wav_formats),
        cmocka_unit_test(test_wav_lengths),   cmocka_unit_test(test_tone),
        cmocka_unit_test(test_worked_values), cmocka_unit_test(row_04_planted),
        cmocka_unit_test(row_05_moved),       cmocka_unit_test(test_not_possible),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
