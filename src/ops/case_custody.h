/* SPDX-License-Identifier: Apache-2.0 */
/* Custody of a case's items: taking events back, correcting what is said, handing on, copying out. */
#ifndef EW_OPS_CASE_CUSTODY_H
#define EW_OPS_CASE_CUSTODY_H

#include "casefile/casefile.h"
#include "ops/case_people.h"

/* Takes an event back, by a new event "undo"; so also an undo. Analyses that stand on it go with it, each
 * by an event of its own; so does everything else that does when `all`, else they are EW_E_ARG with a text that names
 * them. told(): every event that was taken back, and by which. All of it is one step.
 * EW_E_NOTFOUND; EW_E_ARG for one that was taken back already, for one that tells what happened
 * outside (a copy, a look at an identity, an export, a seal), and for an undo of which what it would bring
 * back stands on something that was taken back, too. */
typedef struct ew_case_undo_how {
    ew_ops_actor by;
    bool all;
    void (*told)(void *cookie, int64_t event, int64_t by); /* may be NULL */
    void *cookie;
} ew_case_undo_how;
EW_MUST_CHECK ew_code ew_ops_case_undo(ew_case *c, int64_t event,
                                       const ew_case_undo_how *how, ew_err *err);

/* What is to be said of an item from now on; NULL: as it is. */
typedef struct ew_case_correction {
    const char *kind, *name, *origin, *obtained, *from, *note;
    const char *const *called; /* words that come to the others */
    size_t called_count;
} ew_case_correction;
/* One event "correct", with what was said before in its detail. EW_E_ARG when there is nothing to correct. */
EW_MUST_CHECK ew_code ew_ops_case_correct(ew_case *c, int64_t item,
                                          const ew_case_correction *to,
                                          const ew_ops_actor *by, int64_t *event,
                                          ew_err *err);

/* Writes down that an item was handed on, after looking whether its original is what it was: EW_E_FORMAT
 * when not. */
EW_MUST_CHECK ew_code ew_ops_case_hand(ew_case *c, int64_t item, const char *to,
                                       const ew_ops_actor *by, int64_t *event,
                                       ew_err *err);

/* Copies an original to a new file: the event "copy" is on disk before the file is there. EW_E_ARG when
 * there is a file already, EW_E_FORMAT when the original was changed. */
EW_MUST_CHECK ew_code ew_ops_case_get(ew_case *c, int64_t item, const char *path,
                                      const ew_ops_actor *by, int64_t *event,
                                      ew_err *err);

#endif
