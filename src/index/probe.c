/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a snapshot many probes at once. Probes are sorted by word, so that memory is read in
 * one direction, and their hits are put back into the order of the questions. */
#include <string.h>

#include "base/alloc.h"
#include "index/snapshot.h"
#include "index/sort.h"

enum {
    BATCH = 1 << 18, /* probes sorted at a time */
    AHEAD_DIR = 24,  /* how far to prefetch, in probes */
    AHEAD_REST = 12,
    AHEAD_HITS = 32
};

#define MAX_HITS ((size_t)1 << 28)

typedef struct span {
    size_t from;
    size_t count;
} span;

typedef struct job {
    const ew_index *ix;
    const ew_probe *probes; /* of this batch */
    size_t n;
    uint64_t common;
    ew_sort_item *sorted, *other; /* [n] the value is the number of the probe */
    span *spans;                  /* [n] hits of each probe in `found` */
    ew_seg_range *ranges;         /* [part_count] of the key at hand */
    ew_hits found;                /* of this batch, by ascending word */
    ew_hits *hits;                /* of all batches, by probe */
    uint64_t skipped;
} job;

static ew_code reserve(ew_hits *h, size_t more, ew_err *err)
{
    if (more > MAX_HITS || h->count + more > MAX_HITS)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %zu hits at once", MAX_HITS);
    if (h->count + more <= h->cap)
        return EW_OK;
    size_t cap = h->cap + h->cap / 2 + 4096;
    if (cap < h->count + more)
        cap = h->count + more;
    ew_hit *items = ew_realloc_array(h->items, cap, sizeof *items);
    if (items == NULL)
        return ew_fail_nomem(err);
    h->items = items;
    h->cap = cap;
    return EW_OK;
}

/* ------------------------------------------------------------------ sorting */

static void sort_probes(job *j)
{
    for (size_t i = 0; i < j->n; i++)
        j->sorted[i] = (ew_sort_item){j->probes[i].word, (uint32_t)i};
    ew_sort__by_key(j->sorted, j->other, j->n);
}

static bool before(const ew_hit *a, const ew_hit *b)
{
    if (a->rec != b->rec)
        return a->rec < b->rec;
    if (a->frame != b->frame)
        return a->frame < b->frame;
    return a->distance < b->distance;
}

/* Shell sort: hits of one segment come sorted already but for equal places, those of several
 * are a few sorted runs; no extra memory, no worst case beyond n^(4/3). */
static void sort_hits(ew_hit *h, size_t n)
{
    size_t gap = 1;
    while (gap < n / 9)
        gap = 3 * gap + 1;
    for (; gap > 0; gap /= 3)
        for (size_t i = gap; i < n; i++) {
            ew_hit x = h[i];
            size_t k = i;
            for (; k >= gap && before(&x, &h[k - gap]); k -= gap)
                h[k] = h[k - gap];
            h[k] = x;
        }
}

/* ------------------------------------------------------------------ looking up */

static void prefetch(const job *j, size_t i, int near)
{
    if (i >= j->n)
        return;
    for (size_t p = 0; p < j->ix->part_count; p++)
        ew_seg__prefetch(&j->ix->parts[p].seg, j->sorted[i].word, near);
}

/* Postings of live recordings under the key at hand; what is removed does not count, as it
 * would not after compaction. */
static uint64_t count_live(const job *j)
{
    uint64_t n = 0;
    for (size_t p = 0; p < j->ix->part_count; p++) {
        const ew_part *part = &j->ix->parts[p];
        uint32_t slot;
        uint32_t frame;
        if (part->all_live) {
            n += j->ranges[p].hi - j->ranges[p].lo;
            continue;
        }
        for (uint32_t i = j->ranges[p].lo; i < j->ranges[p].hi; i++)
            n +=
                ew_seg__place(&part->seg, i, ew_seg__top(&part->seg, i), &slot, &frame) &&
                part->rec_of[slot] != EW_NO_REC;
    }
    return n;
}

static bool is_common(job *j, uint32_t word)
{
    uint64_t n = 0;
    for (size_t p = 0; p < j->ix->part_count; p++) {
        j->ranges[p] = ew_seg__range(&j->ix->parts[p].seg, word);
        n += j->ranges[p].hi - j->ranges[p].lo;
    }
    return j->common != 0 && n > j->common && count_live(j) > j->common;
}

/* A hit before its place is known: the posting in `frame`, its segment in `rec`, the upper
 * bits of its position in those of `distance`. */
static ew_code ask_part(job *j, size_t p, const ew_probe *probe, ew_err *err)
{
    ew_seg_range r = j->ranges[p];
    ew_seg_match match[EW_SEG_SCAN];
    while (r.lo < r.hi) {
        size_t n = ew_seg__scan(&j->ix->parts[p].seg, r, probe, match, &r.lo);
        if (n == 0)
            continue; /* there may be no array yet */
        ew_code code = reserve(&j->found, n, err);
        if (code != EW_OK)
            return code;
        ew_hit *out = j->found.items + j->found.count;
        for (size_t i = 0; i < n; i++)
            out[i] = (ew_hit){(uint32_t)p, match[i].i, probe->tag,
                              (uint16_t)(match[i].distance | match[i].top << 8)};
        j->found.count += n;
    }
    return EW_OK;
}

