/* SPDX-License-Identifier: Apache-2.0 */
/* WARC files made for tests, record by record. */
#ifndef WARC_MADE_H
#define WARC_MADE_H

#include <zlib.h>

#include "base/buf.h"
#include "told.h"

enum { MADE_MAX = 256 << 20 };

static inline void made_add(ew_buf *b, const void *p, size_t n)
{
    assert_int_equal(ew_buf_append(b, p, n, NULL), EW_OK);
}

static inline void made_text(ew_buf *b, const char *text)
{
    made_add(b, text, strlen(text));
}

/* One gzip member. */
static inline void made_gzip(ew_buf *out, const void *bytes, size_t n)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)n};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    size_t room = deflateBound(&z, n) + 64;
    uint8_t *p = malloc(room);
    assert_non_null(p);
    z.next_out = p;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    made_add(out, p, z.total_out);
    (void)deflateEnd(&z);
    free(p);
}

/* A record: type, more lines of its head (each with its end), content. gzip: as a member. */
static inline void made_record_of(ew_buf *out, bool gzip, const char *type,
                                  const char *lines, ew_slice content)
{
    ew_buf b;
    ew_buf_init(&b, MADE_MAX);
    assert_int_equal(ew_buf_printf(&b, NULL,
                                   "WARC/1.1\r\nWARC-Type: %s\r\n%sContent-Length: "
                                   "%zu\r\n\r\n",
                                   type, lines, content.n),
                     EW_OK);
    made_add(&b, content.p, content.n);
    made_text(&b, "\r\n\r\n");
    if (gzip)
        made_gzip(out, b.data, b.len);
    else
        made_add(out, b.data, b.len);
    ew_buf_release(&b);
}

#define made_record(out, gzip, type, lines, p, n)                                        \
    made_record_of(out, gzip, type, lines, (ew_slice){(const char *)(p), n})

#define MADE_AT                                                                          \
    "WARC-Target-URI: http://a.example/\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n"
#define MADE_HTTP "Content-Type: application/http; msgtype=response\r\n"
#define MADE_PAGE                                                                        \
    "<html><head><title>Minister denies it</title></head><body><article><h1>Minister "   \
    "denies it</h1><p>The recording is not real, said the minister on Monday, and "      \
    "added that nobody had asked him before.</p></article></body></html>"

/* A response with more lines for its record and for HTTP. */
static inline void made_response_of(ew_buf *out, bool gzip, const char *lines,
                                    const char *http, ew_slice body)
{
    ew_buf b;
    ew_buf head;
    ew_buf_init(&b, MADE_MAX);
    ew_buf_init(&head, 4096);
    assert_int_equal(ew_buf_printf(&head, NULL, MADE_AT MADE_HTTP "%s", lines), EW_OK);
    assert_int_equal(ew_buf_printf(&b, NULL, "HTTP/1.1 200 OK\r\n%s\r\n", http), EW_OK);
    made_add(&b, body.p, body.n);
    made_record(out, gzip, "response", (const char *)head.data, b.data, b.len);
    ew_buf_release(&b);
    ew_buf_release(&head);
}

#define made_response(out, gzip, lines, http, p, n)                                      \
    made_response_of(out, gzip, lines, http, (ew_slice){(const char *)(p), n})

/* Files of other programs, in a folder of their test data, with words that are told of each. */
typedef struct other_file {
    const char *name, *words;
} other_file;

static inline void expect_others(const char *folder, const other_file *all, size_t n)
{
    const char *dir = vector_need(folder);
    for (size_t i = 0; i < n; i++)
        expect_words_told(test_path(dir, all[i].name), EW_IMPORT_AUTO, all[i].words);
}

#endif
