/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing files. For each: cut, hash, draw seeds, sign, keep the secret on disk; the same for an
 * event that says it came in; then all of them onto the log in one batch. What fails before the
 * log leaves an item that nobody knows of; nothing that is on the log lacks its secret. */
#include "ops/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "ops/seal_event.h"

enum { META_SLOTS = 16, SEAL_TEXT_MAX = 8192, ENTRY_TEXT_MAX = 128, STREAMS = 2 };

/* ------------------------------------------------------------------ one file */

static ew_code open_file(ew_cut_file *f, const char *path, ew_err *err)
{
    struct stat st;
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (f->fd < 0)
        return errno == ENOENT
                   ? ew_fail(err, EW_E_NOTFOUND, 0, "'%s' does not exist", path)
                   : ew_fail_sys(err, errno, "cannot open '%s'", path);
    if (fstat(f->fd, &st) != 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (!S_ISREG(st.st_mode))
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is not a regular file", path);
    f->src = ew_src_fd(&f->fd, (uint64_t)st.st_size);
    return EW_OK;
}

ew_code ew_ops__cut_file(ew_cut_file *f, const char *path, ew_splitter which, ew_err *err)
{
    memset(f, 0, sizeof *f);
    ew_code code = open_file(f, path, err);
    if (code == EW_OK)
        code = ew_split(&f->src, which, &f->cuts, &f->stream, err);
    if (code != EW_OK)
        return code;
    f->parts = ew_alloc_array(f->cuts.n, sizeof *f->parts);
    if (f->parts == NULL)
        return ew_fail_nomem(err);
    return ew_parts_hash(&f->src, &f->cuts, f->parts, err);
}

void ew_ops__close_cut(ew_cut_file *f)
{
    if (f->fd > 0)
        (void)close(f->fd);
    ew_cuts_release(&f->cuts);
    ew_free(f->parts);
    memset(f, 0, sizeof *f);
}

ew_code ew_ops__cut_meta(ew_meta_cut *m, const ew_buf *meta, ew_err *err)
{
    ew_slice rest = {(const char *)meta->data, meta->len};
    ew_slice line;
    ew_code code = EW_OK;
    memset(m, 0, sizeof *m);
    m->bytes = (ew_memory){meta->data, meta->len};
    for (int i = 0; i < META_SLOTS && code == EW_OK; i++) {
        (void)ew_slice_line(&rest, &line);
        code = ew_cuts_add(&m->cuts, meta->len - rest.n, EW_PART_META, err);
    }
    if (code == EW_OK && rest.n > 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "metadata of more than %d lines", META_SLOTS);
    ew_src src = ew_src_memory(&m->bytes);
    if (code == EW_OK)
        code = ew_parts_hash(&src, &m->cuts, m->parts, err);
    return code;
}

/* Name and size; whoever sees the seal sees neither. */
static ew_code fill_meta(ew_kept *k, const char *path, uint64_t bytes, ew_err *err)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    ew_code code = ew_buf_printf(&k->meta, err, "name=");
    if (code == EW_OK)
        code = ew_utf8_append_safe(&k->meta, name, strlen(name), err);
    if (code == EW_OK)
        code = ew_buf_printf(&k->meta, err, "\nbytes=%ju\n", (uintmax_t)bytes);
    return code;
}

static ew_code fill_secret(ew_kept *k, ew_seal *seal, const char *path, ew_err *err)
{
    char *full = realpath(path, NULL);
    k->path = full != NULL ? ew_strdup(full) : NULL;
    int sys = errno;
    free(full);
    if (full == NULL)
        return ew_fail_sys(err, sys, "cannot find '%s'", path);
    if (k->path == NULL)
        return ew_fail_nomem(err);
    k->seed_count = STREAMS;
    ew_code code = ew_random(k->salt, sizeof k->salt, err);
    if (code == EW_OK)
        code = ew_random(k->seeds, STREAMS * sizeof k->seeds[0], err);
    if (code == EW_OK)
        code = ew_random(seal->item, sizeof seal->item, err);
    ew_hex(seal->item, sizeof seal->item, k->hex);
    return code;
}

