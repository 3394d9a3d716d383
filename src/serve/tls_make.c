/* SPDX-License-Identifier: Apache-2.0 */
/* Making a certificate that signs itself: for one server, no authority over others. */
#include "serve/tls_make.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "serve/tls.h"

enum { SERIAL_BYTES = 16, HOUR_S = 3600, DAY_S = 24 * HOUR_S, CN_MAX = 64 };

/* "DNS:desk.example,IP:192.0.2.7": names are of letters, digits, dots, hyphens and colons by now. */
static bool list_names(const ew_hosts *names, char *out, size_t room)
{
    size_t n = 0;
    for (unsigned i = 0; i < names->n && n < room; i++) {
        const char *name = names->list[i];
        int put = snprintf(out + n, room - n, "%s%s:%s", i > 0 ? "," : "",
                           ew_host_is_address(name) ? "IP" : "DNS", name);
        n += put > 0 ? (size_t)put : room;
    }
    return n < room;
}

static bool extend(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    bool ok = e != NULL && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return ok;
}

static bool number(X509 *x)
{
    unsigned char bytes[SERIAL_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (unsigned char)((bytes[0] & 0x7F) | 0x40); /* positive, of one length */
    BIGNUM *n = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool ok = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
    BN_free(n);
    return ok;
}

/* An hour in the past: clocks differ. */
static bool dates(X509 *x, int64_t now)
{
    return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(now - HOUR_S)) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x),
                         (time_t)(now + (int64_t)EW_CERT_DAYS * DAY_S - HOUR_S)) != NULL;
}

static bool fill(X509 *x, EVP_PKEY *key, const ew_hosts *names, int64_t now)
{
    char list[EW_HOSTS * (EW_HOST_TEXT + 8)];
    X509_NAME *who = X509_get_subject_name(x);
    const char *cn = strlen(names->list[0]) <= CN_MAX ? names->list[0] : "earwitness";
    const unsigned char *text = (const unsigned char *)cn;
    return X509_set_version(x, X509_VERSION_3) == 1 && number(x) && dates(x, now) &&
           X509_set_pubkey(x, key) == 1 &&
           X509_NAME_add_entry_by_txt(who, "O", MBSTRING_UTF8,
                                      (const unsigned char *)"earwitness", -1, -1,
                                      0) == 1 &&
           X509_NAME_add_entry_by_txt(who, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
           X509_set_issuer_name(x, who) == 1 && list_names(names, list, sizeof list) &&
           extend(x, NID_basic_constraints, "critical,CA:FALSE") &&
           extend(x, NID_key_usage, "critical,digitalSignature") &&
           extend(x, NID_ext_key_usage, "serverAuth") &&
           extend(x, NID_subject_alt_name, list) && X509_sign(x, key, EVP_sha256()) > 0;
}

ew_code ew_cert_make(const ew_hosts *names, int64_t now, ew_buf *pem, ew_err *err)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    BIO *b = BIO_new(BIO_s_secmem());
    char *text = NULL;
    bool ok = names->n > 0 && key != NULL && x != NULL && b != NULL &&
              fill(x, key, names, now) &&
              PEM_write_bio_PKCS8PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) == 1 &&
              PEM_write_bio_X509(b, x) == 1;
    long n = ok ? BIO_get_mem_data(b, &text) : 0;
    ew_code code = ok && n > 0 ? ew_buf_append(pem, text, (size_t)n, err)
                               : ew_fail(err, EW_E_IO, 0, "cannot make a certificate");
    BIO_free(b);
    X509_free(x);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return code;
}
