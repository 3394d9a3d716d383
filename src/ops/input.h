/* SPDX-License-Identifier: Apache-2.0 */
/* What the user named, as a list of things to read: files, the files of folders, stdin. */
#ifndef EW_OPS_INPUT_H
#define EW_OPS_INPUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"

typedef enum ew_input_kind {
    EW_INPUT_FILE,    /* to be read */
    EW_INPUT_STDIN,   /* to be spooled and read */
    EW_INPUT_SKIP,    /* in a folder, and by its name not a recording */
    EW_INPUT_PROBLEM, /* cannot be read; `problem` says why */
} ew_input_kind;

typedef struct ew_input {
    ew_input_kind kind;
    bool from_folder; /* found in a folder, not named by the user */
    bool media_name;  /* the name ends like that of a recording */
    char *open_path;  /* what to open; raw bytes; NULL for stdin */
    char *name;       /* safe, one line: "speeches/1998.mp3" */
    char *path;       /* absolute; raw bytes; "" for stdin */
    uint64_t bytes;   /* size when listed, 0 when unknown */
    ew_err *problem;
} ew_input;

typedef struct ew_inputs {
    ew_input *items;
    size_t count;
    size_t cap;
} ew_inputs;

/* Set by a signal handler; every thread looks at it. May be NULL where it is passed. */
typedef atomic_int ew_stop;

/* Lists operands in their order; a folder gives its files by ascending path, links followed,
 * no folder twice. "-" is stdin. What cannot be read becomes a problem entry, so that the
 * rest is still processed.
 * Errors: EW_E_NOMEM, EW_E_LIMIT, EW_E_CANCELLED. */
EW_MUST_CHECK ew_code ew_inputs_gather(ew_inputs *in, const char *const *operands,
                                       size_t n, const ew_stop *stop, ew_err *err);
void ew_inputs_release(ew_inputs *in);

/* An input held open for reading. */
typedef struct ew_source {
    int fd;
    uint64_t bytes;
    int64_t mtime_ns;
} ew_source;

/* Opens a regular file without ever blocking on a FIFO or waking a device, or spools stdin
 * to an unlinked temporary file. Zero-length files are refused. */
EW_MUST_CHECK ew_code ew_source_open(ew_source *s, const ew_input *in,
                                     const ew_stop *stop, ew_err *err);
void ew_source_close(ew_source *s);

/* SHA-256 of all of it. EW_E_CANCELLED when asked to stop. */
EW_MUST_CHECK ew_code ew_source_hash(const ew_source *s, const char *name,
                                     uint8_t sha256[32], const ew_stop *stop,
                                     ew_err *err);

/* EW_E_IO when the file is no longer as it was when opened. */
EW_MUST_CHECK ew_code ew_source_unchanged(const ew_source *s, const char *name,
                                          ew_err *err);

/* A copy of raw made safe for terminals and JSON; free with ew_free. NULL: out of memory. */
char *ew_safe_name(const char *raw);

/* "file '<name>'" errors all start alike: fills err with code IO. */
ew_code ew_input_refuse_mode(ew_err *err, const char *name, unsigned mode);

static inline bool ew_stopped(const ew_stop *stop)
{
    return stop != NULL &&
           atomic_load_explicit((ew_stop *)(uintptr_t)stop, memory_order_relaxed) != 0;
}

#endif
