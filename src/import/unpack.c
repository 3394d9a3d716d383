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

enum { BLOCK = 64 * 1024, RATIO_FLOOR = 64 << 20 };

struct ew_unpack {
    char *path;
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

static ew_code fail(struct archive *a, const char *path, ew_err *err)
{
    int sys = archive_errno(a);
    if (sys == ENOMEM)
        return ew_fail_nomem(err);
    const char *why = archive_error_string(a);
    /* What has the beginning of a ZIP has no list at its end. */
    if (why != NULL && strstr(why, "Unrecognized archive format") != NULL)
        why = "it breaks off, or is empty; have it sent again";
    return ew_fail(err, EW_E_FORMAT, 0, "'%s' is damaged: %s", path,
                   why != NULL ? why : "no ZIP");
}

static ew_code start(struct archive **out, const char *path, ew_err *err)
{
    struct archive *a = archive_read_new();
    *out = NULL;
    if (a == NULL)
        return ew_fail_nomem(err);
    if (archive_read_support_format_zip_seekable(a) != ARCHIVE_OK ||
        archive_read_open_filename(a, path, BLOCK) != ARCHIVE_OK) {
        ew_code code = fail(a, path, err);
        (void)archive_read_free(a);
        return code;
    }
    *out = a;
    return EW_OK;
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

ew_code ew_unpack_list(const char *path,
                       ew_code (*put)(void *cookie, const ew_unpack_entry *e,
                                      ew_err *err),
                       void *cookie, ew_err *err)
{
    struct archive *a = NULL;
    struct archive_entry *e = NULL;
    size_t number = 0;
    ew_code code = start(&a, path, err);
    while (code == EW_OK) {
        code = next_entry(a, path, &e, err);
        if (code != EW_OK || e == NULL)
            break;
        const char *name = archive_entry_pathname(e);
        if (archive_entry_is_encrypted(e))
            code =
                ew_fail(err, EW_E_FORMAT, 0, "'%s' is encrypted; unpack it first", path);
        ew_unpack_entry out = {
            .name = name != NULL ? name : "",
            .bytes = (uint64_t)(archive_entry_size_is_set(e) ? archive_entry_size(e) : 0),
            .regular = archive_entry_filetype(e) == AE_IFREG,
            .number = number++};
        if (code == EW_OK && number > EW_DELIVERY_MEMBERS)
            code = ew_fail(err, EW_E_LIMIT, 0, "'%s' holds more than %d files", path,
                           (int)EW_DELIVERY_MEMBERS);
        if (code == EW_OK)
            code = put(cookie, &out, err);
    }
    if (a != NULL)
        (void)archive_read_free(a);
    return code;
}

ew_code ew_unpack_open(ew_unpack **out, const char *path, ew_err *err)
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
        code = start(&u->a, u->path, err);
    }
    *e = NULL;
    while (code == EW_OK && u->next <= number) {
        code = next_entry(u->a, u->path, e, err);
        if (code == EW_OK && *e == NULL)
            return ew_fail(err, EW_E_FORMAT, 0, "'%s' changed while it was read",
                           u->path);
        u->next++;
    }
    return code;
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

ew_code ew_unpack_read(ew_unpack *u, size_t number,
                       ew_code (*put)(void *cookie, const void *bytes, size_t n,
                                      ew_err *err),
                       void *cookie, ew_err *err)
{
    struct archive_entry *e = NULL;
    uint64_t bytes = 0;
    uint8_t *block = ew_alloc(BLOCK);
    if (block == NULL)
        return ew_fail_nomem(err);
    ew_code code = go_to(u, number, &e, err);
    while (code == EW_OK) {
        la_ssize_t n = archive_read_data(u->a, block, BLOCK);
        if (n < 0)
            code = fail(u->a, u->path, err);
        if (n <= 0)
            break;
        bytes += (uint64_t)n;
        u->unpacked += (uint64_t)n;
        code = check_size(u, bytes, err);
        if (code == EW_OK)
            code = put(cookie, block, (size_t)n, err);
    }
    if (code == EW_OK && archive_entry_size_is_set(e) &&
        (uint64_t)archive_entry_size(e) != bytes)
        code = ew_fail(err, EW_E_FORMAT, 0, "a file in '%s' is cut short", u->path);
    ew_free(block);
    return code;
}
