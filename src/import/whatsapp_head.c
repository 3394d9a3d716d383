/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of messages. */
#include "import/whatsapp_head.h"

#include <string.h>

#include "base/utf8.h"

/* The next character; 0 at the end or where there is none. */
static uint32_t peek(ew_slice s, size_t *n)
{
    uint32_t cp = 0;
    *n = s.n > 0 ? ew_utf8_next(s.p, s.n, &cp) : 0;
    return *n > 0 ? cp : 0;
}

static void drop(ew_slice *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

static bool is_mark(uint32_t cp)
{
    return cp == 0x200E || cp == 0x200F || cp == 0x061C || cp == 0xFEFF ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

void ew_wa_skip_marks(ew_slice *s)
{
    size_t n;
    while (is_mark(peek(*s, &n)))
        drop(s, n);
}

static bool is_space(uint32_t cp)
{
    return cp == ' ' || cp == 0xA0 || cp == 0x202F || cp == 0x2009;
}

/* Spaces and marks; true when there was a space. */
static bool skip_spaces(ew_slice *s)
{
    bool any = false;
    size_t n;
    for (;;) {
        uint32_t cp = peek(*s, &n);
        if (!is_space(cp) && !is_mark(cp))
            return any;
        any = any || is_space(cp);
        drop(s, n);
    }
}

/* Decimal digits of the scripts in which phones write dates: each has ten in a row. */
static int digit_of(uint32_t cp)
{
    static const uint32_t zeros[] = {'0',    0x0660, 0x06F0, 0x0966, 0x09E6,
                                     0x0E50, 0x0ED0, 0x1040, 0x17E0};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
        if (cp >= zeros[i] && cp < zeros[i] + 10)
            return (int)(cp - zeros[i]);
    return -1;
}

/* A number of min to max digits. */
static bool take_number(ew_slice *s, unsigned min, unsigned max, unsigned *value,
                        unsigned *digits)
{
    *value = 0;
    *digits = 0;
    for (;;) {
        size_t n;
        int d = digit_of(peek(*s, &n));
        if (d < 0)
            return *digits >= min;
        if (*digits == max)
            return false;
        *value = *value * 10 + (unsigned)d;
        (*digits)++;
        drop(s, n);
    }
}

static bool take_any(ew_slice *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ew_slice_skip(s, words[i]))
            return true;
    return false;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* "17.9.2019", "2/11/19", "2019-09-17", "2020. 01. 02.", "2020年1月2日" */
static bool take_date(ew_slice *s, ew_wa_head *h)
{
    static const char *const parts[] = {
        "/", ".", "-", "年", "月", "년", "월", "\xD8\x8D" /* Arabic date separator */};
    static const char *const ends[] = {".", "日", "일", " г.", "\u00A0г.", "г."};
    static const char *const eras[] = {" BE", " พ.ศ.", " AP",        " AH",
                                       " هـ", " هـ.",  " ه\u200D.ش."};
    h->stops = true;
    for (int i = 0; i < 3; i++) {
        if (!take_number(s, 1, 4, &h->number[i], &h->digits[i]))
            return false;
        ew_wa_skip_marks(s);
        h->stops = h->stops && (i == 2 || (s->n > 0 && s->p[0] == '.'));
        if (i < 2 && !take_any(s, parts, COUNT(parts)))
            return false;
        if (i < 2)
            (void)skip_spaces(s);
    }
    (void)take_any(s, ends, COUNT(ends));
    (void)take_any(s, eras, COUNT(eras));
    return true;
}

/* The halves of the day: 0 before noon, 1 after, 2 about noon. */
static const struct {
    const char *text;
    int after;
} halves[] = {
    {"AM", 0},
    {"PM", 1},
    {"am", 0},
    {"pm", 1},
    {"Am", 0},
    {"Pm", 1},
    {"a.m.", 0},
    {"p.m.", 1},
    {"A.M.", 0},
    {"P.M.", 1},
    {"a. m.", 0},
    {"p. m.", 1},
    {"a.\u00A0m.", 0},
    {"p.\u00A0m.", 1},
    {"a.\u202Fm.", 0},
    {"p.\u202Fm.", 1},
    {"上午", 0},
    {"下午", 1},
    {"凌晨", 0},
    {"清晨", 0},
    {"早上", 0},
    {"中午", 2},
    {"傍晚", 1},
    {"晚上", 1},
    {"午前", 0},
    {"午後", 1},
    {"오전", 0},
    {"오후", 1},
    {"ص", 0},
    {"م", 1},
    {"ق.ظ.", 0},
    {"ب.ظ.", 1},
    {"ق.ظ", 0},
    {"ب.ظ", 1},
    {"قبل\u200Cازظهر", 0},
    {"بعدازظهر", 1},
    {"قبل از ظهر", 0},
    {"بعد از ظهر", 1},
    {"π.μ.", 0},
    {"μ.μ.", 1},
    {"ព្រឹក", 0},
    {"ល្ងាច", 1},
    {"SA", 0},
    {"CH", 1},
    {"PTG", 1},
    {"PG", 0},
    {"vm.", 0},
    {"nm.", 1},
    {"de.", 0},
    {"du.", 1},
    {"पूर्वाह्न", 0},
    {"अपराह्न", 1},
    {"म.पू.", 0},
    {"म.उ.", 1},
    {"পূর্বাহ্ণ", 0},
    {"অপরাহ্ণ", 1},
    {"ก่อนเที่ยง", 0},
    {"หลังเที่ยง", 1},
    {"לפנה״צ", 0},
    {"אחה״צ", 1},
    {"nachm.", 1},
    {"vorm.", 0},
    {"e paradites", 0},
    {"e pasdites", 1},
    {"ጥዋት", 0},
    {"ከሰዓት", 1},
    {"முற்பகல்", 0},
    {"பிற்பகல்", 1},
};

/* Of the twelve-hour clock: -1 nothing, 0 before noon, 1 after, 2 about noon. */
static int take_half(ew_slice *s)
{
    ew_slice t = *s;
    (void)skip_spaces(&t);
    for (size_t i = 0; i < COUNT(halves); i++) {
        if (!ew_slice_skip(&t, halves[i].text))
            continue;
        *s = t;
        return halves[i].after;
    }
    return -1;
}

static unsigned full_hour(unsigned hour, int half)
{
    if (half < 0 || hour < 1 || hour > 12)
        return hour;
    if (half == 2)
        return hour < 6 ? hour + 12 : hour;
    return hour % 12 + (half == 1 ? 12 : 0);
}

/* Between date and clock: a comma, a word as "klo" or "um". */
static bool take_between(ew_slice *s)
{
    static const char *const words[] = {
        "klo",  "um", "kl.", "kl", "at", "à",   "às",  "alle",  "ore",
        "о",    "в",  "la",  "a",  "o",  "tại", "lúc", "pukul", "klokka",
        "saat", "ob", "при", "la", "em", "บ",   "om",  "στις"};
    ew_wa_skip_marks(s);
    bool parted = ew_slice_skip(s, ",") || ew_slice_skip(s, "،") ||
                  ew_slice_skip(s, "、") || ew_slice_skip(s, "၊");
    parted = skip_spaces(s) || parted;
    ew_slice word = *s;
    if (take_any(&word, words, COUNT(words)) && skip_spaces(&word))
        *s = word;
    return parted;
}

static bool take_clock(ew_slice *s, ew_wa_head *h)
{
    static const char *const parts[] = {
        ":", ".", "h", " h ", "\u00A0h\u00A0", "\u202Fh\u202F", "٫"};
    static const char *const behind[] = {" Uhr", " น.",  " hrs", " Hrs",
                                         " h",   " óra", " ч.",  "\u00A0ч."};
    unsigned digits;
    int half = take_half(s);
    (void)skip_spaces(s);
    if (!take_number(s, 1, 2, &h->hour, &digits) || !take_any(s, parts, COUNT(parts)) ||
        !take_number(s, 2, 2, &h->minute, &digits))
        return false;
    ew_slice more = *s;
    if (take_any(&more, parts, COUNT(parts)) &&
        take_number(&more, 2, 2, &h->second, &digits)) {
        h->seconds = true;
        *s = more;
    } else {
        h->second = 0;
    }
    if (half < 0)
        half = take_half(s);
    (void)take_any(s, behind, COUNT(behind));
    h->hour = full_hour(h->hour, half);
    return h->hour < 24 && h->minute < 60 && h->second < 61;
}

/* "17.9.2019, 16:37:47"; some phones have it the other way round. */
static bool take_moment(ew_slice *s, ew_wa_head *h)
{
    ew_slice t = *s;
    if (take_date(&t, h) && take_between(&t) && take_clock(&t, h)) {
        *s = t;
        return true;
    }
    t = *s;
    if (!take_clock(&t, h) || !take_between(&t) || !take_date(&t, h))
        return false;
    *s = t;
    return true;
}

/* Most lines are none: only these can begin with a digit, a bracket or what is no letter of ASCII. */
static bool can_begin(ew_slice s)
{
    unsigned char c = s.n > 0 ? (unsigned char)s.p[0] : 0;
    return c == '[' || (c >= '0' && c <= '9') || c >= 0x80;
}

bool ew_wa_head_at(ew_slice text, ew_wa_head *h)
{
    ew_slice s = text;
    *h = (ew_wa_head){.bytes = 0};
    if (!can_begin(s))
        return false;
    ew_wa_skip_marks(&s);
    h->bracket = ew_slice_skip(&s, "[");
    ew_wa_skip_marks(&s);
    bool bracket = h->bracket;
    if (!take_moment(&s, h))
        return false;
    ew_wa_skip_marks(&s);
    if (bracket) {
        if (!ew_slice_skip(&s, "]"))
            return false;
        (void)skip_spaces(&s);
    } else {
        if (!skip_spaces(&s) || !(ew_slice_skip(&s, "-") || ew_slice_skip(&s, "–")) ||
            !skip_spaces(&s))
            return false;
    }
    h->bytes = text.n - s.n;
    return true;
}
