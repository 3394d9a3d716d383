/* SPDX-License-Identifier: Apache-2.0 */
/* Originals by their hash: copied once, protected, never altered. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "casefile/events.h"
#include "casefile/sql.h"

enum { FOLDERS = 256 };

/* originals/ab/<64 digits>; *folder: the first two parts. Both to be freed. */
static ew_code paths_of(const ew_case *c, const uint8_t sha256[EW_SHA256_BYTES],
                        char **folder, char **path, ew_err *err)
{
    char hex[EW_SHA256_HEX + 1];
    char name[32];
    ew_hex(sha256, EW_SHA256_BYTES, hex);
    (void)snprintf(name, sizeof name, "originals/%.2s", hex);
    *folder = ew_path_join(c->dir, name);
    *path = *folder != NULL ? ew_path_join(*folder, hex) : NULL;
    return *path != NULL ? EW_OK : ew_fail_nomem(err);
}

/* Copies fd to the end into `out` and hashes what was copied. */
static ew_code copy_hashing(int fd, int out, uint8_t sha256[EW_SHA256_BYTES],
                            uint64_t *bytes, ew_err *err)
{
    ew_sha256 *h = NULL;
    ew_code code = ew_sha256_new(&h, err);
    if (code == EW_OK)
        code = ew_copy_all(fd, out, h, "what is to be kept", bytes, err);
    if (code == EW_OK)
        code = ew_sha256_finish(h, sha256, err);
    ew_sha256_free(h);
    return code;
}

/* Opens what is kept, never waiting for what somebody put in its place. *fd: -1 when it is not there. */
static ew_code open_kept(const char *path, int *fd, ew_err *err)
{
    struct stat st;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0 && errno != ELOOP && errno != ENXIO)
        return errno == ENOENT ? EW_OK
                               : ew_fail_sys(err, errno, "cannot read '%s'", path);
    if (*fd >= 0 && fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
        return EW_OK;
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
    return ew_fail(err, EW_E_FORMAT, 0, "the original '%s' is no file any more", path);
}

/* Is what stands under this hash really that? Whoever changed it must not go unnoticed. */
static ew_code compare_kept(const char *path, const uint8_t sha256[EW_SHA256_BYTES],
                            bool *there, ew_err *err)
{
    uint8_t got[EW_SHA256_BYTES];
    int fd = -1;
    ew_code code = open_kept(path, &fd, err);
    *there = fd >= 0;
    if (fd < 0)
        return code;
    code = ew_sha256_fd(fd, got, err);
    (void)close(fd);
    if (code == EW_OK && memcmp(got, sha256, sizeof got) != 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "the original '%s' was changed", path);
    return code;
}

/* A copy on its way in. */
typedef struct new_copy {
    ew_atomic a;
    uint8_t *sha256;
    uint64_t *bytes;
    bool there; /* already: nothing is to be done any more */
} new_copy;

/* Gives it the name that its content has. */
static ew_code aim_copy(ew_case *c, new_copy *n, ew_err *err)
{
    char *folder = NULL;
    char *path = NULL;
    n->there = false;
    ew_code code = paths_of(c, n->sha256, &folder, &path, err);
    for (size_t i = 0; code == EW_OK && i < c->later_count && !n->there; i++)
        n->there = strcmp(c->later[i].path, path) == 0;
    if (code == EW_OK && !n->there)
        code = compare_kept(path, n->sha256, &n->there, err);
    if (code == EW_OK && !n->there)
        code = ew_mkdirs(folder, err);
    if (code == EW_OK && !n->there && fchmod(n->a.fd, 0400) != 0)
        code = ew_fail_sys(err, errno, "cannot protect '%s'", path);
    if (code == EW_OK && !n->there) {
        ew_free(n->a.path);
        n->a.path = path;
        path = NULL;
    }
    ew_free(folder);
    ew_free(path);
    return code;
}

/* Copies fd to a file beside the originals that has its name already but is not there yet. */
static ew_code make_copy(ew_case *c, int fd, new_copy *n, ew_err *err)
{
    char *path = ew_path_join(c->dir, "originals/new");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_atomic_open(&n->a, path, err);
    ew_free(path);
    if (code == EW_OK)
        code = copy_hashing(fd, n->a.fd, n->sha256, n->bytes, err);
    if (code == EW_OK)
        code = aim_copy(c, n, err);
    if (code != EW_OK || n->there)
        ew_atomic_abort(&n->a);
    return code;
}

ew_code ew_case_store(ew_case *c, int fd, uint8_t sha256[EW_SHA256_BYTES],
                      uint64_t *bytes, ew_err *err)
{
    new_copy n = {.a = {.fd = -1}, .sha256 = sha256, .bytes = bytes};
    ew_code code = make_copy(c, fd, &n, err);
    if (code == EW_OK && !n.there)
        code = ew_atomic_commit(&n.a, err);
    return code;
}

/* ------------------------------------------------------------------ many at a time */

