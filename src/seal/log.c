/* SPDX-License-Identifier: Apache-2.0 */
/* The log on disk. A batch is written as tiles first; the small file `.state`, replaced in one
 * step when all of them are safe, makes it count. What a failed batch leaves behind is not
 * reachable from the state and is written over by the next one. */
#include "seal/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "seal/log_batch.h"

#define STATE ".state"
#define LOCK ".lock"
#define CHECKPOINT "checkpoint"
#define STATE_HEAD "earwitness-log/v1\n"

enum { STATE_MAX = 1024 };

struct ew_log {
    char *dir;
    int lock;
    ew_log_state state;
};

/* ------------------------------------------------------------------ state */

ew_code ew_log__read_state(const char *dir, ew_log_state *s, ew_err *err)
{
    ew_checkpoint c;
    ew_buf b;
    char *path = ew_path_join(dir, STATE);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, STATE_MAX);
    ew_code code = ew_file_get(path, &b, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no log in '%s'", dir);
    if (code == EW_OK) {
        ew_slice text = {(const char *)b.data, b.len};
        if (!ew_slice_skip(&text, STATE_HEAD) ||
            ew_checkpoint_parse(&c, text, NULL) != EW_OK || c.origin.n > EW_ORIGIN_MAX)
            code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is damaged", path);
    }
    if (code == EW_OK) {
        memset(s, 0, sizeof *s);
        memcpy(s->origin, c.origin.p, c.origin.n);
        s->size = c.size;
        s->root = c.root;
    }
    ew_buf_release(&b);
    ew_free(path);
    return code;
}

static ew_code write_state(const char *dir, const ew_log_state *s, ew_err *err)
{
    ew_checkpoint c = {ew_slice_of(s->origin), s->size, s->root};
    ew_buf b;
    char *path = ew_path_join(dir, STATE);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, STATE_MAX);
    ew_code code = ew_buf_printf(&b, err, STATE_HEAD);
    if (code == EW_OK)
        code = ew_checkpoint_append(&b, &c, err);
    if (code == EW_OK)
        code = ew_file_put(path, b.data, b.len, err);
    ew_buf_release(&b);
    ew_free(path);
    return code;
}

ew_code ew_log_create(const char *dir, const char *origin, ew_err *err)
{
    ew_log_state s = {.root = ew_merkle_empty()};
    if (!ew_key_name_ok(ew_slice_of(origin)))
        return ew_fail(err, EW_E_ARG, 0,
                       "a log's origin has 1 to %d bytes, and neither spaces nor '+'",
                       (int)EW_ORIGIN_MAX);
    memcpy(s.origin, origin, strlen(origin));
    char *path = ew_path_join(dir, STATE);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_mkdirs(dir, err);
    if (code == EW_OK && access(path, F_OK) == 0)
        code = ew_fail(err, EW_E_ARG, 0, "there is a log in '%s' already", dir);
    if (code == EW_OK)
        code = write_state(dir, &s, err);
    ew_free(path);
    return code;
}

/* ------------------------------------------------------------------ opening */

static ew_code take_lock(ew_log *log, ew_err *err)
{
    char *path = ew_path_join(log->dir, LOCK);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = EW_OK;
    log->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (log->lock < 0)
        code = ew_fail_sys(err, errno, "cannot open '%s'", path);
    else if (flock(log->lock, LOCK_EX | LOCK_NB) != 0)
        code = errno == EWOULDBLOCK ? ew_fail(err, EW_E_BUSY, 0,
                                              "another process writes to '%s'", log->dir)
                                    : ew_fail_sys(err, errno, "cannot lock '%s'", path);
    ew_free(path);
    return code;
}

/* Root of the first `size` entries of a log that has `now`. The tiles of the present size are
 * read: those of the smaller one may be of a history that was thrown away. */
static ew_code root_at(const char *dir, uint64_t now, uint64_t size, ew_hash *root,
                       ew_err *err)
{
    ew_tiles *t = NULL;
    ew_code code = ew_tiles_new(&t, dir, now, err);
    if (code != EW_OK)
        return code;
    ew_tree tree = ew_tiles_tree(t);
    code = ew_merkle_root(&tree, size, root, err);
    ew_tiles_free(t);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_FORMAT, 0, "a tile of the log '%s' is missing", dir);
    return code;
}

