/* SPDX-License-Identifier: Apache-2.0 */
/* From what the user named to a list of files. Folders are walked in sorted order, so that
 * the same folder gives the same list on every file system. Links are followed; a folder
 * that was already walked is not walked again, and one that leads back to its own parent is
 * reported. */
#include "ops/input.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"

enum { INPUTS_MAX = 20000000, DEPTH_MAX = 200 };

typedef struct dir_id {
    dev_t dev;
    ino_t ino;
} dir_id;

typedef struct walk {
    ew_inputs *in;
    const ew_stop *stop;
    dir_id stack[DEPTH_MAX]; /* the folder being listed and its parents */
    size_t depth;
    dir_id *seen; /* every folder listed so far */
    size_t seen_count, seen_cap;
} walk;

/* Where an entry is: to open, to show, to remember. */
typedef struct place {
    const char *open_path;
    const char *shown; /* raw, made safe when it is stored */
    const char *path;
} place;

static const char *const media_endings[] = {
    "3ga",  "3gp",  "aac",  "ac3", "adts", "aif", "aiff", "amr", "ape",  "asf",
    "au",   "avi",  "awb",  "caf", "dts",  "dv",  "eac3", "f4v", "flac", "flv",
    "g722", "gsm",  "m2ts", "m4a", "m4b",  "m4v", "mka",  "mkv", "mov",  "mp1",
    "mp2",  "mp3",  "mp4",  "mpc", "mpeg", "mpg", "mts",  "mxf", "oga",  "ogg",
    "ogv",  "opus", "qt",   "ra",  "rm",   "snd", "spx",  "tak", "ts",   "tta",
    "vob",  "voc",  "w64",  "wav", "webm", "wma", "wmv",  "wv",
};

/* Companions of recordings that are never recordings: not worth a decoder each. */
static const char *const other_endings[] = {
    "ass",  "bak", "bmp",  "csv",  "cue",  "db",      "doc", "docx",   "epub",
    "gif",  "gz",  "html", "htm",  "ini",  "jpeg",    "jpg", "js",     "json",
    "log",  "lrc", "m3u",  "m3u8", "md",   "md5",     "nfo", "odt",    "part",
    "pdf",  "pls", "png",  "py",   "rtf",  "sfv",     "sh",  "sha256", "srt",
    "svg",  "tar", "tif",  "tiff", "tmp",  "torrent", "txt", "url",    "vtt",
    "webp", "xls", "xlsx", "xml",  "xspf", "yaml",    "yml", "zip",
};

static bool ends_like(const char *name, const char *const *endings, size_t n)
{
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && i < n; i++)
        if (strcasecmp(dot + 1, endings[i]) == 0)
            return true;
    return false;
}

static ew_input *input_append(ew_inputs *in, ew_err *err)
{
    if (in->count >= INPUTS_MAX) {
        (void)ew_fail(err, EW_E_LIMIT, 0, "more than %d files in one run", INPUTS_MAX);
        return NULL;
    }
    if (in->count == in->cap) {
        size_t cap = in->cap == 0 ? 64 : in->cap * 2;
        ew_input *items = ew_realloc_array(in->items, cap, sizeof(*items));
        if (items == NULL) {
            (void)ew_fail_nomem(err);
            return NULL;
        }
        in->items = items;
        in->cap = cap;
    }
    ew_input *one = &in->items[in->count++];
    *one = (ew_input){.kind = EW_INPUT_FILE};
    return one;
}

/* A new entry; with `problem` not NULL a problem entry. */
static ew_code add_entry(ew_inputs *in, const place *at, ew_input_kind kind,
                         const ew_err *problem, ew_err *err)
{
    ew_input *one = input_append(in, err);

    if (one == NULL)
        return err != NULL ? err->code : EW_E_NOMEM;
    one->kind = kind;
    one->open_path = at->open_path == NULL ? NULL : ew_strdup(at->open_path);
    one->name = ew_safe_name(at->shown);
    one->path = ew_strdup(at->path);
    if (one->name == NULL || one->path == NULL ||
        (one->open_path == NULL && at->open_path != NULL))
        return ew_fail_nomem(err);
    one->media_name = ends_like(at->shown, media_endings, EW_COUNT(media_endings));
    if (problem != NULL) {
        one->problem = ew_alloc(sizeof(*one->problem));
        if (one->problem == NULL)
            return ew_fail_nomem(err);
        *one->problem = *problem;
    }
    return EW_OK;
}

