/* SPDX-License-Identifier: Apache-2.0 */
/* Finding candidates: each second of the clip asks the index for its keys with their least
 * certain bits tried both ways; answers that agree on one place in one recording are votes;
 * the places with most votes are compared word by word; what stands out is followed. */
#include "align/find.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "align/look.h"
#include "base/alloc.h"

enum {
    BLOCK = EW_FP_RATE_HZ / EW_CLIP_HOP, /* clip frames per block of votes: one second */
    FLIPS_SAME =
        EW_CLIP_FLIPS, /* least certain bits tried both ways at the clip's own pitch */
    FLIPS_OTHER = 3,   /* ... and at each other pitch */
    MOST_FLIPS = 1 << EW_CLIP_FLIPS,
    SLACK_SAME = 1,    /* counted key bits that may differ; none at other pitches */
    TABLE = 1 << 17,   /* vote counters, by hash of the place */
    LOOKS_SAME = 800,  /* places looked at per block at the clip's own pitch ... */
    LOOKS_OTHER = 250, /* ... and at each other pitch */
    KEEP = 24,         /* of which the best are kept per block ... */
    KEEP_SAME = 8,     /* ... but only so many that chance reaches too */
    KEEP_OTHER = 2,
    STEP_SAME = 2,        /* clip frames between keys at the clip's own pitch ... */
    STEP_OTHER = 4,       /* ... and at each other pitch */
    PITCH_STEP = 2,       /* cells between the pitches tried */
    EDGE = EW_FP_RATE_HZ, /* samples from an end of the clip */
    AHEAD = 8,            /* looks */
    MOST_VOTES = 63,
    MOST_LINES = 400
};

#define LOOK_Z 7.5       /* a first look below this is chance ... */
#define LOOK_OTHER_Z 9.0 /* ... or this at another pitch, of which there are ten */
#define FAIR_Z 13.0      /* a first look that chance hardly reaches */
#define CLEAR_Z 19.0     /* a block with such a line need not be tried at other pitches */
#define REFINE_Z 8.5     /* a followed line below this is chance */
#define PAY_TWO_Z 11.0   /* ... or this, when it neither begins nor ends with the clip */
#define OUTDONE 1.5 /* a candidate where another line agrees by so much more is chance */

void ew_lines_release(ew_lines *l)
{
    ew_free(l->items);
    memset(l, 0, sizeof(*l));
}

static ew_code push(ew_lines *l, const ew_line *line, ew_err *err)
{
    if (l->count == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 256;
        ew_line *p = ew_realloc_array(l->items, cap, sizeof(*p));

        if (!p)
            return ew_fail_nomem(err);
        l->items = p;
        l->cap = cap;
    }
    l->items[l->count++] = *line;
    return EW_OK;
}

/* What one search uses over and over. */
typedef struct finder {
    ew_scene *scene;
    const ew_clip_view *view;
    const ew_search *how;
    ew_probe probes[BLOCK * MOST_FLIPS];
    ew_hits hits;
    uint8_t votes[TABLE];
    uint8_t taken[TABLE];
    uint64_t *base; /* [recordings] where each begins on one long axis of frames */
    size_t chosen[LOOKS_SAME]; /* hits */
    ew_line looked[LOOKS_SAME];
    double *clear;  /* [blocks] best z of a line found there so far */
    ew_lines found; /* first looks that stand out */
} finder;

static uint32_t place_hash(uint64_t place)
{
    return (uint32_t)((place * 0x9e3779b97f4a7c15u) >> 47);
}

static_assert(TABLE == 1 << (64 - 47), "place_hash fills the table");

static uint64_t place_of(const finder *f, const ew_hit *h, const ew_clip_key *keys)
{
    return f->base[h->rec] + h->frame - keys[h->tag].frame / EW_CLIP_STEP;
}

