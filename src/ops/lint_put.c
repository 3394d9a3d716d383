/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: each told once for its place, with a number that stays, and with nothing of a protected person. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/utf8.h"
#include "ops/lint_in.h"

static const struct {
    const char *name;
    ew_lint_weight weight;
} kinds[EW_LINT_KINDS] = {
    [EW_LINT_PROTECTED] = {"protected-name", EW_LINT_HIGH},
    [EW_LINT_PROTECTED_WORD] = {"protected-word", EW_LINT_MEDIUM},
    [EW_LINT_PSEUDONYM] = {"pseudonym", EW_LINT_HIGH},
    [EW_LINT_PLACE] = {"place", EW_LINT_MEDIUM},
    [EW_LINT_COORDINATES] = {"coordinates", EW_LINT_HIGH},
    [EW_LINT_PHONE] = {"phone", EW_LINT_MEDIUM},
    [EW_LINT_MAIL] = {"mail", EW_LINT_MEDIUM},
    [EW_LINT_AUTHOR] = {"author", EW_LINT_MEDIUM},
    [EW_LINT_DEVICE] = {"device", EW_LINT_MEDIUM},
    [EW_LINT_SOFTWARE] = {"software", EW_LINT_LOW},
    [EW_LINT_METADATA] = {"metadata", EW_LINT_LOW},
    [EW_LINT_USER_PATH] = {"user-path", EW_LINT_MEDIUM},
};

const char *ew_lint_kind_name(ew_lint_kind k)
{
    return k < EW_LINT_KINDS ? kinds[k].name : "";
}

const char *ew_lint_weight_name(ew_lint_weight w)
{
    static const char *const names[] = {"low", "medium", "high"};
    return w <= EW_LINT_HIGH ? names[w] : "";
}

ew_lint_weight ew_lint_weight_of(ew_lint_kind k)
{
    return k < EW_LINT_KINDS ? kinds[k].weight : EW_LINT_LOW;
}

ew_code ew_lint__begin(ew_lint *l, ew_err *err)
{
    ew_folded_init(&l->folded);
    l->slots = ew_alloc_array(EW_LINT_TABLE, sizeof *l->slots);
    return l->slots != NULL ? EW_OK : ew_fail_nomem(err);
}

static void forget(ew_lint *l)
{
    for (size_t i = 0; i < l->n; i++) {
        ew_free(l->list[i].member);
        ew_free(l->list[i].field);
        ew_free(l->list[i].excerpt);
    }
    l->n = 0;
    l->full = false;
    if (l->slots != NULL)
        memset(l->slots, 0, EW_LINT_TABLE * sizeof *l->slots);
}

void ew_lint__end(ew_lint *l)
{
    forget(l);
    ew_folded_wipe(&l->folded);
    ew_free(l->list);
    ew_free(l->slots);
}

/* ------------------------------------------------------------------ which it is */

static ew_code feed_text(ew_sha256 *h, const char *text, ew_err *err)
{
    return ew_sha256_feed(h, text, strlen(text) + 1, err);
}

/* Of a protected person not what was found: a short name could be guessed from its hash. */
static ew_code key_of(const ew_lint *l, const ew_lint__one *x, const char *field,
                      ew_slice value, uint8_t key[EW_SHA256_BYTES], ew_err *err)
{
    uint8_t numbers[16];
    ew_sha256 *h = NULL;
    ew_put_u64le(numbers, (uint64_t)x->kind);
    ew_put_u64le(numbers + 8, (uint64_t)x->person);
    ew_code code = ew_sha256_new(&h, err);
    if (code == EW_OK)
        code = ew_sha256_feed(h, numbers, sizeof numbers, err);
    if (code == EW_OK)
        code = ew_sha256_feed(h, l->sha256, sizeof l->sha256, err);
    if (code == EW_OK)
        code = feed_text(h, l->table, err);
    if (code == EW_OK)
        code = feed_text(h, l->member, err);
    if (code == EW_OK)
        code = feed_text(h, field, err);
    if (code == EW_OK && x->person == 0)
        code = ew_sha256_feed(h, value.p, value.n, err);
    if (code == EW_OK)
        code = ew_sha256_finish(h, key, err);
    ew_sha256_free(h);
    return code;
}

/* The one of this key, or the free slot for it. */
static ew_lint__one *look_up(ew_lint *l, const uint8_t key[EW_SHA256_BYTES], size_t *slot)
{
    size_t i = ew_get_u32le(key) % EW_LINT_TABLE;
    while (l->slots[i] != 0) {
        ew_lint__one *x = &l->list[l->slots[i] - 1];
        if (memcmp(x->key, key, EW_SHA256_BYTES) == 0)
            return x;
        i = (i + 1) % EW_LINT_TABLE;
    }
    *slot = i;
    return NULL;
}

/* ------------------------------------------------------------------ telling */

