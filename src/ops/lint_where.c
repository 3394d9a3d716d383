/* SPDX-License-Identifier: Apache-2.0 */
/* Coordinates in a text: two numbers side by side, numbers behind the names that formats of maps have for them,
 * degrees and minutes, what receivers say. What these patterns miss is told in docs/formats/case.md. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "ops/lint_in.h"

enum {
    DECIMALS = 4,     /* of degrees: 11 m */
    SURE = 5,         /* decimals from which on two numbers need nothing else */
    KEY_DECIMALS = 3, /* behind a name that says what it is */
    KEY_MOST = 24,
    SEPARATORS = 8, /* between the name and its number */
    GAP_MOST = 3,
    LINES_MOST = 48, /* between two numbers of a list, one on each line */
    NEXT_MOST = 120, /* to the other of two that have names */
    HINT_BEFORE = 40
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_one_of(char c, const char *list)
{
    return c != 0 && strchr(list, c) != NULL;
}

static ew_code told(ew_lint *l, const ew_lint_text *t, size_t from, size_t to,
                    ew_err *err)
{
    if (to <= t->seen)
        return EW_OK;
    return ew_lint__found(l, EW_LINT_COORDINATES, t->field, t->at + from * t->scale,
                          (ew_slice){t->text.p + from, to - from}, err);
}

/* ------------------------------------------------------------------ numbers */

typedef struct degrees {
    size_t n; /* bytes; 0: no number with a point */
    size_t decimals;
    double v;
    bool sign;
} degrees;

static degrees degrees_at(ew_slice s, size_t at)
{
    degrees d = {.n = 0};
    size_t i = at;
    double scale = 1;
    d.sign = i < s.n && (s.p[i] == '-' || s.p[i] == '+');
    bool minus = d.sign && s.p[i] == '-';
    i += d.sign;
    size_t from = i;
    while (i < s.n && is_digit(s.p[i]) && i - from < 4)
        d.v = d.v * 10 + (s.p[i++] - '0');
    if (i == from || i >= s.n || s.p[i] != '.')
        return d;
    for (i++; i < s.n && is_digit(s.p[i]); i++) {
        scale /= 10;
        d.v += scale * (s.p[i] - '0');
        d.decimals++;
    }
    d.v = minus ? -d.v : d.v;
    d.n = i - at;
    return d;
}

/* ------------------------------------------------------------------ behind a name */

typedef enum axis { AXIS_NONE, AXIS_LATITUDE, AXIS_LONGITUDE } axis;

static bool ends_with(ew_slice s, const char *word)
{
    size_t n = strlen(word);
    return s.n >= n && strncasecmp(s.p + s.n - n, word, n) == 0;
}

/* A short one is a word of its own, or the last of several: "gps_lat", "startLat", not "flat". */
static bool is_short(ew_slice s, const char *word)
{
    size_t n = strlen(word);
    return ends_with(s, word) &&
           (s.n == n || (s.p[s.n - n] == 'L' && s.p[s.n - n - 1] >= 'a'));
}

/* What the name before a number says; whole: it is written without its point, as tenths of millionths. */
static axis axis_before(ew_slice s, size_t at, bool *whole)
{
    size_t end = at;
    bool marked = false;
    while (end > 0 && at - end < SEPARATORS &&
           is_one_of(s.p[end - 1], " \t\n\r\"':=>[(\\")) {
        marked = marked || is_one_of(s.p[end - 1], ":=>");
        end--;
    }
    *whole = end > 2 && end < at && s.p[end - 1] == '7' && (s.p[end - 2] | 32) == 'e';
    end -= *whole ? 2 : 0;
    size_t from = end;
    while (from > 0 && end - from < KEY_MOST && is_letter(s.p[from - 1]))
        from--;
    ew_slice word = {s.p + from, end - from};
    if (end == at || word.n == 0)
        return AXIS_NONE;
    if (ends_with(word, "latitude") || is_short(word, "lat"))
        return AXIS_LATITUDE;
    if (ends_with(word, "longitude") || is_short(word, "lon") || is_short(word, "lng") ||
        (marked && is_short(word, "long")))
        return AXIS_LONGITUDE;
    return AXIS_NONE;
}

/* A number behind such a name: its bytes; 0: none. */
static size_t named_at(ew_slice s, size_t at, axis *of)
{
    bool whole = false;
    bool edge = at > 0 && !is_digit(s.p[at - 1]) && s.p[at - 1] != '.' &&
                (is_digit(s.p[at]) || s.p[at] == '-' || s.p[at] == '+');
    *of = edge ? axis_before(s, at, &whole) : AXIS_NONE;
    if (*of == AXIS_NONE)
        return 0;
    size_t i = at + !is_digit(s.p[at]);
    if (whole) {
        size_t from = i;
        while (i < s.n && is_digit(s.p[i]))
            i++;
        return i - from >= 6 && i - from <= 10 ? i - at : 0;
    }
    degrees d = degrees_at(s, at);
    double most = *of == AXIS_LATITUDE ? 90 : 180;
    return d.n > 0 && d.decimals >= KEY_DECIMALS && fabs(d.v) <= most ? d.n : 0;
}

/* Both of a place are one finding. */
static ew_code named(ew_lint *l, const ew_lint_text *t, size_t *at, size_t n, axis of,
                     ew_err *err)
{
    ew_slice s = t->text;
    size_t from = *at;
    size_t end = from + n;
    size_t most = s.n - end < NEXT_MOST ? s.n : end + NEXT_MOST;
    for (size_t i = end; i < most; i++) {
        axis other;
        size_t more = named_at(s, i, &other);
        if (more > 0 && other == of)
            break;
        if (more > 0) {
            end = i + more;
            break;
        }
    }
    *at = end;
    return told(l, t, from, end, err);
}

