/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive with one format and one filter: what else it can read, nobody sends us. */
#include "import/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>

#include "base/alloc.h"
#include "base/file.h"
#include "import/delivery.h"

#define BROKEN "'%s' is damaged: %s"

enum { BLOCK = 64 * 1024, RATIO_FLOOR = 64 << 20 };

struct ew_unpack {
    char *path;
    bool cut;          /* it has no list */
    struct archive *a; /* NULL: to be opened */
    size_t next;       /* number of the entry whose header comes next */
    uint64_t packed;   /* bytes of the whole file */
    uint64_t unpacked; /* so far, over all that was read */
};

bool ew_unpack_is_zip(const char *path)
{
    uint8_t head[4];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    ew_code code = ew_pread_all(fd, head, sizeof head, 0, NULL);
    (void)close(fd);
    return code == EW_OK &&
           (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0);
}

/* What has the beginning of a ZIP and is none has no list at its end. */
static bool is_cut(struct archive *a)
{
    const char *why = archive_error_string(a);
    return why != NULL && strstr(why, "Unrecognized archive format") != NULL;
}

static ew_code fail(struct archive *a, const char *path, ew_err *err)
{
    int sys = archive_errno(a);
    if (sys == ENOMEM)
        return ew_fail_nomem(err);
    const char *why = archive_error_string(a);
    return ew_fail(err, EW_E_FORMAT, 0, BROKEN, path, why != NULL ? why : "no ZIP");
}

/* cut: from its beginning on, since its list is not there. *out is there to be freed also after a failure,
 * unless memory is out. */
static ew_code start(struct archive **out, const char *path, bool cut, ew_err *err)
{
    struct archive *a = archive_read_new();
    *out = NULL;
    if (a == NULL)
        return ew_fail_nomem(err);
    int rc = cut ? archive_read_support_format_zip_streamable(a)
                 : archive_read_support_format_zip_seekable(a);
    *out = a;
    return rc == ARCHIVE_OK && archive_read_open_filename(a, path, BLOCK) == ARCHIVE_OK
               ? EW_OK
               : fail(a, path, err);
}

/* *e is NULL at the end. */
static ew_code next_entry(struct archive *a, const char *path, struct archive_entry **e,
                          ew_err *err)
{
    *e = NULL;
    int rc = archive_read_next_header(a, e);
    if (rc == ARCHIVE_EOF) {
        *e = NULL;
        return EW_OK;
    }
    /* A warning is about attributes that are not used here. */
    return rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? EW_OK : fail(a, path, err);
}

ew_code ew_unpack_open(ew_unpack **out, const char *path, bool cut, ew_err *err)
{
    struct stat st;
    *out = NULL;
    ew_unpack *u = ew_alloc(sizeof *u);
    if (u == NULL)
        return ew_fail_nomem(err);
    u->path = ew_strdup(path);
    ew_code code = u->path != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && stat(path, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot open '%s'", path);
    if (code != EW_OK) {
        ew_unpack_close(u);
        return code;
    }
    u->packed = (uint64_t)st.st_size;
    u->cut = cut;
    *out = u;
    return EW_OK;
}

void ew_unpack_close(ew_unpack *u)
{
    if (u == NULL)
        return;
    if (u->a != NULL)
        (void)archive_read_free(u->a);
    ew_free(u->path);
    ew_free(u);
}

static ew_code check_size(ew_unpack *u, uint64_t bytes, ew_err *err)
{
    /* What is as large as the whole file is stored in it as it is. */
    if (bytes > EW_DELIVERY_UNPACKED && bytes > u->packed)
        return ew_fail(err, EW_E_LIMIT, 0, "a file in '%s' is larger than %d MB", u->path,
                       (int)(EW_DELIVERY_UNPACKED >> 20));
    if (u->unpacked > RATIO_FLOOR && u->unpacked / EW_DELIVERY_RATIO > u->packed)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "'%s' unpacks to more than %d times its size; it is not read",
                       u->path, (int)EW_DELIVERY_RATIO);
    return EW_OK;
}

/* Where what is unpacked goes. */
typedef struct unpacked {
    ew_code (*put)(void *cookie, const void *bytes, size_t n, ew_err *err);
    void *cookie;
    uint64_t bytes;
    bool failed; /* the archive, not the one who takes it */
} unpacked;

/* All of the entry e whose header was read last; NULL: what is left of it. */
static ew_code read_data(ew_unpack *u, struct archive_entry *e, unpacked *to, ew_err *err)
{
    ew_code code = EW_OK;
    uint8_t *block = ew_alloc(BLOCK);
    if (block == NULL)
        return ew_fail_nomem(err);
    while (code == EW_OK) {
        la_ssize_t n = archive_read_data(u->a, block, BLOCK);
        to->failed = n < 0;
        if (n < 0)
            code = fail(u->a, u->path, err);
        if (n <= 0)
            break;
        to->bytes += (uint64_t)n;
        u->unpacked += (uint64_t)n;
        code = check_size(u, to->bytes, err);
        if (code == EW_OK && to->put != NULL)
            code = to->put(to->cookie, block, (size_t)n, err);
    }
    if (code == EW_OK && e != NULL && archive_entry_size_is_set(e) &&
        (uint64_t)archive_entry_size(e) != to->bytes)
        code = ew_fail(err, EW_E_FORMAT, 0, "a file in '%s' is cut short", u->path);
    ew_free(block);
    return code;
}

