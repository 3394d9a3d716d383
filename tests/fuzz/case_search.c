/* SPDX-License-Identifier: Apache-2.0 */
/* A query and, behind a zero, a text. Folding is the same when it is done twice, leads back into the text, and
 * marks lie in it; the index takes whatever is asked. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "casefile/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One case for all inputs. */
static ew_case *the_case(void)
{
    static ew_case *c;
    static char dir[] = "/tmp/ew-fuzz-XXXXXX";
    ew_err err;
    if (c != NULL)
        return c;
    if (mkdtemp(dir) == NULL || ew_case_create(dir, "t", &err) != EW_OK ||
        ew_case_open(&c, dir, true, 0, &err) != EW_OK)
        abort();
    ew_case_act act = {.kind = "test", .who = "x"};
    int64_t event;
    if (ew_case_begin(c, &act, &event, &err) != EW_OK ||
        ew_case_index_text(c, EW_FOUND_ITEM, 1,
                           ew_slice_of("words of a text \xE5\xA4\x96"), &err) != EW_OK ||
        ew_case_commit(c, &err) != EW_OK)
        abort();
    return c;
}

typedef struct marks {
    size_t n, last;
} marks;

static void mark(void *cookie, size_t at, size_t n)
{
    marks *m = cookie;
    if (n == 0 || at < m->last || n > m->n || at > m->n - n)
        abort();
    m->last = at + n;
}

static ew_code take(void *cookie, const ew_case_hit *h, ew_err *err)
{
    (void)cookie;
    (void)h;
    (void)err;
    return EW_OK;
}

static void fold_twice(ew_slice text)
{
    ew_buf once;
    ew_buf twice;
    ew_buf_init(&once, EW_FOLD_MAX);
    ew_buf_init(&twice, EW_FOLD_MAX);
    if (ew_fold_text(text, &once, NULL) != EW_OK)
        abort();
    ew_slice s = {(const char *)once.data, once.len};
    if (once.len > text.n * EW_FOLD_GROWTH + EW_FOLD_ROOM || !ew_utf8_valid(s.p, s.n))
        abort();
    if (ew_fold_text(s, &twice, NULL) != EW_OK ||
        !ew_utf8_valid((char *)twice.data, twice.len))
        abort();
    ew_buf_release(&once);
    ew_buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    if (zero == NULL || size > 65536)
        return 0;
    const char *words = (const char *)data;
    ew_slice text = {(const char *)zero + 1, size - (size_t)(zero - data) - 1};
    ew_query q;
    fold_twice(text);
    if (ew_query_read(&q, words, NULL) == EW_OK) {
        marks m = {text.n, 0};
        if (ew_query_marks(&q, text, mark, &m, NULL) != EW_OK)
            abort();
        ew_search s = {.words = words};
        ew_code code = ew_case_search(the_case(), &s, take, NULL, NULL);
        if (code != EW_OK && code != EW_E_ARG)
            abort();
    }
    ew_query_release(&q);
    return 0;
}
