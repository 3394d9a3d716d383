/* SPDX-License-Identifier: Apache-2.0 */
/* Digests as web archives tell them. */
#include "import/warc_digest.h"

#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/hash.h"

static const struct {
    const char *name;
    size_t bytes;
    const EVP_MD *(*md)(void);
} kinds[] = {{"sha1", 20, EVP_sha1},      {"sha256", 32, EVP_sha256},
             {"sha384", 48, EVP_sha384},  {"sha512", 64, EVP_sha512},
             {"md5", 16, EVP_md5},        {"sha-1", 20, EVP_sha1},
             {"sha-256", 32, EVP_sha256}, {"sha-384", 48, EVP_sha384},
             {"sha-512", 64, EVP_sha512}};

static int digit32(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a';
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static int digit64(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* The bits of digits, high ones first; what is left over must be 0. */
static bool unbase(ew_slice text, unsigned bits, uint8_t *out, size_t *n)
{
    uint32_t kept = 0;
    unsigned count = 0;
    size_t made = 0;
    for (size_t i = 0; i < text.n; i++) {
        int d = bits == 5 ? digit32(text.p[i]) : digit64(text.p[i]);
        if (d < 0)
            return false;
        kept = kept << bits | (uint32_t)d;
        count += bits;
        if (count < 8)
            continue;
        count -= 8;
        if (made == *n)
            return false;
        out[made++] = (uint8_t)(kept >> count);
        kept &= (1u << count) - 1;
    }
    *n = made;
    return kept == 0 && count < bits;
}

static ew_slice without_marks(ew_slice s)
{
    while (s.n > 0 && s.p[s.n - 1] == '=')
        s.n--;
    return s;
}

bool ew_warc_base64(ew_slice text, uint8_t *out, size_t *n)
{
    return unbase(without_marks(text), 6, out, n);
}

static bool read_value(ew_slice value, size_t bytes, uint8_t *out)
{
    char hex[2 * 64 + 1];
    size_t n = bytes;
    if (value.n == 2 * bytes) {
        memcpy(hex, value.p, value.n);
        hex[value.n] = 0;
        return ew_unhex(hex, out, bytes) == 0;
    }
    value = without_marks(value);
    if (value.n == (8 * bytes + 4) / 5)
        return unbase(value, 5, out, &n) && n == bytes;
    return unbase(value, 6, out, &n) && n == bytes;
}

ew_code ew_warc_digest_begin(ew_warc_digest *d, ew_slice told, ew_err *err)
{
    const char *colon = told.n > 0 ? memchr(told.p, ':', told.n) : NULL;
    d->given = told.n > 0;
    d->known = false;
    d->told = told;
    if (colon == NULL)
        return EW_OK;
    size_t name = (size_t)(colon - told.p);
    ew_slice value = {colon + 1, told.n - name - 1};
    for (size_t i = 0; i < EW_COUNT(kinds); i++) {
        if (strlen(kinds[i].name) != name ||
            strncasecmp(kinds[i].name, told.p, name) != 0 ||
            !read_value(value, kinds[i].bytes, d->want))
            continue;
        if (d->made == NULL)
            d->made = EVP_MD_CTX_new();
        if (d->made == NULL || EVP_DigestInit_ex(d->made, kinds[i].md(), NULL) != 1)
            return ew_fail_nomem(err);
        d->n = kinds[i].bytes;
        d->known = true;
        break;
    }
    return EW_OK;
}

ew_code ew_warc_digest_feed(ew_warc_digest *d, const void *bytes, size_t n, ew_err *err)
{
    return !d->known || n == 0 || EVP_DigestUpdate(d->made, bytes, n) == 1
               ? EW_OK
               : ew_fail_nomem(err);
}

ew_code ew_warc_digest_end(ew_warc_digest *d, bool *right, ew_err *err)
{
    uint8_t got[EVP_MAX_MD_SIZE];
    *right = false;
    if (!d->known)
        return EW_OK;
    if (EVP_DigestFinal_ex(d->made, got, NULL) != 1)
        return ew_fail_nomem(err);
    *right = memcmp(got, d->want, d->n) == 0;
    return EW_OK;
}

void ew_warc_digest_release(ew_warc_digest *d)
{
    EVP_MD_CTX_free(d->made);
    d->made = NULL;
}
