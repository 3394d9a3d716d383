/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold before a restored desk gets its name. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_backup_form.h"
#include "ops/seal_key.h"
#include "ops/seal_publish.h"

/* A key of a use: both halves, and that they belong together. */
static ew_code check_key(const ew_desk *d, const char *use, ew_err *err)
{
    ew_signer *signer = NULL;
    ew_code code = ew_desk_signer(d, use, &signer, err);
    /* a backup may be older than this use */
    if (code == EW_E_NOTFOUND && strcmp(use, "statement") == 0)
        code = EW_OK;
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_FORMAT, 0, "the backup has no key 'keys/%s'", use);
    ew_signer_free(signer);
    return code;
}

static ew_code check_keys(const ew_desk *d, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; ew_desk_uses[i] != NULL && code == EW_OK; i++)
        code = check_key(d, ew_desk_uses[i], err);
    return code;
}

/* The log must be the one that was promised, whole enough to be written to. */
static ew_code check_log(const ew_log_state *promised, const char *dir, ew_err *err)
{
    ew_log *log = NULL;
    ew_log_state s;
    ew_code code = ew_log_open(&log, dir, err);
    if (code == EW_OK)
        code = ew_log__read_state(dir, &s, err);
    if (code == EW_E_NOTFOUND ||
        (code == EW_OK &&
         (s.size != promised->size || strcmp(s.origin, promised->origin) != 0 ||
          !ew_hash_same(&s.root, &promised->root))))
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

/* The key of the desk's log that signed this checkpoint; it may have been exchanged since.
 * EW_E_ARG when none of them did. */
static ew_code find_signer(const ew_desk *d, const ew_log_state *log, const ew_note *note,
                           ew_vkey *key, ew_err *err)
{
    ew_checkpoint c;
    size_t n = 0;
    bool found = false;
    ew_vkey *keys = ew_alloc_array(1 + EW_OLD_KEYS_MAX, sizeof *keys);
    ew_code code =
        keys != NULL ? ew_desk_log_keys(d->dir, keys, &n, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, note->text, err);
    for (size_t i = 0; code == EW_OK && i < n && !found; i++) {
        *key = keys[i];
        found = ew_slice_is(c.origin, log->origin) &&
                ew_note_check(note, key, NULL) == EW_SIG_GOOD;
    }
    if (code == EW_OK && !found)
        code = ew_fail(err, EW_E_ARG, 0,
                       "the checkpoint is not one that a key in the backup signed");
    ew_free(keys);
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
    ew_vkey key;
    if (checkpoint.n == 0)
        return EW_OK;
    ew_code code = ew_note_parse(&note, checkpoint.p, checkpoint.n, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, note->text, err);
    if (code == EW_OK)
        code = find_signer(d, &done->log, note, &key, err);
    if (code == EW_OK)
        code = check_history(dir, done->log.size, &c, err);
    if (code == EW_OK) {
        done->newest = c.size;
        done->behind = c.size > done->log.size;
    }
    if (code == EW_OK && done->behind)
        code = close_log(dir, checkpoint, err);
    ew_note_free(note);
    return code;
}

/* Whether the first entries of the log in `dir` are those of this state. */
static ew_code check_beginning(const char *dir, uint64_t size, const ew_log_state *s,
                               ew_err *err)
{
    ew_checkpoint c = {ew_slice_of(s->origin), s->size, s->root};
    return check_history(dir, size, &c, err);
}

/* The copy takes the place of the log; or goes, when the backup has more. */
static ew_code exchange(const char *dir, const char *copy, ew_restored *done, ew_err *err)
{
    ew_log_state s;
    ew_code code = ew_log__read_state(copy, &s, err);
    if (code == EW_OK && s.size < done->log.size) {
        code = check_beginning(dir, done->log.size, &s, err);
        return code == EW_OK ? ew_backup__remove(copy, err) : code;
    }
    if (code == EW_OK)
        code = check_beginning(copy, s.size, &done->log, err);
    if (code == EW_OK)
        code = ew_backup__remove(dir, err);
    if (code == EW_OK && rename(copy, dir) != 0)
        code = ew_fail_sys(err, errno, "cannot make '%s'", dir);
    if (code == EW_OK) {
        done->regained = s.size - done->log.size;
        done->log = s;
    }
    return code;
}

/* Which key signed the published checkpoint. */
static ew_code find_publisher(const ew_desk *d, const char *from, const ew_log_state *log,
                              ew_vkey *key, ew_err *err)
{
    ew_note *note = NULL;
    ew_buf b;
    ew_buf_init(&b, EW_NOTE_MAX);
    ew_code code = ew_log_read_checkpoint(from, &b, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_ARG, 0, "there is no published log in '%s'", from);
    if (code == EW_OK)
        code = ew_note_parse(&note, b.data, b.len, err);
    if (code == EW_OK)
        code = find_signer(d, log, note, key, err);
    ew_note_free(note);
    ew_buf_release(&b);
    return code;
}

/* What was published after the backup: every tile and entry is compared while it is copied. */
static ew_code take_published(const ew_desk *d, const char *dir, const char *from,
                              ew_restored *done, ew_err *err)
{
    ew_vkey key;
    ew_publication told;
    if (from == NULL)
        return EW_OK;
    char *copy = ew_path_join(d->dir, "published");
    ew_code code = copy != NULL ? find_publisher(d, from, &done->log, &key, err)
                                : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_log_publish(from, copy, &key, 1, &told, err);
    if (code == EW_OK)
        code = ew_log_adopt(copy, &key, err);
    if (code == EW_OK)
        code = exchange(dir, copy, done, err);
    ew_free(copy);
    return code;
}

ew_code ew_backup__check(const ew_desk *d, const ew_restore_opts *opts, ew_restored *done,
                         ew_err *err)
{
    char *log = ew_desk_log_dir(d->dir);
    ew_code code = log != NULL ? check_keys(d, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = check_log(&done->log, log, err);
    if (code == EW_OK)
        code = take_published(d, log, opts->log, done, err);
    if (code == EW_OK)
        code = check_newest(d, log, opts->checkpoint, done, err);
    ew_free(log);
    return code;
}
