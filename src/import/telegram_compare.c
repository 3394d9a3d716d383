/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing a message of the JSON with the same one of the pages. Each is brought into one spelling first: line
 * separators are line breaks in pages, accounts that were deleted have no name in JSON, and things without a file
 * are worded differently. */
#include "import/telegram_compare.h"

#include <string.h>

#include "base/hash.h"
#include "import/telegram_html.h"
#include "import/telegram_links.h"
#include "import/telegram_notes.h"

enum { VALUE = 64 << 20 };

/* ------------------------------------------------------------------ one spelling */

static ew_slice trimmed(ew_slice s)
{
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\n'))
        s.n--;
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\n')) {
        s.p++;
        s.n--;
    }
    return s;
}

/* U+2028 and U+2029 are line breaks in pages. */
static ew_code add_text(ew_buf *out, ew_slice s, ew_err *err)
{
    size_t from = 0;
    size_t begin = out->len;
    ew_code code = EW_OK;
    for (size_t i = 0; i + 2 < s.n && code == EW_OK; i++) {
        if (memcmp(s.p + i, "\xE2\x80\xA8", 3) != 0 &&
            memcmp(s.p + i, "\xE2\x80\xA9", 3) != 0)
            continue;
        code = ew_buf_append(out, s.p + from, i - from, err);
        if (code == EW_OK)
            code = ew_buf_append(out, "\n", 1, err);
        i += 2;
        from = i + 1;
    }
    if (code == EW_OK)
        code = ew_buf_append(out, s.p + from, s.n - from, err);
    if (code != EW_OK)
        return code;
    ew_slice all = trimmed((ew_slice){(char *)out->data + begin, out->len - begin});
    if (all.n > 0)
        memmove(out->data + begin, all.p, all.n);
    out->len = begin + all.n;
    return EW_OK;
}

static ew_slice name_of(ew_slice s)
{
    s = trimmed(s);
    return ew_slice_is(s, "Deleted Account") || ew_slice_is(s, "Deleted")
               ? (ew_slice){"", 0}
               : s;
}

/* Files only: words of contacts, places and polls are not the same in both. */
static bool is_compared(const ew_attachment *a)
{
    static const char alone[] = "Self-destructing";
    if (a->state == EW_ATTACH_INLINE || a->kind == EW_ATTACH_CONTACT ||
        a->kind == EW_ATTACH_LOCATION)
        return false;
    return a->words.n < sizeof alone - 1 ||
           memcmp(a->words.p, alone, sizeof alone - 1) != 0;
}

static ew_code add_files(ew_buf *out, const ew_tg_side *s, ew_err *err)
{
    ew_code code = EW_OK;
    ew_buf path;
    ew_buf_init(&path, VALUE);
    for (size_t i = 0; i < s->m->attachment_count && code == EW_OK; i++) {
        const ew_attachment *a = &s->m->attachments[i];
        if (!is_compared(a))
            continue;
        if (out->len > 0)
            code = ew_buf_append(out, ", ", 2, err);
        if (code == EW_OK && a->path.n == 0) {
            code = ew_buf_printf(out, err, "a file that is %s",
                                 ew_attachment_state_name(a->state));
        } else if (code == EW_OK) {
            code = ew_tg_resolve(&path, s->folder, a->path, err);
            if (code == EW_OK)
                code = ew_buf_append(out, path.data, path.len, err);
        }
    }
    ew_buf_release(&path);
    return code;
}

/* Where words lead that do not say so. */
static ew_slice links_of(const ew_tg_side *s)
{
    for (size_t i = 0; i < s->m->attachment_count; i++) {
        const ew_attachment *a = &s->m->attachments[i];
        if (a->state == EW_ATTACH_INLINE && ew_slice_is(a->name, EW_TG_LINK))
            return a->words;
    }
    return (ew_slice){"", 0};
}

static ew_slice forward_of(const ew_tg_side *s)
{
    return s->m->forwarded ? name_of(s->m->forwarded_from) : (ew_slice){"", 0};
}

/* ------------------------------------------------------------------ the digest */

static ew_code add_part(ew_buf *room, const char *name, ew_slice value, ew_err *err)
{
    ew_code code = ew_buf_printf(room, err, "%s %zu ", name, value.n);
    return code == EW_OK ? ew_buf_append(room, value.p, value.n, err) : code;
}

