/* SPDX-License-Identifier: Apache-2.0 */
/* What the makers of published derivatives share; inside the module only. */
#ifndef EW_SEAL_PUBLISHED_MAKE_H
#define EW_SEAL_PUBLISHED_MAKE_H

#include "seal/published.h"

enum { EW_MAKER_ROOM = 64 * 1024 };

/* Makes one derivative. Each splitter's function is run twice: first dry, with out NULL, to
 * find out whether it is possible before anything is written. */
typedef struct ew_maker {
    const ew_published_in *in;
    const ew_published_out *out;
    ew_filler filler;
    uint8_t *room; /* EW_MAKER_ROOM bytes, for whoever is at work */
    ew_err *err;
} ew_maker;

/* EW_E_ARG with why it cannot be made. */
ew_code ew_published__refuse(const ew_maker *m, const char *why);

ew_code ew_published__put(const ew_maker *m, const void *bytes, size_t n);
ew_code ew_published__read(const ew_maker *m, size_t r, uint64_t at, void *out, size_t n);
/* n bytes at `at` of run r, as they are; uses the room. */
ew_code ew_published__copy(const ew_maker *m, size_t r, uint64_t at, uint64_t n);

ew_code ew_published__grid(const ew_maker *m);
ew_code ew_published__text(const ew_maker *m);
ew_code ew_published__frames(const ew_maker *m); /* MP3 and AAC */
ew_code ew_published__ogg(const ew_maker *m);

#endif
