/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for what is made of one article: it does not move, and goes all at once. */
#ifndef EW_IMPORT_ROOM_H
#define EW_IMPORT_ROOM_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

typedef struct ew_room {
    struct ew_room_chunk *chunk; /* the newest */
    size_t used;                 /* of the newest */
    size_t total, max;           /* bytes of all chunks */
    bool full;                   /* max was met, rather than the end of memory */
} ew_room;

void ew_room_init(ew_room *r, size_t max);
void ew_room_release(ew_room *r);

/* Zeroed, aligned for anything; NULL beyond max and when there is no memory. */
void *ew_room_get(ew_room *r, size_t n);

/* What went wrong when ew_room_get gave NULL, as an error. */
ew_code ew_room_fail(const ew_room *r, ew_err *err);

/* A copy. */
EW_MUST_CHECK ew_code ew_room_copy(ew_room *r, ew_slice text, ew_slice *out, ew_err *err);

/* Makes room for one more item of an array that lies outside: grows by doubling, with the old one left
 * behind in the room. */
EW_MUST_CHECK ew_code ew_room_grow(ew_room *r, void **items, size_t n, size_t *cap,
                                   size_t size, ew_err *err);

#endif
