/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing the desk's log. */
#ifndef EW_OPS_SEAL_PUBLISH_H
#define EW_OPS_SEAL_PUBLISH_H

#include "ops/seal_desk.h"
#include "seal/log_publish.h"

/* The key of a desk's log, and those that it had before: room for 1 + EW_OLD_KEYS_MAX. */
EW_MUST_CHECK ew_code ew_desk_log_keys(const char *desk, ew_vkey *keys, size_t *n,
                                       ew_err *err);

/* desk: its folder; needs no passphrase. */
EW_MUST_CHECK ew_code ew_ops_publish(const char *desk, const char *to,
                                     ew_publication *out, ew_err *err);

#endif
