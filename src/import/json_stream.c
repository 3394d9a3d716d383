/* SPDX-License-Identifier: Apache-2.0 */
/* The pull reader. Texts without escapes are slices of the input; others are decoded into a buffer that
 * is used again. */
#include "import/json_stream.h"

#include <string.h>

#include "import/clean.h"

void ew_json_init(ew_json *j, const void *bytes, size_t n)
{
    memset(j, 0, sizeof *j);
    j->bytes = bytes;
    j->n = n;
    ew_buf_init(&j->key_buf, EW_JSON_TEXT);
    ew_buf_init(&j->text_buf, EW_JSON_TEXT);
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        j->at = 3;
}

void ew_json_again(ew_json *j, const void *bytes, size_t n)
{
    ew_buf key = j->key_buf;
    ew_buf text = j->text_buf;
    bool passes = j->passes;
    size_t passed = j->passed;
    ew_json_init(j, bytes, n);
    j->passes = passes;
    j->passed = passed;
    j->key_buf = key;
    j->text_buf = text;
}

void ew_json_release(ew_json *j)
{
    ew_buf_release(&j->key_buf);
    ew_buf_release(&j->text_buf);
}

static ew_code bad(const ew_json *j, const char *what, ew_err *err)
{
    return ew_fail(err, EW_E_FORMAT, j->at, "not JSON at byte %zu: %s", j->at, what);
}

static void skip_blanks(ew_json *j)
{
    while (j->at < j->n && strchr(" \t\r\n", j->bytes[j->at]) != NULL &&
           j->bytes[j->at] != 0)
        j->at++;
}

static bool peek(const ew_json *j, char c)
{
    return j->at < j->n && j->bytes[j->at] == c;
}

/* ------------------------------------------------------------------ strings */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* So many hex digits at j->at; false when they are not there. */
static bool take_hex(ew_json *j, size_t digits, uint32_t *out)
{
    uint32_t v = 0;
    if (j->n - j->at < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        int d = hex_value(j->bytes[j->at + i]);
        if (d < 0)
            return false;
        v = v << 4 | (uint32_t)d;
    }
    j->at += digits;
    *out = v;
    return true;
}

static ew_code put_char(ew_buf *b, uint32_t cp, ew_err *err)
{
    char c[4];
    size_t n = 1;
    if (cp < 0x80) {
        c[0] = (char)cp;
    } else if (cp < 0x800) {
        c[0] = (char)(0xC0 | cp >> 6);
        n = 2;
    } else if (cp < 0x10000) {
        c[0] = (char)(0xE0 | cp >> 12);
        n = 3;
    } else {
        c[0] = (char)(0xF0 | cp >> 18);
        n = 4;
    }
    for (size_t i = 1; i < n; i++)
        c[i] = (char)(0x80 | (cp >> (6 * (n - 1 - i)) & 0x3F));
    return ew_buf_append(b, c, n, err);
}

/* After "\u": one character, of two halves when need be. A half alone is no character. */
static ew_code take_unicode(ew_json *j, ew_buf *b, ew_err *err)
{
    uint32_t cp;
    uint32_t low;
    if (!take_hex(j, 4, &cp))
        return bad(j, "four hex digits are missing after \\u", err);
    if (cp >= 0xD800 && cp < 0xDC00 && j->n - j->at >= 2 && j->bytes[j->at] == '\\' &&
        j->bytes[j->at + 1] == 'u') {
        size_t back = j->at;
        j->at += 2;
        if (take_hex(j, 4, &low) && low >= 0xDC00 && low < 0xE000)
            return put_char(b, 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00), err);
        j->at = back;
    }
    if (cp >= 0xD800 && cp < 0xE000) {
        j->odd = true;
        cp = 0xFFFD;
    }
    return put_char(b, cp, err);
}

/* After a backslash. */
static ew_code take_escape(ew_json *j, ew_buf *b, ew_err *err)
{
    static const char from[] = "\"\\/bfnrt";
    static const char to[] = "\"\\/\b\f\n\r\t";
    uint32_t cp;
    if (j->at == j->n)
        return bad(j, "the text ends within a string", err);
    char c = j->bytes[j->at++];
    const char *known = c != 0 ? strchr(from, c) : NULL;
    if (known != NULL)
        return ew_buf_append(b, &to[known - from], 1, err);
    if (c == 'u')
        return take_unicode(j, b, err);
    j->odd = true;
    if (c == 'x' && take_hex(j, 2, &cp))
        return put_char(b, cp, err);
    j->at--; /* a backslash that stands for itself */
    return ew_buf_append(b, "\\", 1, err);
}

