/* SPDX-License-Identifier: Apache-2.0 */
/* Which items a desk has sealed. */
#ifndef EW_OPS_SEAL_LIST_H
#define EW_OPS_SEAL_LIST_H

#include "ops/seal_desk.h"

typedef struct ew_sealed_item {
    const char *hex;
    const char *name; /* of its file, safe, without the folder */
    bool logged;
    bool burned;          /* something of it */
    const char *path;     /* where it was, safe */
    const char *splitter; /* "grid", "chat-v1" ... */
    uint64_t parts;
    bool there;     /* a file is at that place, or none is needed */
    uint64_t entry; /* in the log, when logged */
} ew_sealed_item;

/* In no order. What put() returns other than EW_OK ends it. */
EW_MUST_CHECK ew_code ew_ops_sealed(const ew_desk *d,
                                    ew_code (*put)(void *cookie, const ew_sealed_item *i,
                                                   ew_err *err),
                                    void *cookie, ew_err *err);

#endif
