/* SPDX-License-Identifier: Apache-2.0 */
/* Finding many names in a text at once: by a table over how they begin. */
#include "ops/lint_names.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "seal/vault.h"

enum {
    SECRET_MAX = 1 << 20, /* folded names of protected people */
    OPEN_MAX = 64 << 20,
    NAMES_MAX = 1 << 20,
    BUCKETS = 1 << 16,
    LONG_HEAD = 6, /* bytes that a longer name is looked up by */
    SHORT_HEAD = 2,
    ENDINGS = 4, /* letters from which on a word may have an ending */
    NUMBER_MIN = 5,
    NUMBER_SAME = 7
};

typedef struct name {
    ew_name_of of;
    bool whole, number, left, right; /* left, right: a word must begin, end there */
    int64_t person;
    uint32_t at, n;
    uint32_t next; /* in its bucket, from 1 on; 0: the last */
} name;

struct ew_names {
    ew_secret secret; /* folded, of protected people */
    ew_buf open;      /* of others */
    name *list;
    size_t n, cap;
    uint32_t *longs, *shorts; /* buckets */
    bool blocks[256];         /* of 256 characters, that names are written in */
};

ew_code ew_names_new(ew_names **out, ew_err *err)
{
    ew_names *n = *out = ew_alloc(sizeof *n);
    if (n == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&n->open, OPEN_MAX);
    n->longs = ew_alloc_array(BUCKETS, sizeof *n->longs);
    n->shorts = ew_alloc_array(BUCKETS, sizeof *n->shorts);
    ew_code code = n->longs != NULL && n->shorts != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_secret_init(&n->secret, SECRET_MAX, err);
    if (code != EW_OK) {
        ew_names_free(n);
        *out = NULL;
    }
    return code;
}

void ew_names_free(ew_names *n)
{
    if (n == NULL)
        return;
    ew_secret_release(&n->secret);
    ew_buf_release(&n->open);
    if (n->list != NULL)
        ew_wipe(n->list, n->cap * sizeof *n->list);
    ew_free(n->list);
    ew_free(n->longs);
    ew_free(n->shorts);
    ew_free(n);
}

size_t ew_names_count(const ew_names *n)
{
    return n->n;
}

static ew_slice text_of(const ew_names *n, const name *m)
{
    const char *base =
        m->of == EW_NAME_PROTECTED ? n->secret.bytes : (const char *)n->open.data;
    return (ew_slice){base + m->at, m->n};
}

/* Latin in all its forms and signs are in every text; what folds to Arabic or Hangul stands elsewhere. */
bool ew_names_uses(const ew_names *n, uint32_t cp)
{
    uint32_t b = cp >> 8;
    if (b < 4 || b == 0x1E || b == 0x20 || b > 0xFF)
        return true;
    if (b >= 0xFB && b <= 0xFE)
        return n->blocks[5] || n->blocks[6];
    if (b == 0x11 || (b >= 0xAC && b <= 0xD7))
        return n->blocks[0xAC];
    if (b >= 0x4E && b <= 0x9F)
        return n->blocks[0x4E];
    return n->blocks[b] || (b == 0xFF && n->blocks[0x30]) || (b == 0x1F && n->blocks[3]);
}

/* Han and Hangul, of which a name has few of very many, count as one block each. */
static void note_blocks(ew_names *n, ew_slice s)
{
    uint32_t cp;
    for (size_t at = 0; at < s.n;) {
        size_t len = ew_utf8_next(s.p + at, s.n - at, &cp);
        uint32_t b = len > 0 && cp < 0x10000 ? cp >> 8 : 0;
        if (b >= 0x4E && b <= 0x9F)
            b = 0x4E;
        if (b >= 0xAC && b <= 0xD7)
            b = 0xAC;
        n->blocks[b] = true;
        at += len > 0 ? len : 1;
    }
}

static uint32_t bucket(const char *p, size_t n)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)p[i]) * 16777619u;
    return (h ^ h >> 16) % BUCKETS;
}

