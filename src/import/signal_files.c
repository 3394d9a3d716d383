/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a Signal export: "files/ab/abcd….jpg", called after the SHA-256 of the hash of the content and a key that
 * stands with the attachment. */
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "import/signal.h"

enum { KEY_MAX = 128 };

typedef struct facts {
    uint8_t hash[EW_SHA256_BYTES], key[KEY_MAX];
    size_t hash_bytes, key_bytes;
    bool located; /* there is a locatorInfo */
} facts;

/* The member whose name begins so and then ends, or has an ending; SIZE_MAX: there is none. */
static size_t find_begin(const ew_delivery *d, ew_slice begin)
{
    size_t low = 0;
    size_t high = ew_delivery_count(d);
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        ew_slice name = ew_delivery_name(d, mid);
        size_t n = name.n < begin.n ? name.n : begin.n;
        int order = n > 0 ? memcmp(name.p, begin.p, n) : 0;
        if (order < 0 || (order == 0 && name.n < begin.n))
            low = mid + 1;
        else
            high = mid;
    }
    if (low == ew_delivery_count(d))
        return SIZE_MAX;
    ew_slice name = ew_delivery_name(d, low);
    bool found = name.n >= begin.n && memcmp(name.p, begin.p, begin.n) == 0 &&
                 (name.n == begin.n || name.p[begin.n] == '.');
    return found ? low : SIZE_MAX;
}

/* Looks for "files/ab/<name>" and "files/<name>"; path is what was looked for first. */
static size_t find_named(ew_signal *s, ew_slice name, char path[EW_DELIVERY_NAME],
                         size_t *path_bytes)
{
    static const char files[] = "files/";
    size_t at = s->folder.n + sizeof files - 1;
    if (name.n < 2 || at + 3 + name.n > EW_DELIVERY_NAME)
        return SIZE_MAX;
    if (s->folder.n > 0)
        memcpy(path, s->folder.p, s->folder.n);
    memcpy(path + s->folder.n, files, sizeof files - 1);
    memcpy(path + at, name.p, name.n);
    size_t found = find_begin(s->from, (ew_slice){path, at + name.n});
    memcpy(path + at, name.p, 2);
    path[at + 2] = '/';
    memcpy(path + at + 3, name.p, name.n);
    *path_bytes = at + 3 + name.n;
    return found != SIZE_MAX ? found : find_begin(s->from, (ew_slice){path, *path_bytes});
}

static ew_code set_state(ew_signal *s, ew_made_attachment *a, const facts *f)
{
    static const char none[] = "the export was made without its files";
    if (!f->located || f->hash_bytes == 0) {
        a->state = EW_ATTACH_UNAVAILABLE;
        return ew_made_keep(&s->made, ew_slice_of("not on the device that exported"),
                            &a->words, s->err);
    }
    if (s->has_files)
        return EW_OK;
    a->state = EW_ATTACH_LEFT_OUT;
    return ew_made_keep(&s->made, ew_slice_of(none), &a->words, s->err);
}

