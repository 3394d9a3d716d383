/* SPDX-License-Identifier: Apache-2.0 */
/* Looking for words in a report. The text is read as one stream of characters, each with the bytes it came
 * from, and compared by the method of Knuth, Morris and Pratt, which needs no more memory than
 * the words. */
#include "ops/case_words.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "casefile/positions.h"
#include "casefile/words.h"
#include "ops/case_words_read.h"

/* ------------------------------------------------------------------ the matcher */

typedef struct matcher {
    uint32_t *want;
    size_t n;
    size_t
        *back; /* how much of a shorter match remains when the next character differs */
    uint64_t *begin; /* of the last n characters, in a circle */
    uint64_t seen;   /* characters */
    size_t have;     /* of `want` so far */
    bool space;      /* one is to come, unless nothing follows */
    uint64_t space_at;
    ew_words_place *out;
} matcher;

static ew_code matcher_new(matcher *m, const char *words, ew_words_place *out,
                           ew_err *err)
{
    ew_buf folded;
    *m = (matcher){.out = out};
    ew_buf_init(&folded, sizeof(uint32_t) * EW_CASE_WORDS + 64);
    ew_code code = ew_words_append(&folded, ew_slice_of(words), err);
    m->n = folded.len / sizeof *m->want;
    m->want = ew_alloc_array(m->n + 1, sizeof *m->want);
    m->back = ew_alloc_array(m->n + 1, sizeof *m->back);
    m->begin = ew_alloc_array(m->n + 1, sizeof *m->begin);
    if (code == EW_OK && (m->want == NULL || m->back == NULL || m->begin == NULL))
        code = ew_fail_nomem(err);
    if (code == EW_OK && m->n > 0)
        memcpy(m->want, folded.data, m->n * sizeof *m->want);
    for (size_t i = 1, k = 0; code == EW_OK && i < m->n; i++) {
        while (k > 0 && m->want[i] != m->want[k])
            k = m->back[k - 1];
        k += m->want[i] == m->want[k];
        m->back[i] = k;
    }
    ew_buf_release(&folded);
    return code;
}

static void matcher_free(matcher *m)
{
    ew_free(m->want);
    ew_free(m->back);
    ew_free(m->begin);
}

static void feed(matcher *m, uint32_t c, uint64_t at, uint64_t end)
{
    m->begin[m->seen++ % m->n] = at;
    while (m->have > 0 && c != m->want[m->have])
        m->have = m->back[m->have - 1];
    m->have += c == m->want[m->have];
    if (m->have < m->n)
        return;
    if (m->out->count++ == 0) {
        m->out->at = m->begin[m->seen % m->n]; /* the oldest of the last n */
        m->out->bytes = end - m->out->at;
    }
    m->have = 0; /* those that overlap are not counted */
}

/* The next character, which came from bytes [at, end). */
static void take(matcher *m, uint32_t c, uint64_t at, uint64_t end)
{
    c = ew_words_char(c);
    if (c == 0)
        return;
    if (c == ' ') {
        m->space_at = m->space ? m->space_at : at;
        m->space = true;
        return;
    }
    if (m->space)
        feed(m, ' ', m->space_at, at);
    m->space = false;
    feed(m, c, at, end);
}

static void start_over(matcher *m)
{
    m->have = 0;
    m->seen = 0;
    m->space = false;
}

/* ------------------------------------------------------------------ the original */

