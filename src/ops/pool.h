/* SPDX-License-Identifier: Apache-2.0 */
/* Workers for a list of like jobs, whose outcomes are told in the order of the list. */
#ifndef EW_OPS_POOL_H
#define EW_OPS_POOL_H

#include <stddef.h>

#include "earwitness/err.h"
#include "ops/input.h"

typedef struct ew_pool {
    size_t count;        /* jobs 0..count-1 */
    unsigned workers;    /* threads; see ew_pool_workers */
    const ew_stop *stop; /* no job is begun after it is set; may be NULL */
    void *cookie;
    /* Does job i as worker 0..workers-1, in a thread of its own. What it returns is told;
     * NULL: there is nothing to tell. */
    void *(*work)(void *cookie, unsigned worker, size_t i);
    /* From the thread that called ew_pool_run, by ascending i; takes the outcome over. */
    void (*tell)(void *cookie, size_t i, void *outcome);
    /* From that thread, about five times a second; may be NULL. */
    void (*tick)(void *cookie);
} ew_pool;

/* Returns when all that was begun is done and told. Errors: EW_E_NOMEM, EW_E_IO (no thread
 * could be started); then nothing was begun. */
EW_MUST_CHECK ew_code ew_pool_run(const ew_pool *pool, ew_err *err);

/* How many workers to use: `asked`, or one per core when it is 0, but no more than jobs. */
unsigned ew_pool_workers(unsigned asked, size_t jobs);

#endif
