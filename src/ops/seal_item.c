/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk keeps of each sealed item: items/<hex>/ with the seal, the locked secret,
 * and the number of the entry. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_desk.h"

#define HEAD "earwitness-item/v1"
#define BURNED "earwitness-burned/v1"

enum {
    SECRET_MAX = 500 * 1024, /* less than a backup takes */
    SEEDS_ROOM = 4096,
    META_MAX = 20 * 1024,
    MEMBERS_MAX = 4 << 20,
    BEGINNING_MIN = 4
};

void ew_kept_init(ew_kept *k)
{
    memset(k, 0, sizeof *k);
    ew_buf_init(&k->meta, META_MAX);
    ew_buf_init(&k->note, EW_NOTE_MAX);
    ew_buf_init(&k->members, MEMBERS_MAX);
}

void ew_kept_release(ew_kept *k)
{
    ew_buf_release(&k->meta);
    ew_buf_release(&k->note);
    ew_buf_release(&k->members);
    ew_free(k->path);
    ew_remains_free(k->remains);
    ew_wipe(k, sizeof *k);
}

char *ew_desk__item_path(const ew_desk *d, const char *hex, const char *name)
{
    char below[EW_ITEM_HEX + 64];
    (void)snprintf(below, sizeof below, "items/%s%s%s", hex, name[0] != 0 ? "/" : "",
                   name);
    return ew_path_join(d->dir, below);
}

static ew_code put_file(const ew_desk *d, const char *hex, const char *name,
                        const ew_buf *bytes, ew_err *err)
{
    char *path = ew_desk__item_path(d, hex, name);
    ew_code code = path != NULL ? ew_file_put(path, bytes->data, bytes->len, err)
                                : ew_fail_nomem(err);
    ew_free(path);
    return code;
}

/* ------------------------------------------------------------------ members */

ew_code ew_desk_add_member(ew_buf *members, const char *hex, const ew_hash *entry,
                           ew_err *err)
{
    ew_code code = ew_buf_printf(members, err, "%s ", hex);
    if (code == EW_OK)
        code = ew_base64_append(members, entry->b, EW_HASH, err);
    return code == EW_OK ? ew_buf_append(members, "\n", 1, err) : code;
}

bool ew_desk_next_member(ew_slice *rest, char hex[EW_ITEM_HEX + 1], ew_hash *entry)
{
    ew_slice after = *rest;
    ew_slice line;
    ew_slice word;
    if (!ew_slice_line(&after, &line) || !ew_slice_word(&line, &word) ||
        word.n != EW_ITEM_HEX || !ew_slice_base64(line, entry->b, EW_HASH))
        return false;
    memcpy(hex, word.p, EW_ITEM_HEX);
    hex[EW_ITEM_HEX] = 0;
    if (strspn(hex, "0123456789abcdef") != EW_ITEM_HEX)
        return false;
    *rest = after;
    return true;
}

/* ------------------------------------------------------------------ writing */

static ew_code append_line(ew_buf *b, const char *word, const void *bytes, size_t n,
                           ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "%s ", word);
    if (code == EW_OK)
        code = ew_base64_append(b, bytes, n, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

/* Text of the secret: it is locked as a whole. */
static ew_code append_secret(const ew_kept *k, ew_buf *b, ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, "%s\n", k->remains != NULL ? BURNED : HEAD);
    if (code == EW_OK)
        code = append_line(b, "salt", k->salt, EW_SALT, err);
    for (size_t i = 0; i < k->seed_count && code == EW_OK; i++)
        code = append_line(b, "seed", k->seeds[i].b, EW_HASH, err);
    if (code == EW_OK)
        code = append_line(b, "meta", k->meta.data, k->meta.len, err);
    if (code != EW_OK)
        return code;
    return k->remains != NULL ? ew_remains_append(b, k->remains, err)
                              : append_line(b, "path", k->path, strlen(k->path), err);
}

