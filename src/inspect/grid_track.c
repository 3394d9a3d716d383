/* SPDX-License-Identifier: Apache-2.0 */
/* Block by block: the grid that was there last is checked first, then the others known, and
 * only where frames stay without a grid all offsets are searched at one place. A grid that is
 * found is followed back to where it began. */
#include "inspect/grid_track.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum {
    CHECKED = EW_GRID_CHECKED,
    KNOWN = 8,        /* grids remembered */
    KEPT = 48,        /* blocks of sound kept to follow a grid back */
    OVERLAP = 6,      /* blocks in which two grids are both looked for at a change */
    SPLIT = 3,        /* blocks without a frame that end a run once another has begun */
    LAYER_EVERY = 16, /* blocks between searches beneath a grid that is clear */
    OWN_HITS = 64,    /* frames until a grid is taken for that of the present coding */
    RUNS_MAX = 20000,
    HOLE = 3,    /* frames without a grid that are searched */
    AROUND = 2,  /* frames to each side of one searched in vain that are left out */
    RECENT_S = 2 /* after a grid was lost every block is searched for so long */
};

/* Chance gives a frame at a given offset 15 once in 3,000 frames, with its four shapes; a
 * search over 576 offsets gives 17.5 once in 200 searches. */
static const float HIT = 15.0f, SURE_HIT = 20.0f, FOUND = 17.5f;

/* Blocks whose loudest sample is below this many steps of 16 bits are not looked at. */
static const float QUIET = 6.0f;

typedef struct known_grid {
    int offset;
    int64_t used;  /* block in which it was seen last */
    ptrdiff_t run; /* its latest, -1 for none */
} known_grid;

struct ew_grid_track {
    ew_grid_sound sound;
    bool masking;
    int64_t rate_hz;
    int64_t block; /* next to look at */
    int64_t fed;
    known_grid known[KNOWN];
    int known_count, current, previous;
    int64_t previous_until; /* block */
    int64_t searched;       /* block of the last search */
    int own;                /* offset */
    ew_grid_run *runs;
    size_t run_count, run_room;
    int64_t looked_at, seen;
    int64_t skip_until; /* sample */
};

ew_code ew_grid_track_new(ew_grid_track **out, const ew_grid_coder *coder,
                          uint32_t rate_hz, bool masking, ew_err *err)
{
    ew_grid_track *t = ew_alloc(sizeof(*t));
    ew_code rc;

    *out = NULL;
    if (!t)
        return ew_fail_nomem(err);
    rc = ew_grid_sound_init(&t->sound, coder, KEPT, err);
    if (rc < 0) {
        ew_free(t);
        return rc;
    }
    t->masking = masking;
    t->rate_hz = rate_hz;
    t->current = t->previous = t->own = -1;
    *out = t;
    return EW_OK;
}

void ew_grid_track_free(ew_grid_track *t)
{
    if (!t)
        return;
    ew_grid_sound_release(&t->sound);
    ew_free(t->runs);
    ew_free(t);
}

/* Bit i is set where frame i has clear traces: high, or fairly high with a neighbour. */
static unsigned clear_frames(const float score[CHECKED])
{
    unsigned fair = 0, high = 0;

    for (int i = 0; i < CHECKED; i++) {
        fair |= (unsigned)(score[i] > HIT) << i;
        high |= (unsigned)(score[i] > SURE_HIT) << i;
    }
    return high | (fair & (fair << 1 | fair >> 1 | fair << 2 | fair >> 2));
}

static ew_code open_run(ew_grid_track *t, known_grid *k, int64_t frame, ew_err *err)
{
    ew_grid_run *run;

    if (t->run_count == t->run_room) {
        size_t room = t->run_room ? t->run_room * 2 : 16;
        ew_grid_run *more = ew_realloc_array(t->runs, room, sizeof(*more));
        if (!more)
            return ew_fail_nomem(err);
        t->runs = more;
        t->run_room = room;
    }
    k->run = (ptrdiff_t)t->run_count;
    run = &t->runs[t->run_count++];
    memset(run, 0, sizeof(*run));
    run->offset = k->offset;
    run->first = run->last = frame;
    return EW_OK;
}

