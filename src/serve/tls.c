/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: reading those of others, making and keeping one. */
#include "serve/tls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/when.h"
#include "serve/tls_make.h"

#define KEPT                                                                             \
    "tls.pem" /* key and certificate in one file: there is never one without the other */

enum { DAY_S = 24 * 3600, DATE_CHARS = 10 };

/* ------------------------------------------------------------------ reading */

/* Nobody is asked for the password of a key. */
static int no_password(char *room, int size, int writing, void *cookie)
{
    (void)room;
    (void)size;
    (void)writing;
    (void)cookie;
    return -1;
}

static X509 *certificate(const ew_buf *pem)
{
    BIO *b = BIO_new_mem_buf(pem->data, (int)pem->len);
    X509 *x = b != NULL ? PEM_read_bio_X509(b, NULL, no_password, NULL) : NULL;
    BIO_free(b);
    ERR_clear_error();
    return x;
}

static EVP_PKEY *private_key(const ew_buf *pem)
{
    BIO *b = BIO_new_mem_buf(pem->data, (int)pem->len);
    EVP_PKEY *k = b != NULL ? PEM_read_bio_PrivateKey(b, NULL, no_password, NULL) : NULL;
    BIO_free(b);
    ERR_clear_error();
    return k;
}

/* "AB:CD:..." */
static void fingerprint(const X509 *x, char out[EW_FINGERPRINT])
{
    unsigned char sha256[32] = {0};
    unsigned n = sizeof sha256;
    (void)X509_digest(x, EVP_sha256(), sha256, &n);
    for (unsigned i = 0; i < sizeof sha256; i++)
        (void)snprintf(out + (size_t)3 * i, 4, i < 31 ? "%02X:" : "%02X", sha256[i]);
}

