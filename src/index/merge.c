/* SPDX-License-Identifier: Apache-2.0 */
/* Which segments are merged when, and the exchange of old ones for a new one. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "index/writer.h"

enum {
    SMALL = 6 << 20,  /* bytes, about 2.5 hours: segments below it are always merged, as
                          their directories would take more room than that saves work */
    MAX_FAN_IN = 4096 /* segments merged at a time: each takes a mapping */
};

/* A segment under consideration. */
typedef struct cand {
    int64_t id;
    uint64_t bytes;
    uint32_t head_crc;
    ew_seg seg;
    bool open;   /* seg is open and every byte of it is right */
    bool *keep;  /* [slots] while open */
    size_t live; /* catalogue rows that need it: kept ones */
    size_t kept; /* of them found in it */
} cand;

typedef struct plan {
    ew_index_writer *w;
    ew_cat_list list;
    cand *cands; /* largest first */
    size_t count;
    bool drop_removed;
    bool changed;
    bool damage; /* met a damaged segment that is still needed */
} plan;

/* ------------------------------------------------------------------ opening */

static int largest_first(const void *a, const void *b)
{
    const cand *x = a;
    const cand *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void release(plan *p)
{
    for (size_t i = 0; i < p->count; i++) {
        ew_seg__close(&p->cands[i].seg);
        ew_free(p->cands[i].keep);
    }
    ew_free(p->cands);
    ew_cat__list_release(&p->list);
    p->cands = NULL;
    p->count = 0;
}

static ew_code load(plan *p, ew_err *err)
{
    ew_code code = ew_cat__load(&p->list, p->w->dir, err);
    if (code != EW_OK)
        return code;
    p->cands = ew_alloc_array(p->list.seg_count, sizeof *p->cands);
    if (p->cands == NULL)
        return ew_fail_nomem(err);
    p->count = p->list.seg_count;
    for (size_t i = 0; i < p->count; i++) {
        const ew_cat_seg *s = &p->list.segs[i];
        p->cands[i] = (cand){.id = s->id, .bytes = s->bytes, .head_crc = s->head_crc};
    }
    if (p->count > 1)
        qsort(p->cands, p->count, sizeof *p->cands, largest_first);
    return EW_OK;
}

static void note_bad(void *cookie, const ew_seg_bad *b)
{
    (void)b;
    *(bool *)cookie = true;
}

/* Opens a segment and reads all of it: damage must not be copied under new checksums. */
static ew_code open_cand(plan *p, cand *c, const ew_progress *prog, ew_err *err)
{
    char *path = ew_writer__segment_path(p->w, c->id);
    if (path == NULL)
        return ew_fail_nomem(err);
    bool bad = false;
    ew_code code = ew_seg__open(&c->seg, path, err);
    ew_free(path);
    if (code == EW_OK)
        code = ew_seg__check(&c->seg, note_bad, &bad, prog, err);
    if (code == EW_E_NOMEM || code == EW_E_CANCELLED || code == EW_E_VERSION)
        return code;
    if (code == EW_OK && !bad && c->seg.head_crc == c->head_crc)
        c->open = true;
    else
        ew_seg__close(&c->seg);
    if (!c->open)
        return EW_OK;
    c->keep = ew_alloc_array(c->seg.shape.slots, sizeof *c->keep);
    return c->keep == NULL ? ew_fail_nomem(err) : EW_OK;
}

/* Marks what the catalogue wants from each of the open segments. */
static void mark_kept(plan *p)
{
    for (size_t i = 0; i < p->list.rec_count; i++) {
        const ew_cat_rec *r = &p->list.recs[i];
        cand *c = NULL;
        for (size_t k = 0; k < p->count && c == NULL; k++)
            if (p->cands[k].id == r->segment)
                c = &p->cands[k];
        if (c == NULL || (r->removed && p->drop_removed))
            continue;
        uint32_t slot = 0;
        c->live++;
        if (c->open && ew_seg__find(&c->seg, r->rec.sha256, &slot)) {
            c->keep[slot] = true;
            c->kept++;
        }
    }
}

/* ------------------------------------------------------------------ exchange */

/* Catalogue part: rows of the kept recordings move to the new segment, the old ones go. */
static ew_code exchange_rows(plan *p, cand **group, size_t n, int64_t id,
                             const ew_seg_made *made, ew_err *err)
{
    ew_code code = made == NULL ? EW_OK : ew_cat__add_segment(p->w->cat, id, made, err);
    for (size_t g = 0; g < n && code == EW_OK; g++) {
        const cand *c = group[g];
        for (uint32_t j = 0; c->open && j < c->seg.shape.slots && code == EW_OK; j++)
            if (c->keep[j])
                code = ew_cat__set_segment(p->w->cat, ew_seg__sha(&c->seg, j), id, err);
        if (code == EW_OK)
            code = ew_cat__drop_segment(p->w->cat, c->id, err);
    }
    return code;
}

static ew_code forget_removed(plan *p, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; p->drop_removed && i < p->list.rec_count && code == EW_OK; i++)
        if (p->list.recs[i].removed)
            code = ew_cat__forget(p->w->cat, p->list.recs[i].rec.sha256, err);
    return code;
}