static ew_code compare(const ew_log *log, uint64_t size, const ew_hash *want,
                       const char *what, ew_err *err)
{
    ew_hash root;
    if (size > log->state.size)
        return ew_fail(
            err, EW_E_FORMAT, 0,
            "the log '%s' has %ju entries, its checkpoint %ju: entries are lost",
            log->dir, (uintmax_t)log->state.size, (uintmax_t)size);
    ew_code code = root_at(log->dir, log->state.size, size, &root, err);
    if (code == EW_OK && !ew_hash_same(&root, want))
        code = ew_fail(err, EW_E_FORMAT, 0, "the tiles of the log '%s' contradict its %s",
                       log->dir, what);
    return code;
}

/* The state that a signed checkpoint speaks of. */
static ew_code state_of_note(const ew_buf *bytes, const ew_vkey *key, ew_log_state *s,
                             ew_err *err)
{
    ew_note *note = NULL;
    ew_checkpoint c;
    ew_code code = ew_note_parse(&note, bytes->data, bytes->len, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, note->text, err);
    if (code == EW_OK && (!ew_slice_is(c.origin, key->name) ||
                          ew_note_check(note, key, NULL) != EW_SIG_GOOD))
        code = ew_fail(err, EW_E_FORMAT, 0, "the checkpoint is not one that '%s' signed",
                       key->name);
    if (code == EW_OK) {
        memset(s, 0, sizeof *s);
        memcpy(s->origin, c.origin.p, c.origin.n);
        s->size = c.size;
        s->root = c.root;
    }
    ew_note_free(note);
    return code;
}

ew_code ew_log_adopt(const char *dir, const ew_vkey *key, ew_err *err)
{
    ew_log_state s;
    ew_hash root;
    ew_buf note;
    ew_code code = ew_log__read_state(dir, &s, NULL);
    if (code != EW_E_NOTFOUND)
        return ew_fail(err, EW_E_ARG, 0, "there is a log in '%s' already", dir);
    ew_buf_init(&note, EW_NOTE_MAX);
    code = ew_log_read_checkpoint(dir, &note, err);
    if (code == EW_OK)
        code = state_of_note(&note, key, &s, err);
    if (code == EW_OK)
        code = root_at(dir, s.size, s.size, &root, err);
    if (code == EW_OK && !ew_hash_same(&root, &s.root))
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "the tiles of the log '%s' contradict its checkpoint", dir);
    if (code == EW_OK)
        code = write_state(dir, &s, err);
    ew_buf_release(&note);
    return code;
}

/* The checkpoint that is out in the world binds the log for ever. */
static ew_code compare_note(const ew_log *log, const ew_buf *note, ew_err *err)
{
    ew_note *n = NULL;
    ew_checkpoint c;
    ew_code code = ew_note_parse(&n, note->data, note->len, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, n->text, err);
    if (code == EW_OK && !ew_slice_is(c.origin, log->state.origin))
        code = ew_fail(err, EW_E_FORMAT, 0, "the checkpoint in '%s' is of another log",
                       log->dir);
    if (code == EW_OK)
        code = compare(log, c.size, &c.root, "checkpoint", err);
    ew_note_free(n);
    return code;
}

static ew_code compare_checkpoint(const ew_log *log, ew_buf *note, ew_err *err)
{
    ew_code code = ew_log_read_checkpoint(log->dir, note, err);
    return code == EW_OK ? compare_note(log, note, err) : code;
}

/* A newer one may be known than that of the folder. */
static ew_code compare_newest(const ew_log *log, ew_err *err)
{
    ew_buf note;
    char *path = ew_path_join(log->dir, EW_LOG_NEWEST);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&note, EW_NOTE_MAX);
    ew_code code = ew_file_get(path, &note, err);
    if (code == EW_OK)
        code = compare_note(log, &note, err);
    else if (code == EW_E_NOTFOUND)
        code = EW_OK;
    ew_buf_release(&note);
    ew_free(path);
    return code;
}

