/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges as people write them become parts; in doubt a part is hidden. */
#include "seal/select.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "support.h"

/* n parts of ten bytes, all content but where `kinds` says otherwise. */
static ew_cuts cuts_of(size_t n, const char *kinds)
{
    ew_cuts c = {0};
    for (size_t i = 0; i < n; i++) {
        ew_part_kind kind =
            kinds != NULL ? (ew_part_kind)(kinds[i] - '0') : EW_PART_CONTENT;
        assert_int_equal(ew_cuts_add(&c, 10 * (i + 1), kind, NULL), EW_OK);
    }
    return c;
}

/* "0+3 7+1": the runs as text; "!" when refused. */
static const char *chosen_of(const ew_select_in *in)
{
    static char text[256];
    ew_selection got;
    size_t at = 0;
    text[0] = 0;
    if (ew_select(&got, in, NULL) != EW_OK)
        return "!";
    ew_view v = {in->cuts->n, got.runs, got.run_count};
    assert_true(ew_view_ok(&v));
    for (size_t i = 0; i < got.run_count; i++)
        at +=
            (size_t)snprintf(text + at, sizeof text - at, "%s%ju+%ju", i > 0 ? " " : "",
                             (uintmax_t)got.runs[i].first, (uintmax_t)got.runs[i].count);
    ew_selection_release(&got);
    return text;
}

/* Of parts of ten bytes without content of their own. */
static const char *chosen(ew_splitter splitter, const ew_cuts *cuts, const char *show,
                          const char *hide)
{
    static uint8_t nothing[1000];
    ew_memory m = {nothing, sizeof nothing};
    ew_stream s = {.splitter = splitter,
                   .n = cuts->n,
                   .rate_hz = 100,
                   .channels = 1,
                   .block_frames = 10};
    ew_select_in in = {&s, cuts, ew_src_memory(&m), show, hide, NULL};
    return chosen_of(&in);
}

/* Of a file. */
static const char *chosen_from(const void *bytes, size_t n, ew_splitter which,
                               const char *show, const char *hide)
{
    ew_memory m = {bytes, n};
    ew_src src = ew_src_memory(&m);
    ew_cuts cuts;
    ew_stream s;
    assert_int_equal(ew_split(&src, which, &cuts, &s, NULL), EW_OK);
    ew_select_in in = {&s, &cuts, src, show, hide, NULL};
    const char *text = chosen_of(&in);
    ew_cuts_release(&cuts);
    return text;
}

static void test_grid(void **state)
{
    (void)state;
    /* A head, 30 blocks of 100 ms, a tail. */
    ew_cuts c = cuts_of(32, "21111111111111111111111111111113");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0.5-1", NULL), "6+5");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0:00.51-0:00:01.09", NULL), "7+4");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0.51-1.01"), "1+5 12+19");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0-0.001,2.999-9"), "2+28");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0-99", NULL), "1+30");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0.51-0.55", NULL), "");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "all", NULL), "0+32");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "all"), "");
    static const char *const bad[] = {
        "",       "1",    "1-",  "-1",   "2-1",  "1-1",  "3.1-4",      "1:2:3:4-5:0:0",
        "1..2-3", "1.-2", "x-y", "0-1,", ",0-1", "0-1 ", "0-999999999"};
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        assert_string_equal(chosen(EW_SPLIT_GRID, &c, bad[i], NULL), "!");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, NULL), "!");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "all", "all"), "");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0.5-2", "1-1.05,1.95-end"),
                        "6+5 12+8");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "all", "1-1.05"), "1+10 12+19");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "head,all", "1-1.05"), "0+11 12+19");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "head,#1-2,#30,tail", NULL),
                        "0+3 30+2");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "2.5-end", NULL), "26+5");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0.500001-1.099999", NULL), "7+4");
    ew_cuts_release(&c);
}

