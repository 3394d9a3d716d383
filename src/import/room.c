/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: chunks in a list. */
#include "import/room.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

enum { CHUNK = 1 << 16, ALIGN = 16 };

typedef struct ew_room_chunk {
    struct ew_room_chunk *before;
    size_t bytes; /* of the content */
    _Alignas(ALIGN) unsigned char content[];
} ew_room_chunk;

void ew_room_init(ew_room *r, size_t max)
{
    *r = (ew_room){.max = max};
}

void ew_room_release(ew_room *r)
{
    while (r->chunk != NULL) {
        ew_room_chunk *before = r->chunk->before;
        ew_free(r->chunk);
        r->chunk = before;
    }
    ew_room_init(r, r->max);
}

static bool new_chunk(ew_room *r, size_t least)
{
    size_t n = least > CHUNK ? least : CHUNK;
    if (n > r->max || r->total > r->max - n) {
        r->full = true;
        return false;
    }
    ew_room_chunk *c = ew_alloc(sizeof *c + n);
    if (c == NULL)
        return false;
    c->before = r->chunk;
    c->bytes = n;
    r->chunk = c;
    r->used = 0;
    r->total += n;
    return true;
}

void *ew_room_get(ew_room *r, size_t n)
{
    if (n > SIZE_MAX / 2) {
        r->full = true;
        return NULL;
    }
    n = (n + ALIGN - 1) / ALIGN * ALIGN;
    if (r->chunk == NULL || n > r->chunk->bytes - r->used)
        if (!new_chunk(r, n))
            return NULL;
    void *p = r->chunk->content + r->used;
    r->used += n;
    return p;
}

ew_code ew_room_fail(const ew_room *r, ew_err *err)
{
    return r->full ? ew_fail(err, EW_E_LIMIT, 0, "an article too large to be read")
                   : ew_fail_nomem(err);
}

ew_code ew_room_copy(ew_room *r, ew_slice text, ew_slice *out, ew_err *err)
{
    char *p = ew_room_get(r, text.n + 1);
    if (p == NULL)
        return ew_room_fail(r, err);
    if (text.n > 0)
        memcpy(p, text.p, text.n);
    *out = (ew_slice){p, text.n};
    return EW_OK;
}

ew_code ew_room_grow(ew_room *r, void **items, size_t n, size_t *cap, size_t size,
                     ew_err *err)
{
    if (n < *cap)
        return EW_OK;
    size_t more = *cap > 0 ? 2 * *cap : 16;
    void *p = more <= SIZE_MAX / size ? ew_room_get(r, more * size) : NULL;
    if (p == NULL)
        return ew_room_fail(r, err);
    if (n > 0)
        memcpy(p, *items, n * size);
    *items = p;
    *cap = more;
    return EW_OK;
}
