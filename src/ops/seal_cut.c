/* SPDX-License-Identifier: Apache-2.0 */
/* A file, a list of seals, a stretch of metadata: cut into parts and hashed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal.h"

enum { TICK_BYTES = 4 << 20, TICK_READS = 4096 };

/* Reads, and says now and then how far it came. */
static ew_code read_file(void *cookie, uint64_t at, void *out, size_t n, ew_err *err)
{
    ew_cut_file *f = cookie;
    if (f->prog != NULL && f->prog->tick != NULL &&
        (f->reads++ >= TICK_READS || at - f->ticked >= TICK_BYTES)) {
        f->reads = 0;
        f->ticked = at;
        if (f->prog->tick(f->prog->cookie, "read", (int64_t)at, (int64_t)f->src.size) !=
            0)
            return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    }
    return ew_pread_all(f->fd, out, n, at, err);
}

static ew_code open_file(ew_cut_file *f, const char *path, int flags, struct stat *st,
                         ew_err *err)
{
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
    if (f->fd < 0) {
        f->fd = 0;
        if (errno == ENOENT)
            return ew_fail(err, EW_E_NOTFOUND, 0, "'%s' does not exist", path);
        return ew_fail_sys(err, errno, "cannot open '%s'", path);
    }
    if (fstat(f->fd, st) != 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (!S_ISREG(st->st_mode))
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is not a regular file", path);
    f->src = (ew_src){read_file, f, (uint64_t)st->st_size};
    f->modified = st->st_mtim.tv_sec;
    return EW_OK;
}

static bool same_moment(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Where parts end and what they hold are found in two passes: both must have seen one file. */
static ew_code check_unchanged(const ew_cut_file *f, const char *path,
                               const struct stat *before, ew_err *err)
{
    struct stat st;
    if (fstat(f->fd, &st) != 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (st.st_size != before->st_size || !same_moment(&st.st_mtim, &before->st_mtim) ||
        !same_moment(&st.st_ctim, &before->st_ctim))
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' changed while it was read", path);
    return EW_OK;
}

static ew_code cut(ew_cut_file *f, ew_splitter which, ew_err *err)
{
    ew_code code = ew_split(&f->src, which, &f->cuts, &f->stream, err);
    if (code != EW_OK)
        return code;
    f->parts = ew_alloc_array(f->cuts.n, sizeof *f->parts);
    if (f->parts == NULL)
        return ew_fail_nomem(err);
    return ew_parts_hash(&f->src, &f->cuts, f->parts, err);
}

/* f: zeroed but for how progress is told. */
static ew_code cut_path(ew_cut_file *f, const char *path, int flags, ew_splitter which,
                        ew_err *err)
{
    struct stat before;
    ew_code code = open_file(f, path, flags, &before, err);
    if (code == EW_OK)
        code = cut(f, which, err);
    /* What was read while it changed may look like anything: the change is told first. */
    if (f->fd > 0 && code != EW_E_NOMEM && code != EW_E_CANCELLED &&
        S_ISREG(before.st_mode)) {
        ew_code changed = check_unchanged(f, path, &before, code == EW_OK ? err : NULL);
        if (code == EW_OK)
            code = changed;
    }
    return code;
}

ew_code ew_ops__cut_file(ew_cut_file *f, const char *path, ew_splitter which,
                         const ew_progress *prog, ew_err *err)
{
    *f = (ew_cut_file){.prog = prog};
    return cut_path(f, path, 0, which, err);
}

ew_code ew_ops__cut_member(ew_cut_file *f, const char *path, ew_splitter which,
                           const ew_progress *prog, ew_err *err)
{
    *f = (ew_cut_file){.prog = prog};
    return cut_path(f, path, O_NOFOLLOW, which, err);
}

ew_code ew_ops__cut_seals(ew_cut_file *f, const ew_buf *bytes, ew_err *err)
{
    memset(f, 0, sizeof *f);
    f->memory = (ew_memory){bytes->data, bytes->len};
    f->src = ew_src_memory(&f->memory);
    return cut(f, EW_SPLIT_SEALS, err);
}

void ew_ops__close_cut(ew_cut_file *f)
{
    if (f->fd > 0)
        (void)close(f->fd);
    ew_cuts_release(&f->cuts);
    ew_free(f->parts);
    memset(f, 0, sizeof *f);
}

/* ------------------------------------------------------------------ metadata */

/* The slot of a line "key=value"; EW_META_SLOTS when it has none. */
static size_t slot_of(ew_slice line)
{
    const char *sign = line.n > 0 ? memchr(line.p, '=', line.n) : NULL;
    return sign != NULL ? ew_meta_slot((ew_slice){line.p, (size_t)(sign - line.p)})
                        : EW_META_SLOTS;
}

ew_code ew_ops__cut_meta(ew_meta_cut *m, const ew_buf *meta, ew_err *err)
{
    ew_slice rest = {(const char *)meta->data, meta->len};
    ew_slice line = {NULL, 0};
    ew_code code = EW_OK;
    memset(m, 0, sizeof *m);
    m->bytes = (ew_memory){meta->data, meta->len};
    ew_slice next = rest;
    bool more = ew_slice_line(&next, &line);
    for (size_t i = 0; i < EW_META_SLOTS && code == EW_OK; i++) {
        if (more && slot_of(line) == i) {
            rest = next;
            more = ew_slice_line(&next, &line);
        }
        code = ew_cuts_add(&m->cuts, meta->len - rest.n, EW_PART_META, err);
    }
    if (code == EW_OK && rest.n > 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "metadata with a line that has no place");
    ew_src src = ew_src_memory(&m->bytes);
    if (code == EW_OK)
        code = ew_parts_hash(&src, &m->cuts, m->parts, err);
    return code;
}
