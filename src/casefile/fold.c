/* SPDX-License-Identifier: Apache-2.0 */
/* Folding text, by clusters: a character with the marks on it. utf8proc knows Unicode's tables; which marks
 * a word can do without is decided here, script by script. */
#include "casefile/fold.h"

#include <string.h>

#include <utf8proc.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "seal/vault.h"

enum {
    CLUSTER = 96, /* code points of one, decomposed; more marks begin another */
    ONE = 20,     /* of one character: the longest decomposition has 18 */
    FOLD_OPTIONS =
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE
};

/* ------------------------------------------------------------------ which marks stay */

typedef struct range {
    uint32_t first, last;
} range;

static bool within(const range *r, size_t n, uint32_t cp)
{
    for (size_t i = 0; i < n; i++)
        if (cp >= r[i].first && cp <= r[i].last)
            return true;
    return false;
}

/* Accents of alphabets; vowel marks of Arabic and Hebrew; the stretching of Arabic. */
static const range accents[] = {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}};
static const range vowel_marks[] = {{0x0591, 0x05BD}, {0x05BF, 0x05BF}, {0x05C1, 0x05C2},
                                    {0x05C4, 0x05C5}, {0x05C7, 0x05C7}, {0x0610, 0x061A},
                                    {0x0640, 0x0640}, {0x064B, 0x065F}, {0x0670, 0x0670},
                                    {0x06D6, 0x06DC}, {0x06DF, 0x06E8}, {0x06EA, 0x06ED},
                                    {0x08CA, 0x08E1}, {0x08E3, 0x08FF}};

/* A Cyrillic letter with a mark is another letter, but for stress and the dots of yo. */
static bool drops(uint32_t base, uint32_t mark)
{
    if (within(vowel_marks, EW_COUNT(vowel_marks), mark))
        return true;
    if (!within(accents, EW_COUNT(accents), mark))
        return false;
    if (base >= 0x0400 && base <= 0x052F)
        return mark == 0x0300 || mark == 0x0301 || (mark == 0x0308 && base == 0x0435);
    return !(base >= 0x3040 && base <= 0x30FF);
}

/* ------------------------------------------------------------------ which letters are one */

static const struct {
    uint32_t from, to;
} same[] = {{0x00F8, 'o'},    {0x0111, 'd'},    {0x0127, 'h'},    {0x0131, 'i'},
            {0x0142, 'l'},    {0x0629, 0x0647}, {0x0649, 0x064A}, {0x0671, 0x0627},
            {0x06A9, 0x0643}, {0x06C1, 0x0647}, {0x06CC, 0x064A}, {0x06D5, 0x0647},
            {0x02BC, '\''},   {0x2018, '\''},   {0x2019, '\''},   {0x201C, '"'},
            {0x201D, '"'},    {0x2010, '-'},    {0x2011, '-'},    {0x2012, '-'},
            {0x2013, '-'},    {0x2014, '-'},    {0x2212, '-'}};

/* Zeros of scripts that write numbers with ten signs in a row. */
static const uint32_t zeros[] = {0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                                 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
                                 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946,
                                 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
                                 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0};

static uint32_t one_letter(uint32_t cp)
{
    if (cp < 0x80)
        return cp;
    for (size_t i = 0; i < EW_COUNT(same); i++)
        if (same[i].from == cp)
            return same[i].to;
    if (utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_ND)
        for (size_t i = 0; i < EW_COUNT(zeros); i++)
            if (cp >= zeros[i] && cp < zeros[i] + 10)
                return '0' + (cp - zeros[i]);
    return cp;
}

/* ------------------------------------------------------------------ clusters */

/* One text on its way. */
typedef struct folder {
    ew_buf *out;
    ew_folded *map; /* NULL: no way back is asked for */
    utf8proc_int32_t cluster[CLUSTER];
    size_t n;
    size_t from;   /* where the cluster began in the text */
    bool is_space; /* the last that was put out, or nothing yet was */
} folder;