/* Every word that the key may have been, its least certain bits tried both ways. */
static size_t make_probes(finder *f, const ew_clip_key *keys, size_t n)
{
    size_t count = 0;
    bool faint = f->how->faint && f->view->pitch == 0;
    uint32_t flips = faint ? FLIPS_SAME : FLIPS_OTHER;
    uint16_t slack = faint ? SLACK_SAME : 0;

    for (size_t k = 0; k < n; k++)
        for (uint32_t x = 0; x < 1u << flips; x++) {
            uint32_t word = keys[k].word;

            for (uint32_t b = 0; b < flips; b++)
                if (x >> b & 1)
                    word ^= keys[k].weak[b];
            f->probes[count++] = (ew_probe){word, slack, (uint16_t)k};
        }
    return count;
}

/* Votes for a place are those within one frame of it. */
static unsigned votes_at(const finder *f, uint64_t place)
{
    return (unsigned)f->votes[place_hash(place - 1)] + f->votes[place_hash(place)] +
           f->votes[place_hash(place + 1)];
}

/* Smallest number of votes that about `most` places exceed or have. */
static unsigned enough_votes(const finder *f, const ew_clip_key *keys, size_t most)
{
    size_t histogram[MOST_VOTES + 1] = {0}, places = 0;
    unsigned v = MOST_VOTES;

    for (size_t i = 0; i < f->hits.count; i++) {
        unsigned n = votes_at(f, place_of(f, &f->hits.items[i], keys));

        histogram[n < MOST_VOTES ? n : MOST_VOTES]++;
    }
    /* A place with v votes has v hits that say so, if not all of them lie exactly there. */
    while (v > 1 && (places += 2 * histogram[v] / (v + 1)) < most)
        v--;
    return v;
}

/* Looks at one hit's place; keeps it among the best of its block. */
static size_t look_at(finder *f, const ew_hit *h, const ew_clip_key *keys, double middle,
                      size_t kept)
{
    double at = (double)keys[h->tag].frame * EW_CLIP_HOP;
    ew_line l = {.rec = h->rec, .pitch = f->view->pitch, .tempo = 1, .clip = middle};
    double least = !f->how->faint ? FAIR_Z : l.pitch ? LOOK_OTHER_Z : LOOK_Z;

    l.source = (double)h->frame * EW_FP_HOP + (middle - at);
    if (ew_line_verify(f->scene, f->view, least, &l))
        f->looked[kept++] = l;
    return kept;
}

/* Asks for the memory that look_at will read. */
static void fetch_ahead(const finder *f, const ew_hit *h, const ew_clip_key *keys,
                        double middle)
{
    enum { LINE_FRAMES = 16, HALF = EW_LOOK_FRAMES / 2 };
    const uint32_t *words = ew_index_words(f->scene->index, h->rec);
    int64_t frames = ew_index_frames(f->scene->index, h->rec);
    int64_t at =
        h->frame + (int64_t)(middle / EW_FP_HOP) - keys[h->tag].frame / EW_CLIP_STEP;

    for (int64_t i = at - HALF; i <= at + HALF; i += LINE_FRAMES)
        if (i >= 0 && i < frames)
            __builtin_prefetch(words + i);
}

/* Takes one hit of every place with votes[0] to votes[1] votes while there is room. */
static size_t take_places(finder *f, const ew_clip_key *keys, const unsigned votes[2],
                          size_t count, size_t most)
{
    for (size_t i = 0; i < f->hits.count && count < most; i++) {
        uint64_t place = place_of(f, &f->hits.items[i], keys);
        unsigned n = votes_at(f, place);
        uint8_t *taken = &f->taken[place_hash(place)];

        if (n < votes[0] || n > votes[1] || *taken)
            continue;
        *taken = f->taken[place_hash(place + 1)] = f->taken[place_hash(place - 1)] = 1;
        f->chosen[count++] = i;
    }
    return count;
}