/* The secret is made where it grows without leaving copies behind. */
ew_code ew_desk__put_secret(const ew_desk *d, const ew_kept *k, ew_err *err)
{
    ew_secret held;
    ew_buf box;
    size_t room = SEEDS_ROOM + 2 * k->meta.len;
    room += k->remains != NULL ? ew_remains_bytes(k->remains) : 2 * strlen(k->path);
    if (room > SECRET_MAX)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "more stretches than can be kept of one item; burn longer ones");
    ew_code code = ew_secret_init(&held, room + 1, err);
    if (code != EW_OK)
        return code;
    ew_buf text = {(uint8_t *)held.bytes, 0, room + 1, room};
    ew_buf_init(&box, room + EW_LOCKED_OVERHEAD);
    code = append_secret(k, &text, err);
    if (code == EW_OK)
        code =
            ew_vault_lock(d->vault, ew_slice_of(k->hex), text.data, text.len, &box, err);
    if (code == EW_OK)
        code = put_file(d, k->hex, "secret", &box, err);
    ew_buf_release(&box);
    ew_secret_release(&held);
    return code;
}

ew_code ew_desk_keep(const ew_desk *d, const ew_kept *k, ew_err *err)
{
    char *dir = ew_desk__item_path(d, k->hex, "");
    char *items = ew_path_join(d->dir, "items");
    ew_code code = dir != NULL && items != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && mkdir(dir, 0700) != 0)
        code = ew_fail_sys(err, errno, "cannot create folder '%s'", dir);
    if (code == EW_OK)
        code = ew_desk__put_secret(d, k, err);
    if (code == EW_OK && k->members.len > 0)
        code = put_file(d, k->hex, "members", &k->members, err);
    if (code == EW_OK)
        code = put_file(d, k->hex, "seal.note", &k->note, err);
    if (code == EW_OK)
        code = ew_sync_dir(items, err);
    ew_free(items);
    ew_free(dir);
    return code;
}

ew_code ew_desk_keep_entry(const ew_desk *d, const ew_kept *k, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, 32);
    ew_code code = ew_buf_printf(&b, err, "%ju\n", (uintmax_t)k->entry);
    if (code == EW_OK)
        code = put_file(d, k->hex, "entry", &b, err);
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ reading */

static bool take_bytes(ew_slice *rest, const char *key, ew_buf *out, size_t max,
                       ew_code *code, ew_err *err)
{
    ew_slice line;
    size_t n = 0;
    if (!ew_slice_line(rest, &line) || !ew_slice_skip(&line, key))
        return false;
    uint8_t *bytes = ew_alloc(max);
    if (bytes == NULL) {
        *code = ew_fail_nomem(err);
        return false;
    }
    bool ok = line.n == 0 || ew_slice_base64_any(line, bytes, max, &n);
    if (ok)
        *code = ew_buf_append(out, bytes, n, err);
    ew_free(bytes);
    return ok && *code == EW_OK;
}

static bool take_seeds(ew_slice *text, ew_kept *k)
{
    ew_slice line;
    for (ew_slice rest = *text;
         ew_slice_line(&rest, &line) && ew_slice_skip(&line, "seed "); *text = rest)
        if (k->seed_count == EW_STREAMS_MAX ||
            !ew_slice_base64(line, k->seeds[k->seed_count++].b, EW_HASH))
            return false;
    return true;
}

static bool take_path(ew_slice *text, ew_kept *k, ew_code *code, ew_err *err)
{
    ew_buf path;
    ew_buf_init(&path, META_MAX);
    bool ok = take_bytes(text, "path ", &path, META_MAX, code, err) && path.len > 0;
    if (ok)
        k->path = ew_strdup((const char *)path.data);
    ew_buf_release(&path);
    return ok;
}

static bool parse_secret(const ew_desk *d, ew_slice text, ew_kept *k, ew_code *code,
                         ew_err *err)
{
    ew_slice line;
    if (!ew_slice_line(&text, &line))
        return false;
    bool burned = ew_slice_is(line, BURNED);
    if ((!burned && !ew_slice_is(line, HEAD)) || !ew_slice_line(&text, &line) ||
        !ew_slice_skip(&line, "salt ") || !ew_slice_base64(line, k->salt, EW_SALT))
        return false;
    if ((!burned && !take_seeds(&text, k)) ||
        !take_bytes(&text, "meta ", &k->meta, META_MAX, code, err))
        return false;
    if (!burned)
        return take_path(&text, k, code, err) && text.n == 0;
    *code = ew_remains_take(&text, &k->remains, err);
    if (*code == EW_OK)
        k->path = ew_path_join(d->dir, k->remains->file);
    return *code == EW_OK && text.n == 0;
}