/* Whether frames of k from `from` to `to` belong to its latest run. */
static bool run_goes_on(const ew_grid_track *t, const known_grid *k, int64_t from,
                        int64_t to)
{
    int64_t gap = SPLIT * t->sound.block_samples;
    const ew_grid_run *run;

    if (k->run < 0)
        return false;
    run = &t->runs[k->run];
    return (size_t)k->run + 1 == t->run_count ||
           (from <= run->last + gap && to >= run->first - gap);
}

/* Looks for known grid k in a block and writes down what it sees; *mask as clear_frames. */
static ew_code probe(ew_grid_track *t, int k, int64_t block, unsigned *mask, ew_err *err)
{
    known_grid *g = &t->known[k];
    int64_t at = ew_grid_sound_frame(&t->sound, block, g->offset),
            step = t->sound.coder.period;
    float score[CHECKED];
    ew_grid_run *run;

    ew_grid_sound_check(&t->sound, block, g->offset, score);
    *mask = clear_frames(score);
    if (*mask == 0)
        return EW_OK;
    if (!run_goes_on(t, g, at, at + (CHECKED - 1) * step)) {
        ew_code rc = EW_OK;
        if (__builtin_popcount(*mask) < 2 || t->run_count >= RUNS_MAX)
            *mask = 0;
        else
            rc = open_run(t, g, at + __builtin_ctz(*mask) * step, err);
        if (rc < 0 || *mask == 0)
            return rc;
    }
    run = &t->runs[g->run];
    for (int i = 0; i < CHECKED; i++) {
        int64_t frame = at + i * step;
        if (!(*mask >> i & 1))
            continue;
        run->first = frame < run->first ? frame : run->first;
        run->last = frame > run->last ? frame : run->last;
        run->hits++;
        run->evidence += (double)(score[i] - HIT);
    }
    if (block > g->used)
        g->used = block;
    return EW_OK;
}

static void make_current(ew_grid_track *t, int k, int64_t block)
{
    if (t->current == k)
        return;
    t->previous = t->current;
    t->previous_until = block + OVERLAP;
    t->current = k;
}

/* A place for a grid not known yet: a free one, or that unused for longest. */
static int remember(ew_grid_track *t, int offset, int64_t block)
{
    int at = 0;

    if (t->known_count < KNOWN) {
        at = t->known_count++;
    } else {
        int64_t oldest = INT64_MAX;
        for (int i = 0; i < KNOWN; i++) {
            bool busy =
                i == t->current || i == t->previous || t->known[i].offset == t->own;
            if (!busy && t->known[i].used < oldest) {
                oldest = t->known[i].used;
                at = i;
            }
        }
    }
    t->known[at] = (known_grid){.offset = offset, .used = block, .run = -1};
    return at;
}

/* All offsets from a sample on; the best but those already known to be there. */
static float search_offsets(ew_grid_track *t, int64_t sample, unsigned known_here,
                            int *offset)
{
    int period = t->sound.coder.period, near = t->sound.coder.near;
    float *score = t->sound.score;
    float best = 0;

    ew_grid_sound_search(&t->sound, sample);
    for (int k = 0; k < t->known_count; k++) {
        int64_t i = ((t->known[k].offset - sample) % period + period) % period;
        for (int d = -near; d <= near && (known_here >> k & 1); d++)
            score[(i + d + period) % period] = 0;
    }
    for (int i = 0; i < period; i++) {
        if (score[i] > best) {
            best = score[i];
            *offset = (int)((sample + i) % period);
        }
    }
    return best;
}

/* Whether other frames around agree with an offset that a search came up with. */
static bool confirmed(ew_grid_track *t, int64_t block, int offset)
{
    int fair = 0, high = 0;

    for (int64_t b = block > 0 ? block - 1 : 0; b <= block + 1; b++) {
        float score[CHECKED];
        ew_grid_sound_check(&t->sound, b, offset, score);
        for (int i = 0; i < CHECKED; i++) {
            fair += score[i] > HIT;
            high += score[i] > SURE_HIT;
        }
    }
    return fair >= 3 || high >= 2;
}

