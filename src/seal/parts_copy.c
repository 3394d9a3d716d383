/* SPDX-License-Identifier: Apache-2.0 */
/* Copying parts, each compared as it goes by. */
#include "seal/parts_copy.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { COPY_BLOCK = 256 * 1024 };

/* One part on its way. */
typedef struct copier {
    const ew_parts_from *from;
    ew_code (*put)(void *cookie, const void *bytes, size_t n, ew_err *err);
    void *cookie;
    ew_sha256 *h;
    uint8_t *block;
    ew_err *err;
} copier;

static ew_code copy_part(copier *c, uint64_t part)
{
    const ew_cuts *cuts = c->from->cuts;
    uint64_t at = part > 0 ? cuts->ends[part - 1] : 0;
    uint8_t got[EW_HASH];
    ew_code code = ew_sha256_restart(c->h, c->err);
    while (at < cuts->ends[part] && code == EW_OK) {
        uint64_t rest = cuts->ends[part] - at;
        size_t n = rest < COPY_BLOCK ? (size_t)rest : COPY_BLOCK;
        code = c->from->src->read(c->from->src->cookie, at, c->block, n, c->err);
        if (code == EW_OK)
            code = ew_sha256_feed(c->h, c->block, n, c->err);
        if (code == EW_OK)
            code = c->put(c->cookie, c->block, n, c->err);
        at += n;
    }
    if (code == EW_OK)
        code = ew_sha256_finish(c->h, got, c->err);
    if (code == EW_OK && memcmp(got, c->from->parts[part].content.b, sizeof got) != 0)
        code = ew_fail(c->err, EW_E_FORMAT, 0,
                       "the file changed while it was read; nothing of it was written");
    return code;
}

ew_code ew_parts_copy(const ew_parts_from *from, const ew_run *run,
                      ew_code (*put)(void *cookie, const void *bytes, size_t n,
                                     ew_err *err),
                      void *cookie, ew_err *err)
{
    copier c = {.from = from, .put = put, .cookie = cookie, .err = err};
    c.block = ew_alloc(COPY_BLOCK);
    ew_code code = c.block != NULL ? ew_sha256_new(&c.h, err) : ew_fail_nomem(err);
    for (uint64_t i = 0; i < run->count && code == EW_OK; i++)
        code = copy_part(&c, run->first + i);
    ew_sha256_free(c.h);
    ew_free(c.block);
    return code;
}
