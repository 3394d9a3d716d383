/* SPDX-License-Identifier: Apache-2.0 */
/* Paragraphs, divided by line feeds, with anything for quotation marks. What is found lies in its paragraph. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "import/quotes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ew_code look(void *cookie, const ew_quote *q, ew_err *err)
{
    const ew_article *a = cookie;
    (void)err;
    if (q->paragraph >= a->paragraph_count)
        abort();
    ew_slice text = a->paragraphs[q->paragraph].text;
    if (q->at > text.n || q->n > text.n - q->at ||
        !ew_utf8_valid(q->words.p, q->words.n) ||
        !ew_utf8_valid(q->speaker.p, q->speaker.n) ||
        !ew_utf8_valid(q->speaker_as_written.p, q->speaker_as_written.n) ||
        q->pattern == NULL || q->stance == NULL)
        abort();
    return EW_OK;
}

static void odd(void *cookie, size_t paragraph, size_t at)
{
    const ew_article *a = cookie;
    if (paragraph >= a->paragraph_count || at > a->paragraphs[paragraph].text.n)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { MOST = 64 };
    ew_paragraph p[MOST];
    ew_slice items[] = {{"the recording", 13}, {"letter", 6}};
    ew_article a = {.paragraphs = p};
    const char *text = (const char *)data;
    if (size == 0 || !ew_utf8_valid(text, size))
        return 0;
    for (size_t at = 0; at < size && a.paragraph_count < MOST;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t n = end != NULL ? (size_t)(end - text) - at : size - at;
        if (n > 0)
            p[a.paragraph_count++] =
                (ew_paragraph){EW_ARTICLE_BODY, {0, 0, 0}, {text + at, n}};
        at += n + 1;
    }
    a.language = ew_slice_of("");
    ew_quote_in in = {&a, items, 2};
    if (ew_quotes_find(&in, look, odd, &a, NULL) != EW_OK)
        abort();
    return 0;
}