/* A head that says nothing is no secret, but where the end of the sound is one. */
static void test_plain_head(void **state)
{
    (void)state;
    ew_cuts c = cuts_of(31, "2111111111111111111111111111111");
    for (size_t i = 0; i < c.n; i++)
        c.ends[i] += 34; /* a head of 44 bytes */
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0.51-1.01"), "0+6 12+19");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "2-3"), "1+20");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "2.5-9", NULL), "0+1 26+5");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "all"), "");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "head"), "1+30");
    for (size_t i = 0; i < c.n; i++)
        c.ends[i] += 2; /* with room for something */
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0.51-1.01"), "1+5 12+19");
    ew_cuts_release(&c);
    c = cuts_of(4, "2113");
    for (size_t i = 0; i < c.n; i++)
        c.ends[i] += 34;
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0-0.1"), "2+1");
    ew_cuts_release(&c);
}

static void test_chat(void **state)
{
    (void)state;
    /* Text before, then messages: time sender body | time body | time sender file body */
    ew_cuts c = cuts_of(10, "2456464576");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "2", NULL), "4+2");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "1,3", NULL), "1+3 6+4");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, NULL, "2"), "1+3 6+4");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, NULL, "1-3"), "");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "4", NULL), "!");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "0-1", NULL), "!");
    ew_cuts_release(&c);
}

static const char chat[] =
    "Exported\n"
    "[1/2/20, 10:00] Ann: one\n"
    "\xE2\x80\x8E[1/2/20, 10:01] \xE2\x80\xAA+1 2\xE2\x80\xAC: two\n"
    "[2/2/20, 9:00] Bob, the \"first\": three\n"
    "[2/2/20, 9:01] Ann left\n"
    "[2/2/2020, 9:02] Ann: <attached: a.opus>\nfour\n";

static const char *of_chat(const char *show, const char *hide)
{
    return chosen_from(chat, sizeof chat - 1, EW_SPLIT_CHAT, show, hide);
}

/* Parts: 0 head, 1-3 Ann, 4-6 +1 2, 7-9 Bob, 10-11 a remark, 12-15 Ann */
static void test_senders_and_days(void **state)
{
    (void)state;
    assert_string_equal(of_chat("sender:Ann", NULL), "1+3 12+4");
    assert_string_equal(of_chat(NULL, "sender:Ann"), "4+8");
    assert_string_equal(of_chat("sender:+1 2,1", NULL), "1+6");
    assert_string_equal(of_chat("sender:\"Bob, the \"\"first\"\"\"", NULL), "7+3");
    assert_string_equal(of_chat("sender:Ann", "5"), "1+3");
    assert_string_equal(of_chat("all", "sender:Ann"), "4+8");
    assert_string_equal(of_chat("on:1/2/20", NULL), "1+6");
    assert_string_equal(of_chat("on:2/2/20", NULL), "7+5");
    assert_string_equal(of_chat("on:\"1/2/20, 10:01\"..\"2/2/20, 9:00\"", NULL), "4+6");
    assert_string_equal(of_chat("on:2/2/20..2/2/2020,head", NULL), "0+1 7+9");
    char on[2000] =
        "on:2/2/20..2/2/2020"; /* the second text is longer than the first's room */
    memset(on + strlen(on), 'x', sizeof on - strlen(on) - 1);
    assert_string_equal(of_chat(on, NULL), "!");
    assert_string_equal(of_chat("1-end", "senders"), "1+1 3+2 6+2 9+4 14+2");
    assert_string_equal(of_chat("bodies", "3"), "3+1 6+1 11+1 15+1");
    assert_string_equal(of_chat("attachments", NULL), "14+1");
    assert_string_equal(of_chat("times", "1-4"), "12+1");
    assert_string_equal(of_chat("4-end,#1", NULL), "1+3 10+6");
    static const char *const bad[] = {"sender:",
                                      "sender:ann",
                                      "sender:Ann ",
                                      "sender:\"Ann",
                                      "sender:\"Ann\"x",
                                      "sender:Ann,",
                                      "on:",
                                      "on:3/2/20",
                                      "on:2/2/20..1/2/20",
                                      "on:1/2/2",
                                      "on:1/2/20..",
                                      "6",
                                      "1-6",
                                      "0",
                                      "sender",
                                      "sender:\"\"",
                                      "Ann",
                                      "1,,2",
                                      "0:01-0:02",
                                      "#",
                                      "on:1/2/20..1/2/20..1/2/20"};
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        assert_string_equal(of_chat(bad[i], NULL), "!");
        assert_string_equal(of_chat(NULL, bad[i]), "!");
    }
}