static ew_code sign_seal(ew_kept *k, const ew_seal *seal, const ew_signer *by,
                         ew_err *err)
{
    ew_buf text;
    ew_buf_init(&text, SEAL_TEXT_MAX);
    ew_code code = ew_seal_append(&text, seal, err);
    ew_slice s = {(const char *)text.data, text.len};
    if (code == EW_OK)
        code = ew_note_make(&k->note, s, by, err);
    ew_buf_release(&text);
    return code;
}

/* Everything but the log. */
static ew_code seal_one(const ew_desk *d, const ew_signer *by, ew_splitter which,
                        ew_sealed *s, ew_kept *k, ew_err *err)
{
    ew_cut_file f;
    ew_meta_cut *m = ew_alloc(sizeof *m);
    ew_seal seal = {.stream_count = STREAMS};
    if (m == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_ops__cut_file(&f, s->path, which, err);
    if (code == EW_OK)
        code = fill_secret(k, &seal, s->path, err);
    if (code == EW_OK)
        code = fill_meta(k, s->path, f.src.size, err);
    if (code == EW_OK)
        code = ew_ops__cut_meta(m, &k->meta, err);
    if (code == EW_OK) {
        seal.streams[0] = f.stream;
        seal.streams[0].root = ew_parts_root(&k->seeds[0], f.parts, f.stream.n);
        seal.streams[1] = (ew_stream){.splitter = EW_SPLIT_META, .n = META_SLOTS};
        seal.streams[1].root = ew_parts_root(&k->seeds[1], m->parts, META_SLOTS);
        s->splitter = f.stream.splitter;
        s->parts = f.stream.n;
        memcpy(s->hex, k->hex, sizeof s->hex);
        code = sign_seal(k, &seal, by, err);
    }
    if (code == EW_OK)
        code = ew_desk_keep(d, k, err);
    ew_cuts_release(&m->cuts);
    ew_free(m);
    ew_ops__close_cut(&f);
    return code;
}

/* ------------------------------------------------------------------ a batch */

typedef struct job {
    ew_sealed sealed;
    ew_kept kept;
    ew_event_kept ingest; /* written by the desk itself, so that it cannot be forgotten */
    ew_buf entry, ingest_entry;
    bool done;
} job;

/* Who signs what. */
typedef struct signers {
    ew_signer *seal, *statement;
} signers;

static ew_code open_log(const ew_desk *d, ew_log **log, ew_err *err)
{
    char *dir = ew_desk_log_dir(d->dir);
    ew_code code = dir != NULL ? ew_log_open(log, dir, err) : ew_fail_nomem(err);
    ew_free(dir);
    return code;
}

static ew_code note_entries(const ew_desk *d, job *j, uint64_t seal, uint64_t ingest,
                            ew_err *err)
{
    j->kept.entry = j->sealed.entry = seal;
    ew_code code = ew_desk_keep_entry(d, &j->kept, err);
    return code == EW_OK ? ew_ops__event_noted(d, &j->ingest, ingest, err) : code;
}

static ew_slice slice_of(const ew_buf *b)
{
    return (ew_slice){(const char *)b->data, b->len};
}

/* The entries of all seals, then of their events, in order; then the number of each is kept. */
static ew_code put_on_log(const ew_desk *d, ew_log *log, job *jobs, size_t n, ew_err *err)
{
    uint64_t first = 0;
    size_t count = 0;
    ew_slice *entries = ew_alloc_array(n, 2 * sizeof *entries);
    if (entries == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        if (jobs[i].done)
            entries[count++] = slice_of(&jobs[i].entry);
    size_t seals = count;
    for (size_t i = 0; i < n; i++)
        if (jobs[i].done)
            entries[count++] = slice_of(&jobs[i].ingest_entry);
    ew_code code = ew_log_append(log, entries, count, &first, err);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        if (!jobs[i].done)
            continue;
        code = note_entries(d, &jobs[i], first, first + seals, err);
        first++;
    }
    ew_free(entries);
    return code;
}

/* That the item came in; it says nothing of its content, which its seal commits to. */
static ew_code make_ingest(const ew_desk *d, const ew_signer *by, job *j, ew_err *err)
{
    ew_event e = {.kind = EW_EVENT_INGEST, .has_item = true};
    if (ew_unhex(j->kept.hex, e.item, EW_ITEM) != 0)
        return ew_fail(err, EW_E_BUG, 0, "an item without a number");
    ew_code code = ew_ops__event_make(d, &e, NULL, by, &j->ingest, err);
    return code == EW_OK ? ew_ops__event_entry(&j->ingest, &j->ingest_entry, err) : code;
}

static ew_code run_job(const ew_desk *d, const signers *by, ew_splitter which, job *j,
                       ew_err *err)
{
    ew_kept_init(&j->kept);
    ew_event_kept_init(&j->ingest);
    ew_buf_init(&j->entry, ENTRY_TEXT_MAX);
    ew_buf_init(&j->ingest_entry, ENTRY_TEXT_MAX);
    ew_code code = seal_one(d, by->seal, which, &j->sealed, &j->kept, err);
    if (code == EW_OK)
        code = ew_entry_append(&j->entry, j->kept.salt, slice_of(&j->kept.note), err);
    if (code == EW_OK)
        code = make_ingest(d, by->statement, j, err);
    j->done = code == EW_OK;
    return code;
}

/* Cuts and signs them all; those that fail are told. */
static void run_jobs(const ew_desk *d, const signers *by, const ew_seal_opts *o,
                     job *jobs, size_t *failed)
{
    ew_err why;
    for (size_t i = 0; i < o->n; i++) {
        jobs[i].sealed.path = o->paths[i];
        if (run_job(d, by, o->splitter, &jobs[i], &why) == EW_OK)
            continue;
        o->told(o->cookie, &jobs[i].sealed, &why);
        (*failed)++;
    }
}

static void release_job(job *j)
{
    ew_kept_release(&j->kept);
    ew_event_kept_release(&j->ingest);
    ew_buf_release(&j->entry);
    ew_buf_release(&j->ingest_entry);
}

ew_code ew_ops_seal(const ew_desk *d, const ew_seal_opts *o, size_t *failed, ew_err *err)
{
    ew_log *log = NULL;
    signers by = {NULL, NULL};
    *failed = 0;
    job *jobs = ew_alloc_array(o->n, sizeof *jobs);
    if (jobs == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_desk_signer(d, "seal", &by.seal, err);
    if (code == EW_OK)
        code = ew_desk_signer(d, "statement", &by.statement, err);
    if (code == EW_OK)
        code = open_log(d, &log, err);
    if (code == EW_OK)
        run_jobs(d, &by, o, jobs, failed);
    if (code == EW_OK && *failed < o->n)
        code = put_on_log(d, log, jobs, o->n, err);
    for (size_t i = 0; i < o->n; i++) {
        if (code == EW_OK && jobs[i].done)
            o->told(o->cookie, &jobs[i].sealed, NULL);
        release_job(&jobs[i]);
    }
    ew_log_close(log);
    ew_signer_free(by.seal);
    ew_signer_free(by.statement);
    ew_free(jobs);
    return code;
}

ew_code ew_ops_checkpoint(const ew_desk *d, ew_buf *note, ew_err *err)
{
    ew_log *log = NULL;
    ew_signer *by = NULL;
    ew_code code = ew_desk_signer(d, "log", &by, err);
    if (code == EW_OK)
        code = open_log(d, &log, err);
    if (code == EW_OK)
        code = ew_log_checkpoint(log, by, note, err);
    ew_log_close(log);
    ew_signer_free(by);
    return code;
}
