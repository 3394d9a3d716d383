/* SPDX-License-Identifier: Apache-2.0 */
/* Signs of people in a text that are no names: mail addresses, telephone numbers, folders of users.
 * What these patterns miss is told in docs/formats/case.md. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ops/lint_in.h"

enum {
    MAIL_LOCAL = 64,
    MAIL_DOMAIN = 255,
    PHONE_DIGITS = 15, /* E.164 */
    PHONE_LEAST = 8,
    GROUPS = 8,
    USER_MOST = 64
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static ew_code told(ew_lint *l, const ew_lint_text *t, ew_lint_kind kind, ew_slice value,
                    ew_err *err)
{
    uint64_t at = t->at + (uint64_t)(value.p - t->text.p) * t->scale;
    if (value.p + value.n <= t->text.p + t->seen)
        return EW_OK;
    return ew_lint__found(l, kind, t->field, at, value, err);
}

/* ------------------------------------------------------------------ mail */

/* The address around an @; n is 0 when there is none. */
static ew_slice mail_around(ew_slice s, size_t at)
{
    size_t from = at;
    size_t to = at + 1;
    size_t dot = 0;
    while (from > 0 && at - from < MAIL_LOCAL &&
           (is_alnum(s.p[from - 1]) || strchr("._%+-", s.p[from - 1]) != NULL) &&
           s.p[from - 1] != 0)
        from--;
    while (to < s.n && to - at < MAIL_DOMAIN &&
           (is_alnum(s.p[to]) || s.p[to] == '-' || s.p[to] == '.')) {
        if (s.p[to] == '.')
            dot = to;
        to++;
    }
    while (to > at && (s.p[to - 1] == '.' || s.p[to - 1] == '-'))
        to--;
    if (dot >= to) /* the full stop of a sentence */
        for (dot = to - 1; dot > at && s.p[dot] != '.';)
            dot--;
    bool top = dot > at + 2 && to - dot > 2;
    for (size_t i = dot + 1; i < to && top; i++)
        top = !is_digit(s.p[i]) && s.p[i] != '-';
    return at - from >= 2 && top ? (ew_slice){s.p + from, to - from} : (ew_slice){s.p, 0};
}

static ew_code mails(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t at = 0; at < t->text.n && code == EW_OK; at++) {
        const char *sign = memchr(t->text.p + at, '@', t->text.n - at);
        if (sign == NULL)
            break;
        at = (size_t)(sign - t->text.p);
        ew_slice mail = mail_around(t->text, at);
        if (mail.n > 0)
            code = told(l, t, EW_LINT_MAIL, mail, err);
    }
    return code;
}

/* ------------------------------------------------------------------ telephones */

typedef struct number {
    char digits[PHONE_DIGITS + 1];
    size_t count;
    size_t groups[GROUPS], group_count;
    bool plus;
    char gaps[GROUPS]; /* what stands behind each group */
    size_t end;
} number;

/* Bytes of what may part digits of a number, before another digit; 0: nothing. */
static size_t gap_at(ew_slice s, size_t at, char *kind)
{
    size_t n = 0;
    *kind = 0;
    while (at + n < s.n && n < 4) {
        unsigned char c = (unsigned char)s.p[at + n];
        if (c == 0xC2 && at + n + 1 < s.n && (unsigned char)s.p[at + n + 1] == 0xA0) {
            n += 2; /* no-break space */
            *kind = ' ';
            continue;
        }
        if (c == 0 || strchr(" -./()", c) == NULL)
            break;
        if (c != ' ' || *kind == 0)
            *kind = (char)c;
        n++;
    }
    size_t len;
    return n > 0 && n <= 3 && ew_names_digit(s, at + n, &len) >= 0 ? n : 0;
}

/* Bytes of a plus, also a wide one. */
static size_t plus_before(ew_slice s, size_t at)
{
    if (at > 0 && s.p[at - 1] == '+')
        return 1;
    return at >= 3 && memcmp(s.p + at - 3, "\xEF\xBC\x8B", 3) == 0 ? 3 : 0;
}

static bool take_number(ew_slice s, size_t at, number *x)
{
    *x = (number){.plus = plus_before(s, at) > 0};
    while (at < s.n) {
        size_t before = x->count;
        int digit;
        for (size_t len; (digit = ew_names_digit(s, at, &len)) >= 0; at += len) {
            if (x->count == PHONE_DIGITS)
                return false;
            x->digits[x->count++] = (char)('0' + digit);
        }
        if (x->count == before || x->group_count == GROUPS)
            break;
        x->groups[x->group_count++] = x->count - before;
        x->end = at;
        char kind;
        size_t gap = gap_at(s, at, &kind);
        if (gap == 0)
            break;
        x->gaps[x->group_count - 1] = kind;
        at += gap;
    }
    return true;
}

