/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures by the key of a certificate. Keys and signatures are read here before OpenSSL sees
 * them, so that what is accepted does not depend on how lenient a library is. */
#include "seal/cert.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/bytes.h"

enum { RSA_MIN = 2048 / 8, RSA_MAX = 4096 / 8 };

#define OID(bytes)                                                                       \
    {                                                                                    \
        bytes, sizeof(bytes) - 1                                                         \
    }

static const ew_slice rsa_key = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
static const ew_slice ec_key = OID("\x2a\x86\x48\xce\x3d\x02\x01");
static const ew_slice exponent = OID("\x01\x00\x01"); /* 65537, which all of them have */

static const struct {
    ew_slice oid;
    size_t bytes; /* of a coordinate */
} curves[] = {
    {OID("\x2a\x86\x48\xce\x3d\x03\x01\x07"), 32},
    {OID("\x2b\x81\x04\x00\x22"), 48},
    {OID("\x2b\x81\x04\x00\x23"), 66},
};

/* ------------------------------------------------------------------ digests */

size_t ew_md_bytes(ew_md md)
{
    static const uint8_t bytes[] = {0, 20, 32, 48, 64};
    return bytes[md];
}

static const EVP_MD *md_of(ew_md md)
{
    switch (md) {
    case EW_MD_SHA1:
        return EVP_sha1();
    case EW_MD_SHA256:
        return EVP_sha256();
    case EW_MD_SHA384:
        return EVP_sha384();
    case EW_MD_SHA512:
        return EVP_sha512();
    default:
        return NULL;
    }
}

bool ew_md_of(ew_md md, ew_slice bytes, uint8_t out[EW_MD_BYTES_MAX])
{
    return EVP_Digest(bytes.p, bytes.n, out, NULL, md_of(md), NULL) == 1;
}

/* ------------------------------------------------------------------ keys */

static bool rsa_ok(ew_slice parameters, ew_slice bits)
{
    ew_slice v;
    ew_slice in;
    ew_slice number;
    if (!ew_der_take(&parameters, EW_DER_NULL, &v) || v.n > 0 || parameters.n > 0 ||
        !ew_der_take(&bits, EW_DER_SEQUENCE, &in) || bits.n > 0)
        return false;
    if (!ew_der_take(&in, EW_DER_INTEGER, &v) || !ew_der_positive(v, &number) ||
        number.n < RSA_MIN || number.n > RSA_MAX || (uint8_t)number.p[0] < 0x80 ||
        ((uint8_t)number.p[number.n - 1] & 1) == 0)
        return false;
    return ew_der_take(&in, EW_DER_INTEGER, &v) && ew_slice_same(v, exponent) &&
           in.n == 0;
}

/* Bytes of a coordinate; 0: not a curve that is accepted, or not a point in full. */
static size_t ec_bytes(ew_slice parameters, ew_slice bits)
{
    ew_slice oid;
    if (!ew_der_take(&parameters, EW_DER_OID, &oid) || parameters.n > 0)
        return 0;
    for (size_t i = 0; i < EW_COUNT(curves); i++)
        if (ew_slice_same(oid, curves[i].oid))
            return bits.n == 1 + 2 * curves[i].bytes && bits.p[0] == 4 ? curves[i].bytes
                                                                       : 0;
    return 0;
}

/* *bytes: of a coordinate, when it is a key for ECDSA. */
static ew_signed_by read_key(ew_slice spki, size_t *bytes)
{
    ew_slice in;
    ew_slice algorithm;
    ew_slice oid;
    ew_slice v;
    ew_slice bits;
    if (!ew_der_take(&spki, EW_DER_SEQUENCE, &in) ||
        !ew_der_take(&in, EW_DER_SEQUENCE, &algorithm) ||
        !ew_der_take(&in, EW_DER_BITS, &v) || in.n > 0 || !ew_der_whole_bits(v, &bits) ||
        !ew_der_take(&algorithm, EW_DER_OID, &oid))
        return EW_BY_NONE;
    if (ew_slice_same(oid, rsa_key) && rsa_ok(algorithm, bits))
        return EW_BY_RSA;
    *bytes = ew_slice_same(oid, ec_key) ? ec_bytes(algorithm, bits) : 0;
    return *bytes > 0 ? EW_BY_ECDSA : EW_BY_NONE;
}

ew_signed_by ew_cert_key(const ew_cert *c)
{
    size_t bytes;
    return read_key(c->spki, &bytes);
}

/* ------------------------------------------------------------------ signatures */

/* Two positive numbers that are no longer than a coordinate. */
static bool ecdsa_ok(ew_slice signature, size_t bytes)
{
    ew_slice in;
    ew_slice v;
    ew_slice r;
    ew_slice s;
    return ew_der_take(&signature, EW_DER_SEQUENCE, &in) && signature.n == 0 &&
           ew_der_take(&in, EW_DER_INTEGER, &v) && ew_der_positive(v, &r) &&
           r.n <= bytes && ew_der_take(&in, EW_DER_INTEGER, &v) &&
           ew_der_positive(v, &s) && s.n <= bytes && in.n == 0;
}

bool ew_cert_signed(const ew_cert *by, ew_sig_method method, ew_slice bytes,
                    ew_slice signature)
{
    size_t coordinate = 0;
    const unsigned char *p = (const unsigned char *)by->spki.p;
    if (method.by == EW_BY_NONE || method.md <= EW_MD_SHA1 ||
        read_key(by->spki, &coordinate) != method.by ||
        (method.by == EW_BY_ECDSA && !ecdsa_ok(signature, coordinate)))
        return false;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)by->spki.n);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = key != NULL && ctx != NULL &&
                EVP_DigestVerifyInit(ctx, NULL, md_of(method.md), NULL, key) == 1 &&
                EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
                                 (const unsigned char *)bytes.p, bytes.n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return good;
}
