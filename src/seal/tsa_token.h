/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamp tokens (RFC 3161) taken apart, in the one form that is accepted:
 * docs/formats/time.md. */
#ifndef EW_SEAL_TSA_TOKEN_H
#define EW_SEAL_TSA_TOKEN_H

#include "seal/cert.h"
#include "seal/tsa.h"

enum { EW_TSA_CERTS = 10 };

/* Slices borrow from what was read. */
typedef struct ew_tsa_token {
    ew_slice content; /* the TSTInfo */
    ew_slice imprint; /* what was stamped, */
    ew_md imprint_md; /* by this hash function */
    int64_t time;     /* seconds since 1970, rounded down */
    int64_t no_later; /* with fraction and accuracy, rounded up */
    ew_cert certs[EW_TSA_CERTS];
    size_t cert_count;
    ew_slice issuer, serial; /* of the certificate that is said to have signed */
    ew_md md;
    ew_sig_method method;
    ew_slice
        attributes; /* what is signed: with tag and length, and the tag is another there */
    ew_slice content_digest;
    ew_slice cert_sha1; /* of the certificate; not there: p is NULL */
    ew_slice cert_hash; /* the same by cert_md */
    ew_md cert_md;
    ew_slice signature;
} ew_tsa_token;

/* EW_TSA_GOOD: taken apart, nothing checked yet; else EW_TSA_DAMAGED, _REFUSED or _METHOD. */
ew_tsa_state ew_tsa_token_read(ew_tsa_token *t, ew_slice bytes);

#endif
