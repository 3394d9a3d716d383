/* SPDX-License-Identifier: Apache-2.0 */
/* Making a certificate that signs itself. */
#ifndef EW_SERVE_TLS_MAKE_H
#define EW_SERVE_TLS_MAKE_H

#include "base/buf.h"
#include "serve/hosts.h"

/* Appends a fresh P-256 key and a certificate for these names, both as PEM. now: POSIX seconds. */
EW_MUST_CHECK ew_code ew_cert_make(const ew_hosts *names, int64_t now, ew_buf *pem,
                                   ew_err *err);

#endif
