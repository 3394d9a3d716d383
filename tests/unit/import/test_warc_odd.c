/* SPDX-License-Identifier: Apache-2.0 */
/* Web archives that are odd or broken. */
#include "warc_made.h"

#include "told_warc.h"

/* ------------------------------------------------------------------ odd and broken ones */

static void odd_heads(void **state)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    made_text(&b, "\r\n\r\nWARC/1.0\nwarc-type:response\nWARC-Target-URI: http://a.ex\n"
                  " ample/x y\nContent-Type:\tapplication/http\nWARC-DATE: "
                  "2024-05-06T07:08Z\nno colon\nX: a\1b\ncontent-length: 045\n\n"
                  "HTTP/1.0 200 OK\nContent-Type: text/plain\n\nabc\nWARC/1.0\n"
                  "WARC-Type: strange\nContent-Length: 0\n\n");
    expect(*state, &b,
           "capture http://a.ex ample/x y|text/plain|200 at=1714979280Z~ 3 bytes\n"
           "  begins: abc\n"
           "");
    ew_buf_init(&b, MADE_MAX);
    made_record(&b, false, "resource",
                "WARC-Target-URI: http://\xFF.example/\r\nWARC-Date: 2024\r\n"
                "Content-Type: text/plain\r\nWARC-Truncated: length\r\n"
                "WARC-Segment-Number: 1\r\n",
                "a\0b", 3);
    made_record(&b, false, "continuation", MADE_AT "WARC-Segment-Number: 2\r\n", "c", 1);
    expect(*state, &b,
           "gap content: the archiving program left off: length\n"
           "gap content: a record in segments: they are not put together\n"
           "remark a capture without a time that is understood\n"
           "capture http://\xEF\xBF\xBD.example/|text/plain|0 3 bytes cut\n"
           "  begins: a\n"
           "gap content: a record in segments: they are not put together\n"
           "");
}

static void lies(void **state)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    /* Longer than the file; shorter than it is; no length; a head without end. */
    made_text(&b,
              "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\n" MADE_AT
              "Content-Length: 18446744073709551615\r\n\r\nab\r\n\r\n");
    made_text(&b,
              "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/plain\r\n" MADE_AT
              "Content-Length: 1\r\n\r\nabcd\r\n\r\n");
    made_text(&b, "WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: x\r\n\r\nab\r\n");
    made_record(&b, false, "resource", MADE_AT "Content-Type: text/plain\r\n", "last", 4);
    made_text(&b, "WARC/1.0\r\nWARC-Type: ");
    expect(*state, &b,
           "gap content: a record of 18446744073709551615 bytes ends after 13\n"
           "capture http://a.example/|text/plain|0 at=1714979289Z 13 bytes cut\n"
           "  begins: ab\r\n\r\nWARC/1.\n"
           "capture http://a.example/|text/plain|0 at=1714979289Z 1 bytes\n"
           "  begins: a\n"
           "gap record: bytes that are no record\n"
           "gap record: a record that does not say how long it is\n"
           "capture http://a.example/|text/plain|0 at=1714979289Z 4 bytes\n"
           "  begins: last\n"
           "gap record: a record that breaks off in its head\n"
           "");
}

static void two_ways(void **state)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    made_record(&b, false, "resource",
                MADE_AT
                "Content-Type: text/plain\r\nwarc-target-uri: http://b.example/\r\n",
                "a", 1);
    made_response(&b, false, "", PLAIN "Content-Length: 10\r\n", "short", 5);
    expect(*state, &b,
           "remark WARC-Target-URI is there twice: the first is taken\n"
           "capture http://a.example/|text/plain|0 at=1714979289Z 1 bytes\n"
           "  begins: a\n"
           "remark HTTP announced 10 bytes, 5 are there\n"
           "capture http://a.example/|text/plain|200 at=1714979289Z 5 bytes cut\n"
           "  begins: short\n");
}

static void floods(void **state)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    made_text(&b, "WARC/1.0\r\nWARC-Type: resource\r\n");
    for (int i = 0; i < 40000; i++)
        made_text(&b, "X: yyyyy\r\n");
    made_text(&b, "\r\n\r\n");
    made_record(&b, false, "resource", MADE_AT "Content-Type: text/plain\r\n", "last", 4);
    assert_true(
        says(*state, &b, "gap record: a record whose head is too large\ncapture"));
    ew_buf_release(&b);
    ew_buf http;
    ew_buf_init(&b, MADE_MAX);
    ew_buf_init(&http, MADE_MAX);
    made_text(&http, PLAIN);
    for (int i = 0; i < 40000; i++)
        made_text(&http, "X: yyyyy\r\n");
    made_response(&b, false, "", (char *)http.data, "hello", 5);
    made_record(&b, false, "resource", MADE_AT "Content-Type: text/plain\r\n", "last", 4);
    assert_true(says(*state, &b, "begins: last"));
    ew_buf_release(&b);
    ew_buf_release(&http);
}

