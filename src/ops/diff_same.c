/* SPDX-License-Identifier: Apache-2.0 */
/* The same audio in different containers: WAV and FLAC, or packets that were copied. Both
 * are decoded at their own rate and compared sample by sample. Containers disagree on how
 * much of a codec's start and end belongs to the sound, so B may be shifted. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "earwitness/fingerprint.h"
#include "earwitness/media.h"
#include "ops/diff_parts.h"

enum {
    HEAD_SECONDS = 12, /* read of both to find the shift */
    BLOCK_FRAMES = 8192,
    MARK_FRAMES = 48 /* in a row that are equal, to believe in a shift */
};

static const double shift_max = 0.25;  /* seconds */
static const double settling = 0.15;   /* of a decoder that begins at another packet */
static const double beyond_max = 0.15; /* seconds at the two ends together */
static const double loud_enough = 0.01;

/* One file being read, frame by frame. */
typedef struct tape {
    ew_media *m;
    size_t channels;
    float *block; /* [cap * channels] */
    size_t cap, at, end;
    int64_t frame; /* of block[at] */
    bool ended;
    ew_code rc; /* what ended it, if not its end */
} tape;

static ew_code tape_open(tape *t, const ew_diff__owned *o, int side, ew_err *err)
{
    ew_media_opts opts = ew_media_opts_default();
    ew_code rc = ew_media_open_fd(&t->m, o->source[side].fd, o->name[side], &opts, err);

    if (rc != EW_OK)
        return rc;
    const ew_media_info *info = ew_media_get_info(t->m);
    t->channels = info->channels;
    t->cap = (size_t)info->rate_hz * HEAD_SECONDS;
    t->block = ew_alloc_array(t->cap, t->channels * sizeof(*t->block));
    return t->block == NULL ? ew_fail_nomem(err) : EW_OK;
}

static void tape_close(tape *t)
{
    ew_free(t->block);
    ew_media_close(t->m);
}

/* Reads until `want` frames are at hand, or the end. A file that breaks off ends there. */
static void tape_fill(tape *t, size_t want)
{
    size_t got = 1;

    if (t->at > 0) {
        memmove(t->block, t->block + t->at * t->channels,
                (t->end - t->at) * t->channels * sizeof(*t->block));
        t->end -= t->at;
        t->at = 0;
    }
    while (t->end < want && !t->ended) {
        t->rc = ew_media_read(t->m, t->block + t->end * t->channels, want - t->end, &got,
                              NULL);
        if (t->rc != EW_OK || got == 0)
            t->ended = true;
        else
            t->end += got;
    }
}

static void tape_skip(tape *t, size_t frames)
{
    t->at += frames;
    t->frame += (int64_t)frames;
}

static bool equal(const tape *a, size_t i, const tape *b, size_t k, size_t frames)
{
    return memcmp(a->block + i * a->channels, b->block + k * b->channels,
                  frames * a->channels * sizeof(*a->block)) == 0;
}

/* A place in A that no other is like: loud, behind what a decoder needs to settle. */
static size_t find_mark(const tape *a, uint32_t rate_hz)
{
    size_t i = (size_t)((settling + shift_max) * rate_hz);

    while (i + MARK_FRAMES < a->end && fabsf(a->block[i * a->channels]) < loud_enough)
        i++;
    return i;
}

/* How many frames later the mark stands in A than in B. Heads that are silent throughout
 * have no mark; they are taken to begin together. */
static bool find_shift(const tape *a, const tape *b, uint32_t rate_hz, int64_t *shift)
{
    const int64_t most = (int64_t)(shift_max * rate_hz);
    const size_t mark = find_mark(a, rate_hz);

    *shift = 0;
    if (mark + MARK_FRAMES >= a->end)
        return true;
    for (int64_t k = 0; k <= 2 * most; k++) {
        int64_t s = k % 2 == 0 ? k / 2 : -(k + 1) / 2; /* the smallest first */
        int64_t at = (int64_t)mark - s;
        if (at < 0 || (size_t)at + MARK_FRAMES > b->end)
            continue;
        if (equal(a, mark, b, (size_t)at, MARK_FRAMES)) {
            *shift = s;
            return true;
        }
    }
    return false;
}