static ew_code find_file(ew_signal *s, ew_made_attachment *a, const facts *f,
                         ew_slice name)
{
    uint8_t both[EW_SHA256_BYTES + KEY_MAX];
    uint8_t sum[EW_SHA256_BYTES];
    char hex[EW_SHA256_HEX + 1];
    char path[EW_DELIVERY_NAME];
    char other[EW_DELIVERY_NAME];
    size_t path_bytes = 0;
    size_t other_bytes = 0;
    size_t found = SIZE_MAX;
    if (f->hash_bytes > 0) {
        memcpy(both, f->hash, f->hash_bytes);
        memcpy(both + f->hash_bytes, f->key, f->key_bytes);
        ew_sha256_bytes(both, f->hash_bytes + f->key_bytes, sum);
        ew_hex(sum, sizeof sum, hex);
        found = find_named(s, ew_slice_of(hex), path, &path_bytes);
    }
    if (found == SIZE_MAX && f->hash_bytes == EW_SHA256_BYTES) {
        ew_hex(f->hash, sizeof f->hash, hex);
        found = find_named(s, ew_slice_of(hex), other, &other_bytes);
    }
    if (found == SIZE_MAX && memchr(name.p, '/', name.n) == NULL)
        found = find_named(s, name, other, &other_bytes);
    ew_slice told = {path + s->folder.n, path_bytes > 0 ? path_bytes - s->folder.n : 0};
    if (found == SIZE_MAX) {
        ew_code code = ew_made_keep(&s->made, told, &a->path, s->err);
        return code == EW_OK ? set_state(s, a, f) : code;
    }
    a->state = EW_ATTACH_PRESENT;
    a->member = found;
    ew_slice member = ew_delivery_name(s->from, found);
    told = (ew_slice){member.p + s->folder.n, member.n - s->folder.n};
    return ew_made_keep(&s->made, told, &a->path, s->err);
}

/* ------------------------------------------------------------------ the pointer */

static ew_code take_locator(ew_signal *s, ew_made_attachment *a, facts *f)
{
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    f->located = true;
    while (ew_signal__inside(s, depth, &code)) {
        ew_slice key = s->j.key;
        if (!ew_signal__simple(s)) {
            code = ew_json_skip(&s->j, s->err);
            continue;
        }
        if (ew_slice_is(key, "plaintextHash"))
            f->hash_bytes = ew_signal__bytes(s->j.text, f->hash, sizeof f->hash);
        else if (ew_slice_is(key, "localKey"))
            f->key_bytes = ew_signal__bytes(s->j.text, f->key, sizeof f->key);
        else if (ew_slice_is(key, "size"))
            (void)ew_slice_u64(s->j.text, &a->bytes);
        f->hash_bytes = f->hash_bytes == SIZE_MAX ? 0 : f->hash_bytes;
        f->key_bytes = f->key_bytes == SIZE_MAX ? 0 : f->key_bytes;
    }
    return code;
}

static ew_attachment_kind kind_of(ew_slice mime)
{
    if (ew_slice_skip(&mime, "image/"))
        return EW_ATTACH_PHOTO;
    if (ew_slice_skip(&mime, "video/"))
        return EW_ATTACH_VIDEO;
    return ew_slice_skip(&mime, "audio/") ? EW_ATTACH_AUDIO : EW_ATTACH_FILE;
}

static ew_code take_fact(ew_signal *s, ew_made_attachment *a, facts *f)
{
    ew_slice key = s->j.key;
    if (ew_slice_is(key, "locatorInfo"))
        return take_locator(s, a, f);
    if (s->j.kind != EW_JSON_STRING)
        return ew_json_skip(&s->j, s->err);
    if (ew_slice_is(key, "contentType")) {
        if (a->kind == EW_ATTACH_OTHER)
            a->kind = kind_of(s->j.text);
        return ew_made_keep(&s->made, s->j.text, &a->mime, s->err);
    }
    if (ew_slice_is(key, "fileName"))
        return ew_made_keep(&s->made, s->j.text, &a->name, s->err);
    if (ew_slice_is(key, "caption"))
        return ew_made_keep(&s->made, s->j.text, &a->words, s->err);
    return EW_OK;
}

ew_code ew_signal__pointer(ew_signal *s, ew_made_attachment *a)
{
    facts f = {.located = false};
    size_t depth = ew_signal__enter(s);
    ew_code code = EW_OK;
    while (ew_signal__inside(s, depth, &code))
        code = take_fact(s, a, &f);
    if (code != EW_OK)
        return code;
    if (a->kind == EW_ATTACH_OTHER)
        a->kind = EW_ATTACH_FILE;
    ew_slice name = {a->name.n > 0 ? (const char *)s->made.arena.data + a->name.at : "",
                     a->name.n};
    return find_file(s, a, &f, name);
}
