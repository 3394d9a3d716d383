/* SPDX-License-Identifier: Apache-2.0 */
/* Sound cut into parts. */
#include "seal/split.h"

#include "base/bytes.h"
#include "split_made.h"

/* ------------------------------------------------------------------ sound */

static size_t make_wav(uint8_t *out, size_t data, bool tail)
{
    static const uint8_t head[44] =
        "RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x02\x00"
        "\x40\x1F\x00\x00\x00\x7D\x00\x00\x04\x00\x10\x00"
        "data";
    memcpy(out, head, 44);
    ew_put_u32le(out + 40, (uint32_t)data);
    for (size_t i = 0; i < data; i++)
        out[44 + i] = (uint8_t)(i * 7);
    memcpy(out + 44 + data, "LIST\x04\x00\x00\x00tail", 12);
    return 44 + data + (tail ? 12 : 0);
}

static void test_grid(void **state)
{
    (void)state;
    static uint8_t wav[20000];
    size_t n = make_wav(wav, 3200 * 4 + 100, true);
    split p = checked(wav, n, EW_SPLIT_AUTO, EW_SPLIT_GRID);
    assert_int_equal(p.cuts.n, 1 + 5 + 1);
    assert_int_equal(p.lengths[0], 44);
    assert_int_equal(p.lengths[1], 3200);
    assert_int_equal(p.lengths[5], 100);
    assert_int_equal(p.s.rate_hz, 8000);
    assert_int_equal(p.s.block_frames, 800);
    assert_string_equal(ew_sample_name(p.s.sample), "s16le");
    assert_int_equal(cut_everywhere(&p, wav), 0);
    ew_cuts_release(&p.cuts);
    n = make_wav(wav, 3200 * 2, false);
    p = checked(wav, n, EW_SPLIT_AUTO, EW_SPLIT_GRID);
    assert_int_equal(p.cuts.n, 3);
    /* A header that says something else than the seal. */
    ew_shown run = shown(&p, wav, 0, 1);
    p.s.rate_hz = 16000;
    assert_false(ew_split_fits(&p.s, &run));
    ew_cuts_release(&p.cuts);
    /* The recorder died: the header promises more than is there. */
    ew_put_u32le(wav + 40, 0xFFFFFFFF);
    p = checked(wav, n, EW_SPLIT_GRID, EW_SPLIT_GRID);
    ew_cuts_release(&p.cuts);
    wav[20] = 85; /* MP3 in WAV */
    assert_int_equal(try_split(wav, n, EW_SPLIT_GRID, &p), EW_E_FORMAT);
    p = checked(wav, n, EW_SPLIT_AUTO, EW_SPLIT_WHOLE);
    ew_cuts_release(&p.cuts);
    for (size_t k = 0; k < 44; k++)
        assert_int_equal(try_split(wav, k, EW_SPLIT_GRID, &p), EW_E_FORMAT);
}

/* Bit by bit, unlike what is tested. */
static void sum_page(uint8_t *page, size_t n)
{
    uint32_t crc = 0;
    memset(page + 22, 0, 4);
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint32_t)page[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 31 != 0 ? 0x04c11db7 : 0);
    }
    ew_put_u32le(page + 22, crc);
}

static size_t make_ogg(uint8_t *out)
{
    size_t at = 0;
    for (size_t page = 0; page < 4; page++) {
        memset(out + at, 0, 27);
        memcpy(out + at, "OggS", 4);
        ew_put_u32le(out + at + 14, 77);
        ew_put_u32le(out + at + 18, (uint32_t)page);
        out[at + 26] = (uint8_t)page;
        for (size_t i = 0; i < page; i++)
            out[at + 27 + i] = (uint8_t)(10 * i);
        size_t body = page * (page > 0 ? page - 1 : 0) * 5;
        memset(out + at + 27 + page, 'O', body);
        sum_page(out + at, 27 + page + body);
        at += 27 + page + body;
    }
    return at;
}

