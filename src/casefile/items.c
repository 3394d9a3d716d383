/* SPDX-License-Identifier: Apache-2.0 */
/* Items, their originals by hash, and results attached to them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/utf8.h"
#include "casefile/events.h"
#include "casefile/sql.h"

enum { COPY_BLOCK = 256 * 1024, HASH_MIN = 4 };

/* ------------------------------------------------------------------ originals */

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
    uint8_t *block = ew_alloc(COPY_BLOCK);
    if (block == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_sha256_new(&h, err);
    *bytes = 0;
    while (code == EW_OK) {
        ssize_t n = pread(fd, block, COPY_BLOCK, (off_t)*bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            code = ew_fail_sys(err, errno, "cannot read what is to be kept");
        if (n <= 0)
            break;
        code = ew_sha256_feed(h, block, (size_t)n, err);
        if (code == EW_OK)
            code = ew_write_all(out, block, (size_t)n, err);
        *bytes += (uint64_t)n;
    }
    if (code == EW_OK)
        code = ew_sha256_finish(h, sha256, err);
    ew_sha256_free(h);
    ew_free(block);
    return code;
}

/* Is what stands under this hash really that? Whoever changed it must not go unnoticed. */
static ew_code compare_kept(const char *path, const uint8_t sha256[EW_SHA256_BYTES],
                            bool *there, ew_err *err)
{
    uint8_t got[EW_SHA256_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    *there = fd >= 0;
    if (fd < 0)
        return errno == ENOENT ? EW_OK
                               : ew_fail_sys(err, errno, "cannot read '%s'", path);
    ew_code code = ew_sha256_fd(fd, got, err);
    (void)close(fd);
    if (code == EW_OK && memcmp(got, sha256, sizeof got) != 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "the original '%s' was changed", path);
    return code;
}

static ew_code place_copy(ew_case *c, ew_atomic *a, const uint8_t sha256[EW_SHA256_BYTES],
                          ew_err *err)
{
    char *folder = NULL;
    char *path = NULL;
    bool there = false;
    ew_code code = paths_of(c, sha256, &folder, &path, err);
    if (code == EW_OK)
        code = compare_kept(path, sha256, &there, err);
    if (code == EW_OK && !there)
        code = ew_mkdirs(folder, err);
    if (code == EW_OK && !there && fchmod(a->fd, 0400) != 0)
        code = ew_fail_sys(err, errno, "cannot protect '%s'", path);
    if (code == EW_OK && !there) {
        ew_free(a->path); /* the name that its content gives it */
        a->path = path;
        path = NULL;
        code = ew_atomic_commit(a, err);
    } else {
        ew_atomic_abort(a);
    }
    ew_free(folder);
    ew_free(path);
    return code;
}

ew_code ew_case_store(ew_case *c, int fd, uint8_t sha256[EW_SHA256_BYTES],
                      uint64_t *bytes, ew_err *err)
{
    ew_atomic a;
    char *path = ew_path_join(c->dir, "originals/new");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_atomic_open(&a, path, err);
    ew_free(path);
    if (code != EW_OK)
        return code;
    code = copy_hashing(fd, a.fd, sha256, bytes, err);
    if (code == EW_OK)
        return place_copy(c, &a, sha256, err);
    ew_atomic_abort(&a);
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

/* ------------------------------------------------------------------ items */

/* Names are UTF-8 without controls; what is longer than a name can be is not one. */
static ew_code check_texts(const char *const *texts, size_t n, ew_err *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = texts[i] != NULL ? strlen(texts[i]) : 0;
        if (length > EW_CASE_NAME)
            return ew_fail(err, EW_E_LIMIT, 0, "a text of more than %d bytes",
                           (int)EW_CASE_NAME);
        if (length > 0 && !ew_utf8_valid(texts[i], length))
            return ew_fail(err, EW_E_ARG, 0, "a text that is not UTF-8");
    }
    return EW_OK;
}

static ew_code same_content(ew_case *c, const uint8_t *sha256, int64_t *id, ew_err *err)
{
    ew_sql q = ew_sql_begin(c, "SELECT id FROM item WHERE sha256=?", err);
    ew_sql_blob(&q, sha256, EW_SHA256_BYTES);
    return ew_sql_number(&q, id);
}

ew_code ew_case_add_item(ew_case *c, const ew_case_item *i, int64_t *id, ew_err *err)
{
    const char *const texts[] = {i->kind,     i->name, i->origin,
                                 i->obtained, i->from, i->note};
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK)
        code = check_texts(texts, sizeof texts / sizeof texts[0], err);
    if (code == EW_OK)
        code = same_content(c, i->sha256, id, err);
    if (code == EW_OK && *id != 0)
        code = ew_fail(err, EW_E_ARG, 0, "this is item %lld already", (long long)*id);
    if (code != EW_OK)
        return code;
    ew_sql q = ew_sql_begin(c, "INSERT INTO item VALUES(NULL,?,?,?,?,?,?,?,?,?,?)", err);
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        ew_sql_words(&q, texts[k]);
    ew_sql_int(&q, i->parent);
    ew_sql_blob(&q, i->sha256, sizeof i->sha256);
    ew_sql_int(&q, (int64_t)i->bytes);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, id);
}

