/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for another process that has what is needed. */
#ifndef EW_OPS_WAIT_H
#define EW_OPS_WAIT_H

#include "earwitness/err.h"
#include "earwitness/progress.h"
#include "ops/input.h"

typedef struct ew_wait {
    double seconds;      /* then EW_E_BUSY; 0: at once */
    const ew_stop *stop; /* may be NULL; then EW_E_CANCELLED */
    void (*told)(void *cookie,
                 const char *text); /* once, when it has to wait; may be NULL */
    void *cookie;
} ew_wait;

/* Tries anew until the answer is another than EW_E_BUSY. wait: NULL for not at all. */
typedef ew_code (*ew_attempt)(void *cookie, ew_err *err);
EW_MUST_CHECK ew_code ew_wait_for(const ew_wait *wait, ew_attempt attempt, void *cookie,
                                  ew_err *err);

#endif
