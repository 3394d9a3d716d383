/* SPDX-License-Identifier: Apache-2.0 */
/* Reads every byte of an archive and says what is damaged, whom it concerns, and what to do. */
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "index/archive.h"
#include "index/catalogue.h"

#define REBUILD                                                                          \
    "run 'earwitness remove' and then 'earwitness add' on the original file of each of " \
    "the "                                                                               \
    "recordings named"
#define READD "run 'earwitness add' on the original file of each of the recordings named"
#define RESTORE "put back a copy of the catalogue, or add the recordings to a new archive"

typedef struct check {
    const char *dir;
    ew_cat_list list;
    void (*found)(void *cookie, const ew_damage *d);
    void *cookie;
    uint64_t damaged;
    uint8_t (*shas)[32]; /* [rec_count] room for the recordings of a finding */
    const char **names;
    /* the segment being read */
    const ew_seg *seg;
    int64_t seg_id;
    const char *seg_name;
    /* progress over all segments */
    const ew_progress *prog;
    int64_t done, total;
} check;

/* ------------------------------------------------------------------ findings */

static void add_affected(check *c, ew_damage *d, const ew_recording *r)
{
    memcpy(c->shas[d->affected_count], r->sha256, 32);
    c->names[d->affected_count] = r->names[0];
    d->affected_count++;
}

static void tell(check *c, ew_damage *d)
{
    d->affected = (const uint8_t(*)[32])c->shas;
    d->affected_names = c->names;
    c->damaged++;
    if (c->found != NULL)
        c->found(c->cookie, d);
}

static void tell_file(check *c, const char *file, const char *what)
{
    ew_damage d = {.file = file, .what = what};
    tell(c, &d);
}

static void tell_one(check *c, const char *file, const char *what, const ew_recording *r)
{
    ew_damage d = {.file = file, .what = what};
    add_affected(c, &d, r);
    tell(c, &d);
}

/* Everything that lives in the segment at hand. */
static void tell_segment(check *c, uint64_t offset, const char *what)
{
    ew_damage d = {.file = c->seg_name, .offset = offset, .what = what};
    for (size_t i = 0; i < c->list.rec_count; i++)
        if (c->list.recs[i].segment == c->seg_id && !c->list.recs[i].removed)
            add_affected(c, &d, &c->list.recs[i].rec);
    tell(c, &d);
}

/* ------------------------------------------------------------------ segments */

/* Recordings with frames in bytes [from, to) of the words or the wave. */
static void tell_frames(check *c, const ew_seg_bad *b)
{
    uint64_t unit = b->section == EW_SEG_WORDS ? 4 : 1;
    ew_damage d = {.file = c->seg_name,
                   .offset = b->from,
                   .what = "part of the words is damaged; " REBUILD};
    uint64_t from = (b->from - c->seg->lay.at[b->section]) / unit;
    uint64_t to = (b->to - c->seg->lay.at[b->section]) / unit;
    for (size_t i = 0; i < c->list.rec_count; i++) {
        const ew_cat_rec *r = &c->list.recs[i];
        uint32_t slot = 0;
        if (r->segment == c->seg_id && !r->removed &&
            ew_seg__find(c->seg, r->rec.sha256, &slot) && c->seg->start[slot] < to &&
            c->seg->start[slot + 1] > from)
            add_affected(c, &d, &r->rec);
    }
    tell(c, &d);
}

static void bad_block(void *cookie, const ew_seg_bad *b)
{
    check *c = cookie;
    if (b->section == EW_SEG_WORDS || b->section == EW_SEG_WAVE)
        tell_frames(c, b);
    else if (b->section == EW_SEG_HEAD)
        tell_segment(c, b->from, "the table of recordings is damaged; " REBUILD);
    else
        tell_segment(c, b->from,
                     "part of the keys is damaged, so these recordings may not be "
                     "found; " REBUILD);
}

static int tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    check *c = cookie;
    (void)total;
    return c->prog->tick(c->prog->cookie, stage, c->done + done, c->total);
}

/* What the catalogue expects in the segment. */
static void check_members(check *c)
{
    for (size_t i = 0; i < c->list.rec_count; i++) {
        const ew_cat_rec *r = &c->list.recs[i];
        uint32_t slot = 0;
        if (r->segment != c->seg_id || r->removed)
            continue;
        if (!ew_seg__find(c->seg, r->rec.sha256, &slot) ||
            ew_seg__frames(c->seg, slot) != r->frames)
            tell_one(c, c->seg_name, "the segment does not hold this recording; " REBUILD,
                     &r->rec);
    }
}

static ew_code check_open_segment(check *c, const ew_cat_seg *row, ew_err *err)
{
    ew_progress prog = {tick, c};
    bool shown = c->prog != NULL && c->prog->tick != NULL;
    if (row->head_crc != c->seg->head_crc || row->bytes != c->seg->lay.bytes) {
        tell_segment(c, 0, "this is not the segment that belongs here; " READD);
        return EW_OK;
    }
    check_members(c);
    return ew_seg__check(c->seg, bad_block, c, shown ? &prog : NULL, err);
}

