/* SPDX-License-Identifier: Apache-2.0 */
/* How files of the desk stand in its backup. docs/formats/backup.md. */
#ifndef EW_OPS_SEAL_BACKUP_FORM_H
#define EW_OPS_SEAL_BACKUP_FORM_H

#include "ops/seal_backup.h"

#define EW_BACKUP__MANIFEST "earwitness-backup"
#define EW_BACKUP__OPEN ".open" /* ends the name of what holds an unlocked secret */

enum {
    EW_BACKUP__PATH_MAX = 250,
    EW_BACKUP__DEPTH_MAX = 8,
    EW_BACKUP__ENTRIES_MAX = 1 << 20,
    EW_BACKUP__SMALL_MAX = 64 << 20, /* bytes of a file that may be locked */
    EW_BACKUP__OPEN_MAX = 512 * 1024 /* of an unlocked one */
};

#define EW_BACKUP__LARGE_MAX                                                             \
    (((uint64_t)8 << 30) - 1) /* of all others: what ustar can say */

typedef struct ew_backup__manifest {
    int64_t time;
    uint64_t entries; /* folders and files that follow */
    ew_log_state log;
} ew_backup__manifest;

EW_MUST_CHECK ew_code ew_backup__append_manifest(ew_buf *b, const ew_backup__manifest *m,
                                                 ew_err *err);
/* EW_E_FORMAT, EW_E_VERSION. */
EW_MUST_CHECK ew_code ew_backup__parse_manifest(ew_backup__manifest *m, ew_slice text,
                                                ew_err *err);

/* A relative path of harmless names. */
bool ew_backup__path_ok(const char *path);
/* What is made anew, or belongs to a process, or is to be forgotten: the vault's file, locks,
 * temporary files, names that end in ".gone". */
bool ew_backup__left_out(const char *path);
/* In log/, time/ and left/ nothing is locked, and all sizes are possible. */
bool ew_backup__is_plain(const char *path);

/* Unlocks the content of a file of the desk. *locked is false, and out empty, when nothing in it
 * is locked. EW_E_FORMAT when it does not open or it cannot be told what it is. */
EW_MUST_CHECK ew_code ew_backup__unlock(const ew_vault *v, const char *path,
                                        ew_slice file, ew_secret *out, bool *locked,
                                        ew_err *err);

/* The way back: appends what belongs into the file. */
EW_MUST_CHECK ew_code ew_backup__lock(const ew_vault *v, ew_slice opened, ew_buf *file,
                                      ew_err *err);

/* Tells how far it is; EW_E_CANCELLED. prog may be NULL. */
EW_MUST_CHECK ew_code ew_backup__tick(const ew_progress *prog, uint64_t done,
                                      uint64_t total, ew_err *err);

/* Looks at a restored desk: keys; the log, which must be what done->log says; a published copy of
 * that, which takes its place; the checkpoint. Fills in the rest of *done. EW_E_ARG for a copy or a
 * checkpoint of another log, else EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_backup__check(const ew_desk *d, const ew_restore_opts *opts,
                                       ew_restored *done, ew_err *err);

/* A folder with all that is in it. */
EW_MUST_CHECK ew_code ew_backup__remove(const char *path, ew_err *err);

#endif
