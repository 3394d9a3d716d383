/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the log for a plain file server: whatever moment a reader comes at, all that the
 * checkpoint speaks of is there. docs/formats/log.md. */
#ifndef EW_SEAL_LOG_PUBLISH_H
#define EW_SEAL_LOG_PUBLISH_H

#include "seal/log.h"

typedef struct ew_publication {
    uint64_t before; /* entries that were published before */
    uint64_t size;   /* and are now: those of the log's checkpoint */
    uint64_t files;  /* written */
    bool checkpoint; /* it is a new one */
} ew_publication;

/* Brings the folder `to` up to the checkpoint of the log in `dir`; it is made when it is not
 * there. Everything new is compared with the tree of the checkpoint before it is written.
 *
 * keys: those of the log. Its checkpoint must have a signature of the first; the published one
 * of any of them, which may have been exchanged since.
 *
 * EW_E_NOTFOUND: no checkpoint yet. EW_E_FORMAT: the log is damaged, or what is published is
 * larger than it, or of another history; nothing was changed then. EW_E_BUSY: somebody else
 * publishes there. */
EW_MUST_CHECK ew_code ew_log_publish(const char *dir, const char *to, const ew_vkey *keys,
                                     size_t key_count, ew_publication *out, ew_err *err);

#endif
