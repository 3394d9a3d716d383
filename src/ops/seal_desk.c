/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's folder: vault, keys, log. */
#include "ops/seal_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#define KEY_HEAD "earwitness-key/v1"

enum { KEY_FILE_MAX = 2048 };

const char *const ew_desk_uses[] = {"log", "seal", "statement", NULL};

static const char *env_dir(const char *name)
{
    const char *dir = getenv(name);
    return dir == NULL || dir[0] == 0 ? NULL : dir;
}

ew_code ew_desk_dir(const char *option, char **dir, ew_err *err)
{
    const char *home = env_dir("HOME");
    const char *data = env_dir("XDG_DATA_HOME");
    if (option == NULL)
        option = env_dir("EARWITNESS_DESK");
    if (option != NULL)
        *dir = ew_strdup(option);
    else if (data != NULL && data[0] == '/')
        *dir = ew_path_join(data, "earwitness/desk");
    else if (home != NULL)
        *dir = ew_path_join(home, ".local/share/earwitness/desk");
    else
        return ew_fail(err, EW_E_NOTFOUND, 0,
                       "no place for the desk: HOME is not set; name one with --desk");
    return *dir == NULL ? ew_fail_nomem(err) : EW_OK;
}

bool ew_desk_exists(const char *dir)
{
    char *path = ew_path_join(dir, "keys/vault");
    bool there = path != NULL && access(path, F_OK) == 0;
    ew_free(path);
    return there;
}

char *ew_desk_log_dir(const char *dir)
{
    return ew_path_join(dir, "log");
}

char *ew_desk__key_path(const char *dir, const char *file)
{
    char name[32];
    (void)snprintf(name, sizeof name, "keys/%s", file);
    return ew_path_join(dir, name);
}

/* ------------------------------------------------------------------ keys */

/* What the locked seed is bound to: the lines before it. */
static ew_code append_key_head(ew_buf *b, const char *use, const ew_vkey *key,
                               ew_err *err)
{
    ew_code code = ew_buf_printf(b, err, KEY_HEAD "\nuse %s\nvkey ", use);
    if (code == EW_OK)
        code = ew_vkey_append(b, key, err);
    return code == EW_OK ? ew_buf_append(b, "\n", 1, err) : code;
}

/* at: where it is and what it is for. */
static ew_code write_key(const ew_desk *d, ew_key_place at, const ew_vkey *key,
                         const ew_secret *seed, ew_err *err)
{
    ew_buf file;
    ew_buf box;
    char *path = ew_desk__key_path(d->dir, at.file);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&file, KEY_FILE_MAX);
    ew_buf_init(&box, KEY_FILE_MAX);
    ew_code code = append_key_head(&file, at.use, key, err);
    if (code == EW_OK) {
        ew_slice label = {(const char *)file.data, file.len};
        code = ew_vault_lock(d->vault, label, seed->bytes, seed->n, &box, err);
    }
    if (code == EW_OK)
        code = ew_buf_printf(&file, err, "secret ");
    if (code == EW_OK)
        code = ew_base64_append(&file, box.data, box.len, err);
    if (code == EW_OK)
        code = ew_buf_append(&file, "\n", 1, err);
    if (code == EW_OK)
        code = ew_file_put(path, file.data, file.len, err);
    ew_buf_release(&file);
    ew_buf_release(&box);
    ew_free(path);
    return code;
}

ew_code ew_desk__make_key(const ew_desk *d, const char *name, const char *use,
                          uint8_t type, ew_err *err)
{
    return ew_desk__make_key_at(d, name, (ew_key_place){use, use}, type, err);
}

ew_code ew_desk__make_key_at(const ew_desk *d, const char *name, ew_key_place at,
                             uint8_t type, ew_err *err)
{
    ew_secret seed;
    ew_signer *signer = NULL;
    ew_code code = ew_secret_init(&seed, EW_ED25519_SEED, err);
    seed.n = EW_ED25519_SEED;
    if (code == EW_OK)
        code = ew_random(seed.bytes, seed.n, err);
    if (code == EW_OK)
        code = ew_signer_new(&signer, ew_slice_of(name), type,
                             (const uint8_t *)seed.bytes, err);
    if (code == EW_OK)
        code = write_key(d, at, ew_signer_vkey(signer), &seed, err);
    ew_signer_free(signer);
    ew_secret_release(&seed);
    return code;
}

/* NAME/USE */
static ew_code make_desk_key(const ew_desk *d, const char *name, const char *use,
                             ew_err *err)
{
    char full[EW_KEY_NAME_MAX + 1];
    if (snprintf(full, sizeof full, "%s/%s", name, use) >= (int)sizeof full)
        return ew_fail(err, EW_E_ARG, 0, "the desk's name is too long");
    return ew_desk__make_key(d, full, use, EW_SIG_ED25519, err);
}

