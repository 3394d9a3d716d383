/* SPDX-License-Identifier: Apache-2.0 */
/* Callback through which the library reports progress; it never prints. */
#ifndef EW_PROGRESS_H
#define EW_PROGRESS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Progress of long work. `tick` may be NULL. It is called from the thread that called the
 * library unless a function says otherwise. `total` is 0 when unknown; `stage` is a short
 * English word ("decode", "match"). A non-zero answer cancels: the call ends with
 * EW_E_CANCELLED and leaves its outputs untouched. */
typedef struct ew_progress {
    int (*tick)(void *cookie, const char *stage, int64_t done, int64_t total);
    void *cookie;
} ew_progress;

#ifdef __cplusplus
}
#endif
#endif
