/* SPDX-License-Identifier: Apache-2.0 */
/* Opens snapshots of an archive and answers what is in them. */
#include "index/snapshot.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "index/archive.h"

enum { RETRIES = 20 };

/* ------------------------------------------------------------------ segments */

/* Not there or not the one the catalogue means: *usable stays false. Only what is wrong with
 * this process or this program's version is an error; damage is for verify to describe. */
static ew_code open_part(ew_part *p, const char *dir, const ew_cat_seg *row, bool *usable,
                         bool *gone, ew_err *err)
{
    char name[EW_ARCHIVE_SEGNAME];
    ew_archive__segname(row->id, name);
    char *path = ew_path_join(dir, name);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_seg__open(&p->seg, path, err);
    ew_free(path);
    *gone = code == EW_E_NOTFOUND;
    *usable = code == EW_OK;
    if (code == EW_OK &&
        (p->seg.head_crc != row->head_crc || p->seg.lay.bytes != row->bytes)) {
        ew_seg__close(&p->seg);
        *usable = false;
    }
    p->id = row->id;
    return code == EW_E_NOMEM || code == EW_E_VERSION ? code : EW_OK;
}

/* *gone: a segment was not there, perhaps because it was merged since. */
static ew_code open_parts(ew_index *ix, bool *gone, ew_err *err)
{
    size_t n = ix->list.seg_count;
    ix->parts = ew_alloc_array(n, sizeof *ix->parts);
    if (ix->parts == NULL)
        return ew_fail_nomem(err);
    ew_code code = EW_OK;
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        ew_part *p = &ix->parts[ix->part_count];
        bool usable = false;
        bool missing = false;
        code = open_part(p, ix->dir, &ix->list.segs[i], &usable, &missing, err);
        *gone = *gone || missing;
        if (code != EW_OK || !usable)
            continue;
        ix->part_count++;
        p->rec_of = ew_alloc_array(p->seg.shape.slots, sizeof *p->rec_of);
        if (p->rec_of == NULL)
            code = ew_fail_nomem(err);
    }
    return code;
}

/* ------------------------------------------------------------------ recordings */