/* Hits at the places with most votes, one for each place and at most `most`. */
static size_t choose_places(finder *f, const ew_clip_key *keys, size_t most)
{
    unsigned enough = enough_votes(f, keys, most);
    size_t count;

    memset(f->taken, 0, sizeof(f->taken));
    count = take_places(f, keys, (unsigned[2]){enough + 1, UINT_MAX}, 0, most);
    return take_places(f, keys, (unsigned[2]){enough, enough}, count, most);
}

static int by_z(const void *a, const void *b)
{
    const ew_line *x = a, *y = b;

    if (x->z != y->z)
        return x->z > y->z ? -1 : 1;
    if (x->rec != y->rec)
        return x->rec < y->rec ? -1 : 1;
    if (x->source - x->clip != y->source - y->clip)
        return x->source - x->clip < y->source - y->clip ? -1 : 1;
    return (x->pitch > y->pitch) - (x->pitch < y->pitch);
}

static ew_code keep_best(finder *f, size_t n, size_t block, ew_err *err)
{
    ew_code rc = EW_OK;
    size_t kept = 0, few = f->view->pitch ? KEEP_OTHER : KEEP_SAME;

    if (n > 0)
        qsort(f->looked, n, sizeof(*f->looked), by_z);
    for (size_t i = 0; i < n && kept < KEEP && rc == EW_OK; i++) {
        const ew_line *l = &f->looked[i];
        size_t first = f->found.count - kept;
        bool known = false;

        if (l->z < FAIR_Z && kept >= few)
            break;
        for (size_t k = first; k < f->found.count && !known; k++)
            known = ew_line_holds(&f->found.items[k], l->rec, l->clip, l->source,
                                  2 * EW_FP_HOP);
        if (known)
            continue;
        rc = push(&f->found, l, err);
        kept++;
    }
    if (n > 0 && f->looked[0].z > f->clear[block])
        f->clear[block] = f->looked[0].z;
    return rc;
}

/* One block of at most BLOCK keys at the present pitch. */
static ew_code search_block(finder *f, const ew_clip_key *keys, size_t n, size_t most,
                            ew_err *err)
{
    size_t block = keys[0].frame / BLOCK, kept = 0, count;
    double middle = ((double)block + 0.5) * BLOCK * EW_CLIP_HOP;
    ew_code rc;

    f->hits.count = 0;
    rc = ew_index_probe(f->scene->index, f->probes, make_probes(f, keys, n),
                        f->how->common, &f->hits, NULL, err);
    if (rc < 0)
        return rc;
    memset(f->votes, 0, sizeof(f->votes));
    for (size_t i = 0; i < f->hits.count; i++) {
        uint8_t *v = &f->votes[place_hash(place_of(f, &f->hits.items[i], keys))];

        *v = (uint8_t)(*v + (*v < MOST_VOTES / 3));
    }
    count = choose_places(f, keys, most);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count)
            fetch_ahead(f, &f->hits.items[f->chosen[i + AHEAD]], keys, middle);
        kept = look_at(f, &f->hits.items[f->chosen[i]], keys, middle, kept);
    }
    return keep_best(f, kept, block, err);
}

/* All blocks at one pitch; other pitches than 0 only where nothing clear was found. */
static ew_code search_pitch(finder *f, int pitch, ew_err *err)
{
    ew_clip_key *keys = NULL;
    size_t n = 0, to;
    ew_code rc;

    rc = ew_clip_keys(f->scene->clip, pitch, pitch ? STEP_OTHER : STEP_SAME, &keys, &n,
                      err);
    if (rc == EW_OK)
        rc = ew_scene_view(f->scene, pitch, false, &f->view, err);
    for (size_t from = 0; rc == EW_OK && from < n; from = to) {
        size_t block = keys[from].frame / BLOCK;

        for (to = from; to < n && keys[to].frame / BLOCK == block; to++)
            continue;
        if (pitch && f->clear[block] >= CLEAR_Z)
            continue;
        rc = search_block(f, keys + from, to - from, pitch ? LOOKS_OTHER : LOOKS_SAME,
                          err);
    }
    ew_free(keys);
    return rc;
}

