/* SPDX-License-Identifier: Apache-2.0 */
/* What is concluded from what a file says of itself: each contradiction found, each thing
 * that is in order left alone, nonsense survived. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "earwitness/inspect.h"
#include "support.h"

enum { RATE = 8000, SECONDS = 10 };

/* 10 s of sound whose file says this; ends with a NULL key. */
static ew_code look(const ew_clue *clues, ew_inspection **found, ew_err *err)
{
    const ew_inspect_sound sound = {.rate_hz = RATE, .channels = 1, .lossy = true};
    const ew_inspect_opts opts = {.max_false_per_hour = 1, .only = "container"};
    static const float second[RATE];
    ew_inspector *in = NULL;
    size_t n = 0;
    ew_code rc = ew_inspector_new(&in, &sound, &opts, err);

    while (clues[n].key != NULL)
        n++;
    for (int s = 0; s < SECONDS && rc >= 0; s++)
        rc = ew_inspector_feed(in, second, RATE, err);
    if (rc >= 0) {
        ew_inspector_clues(in, clues, n);
        rc = ew_inspector_finish(in, found, err);
    }
    ew_inspector_free(in);
    return rc;
}

static const ew_trace *with_words(const ew_inspection *i, const char *words)
{
    for (size_t k = 0; k < i->trace_count; k++)
        if (strstr(i->traces[k].text, words) != NULL)
            return &i->traces[k];
    return NULL;
}

static void finds(const ew_clue *clues, const char *words, ew_trace_kind kind)
{
    ew_inspection *i = NULL;
    const ew_trace *t;
    ew_err err;

    assert_int_equal(look(clues, &i, &err), EW_OK);
    t = with_words(i, words);
    if (t == NULL)
        fail_msg("'%s' was not found among %zu", words, i->trace_count);
    assert_int_equal(t->kind, kind);
    assert_string_equal(t->method, "container");
    assert_true(t->false_per_hour < 0);
    ew_inspection_free(i);
}

static void finds_nothing(const ew_clue *clues)
{
    ew_inspection *i = NULL;

    assert_int_equal(look(clues, &i, NULL), EW_OK);
    if (i->trace_count > 0)
        fail_msg("found: %s", i->traces[0].text);
    ew_inspection_free(i);
}

#define CLUES(...) ((const ew_clue[]){__VA_ARGS__, {NULL, NULL}})

static void lengths(void **state)
{
    (void)state;
    finds_nothing(CLUES({"stream.ms", "10040"}));
    finds(CLUES({"stream.ms", "12000"}), "only 10.00 s can be decoded", EW_TRACE_FACT);
    finds(CLUES({"container.ms", "8000"}), "something was added", EW_TRACE_FACT);
    finds_nothing(CLUES({"mp3.frames", "100"}, {"mp3.xing-frames", "100"}));
    finds(CLUES({"mp3.frames", "90"}, {"mp3.xing-frames", "100"}),
          "counts 100 frames, the file has 90: frames were taken out", EW_TRACE_CHANGE);
    finds(CLUES({"mp3.frames", "110"}, {"mp3.xing-frames", "100"}),
          "the file has 110: frames were put in", EW_TRACE_CHANGE);
    finds(CLUES({"riff.beyond", "5"}), "promises 5 bytes more", EW_TRACE_FACT);
    finds(CLUES({"mp4.box-beyond", "mdat 5"}), "(mdat 5 bytes)", EW_TRACE_FACT);
    finds(CLUES({"mp3.bytes", "90"}, {"mp3.xing-bytes", "100"}), "counts 100 bytes",
          EW_TRACE_FACT);
    finds_nothing(CLUES({"mp3.music-crc", "77 77"}));
    finds(CLUES({"mp3.music-crc", "77 78"}), "checksum", EW_TRACE_CHANGE);
    finds_nothing(CLUES({"mp3.vbr-method", "constant"}, {"mp3.bit-rates", "64"}));
    finds_nothing(CLUES({"mp3.vbr-method", "average"}, {"mp3.bit-rates", "32 to 96"}));
    finds(CLUES({"mp3.vbr-method", "constant"}, {"mp3.bit-rates", "64 to 96"}),
          "64 to 96 kbit/s", EW_TRACE_CHANGE);
    finds(CLUES({"flac.md5", "differs"}), "FLAC header", EW_TRACE_CHANGE);
    finds_nothing(CLUES({"flac.md5", "same"}));
}

