/* SPDX-License-Identifier: Apache-2.0 */
/* The published derivative of a file at hand. */
#include "ops/seal_derivative.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"

typedef struct work {
    const ew_derivative_in *in;
    ew_shown *runs;
    uint64_t *lengths; /* of all parts */
} work;

static uint64_t part_at(const ew_cuts *cuts, uint64_t i)
{
    return i > 0 ? cuts->ends[i - 1] : 0;
}

static ew_code read_run(void *cookie, size_t r, uint64_t at, void *out, size_t n,
                        ew_err *err)
{
    const work *w = cookie;
    const ew_src *src = w->in->src;
    at += part_at(w->in->cuts, w->in->runs[r].first);
    return src->read(src->cookie, at, out, n, err);
}

static ew_code put(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    const ew_atomic *a = cookie;
    return ew_write_named(a->fd, a->path, bytes, n, err);
}

static ew_code fill_runs(work *w, ew_err *err)
{
    const ew_cuts *cuts = w->in->cuts;
    w->runs = ew_alloc_array(w->in->run_count, sizeof *w->runs);
    w->lengths = ew_alloc_array(cuts->n, sizeof *w->lengths);
    if (w->runs == NULL || w->lengths == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < cuts->n; i++)
        w->lengths[i] = cuts->ends[i] - part_at(cuts, i);
    for (size_t r = 0; r < w->in->run_count; r++) {
        size_t first = (size_t)w->in->runs[r].first;
        w->runs[r] = (ew_shown){first, (size_t)w->in->runs[r].count, cuts->kinds + first,
                                w->lengths + first, NULL};
    }
    return EW_OK;
}

static ew_code choose_filler(const ew_derivative_in *in, ew_filler *f, ew_err *err)
{
    static const ew_filler all[] = {EW_FILLER_SILENCE, EW_FILLER_TONE, EW_FILLER_MARK};
    ew_splitter s = in->stream->splitter;
    *f = s == EW_SPLIT_CHAT || s == EW_SPLIT_PARA ? EW_FILLER_MARK : EW_FILLER_SILENCE;
    if (in->filler == NULL)
        return EW_OK;
    for (size_t i = 0; i < EW_COUNT(all); i++)
        if (strcmp(in->filler, ew_filler_name(all[i])) == 0) {
            *f = all[i];
            return EW_OK;
        }
    return ew_fail(err, EW_E_ARG, 0, "no filler is called '%s': silence, tone or mark",
                   in->filler);
}

static ew_code write_it(ew_atomic *a, const ew_derivative_in *in,
                        const ew_published_in *pub, ew_filler filler, ew_err *err)
{
    ew_published_out out = {put, a};
    ew_code code = ew_atomic_open(a, in->path, err);
    if (code != EW_OK)
        return code;
    code = ew_published_make(pub, filler, &out, err);
    if (code != EW_OK)
        ew_atomic_abort(a);
    return code;
}

ew_code ew_ops__derive(ew_atomic *a, const ew_derivative_in *in, ew_err *err)
{
    work w = {.in = in};
    ew_filler filler;
    ew_code code = choose_filler(in, &filler, err);
    if (code == EW_OK)
        code = fill_runs(&w, err);
    ew_published_in pub = {in->stream, w.runs, in->run_count, read_run, &w};
    if (code == EW_OK && a == NULL)
        code = ew_published_make(&pub, filler, NULL, err);
    else if (code == EW_OK)
        code = write_it(a, in, &pub, filler, err);
    ew_free(w.runs);
    ew_free(w.lengths);
    return code;
}