/* ------------------------------------------------------------------ coded sound */

/* n frames of MPEG 1 layer III, 128 kbit/s, 44.1 kHz mono: 417 bytes, 26.122 ms each; the first is
 * a table for seeking when asked for. */
static size_t make_mp3(uint8_t *out, size_t n, bool table)
{
    memset(out, 0, 417 * n);
    for (size_t i = 0; i < n; i++)
        memcpy(out + 417 * i, "\xFF\xFB\x90\xC4", 4);
    if (table)
        memcpy(out + 21, "Xing", 4);
    return 417 * n;
}

/* Of MPEG 2, 8 kbit/s, 24 kHz mono: 24 bytes, 24 ms each, of which 11 are sound. */
static size_t make_thin_mp3(uint8_t *out, size_t n)
{
    memset(out, 0, 24 * n);
    for (size_t i = 0; i < n; i++)
        memcpy(out + 24 * i, "\xFF\xF3\x14\xC4", 4);
    return 24 * n;
}

static size_t make_aac(uint8_t *out, size_t n)
{
    /* 48 kHz, 100 bytes, 21.333 ms each */
    memset(out, 0, 100 * n);
    for (size_t i = 0; i < n; i++)
        memcpy(out + 100 * i, "\xFF\xF1\x4C\x80\x0C\x9F\xFC", 7);
    return 100 * n;
}

static uint8_t sound[200000];

/* Row 19: what sounds on in the frames beside a hidden one is hidden with it. */
static void row_19_guard_frames(void **state)
{
    (void)state;
    size_t n = make_mp3(sound, 60, false);
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, NULL, "#30"), "0+19 40+20");
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, NULL, "0.8-0.81"),
                        "0+20 42+18");
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, "0-1", NULL), "0+28");
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, "0-end", NULL), "0+60");
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, "0-end", "#60"), "0+49");
    n = make_mp3(sound, 60, true);
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, NULL, "0.8-0.81"),
                        "1+20 43+17");
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, "head,0-end", NULL), "0+60");
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, "all", "#60"), "1+48");
    /* Sound of frame 50 may lie up to 511 bytes back, at 11 bytes a frame. */
    n = make_thin_mp3(sound, 80);
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_MP3, NULL, "#60"), "0+12 70+10");
    n = make_aac(sound, 40);
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_AAC, NULL, "#20,#25"),
                        "0+17 27+13");
    assert_string_equal(chosen_from(sound, n, EW_SPLIT_AAC, NULL, "0.43-0.44"),
                        "0+18 23+17");
    ew_cuts c = cuts_of(40, NULL);
    assert_string_equal(chosen(EW_SPLIT_PARA, &c, NULL, "20"), "0+19 20+20");
    ew_cuts_release(&c);
}

/* ------------------------------------------------------------------ Ogg */

typedef struct ogg {
    size_t n;
    uint32_t number, serial;
} ogg;

static void sum_page(uint8_t *page, size_t n)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint32_t)page[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 31 != 0 ? 0x04c11db7 : 0);
    }
    ew_put_u32le(page + 22, crc);
}

enum { PACKET = 24 };
static const char opus_head[PACKET] = "OpusHead\x01\x01\x38\x01\x80\xBB";
static const char opus_tags[PACKET] = "OpusTags";
static const char opus_sound[PACKET] = "\x08sound"; /* 20 ms */
static const char strange[PACKET] = "strange";

static void add_page(ogg *o, uint64_t granule, uint8_t flags, const char *packet,
                     size_t packets)
{
    uint8_t *p = sound + o->n;
    size_t body = 27 + packets;
    memset(p, 0, 27);
    memcpy(p, "OggS", 4);
    p[5] = flags;
    ew_put_u64le(p + 6, granule);
    ew_put_u32le(p + 14, o->serial);
    ew_put_u32le(p + 18, o->number++);
    p[26] = (uint8_t)packets;
    memset(p + 27, PACKET, packets);
    for (size_t i = 0; i < packets; i++)
        memcpy(p + body + i * PACKET, packet, PACKET);
    o->n += body + packets * PACKET;
    sum_page(p, body + packets * PACKET);
}

