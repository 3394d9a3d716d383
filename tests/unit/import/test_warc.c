/* SPDX-License-Identifier: Apache-2.0 */
/* WARC files, made up in the shapes that archiving programs write, and broken ones. */
#include "warc_made.h"

#include "told_warc.h"

#define ARTICLE                                                                          \
    "article\n  title: Minister denies it\n  url: http://a.example/\n"                   \
    "  body: The recording is not real, said the minister on Monday, and added that "    \
    "nobody had asked him before.\n"

#define SOME_TOLD                                                                        \
    "remark made with Made Up 1.0\n"                                                     \
    "capture http://a.example/|text/html|200 at=1714979289Z 224 bytes\n"                 \
    "  begins: <html><head><title>Minister denies it</title></head><body><a\n" ARTICLE   \
    "capture urn:text:x|text/plain|0 at=1714979289Z 5 bytes\n  begins: words\n"          \
    "remark of 6 records, 1 of parts of pages (pictures, styles, scripts, data) are "    \
    "not told one by one\n"

static void records(void **state)
{
    ew_buf b;
    some_records(&b, false);
    expect(*state, &b, SOME_TOLD);
    some_records(&b, true);
    expect(*state, &b, SOME_TOLD);
}

static void one_member_over_all(void **state)
{
    ew_buf b;
    ew_buf whole;
    some_records(&b, false);
    ew_buf_init(&whole, MADE_MAX);
    made_gzip(&whole, b.data, b.len);
    char *got = told_of(*state, &whole, false);
    assert_non_null(strstr(got, "remark several records in one gzip member"));
    assert_non_null(strstr(got, ARTICLE));
    free(got);
    ew_buf_release(&b);
    ew_buf_release(&whole);
}

/* Fed in pieces of any size it tells the same. */
static void pieces(void **state)
{
    for (size_t piece = 1; piece < 40; piece += piece < 12 ? 1 : 9) {
        ew_buf b;
        ew_warc w;
        ew_delivery *d = NULL;
        told t = {.n = 0};
        ew_import_sink sink = {.cookie = &t,
                               .capture = told_capture,
                               .article = told_article,
                               .gap = told_gap,
                               .remark = told_remark};
        some_records(&b, false);
        made_text(&b, "junk\nWARC/1.0\r\nWARC-Type: response\r\n" MADE_AT
                      "Content-Length: 99999\r\n\r\nHTTP/1.1 404 No\r\n\r\nWARC/1");
        made_text(&b, "\nWARC/1.0\nWARC-Type: resource\nContent-Length: 1\n\nx");
        char *whole = told_of(*state, &b, false);
        assert_int_equal(ew_delivery_open(&d, test_path(*state, "a.warc"), NULL), EW_OK);
        t.from = d;
        assert_int_equal(ew_warc_init(&w, d, &sink, NULL), EW_OK);
        w.plain = true;
        w.bytes = b.len;
        for (size_t i = 0; i < b.len; i += piece) {
            size_t n = b.len - i < piece ? b.len - i : piece;
            ew_slice in = {(const char *)b.data + i, n};
            assert_int_equal(ew_warc__feed(&w, in, i), EW_OK);
        }
        assert_int_equal(ew_warc__break(&w, b.len, true), EW_OK);
        assert_int_equal(ew_warc__sum_up(&w), EW_OK);
        assert_string_equal(t.text, whole);
        ew_warc_release(&w);
        ew_delivery_close(d);
        free(t.text);
        free(whole);
        ew_buf_release(&b);
    }
}

/* ------------------------------------------------------------------ codings */

#define WITH(http, body) with_coding(*state, http, body, sizeof body - 1)

static char *with_coding(const char *dir, const char *http, const void *body, size_t n)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    made_response(&b, false, "", http, body, n);
    char *got = told_of(dir, &b, false);
    ew_buf_release(&b);
    return got;
}

static void expect_coding(const char *dir, const char *http, const void *body, size_t n,
                          const char *want)
{
    char *got = with_coding(dir, http, body, n);
    assert_string_equal(strchr(got, '|'), want);
    free(got);
}

