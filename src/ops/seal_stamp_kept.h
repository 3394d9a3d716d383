/* SPDX-License-Identifier: Apache-2.0 */
/* Kept checkpoints and tokens on disk, for the files of ops/seal_stamp.h. */
#ifndef EW_OPS_SEAL_STAMP_KEPT_H
#define EW_OPS_SEAL_STAMP_KEPT_H

#include "ops/seal_stamp.h"
#include "seal/log.h"

enum {
    EW_STAMP_BYTES = 1 << 20, /* of a token */
    EW_STAMP_DATA = 64 << 20  /* of a file that was stamped */
};

/* desk/time/<size>/<name>; NULL when out of memory. */
char *ew_stamps__path(const char *desk, uint64_t size, const char *name);
bool ew_stamps__number(const char *name, unsigned *number, bool *ots);

/* Size, text and digest from s->note. */
EW_MUST_CHECK ew_code ew_stamps__set_note(ew_stamped *s, ew_err *err);
/* The log's checkpoint. */
EW_MUST_CHECK ew_code ew_stamps__newest(const char *desk, ew_stamped *s, ew_err *err);
bool ew_stamps__same_text(const ew_stamped *a, const ew_stamped *b);
/* Does b have a signature by each of the keys that signed a? */
EW_MUST_CHECK ew_code ew_stamps__signed_too(const ew_stamped *a, const ew_stamped *b,
                                            bool *all, ew_err *err);

/* What a token is over, when that is a SHA-256 digest. */
EW_MUST_CHECK ew_code ew_stamps__over(ew_slice token, uint8_t digest[32], bool *over,
                                      ew_err *err);

#endif
