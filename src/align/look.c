/* SPDX-License-Identifier: Apache-2.0 */
/* Bit counts, with the processor's instruction for it where there is one: the numbers are the
 * same. See docs/decisions/search-cost.md for what this costs and what was tried. */
#include "align/look.h"

#include <stdbool.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* ------------------------------------------------------------------ counting */

INLINE unsigned bits_of(uint64_t x, bool native)
{
    if (native)
        return (unsigned)__builtin_popcountll(x);
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)(x * 0x0101010101010101u >> 56);
}

/* Bits that differ in n neighbouring words, two at a time. */
INLINE unsigned differ_run(const uint32_t *a, const uint32_t *b, size_t n, bool native)
{
    unsigned sum = 0;
    size_t i = 0;

    for (; i + 2 <= n; i += 2) {
        uint64_t x, y;

        memcpy(&x, a + i, sizeof(x));
        memcpy(&y, b + i, sizeof(y));
        sum += bits_of(x ^ y, native);
    }
    return i < n ? sum + bits_of(a[i] ^ b[i], native) : sum;
}

INLINE unsigned differ_steps(const uint32_t *clip, ew_steps s, const uint32_t *source,
                             size_t n, bool native)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++, s.at += s.step)
        sum += bits_of(clip[s.at >> 32] ^ source[i], native);
    return sum;
}

/* Sets sum[k] for n / width (rounded up) groups of `width` source words. An unchanged tempo
 * takes every second frame of the clip, which the view also holds side by side. */
INLINE void count_groups(const ew_clip_view *v, ew_steps s, const uint32_t *source,
                         const size_t size[2], unsigned *sum, bool native)
{
    size_t n = size[0], width = size[1];
    bool plain = s.step == EW_CLIP_STEP * EW_STEP_ONE;
    const uint32_t *side =
        v->half[s.at >> 32 & (EW_CLIP_STEP - 1)] + (s.at >> 32) / EW_CLIP_STEP;

    for (size_t i = 0; i < n; i += width, sum++) {
        size_t m = n - i < width ? n - i : width;

        *sum = plain ? differ_run(side + i, source + i, m, native)
                     : differ_steps(v->word, s, source + i, m, native);
        s.at += width * s.step;
    }
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void
count_native(const ew_clip_view *v, ew_steps s, const uint32_t *source,
             const size_t size[2], unsigned *sum)
{
    count_groups(v, s, source, size, sum, true);
}
#endif

static void count(const ew_clip_view *v, ew_steps s, const uint32_t *source,
                  const size_t size[2], unsigned *sum)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("popcnt")) {
        count_native(v, s, source, size, sum);
        return;
    }
#endif
    count_groups(v, s, source, size, sum, false);
}

uint64_t ew_look_differ(const ew_clip_view *v, ew_steps s, const uint32_t *source,
                        size_t n)
{
    enum { AT_ONCE = 1 << 20 };
    uint64_t total = 0;

    for (size_t i = 0; i < n; i += AT_ONCE) {
        size_t size[2] = {n - i < AT_ONCE ? n - i : AT_ONCE, AT_ONCE};
        unsigned sum;

        count(v, s, source + i, size, &sum);
        total += sum;
        s.at += AT_ONCE * s.step;
    }
    return total;
}

void ew_look_bins(const ew_clip_view *v, ew_steps s, const uint32_t *source, size_t n,
                  int16_t sum[EW_LOOK_BINS])
{
    const size_t size[2] = {n, EW_LOOK_BIN};
    unsigned differ[EW_LOOK_BINS];

    memset(sum, 0, EW_LOOK_BINS * sizeof(*sum));
    if (n == 0)
        return;
    count(v, s, source, size, differ);
    for (size_t k = 0; k * EW_LOOK_BIN < n; k++) {
        size_t m = n - k * EW_LOOK_BIN < EW_LOOK_BIN ? n - k * EW_LOOK_BIN : EW_LOOK_BIN;

        sum[k] = (int16_t)(32 * (int)m - 2 * (int)differ[k]);
    }
}

/* ------------------------------------------------------------------ the best stretch */

#pragma GCC diagnostic ignored "-Wpsabi" /* vectors stay inside this file */

typedef int16_t eight __attribute__((vector_size(16)));

enum {
    ENDS = EW_LOOK_BINS + 1,
    PADDED = 32,   /* so that eight can be read from any end on */
    NEVER = -20000 /* what follows the last end: no stretch ends there */
};

/* Standard deviation of the agreement of EW_LOOK_LEAST and more bins of independent bits. */
static const double deviation[] = {
    27.7128129, 30.9838668, 33.9411255, 36.6606056, 39.1918359, 41.5692194,
    43.8178046, 45.9565012, 48,         49.959984,  51.8459256, 53.6656315,
    55.4256258, 57.1314274, 58.7877538, 60.3986755, 61.9677335, 63.4980315};

/* EW_LOOK_FLOOR times that, rounded down. */
static const int16_t floor_limit[] = {166, 185, 203, 219, 235, 249, 262, 275, 288,
                                      299, 311, 321, 332, 342, 352, 362, 371, 380};

INLINE eight over_limit(const int16_t at[PADDED], int n, int16_t limit)
{
    eight over = {0}, least = {limit, limit, limit, limit, limit, limit, limit, limit};

    for (int a = 0; a + n < ENDS; a += 8) {
        eight from, to;

        memcpy(&from, at + a, sizeof(from));
        memcpy(&to, at + a + n, sizeof(to));
        over |= to - from > least;
    }
    return over;
}

static bool any(eight over)
{
    uint64_t both[2];

    memcpy(both, &over, sizeof(both));
    return (both[0] | both[1]) != 0;
}

/* Is any stretch above EW_LOOK_FLOOR? For most guesses none is, and this says so for eight
 * stretches at once. */
static bool any_above_floor(const int16_t at[PADDED])
{
    eight over = {0};

    for (int n = EW_LOOK_LEAST; n <= EW_LOOK_BINS; n++)
        over |= over_limit(at, n, floor_limit[n - EW_LOOK_LEAST]);
    return any(over);
}

ew_look ew_look_best(const int16_t sum[EW_LOOK_BINS], double least)
{
    int16_t at[PADDED];
    ew_look best = {0};
    at[0] = 0;
    for (int i = 0; i < EW_LOOK_BINS; i++)
        at[i + 1] = (int16_t)(at[i] + sum[i]);
    for (int i = ENDS; i < PADDED; i++)
        at[i] = NEVER;
    if (least >= EW_LOOK_FLOOR && !any_above_floor(at))
        return best;
    for (int n = EW_LOOK_LEAST; n <= EW_LOOK_BINS; n++) {
        double sd = deviation[n - EW_LOOK_LEAST];
        int limit = (int)(least * sd);

        if (limit > INT16_MAX || !any(over_limit(at, n, (int16_t)limit)))
            continue;
        for (int a = 0; a + n < ENDS; a++) {
            int t = at[a + n] - at[a];

            if (t > limit && t > least * sd) {
                least = t / sd;
                best = (ew_look){least, a, a + n};
            }
        }
    }
    return best;
}
