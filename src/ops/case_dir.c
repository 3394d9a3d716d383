/* SPDX-License-Identifier: Apache-2.0 */
/* Where a case is. */
#include "ops/case_dir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/slice.h"

enum { LIST_BYTES = 4 << 20 };

static const char *env_path(const char *name)
{
    const char *dir = getenv(name);
    return dir == NULL || dir[0] == 0 ? NULL : dir;
}

/* NULL: there is no home, or no memory. */
static char *list_path(void)
{
    const char *home = env_path("HOME");
    const char *data = env_path("XDG_DATA_HOME");
    if (data != NULL && data[0] == '/')
        return ew_path_join(data, "earwitness/cases");
    return home != NULL ? ew_path_join(home, ".local/share/earwitness/cases") : NULL;
}

static bool holds_case(const char *dir)
{
    char *path = ew_path_join(dir, "case.db");
    bool yes = path != NULL && access(path, F_OK) == 0;
    ew_free(path);
    return yes;
}

/* The current folder, then those above. */
static char *around_here(void)
{
    char *here = getcwd(NULL, 0);
    char *found = NULL;
    while (here != NULL && here[0] == '/' && found == NULL) {
        if (holds_case(here))
            found = ew_strdup(here);
        char *slash = strrchr(here, '/');
        if (here[1] == 0)
            break;
        slash[slash == here ? 1 : 0] = 0;
    }
    free(here); /* getcwd's own */
    return found;
}

/* ------------------------------------------------------------------ the list */

/* Those on the list, but for `without`. */
static ew_code read_list(ew_buf *b, ew_err *err)
{
    char *path = list_path();
    ew_buf_init(b, LIST_BYTES);
    if (path == NULL)
        return EW_OK;
    ew_code code = ew_file_get(path, b, err);
    ew_free(path);
    if (code == EW_E_NOTFOUND)
        ew_err_clear(err);
    return code == EW_E_NOTFOUND ? EW_OK : code;
}

ew_code ew_case_dirs(ew_code (*put)(void *cookie, const char *dir, ew_err *err),
                     void *cookie, ew_err *err)
{
    ew_buf b;
    ew_slice line;
    ew_code code = read_list(&b, err);
    ew_slice rest = {(const char *)b.data, b.len};
    while (code == EW_OK && ew_slice_line(&rest, &line)) {
        char *dir = ew_alloc(line.n + 1);
        if (dir == NULL) {
            code = ew_fail_nomem(err);
            break;
        }
        memcpy(dir, line.p, line.n);
        dir[line.n] = 0;
        code = put(cookie, dir, err);
        ew_free(dir);
    }
    ew_buf_release(&b);
    return code;
}

/* The list without `dir`, which *there tells of, after what `list` has. */
static ew_code others(const char *dir, ew_buf *list, bool *there, ew_err *err)
{
    ew_buf old;
    ew_slice line;
    size_t lines = 0;
    ew_code code = read_list(&old, err);
    ew_slice rest = {(const char *)old.data, old.len};
    *there = false;
    while (code == EW_OK && lines < EW_CASES_KNOWN && ew_slice_line(&rest, &line)) {
        bool same = ew_slice_is(line, dir);
        *there = *there || same;
        if (!same)
            code = ew_buf_append(list, line.p, line.n + 1, err);
        lines++;
    }
    ew_buf_release(&old);
    return code;
}

static ew_code write_list(const ew_buf *list, ew_err *err)
{
    char *path = list_path();
    char *slash = path != NULL ? strrchr(path, '/') : NULL;
    ew_code code = EW_OK;
    if (slash == NULL)
        return EW_OK;
    *slash = 0;
    code = ew_mkdirs(path, err);
    *slash = '/';
    if (code == EW_OK)
        code = ew_file_put(path, list->data, list->len, err);
    ew_free(path);
    return code;
}

ew_code ew_case_dir_remember(const char *dir, ew_err *err)
{
    ew_buf list;
    bool there = false;
    char *real = realpath(dir, NULL);
    if (real == NULL)
        return ew_fail_sys(err, errno, "cannot find '%s'", dir);
    ew_buf_init(&list, LIST_BYTES);
    ew_code code = EW_OK;
    if (strchr(real, '\n') ==
        NULL) /* one that cannot stand on a line is not remembered */
        code = ew_buf_printf(&list, err, "%s\n", real);
    if (code == EW_OK)
        code = others(real, &list, &there, err);
    if (code == EW_OK)
        code = write_list(&list, err);
    ew_buf_release(&list);
    free(real); /* realpath's own */
    return code;
}

ew_code ew_case_dir_forget(const char *dir, ew_err *err)
{
    ew_buf list;
    bool there = false;
    char *real = realpath(dir, NULL); /* one that is gone is on the list as it was */
    ew_buf_init(&list, LIST_BYTES);
    ew_code code = others(real != NULL ? real : dir, &list, &there, err);
    if (code == EW_OK && !there)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "'%s' is not on the list of cases", dir);
    if (code == EW_OK)
        code = write_list(&list, err);
    ew_buf_release(&list);
    free(real); /* realpath's own */
    return code;
}

/* ------------------------------------------------------------------ finding */

static ew_code take_first(void *cookie, const char *dir, ew_err *err)
{
    char **first = cookie;
    if (*first == NULL)
        *first = ew_strdup(dir);
    return *first != NULL ? EW_OK : ew_fail_nomem(err);
}

ew_code ew_case_dir_find(const char *option, char **dir, ew_err *err)
{
    ew_code code = EW_OK;
    *dir = NULL;
    if (option == NULL)
        option = env_path("EARWITNESS_CASE");
    if (option != NULL) {
        *dir = ew_strdup(option);
        return *dir != NULL ? EW_OK : ew_fail_nomem(err);
    }
    *dir = around_here();
    if (*dir == NULL)
        code = ew_case_dirs(take_first, dir, err);
    if (code == EW_OK && *dir == NULL)
        code =
            ew_fail(err, EW_E_NOTFOUND, 0,
                    "no case here; make one with 'earwitness case new FOLDER', or name "
                    "one with --case");
    return code;
}
