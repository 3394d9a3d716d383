/* SPDX-License-Identifier: Apache-2.0 */
/* DER. */
#include "seal/der.h"

#include <string.h>

enum { LENGTH_BYTES_MAX = 3 }; /* what is read here is smaller than 16 MiB */

static uint8_t at(ew_slice s, size_t i)
{
    return (uint8_t)s.p[i];
}

/* The length that begins at byte 1; *head becomes the number of bytes before the value. */
static bool read_length(ew_slice s, size_t *n, size_t *head)
{
    if (s.n < 2)
        return false;
    *n = at(s, 1);
    *head = 2;
    if (*n < 0x80)
        return true;
    size_t bytes = *n & 0x7f;
    if (bytes == 0 || bytes > LENGTH_BYTES_MAX || s.n < 2 + bytes)
        return false;
    *n = 0;
    for (size_t i = 0; i < bytes; i++)
        *n = *n << 8 | at(s, 2 + i);
    *head = 2 + bytes;
    return *n >= 0x80 && *n >> (8 * (bytes - 1)) != 0;
}

bool ew_der_next(ew_slice *rest, ew_tlv *out)
{
    size_t n;
    size_t head;
    if (!read_length(*rest, &n, &head) || n > rest->n - head)
        return false;
    out->tag = at(*rest, 0);
    if ((out->tag & 0x1f) == 0x1f) /* numbers that do not fit into the first byte */
        return false;
    out->value = (ew_slice){rest->p + head, n};
    out->whole = (ew_slice){rest->p, head + n};
    rest->p += head + n;
    rest->n -= head + n;
    return true;
}

bool ew_der_comes(ew_slice rest, uint8_t tag)
{
    return rest.n > 0 && at(rest, 0) == tag;
}

bool ew_der_take_whole(ew_slice *rest, uint8_t tag, ew_slice *whole)
{
    ew_tlv v;
    ew_slice r = *rest;
    if (!ew_der_next(&r, &v) || v.tag != tag)
        return false;
    *rest = r;
    *whole = v.whole;
    return true;
}

bool ew_der_take(ew_slice *rest, uint8_t tag, ew_slice *value)
{
    ew_tlv v;
    ew_slice r = *rest;
    if (!ew_der_next(&r, &v) || v.tag != tag)
        return false;
    *rest = r;
    *value = v.value;
    return true;
}

bool ew_slice_same(ew_slice a, ew_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ------------------------------------------------------------------ values */

bool ew_der_positive(ew_slice v, ew_slice *bytes)
{
    if (v.n == 0 || at(v, 0) >= 0x80)
        return false;
    if (at(v, 0) == 0) {
        if (v.n == 1 || at(v, 1) < 0x80)
            return false;
        v.p++;
        v.n--;
    }
    *bytes = v;
    return true;
}

bool ew_der_small(ew_slice v, uint64_t max, uint64_t *out)
{
    ew_slice bytes;
    *out = 0;
    if (v.n == 1 && at(v, 0) == 0)
        return true;
    if (!ew_der_positive(v, &bytes) || bytes.n > sizeof *out)
        return false;
    for (size_t i = 0; i < bytes.n; i++)
        *out = *out << 8 | at(bytes, i);
    return *out <= max;
}

bool ew_der_bool(ew_slice v, bool *out)
{
    if (v.n != 1 || (at(v, 0) != 0 && at(v, 0) != 0xff))
        return false;
    *out = at(v, 0) != 0;
    return true;
}

bool ew_der_whole_bits(ew_slice v, ew_slice *bytes)
{
    if (v.n < 2 || at(v, 0) != 0)
        return false;
    *bytes = (ew_slice){v.p + 1, v.n - 1};
    return true;
}

/* ------------------------------------------------------------------ times */

static bool digits(ew_slice *s, size_t n, int *out)
{
    *out = 0;
    if (s->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        *out = *out * 10 + (s->p[i] - '0');
    }
    s->p += n;
    s->n -= n;
    return true;
}

static int days_of(int year, int month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Days from 1970-01-01; the year begins in March here, so that leap days come last. */
static int64_t days_since(int year, int month, int day)
{
    int64_t y = year - (month <= 2 ? 1 : 0) + 400; /* no year before 0 */
    int64_t m = (month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 -
           (719468 + 146097);
}

static bool take_fraction(ew_slice *s, bool *fraction)
{
    if (s->n == 0 || s->p[0] != '.')
        return true;
    size_t n = 1;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
        n++;
    if (fraction == NULL || n == 1 || s->p[n - 1] == '0')
        return false;
    *fraction = true;
    s->p += n;
    s->n -= n;
    return true;
}

bool ew_der_time(const ew_tlv *v, int64_t *seconds, bool *fraction)
{
    ew_slice s = v->value;
    int year;
    int month;
    int day;
    int clock[3];
    if (fraction != NULL)
        *fraction = false;
    if (v->tag != EW_DER_UTC_TIME && v->tag != EW_DER_TIME)
        return false;
    if (!digits(&s, v->tag == EW_DER_TIME ? 4 : 2, &year) || !digits(&s, 2, &month) ||
        !digits(&s, 2, &day))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (!digits(&s, 2, &clock[i]) || clock[i] > (i == 0 ? 23 : 59))
            return false;
    if (v->tag == EW_DER_UTC_TIME)
        year += year < 50 ? 2000 : 1900;
    else if (!take_fraction(&s, fraction))
        return false;
    if (s.n != 1 || s.p[0] != 'Z' || month < 1 || month > 12 || day < 1 ||
        day > days_of(year, month))
        return false;
    *seconds =
        days_since(year, month, day) * 86400 + clock[0] * 3600 + clock[1] * 60 + clock[2];
    return true;
}
