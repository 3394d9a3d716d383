/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a folder that becomes a collection. Unlike the archive's list it takes every
 * file, follows no link, and leaves nothing out silently: what is not sealed is told. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_make.h"

typedef struct walker {
    ew_folder *f;
    const char *root;
    ew_folder_problem problem;
    void *cookie;
    ew_err *err;
} walker;

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static ew_code add_name(walker *w, char *name)
{
    ew_folder *f = w->f;
    if (f->n == EW_COLLECTION_MAX) {
        ew_free(name);
        return ew_fail(w->err, EW_E_LIMIT, 0, "'%s' holds more than %d files", w->root,
                       (int)EW_COLLECTION_MAX);
    }
    if (f->n == f->cap) {
        size_t cap = f->cap > 0 ? 2 * f->cap : 64;
        char **names = ew_realloc_array(f->names, cap, sizeof *names);
        if (names == NULL) {
            ew_free(name);
            return ew_fail_nomem(w->err);
        }
        f->names = names;
        f->cap = cap;
    }
    f->names[f->n++] = name;
    return EW_OK;
}

static ew_code walk(walker *w, const char *inside, int depth);

/* One thing in a folder. Takes `inside`. */
static ew_code look_at(walker *w, char *inside, int depth)
{
    struct stat st;
    ew_err why;
    ew_code code = EW_OK;
    char *path = ew_path_join(w->root, inside);
    if (path == NULL) {
        ew_free(inside);
        return ew_fail_nomem(w->err);
    }
    ew_err_clear(&why);
    if (lstat(path, &st) != 0)
        (void)ew_fail_sys(&why, errno, "cannot read '%s'", path);
    else if (S_ISLNK(st.st_mode))
        (void)ew_fail(&why, EW_E_FORMAT, 0, "a symbolic link, which is not followed");
    else if (S_ISDIR(st.st_mode) && depth == EW_FOLDER_DEPTH)
        (void)ew_fail(&why, EW_E_LIMIT, 0, "a folder too deep inside the other");
    else if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        (void)ew_fail(&why, EW_E_FORMAT, 0, "not a regular file");
    if (why.code != EW_OK)
        w->problem(w->cookie, path, &why);
    else if (S_ISDIR(st.st_mode))
        code = walk(w, inside, depth + 1);
    ew_free(path);
    if (code == EW_OK && why.code == EW_OK && S_ISREG(st.st_mode))
        return add_name(w, inside);
    ew_free(inside);
    return code;
}

static ew_code read_folder(walker *w, DIR *dir, const char *inside, int depth)
{
    const struct dirent *e;
    ew_code code = EW_OK;
    while (code == EW_OK && (e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *name =
            inside[0] != 0 ? ew_path_join(inside, e->d_name) : ew_strdup(e->d_name);
        code = name != NULL ? look_at(w, name, depth) : ew_fail_nomem(w->err);
    }
    return code;
}

/* inside: "" for the folder itself. One that cannot be read is told, but for that. */
static ew_code walk(walker *w, const char *inside, int depth)
{
    char *path = inside[0] != 0 ? ew_path_join(w->root, inside) : ew_strdup(w->root);
    ew_err why;
    if (path == NULL)
        return ew_fail_nomem(w->err);
    DIR *dir = opendir(path);
    ew_code code = EW_OK;
    if (dir == NULL) {
        (void)ew_fail_sys(&why, errno, "cannot read the folder '%s'", path);
        if (depth > 0)
            w->problem(w->cookie, path, &why);
        else
            code = ew_fail(w->err, why.code, 0, "%s", why.text);
    } else {
        code = read_folder(w, dir, inside, depth);
        (void)closedir(dir);
    }
    ew_free(path);
    return code;
}

ew_code ew_folder_list(ew_folder *f, const char *path, ew_folder_problem problem,
                       void *cookie, ew_err *err)
{
    walker w = {f, path, problem, cookie, err};
    *f = (ew_folder){0};
    ew_code code = walk(&w, "", 0);
    if (code == EW_OK && f->n > 0)
        qsort(f->names, f->n, sizeof *f->names, by_bytes);
    if (code == EW_OK && f->n == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "there is no file in '%s'", path);
    return code;
}

void ew_folder_release(ew_folder *f)
{
    for (size_t i = 0; i < f->n; i++)
        ew_free(f->names[i]);
    ew_free(f->names);
    *f = (ew_folder){0};
}
