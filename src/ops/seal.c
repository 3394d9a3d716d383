/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing files. For each: cut, hash, draw seeds, sign, keep the secret on disk; the same for an
 * event that says it came in; then all of them onto the log in one batch. What fails before the
 * log leaves an item that nobody knows of; nothing that is on the log lacks its secret. */
#include "ops/seal.h"

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal_event.h"
#include "ops/seal_stamp.h"
#include "ops/seal_make.h"

enum { ENTRY_TEXT_MAX = 128, SEALS_MAX = EW_COLLECTION_MAX * EW_HASH };

/* ------------------------------------------------------------------ jobs */

typedef struct job {
    ew_sealed sealed;
    char *path; /* what to seal; owned */
    size_t
        root; /* of a member: bytes of the path before its name in the folder; else 0 */
    size_t count; /* of a collection: so many jobs before it are its members */
    bool list;    /* it is one */
    ew_hash entry;
    char hex[EW_ITEM_HEX + 1];
    ew_event_kept ingest; /* written by the desk itself, so that it cannot be forgotten */
    bool done;
} job;

/* One batch. */
typedef struct batch {
    const ew_desk *d;
    const ew_seal_opts *o;
    ew_log *log;
    ew_signer *seal_key, *statement_key;
    ew_seed_book *seeds;
    job *jobs;
    size_t n, cap, done;
    size_t *failed;
} batch;

/* Takes `path`. */
static ew_code add_job(batch *b, char *path, size_t root, job **out, ew_err *err)
{
    if (path == NULL)
        return ew_fail_nomem(err);
    if (b->n == b->cap) {
        size_t cap = b->cap > 0 ? 2 * b->cap : 16;
        job *jobs = ew_realloc_array(b->jobs, cap, sizeof *jobs);
        if (jobs == NULL) {
            ew_free(path);
            return ew_fail_nomem(err);
        }
        b->jobs = jobs;
        b->cap = cap;
    }
    job *j = &b->jobs[b->n++];
    memset(j, 0, sizeof *j);
    j->path = path;
    j->root = root;
    ew_event_kept_init(&j->ingest);
    if (out != NULL)
        *out = j;
    return EW_OK;
}

/* A file that is not sealed. */
static void tell_problem(void *cookie, const char *path, const ew_err *why)
{
    batch *b = cookie;
    ew_sealed s = {.path = path};
    b->o->told(b->o->cookie, &s, why);
    (*b->failed)++;
}

/* Members, then the collection. */
static ew_code list_folder(batch *b, const char *path, ew_err *err)
{
    ew_folder f;
    job *j = NULL;
    ew_err why;
    ew_code code = ew_folder_list(&f, path, tell_problem, b, &why);
    if (code != EW_OK && code != EW_E_NOMEM) {
        tell_problem(b, path, &why);
        ew_folder_release(&f);
        return EW_OK;
    }
    if (code != EW_OK)
        (void)ew_fail_nomem(err);
    for (size_t i = 0; i < f.n && code == EW_OK; i++) {
        char *full = ew_path_join(path, f.names[i]);
        size_t root = full != NULL ? strlen(full) - strlen(f.names[i]) : 0;
        code = add_job(b, full, root, NULL, err);
    }
    if (code == EW_OK)
        code = add_job(b, ew_strdup(path), 0, &j, err);
    if (code == EW_OK) {
        j->list = true;
        j->count = f.n;
    }
    ew_folder_release(&f);
    return code;
}

static ew_code list_jobs(batch *b, ew_err *err)
{
    struct stat st;
    ew_code code = EW_OK;
    for (size_t i = 0; i < b->o->n && code == EW_OK; i++) {
        const char *path = b->o->paths[i];
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            code = list_folder(b, path, err);
        else
            code = add_job(b, ew_strdup(path), 0, NULL, err);
    }
    return code;
}

/* ------------------------------------------------------------------ sealing */

