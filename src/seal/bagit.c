/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a bag beside its final name; the rename is the last step. */
#include "seal/bagit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "seal/bag_temp.h"

enum { MANIFEST_MAX = 256 << 20, INFO_MAX = 1 << 20 };

#define PAYLOAD "data/"

typedef struct entry {
    char *path;
    bool folder;
    char hex[EW_SHA256_HEX + 1];
} entry;

struct ew_bag {
    char *dir;  /* final name */
    char *temp; /* present name; NULL when it has its final one */
    int lock;   /* on it */
    entry *entries;
    size_t n, cap;
    size_t *slots;     /* entries by the hash of their path, from 1 on; 0: free */
    size_t slot_count; /* a power of two, more than twice as many as entries */
    ew_buf info;
    uint64_t bytes, files; /* of the payload */
    ew_sha256 *hash;
    ew_atomic file; /* the one that is being written */
    entry *now;     /* its entry */
};

/* ------------------------------------------------------------------ beginning and end */

ew_code ew_bag_new(ew_bag **out, const char *dir, ew_err *err)
{
    struct stat st;
    *out = NULL;
    if (dir[0] == 0 || dir[strlen(dir) - 1] == '/' || lstat(dir, &st) == 0)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is there already, or no name of a folder",
                       dir);
    ew_bag *b = ew_alloc(sizeof *b);
    if (b == NULL)
        return ew_fail_nomem(err);
    b->file.fd = b->lock = -1;
    ew_buf_init(&b->info, INFO_MAX);
    b->dir = ew_strdup(dir);
    char *parent = ew_path_parent(dir);
    ew_code code = b->dir != NULL && parent != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_sha256_new(&b->hash, err);
    if (code == EW_OK)
        code = ew_bag__temp(parent, &b->temp, &b->lock, err);
    ew_free(parent);
    if (code == EW_OK)
        *out = b;
    else
        ew_bag_free(b);
    return code;
}

/* Entries lie after the folders that they are in. Needs no memory: there may be none. */
static void remove_all(const ew_bag *b)
{
    int dir = open(b->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = b->n; i > 0 && dir >= 0; i--)
        (void)unlinkat(dir, b->entries[i - 1].path,
                       b->entries[i - 1].folder ? AT_REMOVEDIR : 0);
    if (dir >= 0)
        (void)close(dir);
    (void)rmdir(b->temp);
}

void ew_bag_free(ew_bag *b)
{
    if (b == NULL)
        return;
    ew_atomic_abort(&b->file);
    if (b->temp != NULL)
        remove_all(b);
    if (b->lock >= 0)
        (void)close(b->lock);
    for (size_t i = 0; i < b->n; i++)
        ew_free(b->entries[i].path);
    ew_free(b->entries);
    ew_free(b->slots);
    ew_buf_release(&b->info);
    ew_sha256_free(b->hash);
    ew_free(b->temp);
    ew_free(b->dir);
    ew_free(b);
}

/* ------------------------------------------------------------------ files */

static bool path_ok(const char *path)
{
    size_t n = strlen(path);
    if (n == 0 || n > EW_BAG_PATH || path[0] == '/' || path[n - 1] == '/' ||
        !ew_utf8_valid(path, n))
        return false;
    for (const char *p = path; p != NULL; p = strchr(p, '/')) {
        p += *p == '/';
        if (*p == 0 || *p == '/' || *p == '.')
            return false;
    }
    return true;
}