/* Follows a grid back, some blocks into the time of the one before. */
static ew_code follow_back(ew_grid_track *t, int k, int64_t block, ew_err *err)
{
    int64_t stop = ew_grid_sound_oldest(&t->sound);
    ew_code rc = EW_OK;

    if (t->current >= 0 && t->current != k && t->known[t->current].offset != t->own) {
        int64_t until = t->known[t->current].used - OVERLAP;
        stop = until > stop ? until : stop;
    }
    if (stop < 0)
        stop = 0;
    for (int64_t b = block - 1; b >= stop && rc >= 0; b--) {
        unsigned mask;
        rc = probe(t, k, b, &mask, err);
    }
    return rc;
}

static int find_known(const ew_grid_track *t, int offset)
{
    for (int k = 0; k < t->known_count; k++) {
        if (t->known[k].offset == offset)
            return k;
    }
    return -1;
}

static ew_code search_at(ew_grid_track *t, int frame, unsigned known_here, bool *found,
                         ew_err *err)
{
    int64_t at =
        t->block * t->sound.block_samples + (int64_t)frame * t->sound.coder.period;
    int offset = 0, k;
    unsigned mask;
    ew_code rc;

    *found = false;
    if (search_offsets(t, at, known_here, &offset) < FOUND ||
        !confirmed(t, t->block, offset))
        return EW_OK;
    k = find_known(t, offset);
    if (k < 0)
        k = remember(t, offset, t->block);
    rc = probe(t, k, t->block, &mask, err);
    if (rc >= 0)
        rc = follow_back(t, k, t->block, err);
    make_current(t, k, t->block);
    *found = true;
    return rc;
}

/* Long blocks (low sample rates) are searched at more than one place. */
static ew_code search_block(ew_grid_track *t, unsigned missing, unsigned known_here,
                            bool *found, ew_err *err)
{
    double length_s = (double)t->sound.block_samples / (double)t->rate_hz;
    ew_code rc = EW_OK;

    t->searched = t->block;
    *found = false;
    for (double left_s = length_s; left_s > 0 && missing != 0 && !*found && rc >= 0;
         left_s -= t->run_count > 0 ? t->sound.coder.again_s : length_s) {
        int frame = ew_grid_sound_loudest(&t->sound, t->block, missing);
        rc = search_at(t, frame, known_here, found, err);
        for (int i = frame - AROUND; i <= frame + AROUND; i++) {
            if (i >= 0 && i < CHECKED)
                missing &= ~(1U << i);
        }
    }
    return rc;
}

static int longest_hole(unsigned covered)
{
    int longest = 0, now = 0;

    for (int i = 0; i < CHECKED; i++) {
        now = covered >> i & 1 ? 0 : now + 1;
        longest = now > longest ? now : longest;
    }
    return longest;
}

/* Known grids in this block. *covered: frames that have one; *here: which ones. */
static ew_code probe_known(ew_grid_track *t, unsigned *covered, unsigned *here,
                           ew_err *err)
{
    int order[KNOWN], n = 0, current = t->current;

    if (current >= 0)
        order[n++] = current;
    for (int k = 0; k < t->known_count; k++) {
        if (k != current)
            order[n++] = k;
    }
    *covered = *here = 0;
    for (int i = 0; i < n; i++) {
        int k = order[i];
        bool own = t->known[k].offset == t->own;
        unsigned mask;
        ew_code rc;
        if (!own && k != current && !(k == t->previous && t->block < t->previous_until) &&
            longest_hole(*covered) < HOLE)
            continue;
        rc = probe(t, k, t->block, &mask, err);
        if (rc < 0)
            return rc;
        if (mask != 0)
            *here |= 1U << k;
        if (own)
            continue;
        if (k != current && k != t->previous && __builtin_popcount(mask) >= 2)
            make_current(t, k, t->block);
        *covered |= mask;
    }
    return EW_OK;
}