/* Cut anywhere, and with a byte changed anywhere, it is read as far as it goes. */
static void damage(void **state)
{
    for (int gzip = 0; gzip < 2; gzip++) {
        ew_buf b;
        some_records(&b, gzip == 1);
        size_t whole = b.len;
        for (size_t n = 1; n < whole; n += 7) {
            b.len = n;
            char *got = told_of(*state, &b, true);
            assert_non_null(got);
            free(got);
            b.len = whole;
            b.data[n] ^= 0x55;
            free(told_of(*state, &b, true));
            b.data[n] ^= 0x55;
        }
        ew_buf_release(&b);
    }
}

static void damage_is_left_behind(void **state)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    made_response(&b, true, "", HTML, MADE_PAGE, strlen(MADE_PAGE));
    memset(b.data + b.len / 2, 0xEE, 20);
    made_record(&b, true, "resource", MADE_AT "Content-Type: text/plain\r\n", "last", 4);
    char *got = told_of(*state, &b, false);
    assert_non_null(strstr(got, "gap record: compressed bytes that are damaged"));
    assert_non_null(strstr(got, "begins: last"));
    free(got);
    ew_buf_release(&b);
}

static void what_is_not_understood(void **state)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    made_text(&b, "filedesc://a.arc 0.0.0.0 20240101000000 text/plain 5\n1 0 A\n");
    expect(*state, &b,
           "!format 'a.warc' is an ARC file, the forerunner of WARC, which is not "
           "understood here\n");
    ew_buf_init(&b, MADE_MAX);
    made_text(&b, "WARC/0.18\r\nWARC-Type: resource\r\nContent-Length: 0\r\n\r\n");
    expect(*state, &b,
           "!format 'a.warc' is WARC of a version that is not understood here\n");
    put_text(*state, "x.warc", "");
    expect_told(test_path(*state, "x.warc"), EW_IMPORT_WARC,
                "!format 'x.warc' is no WARC file\n");
    put_text(*state, "b.warc.zst", "\x28\xB5\x2F\xFD....");
    expect_words_told(test_path(*state, "b.warc.zst"), EW_IMPORT_WARC, "Zstandard");
}

static void several_files(void **state)
{
    ew_buf b;
    some_records(&b, true);
    put_text(*state, "many/2.warc", "nothing");
    put_text(*state, "many/notes.txt", "nothing");
    test_file_put(test_path(*state, "many/1.warc.gz"), b.data, b.len);
    expect_words_told(test_path(*state, "many"), EW_IMPORT_AUTO,
                      "begins: words\ngap file: '2.warc' is no WARC file\n"
                      "remark of 6 records, 1 of parts");
    ew_buf_release(&b);
}

static void out_of_memory(void **state)
{
    ew_buf b;
    some_records(&b, true);
    test_file_put(test_path(*state, "a.warc"), b.data, b.len);
    ew_buf_release(&b);
    assert_true(told_without_memory(test_path(*state, "a.warc"), EW_IMPORT_AUTO, 0) > 5);
}

static void moments(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t unix_s;
        bool known, exact;
    } all[] = {{"2024-05-06T07:08:09Z", 1714979289, true, true},
               {"2024-02-29T00:00:00.123456789Z", 1709164800, true, true},
               {"1970-01-01T00:00:00Z", 0, true, true},
               {"1969-12-31T23:59Z", -60, true, false},
               {"2024-05-06T09:08:09+02:00", 1714979289, true, true},
               {"2024-05-06T02:08:09-05:00", 1714979289, true, true},
               {"2024-05-06", 0, false, false},
               {"2024-13-06T07:08:09Z", 0, false, true},
               {"2024-05-06T07:08:09", 0, false, true},
               {"20240506070809", 0, false, false},
               {"", 0, false, false}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        ew_moment m = ew_warc__moment(ew_slice_of(all[i].text));
        assert_int_equal(m.known, all[i].known);
        if (m.known) {
            assert_int_equal(m.unix_s, all[i].unix_s);
            assert_int_equal(m.exact, all[i].exact);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(odd_heads),
        TEST_IN_DIR(lies),
        TEST_IN_DIR(two_ways),
        TEST_IN_DIR(floods),
        TEST_IN_DIR(damage),
        TEST_IN_DIR(damage_is_left_behind),
        TEST_IN_DIR(what_is_not_understood),
        TEST_IN_DIR(several_files),
        TEST_IN_DIR(out_of_memory),
        cmocka_unit_test(moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
