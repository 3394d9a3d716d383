/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a web archive. */
#ifndef EW_TEST_TOLD_WARC_H
#define EW_TEST_TOLD_WARC_H

#include "warc_made.h"

#include "base/hash.h"
#include "import/warc.h"

#define HTML "Content-Type: text/html; charset=utf-8\r\n"

static inline char *told_of(const char *dir, const ew_buf *b, bool places)
{
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    test_file_put(test_path(dir, "a.warc"), b->data, b->len);
    return told_import_as(test_path(dir, "a.warc"), &opts, places);
}

static inline void expect(const char *dir, ew_buf *b, const char *want)
{
    char *got = told_of(dir, b, false);
    assert_string_equal(got, want);
    free(got);
    ew_buf_release(b);
}

static inline bool says(const char *dir, ew_buf *b, const char *words)
{
    char *got = told_of(dir, b, false);
    bool yes = strstr(got, words) != NULL;
    if (!yes)
        print_message("%s\n", got);
    free(got);
    return yes;
}

static inline void some_records(ew_buf *b, bool gzip)
{
    const char *info = "software: Made Up 1.0\r\nformat: WARC File Format 1.1\r\n";
    ew_buf_init(b, MADE_MAX);
    made_record(b, gzip, "warcinfo", "WARC-Date: 2024-05-06T07:00:00Z\r\n", info,
                strlen(info));
    made_response(b, gzip, "", HTML, MADE_PAGE, strlen(MADE_PAGE));
    made_record(b, gzip, "request", MADE_AT, "GET / HTTP/1.1\r\n\r\n", 18);
    made_response(b, gzip, "", "Content-Type: text/css\r\n", "p{}", 3);
    made_record(b, gzip, "resource",
                "WARC-Target-URI: <urn:text:x>\r\nWARC-Date: 2024-05-06T07:08:09.25Z\r\n"
                "Content-Type: text/plain\r\n",
                "words", 5);
    made_record(b, gzip, "metadata", MADE_AT, "a: b\r\n", 6);
}

/* Every place, cut out of the file, is one record. */
static inline ew_code cut_out(void *cookie, const ew_capture *c, ew_err *err)
{
    const ew_buf *b = cookie;
    uint8_t out[4096];
    z_stream z = {.next_in = b->data + c->place.at,
                  .avail_in = (uInt)c->place.bytes,
                  .next_out = out,
                  .avail_out = sizeof out};
    (void)err;
    assert_int_equal(inflateInit2(&z, 31), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    assert_memory_equal(out, "WARC/1.1\r\n", 10);
    assert_non_null(memmem(out, z.total_out, c->url.p, c->url.n));
    (void)inflateEnd(&z);
    return EW_OK;
}

static inline void places(void **state)
{
    ew_buf b;
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    ew_import_sink sink = {.cookie = &b, .capture = cut_out};
    some_records(&b, true);
    test_file_put(test_path(*state, "a.warc.gz"), b.data, b.len);
    assert_int_equal(ew_delivery_open(&d, test_path(*state, "a.warc.gz"), NULL), EW_OK);
    assert_int_equal(ew_import_run(d, &opts, &sink, NULL), EW_OK);
    ew_delivery_close(d);
    ew_buf_release(&b);
    some_records(&b, false);
    char *got = told_of(*state, &b, true);
    const char *plus = strchr(strstr(got, "224 bytes ["), '[');
    unsigned long at = strtoul(plus + 1, NULL, 10);
    unsigned long n = strtoul(strchr(plus, '+') + 1, NULL, 10);
    assert_memory_equal(b.data + at, "WARC/1.1\r\nWARC-Type: response", 29);
    assert_memory_equal(b.data + at + n, "WARC/1.1\r\nWARC-Type: request", 28);
    free(got);
    ew_buf_release(&b);
}

/* ------------------------------------------------------------------ codings */

#define PLAIN "Content-Type: text/plain\r\n"
#define HELLO "|text/plain|200 at=1714979289Z 11 bytes\n  begins: hello world\n"

#endif