/* Both tapes stand at the same sound. The first moments may differ when they were not begun
 * at the same packet. */
static bool rest_is_equal(tape *a, tape *b, int64_t lenient, const ew_stop *stop)
{
    int64_t done = 0;

    while (!ew_stopped(stop)) {
        tape_fill(a, BLOCK_FRAMES);
        tape_fill(b, BLOCK_FRAMES);
        size_t n = a->end < b->end ? a->end : b->end;
        if (n == 0)
            return true;
        if (done < lenient && (int64_t)n > lenient - done)
            n = (size_t)(lenient - done);
        if (done >= lenient && !equal(a, 0, b, 0, n))
            return false;
        tape_skip(a, n);
        tape_skip(b, n);
        done += (int64_t)n;
    }
    return false;
}

static size_t drain(tape *t)
{
    size_t frames = 0;

    for (;;) {
        tape_fill(t, BLOCK_FRAMES);
        if (t->end == 0)
            return frames;
        frames += t->end;
        tape_skip(t, t->end);
    }
}

/* Samples that are stored as they are, or so that they come back, have one length. */
static bool in_packets(const tape *t)
{
    static const char *const whole[] = {"pcm_", "flac", "alac", "wavpack", "ape", "tta"};
    const char *codec = ew_media_get_info(t->m)->codec;

    for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
        if (strncmp(codec, whole[i], strlen(whole[i])) == 0)
            return false;
    return true;
}

static void compare_tapes(tape *a, tape *b, const ew_stop *stop, ew_same_samples *out)
{
    const uint32_t rate_hz = ew_media_get_info(a->m)->rate_hz;
    int64_t shift;

    tape_fill(a, a->cap);
    tape_fill(b, b->cap);
    if (!find_shift(a, b, rate_hz, &shift))
        return;
    tape_skip(shift > 0 ? a : b, (size_t)(shift > 0 ? shift : -shift));
    if (!rest_is_equal(a, b, shift == 0 ? 0 : (int64_t)(settling * rate_hz), stop) ||
        a->rc != EW_OK || b->rc != EW_OK)
        return;
    out->shift = (double)shift / rate_hz;
    out->a_beyond = (double)drain(a) / rate_hz + fmax(out->shift, 0);
    out->b_beyond = (double)drain(b) / rate_hz + fmax(-out->shift, 0);
    /* Containers may disagree by a packet or two, and only on what was coded in packets. */
    out->same = fmax(out->a_beyond, out->b_beyond) <= (in_packets(a) ? beyond_max : 0);
}

static bool worth_trying(const ew_diff__owned *o)
{
    const ew_diff_side *a = &o->f.sides[EW_SIDE_A];
    const ew_diff_side *b = &o->f.sides[EW_SIDE_B];

    return a->info.stored_rate_hz == b->info.stored_rate_hz &&
           a->info.stored_channels == b->info.stored_channels &&
           fabs((double)(a->samples - b->samples)) <= 2 * shift_max * EW_FP_RATE_HZ;
}

ew_code ew_diff__same_samples(const ew_diff__owned *o, const ew_stop *stop,
                              ew_same_samples *out, ew_err *err)
{
    tape t[2] = {0};
    ew_code rc;

    *out = (ew_same_samples){0};
    if (!worth_trying(o))
        return EW_OK;
    rc = tape_open(&t[0], o, EW_SIDE_A, err);
    if (rc == EW_OK)
        rc = tape_open(&t[1], o, EW_SIDE_B, err);
    if (rc == EW_OK && t[0].channels == t[1].channels && t[0].cap == t[1].cap) {
        out->tested = true;
        compare_tapes(&t[0], &t[1], stop, out);
        if (ew_stopped(stop))
            rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        else if (t[0].rc == EW_E_NOMEM || t[1].rc == EW_E_NOMEM)
            rc = ew_fail_nomem(err);
    }
    for (int i = 0; i < 2; i++)
        tape_close(&t[i]);
    return rc;
}
