/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 through OpenSSL, CRC-32 through zlib, hex. */
#include "base/hash.h"

#include <errno.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/file.h"

enum { FILE_BLOCK = 256 * 1024 };

struct ew_sha256 {
    EVP_MD_CTX *ctx;
};

static ew_code fail_ssl(ew_err *err)
{
    return ew_fail(err, EW_E_BUG, 0, "the cryptography library refuses SHA-256");
}

void ew_sha256_bytes(const void *bytes, size_t n, uint8_t out[EW_SHA256_BYTES])
{
    (void)SHA256(bytes, n, out);
}

ew_code ew_sha256_new(ew_sha256 **out, ew_err *err)
{
    ew_sha256 *h = ew_alloc(sizeof *h);
    if (h == NULL)
        return ew_fail_nomem(err);
    h->ctx = EVP_MD_CTX_new();
    if (h->ctx == NULL) {
        ew_free(h);
        return ew_fail_nomem(err);
    }
    if (EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1) {
        ew_sha256_free(h);
        return fail_ssl(err);
    }
    *out = h;
    return EW_OK;
}

ew_code ew_sha256_feed(ew_sha256 *h, const void *bytes, size_t n, ew_err *err)
{
    if (n > 0 && EVP_DigestUpdate(h->ctx, bytes, n) != 1)
        return fail_ssl(err);
    return EW_OK;
}

ew_code ew_sha256_finish(ew_sha256 *h, uint8_t out[EW_SHA256_BYTES], ew_err *err)
{
    unsigned int n = 0;
    if (EVP_DigestFinal_ex(h->ctx, out, &n) != 1 || n != EW_SHA256_BYTES)
        return fail_ssl(err);
    return EW_OK;
}

ew_code ew_sha256_restart(ew_sha256 *h, ew_err *err)
{
    return EVP_DigestInit_ex(h->ctx, NULL, NULL) == 1 ? EW_OK : fail_ssl(err);
}

void ew_sha256_free(ew_sha256 *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    ew_free(h);
}

ew_code ew_copy_all(int from, int to, ew_sha256 *h, const char *what, uint64_t *bytes,
                    ew_err *err)
{
    uint64_t at = 0;
    ew_code code = EW_OK;
    uint8_t *block = ew_alloc(FILE_BLOCK);
    if (block == NULL)
        return ew_fail_nomem(err);
    while (code == EW_OK) {
        ssize_t got = pread(from, block, FILE_BLOCK, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            code = ew_fail_sys(err, errno, "cannot read %s at byte %ju", what,
                               (uintmax_t)at);
        if (got <= 0)
            break;
        if (h != NULL)
            code = ew_sha256_feed(h, block, (size_t)got, err);
        if (code == EW_OK && to >= 0)
            code = ew_write_all(to, block, (size_t)got, err);
        at += (uint64_t)got;
    }
    if (bytes != NULL)
        *bytes = at;
    ew_free(block);
    return code;
}

ew_code ew_sha256_fd(int fd, uint8_t out[EW_SHA256_BYTES], ew_err *err)
{
    ew_sha256 *h = NULL;
    ew_code code = ew_sha256_new(&h, err);
    if (code == EW_OK)
        code = ew_copy_all(fd, -1, h, "the file", NULL, err);
    if (code == EW_OK)
        code = ew_sha256_finish(h, out, err);
    ew_sha256_free(h);
    return code;
}

void ew_hex(const uint8_t *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = 0;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int ew_unhex(const char *hex, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int high = nibble(hex[2 * i]);
        int low = high < 0 ? -1 : nibble(hex[2 * i + 1]);
        if (low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return hex[2 * n] == 0 ? 0 : -1;
}

uint32_t ew_crc32(uint32_t crc, const void *bytes, size_t n)
{
    return n > 0 ? (uint32_t)crc32_z(crc, bytes, n) : crc;
}