/* A problem entry; the text is made from a safe copy of the name. */
static ew_code add_problem(ew_inputs *in, const place *at, int sys, unsigned mode,
                           ew_err *err)
{
    ew_err why;
    ew_code rc;
    char *safe = ew_safe_name(at->shown);

    if (safe == NULL)
        return ew_fail_nomem(err);
    ew_err_clear(&why);
    if (sys == ELOOP)
        (void)ew_fail_sys(&why, sys, "cannot follow the link '%s'", safe);
    else if (sys == ENOENT && mode == S_IFLNK)
        (void)ew_fail(&why, EW_E_NOTFOUND, 0,
                      "the link '%s' leads nowhere; remove it or mend it", safe);
    else if (sys != 0)
        (void)ew_fail_sys(&why, sys, "cannot open '%s'", safe);
    else
        (void)ew_input_refuse_mode(&why, safe, mode);
    rc = add_entry(in, at, EW_INPUT_PROBLEM, &why, err);
    ew_free(safe);
    return rc;
}

static ew_code add_loop(ew_inputs *in, const place *at, ew_err *err)
{
    ew_err why;
    ew_code rc;
    char *safe = ew_safe_name(at->shown);

    if (safe == NULL)
        return ew_fail_nomem(err);
    ew_err_clear(&why);
    (void)ew_fail(&why, EW_E_ARG, 0,
                  "the link '%s' leads back to a folder above it; remove it", safe);
    rc = add_entry(in, at, EW_INPUT_PROBLEM, &why, err);
    ew_free(safe);
    return rc;
}

static bool on_stack(const walk *w, dir_id id)
{
    for (size_t i = 0; i < w->depth; i++)
        if (w->stack[i].dev == id.dev && w->stack[i].ino == id.ino)
            return true;
    return false;
}

static bool was_seen(const walk *w, dir_id id)
{
    for (size_t i = 0; i < w->seen_count; i++)
        if (w->seen[i].dev == id.dev && w->seen[i].ino == id.ino)
            return true;
    return false;
}