/* The file of a key. */
typedef struct key_file {
    ew_buf bytes;
    ew_vkey key;     /* public half */
    ew_slice label;  /* what the secret is bound to */
    ew_slice secret; /* locked, as base64 */
} key_file;

static bool parse_key(key_file *f, const char *use)
{
    ew_slice rest = {(const char *)f->bytes.data, f->bytes.len};
    ew_slice line;
    if (!ew_slice_line(&rest, &line) || !ew_slice_is(line, KEY_HEAD) ||
        !ew_slice_line(&rest, &line) || !ew_slice_skip(&line, "use ") ||
        !ew_slice_is(line, use) || !ew_slice_line(&rest, &line) ||
        !ew_slice_skip(&line, "vkey ") || ew_vkey_parse(&f->key, line, NULL) != EW_OK)
        return false;
    f->label = (ew_slice){(const char *)f->bytes.data, f->bytes.len - rest.n};
    return ew_slice_line(&rest, &f->secret) && ew_slice_skip(&f->secret, "secret ");
}

/* Release f->bytes in any case. */
static ew_code read_key(const char *dir, ew_key_place at, key_file *f, ew_err *err)
{
    char *path = ew_desk__key_path(dir, at.file);
    ew_buf_init(&f->bytes, KEY_FILE_MAX);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_file_get(path, &f->bytes, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no desk in '%s'", dir);
    if (code == EW_OK && !parse_key(f, at.use))
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is damaged", path);
    ew_free(path);
    return code;
}

ew_code ew_desk_vkey(const char *dir, const char *use, ew_vkey *key, ew_err *err)
{
    return ew_desk__vkey_at(dir, (ew_key_place){use, use}, key, err);
}

ew_code ew_desk__vkey_at(const char *dir, ew_key_place at, ew_vkey *key, ew_err *err)
{
    key_file f;
    ew_code code = read_key(dir, at, &f, err);
    if (code == EW_OK)
        *key = f.key;
    ew_buf_release(&f.bytes);
    return code;
}

ew_code ew_desk_signer(const ew_desk *d, const char *use, ew_signer **out, ew_err *err)
{
    return ew_desk__signer_at(d, (ew_key_place){use, use}, out, err);
}

ew_code ew_desk__signer_at(const ew_desk *d, ew_key_place at, ew_signer **out,
                           ew_err *err)
{
    uint8_t box[EW_ED25519_SEED + EW_LOCKED_OVERHEAD];
    key_file f;
    ew_secret seed;
    ew_code code = ew_secret_init(&seed, EW_ED25519_SEED, err);
    if (code != EW_OK)
        return code;
    code = read_key(d->dir, at, &f, err);
    if (code == EW_OK && !ew_slice_base64(f.secret, box, sizeof box))
        code = ew_fail(err, EW_E_FORMAT, 0, "the key '%s' is damaged", at.use);
    ew_slice locked = {(const char *)box, sizeof box};
    if (code == EW_OK)
        code = ew_vault_unlock(d->vault, f.label, locked, &seed, err);
    if (code == EW_OK)
        code = ew_signer_new(out, ew_slice_of(f.key.name), f.key.type,
                             (const uint8_t *)seed.bytes, err);
    if (code == EW_OK && !ew_vkey_same(ew_signer_vkey(*out), &f.key)) {
        ew_signer_free(*out);
        *out = NULL;
        code = ew_fail(err, EW_E_FORMAT, 0, "the halves of the key '%s' do not agree",
                       at.use);
    }
    ew_buf_release(&f.bytes);
    ew_secret_release(&seed);
    return code;
}

/* ------------------------------------------------------------------ the desk */

void ew_desk_close(ew_desk *d)
{
    ew_vault_free(d->vault);
    ew_free(d->dir);
    *d = (ew_desk){0};
}

static ew_code make_folder(const char *dir, const char *name, ew_err *err)
{
    char *path = ew_path_join(dir, name);
    ew_code code = path != NULL ? ew_mkdirs(path, err) : ew_fail_nomem(err);
    if (code == EW_OK && name[0] != 'l') /* the log is for everybody to read */
        (void)chmod(path, 0700);
    ew_free(path);
    return code;
}

/* A log that an interrupted creation left behind, still empty, is as good as a new one. */
static ew_code make_log(const char *dir, const char *origin, ew_err *err)
{
    ew_log_state s;
    if (ew_log__read_state(dir, &s, NULL) == EW_OK && s.size == 0 &&
        strcmp(s.origin, origin) == 0)
        return EW_OK;
    return ew_log_create(dir, origin, err);
}

/* The vault's file comes last: a desk is there when it is. */
static ew_code fill_desk(ew_desk *d, const char *name, const ew_buf *vault, ew_err *err)
{
    char full[EW_KEY_NAME_MAX + 1];
    char *log = ew_desk_log_dir(d->dir);
    char *path = ew_path_join(d->dir, "keys/vault");
    ew_code code = log != NULL && path != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = make_folder(d->dir, "keys", err);
    if (code == EW_OK)
        code = make_folder(d->dir, "items", err);
    if (code == EW_OK)
        code = make_folder(d->dir, "events", err);
    for (size_t i = 0; ew_desk_uses[i] != NULL && code == EW_OK; i++)
        code = make_desk_key(d, name, ew_desk_uses[i], err);
    (void)snprintf(full, sizeof full, "%s/log", name);
    if (code == EW_OK)
        code = make_log(log, full, err);
    if (code == EW_OK)
        code = ew_sync_dir(d->dir, err);
    if (code == EW_OK)
        code = ew_file_put(path, vault->data, vault->len, err);
    ew_free(path);
    ew_free(log);
    return code;
}

ew_code ew_desk_create(ew_desk *d, const char *dir, const char *name,
                       const ew_secret *pass, const ew_vault_cost *cost, ew_err *err)
{
    ew_vault_cost usual = ew_vault_cost_default();
    ew_buf file;
    *d = (ew_desk){0};
    if (!ew_key_name_ok(ew_slice_of(name)))
        return ew_fail(err, EW_E_ARG, 0,
                       "a desk's name is like 'desk.example', without spaces and '+'");
    if (ew_desk_exists(dir))
        return ew_fail(err, EW_E_ARG, 0, "there is a desk in '%s' already", dir);
    ew_buf_init(&file, EW_VAULT_FILE_MAX);
    d->dir = ew_strdup(dir);
    ew_code code = d->dir != NULL ? ew_mkdirs(dir, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_vault_create(&d->vault, pass, cost != NULL ? cost : &usual, &file, err);
    if (code == EW_OK)
        code = fill_desk(d, name, &file, err);
    ew_buf_release(&file);
    if (code != EW_OK)
        ew_desk_close(d);
    return code;
}

typedef struct log_attempt {
    const char *dir;
    ew_log **log;
} log_attempt;

static ew_code try_log(void *cookie, ew_err *err)
{
    const log_attempt *t = cookie;
    return ew_log_open(t->log, t->dir, err);
}

ew_code ew_desk__open_log(const ew_desk *d, ew_log **log, ew_err *err)
{
    char *dir = ew_desk_log_dir(d->dir);
    log_attempt t = {dir, log};
    ew_code code =
        dir != NULL ? ew_wait_for(&d->wait, try_log, &t, err) : ew_fail_nomem(err);
    ew_free(dir);
    return code;
}

ew_code ew_desk_open(ew_desk *d, const char *dir, const ew_secret *pass, bool *right,
                     ew_err *err)
{
    return ew_desk_open_with(d, dir, pass, NULL, right, err);
}

ew_code ew_desk_open_with(ew_desk *d, const char *dir, const ew_secret *pass,
                          const ew_wait *wait, bool *right, ew_err *err)
{
    ew_buf file;
    *d = (ew_desk){0};
    if (wait != NULL)
        d->wait = *wait;
    *right = false;
    char *path = ew_path_join(dir, "keys/vault");
    d->dir = ew_strdup(dir);
    ew_buf_init(&file, EW_VAULT_FILE_MAX);
    ew_code code = path != NULL && d->dir != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_file_get(path, &file, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no desk in '%s'", dir);
    if (code == EW_OK) {
        ew_slice text = {(const char *)file.data, file.len};
        code = ew_vault_open(&d->vault, pass, text, err);
    }
    *right = code == EW_OK && d->vault != NULL;
    if (*right)
        code = ew_desk__settle(d, err);
    if (code != EW_OK || !*right)
        ew_desk_close(d);
    ew_buf_release(&file);
    ew_free(path);
    return code;
}

ew_code ew_desk_rewrap(const ew_desk *d, const ew_secret *pass, const ew_vault_cost *cost,
                       ew_err *err)
{
    ew_vault_cost usual = ew_vault_cost_default();
    ew_buf file;
    char *path = ew_path_join(d->dir, "keys/vault");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&file, EW_VAULT_FILE_MAX);
    ew_code code =
        ew_vault_rewrap(d->vault, pass, cost != NULL ? cost : &usual, &file, err);
    if (code == EW_OK)
        code = ew_file_put(path, file.data, file.len, err);
    ew_buf_release(&file);
    ew_free(path);
    return code;
}