static bool search_is_due(const ew_grid_track *t, unsigned covered)
{
    int64_t ago = (t->block - t->searched) * t->sound.block_samples;
    int64_t lost = t->sound.block_samples;

    if (t->block * t->sound.block_samples < t->skip_until)
        return false;
    if (longest_hole(covered) < HOLE)
        return t->block - t->searched >= LAYER_EVERY;
    if (t->current >= 0)
        lost *= t->block - t->known[t->current].used;
    else
        lost *= t->block;
    if (t->run_count > 0 && lost < RECENT_S * t->rate_hz)
        return true;
    return (double)ago >=
           0.99 * (double)t->rate_hz *
               (t->run_count > 0 ? t->sound.coder.again_s : t->sound.coder.search_s);
}

static void find_own(ew_grid_track *t)
{
    const known_grid *k = t->current >= 0 ? &t->known[t->current] : NULL;

    if (!t->masking || t->own >= 0 || !k || k->run < 0 || t->runs[k->run].hits < OWN_HITS)
        return;
    t->own = k->offset;
    t->current = t->previous = -1;
}

static ew_code look_at_block(ew_grid_track *t, ew_err *err)
{
    unsigned covered = 0, here = 0;
    bool found = false;
    ew_code rc;

    if (ew_grid_sound_peak(&t->sound, t->block) < QUIET)
        return EW_OK;
    t->looked_at++;
    rc = probe_known(t, &covered, &here, err);
    if (rc >= 0 && search_is_due(t, covered))
        rc = search_block(t, covered == 0xff ? 0xff : ~covered & 0xff, here, &found, err);
    t->seen += covered != 0 || found;
    find_own(t);
    return rc;
}

/* Looks at all blocks that can be, and forgets what is no longer needed. */
static ew_code advance(ew_grid_track *t, ew_err *err)
{
    while (ew_grid_sound_has(&t->sound, t->block)) {
        ew_code rc = look_at_block(t, err);
        if (rc < 0)
            return rc;
        t->block++;
    }
    ew_grid_sound_forget(&t->sound, t->block - KEPT);
    return EW_OK;
}

ew_code ew_grid_track_feed(ew_grid_track *t, const float *pair, size_t samples,
                           ew_err *err)
{
    while (samples > 0) {
        size_t n =
            (size_t)t->sound.block_samples - (size_t)(t->fed % t->sound.block_samples);
        ew_code rc;
        n = n < samples ? n : samples;
        ew_grid_sound_take(&t->sound, pair, n);
        t->fed += (int64_t)n;
        pair += 2 * n;
        samples -= n;
        rc = advance(t, err);
        if (rc < 0)
            return rc;
    }
    return EW_OK;
}

static int by_first(const void *a, const void *b)
{
    const ew_grid_run *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* In short files no grid was seen often enough to be sure while it lasted. */
static void guess_own(ew_grid_track *t)
{
    int most = 0, best = -1;

    for (size_t i = 0; i < t->run_count; i++) {
        if (t->runs[i].hits > most) {
            most = t->runs[i].hits;
            best = t->runs[i].offset;
        }
    }
    if (t->masking && t->own < 0)
        t->own = best;
}

ew_code ew_grid_track_finish(ew_grid_track *t, ew_err *err)
{
    static const float nought[2 * 1024];
    int64_t end = t->fed + 3 * t->sound.block_samples; /* nought after the sound */
    ew_code rc = EW_OK;

    while (t->fed < end && rc >= 0)
        rc = ew_grid_track_feed(t, nought, 1024, err);
    guess_own(t);
    if (rc >= 0 && t->run_count > 0)
        qsort(t->runs, t->run_count, sizeof(*t->runs), by_first);
    return rc;
}

void ew_grid_track_skip(ew_grid_track *t, int64_t until)
{
    t->skip_until = until;
}

int64_t ew_grid_track_seen_until(const ew_grid_track *t)
{
    return t->current < 0 ? 0 : (t->known[t->current].used + 1) * t->sound.block_samples;
}

const ew_grid_run *ew_grid_track_runs(const ew_grid_track *t, size_t *count)
{
    *count = t->run_count;
    return t->runs;
}

int ew_grid_track_own(const ew_grid_track *t)
{
    return t->own;
}

void ew_grid_track_counts(const ew_grid_track *t, int64_t *looked_at, int64_t *seen)
{
    *looked_at = t->looked_at;
    *seen = t->seen;
}
