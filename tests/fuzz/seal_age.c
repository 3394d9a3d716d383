/* SPDX-License-Identifier: Apache-2.0 */
/* age files and files of keys. What opens is the same in small steps as in large ones; keys have
 * one spelling. The first byte says what the rest is. */
#include <stdlib.h>
#include <string.h>

#include "seal/age.h"
#include "seal/bech32.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const uint8_t *p;
    size_t n, at, step;
} input;

static ew_code read_input(void *cookie, void *out, size_t max, size_t *got, ew_err *err)
{
    input *in = cookie;
    (void)err;
    size_t n = in->n - in->at;
    n = n < max ? n : max;
    n = n < in->step ? n : in->step;
    memcpy(out, in->p + in->at, n);
    in->at += n;
    *got = n;
    return EW_OK;
}

/* Length of the content, and a sum of it; the fault. No passphrase: only its stanza is read. */
static ew_age_fault open_file(input in, const ew_age_opening *with, size_t *n,
                              size_t *sum)
{
    ew_age_source from = {&in, read_input};
    ew_age_reader *r = NULL;
    ew_age_fault fault = EW_AGE_FINE;
    ew_slice piece;
    *n = *sum = 0;
    if (ew_age_open(&r, &from, with, &fault, NULL) != EW_OK) {
        if (fault == EW_AGE_FINE)
            abort();
        return fault;
    }
    while (ew_age_read(r, &piece, NULL) == EW_OK && piece.n > 0) {
        *n += piece.n;
        for (size_t i = 0; i < piece.n; i++)
            *sum = *sum * 31 + (uint8_t)piece.p[i];
    }
    fault = ew_age_reader_fault(r);
    ew_age_reader_free(r);
    return fault;
}

static void try_file(const uint8_t *data, size_t size)
{
    static const char secret[] =
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    ew_age_identities ids;
    size_t n[2];
    size_t sum[2];
    if (ew_age_read_identities(&ids, ew_slice_of(secret), NULL) != EW_OK)
        abort();
    ew_age_opening with = {&ids, NULL, EW_AGE_ARMOR_AUTO};
    ew_age_fault a = open_file((input){data, size, 0, SIZE_MAX}, &with, &n[0], &sum[0]);
    ew_age_fault b = open_file((input){data, size, 0, 7}, &with, &n[1], &sum[1]);
    if (a != b || n[0] != n[1] || sum[0] != sum[1])
        abort();
    if (a == EW_AGE_FINE && !ew_age_looks_so((ew_slice){(const char *)data, size}))
        abort();
    ew_age_identities_release(&ids);
}

static void try_keys(ew_slice text)
{
    ew_age_identities ids;
    ew_age_recipients to = {.n = 0};
    ew_buf b;
    if (ew_age_read_identities(&ids, text, NULL) == EW_OK && ids.n == 0)
        abort();
    ew_age_identities_release(&ids);
    (void)!ew_age_add_recipients(&to, text, NULL);
    to.n = 0;
    if (ew_age_add_recipient(&to, text, NULL) != EW_OK)
        return;
    ew_buf_init(&b, 100);
    if (ew_bech32_append(&b, "age", to.keys[0], EW_AGE_KEY, NULL) != EW_OK ||
        b.len != text.n || memcmp(b.data, text.p, text.n) != 0)
        abort();
    ew_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] == 'k')
        try_keys((ew_slice){(const char *)data + 1, size - 1});
    else
        try_file(data + 1, size - 1);
    return 0;
}