static void test_ogg(void **state)
{
    (void)state;
    uint8_t ogg[1000];
    size_t n = make_ogg(ogg);
    split p = checked(ogg, n, EW_SPLIT_AUTO, EW_SPLIT_OGG);
    assert_int_equal(p.cuts.n, 4);
    assert_int_equal(cut_everywhere(&p, ogg), 0);
    ew_cuts_release(&p.cuts);
    assert_int_equal(try_split(ogg, n - 1, EW_SPLIT_OGG, &p), EW_E_FORMAT);
    assert_int_equal(try_split(ogg, 0, EW_SPLIT_OGG, &p), EW_E_FORMAT);
    p = checked(ogg, n - 1, EW_SPLIT_AUTO, EW_SPLIT_WHOLE);
    ew_cuts_release(&p.cuts);
    for (size_t i = 0; i < n; i++) { /* no byte of a page is left out of account */
        ogg[i] ^= 1;
        assert_int_equal(try_split(ogg, n, EW_SPLIT_OGG, &p), EW_E_FORMAT);
        ogg[i] ^= 1;
    }
}

/* Row 9: pages of one stream in another order, twice, or with bytes that were not there. */
static void row_09_ogg_pages(void **state)
{
    (void)state;
    uint8_t ogg[1000];
    size_t n = make_ogg(ogg);
    split p = checked(ogg, n, EW_SPLIT_OGG, EW_SPLIT_OGG);
    uint8_t *second = ogg + p.cuts.ends[0];
    const size_t bytes = (size_t)p.lengths[1];
    static const struct {
        uint32_t number, serial;
        uint8_t flags;
        bool fits;
    } cases[] = {{1, 77, 0, true},           {0, 77, 0, false},
                 {0, 77, 2, true},           {0, 78, 0, true},
                 {9, 77, 0, true},           {0x80000000, 77, 0, false},
                 {0xFFFFFFFF, 77, 0, false}, {0, 77, 4, false}};
    for (size_t i = 0; i < EW_COUNT(cases); i++) {
        second[5] = cases[i].flags;
        ew_put_u32le(second + 14, cases[i].serial);
        ew_put_u32le(second + 18, cases[i].number);
        sum_page(second, bytes);
        ew_shown run = shown(&p, ogg, 0, 2);
        assert_int_equal(ew_split_fits(&p.s, &run), cases[i].fits);
        run = shown(&p, ogg, 1, 1); /* alone it says nothing of an order */
        assert_true(ew_split_fits(&p.s, &run));
        second[bytes - 1] ^= 1;
        assert_false(ew_split_fits(&p.s, &run));
        second[bytes - 1] ^= 1;
    }
    ew_cuts_release(&p.cuts);
}

/* Row 9: a slot holds the line of its own key and nothing else. */
static void row_09_metadata(void **state)
{
    (void)state;
    const uint64_t name = ew_meta_slot(ew_slice_of("name"));
    const uint64_t from = ew_meta_slot(ew_slice_of("from"));
    const uint64_t none = EW_META_SLOTS - 1;
    const struct {
        uint64_t slot;
        const char *text;
        bool fits;
    } cases[] = {{name, "name=a.wav\n", true},
                 {from, "from=Ann = Bob\n", true},
                 {name, "", true},
                 {none, "", true},
                 {EW_META_SLOTS, "", false},
                 {from, "name=a.wav\n", false},
                 {name, "name=a.wav", false},
                 {name, "name=\n", false},
                 {name, "name=a\nfrom=b\n", false},
                 {name, "name=a\x01\n", false},
                 {name, "name=\xFF\n", false},
                 {name, "name\n", false},
                 {none, "name=a\n", false},
                 {name, "\n", false}};
    static const uint8_t kinds[] = {EW_PART_META, EW_PART_CONTENT};
    static const ew_stream s = {.splitter = EW_SPLIT_META, .n = EW_META_SLOTS};
    for (size_t i = 0; i < EW_COUNT(cases); i++) {
        uint64_t n = strlen(cases[i].text);
        ew_shown run = {cases[i].slot, 1, kinds, &n, (const uint8_t *)cases[i].text};
        assert_int_equal(ew_split_fits(&s, &run), cases[i].fits);
        run.kinds = kinds + 1;
        assert_false(ew_split_fits(&s, &run));
    }
    for (size_t i = 0; i < EW_META_SLOTS; i++)
        if (ew_meta_key(i) != NULL)
            assert_int_equal(ew_meta_slot(ew_slice_of(ew_meta_key(i))), i);
    assert_int_equal(ew_meta_slot(ew_slice_of("nothing")), EW_META_SLOTS);
    assert_null(ew_meta_key(none));
    assert_null(ew_meta_key(99));
}