static ew_code add_spot(ew_folded *f, size_t out, size_t in, ew_err *err)
{
    if (f->count == f->cap) {
        size_t cap = f->cap > 0 ? 2 * f->cap : 256;
        ew_fold_spot *more = ew_realloc_array(f->spots, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        f->spots = more;
        f->cap = cap;
    }
    f->spots[f->count++] = (ew_fold_spot){(uint32_t)out, (uint32_t)in};
    return EW_OK;
}

/* Marks in their order, without those that drop out. */
static size_t arrange(utf8proc_int32_t *c, size_t n)
{
    uint32_t base = 0;
    size_t kept = 0;
    for (size_t i = 1; i < n;
         i++) /* by insertion: few, and equal classes keep their order */
        for (size_t k = i; k > 0; k--) {
            utf8proc_propval_t a = utf8proc_get_property(c[k - 1])->combining_class;
            utf8proc_propval_t b = utf8proc_get_property(c[k])->combining_class;
            if (b == 0 || a <= b)
                break;
            utf8proc_int32_t t = c[k];
            c[k] = c[k - 1];
            c[k - 1] = t;
        }
    for (size_t i = 0; i < n; i++) {
        uint32_t cp = (uint32_t)c[i];
        if (drops(base, cp))
            continue;
        if (utf8proc_get_property(c[i])->combining_class == 0)
            base = cp;
        c[kept++] = (utf8proc_int32_t)one_letter(cp);
    }
    return kept;
}

static bool is_space(uint32_t cp)
{
    if (cp < 0x80)
        return cp <= ' ' || cp == 0x7F;
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return true;
    default:
        return false;
    }
}

static ew_code put_char(folder *f, uint32_t cp, ew_err *err)
{
    utf8proc_uint8_t bytes[4];
    if (is_space(cp)) {
        bool again = f->is_space;
        f->is_space = true;
        return again ? EW_OK : ew_buf_append(f->out, " ", 1, err);
    }
    f->is_space = false;
    utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)cp, bytes);
    return ew_buf_append(f->out, bytes, n > 0 ? (size_t)n : 0, err);
}

static ew_code flush(folder *f, ew_err *err)
{
    ew_code code = EW_OK;
    if (f->n == 0)
        return EW_OK;
    size_t n = arrange(f->cluster, f->n);
    utf8proc_ssize_t composed =
        utf8proc_normalize_utf32(f->cluster, (utf8proc_ssize_t)n,
                                 (utf8proc_option_t)(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
    f->n = 0;
    if (f->map != NULL && composed > 0)
        code = add_spot(f->map, f->out->len, f->from, err);
    for (utf8proc_ssize_t i = 0; i < composed && code == EW_OK; i++)
        code = put_char(f, (uint32_t)f->cluster[i], err);
    return code;
}

/* Does it belong to the character before it? */
static bool goes_on(uint32_t cp)
{
    if (cp < 0x300)
        return false;
    if ((cp >= 0x1160 && cp <= 0x11FF) || (cp >= 0xD7B0 && cp <= 0xD7FB))
        return true; /* Hangul vowels and finals */
    switch (utf8proc_category((utf8proc_int32_t)cp)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
        return true;
    default:
        return cp == 0xFF9E || cp == 0xFF9F; /* narrow Kana's marks */
    }
}

static ew_code take_char(folder *f, uint32_t cp, size_t at, ew_err *err)
{
    int bound = 0;
    ew_code code = EW_OK;
    if (f->n > 0 && (!goes_on(cp) || f->n + ONE > CLUSTER))
        code = flush(f, err);
    if (f->n == 0)
        f->from = at;
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)cp, f->cluster + f->n,
                                                 (utf8proc_ssize_t)(CLUSTER - f->n),
                                                 (utf8proc_option_t)FOLD_OPTIONS, &bound);
    if (n > 0 && (size_t)n <= CLUSTER - f->n)
        f->n += (size_t)n;
    return code;
}

/* The next character of text: plain ASCII that is followed by it needs no tables. */
static ew_code take_next(folder *f, ew_slice text, size_t *at, ew_err *err)
{
    unsigned char c = (unsigned char)text.p[*at];
    uint32_t cp = c;
    size_t n = 1;
    bool alone = c < 0x80 && (*at + 1 == text.n || (unsigned char)text.p[*at + 1] < 0x80);
    if (alone) {
        ew_code code = flush(f, err);
        if (code == EW_OK && f->map != NULL)
            code = add_spot(f->map, f->out->len, *at, err);
        ++*at;
        return code == EW_OK ? put_char(f, c >= 'A' && c <= 'Z' ? cp + 32 : cp, err)
                             : code;
    }
    if (c >= 0x80) {
        n = ew_utf8_next(text.p + *at, text.n - *at, &cp);
        if (n == 0) {
            n = 1;
            cp = 0xFFFD;
        }
    }
    size_t from = *at;
    *at += n;
    return take_char(f, cp, from, err);
}

