/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of a witness: a key, kept as a desk keeps its own, and the memory. */
#include "ops/seal_witness.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_desk.h"

#define USE "witness"

static const char *env_dir(const char *name)
{
    const char *dir = getenv(name);
    return dir == NULL || dir[0] == 0 ? NULL : dir;
}

ew_code ew_witness_dir(const char *option, char **dir, ew_err *err)
{
    const char *home = env_dir("HOME");
    const char *data = env_dir("XDG_DATA_HOME");
    if (option == NULL)
        option = env_dir("EARWITNESS_WITNESS");
    if (option != NULL)
        *dir = ew_strdup(option);
    else if (data != NULL && data[0] == '/')
        *dir = ew_path_join(data, "earwitness/witness");
    else if (home != NULL)
        *dir = ew_path_join(home, ".local/share/earwitness/witness");
    else
        return ew_fail(err, EW_E_NOTFOUND, 0,
                       "no place for the witness: HOME is not set; name one with --dir");
    return *dir == NULL ? ew_fail_nomem(err) : EW_OK;
}

bool ew_witness_exists(const char *dir)
{
    return ew_desk_exists(dir);
}

static ew_code none_there(const char *dir, ew_code code, ew_err *err)
{
    return code == EW_E_NOTFOUND
               ? ew_fail(err, code, 0, "there is no witness in '%s'", dir)
               : code;
}

ew_code ew_witness_vkey(const char *dir, ew_vkey *key, ew_err *err)
{
    return none_there(dir, ew_desk_vkey(dir, USE, key, err), err);
}

ew_code ew_witness_signer(const char *dir, const ew_secret *pass, ew_signer **key,
                          ew_err *err)
{
    ew_desk d;
    bool right = false;
    *key = NULL;
    ew_code code = ew_desk_open(&d, dir, pass, &right, err);
    if (code == EW_OK && right) {
        code = ew_desk_signer(&d, USE, key, err);
        ew_desk_close(&d);
    }
    return none_there(dir, code, err);
}

/* A memory that an interrupted creation left behind, still empty, is as good as a new one. */
static ew_code make_state(const char *dir, ew_err *err)
{
    ew_witness_state *s = NULL;
    bool empty =
        ew_witness_state_read(dir, &s, NULL) == EW_OK && s->count == 0 && s->time == 0;
    ew_free(s);
    return empty ? EW_OK : ew_witness_state_create(dir, err);
}

/* The folder is nobody else's; the vault's file comes last: a witness is there when it is. */
static ew_code fill(ew_desk *d, const char *name, const ew_buf *vault, ew_err *err)
{
    char *keys = ew_path_join(d->dir, "keys");
    char *path = ew_path_join(d->dir, "keys/vault");
    ew_code code = keys != NULL && path != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_mkdirs(keys, err);
    if (code == EW_OK) {
        (void)chmod(d->dir, 0700);
        (void)chmod(keys, 0700);
        code = ew_desk__make_key(d, name, USE, EW_SIG_COSIGNATURE, err);
    }
    if (code == EW_OK)
        code = make_state(d->dir, err);
    if (code == EW_OK)
        code = ew_file_put(path, vault->data, vault->len, err);
    ew_free(path);
    ew_free(keys);
    return code;
}

ew_code ew_witness_create(const char *dir, const char *name, const ew_secret *pass,
                          const ew_vault_cost *cost, ew_err *err)
{
    ew_vault_cost usual = ew_vault_cost_default();
    ew_desk d = {0};
    ew_buf file;
    if (!ew_key_name_ok(ew_slice_of(name)))
        return ew_fail(err, EW_E_ARG, 0,
                       "a witness has a name like 'desk.example/witness', without spaces "
                       "and '+'");
    if (ew_desk_exists(dir))
        return ew_fail(err, EW_E_ARG, 0, "'%s' holds keys already", dir);
    ew_buf_init(&file, EW_VAULT_FILE_MAX);
    d.dir = ew_strdup(dir);
    ew_code code = d.dir != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_vault_create(&d.vault, pass, cost != NULL ? cost : &usual, &file, err);
    if (code == EW_OK)
        code = fill(&d, name, &file, err);
    ew_buf_release(&file);
    ew_desk_close(&d);
    return code;
}