static ew_code read_secret(const ew_desk *d, ew_kept *k, ew_err *err)
{
    ew_secret held;
    ew_buf box;
    char *path = ew_desk__item_path(d, k->hex, "secret");
    if (path == NULL)
        return ew_fail_nomem(err);
    held = (ew_secret){NULL, 0, 0};
    ew_buf_init(&box, SECRET_MAX + EW_LOCKED_OVERHEAD);
    ew_code code = ew_file_get(path, &box, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "the secret of '%s' is lost", k->hex);
    if (code == EW_OK)
        code = ew_secret_init(&held, box.len + 1, err);
    ew_slice locked = {(const char *)box.data, box.len};
    if (code == EW_OK)
        code = ew_vault_unlock(d->vault, ew_slice_of(k->hex), locked, &held, err);
    if (code == EW_OK &&
        !parse_secret(d, (ew_slice){held.bytes, held.n}, k, &code, err) && code == EW_OK)
        code = ew_fail(err, EW_E_FORMAT, 0, "the secret of '%s' is damaged", k->hex);
    if (code == EW_OK && k->path == NULL)
        code = ew_fail_nomem(err);
    ew_buf_release(&box);
    ew_secret_release(&held);
    ew_free(path);
    return code;
}

ew_code ew_desk__read_entry(const char *path, bool *logged, uint64_t *entry, ew_err *err)
{
    ew_buf b;
    ew_slice line;
    ew_buf_init(&b, 32);
    ew_code code = path != NULL ? ew_file_get(path, &b, err) : ew_fail_nomem(err);
    ew_slice text = {(const char *)b.data, b.len};
    if (code == EW_OK)
        *logged = ew_slice_line(&text, &line) && ew_slice_u64(line, entry);
    else if (code == EW_E_NOTFOUND)
        code = EW_OK;
    ew_buf_release(&b);
    return code;
}

static ew_code read_entry(const ew_desk *d, ew_kept *k, ew_err *err)
{
    char *path = ew_desk__item_path(d, k->hex, "entry");
    ew_code code = ew_desk__read_entry(path, &k->logged, &k->entry, err);
    ew_free(path);
    return code;
}

static ew_code read_members(const ew_desk *d, ew_kept *k, ew_err *err)
{
    char *path = ew_desk__item_path(d, k->hex, "members");
    ew_code code =
        path != NULL ? ew_file_get(path, &k->members, err) : ew_fail_nomem(err);
    ew_free(path);
    return code == EW_E_NOTFOUND ? EW_OK : code;
}

ew_code ew_desk__read_item(const ew_desk *d, ew_kept *k, ew_err *err)
{
    char *path = ew_desk__item_path(d, k->hex, "seal.note");
    ew_code code = path != NULL ? ew_file_get(path, &k->note, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = read_secret(d, k, err);
    if (code == EW_OK)
        code = read_members(d, k, err);
    if (code == EW_OK)
        code = read_entry(d, k, err);
    ew_free(path);
    return code;
}

/* How many items begin so; the last of them is named in hex. */
static ew_code count_items(const ew_desk *d, const char *beginning, char *hex,
                           size_t *found, ew_err *err)
{
    const struct dirent *e;
    char *path = ew_path_join(d->dir, "items");
    DIR *dir = path != NULL ? opendir(path) : NULL;
    ew_code code = EW_OK;
    *found = 0;
    if (dir == NULL)
        code = path != NULL ? ew_fail_sys(err, errno, "cannot read '%s'", path)
                            : ew_fail_nomem(err);
    while (dir != NULL && (e = readdir(dir)) != NULL) {
        if (strlen(e->d_name) != EW_ITEM_HEX ||
            strncmp(e->d_name, beginning, strlen(beginning)) != 0)
            continue;
        memcpy(hex, e->d_name, EW_ITEM_HEX + 1);
        (*found)++;
    }
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(path);
    return code;
}

ew_code ew_desk_find(const ew_desk *d, const char *beginning, ew_kept *k, ew_err *err)
{
    size_t found = 0;
    if (strlen(beginning) < BEGINNING_MIN ||
        strspn(beginning, "0123456789abcdef") != strlen(beginning))
        return ew_fail(
            err, EW_E_ARG, 0,
            "an item is named by its number or the first %d digits of it or more",
            (int)BEGINNING_MIN);
    ew_code code = count_items(d, beginning, k->hex, &found, err);
    if (code == EW_OK && found == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "nothing sealed here begins with '%s'",
                       beginning);
    if (code == EW_OK && found > 1)
        code = ew_fail(err, EW_E_ARG, 0, "%zu sealed items begin with '%s'", found,
                       beginning);
    return code == EW_OK ? ew_desk__read_item(d, k, err) : code;
}