static void gapless(void **state)
{
    (void)state;
    finds_nothing(
        CLUES({"mp3.frames", "100"}, {"mp3.delay", "576"}, {"mp3.padding", "1000"}));
    finds(CLUES({"mp3.frames", "2"}, {"mp3.delay", "576"}, {"mp3.padding", "1900"}),
          "longer than the sound", EW_TRACE_CHANGE);
    finds(CLUES({"mp3.frames", "100"}, {"mp3.delay", "4000"}, {"mp3.padding", "0"}),
          "than any encoder needs", EW_TRACE_FACT);
    finds_nothing(
        CLUES({"mp4.itunsmpb", " 00000000 00000840 000001CA 0000000000013880"}));
    finds(CLUES({"tag.file", "iTunSMPB= 00000000 00000840 000001CA 00000000000FFFFF"}),
          "iTunSMPB says 131.07 s", EW_TRACE_CHANGE);
    finds_nothing(CLUES({"mp4.itunsmpb", "zero"}));
}

static void edit_lists(void **state)
{
    (void)state;
    finds_nothing(CLUES({"mp4.media-ms", "10120"}, {"mp4.edit", "10000 120 1"}));
    finds_nothing(CLUES({"mp4.media-ms", "10000"}, {"mp4.edit", "50 -1 1"},
                        {"mp4.edit", "10000 0 1"}));
    finds(CLUES({"mp4.media-ms", "14000"}, {"mp4.edit", "10000 2000 1"}),
          "leaves out 4.00 s of 14.00 s", EW_TRACE_CHANGE);
    finds(CLUES({"mp4.media-ms", "10000"}, {"mp4.edit", "4000 0 1"},
                {"mp4.edit", "6000 4000 1"}),
          "2 pieces of the stored sound", EW_TRACE_CHANGE);
    finds_nothing(CLUES({"mp4.mdat-bytes", "100000"}, {"mp4.used-bytes", "99900"}));
    finds(CLUES({"mp4.mdat-bytes", "100000"}, {"mp4.used-bytes", "50000"}),
          "50000 of 100000 bytes", EW_TRACE_CHANGE);
    finds(CLUES({"mp4.beyond", "3"}), "3 packets", EW_TRACE_FACT);
}

static void places(void **state)
{
    const ew_clue *twice =
        CLUES({"mp3.junk", "16000 45 an ID3v2 tag"}, {"mp3.settings", "16000 emphasis"},
              {"event.encoder", "16010 9 Lavc59"}, {"packets.skip-start", "1105"});
    ew_inspection *i = NULL;

    (void)state;
    assert_int_equal(look(twice, &i, NULL), EW_OK);
    assert_int_equal(i->trace_count, 1); /* one place is told once */
    assert_int_equal(i->traces[0].start, 16010 - 1105);
    assert_non_null(with_words(i, "two coded files"));
    ew_inspection_free(i);
    finds(CLUES({"event.jump", "100 -4000"}), "back by 0.500 s", EW_TRACE_CHANGE);
    finds(CLUES({"event.jump", "100 -4000"}, {"stream.rate", "16000"}), "0.250 s",
          EW_TRACE_CHANGE);
    finds(CLUES({"event.format", "5 8000 1 16000 2"}), "8000 Hz, 1 channels to 16000 Hz",
          EW_TRACE_CHANGE);
    finds(CLUES({"event.corrupt", "5 7"}), "marked as damaged", EW_TRACE_FACT);
    finds(CLUES({"event.elsewhere", "5 7"}), "byte 7", EW_TRACE_CHANGE);
    finds(CLUES({"mp3.break", "5 400 20"}), "needs 400 bytes", EW_TRACE_CHANGE);
    finds(CLUES({"mp3.cut-start", "0 400"}), "a piece of a longer MP3", EW_TRACE_CHANGE);
    finds(CLUES({"ogg.event", "9 pages are odd"}), "pages are odd", EW_TRACE_CHANGE);
}

