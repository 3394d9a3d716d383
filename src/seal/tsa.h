/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3161: asking a time stamping authority, and what its answer is worth. */
#ifndef EW_SEAL_TSA_H
#define EW_SEAL_TSA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "seal/text.h"

enum { EW_TSA_BYTES = 256 * 1024, EW_TSA_NAME = 200 };

typedef enum ew_tsa_state {
    EW_TSA_GOOD,
    EW_TSA_DAMAGED, /* cannot be read, or is no token */
    EW_TSA_REFUSED, /* the authority said no */
    EW_TSA_OTHER,   /* of something else */
    EW_TSA_FORGED,  /* the signature does not hold */
    EW_TSA_UNKNOWN, /* no chain to a certificate that the policy names */
    EW_TSA_EXPIRED, /* a certificate was not valid at the time in the token */
    EW_TSA_PURPOSE, /* the certificate is not for time stamping alone (RFC 3161, 2.3) */
    EW_TSA_METHOD   /* made in a way that is not accepted here, as with SHA-1 */
} ew_tsa_state;

typedef struct ew_tsa_answer {
    ew_tsa_state state;
    int64_t time; /* POSIX seconds, with the accuracy added and rounded up */
    char authority[EW_TSA_NAME]; /* subject of its certificate, one safe line; "" */
} ew_tsa_answer;

/* A request for a SHA-256 digest, DER, with a random nonce, asking for the certificates. */
EW_MUST_CHECK ew_code ew_tsa_request(const uint8_t digest[32], ew_buf *out, ew_err *err);

/* What a token is over, when that is a SHA-256 digest; nothing else of it is checked. False: it
 * cannot be read, or is over another kind of digest. */
bool ew_tsa_over(ew_slice token, uint8_t digest[32]);

/* token: a TimeStampResp or the token of one, DER. anchors: certificates, DER. Certificates are
 * judged as of the time in the token, never of today. Errors: EW_E_NOMEM only; everything else
 * is a state. */
EW_MUST_CHECK ew_code ew_tsa_check(ew_slice token, const uint8_t digest[32],
                                   const ew_slice *anchors, size_t anchor_count,
                                   ew_tsa_answer *out, ew_err *err);

#endif
