/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing the desk's log. */
#ifndef EW_OPS_SEAL_PUBLISH_H
#define EW_OPS_SEAL_PUBLISH_H

#include "ops/seal_desk.h"
#include "seal/log_publish.h"

/* desk: its folder; needs no passphrase. */
EW_MUST_CHECK ew_code ew_ops_publish(const char *desk, const char *to,
                                     ew_publication *out, ew_err *err);

#endif
