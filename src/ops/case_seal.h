/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a case on the desk's log: one signed statement over the value of their chain, which fixes all of
 * them. docs/formats/case.md, "seals". */
#ifndef EW_OPS_CASE_SEAL_H
#define EW_OPS_CASE_SEAL_H

#include "casefile/casefile.h"
#include "ops/seal_desk.h"

#define EW_CASE_SEAL_KIND "seal" /* of the event that keeps the receipt */

typedef struct ew_case_sealed {
    int64_t event;  /* with the receipt; 0: nothing was sealed yet */
    int64_t upto;   /* the last event that is sealed */
    uint64_t entry; /* of the log */
    char log[EW_KEY_NAME_MAX + 1];
    uint64_t seals;    /* so far */
    uint64_t unsealed; /* events since, other than receipts */
} ew_case_sealed;

/* What the case itself says. EW_E_FORMAT when a receipt cannot be read. */
EW_MUST_CHECK ew_code ew_ops_case_sealed(ew_case *c, ew_case_sealed *out, ew_err *err);

/* Signs the value of the chain with the desk's statement key, puts that on its log, and keeps the receipt as an
 * event. EW_E_NOTFOUND when all events are sealed already. Killed between the two, the log has an entry of
 * which the case knows nothing, and the next seal covers the same events. */
EW_MUST_CHECK ew_code ew_ops_case_seal(ew_case *c, const ew_desk *d, const char *who,
                                       const char *purpose, ew_case_sealed *out,
                                       ew_err *err);

/* Are the events those that were sealed? Of every receipt: that the chain has the value it commits to; with
 * the desk's folder (dir, or NULL), which needs no passphrase, also that the statement is signed by a
 * key of that desk and stands in its log. problem() gets one line each. */
EW_MUST_CHECK ew_code ew_ops_case_sealed_check(
    ew_case *c, const char *dir, void (*problem)(void *cookie, const char *text),
    void *cookie, ew_case_sealed *out, ew_err *err);

#endif