static ew_code check_segment(check *c, const ew_cat_seg *row, ew_err *err)
{
    char name[EW_ARCHIVE_SEGNAME];
    ew_err why = {0};
    ew_seg seg;
    ew_archive__segname(row->id, name);
    c->seg = &seg;
    c->seg_id = row->id;
    c->seg_name = name;
    char *path = ew_path_join(c->dir, name);
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_seg__open(&seg, path, &why);
    ew_free(path);
    if (!row->sound)
        tell_file(c, EW_ARCHIVE_CATALOGUE, "the row of a segment is damaged; " RESTORE);
    if (code == EW_E_NOMEM)
        return ew_fail_nomem(err);
    if (code == EW_OK) {
        code = check_open_segment(c, row, err);
        ew_seg__close(&seg);
    } else {
        tell_segment(c, why.pos,
                     code == EW_E_NOTFOUND ? "the segment is missing; " READD
                     : code == EW_E_VERSION
                         ? "the segment is of a newer version, or its header "
                           "is damaged; " READD
                     : code == EW_E_IO ? "the segment cannot be read; " READD
                                       : "the segment's header, table or length is "
                                         "damaged; " READD);
        code = EW_OK;
    }
    c->done += (int64_t)row->bytes;
    return code;
}

/* ------------------------------------------------------------------ catalogue */

static void bad_structure(void *cookie, const char *what)
{
    check *c = cookie;
    ew_err text; /* only as a place for one clean line */
    (void)ew_fail(&text, EW_E_FORMAT, 0, "the catalogue is damaged (%.100s); " RESTORE,
                  what);
    tell_file(c, EW_ARCHIVE_CATALOGUE, text.text);
}

static void check_rows(check *c)
{
    for (size_t i = 0; i < c->list.rec_count; i++) {
        const ew_cat_rec *r = &c->list.recs[i];
        bool homeless = true;
        for (size_t k = 0; k < c->list.seg_count && homeless; k++)
            homeless = c->list.segs[k].id != r->segment;
        if (!r->sound)
            tell_one(c, EW_ARCHIVE_CATALOGUE, "the row of a recording is damaged; " READD,
                     &r->rec);
        if (!r->names_sound)
            tell_one(
                c, EW_ARCHIVE_CATALOGUE,
                "a name of a recording is damaged; 'earwitness add' of its original file "
                "puts it back",
                &r->rec);
        if (homeless && !r->removed)
            tell_one(c, EW_ARCHIVE_CATALOGUE, "a recording has no segment; " READD,
                     &r->rec);
    }
    if (c->list.stray)
        tell_file(c, EW_ARCHIVE_CATALOGUE, "rows of the catalogue are damaged; " RESTORE);
}

/* Damage is a finding; what keeps us from looking is an error. */
static ew_code as_finding(check *c, ew_code code, const char *file, const ew_err *why,
                          ew_err *err)
{
    if (code == EW_E_FORMAT || code == EW_E_LIMIT) {
        tell_file(c, file, why->text);
        return EW_OK;
    }
    if (code != EW_OK && err != NULL)
        *err = *why;
    return code;
}

static ew_code check_catalogue(check *c, ew_err *err)
{
    ew_err why = {0};
    uint64_t before = c->damaged;
    ew_code code = ew_cat__integrity(c->dir, bad_structure, c, &why);
    code = as_finding(c, code, EW_ARCHIVE_CATALOGUE, &why, err);
    if (code != EW_OK)
        return code;
    code = ew_cat__load(&c->list, c->dir, &why);
    if (code == EW_E_FORMAT && c->damaged > before)
        return EW_OK; /* said already */
    code = as_finding(c, code, EW_ARCHIVE_CATALOGUE, &why, err);
    if (code != EW_OK)
        return code;
    c->shas = ew_alloc_array(c->list.rec_count, sizeof *c->shas);
    c->names = ew_alloc_array(c->list.rec_count, sizeof *c->names);
    if (c->shas == NULL || c->names == NULL)
        return ew_fail_nomem(err);
    check_rows(c);
    return EW_OK;
}

ew_code ew_index_verify(const char *dir, void (*found)(void *cookie, const ew_damage *d),
                        void *cookie, const ew_progress *prog, uint64_t *damaged,
                        ew_err *err)
{
    check c = {.dir = dir, .found = found, .cookie = cookie, .prog = prog};
    ew_err why = {0};
    ew_code code = ew_archive__check(dir, &why);
    code = as_finding(&c, code, EW_ARCHIVE_MARKER, &why, err);
    if (code == EW_OK)
        code = check_catalogue(&c, err);
    for (size_t i = 0; i < c.list.seg_count; i++)
        c.total += (int64_t)c.list.segs[i].bytes;
    for (size_t i = 0; i < c.list.seg_count && code == EW_OK; i++)
        code = check_segment(&c, &c.list.segs[i], err);
    if (code == EW_OK)
        *damaged = c.damaged;
    ew_free(c.shas);
    ew_free(c.names);
    ew_cat__list_release(&c.list);
    return code;
}
