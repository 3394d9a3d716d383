/* SPDX-License-Identifier: Apache-2.0 */
/* Who signed? A key alone, or one that a certificate gives to a domain. */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "import/wacz.h"

enum { CERTS = 8, CERT = 16 * 1024, KEY = 1024, SIGNATURE = 512, NAME = 200 };

/* ------------------------------------------------------------------ signatures */

/* Bytes of a coordinate; 0: a key of a kind that is not used for this. */
static size_t coordinate(EVP_PKEY *key)
{
    static const struct {
        const char *name;
        size_t bytes;
    } curves[] = {{"prime256v1", 32}, {"secp384r1", 48}, {"secp521r1", 66}};
    char group[32];
    size_t n;
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
        EVP_PKEY_get_group_name(key, group, sizeof group, &n) != 1)
        return 0;
    for (size_t i = 0; i < EW_COUNT(curves); i++)
        if (strcmp(group, curves[i].name) == 0)
            return curves[i].bytes;
    return 0;
}

static bool verify(EVP_PKEY *key, const uint8_t *der, size_t n, ew_slice text)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx != NULL &&
                EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestVerify(ctx, der, n, (const uint8_t *)text.p, text.n) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

/* Two numbers side by side, as browsers write them, put into DER. */
static bool verify_raw(EVP_PKEY *key, const uint8_t *raw, size_t each, ew_slice text)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw, (int)each, NULL);
    BIGNUM *s = BN_bin2bn(raw + each, (int)each, NULL);
    uint8_t *der = NULL;
    bool good = false;
    if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = NULL;
        s = NULL;
        int n = i2d_ECDSA_SIG(sig, &der);
        good = n > 0 && verify(key, der, (size_t)n, text);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    OPENSSL_free(der);
    return good;
}

static ew_code refuse(bool *holds, ew_buf *why, const char *words, ew_err *err)
{
    *holds = false;
    return ew_buf_printf(why, err, "%s", words);
}

/* ECDSA with SHA-256 over the text of the hash. */
static ew_code check_signature(const ew_wacz_signed *s, EVP_PKEY *key, bool *holds,
                               ew_buf *why, ew_err *err)
{
    uint8_t bytes[SIGNATURE];
    size_t n = sizeof bytes;
    size_t each = coordinate(key);
    if (each == 0)
        return refuse(holds, why, "the key is of a kind that is not accepted", err);
    if (!ew_warc_base64(s->signature, bytes, &n) || n == 0)
        return refuse(holds, why, "the signature cannot be read", err);
    *holds = (n == 2 * each && verify_raw(key, bytes, each, s->hash)) ||
             verify(key, bytes, n, s->hash);
    return *holds
               ? EW_OK
               : refuse(holds, why, "the signature is not by the key that is told", err);
}

/* ------------------------------------------------------------------ a key alone */

static ew_code check_key(const ew_wacz_signed *s, bool *holds, ew_buf *signer,
                         ew_buf *why, ew_err *err)
{
    uint8_t der[KEY];
    uint8_t hash[EW_SHA256_BYTES];
    char hex[EW_SHA256_HEX + 1];
    size_t n = sizeof der;
    const uint8_t *p = der;
    EVP_PKEY *key = ew_warc_base64(s->public_key, der, &n) && n > 0
                        ? d2i_PUBKEY(NULL, &p, (long)n)
                        : NULL;
    if (key == NULL || p != der + n) {
        EVP_PKEY_free(key);
        return refuse(holds, why, "the key cannot be read", err);
    }
    ew_code code = check_signature(s, key, holds, why, err);
    EVP_PKEY_free(key);
    if (code != EW_OK || !*holds)
        return code;
    ew_sha256_bytes(der, n, hash);
    ew_hex(hash, sizeof hash, hex);
    return ew_buf_printf(signer, err, "the key with SHA-256 %s, whoever has it", hex);
}

/* ------------------------------------------------------------------ a certificate */

/* The next one of a PEM text; NULL at the end, and *bad when it cannot be read. */
static X509 *next_cert(ew_slice *pem, bool *bad)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    static const char end[] = "-----END CERTIFICATE-----";
    uint8_t der[CERT];
    char text[2 * CERT];
    size_t kept = 0;
    const char *p = pem->n > 0 ? memmem(pem->p, pem->n, begin, sizeof begin - 1) : NULL;
    if (p == NULL)
        return NULL;
    p += sizeof begin - 1;
    size_t left = pem->n - (size_t)(p - pem->p);
    const char *stop = memmem(p, left, end, sizeof end - 1);
    *bad = true;
    if (stop == NULL)
        return NULL;
    *pem = (ew_slice){stop, left - (size_t)(stop - p)};
    for (; p < stop; p++) {
        if (*p == '\n' || *p == '\r' || *p == ' ')
            continue;
        if (kept == sizeof text)
            return NULL;
        text[kept++] = *p;
    }
    size_t n = sizeof der;
    const uint8_t *in = der;
    if (!ew_warc_base64((ew_slice){text, kept}, der, &n))
        return NULL;
    X509 *c = d2i_X509(NULL, &in, (long)n);
    *bad = c == NULL;
    return c;
}

