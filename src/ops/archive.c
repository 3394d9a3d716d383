/* SPDX-License-Identifier: Apache-2.0 */
/* Use cases that concern the archive as a whole. */
#include "ops/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"

static const char *env_dir(const char *name)
{
    const char *dir = getenv(name);

    return dir == NULL || dir[0] == 0 ? NULL : dir;
}

ew_code ew_ops_archive_dir(const char *option, char **dir, ew_err *err)
{
    const char *home = env_dir("HOME");
    const char *data = env_dir("XDG_DATA_HOME");

    if (option == NULL)
        option = env_dir("EARWITNESS_ARCHIVE");
    if (option != NULL)
        *dir = ew_strdup(option);
    else if (data != NULL &&
             data[0] == '/') /* the XDG rules: relative paths are ignored */
        *dir = ew_path_join(data, "earwitness/archive");
    else if (home != NULL)
        *dir = ew_path_join(home, ".local/share/earwitness/archive");
    else
        return ew_fail(
            err, EW_E_NOTFOUND, 0,
            "no place for an archive: HOME is not set; name one with --archive");
    return *dir == NULL ? ew_fail_nomem(err) : EW_OK;
}

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

ew_code ew_ops_writer_open(ew_index_writer **out, const char *dir, const ew_wait *wait,
                           ew_err *err)
{
    static const double slice = 0.2;
    double until = now_seconds() + wait->seconds;
    bool told = false;
    ew_err why;

    for (;;) {
        double left = until - now_seconds();
        ew_code rc = ew_index_writer_open(
            out, dir, left < slice ? (left > 0 ? left : 0) : slice, &why);
        if (rc != EW_E_BUSY || left <= 0) {
            if (rc != EW_OK && err != NULL)
                *err = why;
            return rc;
        }
        if (ew_stopped(wait->stop))
            return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        if (!told && wait->told != NULL)
            wait->told(wait->cookie, why.text);
        told = true;
    }
}

/* Numbers of the recordings that are to go, each once. */
typedef struct chosen {
    size_t *recs;
    size_t count;
} chosen;

static bool is_chosen(const chosen *c, size_t rec)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->recs[i] == rec)
            return true;
    return false;
}

static void choose(const ew_index *ix, const char *const *what, size_t n,
                   const ew_remove_opts *opts, chosen *c)
{
    for (size_t i = 0; i < n; i++) {
        ew_err why;
        size_t rec = 0;

        ew_err_clear(&why);
        if (ew_index_find(ix, what[i], &rec, &why) != EW_OK) {
            opts->each(opts->cookie, what[i], NULL, &why);
        } else if (!is_chosen(c, rec)) {
            c->recs[c->count++] = rec;
            opts->each(opts->cookie, what[i], ew_index_recording(ix, rec), &why);
        }
    }
}

static ew_code remove_chosen(const char *dir, const ew_index *ix, const chosen *c,
                             const ew_wait *wait, ew_err *err)
{
    ew_index_writer *writer = NULL;
    ew_code rc = ew_ops_writer_open(&writer, dir, wait, err);

    for (size_t i = 0; i < c->count && rc == EW_OK; i++) {
        rc = ew_index_writer_remove(writer, ew_index_recording(ix, c->recs[i])->sha256,
                                    err);
        if (rc == EW_E_NOTFOUND)
            rc = EW_OK; /* somebody else removed it meanwhile */
    }
    ew_index_writer_close(writer);
    return rc;
}

ew_code ew_ops_remove(const char *dir, const char *const *what, size_t n,
                      const ew_remove_opts *opts, uint64_t *removed, ew_err *err)
{
    ew_index *ix = NULL;
    chosen c = {0};
    ew_code rc;

    *removed = 0;
    rc = ew_index_open(&ix, dir, err);
    if (rc != EW_OK)
        return rc;
    c.recs = ew_alloc_array(n, sizeof(*c.recs));
    if (c.recs == NULL) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    choose(ix, what, n, opts, &c);
    if (c.count > 0 && !opts->dry_run)
        rc = remove_chosen(dir, ix, &c, &opts->wait, err);
    if (rc == EW_OK)
        *removed = c.count;
out:
    ew_free(c.recs);
    ew_index_close(ix);
    return rc;
}

static ew_code folder_bytes(const char *dir, uint64_t *bytes, ew_err *err)
{
    ew_index *ix = NULL;
    ew_index_stats stats;
    ew_code rc = ew_index_open(&ix, dir, err);

    if (rc == EW_OK)
        rc = ew_index_get_stats(ix, &stats, err);
    if (rc == EW_OK)
        *bytes = stats.bytes;
    ew_index_close(ix);
    return rc;
}

ew_code ew_ops_compact(const char *dir, const ew_wait *wait, const ew_progress *prog,
                       uint64_t *before, uint64_t *after, ew_err *err)
{
    ew_index_writer *writer = NULL;
    ew_code rc;

    *before = *after = 0;
    rc = folder_bytes(dir, before, err); /* also: no archive is made by compacting none */
    if (rc != EW_OK)
        return rc;
    rc = ew_ops_writer_open(&writer, dir, wait, err);
    if (rc == EW_OK)
        rc = ew_index_writer_compact(writer, prog, err);
    ew_index_writer_close(writer);
    return rc == EW_OK ? folder_bytes(dir, after, err) : rc;
}

static const char *io_advice(int sys)
{
    switch (sys) {
    case ENOENT:
        return "check the name";
    case EACCES:
    case EPERM:
        return "give yourself the right to read it, or leave it out";
    case ELOOP:
        return "remove the link";
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return "free some space and run the same command again; what is done is kept";
    case EROFS:
        return "copy it to a disk that can be written to";
    case EMFILE:
    case ENFILE:
        return "use fewer --jobs";
    default:
        return "";
    }
}

/* A text that has a semicolon says itself what to do. */
static bool advises(const ew_err *err)
{
    return strchr(err->text, ';') != NULL;
}

const char *ew_ops_advice(const ew_err *err)
{
    if (advises(err))
        return "";
    switch (err->code) {
    case EW_E_IO:
        return io_advice(err->sys);
    case EW_E_NOMEM:
        return "use fewer --jobs or a machine with more memory";
    case EW_E_BUSY:
        return "wait until it has ended, or give it longer with --wait SECONDS";
    case EW_E_VERSION:
        return "use a newer earwitness";
    default:
        return "";
    }
}

const char *ew_ops_input_advice(const ew_err *err)
{
    bool format = err->code == EW_E_FORMAT || err->code == EW_E_LIMIT;

    if (format && !advises(err))
        return "leave it out, or convert it to WAV if it plays elsewhere";
    return ew_ops_advice(err);
}