static ew_part *part_by_id(const ew_index *ix, int64_t id)
{
    size_t lo = 0;
    size_t hi = ix->part_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (ix->parts[mid].id == id)
            return &ix->parts[mid];
        if (ix->parts[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

static void add_recording(ew_index *ix, const ew_cat_rec *r)
{
    ew_part *p = part_by_id(ix, r->segment);
    uint32_t slot = 0;
    bool usable = r->sound && p != NULL && ew_seg__find(&p->seg, r->rec.sha256, &slot) &&
                  ew_seg__frames(&p->seg, slot) == r->frames;
    if (r->removed && r->sound) {
        ix->removed++;
    } else if (!usable) {
        ix->damaged++;
    } else {
        p->rec_of[slot] = (uint32_t)ix->count;
        ix->recs[ix->count] = r->rec;
        ix->places[ix->count] = (ew_place){(uint32_t)(p - ix->parts), slot};
        ix->count++;
    }
}

static ew_code place_recordings(ew_index *ix, ew_err *err)
{
    for (size_t i = 0; i < ix->part_count; i++) {
        ew_part *p = &ix->parts[i];
        for (uint32_t j = 0; j < p->seg.shape.slots; j++)
            p->rec_of[j] = EW_NO_REC;
    }
    ix->recs = ew_alloc_array(ix->list.rec_count, sizeof *ix->recs);
    ix->places = ew_alloc_array(ix->list.rec_count, sizeof *ix->places);
    if (ix->recs == NULL || ix->places == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < ix->list.rec_count; i++)
        add_recording(ix, &ix->list.recs[i]);
    for (size_t i = 0; i < ix->part_count; i++) {
        ew_part *p = &ix->parts[i];
        p->all_live = true;
        for (uint32_t j = 0; j < p->seg.shape.slots; j++)
            p->all_live = p->all_live && p->rec_of[j] != EW_NO_REC;
    }
    return EW_OK;
}

/* ------------------------------------------------------------------ open, close */

static void release_content(ew_index *ix)
{
    for (size_t i = 0; i < ix->part_count; i++) {
        ew_seg__close(&ix->parts[i].seg);
        ew_free(ix->parts[i].rec_of);
    }
    ew_free(ix->parts);
    ew_free(ix->recs);
    ew_free(ix->places);
    ew_cat__list_release(&ix->list);
    char *dir = ix->dir;
    *ix = (ew_index){.dir = dir};
}

static ew_code take_snapshot(ew_index *ix, bool *gone, ew_err *err)
{
    ew_code code = ew_cat__load(&ix->list, ix->dir, err);
    if (code == EW_OK)
        code = open_parts(ix, gone, err);
    if (code == EW_OK)
        code = place_recordings(ix, err);
    return code;
}

ew_code ew_index_open(ew_index **out, const char *dir, ew_err *err)
{
    *out = NULL;
    ew_code code = ew_archive__check(dir, err);
    if (code != EW_OK)
        return code;
    ew_index *ix = ew_alloc(sizeof *ix);
    if (ix == NULL)
        return ew_fail_nomem(err);
    ix->dir = ew_strdup(dir);
    if (ix->dir == NULL)
        code = ew_fail_nomem(err);
    bool gone = true;
    for (int i = 0; i < RETRIES && gone && code == EW_OK; i++) {
        gone = false;
        release_content(ix);
        code = take_snapshot(ix, &gone, err);
    }
    if (code == EW_OK) {
        ew_err_clear(err); /* of what was wrong with a segment */
        *out = ix;
    } else {
        ew_index_close(ix);
    }
    return code;
}

/* The one recording of a snapshot without an archive. */
static ew_code take_print(ew_index *ix, const ew_fp *fp, int64_t samples, ew_err *err)
{
    static const uint8_t none[32];
    const ew_seg_source src = {none, fp};
    ix->parts = ew_alloc_array(1, sizeof *ix->parts);
    ix->recs = ew_alloc_array(1, sizeof *ix->recs);
    ix->places = ew_alloc_array(1, sizeof *ix->places);
    if (ix->parts == NULL || ix->recs == NULL || ix->places == NULL)
        return ew_fail_nomem(err);
    ix->part_count = 1;
    ix->parts[0].all_live = true;
    ix->parts[0].rec_of = ew_alloc_array(1, sizeof *ix->parts[0].rec_of);
    if (ix->parts[0].rec_of == NULL)
        return ew_fail_nomem(err);
    ix->recs[0] =
        (ew_recording){.samples = samples, .container = "", .codec = "", .trouble = ""};
    ix->count = 1;
    return ew_seg__make(&ix->parts[0].seg, &src, 1, err);
}

ew_code ew_index_of_print(ew_index **out, const ew_fp *fp, int64_t samples, ew_err *err)
{
    *out = NULL;
    ew_index *ix = ew_alloc(sizeof *ix);
    if (ix == NULL)
        return ew_fail_nomem(err);
    ew_code code = take_print(ix, fp, samples, err);
    if (code == EW_OK)
        *out = ix;
    else
        ew_index_close(ix);
    return code;
}

void ew_index_close(ew_index *ix)
{
    if (ix == NULL)
        return;
    release_content(ix);
    ew_free(ix->dir);
    ew_free(ix);
}

/* ------------------------------------------------------------------ what is in it */

size_t ew_index_count(const ew_index *ix)
{
    return ix->count;
}

const ew_recording *ew_index_recording(const ew_index *ix, size_t rec)
{
    return rec < ix->count ? &ix->recs[rec] : NULL;
}

uint32_t ew_index_frames(const ew_index *ix, size_t rec)
{
    if (rec >= ix->count)
        return 0;
    ew_place at = ix->places[rec];
    return ew_seg__frames(&ix->parts[at.part].seg, at.slot);
}

const uint32_t *ew_index_words(const ew_index *ix, size_t rec)
{
    if (rec >= ix->count)
        return NULL;
    ew_place at = ix->places[rec];
    return ew_seg__words(&ix->parts[at.part].seg, at.slot);
}

const uint8_t *ew_index_wave(const ew_index *ix, size_t rec)
{
    if (rec >= ix->count)
        return NULL;
    ew_place at = ix->places[rec];
    return ew_seg__wave(&ix->parts[at.part].seg, at.slot);
}

static uint64_t slot_bytes(const ew_seg *s, uint32_t slot)
{
    return (uint64_t)ew_seg__frames(s, slot) * 5 + EW_SEG_SLOT +
           (uint64_t)ew_seg__keys(s, slot) * (s->shape.rest_bytes + s->shape.pos_bytes);
}

ew_code ew_index_get_stats(const ew_index *ix, ew_index_stats *out, ew_err *err)
{
    ew_index_stats s = {
        .recordings = ix->count,
        .removed = ix->removed,
        .damaged = ix->damaged,
        .segments = ix->list.seg_count,
    };
    for (size_t i = 0; i < ix->count; i++)
        s.samples += ix->recs[i].samples;
    for (size_t i = 0; i < ix->part_count; i++) {
        const ew_part *p = &ix->parts[i];
        for (uint32_t j = 0; j < p->seg.shape.slots; j++) {
            if (p->rec_of[j] == EW_NO_REC)
                s.reclaimable += slot_bytes(&p->seg, j);
            else
                s.keys += ew_seg__keys(&p->seg, j);
        }
    }
    ew_code code = ew_archive__bytes(ix->dir, &s.bytes, err);
    if (code == EW_OK)
        *out = s;
    return code;
}