/* A date, perhaps with a time behind it. */
static bool is_date(const number *x)
{
    if (x->group_count < 3 || x->gaps[0] != x->gaps[1] || x->gaps[0] == ' ' || x->plus)
        return false;
    bool year_last = x->groups[0] <= 2 && x->groups[1] <= 2 && x->groups[2] == 4;
    bool year_first = x->groups[0] == 4 && x->groups[1] <= 2 && x->groups[2] <= 2;
    return year_last || year_first;
}

/* Decimals, versions and shares have points and strokes too. */
static bool is_fraction(const number *x)
{
    bool fraction = false;
    for (size_t i = 0; i + 1 < x->group_count; i++)
        fraction = fraction || ((x->gaps[i] == '.' || x->gaps[i] == '/') &&
                                (x->groups[i] < 2 || x->groups[i + 1] < 2));
    return fraction;
}

static bool is_phone(const number *x)
{
    if (x->count < PHONE_LEAST || is_date(x))
        return false;
    if (x->plus)
        return true;
    if (is_fraction(x))
        return false;
    if (x->digits[0] == '0' && x->digits[1] == '0')
        return x->count >= PHONE_LEAST + 2;
    if (x->digits[0] == '0')
        return x->count <= 11 && x->digits[1] != '0';
    return x->group_count == 3 && x->groups[0] == 3 && x->groups[1] == 3 &&
           x->groups[2] == 4; /* as in North America */
}

/* May a number begin here? */
static bool begins(ew_slice s, size_t at)
{
    size_t len;
    bool digit = ew_names_digit(s, at, &len) >= 0;
    if (!digit || at == 0)
        return digit;
    size_t last = at - 1;
    while (last > 0 && at - last < 4 && ((unsigned char)s.p[last] & 0xC0) == 0x80)
        last--;
    if (ew_names_digit(s, last, &len) >= 0)
        return false;
    char before = s.p[at - 1];
    return !is_alnum(before) && before != '_' && before != '.' && before != ',' &&
           before != '=' && before != '%' && before != '-';
}

static ew_code phones(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    ew_code code = EW_OK;
    ew_slice s = t->text;
    number x;
    for (size_t at = 0; at < s.n && code == EW_OK;) {
        if (!begins(s, at) || !take_number(s, at, &x)) {
            at++;
            continue;
        }
        bool ends = x.end >= s.n || (!is_alnum(s.p[x.end]) && s.p[x.end] != '_');
        int64_t person = x.count >= 5 ? ew_names_number(l->names, x.digits, x.count) : 0;
        size_t from = at - plus_before(s, at);
        ew_slice value = {s.p + from, x.end - from};
        if (x.end <= t->seen) {
            at = x.end > at ? x.end : at + 1;
            continue;
        }
        if (person != 0) {
            ew_named who = {EW_NAME_PROTECTED, person, true, 0, 0};
            code = ew_lint__found_person(l, &who, t->field, t->at + from * t->scale, err);
        } else if (t->look == EW_LOOK_ALL && ends && is_phone(&x)) {
            code = told(l, t, EW_LINT_PHONE, value, err);
        }
        at = x.end > at ? x.end : at + 1;
    }
    return code;
}

/* ------------------------------------------------------------------ folders */

static ew_code paths(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    static const char *const heads[] = {"/home/", "/Users/", "\\Users\\",
                                        "\\Documents and Settings\\", "/data/user/"};
    ew_code code = EW_OK;
    ew_slice s = t->text;
    for (size_t i = 0; i < EW_COUNT(heads); i++) {
        size_t n = strlen(heads[i]);
        const char *p = s.p;
        const char *end = s.p + s.n;
        while (code == EW_OK && (p = memmem(p, (size_t)(end - p), heads[i], n)) != NULL) {
            const char *name = p + n;
            const char *to = name;
            if (to < end && *to == '\\') /* written twice in JSON */
                name = ++to;
            while (to < end && to - name < USER_MOST && *to != 0 &&
                   strchr("/\\\"'<>:;|?*\n\r\t,)", *to) == NULL)
                to++;
            if (to > name && *name != ' ')
                code =
                    told(l, t, EW_LINT_USER_PATH, (ew_slice){p, (size_t)(to - p)}, err);
            p = to;
        }
    }
    return code;
}

ew_code ew_lint__signs(ew_lint *l, const ew_lint_text *t, ew_err *err)
{
    ew_code code = mails(l, t, err);
    if (code == EW_OK)
        code = paths(l, t, err);
    if (code == EW_OK)
        code = phones(l, t, err);
    return code == EW_OK && t->look == EW_LOOK_ALL ? ew_lint__coordinates(l, t, err)
                                                   : code;
}