static ew_code remember(walk *w, dir_id id, ew_err *err)
{
    if (w->seen_count == w->seen_cap) {
        size_t cap = w->seen_cap == 0 ? 64 : w->seen_cap * 2;
        dir_id *seen = ew_realloc_array(w->seen, cap, sizeof(*seen));
        if (seen == NULL)
            return ew_fail_nomem(err);
        w->seen = seen;
        w->seen_cap = cap;
    }
    w->seen[w->seen_count++] = id;
    return EW_OK;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* "." and "..", and hidden files such as .DS_Store, which are no part of a collection. */
static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static ew_code walk_dir(walk *w, const place *at, ew_err *err);

/* One name inside a folder. */
static ew_code walk_entry(walk *w, const place *at, ew_err *err)
{
    struct stat st;
    struct stat link;

    if (stat(at->open_path, &st) != 0) {
        int sys = errno;
        unsigned mode = lstat(at->open_path, &link) == 0 ? link.st_mode & S_IFMT : 0;
        return add_problem(w->in, at, sys, mode, err);
    }
    if (S_ISDIR(st.st_mode)) {
        dir_id id = {st.st_dev, st.st_ino};
        if (on_stack(w, id))
            return add_loop(w->in, at, err);
        return was_seen(w, id) ? EW_OK : walk_dir(w, at, err);
    }
    if (!S_ISREG(st.st_mode))
        return add_problem(w->in, at, 0, st.st_mode, err);
    ew_input_kind kind = ends_like(at->shown, other_endings, EW_COUNT(other_endings))
                             ? EW_INPUT_SKIP
                             : EW_INPUT_FILE;
    ew_code rc = add_entry(w->in, at, kind, NULL, err);
    if (rc != EW_OK)
        return rc;
    w->in->items[w->in->count - 1].from_folder = true;
    w->in->items[w->in->count - 1].bytes = (uint64_t)st.st_size;
    return EW_OK;
}

static ew_code walk_child(walk *w, const place *dir, const char *name, ew_err *err)
{
    char *open_path = ew_path_join(dir->open_path, name);
    char *shown = ew_path_join(dir->shown, name);
    char *path = ew_path_join(dir->path, name);
    ew_code rc;

    if (open_path == NULL || shown == NULL || path == NULL)
        rc = ew_fail_nomem(err);
    else if (ew_stopped(w->stop))
        rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    else
        rc = walk_entry(w, &(place){open_path, shown, path}, err);
    ew_free(open_path);
    ew_free(shown);
    ew_free(path);
    return rc;
}

static ew_code walk_dir(walk *w, const place *at, ew_err *err)
{
    struct dirent **list = NULL;
    struct stat st;
    ew_code rc;
    int n;

    if (w->depth == DEPTH_MAX)
        return add_problem(w->in, at, ENAMETOOLONG, 0, err);
    if (stat(at->open_path, &st) != 0)
        return add_problem(w->in, at, errno, 0, err);
    n = scandir(at->open_path, &list, is_visible, by_bytes);
    if (n < 0)
        return add_problem(w->in, at, errno, 0, err);
    w->stack[w->depth++] = (dir_id){st.st_dev, st.st_ino};
    rc = remember(w, w->stack[w->depth - 1], err);
    for (int i = 0; i < n; i++) {
        if (rc == EW_OK)
            rc = walk_child(w, at, list[i]->d_name, err);
        free(list[i]);
    }
    free(list);
    w->depth--;
    return rc;
}

/* Absolute path of a name whose last part may be a link: only what leads to it is resolved.
 * free() the result. */
static char *absolute(const char *operand)
{
    char *copy = ew_strdup(operand);
    char *base;
    char *dir = NULL;
    char *path = NULL;

    if (copy == NULL)
        return NULL;
    base = strrchr(copy, '/');
    if (base == NULL) {
        dir = realpath(".", NULL);
        base = copy;
    } else {
        *base++ = 0;
        dir = realpath(copy[0] == 0 ? "/" : copy, NULL);
    }
    if (dir != NULL)
        path = ew_path_join(dir, base);
    free(dir);
    ew_free(copy);
    return path;
}

static ew_code gather_folder(walk *w, const char *operand, ew_err *err)
{
    ew_code rc;
    char *real = realpath(operand, NULL);

    if (real == NULL)
        return add_problem(w->in, &(place){operand, operand, operand}, errno, 0, err);
    rc = walk_dir(w, &(place){operand, ew_path_name(real), real}, err);
    free(real);
    return rc;
}

static ew_code gather_file(walk *w, const char *operand, const struct stat *st,
                           ew_err *err)
{
    ew_code rc;
    char *path = absolute(operand);

    if (path == NULL)
        return ew_fail_nomem(err);
    rc = add_entry(w->in, &(place){operand, ew_path_name(operand), path}, EW_INPUT_FILE,
                   NULL, err);
    if (rc == EW_OK)
        w->in->items[w->in->count - 1].bytes = (uint64_t)st->st_size;
    ew_free(path);
    return rc;
}

static ew_code gather_one(walk *w, const char *operand, ew_err *err)
{
    struct stat st;
    struct stat link;
    place at = {operand, operand, operand};

    if (strcmp(operand, "-") == 0)
        return add_entry(w->in, &(place){NULL, "(standard input)", ""}, EW_INPUT_STDIN,
                         NULL, err);
    if (stat(operand, &st) != 0) {
        int sys = errno;
        unsigned mode = lstat(operand, &link) == 0 ? link.st_mode & S_IFMT : 0;
        return add_problem(w->in, &at, sys, mode, err);
    }
    if (S_ISDIR(st.st_mode))
        return gather_folder(w, operand, err);
    if (!S_ISREG(st.st_mode))
        return add_problem(w->in, &at, 0, st.st_mode, err);
    return gather_file(w, operand, &st, err);
}

ew_code ew_inputs_gather(ew_inputs *in, const char *const *operands, size_t n,
                         const ew_stop *stop, ew_err *err)
{
    ew_code rc = EW_OK;
    walk *w = ew_alloc(sizeof(*w));

    *in = (ew_inputs){0};
    if (w == NULL)
        return ew_fail_nomem(err);
    w->in = in;
    w->stop = stop;
    for (size_t i = 0; i < n && rc == EW_OK; i++)
        rc = gather_one(w, operands[i], err);
    if (rc != EW_OK)
        ew_inputs_release(in);
    ew_free(w->seen);
    ew_free(w);
    return rc;
}

void ew_inputs_release(ew_inputs *in)
{
    for (size_t i = 0; i < in->count; i++) {
        ew_free(in->items[i].open_path);
        ew_free(in->items[i].name);
        ew_free(in->items[i].path);
        ew_free(in->items[i].problem);
    }
    ew_free(in->items);
    *in = (ew_inputs){0};
}
