/* SPDX-License-Identifier: Apache-2.0 */
/* Published derivatives: what the splitters share, and the check. */
#include "seal/published.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "seal/published_make.h"

static const char *const names[] = {"silence", "tone", "mark"};

const char *ew_filler_name(ew_filler f)
{
    return names[f];
}

/* ------------------------------------------------------------------ shared */

ew_code ew_published__refuse(const ew_maker *m, const char *why)
{
    return ew_fail(m->err, EW_E_ARG, 0, "cannot be published with its gaps filled: %s",
                   why);
}

ew_code ew_published__put(const ew_maker *m, const void *bytes, size_t n)
{
    if (m->out == NULL || n == 0)
        return EW_OK;
    return m->out->put(m->out->cookie, bytes, n, m->err);
}

ew_code ew_published__read(const ew_maker *m, size_t r, uint64_t at, void *out, size_t n)
{
    const ew_published_in *in = m->in;
    if (in->read != NULL)
        return in->read(in->read_cookie, r, at, out, n, m->err);
    if (n > 0)
        memcpy(out, in->runs[r].bytes + at, n);
    return EW_OK;
}

ew_code ew_published__copy(const ew_maker *m, size_t r, uint64_t at, uint64_t n)
{
    ew_code code = EW_OK;
    if (m->out == NULL)
        return EW_OK;
    while (n > 0 && code == EW_OK) {
        size_t some = n < EW_MAKER_ROOM ? (size_t)n : EW_MAKER_ROOM;
        code = ew_published__read(m, r, at, m->room, some);
        if (code == EW_OK)
            code = ew_published__put(m, m->room, some);
        at += some;
        n -= some;
    }
    return code;
}

/* ------------------------------------------------------------------ making */

static bool filler_fits(ew_splitter s, ew_filler f)
{
    bool text = s == EW_SPLIT_CHAT || s == EW_SPLIT_PARA;
    return f == EW_FILLER_TONE ? s == EW_SPLIT_GRID : (f == EW_FILLER_MARK) == text;
}

static ew_code pass(const ew_maker *m)
{
    ew_splitter s = m->in->stream->splitter;
    if (!filler_fits(s, m->filler))
        return ew_published__refuse(m, "this filler is not for what it is");
    switch (s) {
    case EW_SPLIT_GRID:
        return ew_published__grid(m);
    case EW_SPLIT_OGG:
        return ew_published__ogg(m);
    case EW_SPLIT_MP3:
    case EW_SPLIT_AAC:
        return ew_published__frames(m);
    case EW_SPLIT_CHAT:
    case EW_SPLIT_PARA:
        return ew_published__text(m);
    default:
        return ew_published__refuse(m, "it was not sealed in parts that could be filled");
    }
}

/* out NULL: the dry pass only */
static ew_code make(const ew_published_in *in, ew_filler filler,
                    const ew_published_out *out, ew_err *err)
{
    ew_maker m = {.in = in, .filler = filler, .err = err};
    m.room = ew_alloc(EW_MAKER_ROOM);
    if (m.room == NULL)
        return ew_fail_nomem(err);
    ew_code code = pass(&m);
    m.out = out;
    if (code == EW_OK && out != NULL)
        code = pass(&m);
    ew_free(m.room);
    return code;
}

bool ew_published_possible(const ew_published_in *in, ew_filler filler, ew_err *why)
{
    return make(in, filler, NULL, why) == EW_OK;
}

ew_code ew_published_make(const ew_published_in *in, ew_filler filler,
                          const ew_published_out *out, ew_err *err)
{
    return make(in, filler, out, err);
}

/* ------------------------------------------------------------------ checking */

/* What is left of the file that should be the derivative. */
typedef struct comparison {
    ew_slice rest;
    bool differs;
} comparison;

static ew_code compare(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    comparison *c = cookie;
    c->differs = n > c->rest.n || memcmp(c->rest.p, bytes, n) != 0;
    if (c->differs)
        return ew_fail(err, EW_E_CANCELLED, 0, "not what is to be published");
    c->rest.p += n;
    c->rest.n -= n;
    return EW_OK;
}

ew_code ew_published_check(const ew_published_in *in, ew_slice published, bool *same,
                           ew_filler *filler, ew_err *err)
{
    *same = false;
    for (size_t f = 0; f < EW_COUNT(names); f++) {
        comparison c = {.rest = published};
        ew_published_out out = {compare, &c};
        if (!filler_fits(in->stream->splitter, (ew_filler)f))
            continue;
        ew_code code = make(in, (ew_filler)f, &out, err);
        if (code == EW_OK && c.rest.n == 0) {
            *same = true;
            *filler = (ew_filler)f;
            return EW_OK;
        }
        /* That it is not this one, or cannot be one, is an answer. */
        if (code != EW_OK && !c.differs && code != EW_E_ARG)
            return code;
    }
    ew_err_clear(err);
    return EW_OK;
}