static void codings(void **state)
{
    const char *chunked = PLAIN "Transfer-Encoding: chunked\r\n";
    static const char deflated[] = /* with the head of zlib, and without */
        "\x78\x9c\xcb\x48\xcd\xc9\xc9\x57\x28\xcf\x2f\xca\x49\x01\x00\x1a\x0b\x04\x5d";
    static const char brotli[] = "\x0b\x05\x80hello world\x03";
    ew_buf z;
    ew_buf_init(&z, 1 << 20);
    made_gzip(&z, "hello world", 11);
    expect_coding(*state, chunked, "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", 30,
                  HELLO);
    expect_coding(*state, chunked, "5\nhello\n6\n world\n0\n\n", 20, HELLO);
    expect_coding(*state, chunked, "hello world", 11, HELLO); /* and a remark before */
    expect_coding(*state, PLAIN "Content-Encoding: gzip\r\n", z.data, z.len, HELLO);
    expect_coding(*state, PLAIN "Content-Encoding: deflate\r\n", deflated,
                  sizeof deflated - 1, HELLO);
    expect_coding(*state, PLAIN "Content-Encoding: deflate\r\n", deflated + 2,
                  sizeof deflated - 7, HELLO);
    expect_coding(*state, PLAIN "content-encoding: BR\r\n", brotli, sizeof brotli - 1,
                  HELLO);
    ew_buf twice;
    ew_buf_init(&twice, 1 << 20);
    made_gzip(&twice, z.data, z.len);
    expect_coding(*state, PLAIN "Content-Encoding: gzip, x-gzip\r\n", twice.data,
                  twice.len, HELLO);
    expect_coding(*state, PLAIN "Content-Encoding: gzip\r\n", "hello world", 11, HELLO);
    char *got = WITH(PLAIN "Content-Encoding: zstd\r\n", "hello world");
    assert_non_null(strstr(got, "remark its coding zstd is not known here"));
    free(got);
    got = WITH(PLAIN "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\nzz world");
    assert_non_null(strstr(got, "its coding chunked is damaged"));
    assert_non_null(strstr(got, "5 bytes cut\n  begins: hello\n"));
    free(got);
    ew_buf_release(&z);
    ew_buf_release(&twice);
}

static void bombs(void **state)
{
    enum { ZEROS = 100 << 20 };
    ew_buf b;
    ew_buf z;
    uint8_t *zeros = calloc(1, ZEROS);
    assert_non_null(zeros);
    ew_buf_init(&b, MADE_MAX);
    ew_buf_init(&z, MADE_MAX);
    made_gzip(&z, zeros, ZEROS);
    made_response(&b, true, "", PLAIN "Content-Encoding: gzip\r\n", z.data, z.len);
    assert_true(says(*state, &b, "16777216 bytes cut"));
    ew_buf_reset(&b);
    made_record(&b, true, "resource", MADE_AT "Content-Type: image/x\r\n", zeros, ZEROS);
    assert_true(
        says(*state, &b, "gap record: unpacks to so much that it must be a bomb"));
    /* Each a bomb in a bomb. */
    ew_buf_reset(&b);
    ew_buf_reset(&z);
    made_gzip(&z, zeros, 17 << 20);
    for (int i = 0; i < 40; i++)
        made_response(&b, false, "", PLAIN "Content-Encoding: gzip\r\n", z.data, z.len);
    ew_buf whole;
    ew_buf_init(&whole, MADE_MAX);
    made_gzip(&whole, b.data, b.len);
    assert_true(says(*state, &whole, "remark bodies so far unpack to so much that this"));
    ew_buf_release(&whole);
    free(zeros);
    ew_buf_release(&b);
    ew_buf_release(&z);
}

/* The encoding that HTTP tells counts more than what the page says; one that is nothing is passed over. */
static void encodings(void **state)
{
    static const struct {
        const char *http, *page, *title;
    } all[] = {
        {"Content-Type: text/html; charset=iso-8859-1\r\n", "utf-8",
         "title: caf\xC3\xA9"},
        {"Content-Type: text/html; x=y; Charset=\"Windows-1252\"\r\n", "utf-8",
         "title: caf\xC3\xA9"},
        {"Content-Type: text/html;charset=nothing\r\n", "iso-8859-1",
         "title: caf\xC3\xA9"},
        {"Content-Type: text/html;charset=utf-8\r\n", "iso-8859-1", "title: caf\xC3\xA9"},
        {"Content-Type: text/html\r\n", "utf-8", "title: caf?"}};
    char page[200];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        ew_buf b;
        ew_buf_init(&b, MADE_MAX);
        (void)snprintf(page, sizeof page,
                       "<html><head><meta charset=\"%s\"><title>caf\xE9</title></head>"
                       "</html>",
                       all[i].page);
        made_response(&b, false, "", all[i].http, page, strlen(page));
        assert_true(says(*state, &b, all[i].title));
        ew_buf_release(&b);
    }
}

/* ------------------------------------------------------------------ digests, revisits */

