/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates (RFC 5280), as far as time stamping needs them, and signatures by their keys.
 * docs/formats/time.md says which are accepted. */
#ifndef EW_SEAL_CERT_H
#define EW_SEAL_CERT_H

#include "seal/der.h"

typedef enum ew_md {
    EW_MD_NONE,
    EW_MD_SHA1,
    EW_MD_SHA256,
    EW_MD_SHA384,
    EW_MD_SHA512
} ew_md;

enum { EW_MD_BYTES_MAX = 64 };

/* How something was signed. */
typedef enum ew_signed_by { EW_BY_NONE, EW_BY_RSA, EW_BY_ECDSA } ew_signed_by;

typedef struct ew_sig_method {
    ew_signed_by by; /* EW_BY_NONE: a method that is not accepted */
    ew_md md;        /* EW_MD_NONE: given elsewhere (plain RSA) */
} ew_sig_method;

enum {
    EW_USAGE_SIGNATURE = 0x8000,
    EW_USAGE_COMMITMENT = 0x4000, /* non-repudiation */
    EW_USAGE_CERT_SIGN = 0x0400
};

/* Slices borrow from what was read. */
typedef struct ew_cert {
    ew_slice whole, tbs;
    ew_slice serial;          /* value */
    ew_slice issuer, subject; /* with tag and length */
    ew_slice spki;            /* the same */
    int64_t from, to;         /* seconds since 1970, both included */
    ew_sig_method method;
    ew_slice signature;
    bool ca, has_path_limit;
    uint64_t path_limit;
    bool has_usage;
    unsigned usage;
    bool has_purposes, purposes_critical;
    size_t purposes;        /* how many */
    bool for_time, for_any; /* are among them */
    bool strange;           /* has a critical extension that is not known here */
} ew_cert;

/* False: not a certificate of the kind that is accepted. */
bool ew_cert_read(ew_cert *c, ew_slice der);

/* Of the content of an AlgorithmIdentifier. */
ew_md ew_md_read(ew_slice algorithm);
ew_sig_method ew_sig_method_read(ew_slice algorithm);

size_t ew_md_bytes(ew_md md);
/* False when OpenSSL has no memory. */
bool ew_md_of(ew_md md, ew_slice bytes, uint8_t out[EW_MD_BYTES_MAX]);

/* Which kind of signature a key makes; EW_BY_NONE: a key that is not accepted. */
ew_signed_by ew_cert_key(const ew_cert *c);

/* Does the signature over bytes, made in this way, hold by the key of this certificate? */
bool ew_cert_signed(const ew_cert *by, ew_sig_method method, ew_slice bytes,
                    ew_slice signature);

/* Appends the name in its subject, one safe line: the last common name, else the last name of an
 * organisation, else nothing. */
EW_MUST_CHECK ew_code ew_cert_name(const ew_cert *c, ew_buf *out, ew_err *err);

#endif