static void fill_item(ew_case *c, ew_sql *q, ew_case_item *i)
{
    *i = (ew_case_item){.id = ew_sql_col_int(q, 0),
                        .kind = ew_sql_col_text(q, 1),
                        .name = ew_sql_col_text(q, 2),
                        .origin = ew_sql_col_text(q, 3),
                        .obtained = ew_sql_col_text(q, 4),
                        .from = ew_sql_col_text(q, 5),
                        .note = ew_sql_col_text(q, 6),
                        .parent = ew_sql_col_int(q, 7),
                        .bytes = (uint64_t)ew_sql_col_int(q, 9),
                        .added = ew_sql_col_int(q, 10)};
    ew_slice sha = ew_sql_col_blob(q, 8);
    if (sha.n == sizeof i->sha256)
        memcpy(i->sha256, sha.p, sha.n);
    i->undone = ew_case__undone(c, i->added);
}

ew_code ew_case_items(ew_case *c,
                      ew_code (*put)(void *cookie, const ew_case_item *i, ew_err *err),
                      void *cookie, ew_err *err)
{
    bool row;
    ew_case_item i;
    ew_sql q = ew_sql_begin(c, "SELECT * FROM item ORDER BY id", err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        fill_item(c, &q, &i);
        if (q.code == EW_OK)
            q.code = put(cookie, &i, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* What a person typed, against every item. */
typedef struct finder {
    const char *what;
    bool is_hash;
    int64_t number, found;
    uint64_t count;
} finder;

static ew_code look(void *cookie, const ew_case_item *i, ew_err *err)
{
    finder *f = cookie;
    char hex[EW_SHA256_HEX + 1];
    (void)err;
    ew_hex(i->sha256, sizeof i->sha256, hex);
    bool fits = i->id == f->number || strcmp(i->name, f->what) == 0 ||
                (f->is_hash && strncmp(hex, f->what, strlen(f->what)) == 0);
    if (fits) {
        f->found = i->id;
        f->count++;
    }
    return EW_OK;
}

ew_code ew_case_find_item(ew_case *c, const char *what, int64_t *id, ew_err *err)
{
    uint64_t number = 0;
    finder f = {.what = what, .number = -1};
    if (ew_slice_u64(ew_slice_of(what), &number) && number <= INT64_MAX)
        f.number = (int64_t)number;
    f.is_hash = strlen(what) >= HASH_MIN && strlen(what) <= EW_SHA256_HEX &&
                strspn(what, "0123456789abcdef") == strlen(what);
    ew_code code = ew_case_items(c, look, &f, err);
    if (code == EW_OK && f.count == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "no item of the case is '%s'", what);
    if (code == EW_OK && f.count > 1)
        code = ew_fail(err, EW_E_ARG, 0, "%llu items of the case are '%s'",
                       (unsigned long long)f.count, what);
    *id = f.found;
    return code;
}

/* ------------------------------------------------------------------ results */

ew_code ew_case_add_analysis(ew_case *c, const ew_case_analysis *a, int64_t *id,
                             ew_err *err)
{
    ew_code code = ew_case__in_event(c, err);
    if (code != EW_OK)
        return code;
    if (strlen(a->result) > EW_CASE_JSON)
        return ew_fail(err, EW_E_LIMIT, 0, "a result of more than %d MB",
                       (int)(EW_CASE_JSON >> 20));
    ew_sql q = ew_sql_begin(c, "INSERT INTO analysis VALUES(NULL,?,?,?,?,?,?,?)", err);
    ew_sql_int(&q, a->item);
    ew_sql_int(&q, a->other);
    ew_sql_words(&q, a->tool);
    ew_sql_words(&q, a->version);
    ew_sql_words(&q, a->settings);
    ew_sql_words(&q, a->result);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, id);
}

ew_code ew_case_analyses(ew_case *c, int64_t item,
                         ew_code (*put)(void *cookie, const ew_case_analysis *a,
                                        ew_err *err),
                         void *cookie, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(
        c, "SELECT * FROM analysis WHERE ?1=0 OR item=?1 OR other=?1 ORDER BY id", err);
    ew_sql_int(&q, item);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_case_analysis a = {.id = ew_sql_col_int(&q, 0),
                              .item = ew_sql_col_int(&q, 1),
                              .other = ew_sql_col_int(&q, 2),
                              .tool = ew_sql_col_text(&q, 3),
                              .version = ew_sql_col_text(&q, 4),
                              .settings = ew_sql_col_text(&q, 5),
                              .result = ew_sql_col_text(&q, 6),
                              .event = ew_sql_col_int(&q, 7)};
        if (q.code == EW_OK)
            q.code = put(cookie, &a, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}