static ew_code read_bytes(int fd, uint64_t at, uint64_t n, ew_buf *b, ew_err *err)
{
    void *bytes = ew_alloc((size_t)n);
    ew_code code =
        bytes != NULL ? ew_pread_all(fd, bytes, (size_t)n, at, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_buf_append(b, bytes, (size_t)n, err);
    ew_free(bytes);
    return code;
}

/* Of one that is too large nothing. What somebody changed must not go on record as a report that lacks the
 * words. */
static ew_code read_original(ew_case *c, int64_t report, ew_buf *b, bool *whole,
                             ew_err *err)
{
    struct stat st;
    int fd = -1;
    ew_code code = ew_case_original_whole(c, report, &fd, err);
    if (code == EW_OK && fstat(fd, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot read the original of item %lld",
                           (long long)report);
    *whole = code == EW_OK && st.st_size <= EW_REPORT_MAX;
    if (*whole)
        code = read_bytes(fd, 0, (uint64_t)st.st_size, b, err);
    if (fd >= 0)
        (void)close(fd);
    return code;
}

static void look_in(matcher *m, ew_slice text, uint64_t at, ew_report_form form)
{
    size_t done = 0;
    ew_report_char c;
    start_over(m);
    for (size_t used; (used = ew_report_next(text, done, form, &c)) > 0; done += used)
        if (c.there)
            take(m, c.c, at + done, at + done + used);
}

/* In each form in turn, until one has them. */
static void look_in_bytes(matcher *m, ew_slice text, uint64_t at)
{
    for (int form = EW_REPORT_PLAIN; form <= EW_REPORT_JSON && m->out->count == 0; form++)
        look_in(m, text, at, (ew_report_form)form);
}

static ew_code look_in_text(void *cookie, ew_slice text, uint64_t at, uint64_t bytes,
                            ew_err *err)
{
    matcher *m = cookie;
    uint32_t c;
    (void)err;
    for (size_t used; (used = ew_words_next(text.p, text.n, &c)) > 0;) {
        take(m, c, at, at + bytes);
        text.p += used;
        text.n -= used;
    }
    take(m, '\n', at, at + bytes);
    return EW_OK;
}

ew_code ew_ops_words_find(ew_case *c, int64_t report, const char *words,
                          ew_words_place *out, ew_err *err)
{
    matcher m;
    ew_buf b;
    bool whole = false;
    *out = (ew_words_place){.in = EW_WORDS_NOT_LOOKED_FOR};
    ew_buf_init(&b, EW_REPORT_MAX);
    ew_code code = matcher_new(&m, words, out, err);
    bool look = code == EW_OK && m.n > 0;
    if (look)
        code = read_original(c, report, &b, &whole, err);
    if (code == EW_OK && look && whole)
        look_in_bytes(&m, (ew_slice){(const char *)b.data, b.len}, 0);
    if (code == EW_OK && look)
        out->in = out->count > 0 ? EW_WORDS_FOUND : EW_WORDS_NOT_THERE;
    if (code == EW_OK && look && out->count == 0) {
        start_over(&m);
        code = ew_case_texts(c, report, look_in_text, &m, err);
        if (out->count > 0)
            out->in = EW_WORDS_IN_TEXT;
    }
    ew_buf_release(&b);
    matcher_free(&m);
    return code;
}

/* ------------------------------------------------------------------ a place */

static ew_code read_place(ew_case *c, int64_t report, const ew_words_place *place,
                          ew_buf *b, ew_err *err)
{
    int fd = -1;
    if (place->bytes > EW_REPORT_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "words in a place of more than %d MB",
                       (int)(EW_REPORT_MAX >> 20));
    ew_code code = ew_case_original_whole(c, report, &fd, err);
    if (code != EW_OK)
        return code;
    code = read_bytes(fd, place->at, place->bytes, b, err);
    if (code == EW_E_FORMAT)
        code = ew_fail(err, EW_E_ARG, 0, "item %lld is shorter than that place",
                       (long long)report);
    (void)close(fd);
    return code;
}

ew_code ew_ops_words_at(ew_case *c, int64_t report, const char *words,
                        ew_words_place *out, ew_err *err)
{
    matcher m;
    ew_buf b;
    ew_words_place found = {.in = EW_WORDS_NOT_LOOKED_FOR};
    out->in = EW_WORDS_NOT_LOOKED_FOR;
    ew_buf_init(&b, EW_REPORT_MAX);
    ew_code code = matcher_new(&m, words, &found, err);
    if (code == EW_OK)
        code = read_place(c, report, out, &b, err);
    if (code == EW_OK && m.n > 0) {
        look_in_bytes(&m, (ew_slice){(const char *)b.data, b.len}, out->at);
        out->count = found.count;
        out->in = found.count > 0 ? EW_WORDS_AT_PLACE : EW_WORDS_NOT_THERE;
    }
    ew_buf_release(&b);
    matcher_free(&m);
    return code;
}
