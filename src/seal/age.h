/* SPDX-License-Identifier: Apache-2.0 */
/* Files encrypted as age-encryption.org/v1 (c2sp.org/age): for X25519 recipients or with a
 * passphrase, as a stream. Read and written by `age`, too. */
#ifndef EW_SEAL_AGE_H
#define EW_SEAL_AGE_H

#include "seal/vault.h"

enum {
    EW_AGE_KEY = 32,
    EW_AGE_KEYS_MAX = 64,        /* recipients of a file, identities to try */
    EW_AGE_KEY_FILE_MAX = 65536, /* bytes of a file of them */
    EW_AGE_WORK = 18,     /* log2 of the scrypt work factor that is written: 256 MiB, */
    EW_AGE_WORK_MAX = 20, /* and that is accepted: 1 GiB */
    EW_AGE_CHUNK = 65536
};

/* ------------------------------------------------------------------ keys */

/* Public keys, no two the same. */
typedef struct ew_age_recipients {
    uint8_t keys[EW_AGE_KEYS_MAX][EW_AGE_KEY];
    size_t n;
} ew_age_recipients;

/* Adds "age1..."; one that is there already changes nothing. EW_E_ARG when it is none, or of a
 * kind that is not understood; EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_age_add_recipient(ew_age_recipients *to, ew_slice text,
                                           ew_err *err);

/* Adds those of a file, one a line; empty lines and those that begin with '#' are passed
 * over. EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_age_add_recipients(ew_age_recipients *to, ew_slice file,
                                            ew_err *err);

/* Secret keys, one after another. */
typedef struct ew_age_identities {
    ew_secret keys;
    size_t n;
} ew_age_identities;

/* Reads "AGE-SECRET-KEY-1..." lines, otherwise as above. EW_E_FORMAT also when there is none.
 * To be released in any case. */
EW_MUST_CHECK ew_code ew_age_read_identities(ew_age_identities *ids, ew_slice file,
                                             ew_err *err);
void ew_age_identities_release(ew_age_identities *ids);

/* A new identity: its file, as age-keygen makes it, goes to `file` (512 bytes are enough);
 * its recipient is appended to `recipient`. created: POSIX seconds. */
EW_MUST_CHECK ew_code ew_age_new_identity(ew_secret *file, ew_buf *recipient,
                                          int64_t created, ew_err *err);

/* ------------------------------------------------------------------ reading */

/* Where the file comes from: up to max bytes; *got is 0 at the end only. */
typedef struct ew_age_source {
    void *cookie;
    ew_code (*read)(void *cookie, void *out, size_t max, size_t *got, ew_err *err);
} ew_age_source;

typedef enum ew_age_armor {
    EW_AGE_ARMOR_AUTO,
    EW_AGE_ARMOR_NO,
    EW_AGE_ARMOR_YES
} ew_age_armor;

/* What a file is opened with: some of both. */
typedef struct ew_age_opening {
    const ew_age_identities *identities;
    const ew_secret *pass;
    ew_age_armor armor;
} ew_age_opening;

/* Which part of the file is not as it must be. */
typedef enum ew_age_fault {
    EW_AGE_FINE,
    EW_AGE_BAD_ARMOR,
    EW_AGE_BAD_HEADER,
    EW_AGE_NO_MATCH, /* a file, but for others, or under another passphrase */
    EW_AGE_BAD_MAC,
    EW_AGE_BAD_PAYLOAD
} ew_age_fault;

typedef struct ew_age_reader ew_age_reader;

/* Reads the header. EW_E_FORMAT, EW_E_VERSION, EW_E_LIMIT (as for a work factor that is too
 * high), EW_E_NOTFOUND when nothing opens it; *fault says more, and may be NULL. Source
 * and opening are borrowed, the source until the reader is freed. */
EW_MUST_CHECK ew_code ew_age_open(ew_age_reader **out, const ew_age_source *from,
                                  const ew_age_opening *with, ew_age_fault *fault,
                                  ew_err *err);

/* The next piece of the content, valid until the next call, in locked memory; piece->n is 0
 * at the end, which is told only when the file is complete. Every piece is authentic; that all
 * of them have come is known at the end only. */
EW_MUST_CHECK ew_code ew_age_read(ew_age_reader *r, ew_slice *piece, ew_err *err);
ew_age_fault ew_age_reader_fault(const ew_age_reader *r);
void ew_age_reader_free(ew_age_reader *r);

/* True when this is the beginning of such a file, armored or not. */
bool ew_age_looks_so(ew_slice beginning);

/* ------------------------------------------------------------------ writing */

typedef struct ew_age_sink {
    void *cookie;
    ew_code (*write)(void *cookie, const void *bytes, size_t n, ew_err *err);
} ew_age_sink;

/* One of recipients and pass. */
typedef struct ew_age_closing {
    const ew_age_recipients *recipients;
    const ew_secret *pass;
    unsigned work; /* 1 to EW_AGE_WORK_MAX; with pass */
    bool armor;
} ew_age_closing;

typedef struct ew_age_writer ew_age_writer;

/* Writes the header. The sink is borrowed until the writer is freed. EW_E_ARG without a
 * recipient, or for one that is no point to encrypt to. */
EW_MUST_CHECK ew_code ew_age_create(ew_age_writer **out, const ew_age_sink *to,
                                    const ew_age_closing *how, ew_err *err);
EW_MUST_CHECK ew_code ew_age_write(ew_age_writer *w, const void *bytes, size_t n,
                                   ew_err *err);
/* Writes the end; without it the file is no file. */
EW_MUST_CHECK ew_code ew_age_finish(ew_age_writer *w, ew_err *err);
void ew_age_writer_free(ew_age_writer *w);

#endif
