/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a log: each complete under its name or not there; folders are synced once, at the
 * end. */
#include "seal/tile_out.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

static ew_code remember(ew_tile_out *o, const char *folder, ew_err *err)
{
    for (size_t i = o->count; i > 0; i--)
        if (strcmp(o->folders[i - 1], folder) == 0)
            return EW_OK;
    if (o->count == o->cap) {
        size_t cap = o->cap > 0 ? 2 * o->cap : 16;
        char **more = ew_realloc_array(o->folders, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        o->folders = more;
        o->cap = cap;
    }
    char *copy = ew_strdup(folder);
    if (copy == NULL)
        return ew_fail_nomem(err);
    o->folders[o->count++] = copy;
    return EW_OK;
}

/* Makes the folders of a path below the log's own, and remembers them all. */
static ew_code make_folders(ew_tile_out *o, char *path, ew_err *err)
{
    size_t top = strlen(o->dir);
    while (top > 1 && o->dir[top - 1] == '/') /* as ew_path_join has it */
        top--;
    char *slash = strrchr(path, '/');
    *slash = 0;
    ew_code code = ew_mkdirs(path, err);
    for (char *p = slash; code == EW_OK && (size_t)(p - path) >= top; p--) {
        if (p != slash && *p != '/')
            continue;
        char kept = *p;
        *p = 0;
        code = remember(o, path, err);
        *p = kept;
    }
    *slash = '/';
    return code;
}

ew_code ew_tile_out_put(ew_tile_out *o, ew_tile_name t, const void *bytes, size_t n,
                        ew_err *err)
{
    char name[EW_TILE_PATH_MAX];
    ew_atomic a;
    ew_tile_path(name, t.level, t.n, t.width);
    char *path = ew_path_join(o->dir, name);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = make_folders(o, path, err);
    if (code == EW_OK)
        code = ew_atomic_open(&a, path, err);
    ew_free(path);
    if (code != EW_OK)
        return code;
    code = ew_write_named(a.fd, a.path, bytes, n, err);
    if (code == EW_OK)
        return ew_atomic_place(&a, err);
    ew_atomic_abort(&a);
    return code;
}

ew_code ew_tile_out_sync(ew_tile_out *o, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < o->count && code == EW_OK; i++)
        code = ew_sync_dir(o->folders[i], err);
    return code;
}

void ew_tile_out_release(ew_tile_out *o)
{
    for (size_t i = 0; i < o->count; i++)
        ew_free(o->folders[i]);
    ew_free(o->folders);
    *o = (ew_tile_out){0};
}