static int64_t posix(const ASN1_TIME *t)
{
    struct tm tm = {0};
    return ASN1_TIME_to_tm(t, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static bool covers(X509 *x, const char *name)
{
    return (ew_host_is_address(name) ? X509_check_ip_asc(x, name, 0)
                                     : X509_check_host(x, name, 0, 0, NULL)) == 1;
}

/* What is of the leaf. */
static void describe(ew_cert *c, const X509 *x)
{
    fingerprint(x, c->fingerprint);
    c->ends = posix(X509_get0_notAfter(x));
}

void ew_cert_release(ew_cert *c)
{
    if (c->key.data != NULL)
        explicit_bzero(c->key.data, c->key.cap);
    ew_buf_release(&c->key);
    ew_buf_release(&c->chain);
    *c = (ew_cert){0};
}

static void start(ew_cert *c)
{
    *c = (ew_cert){0};
    ew_buf_init(&c->chain, EW_CERT_FILE);
    ew_buf_init(&c->key, EW_CERT_FILE);
}

/* ------------------------------------------------------------------ the desk's */

/* The whole file; the key's may not be open to all users of the machine. */
static ew_code read_secret(const char *path, bool secret, ew_buf *b, ew_err *err)
{
    struct stat st;
    if (secret && stat(path, &st) == 0 && (st.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "'%s' can be read by everybody on this machine: chmod o-rwx it",
                       path);
    ew_code code = ew_file_get(path, b, err);
    return code == EW_OK && b->len == 0
               ? ew_fail(err, EW_E_FORMAT, 0, "'%s' is empty", path)
               : code;
}

static void date_of(int64_t t, char out[EW_ISO_TEXT])
{
    (void)ew_iso_text(t, out);
    out[DATE_CHARS] = 0;
}

static ew_code check_time(const X509 *x, int64_t now, ew_err *err)
{
    char date[EW_ISO_TEXT];
    int64_t begins = posix(X509_get0_notBefore(x));
    int64_t ends = posix(X509_get0_notAfter(x));
    date_of(ends < now ? ends : begins, date);
    if (ends < now)
        return ew_fail(err, EW_E_ARG, 0, "the certificate ran out on %s", date);
    if (begins > now)
        return ew_fail(err, EW_E_ARG, 0,
                       "the certificate is good from %s on only; is the clock right?",
                       date);
    return EW_OK;
}

/* What a browser will complain about. */
static void warn(ew_cert *c, X509 *x, const ew_hosts *names, int64_t now)
{
    char date[EW_ISO_TEXT];
    for (unsigned i = 0; i < names->n; i++)
        if (!covers(x, names->list[i]) && strcmp(names->list[i], "localhost") != 0)
            (void)snprintf(c->warning, sizeof c->warning,
                           "the certificate is not for '%.100s'; browsers will warn",
                           names->list[i]);
    date_of(c->ends, date);
    if (c->ends - now < (int64_t)EW_CERT_RENEW_DAYS * DAY_S / 2)
        (void)snprintf(c->warning, sizeof c->warning, "the certificate runs out on %s",
                       date);
}

static ew_code check_pair(ew_cert *c, const ew_hosts *names, int64_t now, ew_err *err)
{
    X509 *x = certificate(&c->chain);
    EVP_PKEY *k = private_key(&c->key);
    ew_code code = EW_OK;
    if (x == NULL)
        code = ew_fail(err, EW_E_FORMAT, 0, "--cert holds no certificate in PEM");
    else if (k == NULL)
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "--cert-key holds no private key in PEM, or one that is locked "
                       "with a password");
    else if (X509_check_private_key(x, k) != 1)
        code = ew_fail(err, EW_E_ARG, 0,
                       "the key of --cert-key is not that of the first certificate in "
                       "--cert");
    else
        code = check_time(x, now, err);
    if (code == EW_OK) {
        describe(c, x);
        warn(c, x, names, now);
    }
    ERR_clear_error();
    EVP_PKEY_free(k);
    X509_free(x);
    return code;
}

ew_code ew_cert_load(ew_cert *out, const char *cert, const char *key,
                     const ew_hosts *names, int64_t now, ew_err *err)
{
    start(out);
    ew_code code = read_secret(cert, false, &out->chain, err);
    if (code == EW_OK)
        code = read_secret(key, true, &out->key, err);
    if (code == EW_OK)
        code = check_pair(out, names, now, err);
    if (code != EW_OK)
        ew_cert_release(out);
    return code;
}

/* ------------------------------------------------------------------ our own */

/* Good for all these names, and for a while. */
static bool fits(ew_cert *c, const ew_hosts *names, int64_t now)
{
    X509 *x = certificate(&c->chain);
    EVP_PKEY *k = private_key(&c->key);
    bool fine = x != NULL && k != NULL && X509_check_private_key(x, k) == 1 &&
                check_time(x, now, NULL) == EW_OK;
    for (unsigned i = 0; i < names->n && fine; i++)
        fine = covers(x, names->list[i]);
    if (fine)
        describe(c, x);
    fine = fine && c->ends - now > (int64_t)EW_CERT_RENEW_DAYS * DAY_S;
    ERR_clear_error();
    EVP_PKEY_free(k);
    X509_free(x);
    return fine;
}

static ew_code keep(const char *path, const ew_buf *pem, ew_err *err)
{
    ew_atomic a;
    ew_code code = ew_atomic_open(&a, path, err);
    if (code != EW_OK)
        return code;
    if (fchmod(a.fd, 0600) != 0)
        code = ew_fail_sys(err, errno, "cannot keep '%s' from others", path);
    if (code == EW_OK)
        code = ew_write_named(a.fd, path, pem->data, pem->len, err);
    if (code == EW_OK)
        return ew_atomic_commit(&a, err);
    ew_atomic_abort(&a);
    return code;
}

/* The one file is both. */
static ew_code read_kept(ew_cert *c, const char *path, ew_err *err)
{
    start(c);
    ew_code code = ew_file_get(path, &c->key, err);
    if (code == EW_OK)
        code = ew_buf_append(&c->chain, c->key.data, c->key.len, err);
    return code;
}

ew_code ew_cert_own(ew_cert *out, const char *dir, const ew_hosts *names, int64_t now,
                    ew_err *err)
{
    char *path = ew_path_join(dir, KEPT);
    ew_buf pem;
    ew_buf_init(&pem, EW_CERT_FILE);
    start(out);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = read_kept(out, path, err);
    bool made = code == EW_E_NOTFOUND || (code == EW_OK && !fits(out, names, now));
    if (made) {
        ew_cert_release(out);
        code = ew_cert_make(names, now, &pem, err);
        if (code == EW_OK)
            code = keep(path, &pem, err);
        if (code == EW_OK)
            code = read_kept(out, path, err);
        if (code == EW_OK && !fits(out, names, now))
            code =
                ew_fail(err, EW_E_BUG, 0, "the certificate that was made does not fit");
    }
    out->made = made;
    if (pem.data != NULL)
        explicit_bzero(pem.data, pem.cap);
    ew_buf_release(&pem);
    ew_free(path);
    if (code != EW_OK)
        ew_cert_release(out);
    return code;
}
