/* SPDX-License-Identifier: Apache-2.0 */
/* Filling an ew_err, and the names of the codes. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

enum { TEXT_SIZE = sizeof(((ew_err *)0)->text) };

const char *ew_code_name(ew_code code)
{
    switch (code) {
    case EW_OK:
        return "ok";
    case EW_E_ARG:
        return "arg";
    case EW_E_NOMEM:
        return "nomem";
    case EW_E_IO:
        return "io";
    case EW_E_FORMAT:
        return "format";
    case EW_E_LIMIT:
        return "limit";
    case EW_E_NOTFOUND:
        return "notfound";
    case EW_E_BUSY:
        return "busy";
    case EW_E_CANCELLED:
        return "cancelled";
    case EW_E_VERSION:
        return "version";
    case EW_E_BUG:
        return "bug";
    }
    return "bug";
}

/* Length of the longest prefix of s[0..n) that does not end inside a character. */
static size_t whole_chars(const char *s, size_t n)
{
    size_t start = n;
    while (start > 0 && n - start < 3 && ((unsigned char)s[start - 1] & 0xC0u) == 0x80u)
        start--;
    if (start == 0)
        return n;
    unsigned char lead = (unsigned char)s[start - 1];
    size_t want = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return n - (start - 1) < want ? start - 1 : n;
}

/* Control characters and invalid bytes become '?': the text is one line of valid UTF-8. */
static void sanitize(char *s)
{
    size_t n = strlen(s);
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t used = ew_utf8_next(s + i, n - i, &cp);
        int bad = used == 0 || cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
        if (bad) {
            s[to++] = '?';
        } else {
            memmove(s + to, s + i, used);
            to += used;
        }
        i += used > 0 ? used : 1;
    }
    s[to] = 0;
}

/* Formats into text[0..room), cut at a character. */
EW_PRINTF(3, 0)
static void format(char *text, size_t room, const char *fmt, va_list args)
{
    int n = vsnprintf(text, room, fmt, args);
    if (n < 0)
        text[0] = 0;
    else if ((size_t)n >= room)
        text[whole_chars(text, room - 1)] = 0;
}

/* The text is built beside err first, since an argument may be err->text itself. */
static void fill(ew_err *err, ew_code code, int sys, uint64_t pos, char *text)
{
    sanitize(text);
    err->code = code;
    err->sys = sys;
    err->pos = pos;
    memcpy(err->text, text, TEXT_SIZE);
}

ew_code ew_fail(ew_err *err, ew_code code, uint64_t pos, const char *fmt, ...)
{
    if (err == NULL)
        return code;
    char text[TEXT_SIZE] = "";
    va_list args;
    va_start(args, fmt);
    format(text, sizeof text, fmt, args);
    va_end(args);
    fill(err, code, 0, pos, text);
    return code;
}

ew_code ew_fail_sys(ew_err *err, int sys, const char *fmt, ...)
{
    if (err == NULL)
        return EW_E_IO;
    char why[80];
    /* Not strerror: this one does not depend on the locale and is safe in threads. */
    const char *desc = strerrordesc_np(sys);
    if (desc != NULL)
        (void)snprintf(why, sizeof why, ": %s", desc);
    else
        (void)snprintf(why, sizeof why, ": error %d", sys);
    char text[TEXT_SIZE] = "";
    va_list args;
    va_start(args, fmt);
    format(text, sizeof text - strlen(why), fmt, args);
    va_end(args);
    size_t used = strlen(text);
    memcpy(text + used, why, strlen(why) + 1);
    fill(err, EW_E_IO, sys, 0, text);
    return EW_E_IO;
}

ew_code ew_fail_nomem(ew_err *err)
{
    return ew_fail(err, EW_E_NOMEM, 0, "out of memory");
}

void ew_err_clear(ew_err *err)
{
    if (err != NULL)
        *err = (ew_err){.code = EW_OK};
}
