/* SPDX-License-Identifier: Apache-2.0 */
/* Files that were written and are still to be fetched. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "serve/api_bundle.h"
#include "serve/api_case.h"
#include "serve/held.h"

enum { WRITTEN_MAX = 65536 };

/* Files that were written and are still to be fetched. */
typedef struct made {
    char *dir;
    char **names;
    size_t count;
} made;

static void made_free(void *cookie)
{
    made *m = cookie;
    ew_api_folder_remove(m->dir);
    for (size_t i = 0; i < m->count; i++)
        ew_free(m->names[i]);
    ew_free(m->names);
    ew_free(m->dir);
    ew_free(m);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of their names. */
static ew_code list_made(made *m, ew_err *err)
{
    const struct dirent *e;
    ew_code code = EW_OK;
    DIR *d = opendir(m->dir);
    if (d == NULL)
        return ew_fail_sys(err, errno, "cannot read '%s'", m->dir);
    while (code == EW_OK && (e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.')
            continue;
        char **more = m->count < WRITTEN_MAX
                          ? ew_realloc_array(m->names, m->count + 1, sizeof *more)
                          : NULL;
        if (more != NULL)
            m->names = more;
        if (more == NULL || (m->names[m->count] = ew_strdup(e->d_name)) == NULL)
            code = ew_fail_nomem(err);
        else
            m->count++;
    }
    (void)closedir(d);
    if (m->count > 1)
        qsort(m->names, m->count, sizeof *m->names, by_name);
    return code;
}

static ew_code open_made(const made *m, uint64_t i, int *fd, uint64_t *bytes, ew_err *err)
{
    struct stat st;
    char *path = i < m->count ? ew_path_join(m->dir, m->names[i]) : NULL;
    *fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    ew_free(path);
    if (*fd >= 0 && fstat(*fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *bytes = (uint64_t)st.st_size;
        return EW_OK;
    }
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    return ew_fail(err, EW_E_NOTFOUND, 0, "no such file was written");
}

static ew_code tell_made(const made *m, ew_obj *o, ew_err *err)
{
    json_t *files = json_array();
    ew_code code = EW_OK;
    for (size_t i = 0; i < m->count && code == EW_OK; i++) {
        ew_obj f = ew_obj_new();
        int fd = -1;
        uint64_t bytes = 0;
        code = open_made(m, i, &fd, &bytes, err);
        if (fd >= 0)
            (void)close(fd);
        ew_obj_str(&f, "name", m->names[i]);
        ew_obj_int(&f, "bytes", (int64_t)bytes);
        ew_list_add(&files, f.json);
    }
    ew_obj_set(o, "files", files);
    return code;
}

ew_code ew_api_made_send(const char *dir, ew_reply *r, ew_err *err)
{
    char *copy = ew_strdup(dir);
    made *m = ew_alloc(sizeof *m);
    ew_code code = copy != NULL && m != NULL ? EW_OK : ew_fail_nomem(err);
    if (code != EW_OK) {
        ew_api_folder_remove(dir);
        ew_free(copy);
        ew_free(m);
        return code;
    }
    m->dir = copy;
    code = list_made(m, err);
    if (code == EW_OK)
        code = open_made(m, 0, &r->file, &r->file_bytes, err);
    r->type = "application/octet-stream";
    made_free(m); /* an open file is read to its end all the same */
    return code;
}

ew_code ew_api_made_keep(ew_server *s, const char *dir, ew_obj *o, ew_err *err)
{
    char name[EW_TOKEN_TEXT];
    made *m = ew_alloc(sizeof *m);
    if (m == NULL) {
        ew_api_folder_remove(dir);
        return ew_fail_nomem(err);
    }
    m->dir = ew_strdup(dir);
    ew_code code = m->dir != NULL ? list_made(m, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = tell_made(m, o, err);
    if (code != EW_OK) {
        ew_api_folder_remove(dir);
        made_free(m);
        return code;
    }
    const ew_held_thing t = {.kind = EW_HELD_MADE, .what = m, .drop = made_free};
    code = ew_held_put(s->held, &t, name, err);
    if (code == EW_OK)
        ew_obj_str(o, "made", name);
    return code;
}

ew_code ew_api_made(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    void *what = NULL;
    uint64_t number = 0;
    ew_code code = ew_api_number(q->part[1], &number, err);
    if (code == EW_OK)
        code = ew_held_take(s->held, EW_HELD_MADE, q->part[0], &what, err);
    if (code == EW_OK)
        code = open_made(what, number, &r->file, &r->file_bytes, err);
    ew_held_give(s->held, what);
    r->type = "application/octet-stream";
    return code;
}

ew_code ew_api_made_remove(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.removed/1");
    return ew_api_end(r, &o, ew_held_remove(s->held, EW_HELD_MADE, q->part[0], err), err);
}
