/* SPDX-License-Identifier: Apache-2.0 */
/* What is held in memory for a window between two requests, under a random name that only it was told: items that are
 * looked at, bundles that were verified, files that were written and are to be fetched. A few of each kind; the one
 * not used for longest goes first, and what is not used for half an hour goes by itself. */
#ifndef EW_SERVE_HELD_H
#define EW_SERVE_HELD_H

#include "base/hash.h"
#include "serve/guard.h"
#include "serve/http.h"

enum {
    EW_HELD_EACH = 16,     /* of a kind */
    EW_HELD_SECONDS = 1800 /* without use */
};

typedef enum ew_held_kind {
    EW_HELD_LOOK,
    EW_HELD_SHOWN,
    EW_HELD_MADE,
    EW_HELD_KINDS
} ew_held_kind;

/* What is held, and how to let go of it. */
typedef struct ew_held_thing {
    ew_held_kind kind;
    void *what;
    void (*drop)(void *what);
    const uint8_t *sha256; /* of the sound that belongs to it, or NULL; */
    const char *path;      /* and where that is; both stay with `what` */
} ew_held_thing;

typedef struct ew_held ew_held;

EW_MUST_CHECK ew_code ew_held_new(ew_held **out, struct ew_sounds *sounds,
                                  const char *work, ew_err *err);
void ew_held_free(ew_held *h);

/* Takes the thing over, also on failure; name: of it, 64 hex digits. Threads: any, as for all below. */
EW_MUST_CHECK ew_code ew_held_put(ew_held *h, const ew_held_thing *t,
                                  char name[EW_TOKEN_TEXT], ew_err *err);
/* What has this name, for this thread alone until it is given back. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_held_take(ew_held *h, ew_held_kind kind, ew_slice name,
                                   void **what, ew_err *err);
void ew_held_give(ew_held *h, void *what);
/* Lets go of it, as soon as nobody has it. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_held_remove(ew_held *h, ew_held_kind kind, ew_slice name,
                                     ew_err *err);
/* Where a sound is that belongs to something held; to be freed. NULL: nowhere. */
char *ew_held_sound(ew_held *h, const uint8_t sha256[EW_SHA256_BYTES]);
/* Lets go of what was not used for long. */
void ew_held_tidy(ew_held *h);

#endif
