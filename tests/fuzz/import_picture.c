/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what is read of pictures. Whatever is told is one line of valid UTF-8, and its place
 * lies in the file. What is seen is made of the bytes themselves. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "import/picture.h"

enum { FACTS_MAX = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct told {
    size_t size, facts;
} told;

static void check_text(ew_slice s)
{
    if (!ew_utf8_valid(s.p, s.n))
        abort();
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
            abort();
}

static ew_code take_fact(void *cookie, const ew_picture_fact *f, ew_err *err)
{
    told *t = cookie;

    (void)err;
    if (f->place.at > t->size || f->place.bytes > t->size - f->place.at ||
        f->name.n == 0 || t->facts++ == FACTS_MAX)
        abort();
    check_text(f->name);
    check_text(f->value);
    return EW_OK;
}

static ew_code take_remark(void *cookie, const ew_remark *r, ew_err *err)
{
    (void)cookie;
    (void)err;
    check_text(r->text);
    return EW_OK;
}

/* 7 to 70 pixels a side. */
static ew_code see(void *cookie, ew_slice bytes, ew_picture *out, ew_err *err)
{
    (void)cookie;
    *out = (ew_picture){.turn = 0};
    if (bytes.n < 4)
        return EW_E_FORMAT;
    out->width = 7U + (uint8_t)bytes.p[bytes.n - 1] % 64;
    out->height = 7U + (uint8_t)bytes.p[bytes.n - 2] % 64;
    out->luma = ew_alloc_array(out->width, out->height);
    if (out->luma == NULL)
        return EW_E_NOMEM;
    (void)err;
    for (size_t i = 0; i < (size_t)out->width * out->height; i++)
        out->luma[i] = (uint8_t)bytes.p[i % bytes.n];
    return EW_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    told t = {.size = size};
    const ew_import_sink sink = {
        .cookie = &t, .picture = take_fact, .remark = take_remark};
    const ew_import_opts opts = {.decode = see};
    ew_err err;

    if (ew_import_picture_bytes((ew_slice){(const char *)data, size}, 0, &opts, &sink,
                                &err) != EW_OK)
        abort();
    return 0;
}