/* Is the candidate on a line already followed, or where such a line agrees clearly more? */
static ew_code is_idle(const finder *f, const ew_lines *followed, const ew_line *l,
                       bool *idle, ew_err *err)
{
    double middle = 0.5 * (double)(l->from + l->to);
    ew_code rc = EW_OK;

    *idle = false;
    for (size_t k = 0; k < followed->count && !*idle && rc == EW_OK; k++) {
        const ew_line *other = &followed->items[k];
        const ew_clip_view *view;

        if (middle < (double)other->from || middle >= (double)other->to)
            continue;
        *idle = ew_line_holds(other, l->rec, middle, ew_line_source(l, middle),
                              2 * EW_FP_HOP);
        if (*idle || other->z < CLEAR_Z)
            continue;
        rc = ew_scene_view(f->scene, other->pitch, false, &view, err);
        *idle = rc == EW_OK &&
                ew_line_plain_z(f->scene, view, other, l->from, l->to) > OUTDONE * l->z;
    }
    return rc;
}

/* Could the path take this line? Its evidence must pay for entering and leaving it, each but
 * at an end of the clip. */
static bool is_payable(const finder *f, const ew_line *l)
{
    int64_t end = (int64_t)f->scene->samples;
    int changes = (l->from > EDGE) + (l->to < end - EDGE);
    double least = changes == 2 ? PAY_TWO_Z : REFINE_Z;

    return l->z >= least;
}

/* Follows the candidates, clearest first. */
static ew_code follow_found(finder *f, ew_lines *out, ew_err *err)
{
    ew_code rc = EW_OK;

    if (f->found.count > 0)
        qsort(f->found.items, f->found.count, sizeof(ew_line), by_z);
    for (size_t i = 0; rc == EW_OK && i < f->found.count && out->count < MOST_LINES;
         i++) {
        ew_line l = f->found.items[i];
        const ew_clip_view *view;
        bool idle;

        rc = is_idle(f, out, &l, &idle, err);
        if (rc < 0 || idle)
            continue;
        rc = ew_scene_view(f->scene, l.pitch, true, &view, err);
        if (rc < 0)
            break;
        ew_line_refine(f->scene, view, &l);
        if (is_payable(f, &l))
            rc = push(out, &l, err);
    }
    return rc;
}

static ew_code set_up(finder *f, ew_scene *s, ew_err *err)
{
    size_t n = ew_index_count(s->index);
    uint64_t pad = s->clip->frames / EW_CLIP_STEP + 16, at = pad;

    f->scene = s;
    f->base = ew_alloc_array(n, sizeof(*f->base));
    f->clear = ew_alloc_array(s->clip->frames / BLOCK + 1, sizeof(*f->clear));
    if (!f->base || !f->clear)
        return ew_fail_nomem(err);
    for (size_t r = 0; r < n; r++) {
        f->base[r] = at;
        at += ew_index_frames(s->index, r) + pad;
    }
    return EW_OK;
}

ew_code ew_find_lines(ew_scene *s, const ew_search *how, ew_lines *out, ew_err *err)
{
    finder *f = ew_alloc(sizeof(*f));
    ew_code rc;

    memset(out, 0, sizeof(*out));
    if (!f)
        return ew_fail_nomem(err);
    f->how = how;
    rc = set_up(f, s, err);
    if (rc == EW_OK)
        rc = search_pitch(f, 0, err);
    for (int p = PITCH_STEP; rc == EW_OK && how->speeds && p < EW_PITCH_CELLS;
         p += PITCH_STEP) {
        rc = search_pitch(f, p, err);
        if (rc == EW_OK)
            rc = search_pitch(f, -p, err);
    }
    if (rc == EW_OK)
        rc = follow_found(f, out, err);
    if (rc < 0)
        ew_lines_release(out);
    ew_lines_release(&f->found);
    ew_hits_release(&f->hits);
    ew_free(f->base);
    ew_free(f->clear);
    ew_free(f);
    return rc;
}
