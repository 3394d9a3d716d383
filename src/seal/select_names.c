/* SPDX-License-Identifier: Apache-2.0 */
/* The words of --show and --hide. */
#include <string.h>

#include "base/bytes.h"
#include "seal/select.h"

enum { MICRO_DIGITS = 6, MICRO = 1000000, SECONDS_MAX = 10000000, NUMBER_DIGITS = 9 };

static bool is_sound(const ew_stream *s)
{
    return s->splitter == EW_SPLIT_GRID || s->splitter == EW_SPLIT_OGG ||
           s->splitter == EW_SPLIT_MP3 || s->splitter == EW_SPLIT_AAC;
}

static ew_code bad_range(const ew_stream *s, ew_slice r, ew_err *err)
{
    return ew_fail(err, EW_E_ARG, 0, "cannot read the range '%.*s'%s",
                   (int)(r.n < 100 ? r.n : 100), r.p,
                   is_sound(s) ? "; times are like 1:02.3-1:04, numbers like #3-5"
                   : s->splitter == EW_SPLIT_CHAT
                       ? "; ranges are like 3-5, 8, sender:Ann, on:17.9.2019"
                       : "; ranges are like 3-5 or 8");
}

/* ------------------------------------------------------------------ numbers */

/* Digits; what follows is left. */
static bool take_digits(ew_slice *s, uint64_t *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9' && n < NUMBER_DIGITS)
        *out = *out * 10 + (uint64_t)(s->p[n++] - '0');
    s->p += n;
    s->n -= n;
    return n > 0;
}

/* The digits after a point: as many millionths. */
static bool take_fraction(ew_slice *s, uint64_t *us)
{
    uint64_t scale = MICRO / 10;
    size_t n = 0;
    for (*us = 0; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++, scale /= 10)
        *us += (uint64_t)(s->p[n] - '0') * scale;
    s->p += n;
    s->n -= n;
    return n > 0 && n <= MICRO_DIGITS;
}

/* h:mm:ss.sss */
static bool take_time(ew_slice s, uint64_t *us)
{
    uint64_t v;
    uint64_t seconds = 0;
    int fields = 0;
    do {
        if (fields++ == 3 || !take_digits(&s, &v))
            return false;
        seconds = seconds * 60 + v;
    } while (ew_slice_skip(&s, ":"));
    if (seconds > SECONDS_MAX)
        return false;
    *us = 0;
    if (ew_slice_skip(&s, ".") && !take_fraction(&s, us))
        return false;
    *us += seconds * MICRO;
    return s.n == 0;
}

/* "a-b", "a-end", or "a" when `alone`. */
static bool take_pair(ew_slice r, bool time, ew_name *out)
{
    const char *dash = r.n > 0 ? memchr(r.p, '-', r.n) : NULL;
    ew_slice a = {r.p, dash != NULL ? (size_t)(dash - r.p) : r.n};
    ew_slice b = dash != NULL ? (ew_slice){dash + 1, r.n - a.n - 1} : a;
    out->kind = time ? EW_NAME_TIME : EW_NAME_COUNT;
    if (time && dash == NULL)
        return false;
    bool ok = time ? take_time(a, &out->a) : take_digits(&a, &out->a) && a.n == 0;
    if (!ok)
        return false;
    if (dash != NULL && ew_slice_is(b, "end"))
        out->b = UINT64_MAX;
    else if (!(time ? take_time(b, &out->b) : take_digits(&b, &out->b) && b.n == 0))
        return false;
    return time ? out->a < out->b : out->a >= 1 && out->a <= out->b;
}

/* ------------------------------------------------------------------ words */

/* Text up to a comma or "..", or in quotation marks, where two of them are one. */
static ew_code take_text(ew_slice *rest, ew_buf *text, ew_slice *out, ew_err *err)
{
    size_t began = text->len;
    bool quoted = ew_slice_skip(rest, "\"");
    ew_code code = EW_OK;
    while (code == EW_OK && rest->n > 0) {
        if (quoted && ew_slice_skip(rest, "\"\"")) {
            code = ew_buf_append(text, "\"", 1, err);
            continue;
        }
        if (quoted ? rest->p[0] == '"'
                   : rest->p[0] == ',' || (rest->n > 1 && memcmp(rest->p, "..", 2) == 0))
            break;
        code = ew_buf_append(text, rest->p, 1, err);
        rest->p++;
        rest->n--;
    }
    if (code == EW_OK && quoted && !ew_slice_skip(rest, "\""))
        return ew_fail(err, EW_E_ARG, 0, "a quotation mark is not closed");
    if (code == EW_OK && text->len == began)
        return ew_fail(err, EW_E_ARG, 0, "a name or a time is missing");
    if (code == EW_OK)
        *out = (ew_slice){(const char *)text->data + began, text->len - began};
    return code;
}

static bool take_kind(const ew_stream *s, ew_slice word, ew_name *out)
{
    static const struct {
        const char *word;
        ew_part_kind kind;
        bool chat;
    } words[] = {
        {"head", EW_PART_HEAD, false},  {"tail", EW_PART_TAIL, false},
        {"times", EW_PART_TIME, true},  {"senders", EW_PART_SENDER, true},
        {"bodies", EW_PART_BODY, true}, {"attachments", EW_PART_ATTACHMENT, true}};
    for (size_t i = 0; i < EW_COUNT(words); i++)
        if (ew_slice_is(word, words[i].word) &&
            (!words[i].chat || s->splitter == EW_SPLIT_CHAT)) {
            out->kind = EW_NAME_KIND;
            out->part = words[i].kind;
            return true;
        }
    return false;
}

static ew_code take_message(ew_slice *rest, ew_buf *text, ew_name *out, ew_err *err)
{
    out->kind = ew_slice_skip(rest, "sender:") ? EW_NAME_SENDER : EW_NAME_ON;
    if (out->kind == EW_NAME_ON)
        (void)ew_slice_skip(rest, "on:");
    size_t at = text->len;
    ew_code code = take_text(rest, text, &out->text, err);
    out->text2 = out->text;
    if (code == EW_OK && out->kind == EW_NAME_ON && ew_slice_skip(rest, ".."))
        code = take_text(rest, text, &out->text2, err);
    if (code == EW_OK) /* the second may have moved the first */
        out->text.p = (const char *)text->data + at;
    return code;
}

static bool begins_with(ew_slice s, const char *prefix)
{
    return ew_slice_skip(&s, prefix);
}

ew_code ew_select__next(ew_slice *rest, const ew_stream *s, ew_buf *text, ew_name *out,
                        ew_err *err)
{
    ew_slice whole = *rest;
    ew_code code = EW_OK;
    *out = (ew_name){.kind = EW_NAME_ALL};
    if (s->splitter == EW_SPLIT_CHAT &&
        (begins_with(*rest, "sender:") || begins_with(*rest, "on:"))) {
        code = take_message(rest, text, out, err);
    } else {
        const char *comma = rest->n > 0 ? memchr(rest->p, ',', rest->n) : NULL;
        ew_slice word = {rest->p, comma != NULL ? (size_t)(comma - rest->p) : rest->n};
        rest->p += word.n;
        rest->n -= word.n;
        bool count = word.n > 0 && word.p[0] == '#';
        ew_slice pair = {word.p + count, word.n - count};
        if (!ew_slice_is(word, "all") && !take_kind(s, word, out) &&
            !take_pair(pair, is_sound(s) && !count, out))
            return bad_range(s, word, err);
    }
    if (code == EW_OK && rest->n > 0 && (!ew_slice_skip(rest, ",") || rest->n == 0))
        return bad_range(s, whole, err);
    return code;
}
