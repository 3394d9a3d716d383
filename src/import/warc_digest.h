/* SPDX-License-Identifier: Apache-2.0 */
/* "sha1:DR5M...", "sha256:9f86...": a digest that a file tells, and the same made of bytes. */
#ifndef EW_IMPORT_WARC_DIGEST_H
#define EW_IMPORT_WARC_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

typedef struct ew_warc_digest {
    bool given; /* something is told */
    bool known; /* and is understood, so that it is made */
    ew_slice told;
    uint8_t want[64];
    size_t n;
    struct evp_md_ctx_st *made;
} ew_warc_digest;

/* Begins anew. md5, sha1, sha256, sha384 and sha512, with or without a hyphen, in base 16, 32 or 64: how much
 * there is says which. */
EW_MUST_CHECK ew_code ew_warc_digest_begin(ew_warc_digest *d, ew_slice told, ew_err *err);
EW_MUST_CHECK ew_code ew_warc_digest_feed(ew_warc_digest *d, const void *bytes, size_t n,
                                          ew_err *err);
/* Is it right? Once. False when it is not known. */
EW_MUST_CHECK ew_code ew_warc_digest_end(ew_warc_digest *d, bool *right, ew_err *err);
void ew_warc_digest_release(ew_warc_digest *d);

/* Base 64 with or without its end marks; bytes that are no part of it are an error. *n: room, then bytes. */
bool ew_warc_base64(ew_slice text, uint8_t *out, size_t *n);

#endif