/* ------------------------------------------------------------------ adding */

static uint32_t first_char(ew_slice s)
{
    uint32_t cp = 0;
    (void)ew_utf8_next(s.p, s.n, &cp);
    return cp;
}

static uint32_t last_char(ew_slice s)
{
    size_t at = s.n;
    while (at > 0 && ((unsigned char)s.p[--at] & 0xC0) == 0x80)
        ;
    return first_char((ew_slice){s.p + at, s.n - at});
}

static size_t characters(ew_slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

/* One that is a whole name, too, is one from then on. */
static bool is_there(ew_names *n, ew_slice s, const name *like)
{
    for (size_t i = 0; i < n->n; i++) {
        name *m = &n->list[i];
        if (m->of != like->of || m->person != like->person || m->n != s.n ||
            m->number != like->number)
            continue;
        if (memcmp(text_of(n, m).p, s.p, s.n) != 0)
            continue;
        m->whole = m->whole || like->whole;
        return true;
    }
    return false;
}

static ew_code keep_text(ew_names *n, name *m, ew_slice s, ew_err *err)
{
    m->n = (uint32_t)s.n;
    if (m->of != EW_NAME_PROTECTED) {
        m->at = (uint32_t)n->open.len;
        return ew_buf_append(&n->open, s.p, s.n, err);
    }
    if (s.n > n->secret.max - n->secret.n)
        return ew_fail(err, EW_E_LIMIT, 0, "more protected names than can be looked for");
    m->at = (uint32_t)n->secret.n;
    memcpy(n->secret.bytes + n->secret.n, s.p, s.n);
    n->secret.n += s.n;
    return EW_OK;
}

static ew_code grow(ew_names *n, ew_err *err)
{
    if (n->n < n->cap)
        return EW_OK;
    size_t cap = n->cap > 0 ? 2 * n->cap : 64;
    if (n->n == NAMES_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "more names than can be looked for");
    name *more = ew_realloc_array(n->list, cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    n->list = more;
    n->cap = cap;
    return EW_OK;
}

/* s is folded. */
static ew_code put_name(ew_names *n, name m, ew_slice s, ew_err *err)
{
    if (s.n < SHORT_HEAD || (m.of == EW_NAME_PROTECTED && is_there(n, s, &m)))
        return EW_OK;
    ew_letter first = ew_letter_of(first_char(s));
    ew_letter last = ew_letter_of(last_char(s));
    m.left = first == EW_LETTER_SPACED || first == EW_LETTER_DIGIT;
    m.right = last == EW_LETTER_DIGIT ||
              ((last == EW_LETTER_SPACED || last == EW_LETTER_ATTACHED) &&
               characters(s) < ENDINGS);
    ew_code code = grow(n, err);
    if (code == EW_OK)
        code = keep_text(n, &m, s, err);
    if (code != EW_OK)
        return code;
    note_blocks(n, s);
    bool is_long = s.n >= LONG_HEAD;
    uint32_t *head =
        is_long ? &n->longs[bucket(s.p, LONG_HEAD)] : &n->shorts[bucket(s.p, SHORT_HEAD)];
    m.next = m.number ? 0 : *head;
    n->list[n->n++] = m;
    if (!m.number)
        *head = (uint32_t)n->n;
    return EW_OK;
}

static ew_slice trimmed(ew_slice s)
{
    while (s.n > 0 && strchr(" \t\r.,;", s.p[0]) != NULL) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && strchr(" \t\r.,;", s.p[s.n - 1]) != NULL)
        s.n--;
    return s;
}

static ew_code fold_and_put(ew_names *n, name m, ew_slice text, size_t least, ew_err *err)
{
    ew_buf folded;
    ew_buf_init(&folded, EW_FOLD_MAX);
    ew_code code = ew_fold_text(text, &folded, err);
    ew_slice s = trimmed((ew_slice){(const char *)folded.data, folded.len});
    if (code == EW_OK && characters(s) >= least)
        code = put_name(n, m, s, err);
    if (folded.data != NULL)
        ew_wipe(folded.data, folded.cap);
    ew_buf_release(&folded);
    return code;
}

ew_code ew_names_add(ew_names *n, ew_name_of of, int64_t person, ew_slice text,
                     ew_err *err)
{
    name m = {.of = of, .person = person, .whole = true};
    return fold_and_put(n, m, text, 2, err);
}

/* ------------------------------------------------------------------ identities */

static bool is_sign(char c)
{
    return strchr(" \t\r\n,;:.!?()[]{}<>\"'/\\|+*=-_", c) != NULL;
}

int ew_names_digit(ew_slice s, size_t at, size_t *n)
{
    /* Zeros of Arabic (twice), the scripts of India, Thai, Lao, Tibetan, Burmese, Khmer, Mongolian, wide ones. */
    static const uint16_t zeros[] = {
        0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66,
        0x0CE6, 0x0D66, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10};
    uint32_t cp = 0;
    *n = 1;
    if (at >= s.n)
        return -1;
    if ((unsigned char)s.p[at] < 0x80)
        return s.p[at] >= '0' && s.p[at] <= '9' ? s.p[at] - '0' : -1;
    *n = ew_utf8_next(s.p + at, s.n - at, &cp);
    for (size_t i = 0; *n > 0 && i < EW_COUNT(zeros); i++)
        if (cp >= zeros[i] && cp < zeros[i] + 10u)
            return (int)(cp - zeros[i]);
    return -1;
}

/* A number as its digits alone. */
static ew_code add_number(ew_names *n, int64_t person, ew_slice s, ew_err *err)
{
    char digits[32];
    size_t count = 0;
    for (size_t i = 0, len; i < s.n && count < sizeof digits; i++) {
        int digit = ew_names_digit(s, i, &len);
        if (digit >= 0)
            digits[count++] = (char)('0' + digit);
    }
    name m = {.of = EW_NAME_PROTECTED, .person = person, .whole = true, .number = true};
    ew_code code =
        count >= NUMBER_MIN ? put_name(n, m, (ew_slice){digits, count}, err) : EW_OK;
    ew_wipe(digits, sizeof digits);
    return code;
}

/* Digits with what stands between them in a number. */
static ew_code add_numbers(ew_names *n, int64_t person, ew_slice line, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t at = 0; at < line.n && code == EW_OK;) {
        size_t end = at;
        size_t len = 1;
        while (end < line.n &&
               (ew_names_digit(line, end, &len) >= 0 ||
                (line.p[end] != 0 && strchr(" ()-.+/", line.p[end]) != NULL)))
            end += len;
        code = add_number(n, person, (ew_slice){line.p + at, end - at}, err);
        at = end + 1;
    }
    return code;
}

