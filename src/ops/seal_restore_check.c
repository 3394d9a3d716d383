/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold before a restored desk gets its name. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_backup_form.h"

/* Every key that a desk has: both halves, and that they belong together. */
static ew_code check_keys(const ew_desk *d, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; ew_desk_uses[i] != NULL && code == EW_OK; i++) {
        char name[64];
        ew_signer *signer = NULL;
        (void)snprintf(name, sizeof name, "keys/%s", ew_desk_uses[i]);
        char *path = ew_path_join(d->dir, name);
        if (path == NULL)
            return ew_fail_nomem(err);
        if (access(path, F_OK) == 0) /* a backup may be older than the use */
            code = ew_desk_signer(d, ew_desk_uses[i], &signer, err);
        ew_signer_free(signer);
        ew_free(path);
    }
    return code;
}

/* The log must be the one that was promised, whole enough to be written to. */
static ew_code check_log(const ew_backup_log *promised, const char *dir, ew_err *err)
{
    ew_log *log = NULL;
    ew_log_state s;
    ew_code code = ew_log_open(&log, dir, err);
    if (code == EW_E_NOTFOUND && !promised->there)
        return EW_OK;
    if (code == EW_OK)
        code = ew_log__read_state(dir, &s, err);
    if (code == EW_E_NOTFOUND ||
        (code == EW_OK && (!promised->there || s.size != promised->state.size ||
                           strcmp(s.origin, promised->state.origin) != 0 ||
                           !ew_hash_same(&s.root, &promised->state.root))))
        code = ew_fail(err, EW_E_FORMAT, 0, "the backup is not of the log that it names");
    ew_log_close(log);
    return code;
}

/* Whether the log of this folder contains a checkpoint, as far as it reaches. */
static ew_code check_history(const char *dir, uint64_t size, const ew_checkpoint *c,
                             ew_err *err)
{
    ew_tiles *t = NULL;
    ew_hash root;
    if (c->size > size)
        return EW_OK;
    ew_code code = ew_tiles_new(&t, dir, size, err);
    if (code != EW_OK)
        return code;
    ew_tree tree = ew_tiles_tree(t);
    code = ew_merkle_root(&tree, c->size, &root, err);
    if (code == EW_OK && !ew_hash_same(&root, &c->root))
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "the checkpoint and the log in the backup are of different "
                       "histories");
    ew_tiles_free(t);
    return code;
}

static ew_code check_signer(const ew_desk *d, const ew_backup_log *log,
                            const ew_note *note, const ew_checkpoint *c, ew_err *err)
{
    ew_vkey key;
    ew_code code = ew_desk_vkey(d->dir, "log", &key, err);
    if (code == EW_OK && (!log->there || !ew_slice_is(c->origin, log->state.origin) ||
                          ew_note_check(note, &key, NULL) != EW_SIG_GOOD))
        code = ew_fail(err, EW_E_ARG, 0,
                       "the checkpoint is not one of the log in the backup");
    return code;
}

/* A log that is behind what was published must not grow from there: the checkpoint is left in
 * it, and closes it until the entries are back. */
static ew_code close_log(const char *dir, ew_slice checkpoint, ew_err *err)
{
    char *path = ew_path_join(dir, EW_LOG_NEWEST);
    ew_code code = path != NULL ? ew_file_put(path, checkpoint.p, checkpoint.n, err)
                                : ew_fail_nomem(err);
    ew_free(path);
    return code;
}

static ew_code check_newest(const ew_desk *d, const char *dir, ew_slice checkpoint,
                            ew_restored *done, ew_err *err)
{
    ew_note *note = NULL;
    ew_checkpoint c;
    if (checkpoint.n == 0)
        return EW_OK;
    ew_code code = ew_note_parse(&note, checkpoint.p, checkpoint.n, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, note->text, err);
    if (code == EW_OK)
        code = check_signer(d, &done->log, note, &c, err);
    if (code == EW_OK)
        code = check_history(dir, done->log.state.size, &c, err);
    if (code == EW_OK) {
        done->newest = c.size;
        done->behind = c.size > done->log.state.size;
    }
    if (code == EW_OK && done->behind)
        code = close_log(dir, checkpoint, err);
    ew_note_free(note);
    return code;
}

ew_code ew_backup__check(const ew_desk *d, ew_slice checkpoint, ew_restored *done,
                         ew_err *err)
{
    char *log = ew_desk_log_dir(d->dir);
    ew_code code = log != NULL ? check_keys(d, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = check_log(&done->log, log, err);
    if (code == EW_OK)
        code = check_newest(d, log, checkpoint, done, err);
    ew_free(log);
    return code;
}
