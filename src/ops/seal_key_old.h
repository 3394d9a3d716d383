/* SPDX-License-Identifier: Apache-2.0 */
/* Files about keys, as the life of keys and the list of old ones share them. */
#ifndef EW_OPS_SEAL_KEY_OLD_H
#define EW_OPS_SEAL_KEY_OLD_H

#include "ops/seal_key.h"

/* keys/<file> as a whole; EW_E_NOTFOUND when there is none. */
EW_MUST_CHECK ew_code ew_keys__put(const char *dir, const char *file, const ew_buf *b,
                                   ew_err *err);
EW_MUST_CHECK ew_code ew_keys__get(const char *dir, const char *file, ew_buf *b,
                                   ew_err *err);

/* "BEFORE VKEY since TIME", without the time when since is NULL; and a line feed. */
EW_MUST_CHECK ew_code ew_keys__append(ew_buf *b, const char *before, const ew_vkey *key,
                                      const int64_t *since, ew_err *err);

/* "USE VKEY since TIME" */
bool ew_keys__parse(ew_slice line, ew_old_key *k);

/* Adds one to keys/old, unless it is there. */
EW_MUST_CHECK ew_code ew_keys__add(const char *dir, const ew_old_key *k, ew_err *err);

#endif
