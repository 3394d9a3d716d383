/* SPDX-License-Identifier: Apache-2.0 */
/* datapackage.json: every file that it lists is measured and hashed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "import/wacz.h"

typedef struct listed_file {
    ew_kept_text path, hash, hashing;
    uint64_t bytes;
    bool sized;
    uint64_t at, end; /* in datapackage.json */
} listed_file;

typedef struct verdict {
    bool right, strong;
    char why[128];
} verdict;

/* ------------------------------------------------------------------ one file */

static ew_code feed(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_warc_digest_feed(cookie, bytes, n, err);
}

/* "sha256:..." or, in older files, the name of the method beside it. */
static void spell_hash(const ew_wacz *z, const listed_file *f, char *out, size_t room)
{
    ew_slice hash = ew_wacz__kept(z, f->hash);
    ew_slice by = ew_wacz__kept(z, f->hashing);
    if (hash.n == 0 || hash.n > 150 || by.n > 20) {
        out[0] = 0;
        return;
    }
    if (memchr(hash.p, ':', hash.n) != NULL)
        by.n = 0;
    else if (by.n == 0)
        by = ew_slice_of(hash.n == 32 ? "md5" : "sha256");
    (void)snprintf(out, room, "%.*s%s%.*s", (int)by.n, by.p, by.n > 0 ? ":" : "",
                   (int)hash.n, hash.p);
}

/* *right, and *strong when nobody can make another file with that hash; or words for what is not. */
static ew_code hash_member(ew_wacz *z, size_t member, const char *told, verdict *v)
{
    enum { STRONG = 32 };
    ew_warc_digest d = {.made = NULL};
    ew_err *err = z->warc.err;
    ew_err own;
    ew_code code = ew_warc_digest_begin(&d, ew_slice_of(told), err);
    *v = (verdict){.right = false};
    if (code == EW_OK && !d.known) {
        (void)snprintf(v->why, sizeof v->why, "%s",
                       told[0] != 0 ? "its hash is of a kind that is not understood"
                                    : "it is listed without a hash");
    } else if (code == EW_OK) {
        code = ew_delivery_stream(z->from, member, feed, &d, &own);
        (void)snprintf(v->why, sizeof v->why, "its bytes are not what its hash says");
        if (code == EW_E_FORMAT || code == EW_E_LIMIT) {
            (void)snprintf(v->why, sizeof v->why, "%.120s", own.text);
            code = EW_OK;
        } else if (code != EW_OK && err != NULL) {
            *err = own;
        } else {
            code = ew_warc_digest_end(&d, &v->right, err);
        }
    }
    v->strong = d.n >= STRONG;
    ew_warc_digest_release(&d);
    return code;
}

static ew_code check_file(ew_wacz *z, const listed_file *f)
{
    char told[200];
    verdict v;
    ew_slice path = ew_wacz__kept(z, f->path);
    int n = (int)(path.n < 200 ? path.n : 200);
    ew_place line = {z->package, f->at, f->end - f->at};
    size_t member = ew_delivery_find(z->from, path);
    if (member == SIZE_MAX)
        return ew_wacz__gap(z, line, "file", "%.*s is listed and not there", n, path.p);
    bool twice = z->listed[member];
    z->listed[member] = true;
    ew_code code = EW_OK;
    ew_place whole = ew_wacz__whole(z, member);
    if (f->sized && f->bytes != whole.bytes)
        code = ew_warc__remark(&z->warc, whole,
                               "%.*s: listed with %" PRIu64 " bytes, it has %" PRIu64, n,
                               path.p, f->bytes, whole.bytes);
    spell_hash(z, f, told, sizeof told);
    if (code == EW_OK)
        code = hash_member(z, member, told, &v);
    if (code == EW_OK && !v.right)
        code = ew_warc__remark(&z->warc, whole, "%.*s: %s", n, path.p, v.why);
    if (code == EW_OK)
        z->right[member] = v.right && v.strong &&
                           !(f->sized && f->bytes != whole.bytes) &&
                           (!twice || z->right[member]);
    return code;
}

/* ------------------------------------------------------------------ the list */

