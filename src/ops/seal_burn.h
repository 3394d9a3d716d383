/* SPDX-License-Identifier: Apache-2.0 */
/* Burning: forgetting a part of what was sealed, for good. */
#ifndef EW_OPS_SEAL_BURN_H
#define EW_OPS_SEAL_BURN_H

#include "ops/seal.h"

typedef struct ew_burn_opts {
    const char *item;        /* its number or the beginning of it */
    const char *show, *hide; /* what stays, what goes; see seal/select.h */
    const char *meta;        /* keys of metadata that stay; NULL: all but `bytes` */
    const char *file;        /* where the content is now; NULL: where it was sealed */
    bool remove_original;    /* that file too */
} ew_burn_opts;

typedef char ew_item_hex[EW_ITEM_HEX + 1];

typedef struct ew_twins {
    ew_item_hex *hex;
    size_t n, cap;
} ew_twins;

typedef struct ew_burned {
    char hex[EW_ITEM_HEX + 1];
    ew_stream stream;
    uint64_t left;   /* parts */
    uint64_t burned; /* parts, now or before */
    uint64_t bytes;  /* of what is left, which lies with the desk from now on */
    ew_twins twins;  /* other items that seem to hold the same file, all of it still */
    char *original;  /* removed, or (else) still there with all that was burned */
    bool removed;
    bool recorded; /* an event says so; the log may have been busy */
} ew_burned;

void ew_twins_release(ew_twins *t);

/* Only a cover and the content of what stays are kept: that can be shown still, the rest can be
 * neither shown nor guessed at. Until the secret is exchanged nothing has happened; what has to
 * be wiped after that is wiped the next time when it could not be now.
 *
 * EW_E_ARG when nothing would be burned, or for a collection. EW_E_FORMAT when the file is not
 * what was sealed; EW_E_NOTFOUND when it is to be removed and a part was burned before. */
EW_MUST_CHECK ew_code ew_ops_burn(const ew_desk *d, const ew_burn_opts *opts,
                                  ew_burned *out, ew_err *err);
void ew_burned_release(ew_burned *b);

/* Wipes what a burning that was interrupted could not. Cheap when there is nothing. */
EW_MUST_CHECK ew_code ew_ops__burn_settle(const ew_desk *d, const ew_kept *k,
                                          ew_err *err);

#endif
