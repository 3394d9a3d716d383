/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for another process that has what is needed. */
#include "ops/wait.h"

#include <stdbool.h>
#include <time.h>

#include "base/err.h"

enum { PAUSE_NS = 20 * 1000 * 1000 };

static double now_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

ew_code ew_wait_for(const ew_wait *wait, ew_attempt attempt, void *cookie, ew_err *err)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    double until = now_seconds() + (wait != NULL ? wait->seconds : 0);
    bool told = false;
    ew_err why;
    for (;;) {
        bool last = now_seconds() >= until;
        ew_code code = attempt(cookie, &why);
        if (code != EW_E_BUSY || last) {
            if (code != EW_OK && err != NULL)
                *err = why;
            return code;
        }
        if (ew_stopped(wait->stop))
            return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        if (!told && wait->told != NULL)
            wait->told(wait->cookie, why.text);
        told = true;
        (void)nanosleep(&pause, NULL);
    }
}
