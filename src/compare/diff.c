/* SPDX-License-Identifier: Apache-2.0 */
/* B against A: A becomes an archive of one, B is laid over it, and what differs is told. */
#include "earwitness/diff.h"

#include "base/alloc.h"
#include "base/err.h"
#include "earwitness/align.h"
#include "earwitness/fingerprint.h"
#include "earwitness/index.h"

static ew_code index_of(const float *a, size_t na, ew_index **out, ew_err *err)
{
    ew_fp_maker *m = NULL;
    ew_fp *fp = NULL;
    ew_code rc = ew_fp_maker_new(&m, err);

    if (rc == EW_OK)
        rc = ew_fp_maker_feed(m, a, na, err);
    if (rc == EW_OK)
        rc = ew_fp_maker_finish(m, &fp, err);
    if (rc == EW_OK)
        rc = ew_index_of_print(out, fp, (int64_t)na, err);
    ew_fp_free(fp);
    ew_fp_maker_free(m);
    return rc;
}

static ew_code take_pieces(ew_diff *d, const ew_map *map, ew_err *err)
{
    d->stretches = ew_alloc_array(map->piece_count, sizeof(*d->stretches));
    if (d->stretches == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < map->piece_count; i++) {
        const ew_piece *p = &map->pieces[i];

        d->stretches[d->stretch_count++] = (ew_stretch){
            .a_start = p->source_start,
            .a_end = p->source_end,
            .b_start = (double)p->clip_start,
            .b_end = (double)p->clip_end,
            .speed = p->speed,
            .pitch = p->pitch,
            .agreement = p->wave,
            .by_wave = p->refined,
        };
    }
    d->related = d->stretch_count > 0;
    return EW_OK;
}

ew_code ew_diff_sounds(const float *a, size_t na, const float *b, size_t nb,
                       const ew_progress *prog, ew_diff **out, ew_err *err)
{
    const ew_align_opts opts = ew_align_opts_default();
    ew_index *ix = NULL;
    ew_map *map = NULL;
    ew_diff *d = ew_alloc(sizeof(*d));
    ew_code rc;

    *out = NULL;
    if (d == NULL)
        return ew_fail_nomem(err);
    *d = (ew_diff){
        .a_samples = (int64_t)na, .b_samples = (int64_t)nb, .speed = 1, .pitch = 1};
    rc = index_of(a, na, &ix, err);
    if (rc == EW_OK)
        rc = ew_align_clip(ix, b, nb, &opts, prog, &map, err);
    if (rc == EW_OK)
        rc = take_pieces(d, map, err);
    ew_map_free(map);
    ew_index_close(ix);
    if (rc == EW_OK)
        *out = d;
    else
        ew_diff_free(d);
    return rc;
}

void ew_diff_free(ew_diff *d)
{
    if (d == NULL)
        return;
    ew_free(d->stretches);
    ew_free(d->edits);
    ew_free(d);
}

const char *ew_edit_name(ew_edit_op op)
{
    static const char *const names[] = {"delete",    "insert",  "replace", "move",
                                        "duplicate", "silence", "speed"};

    return names[op];
}
