/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder as a process: finding, starting, reading from, ending. */
#ifndef EW_MEDIA_PROCESS_H
#define EW_MEDIA_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "earwitness/media.h"

enum { EW_MEDIA__NAME_BYTES = 120 };

typedef struct ew_media__process {
    pid_t pid;  /* 0: none */
    int fd;     /* what it writes; -1: none */
    int status; /* of waitpid, once it has ended */
} ew_media__process;

/* Path of the decoder program: opts->decoder_path, EARWITNESS_DECODE, beside the running
 * program or in its build folder, libexec of the installation. Free with ew_free. */
EW_MUST_CHECK ew_code ew_media__find_decoder(char **out, const char *wanted, ew_err *err);

/* Starts it on an open file. `extension` may be "". picture: it is to give the brightness of a
 * picture rather than sound. */
EW_MUST_CHECK ew_code ew_media__process_start(ew_media__process *p, int file,
                                              const char *extension, bool picture,
                                              const ew_media_opts *opts, ew_err *err);

/* Waits at most stall_seconds for bytes. *got = 0 means that it has closed its end.
 * EW_E_BUSY: nothing came in time. */
EW_MUST_CHECK ew_code ew_media__process_read(ew_media__process *p, uint8_t *buf, size_t n,
                                             uint32_t stall_seconds, size_t *got,
                                             ew_err *err);

/* Ends it if it still runs, and waits for it. Fine to call again. */
void ew_media__process_end(ew_media__process *p);
/* Waits for one that has closed its end; it is ended when it does not go by itself. */
void ew_media__process_wait(ew_media__process *p);

/* What went wrong with one that closed its end without a last word, or gave nothing for too
 * long; it has been waited for. */
ew_code ew_media__died(const ew_media__process *p, const char *name, ew_err *err);
ew_code ew_media__stalled(uint32_t seconds, const char *name, ew_err *err);

/* Opens a regular file for reading without ever blocking; refuses everything else with a
 * sentence. `name` (safe, short form of path) is for messages. */
EW_MUST_CHECK ew_code ew_media__open_file(int *fd, const char *path, const char *name,
                                          ew_err *err);
EW_MUST_CHECK ew_code ew_media__check_file(int fd, const char *name, ew_err *err);

/* Safe and short form of a path for messages. */
EW_MUST_CHECK ew_code ew_media__short_name(char out[EW_MEDIA__NAME_BYTES],
                                           const char *path, ew_err *err);

#endif
