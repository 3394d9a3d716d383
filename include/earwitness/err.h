/* SPDX-License-Identifier: Apache-2.0 */
/* Error codes and the caller-owned error record that every fallible call fills. */
#ifndef EW_ERR_H
#define EW_ERR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define EW_API __attribute__((visibility("default")))
#define EW_MUST_CHECK __attribute__((warn_unused_result))
#define EW_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))
#else
#define EW_API
#define EW_MUST_CHECK
#define EW_PRINTF(fmt_at, args_at)
#endif

/* The return code says whether the question was answered; the answer is an output.
 * EW_OK is 0, every error is negative. */
typedef enum ew_code {
    EW_OK = 0,
    EW_E_ARG = -1,       /* the caller broke the contract */
    EW_E_NOMEM = -2,     /* out of memory */
    EW_E_IO = -3,        /* the system refused; ew_err.sys holds errno */
    EW_E_FORMAT = -4,    /* input is not what it claims to be */
    EW_E_LIMIT = -5,     /* input is larger than a stated limit */
    EW_E_NOTFOUND = -6,  /* no such thing */
    EW_E_BUSY = -7,      /* locked by another process */
    EW_E_CANCELLED = -8, /* the progress callback asked to stop */
    EW_E_VERSION = -9,   /* written by a newer version of this program */
    EW_E_BUG = -10       /* our own mistake */
} ew_code;

/* One error. Owned by the caller, who may pass NULL where a function takes `ew_err *`.
 * The lowest layer that knows fills it; higher layers pass it on unchanged.
 * Threads: one object, one thread. */
typedef struct ew_err {
    ew_code code;   /* EW_OK when nothing failed */
    int sys;        /* errno when code is EW_E_IO, else 0 */
    uint64_t pos;   /* byte offset in the input for EW_E_FORMAT and EW_E_LIMIT, else 0 */
    char text[240]; /* one line, lower case, no full stop: "cannot open 'a.wav': ..." */
} ew_err;

/* Name of a code for JSON and logs: "ok", "arg", "nomem", "io", "format", "limit",
 * "notfound", "busy", "cancelled", "version", "bug". Never NULL. */
EW_API const char *ew_code_name(ew_code code);

#ifdef __cplusplus
}
#endif
#endif
