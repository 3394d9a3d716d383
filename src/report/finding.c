/* SPDX-License-Identifier: Apache-2.0 */
/* From the piece map to what people ask: how much is explained, where are the joins. */
#include "report/finding.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/words.h"
#include "earwitness/fingerprint.h"
#include "report/times.h"

/* How exactly a join is placed: 95 % of those found in spliced clips with known joins are
 * nearer than this to the true place. Next to sound that matches nothing one side gives no
 * evidence. */
enum {
    JOIN_MS = 70,
    JOIN_TO_NOTHING_MS = 130,
    SAME_LINE_MS = 12,
    SYLLABLE_MS = 100,
    SHORT_MS = 600,
    SAMPLES_PER_MS = EW_FP_RATE_HZ / 1000,
    ARCHIVE_DIGITS = 4 /* of hours, in the JSON */
};

const char *const ew_not_tested[] = {
    EW_N("recordings that are not in the archive"),
    (EW_N(
        "changes of speed beyond 10 % and of pitch beyond one semitone or the change of "
        "speed, and of sound that is also played backwards")),
    EW_N("changes inside a copied sentence that are shorter than a fifth of a second"),
    EW_N("who speaks, and whether the sources themselves are genuine"),
};
const size_t ew_not_tested_count = EW_COUNT(ew_not_tested);

const ew_source_info *ew_finding_source(const ew_finding *f, size_t rec)
{
    for (size_t i = 0; i < f->source_count; i++)
        if (f->sources[i].rec == rec)
            return &f->sources[i];
    return NULL;
}

const char *ew_finding_label(const ew_finding *f, const ew_source_info *s)
{
    for (size_t i = 0; i < f->source_count; i++)
        if (&f->sources[i] != s && strcmp(f->sources[i].file, s->file) == 0)
            return s->name;
    return s->file;
}

double ew_finding_place(const ew_source_info *s, double sample)
{
    return fmin(fmax(sample, 0), (double)s->samples);
}

/* Would the later piece start where the earlier one leads? */
static bool in_line(const ew_piece *a, const ew_piece *b)
{
    double step = a->backwards ? -a->speed : a->speed;
    double expected = a->source_end + step * (double)(b->clip_start - a->clip_end);

    return a->rec == b->rec && a->backwards == b->backwards &&
           fabs(a->speed - b->speed) < 0.005 &&
           fabs(expected - b->source_start) < SAME_LINE_MS * SAMPLES_PER_MS;
}

static void add_join(ew_summary *s, ew_join join)
{
    s->joins[s->join_count++] = join;
}

/* One part of the clip, piece or gap, as the walk over the map meets them. */
typedef struct part {
    size_t piece; /* EW_NO_PIECE for a gap */
    const ew_gap *gap;
    int64_t start, end;
} part;

static bool next_part(const ew_map *m, size_t *piece, size_t *gap, part *out)
{
    bool has_piece = *piece < m->piece_count;
    bool has_gap = *gap < m->gap_count;

    if (has_piece &&
        (!has_gap || m->pieces[*piece].clip_start <= m->gaps[*gap].clip_start)) {
        const ew_piece *p = &m->pieces[*piece];
        *out = (part){(*piece)++, NULL, p->clip_start, p->clip_end};
        return true;
    }
    if (has_gap) {
        const ew_gap *g = &m->gaps[(*gap)++];
        *out = (part){EW_NO_PIECE, g, g->clip_start, g->clip_end};
        return true;
    }
    return false;
}

static bool is_blanked(const part *p)
{
    return p->gap != NULL && p->gap->kind == EW_GAP_BLANKED;
}

