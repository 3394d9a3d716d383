/* SPDX-License-Identifier: Apache-2.0 */
/* One POST over HTTP or HTTPS: the only place from which this program reaches out. */
#ifndef EW_OPS_HTTP_POST_H
#define EW_OPS_HTTP_POST_H

#include "base/buf.h"
#include "ops/input.h"
#include "seal/text.h"

enum { EW_HTTP_TYPE_MAX = 128 };

typedef struct ew_http_answer {
    long status;
    char
        type[EW_HTTP_TYPE_MAX]; /* media type, without parameters, in small letters; "" */
    ew_buf body;                /* initialised by the caller: its ceiling holds */
} ew_http_answer;

/* Sends `body` as text/plain. Any status is an answer. No redirection is followed. EW_E_ARG for
 * what is no http or https URL, EW_E_LIMIT for an answer beyond the ceiling. libcurl is loaded
 * when it is first needed; EW_E_NOTFOUND where it is not installed. */
EW_MUST_CHECK ew_code ew_http_post(const char *url, ew_slice body, const ew_stop *stop,
                                   ew_http_answer *out, ew_err *err);

#endif
