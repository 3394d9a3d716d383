/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison made by hand for the report tests: one edit of each kind. */
#ifndef EW_TEST_DIFF_MADE_H
#define EW_TEST_DIFF_MADE_H

#include "earwitness/fingerprint.h"
#include "report/diff_finding.h"

enum { DS = EW_FP_RATE_HZ, DIFF_EDITS = 8, DIFF_STRETCHES = 9 };

static ew_edit diff_edits[DIFF_EDITS] = {
    {.op = EW_EDIT_DELETE,
     .a_start = 8 * DS,
     .a_end = 10.5 * DS,
     .b_start = 8 * DS,
     .b_end = 8 * DS,
     .a_start_sd_ms = 1,
     .b_gap = -1,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.99},
    {.op = EW_EDIT_REPLACE,
     .a_start = 20 * DS,
     .a_end = 22 * DS,
     .b_start = 17.5 * DS,
     .b_end = 21.25 * DS,
     .b_end_sd_ms = 10,
     .b_gap = -1,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.98},
    {.op = EW_EDIT_INSERT,
     .a_start = 30 * DS,
     .a_end = 30 * DS,
     .b_start = 29.25 * DS,
     .b_end = 31.25 * DS,
     .a_start_sd_ms = 60,
     .at_pause = true,
     .b_gap = -1,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.97},
    {.op = EW_EDIT_SILENCE,
     .a_start = 34 * DS,
     .a_end = 35 * DS,
     .b_start = 35.25 * DS,
     .b_end = 36.25 * DS,
     .b_gap = -1,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.9999},
    {.op = EW_EDIT_DUPLICATE,
     .a_start = 38 * DS,
     .a_end = 41 * DS,
     .b_start = 42.25 * DS,
     .b_end = 45.25 * DS,
     .b_gap = -1,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.95},
    {.op = EW_EDIT_SPEED,
     .a_start = 50 * DS,
     .a_end = 55 * DS,
     .b_start = 54.25 * DS,
     .b_end = 58.75 * DS,
     .b_gap = -1,
     .speed = 1.111,
     .pitch = 1,
     .certainty = 0.96},
    {.op = EW_EDIT_MOVE,
     .a_start = 58 * DS,
     .a_end = 61 * DS,
     .b_start = 70.75 * DS,
     .b_end = 73.75 * DS,
     .b_gap = 61.75 * DS,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.97},
    {.op = EW_EDIT_DELETE,
     .a_start = 3725 * DS,
     .a_end = 3726 * DS,
     .b_start = 3738 * DS,
     .b_end = 3738 * DS,
     .b_gap = -1,
     .speed = 1,
     .pitch = 1,
     .certainty = 0.9},
};

#define DIFF_STRETCH(a0, a1, b0, b1, order)                                              \
    {                                                                                    \
        .a_start = (a0)*DS, .a_end = (a1)*DS, .b_start = (b0)*DS, .b_end = (b1)*DS,      \
        .speed = ((a1) - (a0)) / ((b1) - (b0)), .pitch = 1, .gain_db = -3,               \
        .agreement = 0.9, .in_order = (order), .by_wave = true                           \
    }

static ew_stretch diff_stretches[DIFF_STRETCHES] = {
    DIFF_STRETCH(0.0, 8, 0, 8, true),
    DIFF_STRETCH(10.5, 20, 8, 17.5, true),
    DIFF_STRETCH(22.0, 30, 21.25, 29.25, true),
    DIFF_STRETCH(30.0, 34, 31.25, 35.25, true),
    DIFF_STRETCH(35.0, 41, 36.25, 42.25, true),
    DIFF_STRETCH(38.0, 41, 42.25, 45.25, false),
    DIFF_STRETCH(41.0, 50, 45.25, 54.25, true),
    DIFF_STRETCH(50.0, 55, 54.25, 58.75, true),
    DIFF_STRETCH(61.0, 70, 61.75, 70.75, true),
};

static ew_diff diff_made_diff = {.a_samples = (int64_t)78 * DS,
                                 .b_samples = (int64_t)80 * DS,
                                 .related = true,
                                 .comparable = true,
                                 .speed = 1,
                                 .pitch = 1,
                                 .stretch_count = DIFF_STRETCHES,
                                 .stretches = diff_stretches,
                                 .edit_count = DIFF_EDITS,
                                 .edits = diff_edits};

static float diff_peaks[EW_DIFF_PEAKS];

static inline ew_whole diff_made_whole(void)
{
    ew_whole w = {.tested_s = 30, .excerpt_count = 6};

    for (int k = 0; k < EW_FACT_KINDS; k++)
        w.facts[k] = (ew_fact){.kind = (ew_fact_kind)k,
                               .state = EW_FACT_SAME,
                               .certainty = 0.99,
                               .sentence = "It is as in A."};
    w.facts[EW_FACT_GAIN].state = EW_FACT_CHANGED;
    w.facts[EW_FACT_GAIN].value_count = 1;
    w.facts[EW_FACT_GAIN].values[0] = (ew_fact_value){"gain_db", 3.04, 0.1};
    (void)snprintf(w.facts[EW_FACT_GAIN].sentence, sizeof(w.facts[0].sentence),
                   "B is 3.0 dB louder.");
    w.facts[EW_FACT_BANDWIDTH].state = EW_FACT_CODING;
    (void)snprintf(w.facts[EW_FACT_BANDWIDTH].sentence, sizeof(w.facts[0].sentence),
                   "B holds nothing above 5.1 kHz.");
    w.facts[EW_FACT_REVERB].state = EW_FACT_NOT_TESTED;
    return w;
}

/* The whole is borrowed; NULL is fine. */
static inline ew_diff_finding diff_made_finding(const ew_whole *w)
{
    ew_diff_finding f = {.diff = &diff_made_diff, .whole = w};

    for (int i = 0; i < EW_DIFF_PEAKS; i++)
        diff_peaks[i] = (float)((i * 7919 % 113) * (i / 40 % 4 != 0) + 1) / 120;
    for (int i = 0; i < 2; i++) {
        f.sides[i] = (ew_diff_side){.name = i == 0 ? "speech <1>.wav" : "leak & co.opus",
                                    .sha256 = {(uint8_t)(0xab + i), 0xcd},
                                    .bytes = 1000,
                                    .decoded = true,
                                    .samples = (int64_t)(78 + 2 * i) * DS,
                                    .trouble = "",
                                    .peaks = diff_peaks};
        f.sides[i].info = (ew_media_info){.container = "mov,mp4,m4a,3gp,3g2,mj2",
                                          .codec = "aac",
                                          .stored_rate_hz = 44100,
                                          .stored_channels = (uint32_t)(1 + i)};
    }
    return f;
}

#endif
