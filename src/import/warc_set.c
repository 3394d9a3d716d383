/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over the first half of SHA-256, which nobody can make collide. */
#include "import/warc_set.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"

enum { KEY = 16, FIRST = 64 };

typedef struct slot {
    uint8_t key[KEY];
    uint32_t number;
    bool used;
} slot;

struct ew_warc_set {
    slot *slots;
    size_t count, cap; /* cap: a power of two */
    bool full;
};

ew_code ew_warc_set_new(ew_warc_set **out, ew_err *err)
{
    *out = ew_alloc(sizeof **out);
    return *out != NULL ? EW_OK : ew_fail_nomem(err);
}

void ew_warc_set_free(ew_warc_set *s)
{
    if (s == NULL)
        return;
    ew_free(s->slots);
    ew_free(s);
}

static slot *find(slot *slots, size_t cap, const uint8_t *key)
{
    size_t i = (size_t)ew_get_u64le(key) & (cap - 1);
    while (slots[i].used && memcmp(slots[i].key, key, KEY) != 0)
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

static ew_code grow(ew_warc_set *s, ew_err *err)
{
    size_t cap = s->cap > 0 ? 2 * s->cap : FIRST;
    slot *more = ew_alloc_array(cap, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < s->cap; i++)
        if (s->slots[i].used)
            *find(more, cap, s->slots[i].key) = s->slots[i];
    ew_free(s->slots);
    s->slots = more;
    s->cap = cap;
    return EW_OK;
}

ew_code ew_warc_set_add(ew_warc_set *s, ew_slice text, uint32_t number, ew_err *err)
{
    uint8_t hash[EW_SHA256_BYTES];
    ew_code code = EW_OK;
    if (2 * s->count >= s->cap)
        code = grow(s, err);
    if (code != EW_OK)
        return code;
    ew_sha256_bytes(text.p, text.n, hash);
    slot *at = find(s->slots, s->cap, hash);
    if (at->used)
        return EW_OK;
    s->full = s->count == EW_WARC_SET_MAX;
    if (s->full)
        return EW_OK;
    memcpy(at->key, hash, KEY);
    at->number = number;
    at->used = true;
    s->count++;
    return EW_OK;
}

bool ew_warc_set_find(const ew_warc_set *s, ew_slice text, uint32_t *number)
{
    uint8_t hash[EW_SHA256_BYTES];
    if (s->cap == 0)
        return false;
    ew_sha256_bytes(text.p, text.n, hash);
    const slot *at = find(s->slots, s->cap, hash);
    *number = at->number;
    return at->used;
}

bool ew_warc_set_full(const ew_warc_set *s)
{
    return s->full;
}