/* FFmpeg's AAC encoder signs every 256th packet, LAME wherever it fills up. */
static void marks_that_are_in_order(void **state)
{
    (void)state;
    finds_nothing(CLUES({"stream.codec", "aac"}, {"packets.mark", "Lavc59"},
                        {"event.encoder", "262144 256 Lavc59"}));
    finds_nothing(CLUES({"event.encoder", "9000 7 LAME3.100UUU"}));
    finds_nothing(CLUES({"packets.count", "10"}, {"event.encoder", "9000 9 Lavc"}));
    finds(CLUES({"stream.codec", "aac"}, {"packets.mark", "Lavc59"},
                {"event.encoder", "20000 20 Lavc59"}),
          "put together here", EW_TRACE_CHANGE);
    finds(CLUES({"stream.codec", "aac"}, {"event.encoder", "20000 113 Lavc59"}),
          "the first 143 packets", EW_TRACE_CHANGE);
}

static void metadata(void **state)
{
    (void)state;
    finds_nothing(CLUES({"tag.file", "title=A talk"}, {"tag.file", "encoder=Lavf59"},
                        {"tag.file", "location="}));
    finds(CLUES({"tag.stream", "location-eng=+1+2/"}), "can endanger a source",
          EW_TRACE_FACT);
    finds(CLUES({"tag.file", "com.apple.quicktime.model=iPhone"}), "names the device",
          EW_TRACE_FACT);
    finds(CLUES({"tag.file", "ARTIST=Somebody"}), "names a person", EW_TRACE_FACT);
    finds(CLUES({"tag.file", "encoder=Lavf59"}, {"tag.file", "make=Apple"}),
          "FFmpeg, Apple", EW_TRACE_FACT);
    finds(CLUES({"tag.file", "software=Audacity 3"}), "made for editing (Audacity)",
          EW_TRACE_FACT);
    finds(CLUES({"now", "1700000000"}, {"tag.file", "date=2030-01-01"}), "in the future",
          EW_TRACE_FACT);
    finds(CLUES({"file.modified", "1000000000"},
                {"tag.file", "creation_time=2020-01-01T00:00:00"}),
          "later than the last change", EW_TRACE_FACT);
    finds_nothing(CLUES({"now", "1700000000"}, {"file.modified", "1690000000"},
                        {"tag.file", "creation_time=2020-02-29T23:59:59Z"}));
    finds(CLUES({"tag.file", "date=2020-01-01"},
                {"tag.file", "creation_time=2021-01-01T00:00:00"}),
          "give different dates", EW_TRACE_FACT);
    finds(CLUES({"mp4.created", "100"}, {"mp4.modified", "40"}),
          "changed 60 s before it was made", EW_TRACE_FACT);
    finds(CLUES({"mp4.created", "100"}, {"mp4.modified", "500"}), "400 s after",
          EW_TRACE_FACT);
    finds_nothing(CLUES({"mp4.created", "100"}, {"mp4.modified", "101"}));
}

static void other_parts(void **state)
{
    (void)state;
    finds(CLUES({"trailing", "14"}), "14 bytes stand behind", EW_TRACE_FACT);
    finds(CLUES({"picture", "png 1"}), "holds a picture", EW_TRACE_FACT);
    finds(CLUES({"chapters", "2"}), "2 chapter marks", EW_TRACE_FACT);
    finds(CLUES({"other", "audio aac"}), "2 sound streams", EW_TRACE_FACT);
    finds_nothing(CLUES({"other", "video h264"}));
}

