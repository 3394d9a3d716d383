/* SPDX-License-Identifier: Apache-2.0 */
/* Characters of reports in every form, words folded, and texts written as JSON: bytes are used up, nothing is
 * read beyond them, and JSON reads back as it was. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/utf8.h"
#include "casefile/words.h"
#include "ops/case_export_write.h"
#include "ops/case_words_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(ew_slice text, ew_report_form form)
{
    size_t done = 0;
    ew_report_char c;
    for (size_t used; (used = ew_report_next(text, done, form, &c)) > 0; done += used)
        if (used > text.n - done)
            abort();
    if (done != text.n)
        abort();
}

/* Folded once more it is the same. */
static void fold(ew_slice text)
{
    ew_buf b;
    ew_buf_init(&b, 1 << 20);
    if (ew_words_append(&b, text, NULL) != EW_OK && text.n < (1 << 20) / 8)
        abort();
    for (size_t i = 0; i + sizeof(uint32_t) <= b.len; i += sizeof(uint32_t)) {
        uint32_t c;
        memcpy(&c, b.data + i, sizeof c);
        if (c == 0 || ew_words_char(c) != c)
            abort();
    }
    ew_buf_release(&b);
}

static void write_json(ew_slice text)
{
    ew_buf b;
    ew_buf_init(&b, 8 << 20);
    if (ew_json_text(&b, text, NULL) == EW_OK) {
        json_t *o = json_loadb((const char *)b.data, b.len,
                               JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        if (o == NULL)
            abort();
        if (ew_utf8_valid(text.p, text.n) &&
            (json_string_length(o) != text.n ||
             memcmp(json_string_value(o), text.p, text.n) != 0))
            abort();
        json_decref(o);
    }
    ew_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_slice text = {(const char *)data, size};
    for (int form = EW_REPORT_PLAIN; form <= EW_REPORT_JSON; form++)
        read_all(text, (ew_report_form)form);
    fold(text);
    write_json(text);
    return 0;
}