static ew_code add_word(ew_names *n, int64_t person, ew_slice word, ew_err *err)
{
    name m = {.of = EW_NAME_PROTECTED, .person = person};
    size_t count = 0;
    size_t at = 0;
    for (size_t len; ew_names_digit(word, at, &len) >= 0; at += len)
        count++;
    if (word.n == 0 || (at == word.n && count < NUMBER_MIN))
        return EW_OK;
    bool run = ew_letter_of(last_char(word)) == EW_LETTER_RUN;
    return fold_and_put(n, m, word, run ? 2 : 3, err);
}

/* Words between spaces: a mail address is one, "label:" is none. */
static ew_code add_words(ew_names *n, int64_t person, ew_slice line, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t at = 0; at < line.n && code == EW_OK;) {
        size_t end = at;
        bool mail = false;
        while (end < line.n && line.p[end] != ' ' && line.p[end] != '\t')
            mail = line.p[end++] == '@' || mail;
        ew_slice part = trimmed((ew_slice){line.p + at, end - at});
        at = end + 1;
        if (mail) {
            code = ew_names_add(n, EW_NAME_PROTECTED, person, part, err);
            continue;
        }
        if (part.n > 0 && part.p[part.n - 1] == ':')
            continue;
        for (size_t i = 0, k; i < part.n && code == EW_OK; i = k + 1) {
            for (k = i; k < part.n && !is_sign(part.p[k]);)
                k++;
            code = add_word(n, person, (ew_slice){part.p + i, k - i}, err);
        }
    }
    return code;
}