/* FNV-1a. Paths are the writer's own: nobody gains by making them meet. */
static size_t hash_of(const char *path)
{
    uint64_t h = 0xCBF29CE484222325;
    for (const char *p = path; *p != 0; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001B3;
    return (size_t)(h ^ (h >> 32));
}

/* The slot of a path, or the free one where it belongs. */
static size_t slot_of(const ew_bag *b, const char *path)
{
    size_t i = hash_of(path) & (b->slot_count - 1);
    while (b->slots[i] != 0 && strcmp(b->entries[b->slots[i] - 1].path, path) != 0)
        i = (i + 1) & (b->slot_count - 1);
    return i;
}

static const entry *find(const ew_bag *b, const char *path)
{
    size_t slot = b->slot_count > 0 ? slot_of(b, path) : 0;
    return b->slot_count > 0 && b->slots[slot] != 0 ? &b->entries[b->slots[slot] - 1]
                                                    : NULL;
}

static ew_code grow(ew_bag *b, ew_err *err)
{
    size_t cap = b->cap > 0 ? 2 * b->cap : 64;
    size_t *slots = ew_alloc_array(4 * cap, sizeof *slots);
    if (slots == NULL)
        return ew_fail_nomem(err);
    entry *more = ew_realloc_array(b->entries, cap, sizeof *more);
    if (more == NULL) {
        ew_free(slots);
        return ew_fail_nomem(err);
    }
    b->entries = more;
    b->cap = cap;
    ew_free(b->slots);
    b->slots = slots;
    b->slot_count = 4 * cap;
    for (size_t i = 0; i < b->n; i++)
        b->slots[slot_of(b, b->entries[i].path)] = i + 1;
    return EW_OK;
}

static ew_code add_entry(ew_bag *b, const char *path, size_t bytes, bool folder,
                         ew_err *err)
{
    ew_code code = b->n == b->cap ? grow(b, err) : EW_OK;
    if (code != EW_OK)
        return code;
    entry *e = &b->entries[b->n];
    *e = (entry){.path = ew_alloc(bytes + 1), .folder = folder};
    if (e->path == NULL)
        return ew_fail_nomem(err);
    memcpy(e->path, path, bytes);
    size_t slot = slot_of(b, e->path);
    b->slots[slot] = ++b->n;
    return EW_OK;
}

/* Folder of the first `bytes` bytes of a path, unless it is there. */
static ew_code make_folder(ew_bag *b, const char *path, size_t bytes, ew_err *err)
{
    char name[EW_BAG_PATH + 1];
    memcpy(name, path, bytes);
    name[bytes] = 0;
    const entry *there = find(b, name);
    if (there != NULL)
        return there->folder
                   ? EW_OK
                   : ew_fail(err, EW_E_ARG, 0, "'%s' is a file of the bag", name);
    char *full = ew_path_join(b->temp, name);
    ew_code code = full != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK && mkdir(full, 0777) != 0)
        code = ew_fail_sys(err, errno, "cannot create folder '%s'", full);
    if (code == EW_OK)
        code = add_entry(b, path, bytes, true, err);
    if (code != EW_OK && full != NULL)
        (void)rmdir(full);
    ew_free(full);
    return code;
}

ew_code ew_bag_begin(ew_bag *b, const char *path, ew_err *err)
{
    if (b->now != NULL || !path_ok(path) || find(b, path) != NULL)
        return ew_fail(err, EW_E_ARG, 0, "not a new path in a bag: '%s'", path);
    ew_code code = EW_OK;
    for (const char *p = strchr(path, '/'); p != NULL && code == EW_OK;
         p = strchr(p + 1, '/'))
        code = make_folder(b, path, (size_t)(p - path), err);
    if (code == EW_OK)
        code = add_entry(b, path, strlen(path), false, err);
    char *full = code == EW_OK ? ew_path_join(b->temp, path) : NULL;
    if (code == EW_OK)
        code = full != NULL ? ew_atomic_open(&b->file, full, err) : ew_fail_nomem(err);
    ew_free(full);
    if (code == EW_OK)
        code = ew_sha256_restart(b->hash, err);
    if (code == EW_OK)
        b->now = &b->entries[b->n - 1];
    return code;
}

ew_code ew_bag_write(ew_bag *b, const void *bytes, size_t n, ew_err *err)
{
    if (b->now == NULL)
        return ew_fail(err, EW_E_ARG, 0, "no file of the bag is open");
    ew_code code = ew_sha256_feed(b->hash, bytes, n, err);
    if (code == EW_OK)
        code = ew_write_named(b->file.fd, b->file.path, bytes, n, err);
    if (code == EW_OK && strncmp(b->now->path, PAYLOAD, strlen(PAYLOAD)) == 0)
        b->bytes += n;
    return code;
}

ew_code ew_bag_end(ew_bag *b, ew_err *err)
{
    uint8_t sum[EW_SHA256_BYTES];
    if (b->now == NULL)
        return ew_fail(err, EW_E_ARG, 0, "no file of the bag is open");
    ew_code code = ew_sha256_finish(b->hash, sum, err);
    if (code == EW_OK)
        code = ew_atomic_place(&b->file, err);
    ew_hex(sum, sizeof sum, b->now->hex);
    b->files += strncmp(b->now->path, PAYLOAD, strlen(PAYLOAD)) == 0;
    b->now = NULL;
    return code;
}

ew_code ew_bag_put(ew_bag *b, const char *path, const void *bytes, size_t n, ew_err *err)
{
    ew_code code = ew_bag_begin(b, path, err);
    if (code == EW_OK && n > 0)
        code = ew_bag_write(b, bytes, n, err);
    return code == EW_OK ? ew_bag_end(b, err) : code;
}

/* ------------------------------------------------------------------ what describes it */

static bool one_line(const char *text)
{
    for (const char *p = text; *p != 0; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F)
            return false;
    return text[0] != 0 && ew_utf8_valid(text, strlen(text));
}

ew_code ew_bag_info(ew_bag *b, const char *label, const char *value, ew_err *err)
{
    if (!one_line(label) || !one_line(value) || strchr(label, ':') != NULL)
        return ew_fail(err, EW_E_ARG, 0, "not a line of bag-info.txt");
    return ew_buf_printf(&b->info, err, "%s: %s\n", label, value);
}

