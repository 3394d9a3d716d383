/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that were: the file keys/old, and the policy that tells of them. */
#include "ops/seal_key_old.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/when.h"

#define OLD_HEAD "earwitness-old-keys/v1"

enum { OLD_FILE_MAX = 64 * 1024 };

const char *ew_desk_use(const char *name)
{
    for (size_t i = 0; ew_desk_uses[i] != NULL; i++)
        if (strcmp(ew_desk_uses[i], name) == 0)
            return ew_desk_uses[i];
    return NULL;
}

static const char *use_named(ew_slice name)
{
    for (size_t i = 0; ew_desk_uses[i] != NULL; i++)
        if (ew_slice_is(name, ew_desk_uses[i]))
            return ew_desk_uses[i];
    return NULL;
}

ew_code ew_keys__put(const char *dir, const char *file, const ew_buf *b, ew_err *err)
{
    char *path = ew_desk__key_path(dir, file);
    ew_code code =
        path != NULL ? ew_file_put(path, b->data, b->len, err) : ew_fail_nomem(err);
    ew_free(path);
    return code;
}

ew_code ew_keys__get(const char *dir, const char *file, ew_buf *b, ew_err *err)
{
    char *path = ew_desk__key_path(dir, file);
    ew_code code = path != NULL ? ew_file_get(path, b, err) : ew_fail_nomem(err);
    ew_free(path);
    return code;
}

ew_code ew_keys__append(ew_buf *b, const char *before, const ew_vkey *key,
                        const int64_t *since, ew_err *err)
{
    char iso[EW_ISO_TEXT];
    ew_code code = ew_buf_printf(b, err, "%s ", before);
    if (code == EW_OK)
        code = ew_vkey_append(b, key, err);
    if (code == EW_OK && since != NULL)
        code = ew_buf_printf(b, err, " since %s", ew_iso_text(*since, iso));
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

/* ------------------------------------------------------------------ keys that were */

bool ew_keys__parse(ew_slice line, ew_old_key *k)
{
    ew_slice word;
    if (!ew_slice_word(&line, &word) || (k->use = use_named(word)) == NULL ||
        !ew_slice_word(&line, &word) || ew_vkey_parse(&k->key, word, NULL) != EW_OK)
        return false;
    return ew_slice_skip(&line, "since ") && ew_iso_parse(line.p, line.n, &k->since);
}

static bool parse_old_file(ew_slice text, ew_old_key *keys, size_t *n)
{
    ew_slice line;
    if (!ew_slice_line(&text, &line) || !ew_slice_is(line, OLD_HEAD))
        return false;
    while (text.n > 0)
        if (*n == EW_OLD_KEYS_MAX || !ew_slice_line(&text, &line) ||
            !ew_keys__parse(line, &keys[(*n)++]))
            return false;
    return true;
}

ew_code ew_desk_old_keys(const char *dir, ew_old_key **keys, size_t *n, ew_err *err)
{
    ew_buf b;
    *n = 0;
    *keys = ew_alloc_array(EW_OLD_KEYS_MAX, sizeof **keys);
    if (*keys == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, OLD_FILE_MAX);
    ew_code code = ew_keys__get(dir, "old", &b, err);
    if (code == EW_OK &&
        !parse_old_file((ew_slice){(const char *)b.data, b.len}, *keys, n))
        code =
            ew_fail(err, EW_E_FORMAT, 0, "the list of old keys in '%s' is damaged", dir);
    else if (code == EW_E_NOTFOUND)
        code = EW_OK;
    ew_buf_release(&b);
    if (code != EW_OK) {
        ew_free(*keys);
        *keys = NULL;
    }
    return code;
}

ew_code ew_keys__add(const char *dir, const ew_old_key *k, ew_err *err)
{
    ew_buf b;
    ew_old_key *keys = NULL;
    size_t n = 0;
    bool there = false;
    ew_code code = ew_desk_old_keys(dir, &keys, &n, err);
    if (code != EW_OK)
        return code;
    ew_buf_init(&b, OLD_FILE_MAX);
    code = ew_buf_printf(&b, err, OLD_HEAD "\n");
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        there = there || ew_vkey_same(&keys[i].key, &k->key);
        code = ew_keys__append(&b, keys[i].use, &keys[i].key, &keys[i].since, err);
    }
    if (code == EW_OK && !there) {
        code = ew_keys__append(&b, k->use, &k->key, &k->since, err);
        if (code == EW_OK)
            code = ew_keys__put(dir, "old", &b, err);
    }
    ew_buf_release(&b);
    ew_free(keys);
    return code;
}

typedef struct old_keys {
    ew_old_key *keys;
    size_t n;
} old_keys;

/* The key of a use, and those of the same use that were. */
static ew_code append_uses(const char *dir, const char *before, const old_keys *old,
                           ew_buf *out, ew_err *err)
{
    ew_vkey key;
    const char *space = strrchr(before, ' ');
    const char *use = space != NULL ? space + 1 : before; /* the use is its last word */
    ew_code code = ew_desk_vkey(dir, use, &key, err);
    if (code == EW_OK)
        code = ew_keys__append(out, before, &key, NULL, err);
    for (size_t i = 0; i < old->n && code == EW_OK; i++)
        if (strcmp(old->keys[i].use, use) == 0 && !ew_vkey_same(&old->keys[i].key, &key))
            code = ew_keys__append(out, before, &old->keys[i].key, NULL, err);
    return code;
}

ew_code ew_desk_policy(const char *dir, ew_buf *out, ew_err *err)
{
    old_keys old;
    ew_code code = ew_desk_old_keys(dir, &old.keys, &old.n, err);
    if (code != EW_OK)
        return code;
    code = append_uses(dir, "#!earwitness seal", &old, out, err);
    if (code == EW_OK)
        code = append_uses(dir, "#!earwitness statement", &old, out, err);
    for (size_t i = 0; i < old.n && code == EW_OK; i++)
        code = ew_keys__append(out, "#!earwitness revoked", &old.keys[i].key,
                               &old.keys[i].since, err);
    if (code == EW_OK)
        code = append_uses(dir, "log", &old, out, err);
    ew_free(old.keys);
    return code == EW_OK ? ew_buf_printf(out, err, "quorum none\n") : code;
}