/* The list of a collection from the jobs before it. */
static ew_code list_members(const job *j, ew_kept *k, ew_buf *seals, ew_err *err)
{
    ew_code code = EW_OK;
    for (const job *m = j - j->count; m < j && code == EW_OK; m++) {
        if (!m->done)
            continue;
        code = ew_buf_append(seals, m->entry.b, EW_HASH, err);
        if (code == EW_OK)
            code = ew_desk_add_member(&k->members, m->hex, &m->entry, err);
    }
    if (code == EW_OK && seals->len == 0)
        return ew_fail(err, EW_E_FORMAT, 0, "nothing in it could be sealed");
    return code;
}

/* That the item came in; it says nothing of its content, which its seal commits to. */
static ew_code make_ingest(const batch *b, job *j, ew_err *err)
{
    ew_event e = {.kind = EW_EVENT_INGEST, .has_item = true};
    if (ew_unhex(j->hex, e.item, EW_ITEM) != 0)
        return ew_fail(err, EW_E_BUG, 0, "an item without a number");
    return ew_ops__event_make(b->d, &e, NULL, b->statement_key, &j->ingest, err);
}

static ew_code make_seal(const batch *b, job *j, ew_kept *k, ew_err *err)
{
    ew_sealer s = {b->d, b->seal_key, b->seeds, b->o->splitter, b->o->meta, b->o->after};
    ew_to_seal what = {.path = j->path};
    ew_buf seals;
    ew_code code = EW_OK;
    ew_buf_init(&seals, SEALS_MAX);
    if (j->root > 0)
        what.inside = j->path + j->root;
    if (j->list) {
        code = list_members(j, k, &seals, err);
        what.seals = &seals;
    }
    if (code == EW_OK)
        code = ew_ops__seal_make(&s, &what, &j->sealed, k, err);
    ew_buf_release(&seals);
    return code;
}

static ew_code run_job(const batch *b, job *j, ew_err *err)
{
    ew_kept k;
    ew_kept_init(&k);
    ew_code code = make_seal(b, j, &k, err);
    if (code == EW_OK) {
        j->entry =
            ew_entry_hash(k.salt, (ew_slice){(const char *)k.note.data, k.note.len});
        memcpy(j->hex, k.hex, sizeof j->hex);
        code = make_ingest(b, j, err);
    }
    ew_kept_release(&k);
    return code;
}

/* Between files; small ones do not tell of themselves. */
static bool is_cancelled(const batch *b, size_t i)
{
    const ew_progress *p = b->d->prog;
    return p != NULL && p->tick != NULL &&
           p->tick(p->cookie, "seal", (int64_t)i, (int64_t)b->n) != 0;
}