/* Opus at 20 ms a packet, `packets` to a page, from sample `start` on; 312 are skipped. */
static void add_opus(ogg *o, uint32_t serial, uint64_t start, size_t pages,
                     size_t packets)
{
    o->serial = serial;
    add_page(o, 0, 2, opus_head, 1);
    add_page(o, 0, 0, opus_tags, 1);
    for (size_t i = 1; i <= pages; i++)
        add_page(o, start + i * packets * 960, 0, opus_sound, packets);
}

static void row_19_ogg_pages(void **state)
{
    (void)state;
    ogg o = {0};
    add_opus(&o, 1, 0, 10, 50); /* a second each, the first 6.5 ms are not heard */
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, NULL, "3.2-3.3"),
                        "2+2 7+5");
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, "2-8", NULL), "6+3");
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, "head,0-end", NULL),
                        "0+12");
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, "head,0-5", NULL), "0+6");
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, NULL, "9.98-9.99"), "2+8");
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, "11-12", NULL), "!");
    /* Pages shorter than what Opus carries over: 100 ms on each side. */
    o = (ogg){0};
    add_opus(&o, 1, 4800000, 20, 2);
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, NULL, "0.40-0.41"),
                        "2+7 16+6");
    /* A chain: the second link begins where the first ends. */
    o = (ogg){0};
    add_opus(&o, 1, 0, 5, 50);
    add_opus(&o, 2, 960000, 5, 50);
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, "0-end", "7-7.1"),
                        "2+5 9+1 13+1");
    /* A codec that nobody knows: numbers only, and a wider guard. */
    o = (ogg){0};
    for (unsigned i = 0; i < 30; i++)
        add_page(&o, i, i == 0 ? 2 : 0, strange, 1);
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, "0-1", NULL), "!");
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, NULL, "#15"), "0+6 23+7");
    /* Beside a known one: in doubt it is hidden. */
    o = (ogg){0};
    o.serial = 9;
    add_page(&o, 0, 2, strange, 1);
    add_opus(&o, 1, 0, 1, 50);
    for (unsigned i = 2; i < 10; i++) {
        o.serial = 1;
        add_page(&o, i * 48000, 0, opus_sound, 50);
        o.serial = 9;
        add_page(&o, i, 0, strange, 1);
    }
    assert_string_equal(chosen_from(sound, o.n, EW_SPLIT_OGG, NULL, "0-0.5"),
                        "6+1 8+1 10+1 12+1 14+1 16+1 18+1");
}

static ew_code select_work(void *arg, ew_err *err)
{
    ew_select_in *in = arg;
    ew_selection got;
    ew_code code = ew_select(&got, in, err);
    ew_selection_release(&got);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    ogg o = {0};
    add_opus(&o, 1, 0, 10, 50);
    ew_memory m = {sound, o.n};
    ew_src src = ew_src_memory(&m);
    ew_cuts cuts;
    ew_stream s;
    assert_int_equal(ew_split(&src, EW_SPLIT_OGG, &cuts, &s, NULL), EW_OK);
    ew_select_in in = {&s, &cuts, src, "0-5", "#3", NULL};
    assert_true(test_torture_alloc(select_work, &in, 0) > 5);
    ew_cuts_release(&cuts);
    m = (ew_memory){(const uint8_t *)chat, sizeof chat - 1};
    src = ew_src_memory(&m);
    assert_int_equal(ew_split(&src, EW_SPLIT_CHAT, &cuts, &s, NULL), EW_OK);
    in = (ew_select_in){&s, &cuts, src, "sender:Ann", NULL, NULL};
    assert_true(test_torture_alloc(select_work, &in, 0) > 3);
    ew_cuts_release(&cuts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid),           cmocka_unit_test(test_plain_head),
        cmocka_unit_test(test_chat),           cmocka_unit_test(test_senders_and_days),
        cmocka_unit_test(row_19_guard_frames), cmocka_unit_test(row_19_ogg_pages),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
