/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of an export: whose it is, and how it is emptied. Nothing is ever removed that
 * an export did not write. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/diff_parts.h"

enum { MARK_BYTES = 64 };

static const char schema[] = "{\"schema\":\"earwitness.diff/1\"";

static size_t digits(const char *s)
{
    return strspn(s, "0123456789");
}

/* "01-replace-a-0m31.408s.wav" */
static bool is_span_name(const char *name)
{
    const char *s = name + digits(name);
    size_t n;

    if (s - name < 2 || *s++ != '-')
        return false;
    for (int op = EW_EDIT_DELETE; op <= EW_EDIT_SPEED; op++) {
        n = strlen(ew_edit_name((ew_edit_op)op));
        if (strncmp(s, ew_edit_name((ew_edit_op)op), n) != 0)
            continue;
        s += n;
        if (strncmp(s, "-a-", 3) != 0 && strncmp(s, "-b-", 3) != 0)
            return false;
        s += 3;
        s += strspn(s, "0123456789hm.");
        return strcmp(s, "s.wav") == 0;
    }
    return false;
}

static bool is_ours(const char *name)
{
    return strcmp(name, EW_DIFF__MARK) == 0 || is_span_name(name) ||
           strncmp(name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0;
}

static bool has_mark(int dir)
{
    char head[MARK_BYTES] = "";
    int fd = openat(dir, EW_DIFF__MARK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return false;
    n = read(fd, head, sizeof(head));
    (void)close(fd);
    return n >= (ssize_t)strlen(schema) && memcmp(head, schema, strlen(schema)) == 0;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Looks at every name; with `remove` takes away what is ours, but for the mark. */
static ew_code walk(DIR *d, const char *shown, bool remove, ew_err *err)
{
    bool marked = has_mark(dirfd(d));

    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (is_dots(e->d_name))
            continue;
        if (!marked || !is_ours(e->d_name))
            return ew_fail(
                err, EW_E_ARG, 0,
                "folder '%s' holds other files, '%.60s' for one; name a new or "
                "an empty folder",
                shown, e->d_name);
        if (remove && strcmp(e->d_name, EW_DIFF__MARK) != 0 &&
            unlinkat(dirfd(d), e->d_name, 0) != 0)
            return ew_fail_sys(err, errno, "cannot remove '%s' of an earlier export",
                               e->d_name);
    }
    return EW_OK;
}

static ew_code look(const char *dir, bool remove, ew_err *err)
{
    char *shown = ew_safe_name(dir);
    DIR *d = NULL;
    ew_code rc = EW_OK;

    if (shown == NULL)
        return ew_fail_nomem(err);
    d = opendir(dir);
    if (d == NULL && errno == ENOTDIR)
        rc = ew_fail(err, EW_E_ARG, 0, "'%s' is not a folder; name a new or an empty one",
                     shown);
    else if (d == NULL && errno != ENOENT)
        rc = ew_fail_sys(err, errno, "cannot open folder '%s'", shown);
    else if (d != NULL)
        rc = walk(d, shown, remove, err);
    if (d != NULL)
        (void)closedir(d);
    ew_free(shown);
    return rc;
}

ew_code ew_ops_diff_export_allowed(const char *dir, ew_err *err)
{
    if (dir[0] == 0)
        return ew_fail(err, EW_E_ARG, 0, "--export needs the name of a folder");
    return look(dir, false, err);
}

ew_code ew_diff__empty_dir(const char *dir, ew_err *err)
{
    ew_code rc = look(dir, false, err);

    return rc == EW_OK ? look(dir, true, err) : rc;
}
