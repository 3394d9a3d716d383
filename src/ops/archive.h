/* SPDX-License-Identifier: Apache-2.0 */
/* The archive as a whole: where it is, getting its lock, removing, verifying, compacting. */
#ifndef EW_OPS_ARCHIVE_H
#define EW_OPS_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"
#include "earwitness/index.h"
#include "earwitness/progress.h"
#include "ops/input.h"
#include "ops/wait.h"

/* The archive's folder: `option` when not NULL, else EARWITNESS_ARCHIVE, else
 * $XDG_DATA_HOME/earwitness/archive, else ~/.local/share/earwitness/archive.
 * Free with ew_free. EW_E_NOTFOUND when there is no home folder either. */
EW_MUST_CHECK ew_code ew_ops_archive_dir(const char *option, char **dir, ew_err *err);

/* ew_index_writer_open that can be interrupted. */
EW_MUST_CHECK ew_code ew_ops_writer_open(ew_index_writer **out, const char *dir,
                                         const ew_wait *wait, ew_err *err);

/* One operand of `remove`. `rec` is borrowed during the call; NULL with why->code set when
 * there is no such recording or more than one. */
typedef void (*ew_remove_each)(void *cookie, const char *what, const ew_recording *rec,
                               const ew_err *why);

/* Takes recordings out of the archive, named by SHA-256, prefix, name or path. With dry_run
 * only says which. *removed counts recordings. */
typedef struct ew_remove_opts {
    ew_wait wait;
    bool dry_run;
    ew_remove_each each;
    void *cookie;
} ew_remove_opts;
EW_MUST_CHECK ew_code ew_ops_remove(const char *dir, const char *const *what, size_t n,
                                    const ew_remove_opts *opts, uint64_t *removed,
                                    ew_err *err);

/* Gives back the space of removed recordings. before and after: bytes of the folder. */
EW_MUST_CHECK ew_code ew_ops_compact(const char *dir, const ew_wait *wait,
                                     const ew_progress *prog, uint64_t *before,
                                     uint64_t *after, ew_err *err);

/* What the user can do about an error, as a clause that follows its text: "free some space".
 * "" when there is nothing to add to what the text says. The first is for errors of the
 * archive or of a whole command, the second for those of one file that was to be read. */
const char *ew_ops_advice(const ew_err *err);
const char *ew_ops_input_advice(const ew_err *err);

#endif
