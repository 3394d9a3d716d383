/* SPDX-License-Identifier: Apache-2.0 */
/* Merges segments into one, streaming: mapped inputs, one block of memory per section. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "index/segment_out.h"

enum { TICK = 1 << 20 }; /* postings between two calls of the progress callback */

/* A recording that is kept. */
typedef struct entry {
    const uint8_t *sha256;
    uint32_t input;
    uint32_t slot;
} entry;

/* Reads one input's postings in order. */
typedef struct cursor {
    const ew_seg *seg;
    const bool *keep;
    uint32_t *first; /* [slots] new number of each recording's first frame */
    uint64_t at;     /* key bits << 32 | new frame number, of the posting at hand */
    uint32_t word;
    uint32_t next; /* posting after it */
    uint32_t bucket;
} cursor;

typedef struct merge {
    entry *entries;
    size_t entry_count;
    cursor *cursors; /* [n] */
    size_t *heap;    /* cursors that have a posting, smallest `at` first */
    size_t heap_count;
    size_t n;
    uint64_t frames, postings;
} merge;

static ew_code nonsense(ew_err *err)
{
    return ew_fail(err, EW_E_FORMAT, 0,
                   "segment is damaged: its postings are out of order");
}

/* ------------------------------------------------------------------ recordings */

static int by_sha(const void *a, const void *b)
{
    return memcmp(((const entry *)a)->sha256, ((const entry *)b)->sha256, 32);
}

static ew_code gather(merge *m, const ew_seg_input *in, ew_err *err)
{
    size_t slots = 0;
    for (size_t i = 0; i < m->n; i++)
        slots += in[i].seg->shape.slots;
    m->entries = ew_alloc_array(slots, sizeof *m->entries);
    if (m->entries == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < m->n; i++)
        for (uint32_t j = 0; j < in[i].seg->shape.slots; j++) {
            if (in[i].keep != NULL && !in[i].keep[j])
                continue;
            m->entries[m->entry_count++] =
                (entry){ew_seg__sha(in[i].seg, j), (uint32_t)i, j};
            m->frames += ew_seg__frames(in[i].seg, j);
            m->postings += ew_seg__keys(in[i].seg, j);
        }
    if (m->entry_count > 1)
        qsort(m->entries, m->entry_count, sizeof *m->entries, by_sha);
    for (size_t i = 1; i < m->entry_count; i++)
        if (by_sha(&m->entries[i - 1], &m->entries[i]) == 0)
            return ew_fail(err, EW_E_BUG, 0, "a recording is in two segments");
    if (m->entry_count > EW_SEG_MAX_SLOTS || m->frames > UINT32_MAX ||
        m->postings > UINT32_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "too much sound for one segment");
    return EW_OK;
}

static ew_code number_frames(merge *m, const ew_seg_input *in, ew_err *err)
{
    m->cursors = ew_alloc_array(m->n, sizeof *m->cursors);
    m->heap = ew_alloc_array(m->n, sizeof *m->heap);
    if (m->cursors == NULL || m->heap == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < m->n; i++) {
        cursor *c = &m->cursors[i];
        *c = (cursor){.seg = in[i].seg, .keep = in[i].keep};
        c->first = ew_alloc_array(c->seg->shape.slots, sizeof *c->first);
        if (c->first == NULL)
            return ew_fail_nomem(err);
    }
    uint32_t frames = 0;
    for (size_t i = 0; i < m->entry_count; i++) {
        cursor *c = &m->cursors[m->entries[i].input];
        c->first[m->entries[i].slot] = frames;
        frames += ew_seg__frames(c->seg, m->entries[i].slot);
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ postings */

/* Goes to the next posting of a kept recording; *more is false at the end. */
static ew_code advance(cursor *c, bool *more, ew_err *err)
{
    uint32_t buckets = (uint32_t)1 << c->seg->shape.dir_bits;
    *more = false;
    while (c->next < c->seg->shape.postings) {
        while (c->bucket < buckets && ew_seg__dir(c->seg, c->bucket + 1) <= c->next)
            c->bucket++;
        uint32_t slot = 0;
        uint32_t frame = 0;
        if (c->bucket == buckets ||
            !ew_seg__place(c->seg, c->next, ew_seg__top(c->seg, c->next), &slot, &frame))
            return nonsense(err);
        uint32_t i = c->next++;
        if (c->keep != NULL && !c->keep[slot])
            continue;
        c->word = ew_seg__word_at(c->seg, i, c->bucket);
        uint64_t at =
            (uint64_t)(c->word >> EW_SEG_LOW_BITS) << 32 | (c->first[slot] + frame);
        if (at < c->at)
            return nonsense(err);
        c->at = at;
        *more = true;
        return EW_OK;
    }
    return EW_OK;
}

static void sift_down(merge *m, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < m->heap_count;
             child++)
            if (m->cursors[m->heap[child]].at < m->cursors[m->heap[least]].at)
                least = child;
        if (least == i)
            return;
        size_t other = m->heap[i];
        m->heap[i] = m->heap[least];
        m->heap[least] = other;
        i = least;
    }
}