static void digests(void **state)
{
    /* Of "hello world". */
    static const char *const right[] = {
        "sha1:2aae6c35c94fcfb415dbe95f408b9ce91ee846ed",
        "sha1:FKXGYNOJJ7H3IFO35FPUBC445EPOQRXN",
        "SHA-1:fkxgynojj7h3ifo35fpubc445epoqrxn",
        "sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
        "sha256:XFGSPOMTJU7ARJJOKLL5U7NL7LCIJ37DPJJYB3UQRD32ZYXPZXUQ====",
        "sha-256:XFGSPOMTJU7ARJJOKLL5U7NL7LCIJ37DPJJYB3UQRD32ZYXPZXUQ",
        "sha-256:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
        "md5:5eb63bbbe01eeed093cb22bb8f5acdc3"};
    static const char *const wrong[] = {
        "sha1:2aae6c35c94fcfb415dbe95f408b9ce91ee846ee",
        "sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde8"};
    static const char *const unknown[] = {"sha1:", "xyz:5eb63bbb", "sha1:short", "words",
                                          "md5:5eb63bbbe01eeed093cb22bb8f5acdcX"};
    char lines[200];
    for (size_t i = 0; i < 15; i++) {
        ew_buf b;
        const char *d = i < 8 ? right[i] : i < 10 ? wrong[i - 8] : unknown[i - 10];
        const char *want = i < 8    ? "11 bytes right\n"
                           : i < 10 ? "11 bytes wrong\n"
                                    : "remark a digest that is not understood";
        ew_buf_init(&b, MADE_MAX);
        (void)snprintf(lines, sizeof lines, "WARC-Payload-Digest: %s\r\n", d);
        made_response(&b, false, lines, PLAIN, "hello world", 11);
        assert_true(says(*state, &b, want));
        ew_buf_reset(&b); /* chunked: the digest is without the chunks */
        made_response(&b, false, lines, PLAIN "Transfer-Encoding: chunked\r\n",
                      "b\r\nhello world\r\n0\r\n\r\n", 21);
        assert_true(says(*state, &b, want));
        ew_buf_reset(&b);
        (void)snprintf(lines, sizeof lines, MADE_AT PLAIN "WARC-Block-Digest: %s\r\n", d);
        made_record(&b, true, "resource", lines, "hello world", 11);
        assert_true(says(*state, &b, want));
        ew_buf_release(&b);
    }
}

static void revisits(void **state)
{
    const char *lines =
        MADE_AT MADE_HTTP "WARC-Payload-Digest: sha1:FKXGYNOJJ7H3IFO35FPUBC445EPOQRXN\r\n"
                          "WARC-Refers-To-Target-URI: http://b.example/\r\n"
                          "WARC-Refers-To-Date: 2024-01-01T00:00:00Z\r\n";
    const char *http = "HTTP/1.1 200 OK\r\n" PLAIN "\r\n";
    const char *unchanged =
        MADE_AT MADE_HTTP "WARC-Refers-To-Date: 2024-05-06T07:08:09Z\r\n";
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    made_record(&b, false, "revisit", lines, http, strlen(http));
    assert_true(says(*state, &b,
                     "200 at=1714979289Z 0 bytes\n"
                     "remark seen again with the content it had before on "
                     "2024-01-01T00:00:00Z at http://b.example/\n"
                     "gap content: seen again, and what was seen before is not in this"));
    ew_buf_reset(&b);
    made_response(&b, false,
                  "WARC-Payload-Digest: sha1:FKXGYNOJJ7H3IFO35FPUBC445EPOQRXN\r\n", PLAIN,
                  "hello world", 11);
    made_record(&b, false, "revisit", lines, http, strlen(http));
    made_record(&b, false, "revisit", unchanged, http, strlen(http)); /* by its time */
    char *got = told_of(*state, &b, false);
    assert_non_null(strstr(got, "remark seen again"));
    assert_null(strstr(got, "gap"));
    free(got);
    ew_buf_release(&b);
}

/* ------------------------------------------------------------------ files of other programs */

static void others(void **state)
{
    static const other_file all[] = {
        {"example.warc", "1270 bytes right"},
        {"example.warc.gz", "1270 bytes right"},
        {"example-resource.warc.gz", "1303 bytes right"},
        {"example-iana.org-chunked.warc", "7223 bytes right"},
        {"example-wget-bad-target-uri.warc.gz", "capture http://example.com/|"},
        {"example-bad-non-chunked.warc.gz", "remark several records in one gzip member"},
        {"example-wrong-chunks.warc.gz", "response: the record is not what its digest"},
        {"example-trunc.warc", "gap record: bytes that are no record"},
        {"example-digest.warc", "a digest that is not understood: sha1:1112H3"},
        {"example-space-in-target-uri.warc.gz", "of 2 records, 1 of parts"},
        {"post-test.warc.gz", "of 6 records, 3 of parts"},
        {"example.arc.gz", "!format 'example.arc.gz' is an ARC file"}};
    (void)state;
    expect_others("warcio/test/data", all, sizeof all / sizeof all[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(records),     TEST_IN_DIR(places),  TEST_IN_DIR(one_member_over_all),
        TEST_IN_DIR(pieces),      TEST_IN_DIR(codings), TEST_IN_DIR(encodings),
        TEST_IN_DIR(bombs),       TEST_IN_DIR(digests), TEST_IN_DIR(revisits),
        cmocka_unit_test(others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