typedef struct chain {
    X509 *certs[CERTS];
    size_t count;
} chain;

static bool read_chain(chain *c, ew_slice pem)
{
    bool bad = false;
    X509 *x;
    while (c->count < CERTS && (x = next_cert(&pem, &bad)) != NULL)
        c->certs[c->count++] = x;
    return !bad && c->count > 0 && next_cert(&pem, &bad) == NULL;
}

/* Each by the next, which may sign others. */
static bool is_chained(const chain *c)
{
    for (size_t i = 0; i + 1 < c->count; i++) {
        X509 *above = c->certs[i + 1];
        EVP_PKEY *key = X509_get0_pubkey(above);
        if (key == NULL || X509_check_ca(above) == 0 ||
            X509_NAME_cmp(X509_get_issuer_name(c->certs[i]),
                          X509_get_subject_name(above)) != 0 ||
            X509_verify(c->certs[i], key) != 1)
            return false;
    }
    return true;
}

static bool is_for(X509 *cert, ew_slice domain)
{
    /* A dot at the beginning would mean any name below. */
    bool plain = domain.n > 0 && domain.p[0] != '.';
    for (size_t i = 0; i < domain.n && plain; i++)
        plain = isalnum((unsigned char)domain.p[i]) != 0 || domain.p[i] == '.' ||
                domain.p[i] == '-';
    return plain && X509_check_host(cert, domain.p, domain.n,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

/* Was it valid when the archive says that it was made? Unknown counts as yes. */
static bool was_valid(const X509 *cert, ew_slice created)
{
    ew_moment m = ew_warc__moment(created);
    time_t t = (time_t)m.unix_s;
    return !m.known || (X509_cmp_time(X509_get0_notBefore(cert), &t) < 0 &&
                        X509_cmp_time(X509_get0_notAfter(cert), &t) > 0);
}

static ew_code add_issuer(const X509 *cert, ew_buf *to, ew_err *err)
{
    char *text = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    ew_code code = EW_OK;
    if (bio == NULL ||
        X509_NAME_print_ex(bio, X509_get_issuer_name(cert), 0, XN_FLAG_RFC2253) < 0) {
        BIO_free(bio);
        return ew_fail_nomem(err);
    }
    long n = BIO_get_mem_data(bio, &text);
    if (n > 0)
        code = ew_utf8_append_safe(to, text, n < NAME ? (size_t)n : NAME, err);
    BIO_free(bio);
    return code;
}

static ew_code name_signer(const ew_wacz_signed *s, const chain *c, ew_buf *signer,
                           ew_err *err)
{
    bool self = c->count == 1 && X509_self_signed(c->certs[0], 0) == 1;
    ew_code code = ew_utf8_append_safe(signer, s->domain.p,
                                       s->domain.n < NAME ? s->domain.n : NAME, err);
    if (code == EW_OK)
        code = ew_buf_printf(signer, err, " (issuer not judged%s) by a certificate %s",
                             was_valid(c->certs[0], s->created)
                                 ? ""
                                 : "; not valid when the archive says it was made",
                             self ? "that it made for itself" : "of ");
    return code == EW_OK && !self ? add_issuer(c->certs[0], signer, err) : code;
}

static ew_code check_certs(const ew_wacz_signed *s, const chain *c, bool *holds,
                           ew_buf *why, ew_err *err)
{
    EVP_PKEY *key = X509_get0_pubkey(c->certs[0]);
    if (key == NULL)
        return refuse(holds, why, "the key of the certificate cannot be read", err);
    if (!is_for(c->certs[0], s->domain))
        return refuse(holds, why, "the certificate is not for the domain that is told",
                      err);
    if (!is_chained(c))
        return refuse(holds, why, "a certificate is not signed by the next one", err);
    return check_signature(s, key, holds, why, err);
}

static ew_code check_domain(const ew_wacz_signed *s, bool *holds, ew_buf *signer,
                            ew_buf *why, ew_err *err)
{
    chain c = {.count = 0};
    ew_code code = read_chain(&c, s->domain_cert)
                       ? check_certs(s, &c, holds, why, err)
                       : refuse(holds, why, "the certificates cannot be read", err);
    if (code == EW_OK && *holds)
        code = name_signer(s, &c, signer, err);
    for (size_t i = 0; i < c.count; i++)
        X509_free(c.certs[i]);
    return code;
}

ew_code ew_wacz__check(const ew_wacz_signed *s, bool *holds, ew_buf *signer, ew_buf *why,
                       ew_err *err)
{
    ew_buf_reset(signer);
    ew_buf_reset(why);
    *holds = false;
    ew_code code = s->domain.n > 0 || s->domain_cert.n > 0
                       ? check_domain(s, holds, signer, why, err)
                       : check_key(s, holds, signer, why, err);
    ERR_clear_error(); /* what OpenSSL keeps for the next who asks */
    return code;
}
