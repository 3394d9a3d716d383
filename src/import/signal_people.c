/* SPDX-License-Identifier: Apache-2.0 */
/* Who takes part in the chats of a Signal export. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "import/signal.h"

/* ------------------------------------------------------------------ walking */

size_t ew_signal__enter(const ew_signal *s)
{
    return ew_signal__opens(s) ? s->j.depth : SIZE_MAX;
}

bool ew_signal__inside(ew_signal *s, size_t depth, ew_code *code)
{
    if (*code != EW_OK || depth == SIZE_MAX)
        return false;
    *code = ew_json_next(&s->j, s->err);
    if (*code == EW_OK && (s->j.odd || s->j.bad_utf8))
        s->made.message.marks |= EW_MARK_ESCAPED;
    return *code == EW_OK && s->j.depth >= depth;
}

bool ew_signal__opens(const ew_signal *s)
{
    return s->j.kind == EW_JSON_OBJECT || s->j.kind == EW_JSON_ARRAY;
}

bool ew_signal__simple(const ew_signal *s)
{
    return s->j.kind == EW_JSON_STRING || s->j.kind == EW_JSON_NUMBER;
}

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

size_t ew_signal__bytes(ew_slice text, uint8_t *out, size_t max)
{
    size_t n = 0;
    uint32_t bits = 0;
    unsigned have = 0;
    while (text.n > 0 && text.p[text.n - 1] == '=')
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        int d = digit_of(text.p[i]);
        if (d < 0)
            return SIZE_MAX;
        bits = bits << 6 | (uint32_t)d;
        have += 6;
        if (have < 8)
            continue;
        have -= 8;
        if (n == max)
            return SIZE_MAX;
        out[n++] = (uint8_t)(bits >> have);
    }
    return n;
}

/* ------------------------------------------------------------------ names */

ew_slice ew_signal__name(const ew_signal *s, ew_kept_text t)
{
    return (ew_slice){t.n > 0 ? (const char *)s->names.data + t.at : "", t.n};
}

static ew_code keep(ew_signal *s, ew_slice text, ew_kept_text *out)
{
    *out = (ew_kept_text){s->names.len, text.n};
    return ew_buf_append(&s->names, text.p, text.n, s->err);
}

ew_slice ew_signal__shown(const ew_signal *s, const ew_signal_recipient *r)
{
    ew_slice name = ew_signal__name(s, r->name);
    if (name.n > 0)
        return name;
    return r->kind == EW_SIGNAL_SELF ? ew_slice_of("self")
                                     : ew_signal__name(s, r->address);
}

/* All that a contact can be called by; the program shows the first pair that is there. */
typedef struct names {
    ew_kept_text given[4], family[4]; /* nickname, system, profile, account */
    ew_kept_text username, phone, title;
} names;

static ew_code put_name(ew_signal *s, const names *n, ew_kept_text *out)
{
    char line[1024];
    ew_slice best = {"", 0};
    for (size_t i = 0; i < EW_COUNT(n->given) && best.n == 0; i++) {
        ew_slice given = ew_signal__name(s, n->given[i]);
        ew_slice family = ew_signal__name(s, n->family[i]);
        if (given.n > 400 || family.n > 400 || given.n + family.n == 0)
            continue;
        size_t space = given.n > 0 && family.n > 0 ? 1 : 0;
        memcpy(line, given.p, given.n);
        memcpy(line + given.n, " ", space);
        memcpy(line + given.n + space, family.p, family.n);
        best = (ew_slice){line, given.n + space + family.n};
    }
    if (best.n > 0)
        return keep(s, best, out);
    *out = n->title.n > 0 ? n->title : n->username.n > 0 ? n->username : n->phone;
    return EW_OK;
}

/* "nickname": {"given": "Ann"} */
static ew_code take_nickname(ew_signal *s, names *n)
{
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (s->j.kind != EW_JSON_STRING)
            continue;
        if (ew_slice_is(s->j.key, "given"))
            code = keep(s, s->j.text, &n->given[0]);
        else if (ew_slice_is(s->j.key, "family"))
            code = keep(s, s->j.text, &n->family[0]);
    }
    return code;
}

static void uuid_text(const uint8_t b[16], char out[37])
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[n++] = '-';
        out[n++] = hex[b[i] >> 4];
        out[n++] = hex[b[i] & 15];
    }
    out[n] = 0;
}

/* ------------------------------------------------------------------ contacts and groups */

static ew_code take_phone(ew_signal *s, names *n)
{
    char text[32] = "+";
    if (s->j.text.n > 20)
        return EW_OK;
    memcpy(text + 1, s->j.text.p, s->j.text.n);
    bool plus = s->j.text.n > 0 && s->j.text.p[0] == '+';
    return keep(s, ew_slice_of(plus ? text + 1 : text), &n->phone);
}

static ew_code take_contact_field(ew_signal *s, names *n, ew_signal_recipient *r)
{
    static const struct {
        const char *key;
        int which;
        bool family;
    } parts[] = {{"systemGivenName", 1, false},  {"systemFamilyName", 1, true},
                 {"profileGivenName", 2, false}, {"profileFamilyName", 2, true},
                 {"givenName", 3, false},        {"familyName", 3, true}};
    ew_slice key = s->j.key;
    if (ew_slice_is(key, "nickname"))
        return take_nickname(s, n);
    if (!ew_signal__simple(s))
        return ew_json_skip(&s->j, s->err);
    for (size_t i = 0; i < EW_COUNT(parts); i++)
        if (ew_slice_is(key, parts[i].key))
            return keep(s, s->j.text,
                        parts[i].family ? &n->family[parts[i].which]
                                        : &n->given[parts[i].which]);
    if (ew_slice_is(key, "username"))
        return keep(s, s->j.text, &n->username);
    if (ew_slice_is(key, "e164"))
        return take_phone(s, n);
    if (ew_slice_is(key, "aci"))
        r->has_aci = ew_signal__bytes(s->j.text, r->aci, sizeof r->aci) == 16;
    return EW_OK;
}

