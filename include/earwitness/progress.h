/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks through which the library reports progress and remarks; it never prints. */
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

typedef enum ew_log_level {
    EW_LOG_ERROR,
    EW_LOG_WARN,
    EW_LOG_INFO,
    EW_LOG_DEBUG
} ew_log_level;

/* Remarks for the user; `fn` may be NULL. `text` is one line without a newline. */
typedef struct ew_log {
    void (*fn)(void *cookie, ew_log_level level, const char *text);
    void *cookie;
    ew_log_level level; /* remarks above this level are not made */
} ew_log;

#ifdef __cplusplus
}
#endif
#endif