/* At most so many bytes of s, ending with a character. */
static ew_slice cut(ew_slice s, size_t most)
{
    if (s.n <= most)
        return s;
    while (most > 0 && ((unsigned char)s.p[most] & 0xC0) == 0x80)
        most--;
    return (ew_slice){s.p, most};
}

/* One safe line, masked: first what is protected is taken out, then it is cut. */
static ew_code safe_line(const ew_lint *l, ew_slice s, char **out, ew_err *err)
{
    ew_buf masked;
    ew_buf safe;
    ew_buf_init(&masked, EW_FOLD_MAX);
    ew_buf_init(&safe, EW_FOLD_MAX);
    ew_code code =
        ew_names_mask(l->names, cut(s, (size_t)16 * EW_LINT_EXCERPT), &masked, err);
    ew_slice m = cut((ew_slice){(const char *)masked.data, masked.len}, EW_LINT_EXCERPT);
    if (code == EW_OK)
        code = ew_utf8_append_safe(&safe, m.p != NULL ? m.p : "", m.n, err);
    if (code == EW_OK) {
        *out = ew_strdup(safe.data != NULL ? (const char *)safe.data : "");
        code = *out != NULL ? EW_OK : ew_fail_nomem(err);
    }
    ew_buf_release(&masked);
    ew_buf_release(&safe);
    return code;
}

static ew_code grow(ew_lint *l, ew_err *err)
{
    if (l->n < l->cap)
        return EW_OK;
    size_t cap = l->cap > 0 ? 2 * l->cap : 64;
    ew_lint__one *more = ew_realloc_array(l->list, cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    l->list = more;
    l->cap = cap;
    return EW_OK;
}

static ew_code count(ew_lint *l, ew_lint__one x, const char *field, ew_slice value,
                     ew_err *err)
{
    size_t slot = 0;
    ew_code code = key_of(l, &x, field, value, x.key, err);
    if (code != EW_OK)
        return code;
    ew_lint__one *there = look_up(l, x.key, &slot);
    if (there != NULL) {
        there->count += l->again ? 0 : 1;
        return EW_OK;
    }
    if (l->n == EW_LINT_MOST) {
        l->full = true;
        return EW_OK;
    }
    code = grow(l, err);
    if (code != EW_OK)
        return code;
    x.count = 1;
    x.row = l->row;
    x.item = l->item;
    ew_slice member = ew_slice_of(l->member);
    code = safe_line(l, value, &x.excerpt, err);
    if (code == EW_OK)
        code = safe_line(l, member, &x.member, err);
    if (code == EW_OK)
        code = safe_line(l, cut(ew_slice_of(field), EW_LINT_FIELD), &x.field, err);
    if (code == EW_OK) {
        l->list[l->n++] = x;
        l->slots[slot] = (uint32_t)l->n;
        return EW_OK;
    }
    ew_free(x.excerpt);
    ew_free(x.member);
    ew_free(x.field);
    return code;
}

ew_code ew_lint__found(ew_lint *l, ew_lint_kind kind, const char *field, uint64_t at,
                       ew_slice value, ew_err *err)
{
    ew_lint__one x = {.kind = kind, .at = at};
    return count(l, x, field, value, err);
}

ew_code ew_lint__found_person(ew_lint *l, const ew_named *who, const char *field,
                              uint64_t at, ew_err *err)
{
    char text[64];
    ew_lint__one x = {.kind = !who->whole                    ? EW_LINT_PROTECTED_WORD
                              : who->of == EW_NAME_PSEUDONYM ? EW_LINT_PSEUDONYM
                                                             : EW_LINT_PROTECTED,
                      .person = who->person,
                      .at = at};
    (void)snprintf(text, sizeof text, "%s %lld",
                   who->of == EW_NAME_PSEUDONYM ? "another name of person"
                                                : "protected person",
                   (long long)who->person);
    return count(l, x, field, ew_slice_of(text), err);
}

ew_code ew_lint__blank(ew_lint *l, const char *why, ew_err *err)
{
    char *member = NULL;
    ew_code code = safe_line(l, ew_slice_of(l->member), &member, err);
    ew_lint_blank b = {l->item, member, why};
    l->sum->blanks++;
    if (code == EW_OK)
        code = l->put->blank(l->put->cookie, &b, err);
    ew_free(member);
    return code;
}

ew_code ew_lint__flush(ew_lint *l, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < l->n && code == EW_OK; i++) {
        const ew_lint__one *x = &l->list[i];
        ew_lint_finding f = {.kind = x->kind,
                             .item = x->item,
                             .table = l->table,
                             .row = x->row,
                             .member = x->member,
                             .field = x->field,
                             .at = x->at,
                             .count = x->count,
                             .person = x->person,
                             .excerpt = x->excerpt};
        ew_hex(x->key, EW_LINT_ID / 2, f.id);
        l->sum->findings++;
        code = l->put->finding(l->put->cookie, &f, err);
    }
    bool full = l->full;
    forget(l);
    return code == EW_OK && full
               ? ew_lint__blank(l, "more is found in it than is told", err)
               : code;
}