static ew_code exchange(plan *p, cand **group, size_t n, int64_t id,
                        const ew_seg_made *made, ew_err *err)
{
    ew_code code = ew_cat__begin(p->w->cat, err);
    if (code != EW_OK)
        return code;
    code = exchange_rows(p, group, n, id, made, err);
    if (code == EW_OK)
        code = forget_removed(p, err);
    if (code == EW_OK)
        code = ew_cat__commit(p->w->cat, err);
    else
        ew_cat__rollback(p->w->cat);
    for (size_t g = 0; g < n; g++)
        ew_writer__unlink_dead(p->w, group[g]->id);
    if (code == EW_OK)
        p->changed = true;
    return code;
}

/* Replaces the group by one segment with what is kept of it, or by nothing. */
static ew_code merge_group(plan *p, cand **group, size_t n, const ew_progress *prog,
                           ew_err *err)
{
    int64_t id = 0;
    size_t kept = 0;
    ew_seg_made made;
    char *path = NULL;
    ew_seg_input *in = ew_alloc_array(n, sizeof *in);
    if (in == NULL)
        return ew_fail_nomem(err);
    size_t inputs = 0;
    for (size_t g = 0; g < n; g++) {
        kept += group[g]->kept;
        if (group[g]->kept > 0)
            in[inputs++] = (ew_seg_input){&group[g]->seg, group[g]->keep};
    }
    ew_code code = ew_cat__next_segment(p->w->cat, &id, err);
    if (code == EW_OK && (path = ew_writer__segment_path(p->w, id)) == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK && kept > 0)
        code = ew_seg__merge(path, in, inputs, prog, &made, err);
    if (code == EW_OK) {
        code = exchange(p, group, n, id, kept > 0 ? &made : NULL, err);
        if (code != EW_OK)
            ew_writer__unlink_dead(p->w, id);
    }
    ew_free(path);
    ew_free(in);
    return code;
}

/* ------------------------------------------------------------------ policy */

/* Largest first: the first segment that is not larger than all smaller ones together is
 * merged with all of them. So sizes at least halve from one to the next, there are never
 * more than log2 of them, and a word is copied into something twice as large each time. */
static size_t first_to_merge(const plan *p)
{
    uint64_t after = 0;
    size_t first = p->count;
    for (size_t i = p->count; i-- > 0;) {
        if (p->cands[i].bytes <= after || p->cands[i].bytes < SMALL)
            first = i;
        after += p->cands[i].bytes;
    }
    return first;
}

/* Takes segments from `from` on into group while they fit one new segment; returns how far
 * it came. Damaged ones that are needed are left as they are. */
static size_t pick(plan *p, size_t from, cand **group, size_t *n)
{
    uint64_t frames = 0;
    uint64_t postings = 0;
    size_t i = from;
    for (*n = 0; i < p->count && *n < MAX_FAN_IN; i++) {
        cand *c = &p->cands[i];
        if (c->live > c->kept) {
            p->damage = true;
            continue;
        }
        if (c->open) {
            frames += c->seg.shape.frames;
            postings += c->seg.shape.postings;
        }
        if (frames > UINT32_MAX || postings > UINT32_MAX)
            break;
        group[(*n)++] = c;
    }
    return i;
}

/* One of the group alone is worth rewriting only if something in it is not kept. */
static bool worthwhile(cand *const *group, size_t n)
{
    return n > 1 ||
           (n == 1 && (!group[0]->open || group[0]->kept < group[0]->seg.shape.slots));
}

static ew_code merge_from(plan *p, size_t from, const ew_progress *prog, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = from; i < p->count && code == EW_OK; i++)
        code = open_cand(p, &p->cands[i], prog, err);
    if (code != EW_OK)
        return code;
    mark_kept(p);
    cand **group = ew_alloc_array(p->count, sizeof *group);
    if (group == NULL)
        return ew_fail_nomem(err);
    while (from < p->count && code == EW_OK) {
        size_t n = 0;
        from = pick(p, from, group, &n);
        if (worthwhile(group, n))
            code = merge_group(p, group, n, prog, err);
    }
    ew_free(group);
    return code;
}

ew_code ew_index_writer_merge(ew_index_writer *w, const ew_progress *prog, ew_err *err)
{
    plan p = {.w = w};
    ew_cat_seg *segs = NULL;
    size_t n = 0;
    /* The usual answer, without reading the catalogue. */
    ew_code code = ew_cat__segments(w->cat, &segs, &n, err);
    ew_free(segs);
    if (code != EW_OK || n < 2)
        return code;
    code = load(&p, err);
    if (code == EW_OK) {
        size_t from = first_to_merge(&p);
        if (from + 1 < p.count)
            code = merge_from(&p, from, prog, err);
    }
    release(&p);
    return code;
}

/* Removed recordings whose segment stays as it is are forgotten all the same. */
static ew_code forget_rest(plan *p, ew_err *err)
{
    bool any = false;
    for (size_t i = 0; i < p->list.rec_count; i++)
        any = any || p->list.recs[i].removed;
    return any && !p->changed ? exchange(p, NULL, 0, 0, NULL, err) : EW_OK;
}

ew_code ew_index_writer_compact(ew_index_writer *w, const ew_progress *prog, ew_err *err)
{
    plan p = {.w = w, .drop_removed = true};
    ew_code code = load(&p, err);
    if (code == EW_OK)
        code = merge_from(&p, 0, prog, err);
    if (code == EW_OK)
        code = forget_rest(&p, err);
    bool changed = p.changed;
    bool damage = p.damage;
    release(&p);
    if (code == EW_OK && changed)
        ew_cat__shrink(w->cat);
    if (code == EW_OK && damage)
        code = ew_fail(
            err, EW_E_FORMAT, 0,
            "a damaged segment was left as it is; run 'earwitness archive verify'");
    return code;
}
