/* SPDX-License-Identifier: Apache-2.0 */
/* Adds recordings to an archive and takes them out. Each change is one file that appears
 * whole, then one transaction that makes it count. */
#include "index/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/utf8.h"
#include "index/archive.h"

char *ew_writer__segment_path(const ew_index_writer *w, int64_t id)
{
    char name[EW_ARCHIVE_SEGNAME];
    ew_archive__segname(id, name);
    return ew_path_join(w->dir, name);
}

/* ------------------------------------------------------------------ open, close */

static ew_code make_segments_folder(const char *dir, ew_err *err)
{
    char *path = ew_path_join(dir, EW_ARCHIVE_SEGMENTS);
    ew_code code = path == NULL ? ew_fail_nomem(err) : ew_mkdirs(path, err);
    ew_free(path);
    return code == EW_OK ? ew_sync_dir(dir, err) : code;
}

/* Can readers use it? Then what it holds need not be added again. */
static ew_code segment_usable(ew_index_writer *w, const ew_cat_seg *row, bool *usable,
                              ew_err *err)
{
    ew_seg seg;
    char *path = ew_writer__segment_path(w, row->id);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_seg__open(&seg, path, err);
    ew_free(path);
    *usable =
        code == EW_OK && seg.head_crc == row->head_crc && seg.lay.bytes == row->bytes;
    if (code == EW_OK)
        ew_seg__close(&seg);
    return code == EW_E_NOMEM ? code : EW_OK;
}

static ew_code look_at_segments(ew_index_writer *w, ew_err *err)
{
    ew_cat_seg *live = NULL;
    size_t n = 0;
    ew_code code = ew_cat__segments(w->cat, &live, &n, err);
    if (code == EW_OK)
        code = ew_archive__clean(w->dir, live, n, err);
    if (code == EW_OK && (w->broken = ew_alloc_array(n, sizeof *w->broken)) == NULL)
        code = ew_fail_nomem(err);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        bool usable = false;
        code = segment_usable(w, &live[i], &usable, err);
        if (!usable)
            w->broken[w->broken_count++] = live[i].id;
    }
    ew_free(live);
    return code;
}

static bool is_broken(const ew_index_writer *w, int64_t segment)
{
    for (size_t i = 0; i < w->broken_count; i++)
        if (w->broken[i] == segment)
            return true;
    return false;
}