ew_code ew_tg_digest(const ew_tg_side *s, ew_buf *room, uint8_t out[EW_TG_DIGEST],
                     ew_err *err)
{
    uint8_t full[EW_SHA256_BYTES];
    ew_buf part;
    ew_code code = EW_OK;
    ew_buf_init(&part, VALUE);
    ew_buf_reset(room);
    if (!s->m->service) {
        code = add_text(&part, s->m->text, err);
        if (code == EW_OK)
            code = add_part(room, "text", ew_tg_slice(&part), err);
        if (code == EW_OK)
            code = add_part(room, "sender", name_of(s->m->sender), err);
        if (code == EW_OK)
            code =
                add_part(room, s->m->forwarded ? "forward" : "own", forward_of(s), err);
        if (code == EW_OK)
            code = ew_buf_printf(room, err, "time %d %lld", s->local_known,
                                 (long long)(s->local_known ? s->local_s : 0));
        ew_buf_reset(&part);
        if (code == EW_OK)
            code = add_files(&part, s, err);
        if (code == EW_OK)
            code = add_part(room, "files", ew_tg_slice(&part), err);
        if (code == EW_OK)
            code = add_part(room, "links", links_of(s), err);
    }
    ew_buf_release(&part);
    ew_sha256_bytes(room->len > 0 ? room->data : (const uint8_t *)"", room->len, full);
    memcpy(out, full, EW_TG_DIGEST);
    return code;
}

/* ------------------------------------------------------------------ differences */

static bool same(ew_slice a, ew_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

typedef struct telling {
    const ew_tg_side *json, *html;
    const ew_import_sink *sink;
    uint64_t *count;
    ew_err *err;
} telling;

/* Where texts begin to differ, some characters before: what is alike says nothing. */
static void skip_alike(ew_slice *a, ew_slice *b)
{
    enum { ENOUGH = 150, BEFORE = 40 };
    size_t at = 0;
    while (at < a->n && at < b->n && a->p[at] == b->p[at])
        at++;
    if (a->n < ENOUGH && b->n < ENOUGH)
        return;
    at = at > BEFORE ? at - BEFORE : 0;
    while (at > 0 && at < a->n && ((unsigned char)a->p[at] & 0xC0) == 0x80)
        at--;
    *a = (ew_slice){a->p + at, a->n - at};
    *b = (ew_slice){b->p + at, b->n - at};
}

static ew_code tell(const telling *t, const char *what, ew_slice a, ew_slice b)
{
    if (same(a, b))
        return EW_OK;
    ++*t->count;
    skip_alike(&a, &b);
    return ew_tg_remark(
        t->sink, t->json->m->place, t->err,
        "message %.*s: %s is '%.*s' in result.json and '%.*s' in the page",
        EW_TG_TEXT(t->json->m->id), what, EW_TG_TEXT(a), EW_TG_TEXT(b));
}

static ew_code tell_text(const telling *t)
{
    ew_buf a;
    ew_buf b;
    ew_buf_init(&a, VALUE);
    ew_buf_init(&b, VALUE);
    ew_code code = add_text(&a, t->json->m->text, t->err);
    if (code == EW_OK)
        code = add_text(&b, t->html->m->text, t->err);
    if (code == EW_OK)
        code = tell(t, "text", ew_tg_slice(&a), ew_tg_slice(&b));
    ew_buf_reset(&a);
    ew_buf_reset(&b);
    if (code == EW_OK)
        code = add_files(&a, t->json, t->err);
    if (code == EW_OK)
        code = add_files(&b, t->html, t->err);
    if (code == EW_OK)
        code = tell(t, "attachment", ew_tg_slice(&a), ew_tg_slice(&b));
    if (code == EW_OK)
        code = tell(t, "link", links_of(t->json), links_of(t->html));
    ew_buf_release(&a);
    ew_buf_release(&b);
    return code;
}

/* In saved messages pages show who wrote first as the sender. */
static ew_code tell_people(const telling *t)
{
    const ew_message *a = t->json->m;
    const ew_message *b = t->html->m;
    if (a->forwarded && !b->forwarded &&
        same(name_of(b->sender), name_of(a->forwarded_from)))
        return EW_OK;
    ew_code code = tell(t, "sender", name_of(a->sender), name_of(b->sender));
    if (code == EW_OK)
        code = tell(t, "forwarded from", forward_of(t->json), forward_of(t->html));
    if (code != EW_OK || a->forwarded == b->forwarded || forward_of(t->json).n > 0 ||
        forward_of(t->html).n > 0)
        return code;
    return tell(t, "forwarded", ew_slice_of(a->forwarded ? "yes" : "no"),
                ew_slice_of(b->forwarded ? "yes" : "no"));
}

static ew_code tell_time(const telling *t)
{
    const ew_moment *a = &t->json->m->time;
    const ew_moment *b = &t->html->m->time;
    bool local = t->json->local_known && t->html->local_known;
    if (local && t->json->local_s == t->html->local_s)
        return EW_OK;
    if (a->zoned && b->zoned && a->unix_s == b->unix_s)
        return EW_OK;
    return tell(t, "time", a->text, b->text);
}

ew_code ew_tg_differences(const ew_tg_side *json, const ew_tg_side *html,
                          const ew_import_sink *sink, uint64_t *count, ew_err *err)
{
    telling t = {json, html, sink, count, err};
    *count = 0;
    if (json->m->service || html->m->service)
        return EW_OK;
    ew_code code = tell_text(&t);
    if (code == EW_OK)
        code = tell_people(&t);
    return code == EW_OK ? tell_time(&t) : code;
}
