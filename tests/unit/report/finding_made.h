/* SPDX-License-Identifier: Apache-2.0 */
/* A finding made by hand for the report tests: two recordings of one file name, a stretch in
 * both, a reversed piece, a pause inside a piece, a stranger. */
#ifndef EW_TEST_FINDING_MADE_H
#define EW_TEST_FINDING_MADE_H

#include <string.h>

#include "earwitness/fingerprint.h"
#include "report/finding.h"

enum { S = EW_FP_RATE_HZ, MADE_PIECES = 5, MADE_GAPS = 3 };

static ew_other made_others[1] = {
    {.rec = 3, .source_start = 8000, .source_end = 24000, .speed = 1, .certainty = 0.97}};

/* 0-2 a; 2-2.5 pause; 2.5-4 a goes on; 4-6 b backwards; 6-8 nothing; 8-9 b; 9-9.5 silence;
 * 9.5-12 c, faster */
static ew_piece made_pieces[MADE_PIECES] = {
    {.clip_start = 0,
     .clip_end = 2 * S,
     .rec = 1,
     .source_start = 10 * S,
     .source_end = 12 * S,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.9999,
     .score = 90,
     .offset_sd_ms = 0.4},
    {.clip_start = 5 * S / 2,
     .clip_end = 4 * S,
     .rec = 1,
     .source_start = 12.5 * S,
     .source_end = 14 * S,
     .speed = 1,
     .pitch = 1,
     .certainty = 1,
     .score = 80,
     .offset_sd_ms = 4},
    {.clip_start = 4 * S,
     .clip_end = 6 * S,
     .rec = 2,
     .source_start = 30 * S,
     .source_end = 28 * S,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.98,
     .score = 70,
     .offset_sd_ms = 4,
     .backwards = true},
    {.clip_start = 8 * S,
     .clip_end = 9 * S,
     .rec = 2,
     .source_start = 3 * S,
     .source_end = 4 * S,
     .speed = 1,
     .pitch = 1.0595,
     .certainty = 0.95,
     .score = 40,
     .offset_sd_ms = 4,
     .other_count = 1,
     .others = made_others},
    {.clip_start = 19 * S / 2,
     .clip_end = 12 * S,
     .rec = 5,
     .source_start = 3700.0 * S,
     .source_end = 3702.6 * S,
     .speed = 1.04,
     .pitch = 1.04,
     .certainty = 0.999,
     .score = 60,
     .offset_sd_ms = 4,
     .refined = true},
};

static ew_gap made_gaps[MADE_GAPS] = {
    {2 * S, 5 * S / 2, EW_GAP_SILENCE},
    {6 * S, 8 * S, EW_GAP_NO_MATCH},
    {9 * S, 19 * S / 2, EW_GAP_SILENCE},
};

static ew_map made_map = {.clip_samples = 12 * S,
                          .piece_count = MADE_PIECES,
                          .pieces = made_pieces,
                          .gap_count = MADE_GAPS,
                          .gaps = made_gaps};

static ew_source_info made_sources[4] = {
    {.rec = 1, .name = "x/same.mp3", .file = "same.mp3", .samples = 60 * S},
    {.rec = 2, .name = "y/same.mp3", .file = "same.mp3", .samples = 40 * S},
    {.rec = 3, .name = "<a>&\"b'.wav", .file = "<a>&\"b'.wav", .samples = 40 * S},
    {.rec = 5, .name = "z/long.mp3", .file = "long.mp3", .samples = 7200 * S},
};

static inline ew_finding made_finding(void)
{
    return (ew_finding){.clip_name = "clip & co.opus",
                        .clip_sha256 = {0xab, 0xcd},
                        .clip_samples = 12 * S,
                        .trouble = "",
                        .map = &made_map,
                        .source_count = 4,
                        .sources = made_sources,
                        .archive_recordings = 6,
                        .archive_samples = (int64_t)9000 * S};
}

#endif
