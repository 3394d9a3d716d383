/* SPDX-License-Identifier: Apache-2.0 */
/* Taking out of a text what is of protected people, before it is shown. */
#include <string.h>

#include "ops/lint_names.h"

enum { NUMBER_MIN = 5 };

typedef struct masking {
    const ew_names *n;
    const ew_folded *f;
    ew_slice text;
    ew_buf *out;
    size_t told; /* bytes of the text that are dealt with */
    bool there;
} masking;

static ew_code mask(masking *m, int64_t person, size_t from, size_t to, ew_err *err)
{
    m->there = true;
    if (m->out == NULL || from < m->told)
        return EW_OK;
    ew_code code = ew_buf_append(m->out, m->text.p + m->told, from - m->told, err);
    m->told = to;
    return code == EW_OK
               ? ew_buf_printf(m->out, err, "[protected person %lld]", (long long)person)
               : code;
}

/* The longest run of digits and what stands in numbers from `at` on, if it is a protected number. */
static ew_code mask_number(masking *m, size_t at, size_t before, ew_err *err)
{
    char digits[32];
    size_t count = 0;
    size_t end = at;
    size_t last = at;
    while (end < before && count < sizeof digits) {
        size_t len;
        int digit = ew_names_digit(m->text, end, &len);
        if (digit < 0 &&
            (m->text.p[end] == 0 || strchr(" ()-.+/", m->text.p[end]) == NULL))
            break;
        if (digit >= 0) {
            digits[count++] = (char)('0' + digit);
            last = end + len;
        }
        end += len;
    }
    int64_t person = count >= NUMBER_MIN ? ew_names_number(m->n, digits, count) : 0;
    return person != 0 ? mask(m, person, at, last, err) : EW_OK;
}

static ew_code mask_numbers(masking *m, size_t from, size_t to, ew_err *err)
{
    ew_code code = EW_OK;
    bool goes_on = false;
    for (size_t at = from, len; at < to && code == EW_OK; at += len > 0 ? len : 1) {
        bool digit = ew_names_digit(m->text, at, &len) >= 0;
        if (digit && !goes_on && at >= m->told)
            code = mask_number(m, at, to, err);
        goes_on = digit;
    }
    return code;
}

static ew_code mask_name(void *cookie, const ew_named *f, ew_err *err)
{
    masking *m = cookie;
    if (f->of != EW_NAME_PROTECTED)
        return EW_OK;
    ew_slice back = ew_folded_back(m->f, m->text, f->at, f->n);
    size_t from = (size_t)(back.p - m->text.p);
    ew_code code = mask_numbers(m, m->told, from, err);
    return code == EW_OK ? mask(m, f->person, from, from + back.n, err) : code;
}

static ew_code run_mask(masking *m, ew_err *err)
{
    ew_folded f;
    ew_folded_init(&f);
    m->f = &f;
    ew_code code = ew_folded_set(&f, m->text, err);
    if (code == EW_OK)
        code = ew_names_find(m->n, (ew_slice){(const char *)f.text.data, f.text.len},
                             mask_name, m, err);
    if (code == EW_OK)
        code = mask_numbers(m, m->told, m->text.n, err);
    ew_folded_wipe(&f);
    if (code == EW_OK && m->out != NULL && m->told < m->text.n)
        code = ew_buf_append(m->out, m->text.p + m->told, m->text.n - m->told, err);
    return code;
}

ew_code ew_names_any(const ew_names *n, ew_slice text, bool *there, ew_err *err)
{
    masking m = {.n = n, .text = text};
    ew_code code = run_mask(&m, err);
    *there = m.there;
    return code;
}

ew_code ew_names_mask(const ew_names *n, ew_slice text, ew_buf *out, ew_err *err)
{
    masking m = {.n = n, .text = text, .out = out};
    return run_mask(&m, err);
}
