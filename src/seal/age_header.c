/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of age files, strictly by the grammar of c2sp.org/age. */
#include <string.h>

#include <sodium.h>

#include "base/alloc.h"
#include "base/err.h"
#include "seal/age_parts.h"

bool ew_age__base64(ew_slice s, uint8_t *out, size_t max, size_t *n)
{
    const char *end = NULL;
    *n = 0;
    for (size_t i = 0; i < s.n; i++) /* libsodium 1.0.18 takes some bytes for letters */
        if ((uint8_t)s.p[i] > 0x7F)
            return false;
    return s.n == 0 ||
           (sodium_base642bin(out, max, s.p, s.n, NULL, n, &end,
                              sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
            end == s.p + s.n);
}

ew_code ew_age__append_base64(ew_buf *b, const void *bytes, size_t n, ew_err *err)
{
    char text[sodium_base64_ENCODED_LEN(EW_AGE__LINE_BYTES,
                                        sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
    if (n > EW_AGE__LINE_BYTES)
        return ew_fail(err, EW_E_BUG, 0, "more than a line of base64");
    (void)sodium_bin2base64(text, sizeof text, bytes, n,
                            sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    return ew_buf_append(b, text, strlen(text), err);
}

/* ------------------------------------------------------------------ stanzas */

/* Words of visible ASCII, one space between. */
static bool take_args(ew_slice line, ew_age__stanza *s)
{
    ew_slice word;
    size_t words = 0;
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] < 0x20 || line.p[i] > 0x7E)
            return false;
    if (line.n == 0 || line.p[line.n - 1] == ' ')
        return false;
    for (; line.n > 0; words++) {
        if (!ew_slice_word(&line, &word))
            return false;
        if (words == 0)
            s->type = word;
        else if (words <= 2)
            s->args[words - 1] = word;
    }
    s->arg_count = words - 1;
    return true;
}

bool ew_age__take_stanza(ew_slice *rest, ew_age__stanza *s)
{
    uint8_t more[EW_AGE__LINE_BYTES];
    ew_slice line;
    size_t n = 0;
    *s = (ew_age__stanza){.arg_count = 0};
    if (!ew_slice_line(rest, &line) || !ew_slice_skip(&line, "-> ") ||
        !take_args(line, s))
        return false;
    do {
        if (!ew_slice_line(rest, &line) || line.n > EW_AGE__LINE ||
            !ew_age__base64(line, s->body_n == 0 ? s->body : more, EW_AGE__LINE_BYTES,
                            &n))
            return false;
        s->body_n += n;
    } while (line.n == EW_AGE__LINE);
    return true;
}

/* The last line: the MAC covers the rest, with the three dashes. */
static bool take_end(ew_slice *rest, ew_age__header *h, const char *begin)
{
    ew_slice line;
    size_t n = 0;
    if (!ew_slice_line(rest, &line) || !ew_slice_skip(&line, "--- "))
        return false;
    h->covered = (ew_slice){begin, (size_t)(line.p - 1 - begin)};
    return ew_age__base64(line, h->mac, sizeof h->mac, &n) && n == sizeof h->mac &&
           rest->n == 0;
}

bool ew_age__parse_header(ew_age__header *h, ew_slice text)
{
    ew_age__stanza s;
    ew_slice rest = text;
    ew_slice line;
    if (!ew_slice_line(&rest, &line) || !ew_slice_is(line, EW_AGE__VERSION))
        return false;
    h->stanzas.p = rest.p;
    do {
        if (!ew_age__take_stanza(&rest, &s))
            return false;
    } while (rest.n > 0 && rest.p[0] == '-' && rest.n > 1 && rest.p[1] == '>');
    h->stanzas.n = (size_t)(rest.p - h->stanzas.p);
    return take_end(&rest, h, text.p);
}