static void facts_are_told(void **state)
{
    const ew_clue *clues = CLUES(
        {"container.name", "mp3"}, {"container.long", "MP3"}, {"stream.codec", "mp3"},
        {"stream.rate", "16000"}, {"stream.ms", "10000"}, {"packets.bytes", "80000"},
        {"mp4.edit", "50 -1 1"}, {"tag.file", "a=b=c"}, {"chapter", "0 1500 one"});
    ew_inspection *i = NULL;
    char all[4096] = "";

    (void)state;
    assert_int_equal(look(clues, &i, NULL), EW_OK);
    for (size_t k = 0; k < i->fact_count; k++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s/%s: %s\n",
                 i->facts[k].group, i->facts[k].name, i->facts[k].text);
    assert_non_null(strstr(all, "container/format: MP3 (mp3)\n"));
    assert_non_null(
        strstr(all, "sound/sample rate: 8000 Hz; the headers say 16000 Hz\n"));
    assert_non_null(strstr(all, "sound/bit rate: 64.0 kbit/s over all packets\n"));
    assert_non_null(strstr(all, "gapless/edit list: 50 ms of nothing\n"));
    assert_non_null(strstr(all, "metadata/a: b=c\n"));
    assert_non_null(strstr(all, "other/chapter: 0.000 to 1.500 s: one\n"));
    ew_inspection_free(i);
}

/* A decoder that has been taken over may say anything. */
static void nonsense(void **state)
{
    static const char *const values[] = {
        "",    "-",  "9223372036854775807",    "-5 -5 -5 -5",
        "1e9", "=a", "99999999999999999999 1", "1 1 1 1 1 1"};
    static const char *const keys[] = {
        "stream.ms",     "stream.rate",   "mp3.frames",         "mp3.xing-frames",
        "mp3.delay",     "mp3.padding",   "mp3.music-crc",      "mp4.edit",
        "mp4.media-ms",  "mp4.created",   "mp4.modified",       "mp4.mdat-bytes",
        "event.jump",    "event.format",  "event.encoder",      "mp3.break",
        "packets.bytes", "packets.count", "packets.skip-start", "tag.file",
        "chapter",       "trailing",      "mp4.itunsmpb",       "mp3.frame-samples",
    };
    enum { KEYS = sizeof keys / sizeof *keys };
    ew_clue clues[KEYS + 1];

    (void)state;
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (size_t other = 0; other < sizeof values / sizeof *values; other++) {
            ew_inspection *i = NULL;
            for (size_t k = 0; k < KEYS; k++)
                clues[k] = (ew_clue){keys[k], values[k % 2 ? v : other]};
            clues[KEYS] = (ew_clue){NULL, NULL};
            assert_int_equal(look(clues, &i, NULL), EW_OK);
            for (size_t k = 0; k < i->trace_count; k++)
                assert_true(i->traces[k].start >= 0 && i->traces[k].end <= i->samples);
            ew_inspection_free(i);
        }
}

static ew_code work(void *arg, ew_err *err)
{
    ew_inspection *i = NULL;
    ew_code rc = look(arg, &i, err);

    ew_inspection_free(i);
    return rc;
}

static void out_of_memory(void **state)
{
    ew_clue clues[] = {{"trailing", "14"},
                       {"tag.file", "a=b"},
                       {"stream.codec", "mp3"},
                       {"event.jump", "5 5000"},
                       {NULL, NULL}};

    (void)state;
    assert_true(test_torture_alloc(work, clues, 0) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths),     cmocka_unit_test(gapless),
        cmocka_unit_test(edit_lists),  cmocka_unit_test(places),
        cmocka_unit_test(metadata),    cmocka_unit_test(marks_that_are_in_order),
        cmocka_unit_test(other_parts), cmocka_unit_test(facts_are_told),
        cmocka_unit_test(nonsense),    cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