void ew_bag_payload(const ew_bag *b, uint64_t *bytes, uint64_t *files)
{
    *bytes = b->bytes;
    *files = b->files;
}

/* Line ends and per cent signs are encoded (RFC 8493, 2.1.3), nothing else. */
static ew_code append_path(ew_buf *m, const char *path, ew_err *err)
{
    ew_code code = EW_OK;
    for (const char *p = path; *p != 0 && code == EW_OK; p++) {
        if (*p == '\n' || *p == '\r' || *p == '%')
            code = ew_buf_printf(m, err, "%%%02X", (unsigned)(unsigned char)*p);
        else
            code = ew_buf_append(m, p, 1, err);
    }
    return code;
}

static int by_path(const void *x, const void *y)
{
    const entry *const *a = x;
    const entry *const *b = y;
    return strcmp((*a)->path, (*b)->path);
}

/* Of the payload, or of all other files. */
static ew_code append_manifest(const ew_bag *b, bool payload, ew_buf *m, ew_err *err)
{
    size_t n = 0;
    const entry **sorted = ew_alloc_array(b->n, sizeof *sorted);
    ew_code code = sorted != NULL ? EW_OK : ew_fail_nomem(err);
    for (size_t i = 0; i < b->n && code == EW_OK; i++) {
        const entry *e = &b->entries[i];
        if (!e->folder && (strncmp(e->path, PAYLOAD, strlen(PAYLOAD)) == 0) == payload)
            sorted[n++] = e;
    }
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_path);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        code = ew_buf_printf(m, err, "%s  ", sorted[i]->hex);
        if (code == EW_OK)
            code = append_path(m, sorted[i]->path, err);
        if (code == EW_OK)
            code = ew_buf_append(m, "\n", 1, err);
    }
    ew_free(sorted);
    return code;
}

static ew_code put_manifest(ew_bag *b, bool payload, ew_err *err)
{
    ew_buf m;
    ew_buf_init(&m, MANIFEST_MAX);
    ew_code code = append_manifest(b, payload, &m, err);
    if (code == EW_OK)
        code = ew_bag_put(b, payload ? "manifest-sha256.txt" : "tagmanifest-sha256.txt",
                          m.data, m.len, err);
    ew_buf_release(&m);
    return code;
}

static ew_code describe(ew_bag *b, ew_err *err)
{
    static const char bagit[] =
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    ew_code code = EW_OK;
    if (find(b, "data") == NULL) /* an empty payload has its folder all the same */
        code = make_folder(b, "data", 4, err);
    if (code == EW_OK)
        code = ew_buf_printf(&b->info, err, "Payload-Oxum: %ju.%ju\n",
                             (uintmax_t)b->bytes, (uintmax_t)b->files);
    if (code == EW_OK)
        code = ew_bag_put(b, "bagit.txt", bagit, sizeof bagit - 1, err);
    if (code == EW_OK)
        code = ew_bag_put(b, "bag-info.txt", b->info.data, b->info.len, err);
    if (code == EW_OK)
        code = put_manifest(b, true, err);
    return code == EW_OK ? put_manifest(b, false, err) : code;
}

static ew_code sync_folders(const ew_bag *b, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = b->n; i > 0 && code == EW_OK; i--) {
        if (!b->entries[i - 1].folder)
            continue;
        char *path = ew_path_join(b->temp, b->entries[i - 1].path);
        code = path != NULL ? ew_sync_dir(path, err) : ew_fail_nomem(err);
        ew_free(path);
    }
    return code == EW_OK ? ew_sync_dir(b->temp, err) : code;
}

/* Nothing that came there meanwhile is replaced. */
static ew_code take_name(ew_bag *b, ew_err *err)
{
    int failed = renameat2(AT_FDCWD, b->temp, AT_FDCWD, b->dir, RENAME_NOREPLACE);
    struct stat st;
    if (failed != 0 && errno == EINVAL && lstat(b->dir, &st) != 0)
        failed = rename(b->temp, b->dir); /* a file system that cannot do it */
    if (failed != 0)
        return ew_fail_sys(err, errno, "cannot name the bag '%s'", b->dir);
    ew_free(b->temp);
    b->temp = NULL;
    char *parent = ew_path_parent(b->dir);
    ew_code code = parent != NULL ? ew_sync_dir(parent, err) : ew_fail_nomem(err);
    ew_free(parent);
    return code;
}

ew_code ew_bag_finish(ew_bag *b, ew_err *err)
{
    if (b->now != NULL || b->temp == NULL)
        return ew_fail(err, EW_E_ARG, 0, "a bag that cannot be finished");
    ew_code code = describe(b, err);
    if (code == EW_OK)
        code = sync_folders(b, err);
    return code == EW_OK ? take_name(b, err) : code;
}