ew_code ew_log_open(ew_log **out, const char *dir, ew_err *err)
{
    ew_log *log = ew_alloc(sizeof *log);
    ew_buf note;
    if (log == NULL)
        return ew_fail_nomem(err);
    log->lock = -1;
    log->dir = ew_strdup(dir);
    ew_code code = EW_OK;
    ew_buf_init(&note, EW_NOTE_MAX);
    if (log->dir == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK) /* so that no lock file appears where there is no log */
        code = ew_log__read_state(dir, &log->state, err);
    if (code == EW_OK)
        code = take_lock(log, err);
    if (code == EW_OK)
        code = ew_log__read_state(dir, &log->state, err);
    if (code == EW_OK)
        code = compare(log, log->state.size, &log->state.root, "state", err);
    if (code == EW_OK) {
        code = compare_checkpoint(log, &note, err);
        if (code == EW_E_NOTFOUND)
            code = EW_OK;
    }
    if (code == EW_OK)
        code = compare_newest(log, err);
    ew_buf_release(&note);
    if (code != EW_OK) {
        ew_log_close(log);
        return code;
    }
    *out = log;
    return EW_OK;
}

void ew_log_close(ew_log *log)
{
    if (log == NULL)
        return;
    if (log->lock >= 0)
        (void)close(log->lock);
    ew_free(log->dir);
    ew_free(log);
}

uint64_t ew_log_size(const ew_log *log)
{
    return log->state.size;
}

const char *ew_log_origin(const ew_log *log)
{
    return log->state.origin;
}

/* ------------------------------------------------------------------ writing */

ew_code ew_log_append(ew_log *log, const ew_slice *entries, size_t n, uint64_t *first,
                      ew_err *err)
{
    ew_log_state next = log->state;
    if (n > EW_LOG_BATCH_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d entries in a batch",
                       (int)EW_LOG_BATCH_MAX);
    for (size_t i = 0; i < n; i++)
        if (entries[i].n > EW_ENTRY_MAX)
            return ew_fail(err, EW_E_LIMIT, 0, "a log entry of more than %d bytes",
                           (int)EW_ENTRY_MAX);
    *first = log->state.size;
    if (n == 0)
        return EW_OK;
    ew_code code = ew_log__write_batch(log->dir, log->state.size, entries, n, err);
    next.size += n;
    if (code == EW_OK)
        code = root_at(log->dir, next.size, next.size, &next.root, err);
    if (code == EW_OK)
        code = write_state(log->dir, &next, err);
    if (code == EW_OK)
        log->state = next;
    return code;
}

static ew_code put_checkpoint(const ew_log *log, const ew_signer *by, ew_buf *note,
                              ew_err *err)
{
    ew_checkpoint c = {ew_slice_of(log->state.origin), log->state.size, log->state.root};
    ew_buf text;
    char *path = ew_path_join(log->dir, CHECKPOINT);
    ew_buf_init(&text, STATE_MAX);
    ew_code code =
        path != NULL ? ew_checkpoint_append(&text, &c, err) : ew_fail_nomem(err);
    if (code == EW_OK) {
        ew_slice s = {(const char *)text.data, text.len};
        code = ew_note_make(note, s, by, err);
    }
    if (code == EW_OK)
        code = ew_file_put(path, note->data, note->len, err);
    ew_buf_release(&text);
    ew_free(path);
    return code;
}

/* Whether the note is a checkpoint of this size with a good signature of the key. */
static ew_code still_good(const ew_log *log, const ew_vkey *key, const ew_buf *note,
                          bool *good, ew_err *err)
{
    ew_note *n = NULL;
    ew_checkpoint c;
    ew_code code = ew_note_parse(&n, note->data, note->len, err);
    if (code == EW_OK)
        code = ew_checkpoint_parse(&c, n->text, err);
    if (code == EW_OK)
        *good = c.size == log->state.size && ew_note_check(n, key, NULL) == EW_SIG_GOOD;
    ew_note_free(n);
    return code;
}