/* A list being made. */
typedef struct lister {
    const char *path;
    ew_unpack *cut; /* by which all is read when it breaks off; else NULL */
    ew_code (*put)(void *cookie, const ew_unpack_entry *e, ew_err *err);
    void *cookie;
    size_t whole;
    bool locked;
} lister;

static ew_code list_one(lister *l, struct archive_entry *e, size_t number, ew_err *err)
{
    const char *name = archive_entry_pathname(e);
    ew_unpack_entry out = {
        .name = name != NULL ? name : "",
        .bytes = (uint64_t)(archive_entry_size_is_set(e) ? archive_entry_size(e) : 0),
        .regular = archive_entry_filetype(e) == AE_IFREG,
        .number = number};
    l->locked = archive_entry_is_encrypted(e) != 0;
    if (l->locked)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' is encrypted; unpack it first",
                       l->path);
    if (number >= EW_DELIVERY_MEMBERS)
        return ew_fail(err, EW_E_LIMIT, 0, "'%s' holds more than %d files", l->path,
                       (int)EW_DELIVERY_MEMBERS);
    if (l->cut == NULL)
        return l->put(l->cookie, &out, err);
    unpacked to = {.put = NULL};
    char *kept = ew_strdup(out.name); /* reading on takes it away */
    ew_code code = kept != NULL ? read_data(l->cut, e, &to, err) : ew_fail_nomem(err);
    out.name = kept;
    out.bytes = to.bytes;
    if (code == EW_OK)
        code = l->put(l->cookie, &out, err);
    l->whole += code == EW_OK;
    ew_free(kept);
    return code;
}

static ew_code list_all(lister *l, struct archive *a, ew_err *err)
{
    struct archive_entry *e = NULL;
    for (size_t number = 0;; number++) {
        ew_code code = next_entry(a, l->path, &e, err);
        if (code == EW_OK && e != NULL)
            code = list_one(l, e, number, err);
        if (code != EW_OK || e == NULL)
            return code;
    }
}

/* Nothing behind the whole ones can be had. */
static ew_code end_of(const lister *l, ew_code code, const ew_err *why, ew_err *err)
{
    bool broken = code == EW_OK || code == EW_E_FORMAT || code == EW_E_LIMIT;
    if (!broken || l->locked)
        return ew_fail(err, code, 0, "%s", why->text);
    return l->whole > 0 ? EW_OK
                        : ew_fail(err, EW_E_FORMAT, 0, BROKEN, l->path,
                                  "it breaks off, or is empty; have it sent again");
}

/* Up to where it breaks off, or is damaged, or unpacks to more than is read of it. */
static ew_code list_cut(lister *l, ew_err *err)
{
    ew_err why = {.code = EW_OK};
    ew_code code = ew_unpack_open(&l->cut, l->path, true, err);
    if (code != EW_OK)
        return code;
    code = start(&l->cut->a, l->path, true, &why);
    if (code == EW_OK)
        code = list_all(l, l->cut->a, &why);
    ew_unpack_close(l->cut);
    return end_of(l, code, &why, err);
}

ew_code ew_unpack_list(const char *path,
                       ew_code (*put)(void *cookie, const ew_unpack_entry *e,
                                      ew_err *err),
                       void *cookie, bool *cut, ew_err *err)
{
    lister l = {.path = path, .put = put, .cookie = cookie};
    struct archive *a = NULL;
    *cut = false;
    ew_code code = start(&a, path, false, err);
    if (code == EW_OK)
        code = list_all(&l, a, err);
    else
        *cut = a != NULL && is_cut(a);
    if (a != NULL)
        (void)archive_read_free(a);
    return *cut ? list_cut(&l, err) : code;
}

/* Of the entry before. Without a list what is not read is passed over by the size that its head gives, and that may
 * lead elsewhere than reading it did. */
static ew_code read_rest(ew_unpack *u, ew_err *err)
{
    unpacked none = {.put = NULL};
    return read_data(u, NULL, &none, err);
}

/* To the header of that entry. */
static ew_code go_to(ew_unpack *u, size_t number, struct archive_entry **e, ew_err *err)
{
    ew_code code = EW_OK;
    if (u->a != NULL && number < u->next) {
        (void)archive_read_free(u->a);
        u->a = NULL;
    }
    if (u->a == NULL) {
        u->next = 0;
        code = start(&u->a, u->path, u->cut, err);
        if (code != EW_OK && u->a != NULL) {
            (void)archive_read_free(u->a);
            u->a = NULL;
        }
    }
    *e = NULL;
    while (code == EW_OK && u->next <= number) {
        if (u->cut && u->next > 0)
            code = read_rest(u, err);
        if (code == EW_OK)
            code = next_entry(u->a, u->path, e, err);
        if (code == EW_OK && *e == NULL)
            return ew_fail(err, EW_E_FORMAT, 0, "'%s' changed while it was read",
                           u->path);
        u->next++;
    }
    return code;
}

ew_code ew_unpack_read(ew_unpack *u, size_t number,
                       ew_code (*put)(void *cookie, const void *bytes, size_t n,
                                      ew_err *err),
                       void *cookie, ew_err *err)
{
    struct archive_entry *e = NULL;
    unpacked to = {put, cookie, 0, false};
    ew_code code = go_to(u, number, &e, err);
    to.failed = code != EW_OK;
    if (code == EW_OK)
        code = read_data(u, e, &to, err);
    /* What is damaged here spoils nothing behind it. */
    if (to.failed && u->a != NULL) {
        (void)archive_read_free(u->a);
        u->a = NULL;
    }
    return code;
}