/* Cuts and signs them all; those that fail are told. */
static ew_code run_jobs(batch *b, ew_err *err)
{
    ew_err why;
    for (size_t i = 0; i < b->n; i++) {
        job *j = &b->jobs[i];
        j->sealed.path = j->path;
        ew_code code = is_cancelled(b, i)
                           ? ew_fail(&why, EW_E_CANCELLED, 0, "interrupted")
                           : run_job(b, j, &why);
        if (code == EW_E_CANCELLED)
            return ew_fail(err, code, 0, "%s; nothing was put on record", why.text);
        j->done = code == EW_OK;
        if (!j->done)
            tell_problem(b, j->path, &why);
        b->done += j->done;
        for (job *m = j - j->count; j->done && m < j; m++)
            m->sealed.collection = j->hex;
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ the log */

static ew_code note_entries(const batch *b, job *j, uint64_t seal, uint64_t ingest,
                            ew_err *err)
{
    ew_kept k = {.entry = seal};
    memcpy(k.hex, j->hex, sizeof k.hex);
    j->sealed.entry = seal;
    ew_code code = ew_desk_keep_entry(b->d, &k, err);
    return code == EW_OK ? ew_ops__event_noted(b->d, &j->ingest, ingest, err) : code;
}

/* The entries of all seals, then of their events, in order. */
static ew_code collect(const batch *b, ew_buf *texts, ew_slice *entries, ew_err *err)
{
    size_t *ends = ew_alloc_array(2 * b->done, sizeof *ends);
    size_t count = 0;
    ew_code code = ends != NULL ? EW_OK : ew_fail_nomem(err);
    for (int events = 0; events < 2; events++)
        for (size_t i = 0; i < b->n && code == EW_OK; i++) {
            if (!b->jobs[i].done)
                continue;
            code = events ? ew_ops__event_entry(&b->jobs[i].ingest, texts, err)
                          : ew_entry_text(texts, &b->jobs[i].entry, err);
            if (code == EW_OK)
                ends[count++] = texts->len;
        }
    for (size_t i = 0; i < count && code == EW_OK; i++) {
        size_t began = i > 0 ? ends[i - 1] : 0;
        entries[i] = (ew_slice){(const char *)texts->data + began, ends[i] - began};
    }
    ew_free(ends);
    return code;
}

/* Then the number of each is kept. */
static ew_code put_on_log(batch *b, ew_err *err)
{
    uint64_t first = 0;
    ew_buf texts;
    ew_slice *entries = ew_alloc_array(2 * b->done, sizeof *entries);
    if (entries == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&texts, 2 * b->done * ENTRY_TEXT_MAX);
    ew_code code = ew_seed_book_flush(b->seeds, err);
    if (code == EW_OK)
        code = collect(b, &texts, entries, err);
    if (code == EW_OK)
        code = ew_log_append(b->log, entries, 2 * b->done, &first, err);
    for (size_t i = 0; i < b->n && code == EW_OK; i++) {
        if (!b->jobs[i].done)
            continue;
        code = note_entries(b, &b->jobs[i], first, first + b->done, err);
        first++;
    }
    ew_buf_release(&texts);
    ew_free(entries);
    return code;
}

static ew_code run(batch *b, ew_err *err)
{
    ew_code code = ew_desk_signer(b->d, "seal", &b->seal_key, err);
    if (code == EW_OK)
        code = ew_desk_signer(b->d, "statement", &b->statement_key, err);
    if (code == EW_OK)
        code = ew_desk__open_log(b->d, &b->log, err);
    if (code == EW_OK)
        code = ew_seed_book_open(&b->seeds, b->d, err);
    if (code == EW_OK)
        code = list_jobs(b, err);
    if (code == EW_OK)
        code = run_jobs(b, err);
    if (code == EW_OK && b->done > 0)
        code = put_on_log(b, err);
    for (size_t i = 0; i < b->n && code == EW_OK; i++)
        if (b->jobs[i].done)
            b->o->told(b->o->cookie, &b->jobs[i].sealed, NULL);
    return code;
}

ew_code ew_ops_seal(const ew_desk *d, const ew_seal_opts *o, size_t *failed, ew_err *err)
{
    batch b = {.d = d, .o = o, .failed = failed};
    *failed = 0;
    ew_code code = run(&b, err);
    for (size_t i = 0; i < b.n; i++) {
        ew_event_kept_release(&b.jobs[i].ingest);
        ew_free(b.jobs[i].path);
    }
    ew_free(b.jobs);
    ew_seed_book_close(b.seeds);
    ew_log_close(b.log);
    ew_signer_free(b.seal_key);
    ew_signer_free(b.statement_key);
    return code;
}

/* Others keep tokens for a moment only. */
static ew_code try_refresh(void *desk, ew_err *err)
{
    return ew_ops_stamp_refresh(desk, err);
}

ew_code ew_ops_checkpoint(const ew_desk *d, ew_buf *note, ew_err *err)
{
    ew_log *log = NULL;
    ew_signer *by = NULL;
    ew_code code = ew_desk_signer(d, "log", &by, err);
    if (code == EW_OK)
        code = ew_desk__open_log(d, &log, err);
    if (code == EW_OK)
        code = ew_wait_for(&d->wait, try_refresh, d->dir, err);
    if (code == EW_OK)
        code = ew_log_checkpoint(log, by, note, err);
    ew_log_close(log);
    ew_signer_free(by);
    return code;
}