/* What came from the input and is no UTF-8 becomes U+FFFD. */
static ew_code clean(ew_json *j, ew_buf *b, ew_slice *text, ew_err *err)
{
    ew_buf out;
    ew_buf_init(&out, EW_JSON_TEXT);
    ew_code code = ew_import_clean(*text, &out, text, &j->bad_utf8, err);
    if (out.len == 0) {
        ew_buf_release(&out);
        return code;
    }
    ew_buf_release(b); /* the old text may have been in it */
    *b = out;
    return code;
}

/* Bytes from `from` to j->at go to b; the escape that follows too. */
static ew_code take_rest(ew_json *j, ew_buf *b, size_t from, ew_err *err)
{
    ew_code code = EW_OK;
    for (;;) {
        while (j->at < j->n && j->bytes[j->at] != '"' && j->bytes[j->at] != '\\') {
            j->odd = j->odd || (unsigned char)j->bytes[j->at] < 0x20;
            j->at++;
        }
        if (j->at == j->n)
            return bad(j, "the text ends within a string", err);
        code = ew_buf_append(b, j->bytes + from, j->at - from, err);
        if (code != EW_OK || j->bytes[j->at] == '"')
            return code;
        j->at++;
        code = take_escape(j, b, err);
        if (code != EW_OK)
            return code;
        from = j->at;
    }
}

/* At the opening mark; ends behind the closing one. */
static ew_code take_string(ew_json *j, ew_buf *b, ew_slice *text, ew_err *err)
{
    size_t from = ++j->at;
    while (j->at < j->n && j->bytes[j->at] != '"' && j->bytes[j->at] != '\\') {
        j->odd = j->odd || (unsigned char)j->bytes[j->at] < 0x20;
        j->at++;
    }
    if (peek(j, '"')) {
        *text = (ew_slice){j->bytes + from, j->at - from};
    } else {
        ew_buf_reset(b);
        ew_code code = take_rest(j, b, from, err);
        if (code != EW_OK)
            return code;
        *text = (ew_slice){b->len > 0 ? (const char *)b->data : "", b->len};
    }
    j->at++;
    if (text->n > EW_JSON_TEXT)
        return ew_fail(err, EW_E_LIMIT, from, "a text of more than %d bytes",
                       (int)EW_JSON_TEXT);
    return clean(j, b, text, err);
}

/* ------------------------------------------------------------------ other values */

static bool is_number(ew_slice s)
{
    size_t i = s.n > 0 && s.p[0] == '-';
    size_t digits = i;
    while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
        i++;
    if (i == digits)
        return false;
    if (i < s.n && s.p[i] == '.')
        for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9';)
            i++;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
            i++;
    }
    return i == s.n;
}

/* A word without marks: true, a number, or what an export forgot to put in marks. */
static ew_code take_word(ew_json *j, ew_err *err)
{
    size_t from = j->at;
    while (j->at < j->n && (unsigned char)j->bytes[j->at] > 0x20 &&
           strchr(",]}:\"[{", j->bytes[j->at]) == NULL)
        j->at++;
    j->text = (ew_slice){j->bytes + from, j->at - from};
    if (j->text.n == 0)
        return bad(j, "a value is missing", err);
    j->kind = EW_JSON_STRING;
    if (ew_slice_is(j->text, "true"))
        j->kind = EW_JSON_TRUE;
    else if (ew_slice_is(j->text, "false"))
        j->kind = EW_JSON_FALSE;
    else if (ew_slice_is(j->text, "null"))
        j->kind = EW_JSON_NULL;
    else if (is_number(j->text))
        j->kind = EW_JSON_NUMBER;
    else
        j->odd = true;
    return clean(j, &j->text_buf, &j->text, err);
}

static ew_code take_open(ew_json *j, char c, ew_err *err)
{
    if (j->depth == EW_JSON_DEPTH)
        return ew_fail(err, EW_E_LIMIT, j->at, "JSON of more than %d levels",
                       (int)EW_JSON_DEPTH);
    j->open[j->depth++] = c;
    j->kind = c == '{' ? EW_JSON_OBJECT : EW_JSON_ARRAY;
    j->first = true;
    j->at++;
    return EW_OK;
}