/* Under the lock. The marker is made last: without it there is no archive. */
static ew_code open_locked(ew_index_writer *w, ew_err *err)
{
    ew_code code = ew_archive__check(w->dir, err);
    bool fresh = code == EW_E_NOTFOUND;
    if (fresh || code == EW_OK)
        code = make_segments_folder(w->dir, err);
    if (code == EW_OK &&
        (w->folder = open(w->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        code = ew_fail_sys(err, errno, "cannot open folder '%s'", w->dir);
    if (code == EW_OK)
        code = ew_cat__open(&w->cat, w->dir, err);
    if (code == EW_OK && fresh)
        code = ew_archive__mark(w->dir, err);
    if (code == EW_OK)
        code = look_at_segments(w, err);
    return code;
}

static ew_code prepare_folder(const char *dir, ew_err *err)
{
    ew_code code = ew_archive__check(dir, err);
    if (code != EW_E_NOTFOUND)
        return code;
    code = ew_archive__may_make(dir, err);
    return code == EW_OK ? ew_mkdirs(dir, err) : code;
}

ew_code ew_index_writer_open(ew_index_writer **out, const char *dir, double wait_seconds,
                             ew_err *err)
{
    *out = NULL;
    ew_index_writer *w = ew_alloc(sizeof *w);
    if (w == NULL)
        return ew_fail_nomem(err);
    w->lock = -1;
    w->folder = -1;
    w->dir = ew_strdup(dir);
    ew_code code = w->dir == NULL ? ew_fail_nomem(err) : prepare_folder(dir, err);
    if (code == EW_OK)
        code = ew_archive__lock(dir, wait_seconds, &w->lock, err);
    if (code == EW_OK)
        code = open_locked(w, err);
    if (code == EW_OK) {
        ew_err_clear(err);
        *out = w;
    } else {
        ew_index_writer_close(w);
    }
    return code;
}

void ew_index_writer_close(ew_index_writer *w)
{
    if (w == NULL)
        return;
    ew_cat__close(w->cat);
    if (w->folder >= 0)
        (void)close(w->folder);
    if (w->lock >= 0)
        ew_archive__unlock(w->lock);
    ew_free(w->broken);
    ew_free(w->dir);
    ew_free(w);
}

/* ------------------------------------------------------------------ questions */

/* Is the print of a known recording there for readers? */
static bool has_print(const ew_index_writer *w, const ew_cat_known *known)
{
    return known->id != 0 && known->sound && !is_broken(w, known->segment);
}

ew_code ew_index_writer_has(ew_index_writer *w, const uint8_t sha256[32], bool *has,
                            ew_err *err)
{
    ew_cat_known known;
    ew_code code = ew_cat__known(w->cat, sha256, &known, err);
    if (code == EW_OK)
        *has = has_print(w, &known) && !known.removed;
    return code;
}

ew_code ew_index_writer_seen(ew_index_writer *w, const char *path, uint64_t bytes,
                             int64_t mtime_ns, bool *seen, ew_err *err)
{
    int64_t segment = 0;
    ew_code code = ew_cat__seen(w->cat, path, bytes, mtime_ns, &segment, err);
    if (code == EW_OK)
        *seen = segment != 0 && !is_broken(w, segment);
    return code;
}

/* ------------------------------------------------------------------ adding */

static ew_code check_text(const char *s, const char *what, ew_err *err)
{
    if (s == NULL || !ew_utf8_valid(s, strlen(s)))
        return ew_fail(err, EW_E_ARG, 0, "%s of a recording is not UTF-8", what);
    return EW_OK;
}

static ew_code check_recording(const ew_recording *r, ew_err *err)
{
    if (r->name_count == 0 || r->samples < 0 || r->bytes > INT64_MAX)
        return ew_fail(err, EW_E_ARG, 0,
                       "recording without a name or with impossible sizes");
    ew_code code = check_text(r->container, "container", err);
    if (code == EW_OK)
        code = check_text(r->codec, "codec", err);
    if (code == EW_OK)
        code = check_text(r->trouble, "trouble", err);
    for (size_t i = 0; i < r->name_count && code == EW_OK; i++) {
        code = check_text(r->names[i], "name", err);
        if (code == EW_OK && r->paths[i] == NULL)
            code = ew_fail(err, EW_E_ARG, 0, "name of a recording without a path");
    }
    return code;
}

static ew_code check_print(const ew_fp *fp, ew_err *err)
{
    if (fp == NULL)
        return ew_fail(err, EW_E_ARG, 0, "a new recording needs its print");
    for (uint32_t i = 0; i < fp->key_count; i++) {
        uint32_t frame = fp->keys[i].frame;
        if (frame >= fp->frames || (i > 0 && frame < fp->keys[i - 1].frame))
            return ew_fail(err, EW_E_ARG, 0, "keys of a print are out of order");
    }
    return EW_OK;
}

void ew_writer__unlink_dead(ew_index_writer *w, int64_t id)
{
    char name[EW_ARCHIVE_SEGNAME];
    bool live = true;
    ew_archive__segname(id, name);
    /* After a failed commit only the catalogue knows which side of it we are on. */
    if (ew_cat__has_segment(w->cat, id, &live, NULL) == EW_OK && !live)
        (void)unlinkat(w->folder, name, 0);
}

static ew_code register_item(ew_index_writer *w, const ew_writer_item *item,
                             int64_t segment, ew_err *err)
{
    ew_cat_known known;
    ew_code code = ew_cat__known(w->cat, item->rec->sha256, &known, err);
    if (code == EW_OK)
        code = ew_cat__put_recording(w->cat, item->rec, item->fp->frames, segment,
                                     &known.id, err);
    if (code == EW_OK)
        code = ew_cat__put_names(w->cat, known.id, item->rec, item->mtime_ns, err);
    return code;
}

static ew_code register_segment(ew_index_writer *w, const ew_writer_item *items, size_t n,
                                int64_t id, const ew_seg_made *made, ew_err *err)
{
    ew_code code = ew_cat__begin(w->cat, err);
    if (code != EW_OK)
        return code;
    code = ew_cat__add_segment(w->cat, id, made, err);
    for (size_t i = 0; i < n && code == EW_OK; i++)
        code = register_item(w, &items[i], id, err);
    if (code == EW_OK)
        return ew_cat__commit(w->cat, err);
    ew_cat__rollback(w->cat);
    return code;
}

ew_code ew_writer__put_many(ew_index_writer *w, const ew_writer_item *items, size_t n,
                            ew_err *err)
{
    int64_t id = 0;
    ew_seg_made made;
    char *path = NULL;
    ew_seg_source *src = ew_alloc_array(n, sizeof *src);
    if (src == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        src[i] = (ew_seg_source){items[i].rec->sha256, items[i].fp};
    ew_code code = ew_cat__next_segment(w->cat, &id, err);
    if (code == EW_OK && (path = ew_writer__segment_path(w, id)) == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_seg__write(path, src, n, &made, err);
    if (code == EW_OK) {
        code = register_segment(w, items, n, id, &made, err);
        if (code != EW_OK)
            ew_writer__unlink_dead(w, id);
    }
    ew_free(path);
    ew_free(src);
    return code;
}

/* Content that is there, or was and comes back with the print it had. */
static ew_code put_name_only(ew_index_writer *w, const ew_cat_known *known,
                             const ew_recording *rec, int64_t mtime_ns, ew_err *err)
{
    ew_code code = ew_cat__begin(w->cat, err);
    if (code != EW_OK)
        return code;
    if (known->removed)
        code = ew_cat__set_removed(w->cat, known->id, false, err);
    if (code == EW_OK)
        code = ew_cat__put_names(w->cat, known->id, rec, mtime_ns, err);
    if (code == EW_OK)
        return ew_cat__commit(w->cat, err);
    ew_cat__rollback(w->cat);
    return code;
}

ew_code ew_index_writer_put(ew_index_writer *w, const ew_recording *rec, const ew_fp *fp,
                            int64_t mtime_ns, ew_err *err)
{
    ew_cat_known known;
    ew_code code = check_recording(rec, err);
    if (code == EW_OK)
        code = ew_cat__known(w->cat, rec->sha256, &known, err);
    if (code != EW_OK)
        return code;
    /* With a print at hand a removed recording is written anew: that repairs damage that only
     * verify sees. */
    if (has_print(w, &known) && (!known.removed || fp == NULL))
        return put_name_only(w, &known, rec, mtime_ns, err);
    code = check_print(fp, err);
    ew_writer_item item = {rec, fp, mtime_ns};
    return code == EW_OK ? ew_writer__put_many(w, &item, 1, err) : code;
}

ew_code ew_index_writer_remove(ew_index_writer *w, const uint8_t sha256[32], ew_err *err)
{
    ew_cat_known known;
    ew_code code = ew_cat__known(w->cat, sha256, &known, err);
    if (code != EW_OK)
        return code;
    if (known.id == 0 || known.removed)
        return ew_fail(err, EW_E_NOTFOUND, 0, "no such recording in the archive");
    code = ew_cat__begin(w->cat, err);
    if (code != EW_OK)
        return code;
    code = ew_cat__set_removed(w->cat, known.id, true, err);
    if (code == EW_OK)
        return ew_cat__commit(w->cat, err);
    ew_cat__rollback(w->cat);
    return code;
}
