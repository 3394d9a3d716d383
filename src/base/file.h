/* SPDX-License-Identifier: Apache-2.0 */
/* Files: whole reads and writes, atomic replacement, durable folders. */
#ifndef EW_BASE_FILE_H
#define EW_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/* Reads exactly n bytes at offset; a short file is EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_pread_all(int fd, void *out, size_t n, uint64_t offset,
                                   ew_err *err);

/* Writes all n bytes; retries on EINTR. Tests can fail the n-th call with ew_write_fail_at. */
EW_MUST_CHECK ew_code ew_write_all(int fd, const void *bytes, size_t n, ew_err *err);

/* The same to a file whose name errors tell; path: or NULL. */
EW_MUST_CHECK ew_code ew_write_named(int fd, const char *path, const void *bytes,
                                     size_t n, ew_err *err);

/* A file that appears complete or not at all: written beside `path` under a temporary
 * name, flushed, synced, renamed, folder synced. */
#define EW_TEMP_PREFIX ".ew-tmp-" /* what a killed process may leave in the folder */

typedef struct ew_atomic {
    int fd;
    char *path; /* final name */
    char *temp; /* present name */
} ew_atomic;

/* EW_E_ARG when path is there and not a regular file (a device must not be replaced). */
EW_MUST_CHECK ew_code ew_atomic_open(ew_atomic *a, const char *path, ew_err *err);
/* Makes it visible. On failure the temporary file is gone. Releases either way. */
EW_MUST_CHECK ew_code ew_atomic_commit(ew_atomic *a, ew_err *err);
/* The same without syncing the folder, for many files in a row: the name may be lost by a
 * power failure until ew_sync_dir has been called for the folder. */
EW_MUST_CHECK ew_code ew_atomic_place(ew_atomic *a, ew_err *err);
void ew_atomic_abort(ew_atomic *a); /* fine after commit, and on a zeroed struct */

/* Atomic whole-file write. */
EW_MUST_CHECK ew_code ew_file_put(const char *path, const void *bytes, size_t n,
                                  ew_err *err);

/* Whole file appended to b (ceiling of b applies); EW_E_NOTFOUND when there is none. */
EW_MUST_CHECK ew_code ew_file_get(const char *path, ew_buf *b, ew_err *err);

/* Like mkdir -p, mode 0777 & ~umask. */
EW_MUST_CHECK ew_code ew_mkdirs(const char *path, ew_err *err);
EW_MUST_CHECK ew_code ew_sync_dir(const char *path, ew_err *err);

/* "dir/name" with exactly one slash; NULL when out of memory; free with ew_free. */
char *ew_path_join(const char *dir, const char *name);

/* What comes after the last slash, in `path`; all of it when that is nothing. */
const char *ew_path_name(const char *path);

/* The folder of a path, "." for a bare name and "/" for what lies in the root; NULL when out of
 * memory; free with ew_free. */
char *ew_path_parent(const char *path);

/* Tests: the n-th write (0 = next) and all after it fail with ENOSPC; n < 0: off. */
void ew_write_fail_at(int64_t n);
int64_t ew_write_count(void);

/* The same for syncing of files and folders; they fail with EIO. */
void ew_sync_fail_at(int64_t n);
int64_t ew_sync_count(void);

#endif