static ew_code add_line(ew_names *n, int64_t person, ew_slice line, ew_err *err)
{
    const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
    ew_slice rest = line;
    ew_code code = add_numbers(n, person, line, err);
    if (code == EW_OK)
        code = add_words(n, person, line, err);
    if (colon != NULL)
        rest = (ew_slice){colon + 1, line.n - (size_t)(colon + 1 - line.p)};
    for (size_t at = 0; at < rest.n && code == EW_OK;) {
        const char *comma = memchr(rest.p + at, ',', rest.n - at);
        size_t end = comma != NULL ? (size_t)(comma - rest.p) : rest.n;
        ew_slice part = trimmed((ew_slice){rest.p + at, end - at});
        if (part.n > 0 && ew_letter_of(first_char(part)) != EW_LETTER_DIGIT)
            code = ew_names_add(n, EW_NAME_PROTECTED, person, part, err);
        at = end + 1;
    }
    return code;
}

ew_code ew_names_add_identity(ew_names *n, int64_t person, ew_slice text, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t at = 0; at < text.n && code == EW_OK;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t len = end != NULL ? (size_t)(end - text.p) - at : text.n - at;
        code = add_line(n, person, trimmed((ew_slice){text.p + at, len}), err);
        at += len + 1;
    }
    return code;
}

/* ------------------------------------------------------------------ finding */

static bool stands(const ew_names *n, const name *m, ew_slice s, size_t at)
{
    ew_slice t = text_of(n, m);
    return s.n - at >= t.n && memcmp(s.p + at, t.p, t.n) == 0 &&
           !(m->left && ew_letter_before(s, at)) &&
           !(m->right && ew_letter_after(s, at + t.n));
}

/* The longest in a bucket; of protected people first. */
static const name *best_of(const ew_names *n, uint32_t i, ew_slice s, size_t at,
                           const name *best)
{
    for (; i != 0; i = n->list[i - 1].next) {
        const name *m = &n->list[i - 1];
        bool better =
            best == NULL || m->of < best->of || (m->of == best->of && m->n > best->n);
        if (better && stands(n, m, s, at))
            best = m;
    }
    return best;
}

ew_code ew_names_find(const ew_names *n, ew_slice s,
                      ew_code (*put)(void *cookie, const ew_named *f, ew_err *err),
                      void *cookie, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t at = 0; at + SHORT_HEAD <= s.n && code == EW_OK && n->n > 0;) {
        const name *m = best_of(n, n->shorts[bucket(s.p + at, SHORT_HEAD)], s, at, NULL);
        if (at + LONG_HEAD <= s.n)
            m = best_of(n, n->longs[bucket(s.p + at, LONG_HEAD)], s, at, m);
        if (m != NULL) {
            ew_named f = {m->of, m->person, m->whole, at, m->n};
            code = put(cookie, &f, err);
        }
        at += m != NULL ? m->n : 1;
    }
    return code;
}

/* Of one country, without the 0 in front, or as it is dialled from abroad without its 00. */
static ew_slice without_zeros(ew_slice s)
{
    while (s.n > 0 && s.p[0] == '0') {
        s.p++;
        s.n--;
    }
    return s;
}

int64_t ew_names_number(const ew_names *n, const char *digits, size_t count)
{
    ew_slice d = without_zeros((ew_slice){digits, count});
    for (size_t i = 0; i < n->n; i++) {
        const name *m = &n->list[i];
        if (!m->number)
            continue;
        ew_slice t = without_zeros(text_of(n, m));
        size_t same = t.n < d.n ? t.n : d.n;
        if ((same >= NUMBER_SAME || (same == t.n && same == d.n)) && same > 0 &&
            memcmp(t.p + t.n - same, d.p + d.n - same, same) == 0)
            return m->person;
    }
    return 0;
}
