/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of age share: input with its armor, headers, wrapped file keys. */
#ifndef EW_SEAL_AGE_PARTS_H
#define EW_SEAL_AGE_PARTS_H

#include "seal/age.h"

enum {
    EW_AGE__FILE_KEY = 16,
    EW_AGE__NONCE = 16,
    EW_AGE__TAG = 16,
    EW_AGE__WRAPPED = EW_AGE__FILE_KEY + EW_AGE__TAG,
    EW_AGE__MAC = 32,
    EW_AGE__LINE = 64,       /* columns */
    EW_AGE__LINE_BYTES = 48, /* that they hold */
    EW_AGE__HEADER_MAX = 256 * 1024
};

#define EW_AGE__VERSION "age-encryption.org/v1"
#define EW_AGE__ARMOR_BEGIN "-----BEGIN AGE ENCRYPTED FILE-----"
#define EW_AGE__ARMOR_END "-----END AGE ENCRYPTED FILE-----"

/* ------------------------------------------------------------------ input */

typedef enum ew_age__place {
    EW_AGE__BODY,
    EW_AGE__LAST_LINE,
    EW_AGE__AFTER
} ew_age__place;

/* The bytes of the file, out of its armor. */
typedef struct ew_age__in {
    const ew_age_source *from;
    uint8_t *raw; /* as it came */
    size_t raw_at, raw_n;
    bool raw_end;
    bool armored;
    ew_age__place place;
    uint8_t *bytes; /* what is not taken yet: at..n */
    size_t at, n;
    bool end;
    ew_age_fault *fault; /* where to say that the armor is bad */
} ew_age__in;

EW_MUST_CHECK ew_code ew_age__in_open(ew_age__in *in, const ew_age_source *from,
                                      ew_age_armor armor, ew_age_fault *fault,
                                      ew_err *err);
void ew_age__in_release(ew_age__in *in);

/* Until `want` bytes are there (a chunk and its tag at most), or the end is. */
EW_MUST_CHECK ew_code ew_age__in_fill(ew_age__in *in, size_t want, ew_err *err);

/* ------------------------------------------------------------------ header */

typedef struct ew_age__stanza {
    ew_slice type;
    ew_slice args[2];                 /* the first two */
    size_t arg_count;                 /* of all, the type not counted */
    uint8_t body[EW_AGE__LINE_BYTES]; /* the beginning */
    size_t body_n;                    /* of all */
} ew_age__stanza;

typedef struct ew_age__header {
    ew_slice stanzas; /* at least one, and all of them well formed */
    ew_slice covered; /* by the MAC */
    uint8_t mac[EW_AGE__MAC];
} ew_age__header;

/* Base64 without padding, canonical, of at most max bytes; empty text is no bytes. */
bool ew_age__base64(ew_slice s, uint8_t *out, size_t max, size_t *n);
EW_MUST_CHECK ew_code ew_age__append_base64(ew_buf *b, const void *bytes, size_t n,
                                            ew_err *err);

bool ew_age__parse_header(ew_age__header *h, ew_slice text);
bool ew_age__take_stanza(ew_slice *rest, ew_age__stanza *s);

/* ------------------------------------------------------------------ keys */

/* HKDF-SHA-256 (RFC 5869), 32 bytes. */
void ew_age__hkdf(uint8_t out[32], ew_slice ikm, ew_slice salt, const char *info);

void ew_age__header_mac(uint8_t mac[EW_AGE__MAC], const uint8_t *file_key,
                        ew_slice covered);

/* Finds the file key; EW_E_NOTFOUND when nothing fits. */
EW_MUST_CHECK ew_code ew_age__unwrap(const ew_age__header *h, const ew_age_opening *with,
                                     uint8_t *file_key, ew_err *err);

/* Appends the stanzas. */
EW_MUST_CHECK ew_code ew_age__wrap(ew_buf *header, const ew_age_closing *how,
                                   const uint8_t *file_key, ew_err *err);

/* Nonce of the n-th chunk. */
void ew_age__chunk_nonce(uint8_t nonce[12], uint64_t n, bool last);

#endif