static ew_code take_close(ew_json *j)
{
    j->kind = j->open[--j->depth] == '{' ? EW_JSON_OBJECT_END : EW_JSON_ARRAY_END;
    j->first = false;
    j->at++;
    return EW_OK;
}

/* Behind the value that begins at `at`, a string or a bracket; SIZE_MAX when it does not end. */
static size_t value_end(const ew_json *j, size_t at)
{
    size_t depth = 0;
    bool text = false;
    for (; at < j->n; at++) {
        char c = j->bytes[at];
        if (text && c == '\\') {
            at++;
            continue;
        }
        text = c == '"' ? !text : text;
        depth += !text && (c == '{' || c == '[');
        if (!text && (c == '}' || c == ']') && depth-- == 0)
            break;
        if (!text && depth == 0)
            return at + 1;
    }
    return SIZE_MAX;
}

/* Nothing is lost of what follows a value that is too much: it is null. */
static bool pass_over(ew_json *j, size_t from)
{
    size_t end = j->passes ? value_end(j, from) : SIZE_MAX;
    if (end == SIZE_MAX)
        return false;
    j->at = end;
    j->kind = EW_JSON_NULL;
    j->text = (ew_slice){"", 0};
    j->first = false;
    j->passed++;
    return true;
}

static ew_code take_value(ew_json *j, ew_err *err)
{
    skip_blanks(j);
    if (j->at == j->n)
        return bad(j, "the text ends where a value is expected", err);
    j->begin = j->at;
    char c = j->bytes[j->at];
    ew_code code = EW_OK;
    if (c == '{' || c == '[') {
        code = take_open(j, c, err);
    } else if (c == '"') {
        j->kind = EW_JSON_STRING;
        code = take_string(j, &j->text_buf, &j->text, err);
        j->first = false;
    } else {
        code = take_word(j, err);
        j->first = false;
    }
    if (code == EW_E_LIMIT && (c == '{' || c == '[' || c == '"') &&
        pass_over(j, j->begin))
        code = EW_OK;
    j->end = j->at;
    return code;
}

/* ------------------------------------------------------------------ tokens */

/* In an object: the key and the colon. */
static ew_code take_key(ew_json *j, ew_err *err)
{
    if (!peek(j, '"'))
        return bad(j, "a name in marks is expected", err);
    ew_code code = take_string(j, &j->key_buf, &j->key, err);
    if (code != EW_OK)
        return code;
    skip_blanks(j);
    if (!peek(j, ':'))
        return bad(j, "a colon is expected", err);
    j->at++;
    j->has_key = true;
    return EW_OK;
}

/* Between values: the comma, or the end of what is open; *ended then. */
static ew_code take_between(ew_json *j, bool *ended, ew_err *err)
{
    char close = j->open[j->depth - 1] == '{' ? '}' : ']';
    *ended = peek(j, close);
    if (*ended) {
        j->begin = j->at;
        j->end = j->at + 1;
        return take_close(j);
    }
    if (j->first)
        return EW_OK;
    if (!peek(j, ','))
        return bad(j, j->at == j->n ? "the text ends too early" : "a comma is expected",
                   err);
    j->at++;
    skip_blanks(j);
    return EW_OK;
}

ew_code ew_json_next(ew_json *j, ew_err *err)
{
    bool ended = false;
    ew_code code = EW_OK;
    j->has_key = false;
    j->odd = false;
    j->bad_utf8 = false;
    j->key = j->text = (ew_slice){"", 0};
    skip_blanks(j);
    if (j->depth == 0 && j->done) {
        j->kind = EW_JSON_END;
        j->begin = j->end = j->at;
        return j->at == j->n ? EW_OK : bad(j, "more text after its end", err);
    }
    j->done = true; /* one value at the top, and then the end */
    if (j->depth > 0)
        code = take_between(j, &ended, err);
    if (code != EW_OK || ended)
        return code;
    if (j->depth > 0 && j->open[j->depth - 1] == '{')
        code = take_key(j, err);
    return code == EW_OK ? take_value(j, err) : code;
}

ew_code ew_json_skip(ew_json *j, ew_err *err)
{
    size_t depth = j->depth;
    ew_code code = EW_OK;
    if (j->kind != EW_JSON_OBJECT && j->kind != EW_JSON_ARRAY)
        return EW_OK;
    while (code == EW_OK && j->depth >= depth)
        code = ew_json_next(j, err);
    return code;
}
