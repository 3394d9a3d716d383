/* SPDX-License-Identifier: Apache-2.0 */
/* A file, a folder or a ZIP as a list of members. */
#include "import/delivery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mapped.h"
#include "import/name_forms.h"
#include "import/unpack.h"

enum { DEPTH_MAX = 32 };

typedef struct member {
    char *name;
    size_t n; /* bytes of the name */
    uint64_t bytes;
    size_t number; /* in the ZIP */
    char *copy;    /* to be read instead, or NULL */
    bool gone;     /* cannot be read */
} member;

struct ew_delivery {
    ew_delivery_kind kind;
    char *path;
    member *members;
    size_t count, cap;
    ew_name_forms forms; /* of names beyond ASCII */
    char **odd;
    size_t odd_count;
    ew_unpack *zip; /* of a ZIP: where reading stands */
    bool cut;       /* the ZIP breaks off */
    char *zip_copy; /* to be read instead, or NULL */
    ew_mapped map;  /* what the last read gave */
    bool torn;      /* of one before it */
    ew_buf unpacked;
};

/* ------------------------------------------------------------------ the list */

static ew_code add_member(ew_delivery *s, const char *name, size_t n, uint64_t bytes,
                          size_t number, ew_err *err)
{
    if (s->count == EW_DELIVERY_MEMBERS)
        return ew_fail(err, EW_E_LIMIT, 0, "'%s' holds more than %d files", s->path,
                       (int)EW_DELIVERY_MEMBERS);
    if (s->count == s->cap) {
        size_t cap = s->cap > 0 ? 2 * s->cap : 16;
        member *more = ew_realloc_array(s->members, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        s->members = more;
        s->cap = cap;
    }
    member *m = &s->members[s->count];
    *m = (member){.name = ew_alloc(n + 1), .n = n, .bytes = bytes, .number = number};
    if (m->name == NULL)
        return ew_fail_nomem(err);
    memcpy(m->name, name, n);
    s->count++;
    return EW_OK;
}

static ew_code add_odd(ew_delivery *s, const char *what, const char *name, ew_err *err)
{
    enum { ODD_MAX = 1000 };
    ew_buf b;
    if (s->odd_count == ODD_MAX)
        return EW_OK;
    char **more = ew_realloc_array(s->odd, s->odd_count + 1, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    s->odd = more;
    ew_buf_init(&b, EW_DELIVERY_NAME * 2);
    ew_code code = ew_buf_printf(&b, err, "%s: %s", what, name);
    if (code == EW_OK) {
        s->odd[s->odd_count] = ew_strdup((const char *)b.data);
        if (s->odd[s->odd_count] == NULL)
            code = ew_fail_nomem(err);
        else
            s->odd_count++;
    }
    ew_buf_release(&b);
    return code;
}

static int by_name(const void *a, const void *b)
{
    const member *x = a;
    const member *y = b;
    size_t n = x->n < y->n ? x->n : y->n;
    int order = memcmp(x->name, y->name, n);
    if (order == 0)
        order = (x->n > y->n) - (x->n < y->n);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* ------------------------------------------------------------------ folders */

static ew_code list_folder(ew_delivery *s, const char *dir, const char *prefix, int depth,
                           ew_err *err);

static ew_code list_entry(ew_delivery *s, const char *dir, const char *prefix,
                          const char *entry, int depth, ew_err *err)
{
    struct stat st;
    char *path = ew_path_join(dir, entry);
    char *name = prefix[0] != 0 ? ew_path_join(prefix, entry) : ew_strdup(entry);
    ew_code code = path != NULL && name != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && lstat(path, &st) != 0)
        code = add_odd(s, "cannot be read", name, err);
    else if (code == EW_OK && strlen(name) > EW_DELIVERY_NAME)
        code = add_odd(s, "its name is too long", entry, err);
    else if (code == EW_OK && S_ISDIR(st.st_mode))
        code = list_folder(s, path, name, depth + 1, err);
    else if (code == EW_OK && S_ISREG(st.st_mode))
        code = add_member(s, name, strlen(name), (uint64_t)st.st_size, 0, err);
    else if (code == EW_OK)
        code = add_odd(s, "not a regular file", name, err);
    ew_free(path);
    ew_free(name);
    return code;
}

static ew_code list_folder(ew_delivery *s, const char *dir, const char *prefix, int depth,
                           ew_err *err)
{
    struct dirent *e;
    if (depth > DEPTH_MAX)
        return add_odd(s, "too deep", prefix, err);
    DIR *d = opendir(dir);
    if (d == NULL)
        return depth == 0 ? ew_fail_sys(err, errno, "cannot read '%s'", dir)
                          : add_odd(s, "cannot be read", prefix, err);
    ew_code code = EW_OK;
    while (code == EW_OK && (e = readdir(d)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            code = list_entry(s, dir, prefix, e->d_name, depth, err);
    (void)closedir(d);
    return code;
}

/* ------------------------------------------------------------------ ZIP */

/* Leads nowhere but into the archive. */
static bool is_inside(const char *name)
{
    if (name[0] == 0 || name[0] == '/' || strchr(name, '\\') != NULL)
        return false;
    for (const char *p = name; p != NULL; p = strchr(p, '/')) {
        p += *p == '/';
        size_t n = strcspn(p, "/");
        if ((n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
            return false;
    }
    return true;
}

static ew_code take_zip_entry(void *cookie, const ew_unpack_entry *e, ew_err *err)
{
    ew_delivery *s = cookie;
    if (!e->regular)
        return EW_OK;
    if (strlen(e->name) > EW_DELIVERY_NAME || !is_inside(e->name))
        return add_odd(s, "its name leads out of the archive", e->name, err);
    return add_member(s, e->name, strlen(e->name), e->bytes, e->number, err);
}

/* Members stand in the order of the ZIP as yet. */
static ew_code tell_cut(ew_delivery *s, ew_err *err)
{
    return add_odd(s,
                   "the archive breaks off, and nothing can be had of what came behind",
                   s->count > 0 ? s->members[s->count - 1].name : "its beginning", err);
}

/* Of two members of one name the first is kept, the other told. */
static ew_code drop_doubles(ew_delivery *s, ew_err *err)
{
    size_t kept = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < s->count; i++) {
        member *m = &s->members[i];
        bool twice = kept > 0 && s->members[kept - 1].n == m->n &&
                     memcmp(s->members[kept - 1].name, m->name, m->n) == 0;
        if (twice && code == EW_OK)
            code = add_odd(s, "there twice", m->name, err);
        if (twice)
            ew_free(m->name);
        else
            s->members[kept++] = *m;
    }
    s->count = kept;
    return code;
}

/* ------------------------------------------------------------------ opening */

static ew_code open_by_kind(ew_delivery *s, const struct stat *st, ew_err *err)
{
    ew_code code = EW_OK;
    const char *slash = strrchr(s->path, '/');
    const char *name = slash != NULL ? slash + 1 : s->path;
    if (S_ISDIR(st->st_mode)) {
        s->kind = EW_DELIVERY_FOLDER;
        code = list_folder(s, s->path, "", 0, err);
    } else if (!S_ISREG(st->st_mode)) {
        code =
            ew_fail(err, EW_E_FORMAT, 0, "'%s' is neither a file nor a folder", s->path);
    } else if (ew_unpack_is_zip(s->path)) {
        s->kind = EW_DELIVERY_ZIP;
        code = ew_unpack_list(s->path, take_zip_entry, s, &s->cut, err);
        if (code == EW_OK && s->cut)
            code = tell_cut(s, err);
    } else {
        code = add_member(s, name, strlen(name), (uint64_t)st->st_size, 0, err);
    }
    if (code == EW_OK && s->count > 1)
        qsort(s->members, s->count, sizeof *s->members, by_name);
    return code == EW_OK ? drop_doubles(s, err) : code;
}

ew_code ew_delivery_open(ew_delivery **out, const char *path, ew_err *err)
{
    struct stat st;
    *out = NULL;
    if (stat(path, &st) != 0)
        return errno == ENOENT
                   ? ew_fail(err, EW_E_NOTFOUND, 0, "'%s' does not exist", path)
                   : ew_fail_sys(err, errno, "cannot open '%s'", path);
    ew_delivery *s = ew_alloc(sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&s->unpacked, EW_DELIVERY_UNPACKED);
    s->path = ew_strdup(path);
    ew_code code = s->path != NULL ? open_by_kind(s, &st, err) : ew_fail_nomem(err);
    for (size_t i = 0; code == EW_OK && i < s->count; i++)
        code = ew_name_forms_add(&s->forms, ew_delivery_name(s, i), i, err);
    ew_name_forms_end(&s->forms);
    if (code != EW_OK) {
        ew_delivery_close(s);
        return code;
    }
    *out = s;
    return EW_OK;
}

static void drop_bytes(ew_delivery *s)
{
    s->torn = s->torn || ew_mapped_torn(&s->map);
    ew_mapped_close(&s->map);
    ew_buf_release(&s->unpacked);
    ew_buf_init(&s->unpacked, EW_DELIVERY_UNPACKED);
}

void ew_delivery_close(ew_delivery *s)
{
    if (s == NULL)
        return;
    drop_bytes(s);
    ew_unpack_close(s->zip);
    for (size_t i = 0; i < s->count; i++) {
        ew_free(s->members[i].name);
        ew_free(s->members[i].copy);
    }
    ew_free(s->zip_copy);
    ew_name_forms_release(&s->forms);
    for (size_t i = 0; i < s->odd_count; i++)
        ew_free(s->odd[i]);
    ew_free(s->members);
    ew_free(s->odd);
    ew_free(s->path);
    ew_free(s);
}

ew_delivery_kind ew_delivery_kind_of(const ew_delivery *s)
{
    return s->kind;
}

const char *ew_delivery_path(const ew_delivery *s)
{
    return s->path;
}

size_t ew_delivery_count(const ew_delivery *s)
{
    return s->count;
}

ew_slice ew_delivery_name(const ew_delivery *s, size_t i)
{
    return (ew_slice){s->members[i].name, s->members[i].n};
}

uint64_t ew_delivery_bytes(const ew_delivery *s, size_t i)
{
    return s->members[i].bytes;
}

const char *ew_delivery_odd(const ew_delivery *s, size_t i)
{
    return i < s->odd_count ? s->odd[i] : NULL;
}

size_t ew_delivery_find(const ew_delivery *s, ew_slice name)
{
    size_t low = 0;
    size_t high = s->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const member *m = &s->members[mid];
        size_t n = m->n < name.n ? m->n : name.n;
        int order = n > 0 ? memcmp(m->name, name.p, n) : 0;
        if (order == 0)
            order = (m->n > name.n) - (m->n < name.n);
        if (order == 0)
            return mid;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return ew_name_forms_find(&s->forms, name);
}

/* ------------------------------------------------------------------ reading */

ew_code ew_delivery_replace(ew_delivery *s, size_t i, const char *copy, ew_err *err)
{
    char *path = copy != NULL ? ew_strdup(copy) : NULL;
    if (copy != NULL && path == NULL)
        return ew_fail_nomem(err);
    drop_bytes(s);
    ew_free(s->members[i].copy);
    s->members[i].copy = path;
    s->members[i].gone = copy == NULL;
    return EW_OK;
}

ew_code ew_delivery_replace_zip(ew_delivery *s, const char *copy, ew_err *err)
{
    char *path = ew_strdup(copy);
    if (path == NULL)
        return ew_fail_nomem(err);
    drop_bytes(s);
    ew_unpack_close(s->zip);
    s->zip = NULL;
    ew_free(s->zip_copy);
    s->zip_copy = path;
    return EW_OK;
}

static int by_place(const void *a, const void *b, void *cookie)
{
    const ew_delivery *s = cookie;
    size_t x = s->members[*(const size_t *)a].number;
    size_t y = s->members[*(const size_t *)b].number;
    return (x > y) - (x < y);
}

void ew_delivery_order(const ew_delivery *s, size_t *order)
{
    for (size_t i = 0; i < s->count; i++)
        order[i] = i;
    if (s->kind == EW_DELIVERY_ZIP && s->count > 1)
        qsort_r(order, s->count, sizeof *order, by_place, (void *)(uintptr_t)s);
}

static bool is_packed(const ew_delivery *s, size_t i)
{
    const member *m = &s->members[i];
    return s->kind == EW_DELIVERY_ZIP && m->copy == NULL && !m->gone;
}

static char *path_of(const ew_delivery *s, const member *m)
{
    if (m->copy != NULL)
        return ew_strdup(m->copy);
    return s->kind == EW_DELIVERY_FOLDER ? ew_path_join(s->path, m->name)
                                         : ew_strdup(s->path);
}

static ew_code open_member(const ew_delivery *s, size_t i, int *fd, uint64_t *bytes,
                           ew_err *err)
{
    struct stat st;
    char *path = path_of(s, &s->members[i]);
    if (path == NULL)
        return ew_fail_nomem(err);
    int flags = O_RDONLY | O_CLOEXEC | (s->kind == EW_DELIVERY_FOLDER ? O_NOFOLLOW : 0);
    ew_code code = EW_OK;
    *fd = open(path, flags);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot open '%s'", path);
    else if (!S_ISREG(st.st_mode))
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is not a regular file", path);
    else
        *bytes = (uint64_t)st.st_size;
    if (code != EW_OK && *fd >= 0)
        (void)close(*fd);
    ew_free(path);
    return code;
}

static ew_code map_member(ew_delivery *s, size_t i, ew_slice *bytes, ew_err *err)
{
    int fd = -1;
    uint64_t n = 0;
    *bytes = (ew_slice){"", 0};
    if (s->members[i].gone)
        return EW_OK;
    ew_code code = open_member(s, i, &fd, &n, err);
    if (code != EW_OK)
        return code;
    code = ew_mapped_open(&s->map, fd, err);
    if (code == EW_OK)
        *bytes = (ew_slice){s->map.p, s->map.n};
    (void)close(fd);
    return code;
}

static ew_code append_bytes(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
}

static ew_code unpack(ew_delivery *s, size_t i,
                      ew_code (*put)(void *cookie, const void *bytes, size_t n,
                                     ew_err *err),
                      void *cookie, ew_err *err)
{
    ew_code code = EW_OK;
    if (s->zip == NULL)
        code = ew_unpack_open(&s->zip, s->zip_copy != NULL ? s->zip_copy : s->path,
                              s->cut, err);
    return code == EW_OK ? ew_unpack_read(s->zip, s->members[i].number, put, cookie, err)
                         : code;
}

ew_code ew_delivery_read(ew_delivery *s, size_t i, ew_slice *bytes, ew_err *err)
{
    drop_bytes(s);
    if (!is_packed(s, i))
        return map_member(s, i, bytes, err);
    ew_code code = unpack(s, i, append_bytes, &s->unpacked, err);
    if (code == EW_OK)
        *bytes = (ew_slice){s->unpacked.len > 0 ? (const char *)s->unpacked.data : "",
                            s->unpacked.len};
    return code;
}

ew_code ew_delivery_check(const ew_delivery *s, ew_err *err)
{
    return s->torn || ew_mapped_torn(&s->map)
               ? ew_fail(err, EW_E_IO, 0, "'%s' became shorter while it was read",
                         s->path)
               : EW_OK;
}

ew_code ew_delivery_stream(ew_delivery *s, size_t i,
                           ew_code (*put)(void *cookie, const void *bytes, size_t n,
                                          ew_err *err),
                           void *cookie, ew_err *err)
{
    enum { BLOCK = 64 * 1024 };
    uint8_t block[BLOCK];
    int fd = -1;
    uint64_t n = 0;
    if (is_packed(s, i))
        return unpack(s, i, put, cookie, err);
    if (s->members[i].gone)
        return EW_OK;
    ew_code code = open_member(s, i, &fd, &n, err);
    if (code != EW_OK)
        return code;
    for (uint64_t at = 0; code == EW_OK && at < n;) {
        size_t want = n - at < BLOCK ? (size_t)(n - at) : BLOCK;
        code = ew_pread_all(fd, block, want, at, err);
        if (code == EW_OK)
            code = put(cookie, block, want, err);
        at += want;
    }
    (void)close(fd);
    return code;
}
