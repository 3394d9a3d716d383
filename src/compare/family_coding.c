/* SPDX-License-Identifier: Apache-2.0 */
/* How close a copy is to what it was made from when it was coded in a given way. Measured on
 * speech (docs/decisions/family.md); closeness in nats, in cells up to 8 kHz. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "compare/family_parts.h"

enum { POINTS_MAX = 8, VIDEO_FROM = 400000 };

typedef struct coding {
    const char *prefix; /* of FFmpeg's name */
    double sd;
    bool exact; /* keeps every sample: only rounding after a change is left */
    size_t points;
    struct {
        double kbps, nats;
    } at[POINTS_MAX];
} coding;

static const coding table[] = {
    {"mp3",
     0.15,
     false,
     8,
     {{16, 0.93},
      {32, 1.98},
      {48, 2.75},
      {64, 3.8},
      {96, 5.2},
      {128, 6.7},
      {192, 8.9},
      {320, 9.8}}},
    {"aac", 0.15, false, 5, {{24, 1.45}, {32, 1.7}, {48, 2.5}, {64, 3.56}, {96, 5.0}}},
    {"opus", 0.15, false, 4, {{12, 0.72}, {16, 1.0}, {24, 1.62}, {32, 1.6}}},
    {"vorbis", 0.2, false, 2, {{64, 2.1}, {128, 4.0}}},
    {"amr", 0.15, false, 2, {{4.75, 0.4}, {12.2, 0.65}}},
    {"gsm", 0.2, false, 1, {{13, 0.6}}},
    {"pcm_alaw", 0.3, false, 1, {{64, 2.0}}},
    {"pcm_mulaw", 0.3, false, 1, {{64, 2.0}}},
    {"pcm", 0.12, true, 1, {{256, 9.4}}},
    {"flac", 0.12, true, 1, {{256, 9.4}}},
    {"alac", 0.12, true, 1, {{256, 9.4}}},
    {"wavpack", 0.12, true, 1, {{256, 9.4}}},
};

/* ln(nats) between the points, straight over ln(kbps); beyond the ends as at the ends. */
static double between(const coding *k, double kbps)
{
    size_t i = 1;

    if (k->points == 1 || kbps <= k->at[0].kbps)
        return log(k->at[0].nats);
    if (kbps >= k->at[k->points - 1].kbps)
        return log(k->at[k->points - 1].nats);
    while (kbps > k->at[i].kbps)
        i++;
    double t = log(kbps / k->at[i - 1].kbps) / log(k->at[i].kbps / k->at[i - 1].kbps);
    return (1 - t) * log(k->at[i - 1].nats) + t * log(k->at[i].nats);
}

fam_coding ew_fam_coding(const ew_copy *c)
{
    double kbps = (double)c->bits_per_sec / 1000;

    for (size_t i = 0; i < EW_COUNT(table); i++) {
        const coding *k = &table[i];

        if (strncmp(c->codec, k->prefix, strlen(k->prefix)) != 0)
            continue;
        /* with pictures in the file its size says nothing about the sound */
        if (k->points > 1 && (kbps <= 0 || c->bits_per_sec > VIDEO_FROM))
            return (fam_coding){.mean = log(2.5), .sd = 0.6, .known = true};
        return (fam_coding){
            .mean = between(k, kbps), .sd = k->sd, .known = true, .exact = k->exact};
    }
    return (fam_coding){.mean = log(2.0), .sd = 0.8};
}
