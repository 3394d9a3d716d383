/* SPDX-License-Identifier: Apache-2.0 */
/* Age files in memory. */
#ifndef EW_TEST_AGE_MADE_H
#define EW_TEST_AGE_MADE_H

#include "seal/age.h"

#include "base/hash.h"
#include "seal/bech32.h"
#include "vectors.h"

/* Bytes in memory, given out `step` at a time. */
typedef struct memory {
    const uint8_t *p;
    size_t n, at, step;
} memory;

static inline ew_code from_memory(void *cookie, void *out, size_t max, size_t *got,
                                  ew_err *err)
{
    memory *m = cookie;
    (void)err;
    size_t n = m->n - m->at;
    n = n < max ? n : max;
    n = m->step > 0 && n > m->step ? m->step : n;
    if (n > 0)
        memcpy(out, m->p + m->at, n);
    m->at += n;
    *got = n;
    return EW_OK;
}

static inline ew_secret secret(const char *text, size_t n)
{
    ew_secret s;
    assert_int_equal(ew_secret_init(&s, 512, NULL), EW_OK);
    s.n = n;
    memcpy(s.bytes, text, n);
    return s;
}

/* What opening a whole file comes to; all that was given out goes to `out`. */
static inline ew_age_fault open_all(memory *m, const ew_age_opening *with, ew_buf *out)
{
    ew_age_source from = {m, from_memory};
    ew_age_reader *r = NULL;
    ew_age_fault fault = EW_AGE_FINE;
    ew_slice piece;
    ew_err err = {.code = EW_OK};
    ew_code code = ew_age_open(&r, &from, with, &fault, &err);
    if (code != EW_OK) {
        assert_int_equal(code, err.code);
        assert_int_not_equal(fault, EW_AGE_FINE);
        return fault;
    }
    do {
        code = ew_age_read(r, &piece, &err);
        if (code == EW_OK)
            assert_int_equal(ew_buf_append(out, piece.p, piece.n, NULL), EW_OK);
    } while (code == EW_OK && piece.n > 0);
    fault = ew_age_reader_fault(r);
    assert_true((code == EW_OK) == (fault == EW_AGE_FINE));
    ew_age_reader_free(r);
    return fault;
}

#endif
