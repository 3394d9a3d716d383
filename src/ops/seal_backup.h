/* SPDX-License-Identifier: Apache-2.0 */
/* The desk in one file that age opens, and back again. docs/formats/backup.md. */
#ifndef EW_OPS_SEAL_BACKUP_H
#define EW_OPS_SEAL_BACKUP_H

#include "ops/seal_desk.h"
#include "seal/age.h"

typedef struct ew_backup_opts {
    const ew_age_recipients *recipients; /* two at least */
    const char *out;
    bool armor;
    int64_t time; /* now, POSIX seconds */
} ew_backup_opts;

typedef struct ew_backed_up {
    uint64_t files, secrets; /* secrets: those of the files that hold some */
    ew_log_state log;
} ew_backed_up;

/* Writes all that cannot be made again, secrets unlocked, through age into opts->out; nothing
 * else is written. What was at `out` stays until the backup is complete. EW_E_ARG with less than
 * two recipients, EW_E_NOTFOUND where there is no
 * log (a witness that is set back could sign two histories), EW_E_BUSY while another process writes to the log, EW_E_FORMAT when a secret
 * does not open, or a file is of no kind that is known: half a backup is none. */
EW_MUST_CHECK ew_code ew_ops_backup(const ew_desk *d, const ew_backup_opts *opts,
                                    ew_backed_up *done, ew_err *err);

typedef struct ew_restore_opts {
    const char *backup;
    const ew_age_opening *with;
    const char *dir;           /* the new desk; not there yet, or an empty folder */
    const ew_secret *pass;     /* of the new desk */
    const ew_vault_cost *cost; /* NULL for the default */
    const ew_progress *prog;   /* or NULL */
    const char *log;           /* a copy of the log as it was published later, or NULL */
    ew_slice
        checkpoint; /* the newest one that is known, or empty: the log must not be behind */
} ew_restore_opts;

typedef struct ew_restored {
    uint64_t files;
    int64_t time;      /* of the backup */
    ew_log_state log;  /* as it is now */
    uint64_t regained; /* entries that came from the published copy */
    uint64_t newest;   /* entries of the checkpoint that was given; 0: none was */
    bool behind;       /* these are more than the log has; it is closed for writing */
} ew_restored;

/* Makes the desk again, with new locks under the new passphrase. It appears complete or not at
 * all. EW_E_ARG when something is there, or the checkpoint is not of this log; EW_E_NOTFOUND
 * when the backup is for others; EW_E_FORMAT when it is damaged, no backup, or of another
 * history than the checkpoint. */
EW_MUST_CHECK ew_code ew_ops_restore(const ew_restore_opts *opts, ew_restored *done,
                                     ew_err *err);

#endif
