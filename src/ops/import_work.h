/* SPDX-License-Identifier: Apache-2.0 */
/* One import at work, as its parts share it. */
#ifndef EW_OPS_IMPORT_WORK_H
#define EW_OPS_IMPORT_WORK_H

#include "casefile/records.h"
#include "ops/import_store.h"

enum { EW_IMPORT_NAMES = 256 };

/* One import at work: what the reader tells goes to the case, when there is one, and is counted. */
typedef struct ew_import_work {
    ew_case *c; /* NULL: a trial */
    ew_case_intake in;
    ew_import_sink to; /* the case's */
    const ew_import_how *how;
    ew_imported *told;
    ew_slice names[EW_IMPORT_NAMES]; /* by which reports call the case's items */
    size_t name_count;
    char *name_text[EW_IMPORT_NAMES];
    const ew_kept_files *kept;
    bool about; /* which item the event is about is known */
    bool *read; /* of each member: something was read of it, or names it */
    size_t members;
} ew_import_work;

/* Takes a gap or a remark, as the sink of the reader does. */
EW_MUST_CHECK ew_code ew_import__gap(void *cookie, const ew_gap *g, ew_err *err);
EW_MUST_CHECK ew_code ew_import__remark(void *cookie, const ew_remark *r, ew_err *err);

/* What was left out of the delivery, and what cannot be unpacked or read: before the reader runs. */
EW_MUST_CHECK ew_code ew_import__tell_missing(ew_import_work *w, const ew_delivery *from,
                                              ew_err *err);
/* What was kept and not read: after it. */
EW_MUST_CHECK ew_code ew_import__tell_unread(ew_import_work *w, const ew_delivery *from,
                                             ew_err *err);

#endif
