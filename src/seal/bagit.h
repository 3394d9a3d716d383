/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a bag (RFC 8493, BagIt 1.0, SHA-256): a folder that any archive can check with
 * `sha256sum -c`. docs/formats/bagit.md. */
#ifndef EW_SEAL_BAGIT_H
#define EW_SEAL_BAGIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { EW_BAG_PATH = 1000 }; /* bytes of a path in a bag */

typedef struct ew_bag ew_bag;

/* A bag that will be the folder `dir`, which must not be there (EW_E_ARG); it gets that name when
 * it is complete. Until then it is written in a folder beside it, which only its owner can read; what a program that
 * was killed left there of such a kind is removed. */
EW_MUST_CHECK ew_code ew_bag_new(ew_bag **out, const char *dir, ew_err *err);
void ew_bag_free(ew_bag *b); /* of one that was not finished nothing stays */

/* Writes a file in pieces. path: relative, without empty parts and parts that begin with a dot;
 * what lies below data/ is the payload, all else describes it. EW_E_ARG for a path that is none,
 * or was used. */
EW_MUST_CHECK ew_code ew_bag_begin(ew_bag *b, const char *path, ew_err *err);
EW_MUST_CHECK ew_code ew_bag_write(ew_bag *b, const void *bytes, size_t n, ew_err *err);
EW_MUST_CHECK ew_code ew_bag_end(ew_bag *b, ew_err *err);
/* All three. */
EW_MUST_CHECK ew_code ew_bag_put(ew_bag *b, const char *path, const void *bytes, size_t n,
                                 ew_err *err);

/* A line of bag-info.txt. EW_E_ARG unless both are one line, and label has no colon. */
EW_MUST_CHECK ew_code ew_bag_info(ew_bag *b, const char *label, const char *value,
                                  ew_err *err);

/* Bytes and files of the payload so far. */
void ew_bag_payload(const ew_bag *b, uint64_t *bytes, uint64_t *files);

/* Writes bagit.txt, bag-info.txt (with its Payload-Oxum) and the manifests, syncs everything, and
 * gives the folder its name. */
EW_MUST_CHECK ew_code ew_bag_finish(ew_bag *b, ew_err *err);

#endif