static ew_code take_contact(ew_signal *s, ew_signal_recipient *r)
{
    names n = {.title = {0, 0}};
    char uuid[37];
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    r->kind = EW_SIGNAL_CONTACT;
    while (ew_signal__inside(s, depth, &code))
        code = take_contact_field(s, &n, r);
    if (code == EW_OK)
        code = put_name(s, &n, &r->name);
    r->address = n.phone;
    if (code != EW_OK || !r->has_aci)
        return code;
    uuid_text(r->aci, uuid);
    return keep(s, ew_slice_of(uuid), &r->address);
}

/* "snapshot": {"title": {"title": "Group"}}; also "name" of lists and call links, to any depth. */
static ew_code take_titled(ew_signal *s, ew_signal_recipient *r, const char *key)
{
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (s->j.kind == EW_JSON_STRING && r->name.n == 0 && ew_slice_is(s->j.key, key))
            code = keep(s, s->j.text, &r->name);
    }
    return code;
}

static ew_code take_destination(ew_signal *s, ew_signal_recipient *r)
{
    ew_slice key = s->j.key;
    if (s->j.kind != EW_JSON_OBJECT)
        return ew_json_skip(&s->j, s->err);
    if (ew_slice_is(key, "contact"))
        return take_contact(s, r);
    if (ew_slice_is(key, "self")) {
        r->kind = EW_SIGNAL_SELF;
        return ew_json_skip(&s->j, s->err);
    }
    r->kind = ew_slice_is(key, "group") ? EW_SIGNAL_GROUP : EW_SIGNAL_OTHER;
    if (ew_slice_is(key, "releaseNotes"))
        return keep(s, ew_slice_of("Signal"), &r->name) == EW_OK
                   ? ew_json_skip(&s->j, s->err)
                   : ew_fail_nomem(s->err);
    return take_titled(s, r, r->kind == EW_SIGNAL_GROUP ? "title" : "name");
}

ew_code ew_signal__recipient(ew_signal *s)
{
    ew_signal_recipient r = {.id = 0};
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code)) {
        if (ew_slice_is(s->j.key, "id"))
            (void)ew_slice_u64(s->j.text, &r.id);
        code = take_destination(s, &r);
    }
    if (code != EW_OK)
        return code;
    if (s->recipient_count == EW_SIGNAL_RECIPIENTS)
        return ew_fail(s->err, EW_E_LIMIT, s->line, "more than %d recipients",
                       (int)EW_SIGNAL_RECIPIENTS);
    if (s->recipient_count == s->recipient_cap) {
        size_t cap = s->recipient_cap > 0 ? 2 * s->recipient_cap : 16;
        ew_signal_recipient *more_room =
            ew_realloc_array(s->recipients, cap, sizeof *more_room);
        if (more_room == NULL)
            return ew_fail_nomem(s->err);
        s->recipients = more_room;
        s->recipient_cap = cap;
    }
    s->recipients[s->recipient_count++] = r;
    return EW_OK;
}

/* The exporting person's own names. */
ew_code ew_signal__account(ew_signal *s)
{
    names n = {.title = {0, 0}};
    ew_signal_recipient r = {.id = 0};
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code))
        code = take_contact_field(s, &n, &r);
    return code == EW_OK ? put_name(s, &n, &s->own_name) : code;
}

static int by_id(const void *a, const void *b)
{
    const ew_signal_recipient *x = a;
    const ew_signal_recipient *y = b;
    int order = (x->id > y->id) - (x->id < y->id);
    return order != 0 ? order : (x->name.at > y->name.at) - (x->name.at < y->name.at);
}

static int by_aci(const void *a, const void *b, void *all)
{
    const ew_signal_recipient *r = all;
    const size_t *x = a;
    const size_t *y = b;
    int order = memcmp(r[*x].aci, r[*y].aci, sizeof r[*x].aci);
    return order != 0 ? order : (*x > *y) - (*x < *y);
}

ew_code ew_signal__sort_recipients(ew_signal *s)
{
    if (s->recipient_count == 0)
        return EW_OK;
    s->by_aci = ew_alloc_array(s->recipient_count, sizeof *s->by_aci);
    if (s->by_aci == NULL)
        return ew_fail_nomem(s->err);
    qsort(s->recipients, s->recipient_count, sizeof *s->recipients, by_id);
    for (size_t i = 0; i < s->recipient_count; i++) {
        ew_signal_recipient *r = &s->recipients[i];
        if (r->kind == EW_SIGNAL_SELF && r->name.n == 0)
            r->name = s->own_name;
        if (r->has_aci)
            s->by_aci[s->aci_count++] = i;
    }
    qsort_r(s->by_aci, s->aci_count, sizeof *s->by_aci, by_aci, s->recipients);
    return EW_OK;
}

const ew_signal_recipient *ew_signal__recipient_of(const ew_signal *s, uint64_t id)
{
    size_t low = 0;
    size_t high = s->recipient_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->recipients[mid].id < id)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->recipient_count && s->recipients[low].id == id ? &s->recipients[low]
                                                                   : NULL;
}

const ew_signal_recipient *ew_signal__by_aci(const ew_signal *s, const uint8_t aci[16])
{
    size_t low = 0;
    size_t high = s->aci_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (memcmp(s->recipients[s->by_aci[mid]].aci, aci, 16) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == s->aci_count)
        return NULL;
    const ew_signal_recipient *r = &s->recipients[s->by_aci[low]];
    return memcmp(r->aci, aci, 16) == 0 ? r : NULL;
}
