/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of sealing: which files, one seal, its secret on disk. */
#ifndef EW_OPS_SEAL_MAKE_H
#define EW_OPS_SEAL_MAKE_H

#include "ops/seal.h"

enum { EW_COLLECTION_MAX = 20000, EW_FOLDER_DEPTH = 64 };

/* ------------------------------------------------------------------ seeds */

/* The seeds that were used, all of them. The log must be open: it keeps others out. */
typedef struct ew_seed_book ew_seed_book;

EW_MUST_CHECK ew_code ew_seed_book_open(ew_seed_book **out, const ew_desk *d,
                                        ew_err *err);
/* EW_E_BUG when one of them was used before. */
EW_MUST_CHECK ew_code ew_seed_book_claim(ew_seed_book *b, const ew_seed *seeds, size_t n,
                                         ew_err *err);
/* Puts what was claimed on disk. */
EW_MUST_CHECK ew_code ew_seed_book_flush(ew_seed_book *b, ew_err *err);
void ew_seed_book_close(ew_seed_book *b);

/* ------------------------------------------------------------------ folders */

typedef struct ew_folder {
    char **names; /* of files, from the folder on; sorted by bytes */
    size_t n, cap;
} ew_folder;

/* What cannot be sealed in it: `path` with the folder. */
typedef void (*ew_folder_problem)(void *cookie, const char *path, const ew_err *why);

/* Every regular file, whatever its name; symbolic links are not followed and are told, as is all
 * that cannot be read. EW_E_LIMIT for more than EW_COLLECTION_MAX files; EW_E_NOTFOUND, EW_E_IO
 * for the folder itself. *f is zeroed first; release it. */
EW_MUST_CHECK ew_code ew_folder_list(ew_folder *f, const char *path,
                                     ew_folder_problem problem, void *cookie,
                                     ew_err *err);
void ew_folder_release(ew_folder *f);

/* ------------------------------------------------------------------ one seal */

/* What all seals of a batch share. */
typedef struct ew_sealer {
    const ew_desk *d;
    const ew_signer *by;
    ew_seed_book *seeds;
    ew_splitter which;
    const char *const *meta; /* by slot, or NULL */
    const char *after;       /* or NULL */
} ew_sealer;

/* What is sealed. */
typedef struct ew_to_seal { /* a file, or a collection */
    const char *path;
    const char *inside; /* its name from the folder on, which then must not be a link */
    /* Of a collection, whose path is the folder and whose members are in k already: */
    const ew_buf *seals; /* its stream */
} ew_to_seal;

/* Cuts, hashes, signs, and keeps the secret: everything but the log. k: initialised. */
EW_MUST_CHECK ew_code ew_ops__seal_make(const ew_sealer *s, const ew_to_seal *what,
                                        ew_sealed *told, ew_kept *k, ew_err *err);

#endif
