/* SPDX-License-Identifier: Apache-2.0 */
/* Inside searching: whose texts are asked for. */
#ifndef EW_CASEFILE_SEARCH_WHO_H
#define EW_CASEFILE_SEARCH_WHO_H

#include "casefile/casefile.h"

enum { EW_WHO_NAMES = 256 };

typedef struct ew_case__who {
    bool any;     /* anybody's */
    ew_buf names; /* folded, one after another */
    size_t ends[EW_WHO_NAMES], count;
    ew_buf last, folded; /* the name that was looked at last, and its answer */
    bool last_fits;
} ew_case__who;

/* person: NULL or "": anybody. A person's name brings the aliases that are not protected. To be released in
 * any case, also when it was only zeroed. */
EW_MUST_CHECK ew_code ew_case__who_read(ew_case__who *w, ew_case *c, const char *person,
                                        ew_err *err);
void ew_case__who_release(ew_case__who *w);

/* Either of two names. */
EW_MUST_CHECK ew_code ew_case__who_fits(ew_case__who *w, const char *name,
                                        const char *other, bool *fits, ew_err *err);

#endif