static ew_code fill_heap(merge *m, ew_err *err)
{
    for (size_t i = 0; i < m->n; i++) {
        bool more = false;
        ew_code code = advance(&m->cursors[i], &more, err);
        if (code != EW_OK)
            return code;
        if (more)
            m->heap[m->heap_count++] = i;
    }
    for (size_t i = m->heap_count; i-- > 0;)
        sift_down(m, i);
    return EW_OK;
}

static ew_code merge_postings(merge *m, ew_seg_out *o, const ew_progress *prog,
                              ew_err *err)
{
    ew_code code = fill_heap(m, err);
    uint64_t done = 0;
    while (code == EW_OK && m->heap_count > 0) {
        cursor *c = &m->cursors[m->heap[0]];
        bool more = false;
        code = ew_seg__out_posting(o, c->word, (uint32_t)c->at, err);
        if (code == EW_OK)
            code = advance(c, &more, err);
        if (!more)
            m->heap[0] = m->heap[--m->heap_count];
        sift_down(m, 0);
        if (++done % TICK == 0 && prog != NULL && prog->tick != NULL &&
            prog->tick(prog->cookie, "merge", (int64_t)done, (int64_t)m->postings) != 0)
            code = ew_fail(err, EW_E_CANCELLED, 0, "cancelled");
    }
    return code;
}

/* ------------------------------------------------------------------ all */

static ew_code put_table(const merge *m, ew_seg_out *o, ew_err *err)
{
    uint8_t *table = ew_alloc_array(m->entry_count, EW_SEG_SLOT);
    if (table == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < m->entry_count; i++) {
        const entry *e = &m->entries[i];
        const ew_seg *s = m->cursors[e->input].seg;
        memcpy(table + i * EW_SEG_SLOT, e->sha256, 32);
        ew_put_u32le(table + i * EW_SEG_SLOT + 32, ew_seg__frames(s, e->slot));
        ew_put_u32le(table + i * EW_SEG_SLOT + 36, ew_seg__keys(s, e->slot));
    }
    ew_code code = ew_seg__out_table(o, table, err);
    ew_free(table);
    return code;
}

static ew_code put_all(merge *m, ew_seg_out *o, const ew_progress *prog, ew_err *err)
{
    ew_code code = put_table(m, o, err);
    for (size_t i = 0; i < m->entry_count && code == EW_OK; i++) {
        const entry *e = &m->entries[i];
        const ew_seg *s = m->cursors[e->input].seg;
        code = ew_seg__out_bytes(o, EW_SEG_WORDS, ew_seg__words(s, e->slot),
                                 (size_t)ew_seg__frames(s, e->slot) * 4, err);
        if (code == EW_OK)
            code = ew_seg__out_bytes(o, EW_SEG_WAVE, ew_seg__wave(s, e->slot),
                                     ew_seg__frames(s, e->slot), err);
    }
    if (code == EW_OK)
        code = merge_postings(m, o, prog, err);
    return code;
}

static void release(merge *m)
{
    for (size_t i = 0; i < m->n && m->cursors != NULL; i++)
        ew_free(m->cursors[i].first);
    ew_free(m->heap);
    ew_free(m->cursors);
    ew_free(m->entries);
}

ew_code ew_seg__merge(const char *path, const ew_seg_input *in, size_t n,
                      const ew_progress *prog, ew_seg_made *made, ew_err *err)
{
    merge m = {.n = n};
    ew_seg_out o;
    ew_code code = gather(&m, in, err);
    if (code == EW_OK)
        code = number_frames(&m, in, err);
    if (code == EW_OK) {
        ew_seg_shape shape = ew_seg__shape((uint32_t)m.entry_count, m.frames, m.postings);
        code = ew_seg__out_open(&o, path, &shape, err);
        if (code == EW_OK) {
            code = put_all(&m, &o, prog, err);
            if (code == EW_OK)
                code = ew_seg__out_commit(&o, made, err);
            else
                ew_seg__out_abort(&o);
        }
    }
    release(&m);
    return code;
}
