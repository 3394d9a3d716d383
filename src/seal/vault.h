/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets at rest: one random key, wrapped with a passphrase (Argon2id), which locks
 * everything else (XChaCha20-Poly1305). docs/formats/desk.md. */
#ifndef EW_SEAL_VAULT_H
#define EW_SEAL_VAULT_H

#include "base/buf.h"
#include "seal/text.h"

/* Bytes in locked, guarded memory that are wiped when freed. */
typedef struct ew_secret {
    char *bytes;
    size_t n, max;
} ew_secret;

EW_MUST_CHECK ew_code ew_secret_init(ew_secret *s, size_t max, ew_err *err);
void ew_secret_release(ew_secret *s);
void ew_wipe(void *bytes, size_t n);

/* Random bytes for salts, seeds and numbers. EW_E_BUG when the library does not start. */
EW_MUST_CHECK ew_code ew_random(void *out, size_t n, ew_err *err);

/* How hard guessing the passphrase is. */
typedef struct ew_vault_cost {
    uint64_t passes;
    uint64_t bytes; /* of memory */
} ew_vault_cost;

ew_vault_cost ew_vault_cost_default(void); /* 3 passes over 256 MiB */

typedef struct ew_vault ew_vault;

enum { EW_VAULT_FILE_MAX = 1024, EW_LOCKED_OVERHEAD = 24 + 16 };

/* A new vault; its file is appended to `file`. EW_E_ARG for an empty passphrase. */
EW_MUST_CHECK ew_code ew_vault_create(ew_vault **out, const ew_secret *pass,
                                      const ew_vault_cost *cost, ew_buf *file,
                                      ew_err *err);

/* *out is NULL when the passphrase is wrong. EW_E_FORMAT when the file is none, EW_E_LIMIT when
 * it asks for more than 16 passes or 1 GiB. */
EW_MUST_CHECK ew_code ew_vault_open(ew_vault **out, const ew_secret *pass, ew_slice file,
                                    ew_err *err);
/* The same vault under another passphrase: a new file for it is appended to `file`. */
EW_MUST_CHECK ew_code ew_vault_rewrap(const ew_vault *v, const ew_secret *pass,
                                      const ew_vault_cost *cost, ew_buf *file,
                                      ew_err *err);
void ew_vault_free(ew_vault *v);

/* Appends the locked form of n bytes, EW_LOCKED_OVERHEAD longer; it opens only under the same
 * label. */
EW_MUST_CHECK ew_code ew_vault_lock(const ew_vault *v, ew_slice label, const void *bytes,
                                    size_t n, ew_buf *out, ew_err *err);

/* Into out, which has room for its max bytes. EW_E_FORMAT when it was not locked by this vault
 * under this label, or was changed. */
EW_MUST_CHECK ew_code ew_vault_unlock(const ew_vault *v, ew_slice label, ew_slice locked,
                                      ew_secret *out, ew_err *err);

#endif