ew_code ew_log_checkpoint(ew_log *log, const ew_signer *by, ew_buf *note, ew_err *err)
{
    ew_buf made;
    bool good = false;
    const ew_vkey *key = ew_signer_vkey(by);
    if (strcmp(key->name, log->state.origin) != 0 || key->type != EW_SIG_ED25519)
        return ew_fail(err, EW_E_ARG, 0, "the key '%s' is not that of the log '%s'",
                       key->name, log->state.origin);
    ew_buf_init(&made, EW_NOTE_MAX);
    ew_code code = compare_checkpoint(log, &made, err);
    if (code == EW_OK)
        code = still_good(log, key, &made, &good, err);
    else if (code == EW_E_NOTFOUND)
        code = EW_OK;
    if (code == EW_OK && !good) {
        ew_buf_reset(&made);
        code = put_checkpoint(log, by, &made, err);
    }
    if (code == EW_OK)
        code = ew_buf_append(note, made.data, made.len, err);
    ew_buf_release(&made);
    return code;
}

/* ------------------------------------------------------------------ reading */

ew_code ew_log_read_checkpoint(const char *dir, ew_buf *note, ew_err *err)
{
    char *path = ew_path_join(dir, CHECKPOINT);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_file_get(path, note, err);
    if (code == EW_E_NOTFOUND)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "the log '%s' has no checkpoint yet", dir);
    ew_free(path);
    return code;
}

/* A proof that does not hold is not given out. The tiles of the present size are read, where it
 * is known: partial ones of an earlier checkpoint need not be there any more. */
static ew_code find_path(const char *dir, ew_tlog_proof *p, ew_err *err)
{
    ew_tiles *t = NULL;
    ew_log_state s;
    ew_leaf_at at = {p->index, p->checkpoint.size, {{0}}};
    ew_code code = ew_log__read_state(dir, &s, err);
    if (code == EW_E_NOTFOUND || (code == EW_OK && s.size < at.size)) {
        s.size = at.size; /* a copy without its state */
        code = EW_OK;
    }
    if (code == EW_OK)
        code = ew_tiles_new(&t, dir, s.size, err);
    if (code != EW_OK)
        return code;
    ew_tree tree = ew_tiles_tree(t);
    code = ew_merkle_prove_inclusion(&tree, at.index, at.size, &p->path, err);
    if (code == EW_OK)
        code = tree.read(tree.cookie, 0, at.index, &at.leaf, err);
    if (code == EW_OK && !ew_merkle_check_inclusion(&at, &p->path, &p->checkpoint.root))
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "the tiles of the log '%s' contradict its checkpoint", dir);
    ew_tiles_free(t);
    return code;
}

static ew_code prove(const char *dir, ew_tlog_proof *p, const ew_note *note, ew_buf *out,
                     ew_err *err)
{
    ew_slice whole = {note->bytes, note->n};
    ew_code code = ew_checkpoint_parse(&p->checkpoint, note->text, err);
    if (code == EW_OK && p->index >= p->checkpoint.size)
        code = ew_fail(err, EW_E_NOTFOUND, 0,
                       "the checkpoint of '%s' does not reach entry %ju yet", dir,
                       (uintmax_t)p->index);
    if (code == EW_OK)
        code = find_path(dir, p, err);
    return code == EW_OK ? ew_tlog_proof_append(out, p, whole, err) : code;
}

ew_code ew_log_prove_with(const char *dir, ew_slice signed_note, const ew_leaf_extra *of,
                          ew_buf *proof, ew_err *err)
{
    ew_note *note = NULL;
    if (of->extra.n > EW_EXTRA_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d bytes of extra data",
                       (int)EW_EXTRA_MAX);
    ew_tlog_proof *p = ew_alloc(sizeof *p);
    if (p == NULL)
        return ew_fail_nomem(err);
    p->index = of->index;
    if (of->extra.n > 0)
        memcpy(p->extra, of->extra.p, of->extra.n);
    p->extra_n = of->extra.n;
    ew_code code = ew_note_parse(&note, signed_note.p, signed_note.n, err);
    if (code == EW_OK)
        code = prove(dir, p, note, proof, err);
    ew_note_free(note);
    ew_free(p);
    return code;
}

ew_code ew_log_prove(const char *dir, uint64_t index, ew_slice extra, ew_buf *proof,
                     ew_err *err)
{
    ew_leaf_extra of = {index, extra};
    ew_buf b;
    ew_buf_init(&b, EW_NOTE_MAX);
    ew_code code = ew_log_read_checkpoint(dir, &b, err);
    ew_slice note = {(const char *)b.data, b.len};
    if (code == EW_OK)
        code = ew_log_prove_with(dir, note, &of, proof, err);
    ew_buf_release(&b);
    return code;
}