static ew_code fold(ew_slice text, ew_buf *out, ew_folded *map, ew_err *err)
{
    folder f = {.out = out, .map = map, .is_space = true};
    ew_code code = EW_OK;
    if (text.n > EW_FOLD_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "a text of more than %d MB",
                       (int)(EW_FOLD_MAX >> 20));
    for (size_t at = 0; at < text.n && code == EW_OK;)
        code = take_next(&f, text, &at, err);
    if (code == EW_OK)
        code = flush(&f, err);
    ew_wipe(f.cluster, sizeof f.cluster);
    if (code == EW_OK && map != NULL)
        code = add_spot(map, out->len, text.n, err);
    return code;
}

ew_code ew_fold_text(ew_slice text, ew_buf *out, ew_err *err)
{
    return fold(text, out, NULL, err);
}

/* ------------------------------------------------------------------ the way back */

void ew_folded_init(ew_folded *f)
{
    *f = (ew_folded){0};
    ew_buf_init(&f->text, (size_t)EW_FOLD_MAX * EW_FOLD_GROWTH + EW_FOLD_ROOM);
}

void ew_folded_release(ew_folded *f)
{
    ew_buf_release(&f->text);
    ew_free(f->spots);
    f->spots = NULL;
    f->count = f->cap = 0;
}

void ew_folded_wipe(ew_folded *f)
{
    if (f->text.data != NULL)
        ew_wipe(f->text.data, f->text.cap);
    ew_folded_release(f);
}

ew_code ew_folded_set(ew_folded *f, ew_slice text, ew_err *err)
{
    ew_buf_reset(&f->text);
    f->count = 0;
    return fold(text, &f->text, f, err);
}

/* The last spot at or before `out`. */
static size_t spot_before(const ew_folded *f, size_t out)
{
    size_t low = 0;
    size_t high = f->count;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (f->spots[mid].out <= out)
            low = mid;
        else
            high = mid;
    }
    return low;
}

ew_slice ew_folded_back(const ew_folded *f, ew_slice text, size_t at, size_t n)
{
    if (f->count == 0 || n == 0 || at + n > f->text.len)
        return (ew_slice){text.p, 0};
    size_t first = spot_before(f, at);
    size_t last = spot_before(f, at + n - 1) + 1;
    size_t from = f->spots[first].in;
    size_t to = last < f->count ? f->spots[last].in : text.n;
    return (ew_slice){text.p + from, to - from};
}

/* ------------------------------------------------------------------ characters */

static const range attached[] = {{0x0590, 0x08FF}, {0xFB1D, 0xFDFF}, {0xFE70, 0xFEFF}};
static const range runs[] = {{0x0E00, 0x0FFF},   {0x1000, 0x109F},  {0x1100, 0x11FF},
                             {0x1780, 0x17FF},   {0x1950, 0x19FF},  {0x1A20, 0x1AAF},
                             {0x2E80, 0x9FFF},   {0xA000, 0xA4CF},  {0xA960, 0xA97F},
                             {0xA9E0, 0xA9FF},   {0xAA60, 0xAADF},  {0xAC00, 0xD7FF},
                             {0xF900, 0xFAFF},   {0xFF66, 0xFFDF},  {0x16F00, 0x18CFF},
                             {0x1B000, 0x1B2FF}, {0x20000, 0x3FFFF}};

static bool is_letter(utf8proc_category_t c)
{
    return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
           c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC ||
           c == UTF8PROC_CATEGORY_CO;
}

ew_letter ew_letter_of(uint32_t cp)
{
    if (cp < 0x80) {
        if ((cp | 32) >= 'a' && (cp | 32) <= 'z')
            return EW_LETTER_SPACED;
        return cp >= '0' && cp <= '9' ? EW_LETTER_DIGIT : EW_LETTER_NONE;
    }
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    if (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO)
        return EW_LETTER_DIGIT;
    if (!is_letter(c))
        return EW_LETTER_NONE;
    if (within(runs, EW_COUNT(runs), cp))
        return EW_LETTER_RUN;
    return within(attached, EW_COUNT(attached), cp) ? EW_LETTER_ATTACHED
                                                    : EW_LETTER_SPACED;
}

bool ew_letter_after(ew_slice s, size_t at)
{
    uint32_t cp = 0;
    return at < s.n && ew_utf8_next(s.p + at, s.n - at, &cp) > 0 &&
           ew_letter_of(cp) != EW_LETTER_NONE;
}

bool ew_letter_before(ew_slice s, size_t at)
{
    size_t from = at;
    while (from > 0 && at - from < 4) {
        from--;
        if (((unsigned char)s.p[from] & 0xC0) != 0x80)
            return ew_letter_after(s, from);
    }
    return false;
}
