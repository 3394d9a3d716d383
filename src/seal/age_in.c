/* SPDX-License-Identifier: Apache-2.0 */
/* Input of age files. Armor is the strict PEM of RFC 7468 with one label; only white space may
 * stand around it. */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "seal/age_parts.h"

enum {
    RAW = 16 * 1024,
    ROOM = EW_AGE_CHUNK + EW_AGE__TAG + EW_AGE__LINE_BYTES, /* a line may overhang */
    SPACE_MAX = 1024
};

void ew_age__in_release(ew_age__in *in)
{
    ew_free(in->raw);
    ew_free(in->bytes);
    *in = (ew_age__in){0};
}

/* ------------------------------------------------------------------ as it comes */

static ew_code refill(ew_age__in *in, ew_err *err)
{
    size_t got = 0;
    if (in->raw_end || in->raw_at < in->raw_n)
        return EW_OK;
    ew_code code = in->from->read(in->from->cookie, in->raw, RAW, &got, err);
    if (code != EW_OK)
        return code;
    in->raw_at = 0;
    in->raw_n = got;
    in->raw_end = got == 0;
    return EW_OK;
}

/* The next byte, not taken; -1 at the end. */
static ew_code peek(ew_age__in *in, int *c, ew_err *err)
{
    ew_code code = refill(in, err);
    if (code == EW_OK)
        *c = in->raw_at < in->raw_n ? in->raw[in->raw_at] : -1;
    return code;
}

static bool is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* ------------------------------------------------------------------ armor */

static ew_code bad_armor(ew_age__in *in, const char *why, ew_err *err)
{
    *in->fault = EW_AGE_BAD_ARMOR;
    return ew_fail(err, EW_E_FORMAT, 0, "the armor of the age file is damaged: %s", why);
}

/* Passes over white space; *line_begins tells whether a line begins where it ends. */
static ew_code skip_space(ew_age__in *in, bool *line_begins, ew_err *err)
{
    int c = 0;
    *line_begins = true;
    for (int n = 0;; n++) {
        ew_code code = peek(in, &c, err);
        if (code != EW_OK || !is_space(c))
            return code;
        if (n == SPACE_MAX)
            return bad_armor(in, "too much white space", err);
        *line_begins = c == '\n';
        in->raw_at++;
    }
}

/* A line without its end, LF or CRLF; the last line of the file needs none. */
static ew_code take_line(ew_age__in *in, char line[EW_AGE__LINE], size_t *n, ew_err *err)
{
    int c = 0;
    bool cr = false;
    *n = 0;
    for (;;) {
        ew_code code = peek(in, &c, err);
        if (code != EW_OK)
            return code;
        in->raw_at += c >= 0;
        if (c == '\n' || (c < 0 && !cr))
            return EW_OK;
        if (cr)
            return bad_armor(in, "a carriage return within a line", err);
        cr = c == '\r';
        if (cr)
            continue;
        if (*n == EW_AGE__LINE)
            return bad_armor(in, "a line is too long", err);
        line[(*n)++] = (char)c;
    }
}

static ew_code begin_armor(ew_age__in *in, ew_err *err)
{
    char text[EW_AGE__LINE];
    size_t n = 0;
    bool begins = false;
    ew_code code = skip_space(in, &begins, err);
    if (code == EW_OK)
        code = take_line(in, text, &n, err);
    if (code == EW_OK &&
        (!begins || !ew_slice_is((ew_slice){text, n}, EW_AGE__ARMOR_BEGIN)))
        code = bad_armor(in, "it does not begin as it must", err);
    return code;
}

static ew_code end_armor(ew_age__in *in, ew_err *err)
{
    bool begins = false;
    int c = 0;
    in->place = EW_AGE__AFTER;
    ew_code code = skip_space(in, &begins, err);
    if (code == EW_OK)
        code = peek(in, &c, err);
    if (code == EW_OK && c >= 0)
        code = bad_armor(in, "something follows it", err);
    return code;
}

/* Every line but the last is full. */
static ew_code unarmor_line(ew_age__in *in, uint8_t out[EW_AGE__LINE_BYTES], size_t *got,
                            ew_err *err)
{
    char text[EW_AGE__LINE];
    size_t n = 0;
    *got = 0;
    if (in->place == EW_AGE__AFTER)
        return EW_OK;
    ew_code code = take_line(in, text, &n, err);
    if (code != EW_OK)
        return code;
    ew_slice line = {text, n};
    if (ew_slice_is(line, EW_AGE__ARMOR_END))
        return end_armor(in, err);
    if (in->place == EW_AGE__LAST_LINE)
        return bad_armor(in, "its end is missing", err);
    if (!ew_slice_base64_any(line, out, EW_AGE__LINE_BYTES, got) || *got == 0)
        return bad_armor(in, "a line is not base64", err);
    if (*got < EW_AGE__LINE_BYTES)
        in->place = EW_AGE__LAST_LINE;
    return EW_OK;
}

/* ------------------------------------------------------------------ both */

ew_code ew_age__in_open(ew_age__in *in, const ew_age_source *from, ew_age_armor armor,
                        ew_age_fault *fault, ew_err *err)
{
    int c = 0;
    *in = (ew_age__in){.from = from, .fault = fault};
    in->raw = ew_alloc(RAW);
    in->bytes = ew_alloc(ROOM);
    if (in->raw == NULL || in->bytes == NULL)
        return ew_fail_nomem(err);
    ew_code code = peek(in, &c, err);
    if (code != EW_OK)
        return code;
    in->armored = armor == EW_AGE_ARMOR_YES ||
                  (armor == EW_AGE_ARMOR_AUTO && (c == '-' || is_space(c)));
    return in->armored ? begin_armor(in, err) : EW_OK;
}

static ew_code copy_raw(ew_age__in *in, size_t *got, ew_err *err)
{
    ew_code code = refill(in, err);
    if (code != EW_OK)
        return code;
    size_t room = ROOM - in->n;
    *got = in->raw_n - in->raw_at < room ? in->raw_n - in->raw_at : room;
    if (*got > 0)
        memcpy(in->bytes + in->n, in->raw + in->raw_at, *got);
    in->raw_at += *got;
    return EW_OK;
}

ew_code ew_age__in_fill(ew_age__in *in, size_t want, ew_err *err)
{
    if (in->n - in->at >= want || in->end)
        return EW_OK;
    if (in->at > 0)
        memmove(in->bytes, in->bytes + in->at, in->n - in->at);
    in->n -= in->at;
    in->at = 0;
    while (in->n < want && !in->end) {
        size_t got = 0;
        ew_code code = in->armored ? unarmor_line(in, in->bytes + in->n, &got, err)
                                   : copy_raw(in, &got, err);
        if (code != EW_OK)
            return code;
        in->n += got;
        in->end = got == 0;
    }
    return EW_OK;
}