static void row_09_seals(void **state)
{
    (void)state;
    uint8_t seals[96];
    memset(seals, 's', sizeof seals);
    split p = checked(seals, 96, EW_SPLIT_SEALS, EW_SPLIT_SEALS);
    assert_int_equal(p.cuts.n, 3);
    assert_int_equal(cut_everywhere(&p, seals), 0);
    uint64_t joined = 64;
    ew_shown run = shown(&p, seals, 0, 1);
    run.lengths = &joined;
    assert_false(ew_split_fits(&p.s, &run));
    ew_cuts_release(&p.cuts);
    for (size_t n = 0; n < 96; n++)
        if (n % 32 != 0 || n == 0)
            assert_int_equal(try_split(seals, n, EW_SPLIT_SEALS, &p), EW_E_FORMAT);
}

static void test_mp3_and_aac(void **state)
{
    (void)state;
    uint8_t mp3[4000] = "ID3\x04\x00\x00\x00\x00\x00\x05tag..";
    size_t at = 15;
    for (int i = 0; i < 5; i++) {
        /* MPEG 1 layer III, 128 kbit/s, 44.1 kHz; every other one padded */
        const uint8_t head[4] = {0xFF, 0xFB, (uint8_t)(0x90 | (i % 2 << 1)), 0xC4};
        memcpy(mp3 + at, head, 4);
        at += (size_t)(417 + i % 2);
    }
    memcpy(mp3 + at, "TAG", 3);
    split p = checked(mp3, at + 128, EW_SPLIT_AUTO, EW_SPLIT_MP3);
    assert_int_equal(p.cuts.n, 7);
    assert_int_equal(p.lengths[1], 417);
    assert_int_equal(p.lengths[2], 418);
    ew_cuts_release(&p.cuts);
    uint8_t aac[1000] = {0};
    at = 0;
    for (int i = 0; i < 5; i++) {
        size_t n = (size_t)(100 + i);
        const uint8_t head[7] = {0xFF,
                                 0xF1,
                                 0x50,
                                 (uint8_t)(0x80 | n >> 11),
                                 (uint8_t)(n >> 3),
                                 (uint8_t)(n << 5),
                                 0xFC};
        memcpy(aac + at, head, 7);
        at += n;
    }
    p = checked(aac, at, EW_SPLIT_AUTO, EW_SPLIT_AAC);
    assert_int_equal(p.cuts.n, 5);
    assert_int_equal(cut_everywhere(&p, aac), 0);
    ew_cuts_release(&p.cuts);
    assert_int_equal(try_split(aac, at, EW_SPLIT_MP3, &p), EW_E_FORMAT);
}

/* One part, claimed to stand at `index` of n. */
static bool fits(ew_stream s, uint64_t index, uint8_t kind, const void *bytes,
                 uint64_t length)
{
    ew_shown run = {index, 1, &kind, &length, bytes};
    return ew_split_fits(&s, &run);
}