static ew_code ask_probe(job *j, uint32_t which, ew_err *err)
{
    size_t from = j->found.count;
    ew_code code = EW_OK;
    for (size_t p = 0; p < j->ix->part_count && code == EW_OK; p++)
        if (j->ranges[p].lo < j->ranges[p].hi)
            code = ask_part(j, p, &j->probes[which], err);
    j->spans[which] = (span){from, j->found.count - from};
    return code;
}

/* Places of all hits of the batch, apart from finding them so that the memory they lie in
 * can be asked for in time. Hits in removed recordings become EW_NO_REC. */
static void place_hits(job *j)
{
    ew_hit *h = j->found.items;
    size_t n = j->found.count;
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD_HITS < n)
            ew_seg__prefetch_pos(&j->ix->parts[h[i + AHEAD_HITS].rec].seg,
                                 h[i + AHEAD_HITS].frame);
        const ew_part *part = &j->ix->parts[h[i].rec];
        uint32_t slot = 0;
        uint32_t top = h[i].distance >> 8;
        h[i].distance &= 0xff;
        h[i].rec = EW_NO_REC;
        if (ew_seg__place(&part->seg, h[i].frame, top, &slot, &h[i].frame))
            h[i].rec = part->rec_of[slot];
    }
}

static ew_code hand_over(job *j, ew_err *err)
{
    ew_code code = reserve(j->hits, j->found.count, err);
    for (size_t i = 0; i < j->n && code == EW_OK; i++) {
        size_t n = j->spans[i].count;
        if (n == 0)
            continue;
        ew_hit *from = j->found.items + j->spans[i].from;
        if (n > 1)
            sort_hits(from, n);
        while (n > 0 && from[n - 1].rec == EW_NO_REC)
            n--;
        if (n > 0)
            memcpy(j->hits->items + j->hits->count, from, n * sizeof *from);
        j->hits->count += n;
    }
    return code;
}

static ew_code ask_batch(job *j, ew_err *err)
{
    bool common = false;
    sort_probes(j);
    j->found.count = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < j->n && code == EW_OK; i++) {
        uint32_t word = j->sorted[i].word;
        prefetch(j, i + AHEAD_DIR, 0);
        prefetch(j, i + AHEAD_REST, 1);
        if (i == 0 || (word ^ j->sorted[i - 1].word) >> EW_SEG_LOW_BITS != 0)
            common = is_common(j, word);
        j->spans[j->sorted[i].value] = (span){0, 0};
        if (common)
            j->skipped++;
        else
            code = ask_probe(j, j->sorted[i].value, err);
    }
    if (code != EW_OK)
        return code;
    place_hits(j);
    return hand_over(j, err);
}

static ew_code check_probes(const ew_probe *probes, size_t n, ew_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (probes[i].slack > EW_SEG_LOW_BITS)
            return ew_fail(err, EW_E_ARG, 0, "slack of a probe is above %d",
                           EW_SEG_LOW_BITS);
    return EW_OK;
}

ew_code ew_index_probe(const ew_index *ix, const ew_probe *probes, size_t n,
                       uint64_t common, ew_hits *hits, uint64_t *skipped, ew_err *err)
{
    size_t batch = n < BATCH ? n : BATCH;
    size_t before_us = hits->count;
    job j = {.ix = ix, .common = common, .hits = hits};
    ew_code code = check_probes(probes, n, err);
    if (code != EW_OK)
        return code;
    j.sorted = ew_alloc_array(batch, sizeof *j.sorted);
    j.other = ew_alloc_array(batch, sizeof *j.other);
    j.spans = ew_alloc_array(batch, sizeof *j.spans);
    j.ranges = ew_alloc_array(ix->part_count, sizeof *j.ranges);
    if (j.sorted == NULL || j.other == NULL || j.spans == NULL || j.ranges == NULL)
        code = ew_fail_nomem(err);
    for (size_t at = 0; at < n && code == EW_OK; at += batch) {
        j.probes = probes + at;
        j.n = n - at < batch ? n - at : batch;
        code = ask_batch(&j, err);
    }
    if (code != EW_OK)
        hits->count = before_us;
    if (code == EW_OK && skipped != NULL)
        *skipped = j.skipped;
    ew_hits_release(&j.found);
    ew_free(j.ranges);
    ew_free(j.spans);
    ew_free(j.other);
    ew_free(j.sorted);
    return code;
}

void ew_hits_release(ew_hits *hits)
{
    ew_free(hits->items);
    *hits = (ew_hits){0};
}