/* The join between what came before a pause (or nothing) and what comes now. */
static void meet(ew_summary *s, const ew_map *m, const part *last, const part *now)
{
    bool pause = now->start > last->end;
    ew_join j = {.before = last->piece, .after = now->piece, .in_pause = pause};

    j.blanked = is_blanked(last) || is_blanked(now);
    if (last->piece == EW_NO_PIECE && now->piece == EW_NO_PIECE)
        return; /* unknown sound on both sides: a pause in it says nothing */
    if (last->piece != EW_NO_PIECE && now->piece != EW_NO_PIECE) {
        if (in_line(&m->pieces[last->piece], &m->pieces[now->piece]))
            return;
        j.plus_minus = JOIN_MS * SAMPLES_PER_MS;
    } else {
        j.plus_minus = JOIN_TO_NOTHING_MS * SAMPLES_PER_MS;
    }
    j.at = last->end + (now->start - last->end) / 2;
    j.plus_minus += (now->start - last->end) / 2;
    add_join(s, j);
}

static void count_part(ew_summary *s, const part *p)
{
    int64_t n = p->end - p->start;

    if (p->piece != EW_NO_PIECE)
        s->explained += n;
    else if (p->gap->kind == EW_GAP_NO_MATCH)
        s->unmatched += n;
    else if (p->gap->kind == EW_GAP_BLANKED)
        s->blanked += n;
    else
        s->untold += n;
}

/* Sound that is not the recording's, as long as a syllable at least. A longer stretch of which
 * nothing can be told lies in noise, in a line that goes on. */
static bool is_other_sound(const ew_gap *g)
{
    return g->kind == EW_GAP_NO_MATCH || g->kind == EW_GAP_BLANKED ||
           (g->kind == EW_GAP_SHORT &&
            g->clip_end - g->clip_start >= SYLLABLE_MS * SAMPLES_PER_MS &&
            g->clip_end - g->clip_start < SHORT_MS * SAMPLES_PER_MS);
}

static void find_joins(ew_summary *s, const ew_map *m)
{
    size_t piece = 0;
    size_t gap = 0;
    bool begun = false;
    part last = {0};
    part now;

    while (next_part(m, &piece, &gap, &now)) {
        count_part(s, &now);
        if (now.gap != NULL && !is_other_sound(now.gap))
            continue; /* a pause: what lies around it decides */
        if (begun)
            meet(s, m, &last, &now);
        last = now;
        begun = true;
    }
}

static int64_t samples_of(const ew_map *m, size_t rec)
{
    int64_t n = 0;

    for (size_t i = 0; i < m->piece_count; i++)
        if (m->pieces[i].rec == rec)
            n += m->pieces[i].clip_end - m->pieces[i].clip_start;
    return n;
}

/* Distinct recordings of the main answer, most of the clip first, ties by number. */
static void find_mains(ew_summary *s, const ew_finding *f)
{
    for (size_t i = 0; i < f->source_count; i++) {
        size_t rec = f->sources[i].rec;
        int64_t n = samples_of(f->map, rec);
        size_t at = s->main_count;

        if (n == 0)
            continue;
        while (at > 0 && samples_of(f->map, s->mains[at - 1]) < n) {
            s->mains[at] = s->mains[at - 1];
            at--;
        }
        s->mains[at] = rec;
        s->main_count++;
    }
}

ew_code ew_summary_init(ew_summary *s, const ew_finding *f, ew_err *err)
{
    *s = (ew_summary){0};
    s->joins = ew_alloc_array(f->map->piece_count + f->map->gap_count, sizeof(*s->joins));
    s->mains = ew_alloc_array(f->source_count, sizeof(*s->mains));
    if (s->joins == NULL || s->mains == NULL) {
        ew_summary_release(s);
        return ew_fail_nomem(err);
    }
    find_joins(s, f->map);
    find_mains(s, f);
    return EW_OK;
}

double ew_finding_archive_seconds(const ew_finding *f)
{
    double hours = (double)f->archive_samples / EW_FP_RATE_HZ / 3600;

    return 3600 * ew_round(hours, ARCHIVE_DIGITS);
}

void ew_summary_release(ew_summary *s)
{
    ew_free(s->joins);
    ew_free(s->mains);
    *s = (ew_summary){0};
}

double ew_summary_explained(const ew_summary *s)
{
    int64_t comparable = s->explained + s->unmatched;

    return comparable == 0 ? 0 : (double)s->explained / (double)comparable;
}