static ew_code take_resource(ew_wacz *z, ew_json *j, ew_err *why, listed_file *f)
{
    size_t depth = j->depth;
    ew_code code = EW_OK;
    *f = (listed_file){.at = j->begin};
    while (code == EW_OK) {
        code = ew_json_next(j, why);
        if (code != EW_OK || (j->kind == EW_JSON_OBJECT_END && j->depth < depth))
            break;
        bool text = j->kind == EW_JSON_STRING;
        if (text && j->depth == depth && ew_slice_is(j->key, "path"))
            code = ew_wacz__keep(z, j->text, &f->path);
        else if (text && ew_slice_is(j->key, "hash"))
            code = ew_wacz__keep(z, j->text, &f->hash);
        else if (text && ew_slice_is(j->key, "hashing"))
            code = ew_wacz__keep(z, j->text, &f->hashing);
        else if (j->kind == EW_JSON_NUMBER && ew_slice_is(j->key, "bytes"))
            f->sized = ew_slice_u64(j->text, &f->bytes);
        else if (j->kind != EW_JSON_OBJECT_END && !ew_slice_is(j->key, "stats"))
            code = ew_json_skip(j, why);
    }
    f->end = j->end;
    return code;
}

typedef struct list {
    ew_buf files; /* of listed_file */
} list;

static ew_code take_list(ew_wacz *z, ew_json *j, list *l, ew_err *why)
{
    size_t depth = j->depth;
    listed_file f;
    ew_code code = EW_OK;
    if (j->kind != EW_JSON_ARRAY)
        return ew_json_skip(j, why);
    while (code == EW_OK) {
        code = ew_json_next(j, why);
        if (code != EW_OK || (j->kind == EW_JSON_ARRAY_END && j->depth < depth))
            break;
        if (j->kind != EW_JSON_OBJECT) {
            code = ew_json_skip(j, why);
            continue;
        }
        code = take_resource(z, j, why, &f);
        if (code == EW_OK)
            code = ew_buf_append(&l->files, &f, sizeof f, why);
    }
    return code;
}

static ew_code take_package(ew_wacz *z, ew_slice bytes, list *l, ew_err *why)
{
    ew_json j;
    ew_code code = ew_wacz__object(&j, bytes, why);
    while (ew_wacz__field(&j, &code, why)) {
        code = ew_slice_is(j.key, "resources") ? take_list(z, &j, l, why)
                                               : ew_json_skip(&j, why);
    }
    ew_json_release(&j);
    return code;
}

static ew_code read_package(ew_wacz *z, list *l, ew_err *why)
{
    static const char sha256[] = "sha256:";
    uint8_t hash[EW_SHA256_BYTES];
    ew_slice bytes;
    if (ew_delivery_bytes(z->from, z->package) > EW_WACZ_JSON)
        return ew_fail(why, EW_E_LIMIT, 0, "it is larger than %d bytes", EW_WACZ_JSON);
    ew_code code = ew_delivery_read(z->from, z->package, &bytes, why);
    if (code != EW_OK)
        return code;
    ew_sha256_bytes(bytes.p, bytes.n, hash);
    memcpy(z->package_hash, sha256, sizeof sha256);
    ew_hex(hash, sizeof hash, z->package_hash + sizeof sha256 - 1);
    return take_package(z, bytes, l, why);
}

static ew_code tell_unlisted(ew_wacz *z)
{
    enum { TOLD = 20 };
    size_t more = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < ew_delivery_count(z->from) && code == EW_OK; i++) {
        ew_slice name = ew_delivery_name(z->from, i);
        if (z->listed[i] || ew_slice_is(name, "datapackage.json") ||
            ew_slice_is(name, "datapackage-digest.json"))
            continue;
        if (++more <= TOLD)
            code = ew_warc__remark(&z->warc, ew_wacz__whole(z, i),
                                   "%.*s: datapackage.json does not list it",
                                   (int)(name.n < 180 ? name.n : 180), name.p);
    }
    if (code == EW_OK && more > TOLD)
        code = ew_warc__remark(&z->warc, ew_wacz__whole(z, z->package),
                               "%zu files are not listed", more);
    return code;
}

ew_code ew_wacz__package(ew_wacz *z)
{
    ew_err why = {.code = EW_OK};
    list l;
    ew_buf_init(&l.files, (size_t)EW_DELIVERY_MEMBERS * sizeof(listed_file));
    ew_code code = read_package(z, &l, &why);
    if (code == EW_E_FORMAT || code == EW_E_LIMIT)
        code = ew_wacz__gap(z, ew_wacz__whole(z, z->package), "file",
                            "datapackage.json: %s", why.text);
    else if (code != EW_OK && why.code == code && z->warc.err != NULL)
        *z->warc.err = why;
    for (size_t at = 0; at < l.files.len && code == EW_OK; at += sizeof(listed_file)) {
        listed_file f;
        memcpy(&f, l.files.data + at, sizeof f);
        code = check_file(z, &f);
    }
    if (code == EW_OK)
        code = tell_unlisted(z);
    ew_buf_release(&l.files);
    return code;
}
