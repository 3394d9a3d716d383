/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4, through OpenSSL) and CRC-32 (ISO-HDLC, through zlib). */
#ifndef EW_BASE_HASH_H
#define EW_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { EW_SHA256_BYTES = 32, EW_SHA256_HEX = 64 };

typedef struct ew_sha256 ew_sha256; /* running hash */

EW_MUST_CHECK ew_code ew_sha256_new(ew_sha256 **out, ew_err *err);
EW_MUST_CHECK ew_code ew_sha256_feed(ew_sha256 *h, const void *bytes, size_t n,
                                     ew_err *err);
EW_MUST_CHECK ew_code ew_sha256_finish(ew_sha256 *h, uint8_t out[EW_SHA256_BYTES],
                                       ew_err *err);
/* For the next hash after ew_sha256_finish. */
EW_MUST_CHECK ew_code ew_sha256_restart(ew_sha256 *h, ew_err *err);
void ew_sha256_free(ew_sha256 *h);

/* Of bytes in memory. */
void ew_sha256_bytes(const void *bytes, size_t n, uint8_t out[EW_SHA256_BYTES]);

/* Copies all of `from`, read by pread from offset 0, to the descriptor `to` (negative: nowhere) and
 * into a hash (or NULL). *bytes: how many there were (or NULL). what: the words for `from` in an
 * error, behind "cannot read". */
EW_MUST_CHECK ew_code ew_copy_all(int from, int to, ew_sha256 *h, const char *what,
                                  uint64_t *bytes, ew_err *err);

/* Whole file from offset 0 by pread; the file position does not move. */
EW_MUST_CHECK ew_code ew_sha256_fd(int fd, uint8_t out[EW_SHA256_BYTES], ew_err *err);

void ew_hex(const uint8_t *bytes, size_t n, char *out /* 2n + 1 chars */);
/* 0, or -1 when hex is not 2n hex digits. */
int ew_unhex(const char *hex, uint8_t *out, size_t n);

uint32_t ew_crc32(uint32_t crc, const void *bytes, size_t n); /* start with crc = 0 */

#endif