/* Row 9: of coded sound a part is a whole frame and nothing else, also at the end. */
static void row_09_frames(void **state)
{
    (void)state;
    static uint8_t mp3[3000];
    const uint8_t head[4] = {0xFF, 0xFB, 0x90, 0xC4};
    for (size_t i = 0; i < 5; i++)
        memcpy(mp3 + 417 * i, head, 4);
    split p = checked(mp3, 417 * 5 + 128, EW_SPLIT_AUTO, EW_SPLIT_MP3);
    assert_int_equal(p.cuts.n, 6);
    cut_everywhere(&p, mp3);
    for (uint64_t n = 1; n < 900; n++)
        assert_int_equal(fits(p.s, 1, EW_PART_CONTENT, mp3, n), n == 417);
    /* Frames passed off as what follows them, a tail in the middle, a head that is no tag. */
    assert_false(fits(p.s, 5, EW_PART_TAIL, mp3, 417 + 128));
    assert_false(fits(p.s, 5, EW_PART_TAIL, mp3, 417));
    assert_true(fits(p.s, 5, EW_PART_TAIL, mp3, 416)); /* torn */
    assert_true(fits(p.s, 5, EW_PART_TAIL, mp3, 5));
    assert_false(fits(p.s, 4, EW_PART_TAIL, mp3 + 417 * 5, 128));
    assert_false(fits(p.s, 0, EW_PART_TAIL, mp3 + 417 * 5, 128));
    assert_false(fits(p.s, 0, EW_PART_HEAD, mp3, 417));
    assert_false(fits(p.s, 1, EW_PART_HEAD, "ID3\x04\0\0\0\0\0\0", 10));
    assert_true(fits(p.s, 0, EW_PART_HEAD, "ID3\x04\0\0\0\0\0\0", 10));
    assert_false(fits(p.s, 0, EW_PART_HEAD, "ID3\x04\0\0\0\0\0\1", 10));
    assert_false(fits(p.s, 1, EW_PART_BODY, mp3, 417));
    assert_false(fits(p.s, 1, EW_PART_CONTENT, mp3, 0));
    ew_cuts_release(&p.cuts);
}

/* Row 9: blocks are as long as the seal says; only the end is shorter. */
static void row_09_blocks(void **state)
{
    (void)state;
    static uint8_t wav[20000];
    size_t n = make_wav(wav, 3200 * 4 + 100, true);
    split p = checked(wav, n, EW_SPLIT_AUTO, EW_SPLIT_GRID);
    for (uint64_t k = 0; k < 3300; k++) {
        assert_int_equal(fits(p.s, 2, EW_PART_CONTENT, wav, k), k == 3200);
        /* The last but one may be the end of the sound, before a tail. */
        assert_int_equal(fits(p.s, 5, EW_PART_CONTENT, wav, k), k > 0 && k <= 3200);
    }
    assert_false(fits(p.s, 0, EW_PART_CONTENT, wav + 44, 3200));
    assert_false(fits(p.s, 1, EW_PART_HEAD, wav, 44));
    assert_false(fits(p.s, 0, EW_PART_HEAD, wav, 45));
    assert_false(fits(p.s, 0, EW_PART_HEAD, wav, 43));
    assert_false(fits(p.s, 5, EW_PART_TAIL, wav, 12));
    assert_true(fits(p.s, 6, EW_PART_TAIL, wav, 12));
    /* A short block and then a block. */
    static const uint8_t kinds[] = {EW_PART_CONTENT, EW_PART_CONTENT};
    static const uint64_t lengths[] = {100, 3200};
    ew_shown run = {5, 2, kinds, lengths, wav};
    assert_false(ew_split_fits(&p.s, &run));
    ew_cuts_release(&p.cuts);
    /* A whole is one part. */
    ew_stream s = {.splitter = EW_SPLIT_WHOLE, .n = 1};
    assert_true(fits(s, 0, EW_PART_CONTENT, "abc", 3));
    assert_false(fits(s, 0, EW_PART_BODY, "abc", 3));
    s.n = 2;
    assert_false(fits(s, 0, EW_PART_CONTENT, "abc", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid),        cmocka_unit_test(test_ogg),
        cmocka_unit_test(row_09_ogg_pages), cmocka_unit_test(row_09_frames),
        cmocka_unit_test(row_09_blocks),    cmocka_unit_test(row_09_metadata),
        cmocka_unit_test(row_09_seals),     cmocka_unit_test(test_mp3_and_aac),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