ew_code ew_case_store_later(ew_case *c, int fd, uint8_t sha256[EW_SHA256_BYTES],
                            uint64_t *bytes, ew_err *err)
{
    new_copy n = {.a = {.fd = -1}, .sha256 = sha256, .bytes = bytes};
    if (c->later == NULL)
        c->later = ew_alloc_array(EW_CASE_LATER, sizeof *c->later);
    if (c->later == NULL)
        return ew_fail_nomem(err);
    if (c->later_count == EW_CASE_LATER)
        return ew_fail(err, EW_E_BUG, 0, "too many originals at a time");
    ew_code code = make_copy(c, fd, &n, err);
    if (code == EW_OK && !n.there)
        c->later[c->later_count++] = n.a;
    return code;
}

void ew_case__drop_later(ew_case *c)
{
    for (size_t i = 0; i < c->later_count; i++)
        ew_atomic_abort(&c->later[i]);
    c->later_count = 0;
    ew_free(c->later);
    c->later = NULL;
}

/* Each folder that got a file once. */
static ew_code sync_folders(ew_case *c, const bool used[FOLDERS], ew_err *err)
{
    char name[32];
    ew_code code = EW_OK;
    for (unsigned i = 0; i < FOLDERS && code == EW_OK; i++) {
        if (!used[i])
            continue;
        (void)snprintf(name, sizeof name, "originals/%02x", i);
        char *folder = ew_path_join(c->dir, name);
        code = folder != NULL ? ew_sync_dir(folder, err) : ew_fail_nomem(err);
        ew_free(folder);
    }
    return code;
}

/* The two digits that begin a file's name are its folder's. */
static unsigned folder_of(const char *path)
{
    unsigned folder = 0;
    const char *slash = strrchr(path, '/');
    for (int i = 1; slash != NULL && i <= 2; i++) {
        char d = slash[i];
        folder = folder * 16 + (unsigned)(d >= 'a' ? d - 'a' + 10 : d - '0');
    }
    return folder % FOLDERS;
}

ew_code ew_case_store_sync(ew_case *c, ew_err *err)
{
    bool used[FOLDERS] = {false};
    ew_code code = EW_OK;
    for (size_t i = 0; i < c->later_count && code == EW_OK; i++) {
        used[folder_of(c->later[i].path)] = true;
        code = ew_atomic_place(&c->later[i], err);
    }
    if (code == EW_OK)
        code = sync_folders(c, used, err);
    ew_case__drop_later(c);
    return code;
}

ew_code ew_case_stored(ew_case *c, const uint8_t sha256[EW_SHA256_BYTES], char **path,
                       ew_err *err)
{
    char *folder = NULL;
    ew_code code = paths_of(c, sha256, &folder, path, err);
    ew_free(folder);
    return code;
}

ew_code ew_case_unstore(ew_case *c, const uint8_t sha256[EW_SHA256_BYTES], ew_err *err)
{
    int64_t id = 0;
    bool undone;
    char *path = NULL;
    ew_code code = ew_case_same_content(c, sha256, &id, &undone, err);
    if (code == EW_OK && id != 0)
        code =
            ew_fail(err, EW_E_ARG, 0, "this is the original of item %lld", (long long)id);
    if (code == EW_OK)
        code = ew_case_stored(c, sha256, &path, err);
    if (code == EW_OK && unlink(path) != 0 && errno != ENOENT)
        code = ew_fail_sys(err, errno, "cannot remove '%s'", path);
    ew_free(path);
    return code;
}

ew_code ew_case_original(ew_case *c, int64_t item, char **path, ew_err *err)
{
    bool row;
    char *folder = NULL;
    ew_sql q = ew_sql_begin(c, "SELECT sha256 FROM item WHERE id=?", err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    if (code == EW_OK && !row)
        q.code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no item %lld", (long long)item);
    if (q.code == EW_OK) {
        ew_slice sha = ew_sql_col_blob(&q, 0);
        if (q.code == EW_OK && sha.n != EW_SHA256_BYTES)
            q.code =
                ew_fail(err, EW_E_FORMAT, 0, "item %lld is damaged", (long long)item);
        if (q.code == EW_OK)
            q.code = paths_of(c, (const uint8_t *)sha.p, &folder, path, err);
    }
    ew_free(folder);
    return ew_sql_end(&q);
}

ew_code ew_case_original_open(ew_case *c, int64_t item, int *fd, ew_err *err)
{
    char *path = NULL;
    *fd = -1;
    ew_code code = ew_case_original(c, item, &path, err);
    if (code == EW_OK)
        code = open_kept(path, fd, err);
    if (code == EW_OK && *fd < 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "the original of item %lld is missing",
                       (long long)item);
    ew_free(path);
    return code;
}

ew_code ew_case_original_whole(ew_case *c, int64_t item, int *fd, ew_err *err)
{
    uint8_t got[EW_SHA256_BYTES];
    char hex[EW_SHA256_HEX + 1];
    char *path = NULL;
    *fd = -1;
    ew_code code = ew_case_original(c, item, &path, err); /* ends with the hash */
    if (code == EW_OK)
        code = ew_case_original_open(c, item, fd, err);
    if (code == EW_OK)
        code = ew_sha256_fd(*fd, got, err);
    if (code == EW_OK) {
        ew_hex(got, sizeof got, hex);
        if (strcmp(strrchr(path, '/') + 1, hex) != 0)
            code = ew_fail(err, EW_E_FORMAT, 0,
                           "the original of item %lld is not what was put in; "
                           "'earwitness case verify' says more",
                           (long long)item);
    }
    if (code != EW_OK && *fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
    ew_free(path);
    return code;
}