/* ------------------------------------------------------------------ side by side */

static bool has_hint(ew_slice s, size_t at)
{
    static const char *const hints[] = {"lat",   "lon", "lng",  "gps",
                                        "coord", "geo", "icbm", "position",
                                        "point", "map", "ll=",  "@"};
    size_t from = at > HINT_BEFORE ? at - HINT_BEFORE : 0;
    for (size_t i = from; i < at; i++)
        for (size_t k = 0; k < EW_COUNT(hints); k++) {
            size_t n = strlen(hints[k]);
            if (n <= at - i && strncasecmp(s.p + i, hints[k], n) == 0)
                return true;
        }
    return false;
}

/* Bytes between two numbers. comma: more than spaces; in lists of numbers also the end of a line. */
static size_t gap_at(ew_slice s, size_t at, bool *comma)
{
    size_t n = 0;
    size_t most = GAP_MOST;
    *comma = false;
    while (at + n < s.n && n < most) {
        char c = s.p[at + n];
        if (*comma && (c == '\n' || c == '\r'))
            most = LINES_MOST;
        else if (!is_one_of(c, ", ;/\t"))
            break;
        *comma = *comma || is_one_of(c, ",;/");
        n++;
    }
    return n;
}

/* Rates and measures are numbers with decimals as well: with few, both near to each other or apart by no more than a
 * space, they need something that says what they are. */
static bool is_pair(ew_slice s, size_t at, const degrees *a, const degrees *b, bool comma)
{
    double x = fabs(a->v);
    double y = fabs(b->v);
    bool swapped = x > 90;
    size_t decimals = a->decimals < b->decimals ? a->decimals : b->decimals;
    if (decimals < DECIMALS || x > 180 || y > (swapped ? 90 : 180))
        return false;
    if (decimals >= SURE && fabs(a->v - b->v) >= 0.1)
        return true;
    bool likely =
        !swapped && (comma || b->sign) && (x >= 10 || y >= 10) && fabs(a->v - b->v) >= 1;
    return likely || has_hint(s, at);
}

static ew_code pair_at(ew_lint *l, const ew_lint_text *t, size_t *at, ew_err *err)
{
    ew_slice s = t->text;
    size_t from = *at;
    bool comma;
    degrees a = degrees_at(s, from);
    *at += a.n > 0 ? a.n : 1;
    if (a.n == 0 || a.decimals < DECIMALS)
        return EW_OK;
    size_t gap = gap_at(s, from + a.n, &comma);
    size_t second = from + a.n + gap;
    degrees b = degrees_at(s, second);
    if (b.n == 0 || (gap == 0 && !b.sign) || !is_pair(s, from, &a, &b, comma))
        return EW_OK;
    *at = second + b.n;
    return told(l, t, from, *at, err);
}

/* ------------------------------------------------------------------ other ways */

/* 4807.038,N,01131.000,E: bytes up to and with the letter; 0: none. */
static size_t received(ew_slice s, size_t at, size_t digits, const char *letters)
{
    size_t i = at;
    while (i < s.n && is_digit(s.p[i]))
        i++;
    if (i - at != digits || i >= s.n || s.p[i] != '.')
        return 0;
    size_t point = i++;
    while (i < s.n && is_digit(s.p[i]))
        i++;
    bool right =
        i - point > 2 && i + 1 < s.n && s.p[i] == ',' && is_one_of(s.p[i + 1], letters);
    return right ? i + 2 - at : 0;
}

/* 11°33'23"N */
static ew_code minutes_at(ew_lint *l, const ew_lint_text *t, size_t sign, ew_err *err)
{
    ew_slice s = t->text;
    size_t from = sign;
    size_t to = sign + 2;
    while (from > 0 && sign - from < 3 && is_digit(s.p[from - 1]))
        from--;
    while (to < s.n && to - sign < 28 && strchr("NSEW", s.p[to]) == NULL &&
           (is_digit(s.p[to]) || strchr(" .'\"", s.p[to]) != NULL ||
            (unsigned char)s.p[to] >= 0x80))
        to++;
    bool is_it =
        from < sign && to < s.n && strchr("NSEW", s.p[to]) != NULL && s.p[to] != 0;
    return is_it ? told(l, t, from, to + 1, err) : EW_OK;
}

/* A number begins at *at. */
static ew_code number_at(ew_lint *l, const ew_lint_text *t, size_t *at, ew_err *err)
{
    ew_slice s = t->text;
    axis of;
    size_t n = named_at(s, *at, &of);
    if (n > 0)
        return named(l, t, at, n, of, err);
    size_t north = received(s, *at, 4, "NS");
    size_t east =
        north > 0 && *at + north < s.n ? received(s, *at + north + 1, 5, "EW") : 0;
    if (east == 0)
        return pair_at(l, t, at, err);
    size_t from = *at;
    *at += north + 1 + east;
    return told(l, t, from, *at, err);
}

ew_code ew_lint__coordinates(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    ew_code code = EW_OK;
    ew_slice s = t->text;
    for (size_t at = 0; at < s.n && code == EW_OK;) {
        bool edge = at == 0 || (!is_letter(s.p[at - 1]) && !is_digit(s.p[at - 1]) &&
                                s.p[at - 1] != '.');
        if (edge && (is_digit(s.p[at]) || s.p[at] == '-' || s.p[at] == '+')) {
            code = number_at(l, t, &at, err);
            continue;
        }
        if (at + 1 < s.n && memcmp(s.p + at, "\xC2\xB0", 2) == 0)
            code = minutes_at(l, t, at, err);
        at++;
    }
    return code;
}
