/* SPDX-License-Identifier: Apache-2.0 */
/* A family made by hand for the report tests: a root with children, one undecided, one
 * duplicate, a second family, a loner, a silent file, one that could not be read. */
#ifndef EW_TEST_FAMILY_MADE_H
#define EW_TEST_FAMILY_MADE_H

#include "report/family_finding.h"

enum { FS = EW_FAMILY_RATE_HZ, MADE_COPIES = 9 };

#define MADE_REASON(kind, words)                                                         \
    {                                                                                    \
        .why = (kind), .text = words                                                     \
    }

static ew_member made_members[MADE_COPIES] = {
    {.kind = EW_MEMBER_CHILD,
     .family = 0,
     .parent = 2,
     .duplicate_of = EW_NO_COPY,
     .certainty = 0.97,
     .reason_count = 2,
     .reasons = {MADE_REASON(EW_WHY_START_GONE, "1.2 s are gone at the start"),
                 MADE_REASON(EW_WHY_BAND,
                             "its sound ends at 5.1 kHz, that of the other at "
                             "7.9 kHz")},
     .candidate_count = 1,
     .candidates = {{2, 0.97}},
     .samples = (int64_t)80 * FS,
     .offset = 1.2 * FS},
    {.kind = EW_MEMBER_CHILD,
     .family = 0,
     .parent = 0,
     .duplicate_of = EW_NO_COPY,
     .certainty = 0.91,
     .reason_count = 1,
     .reasons = {MADE_REASON(EW_WHY_OVERLAY,
                             "other sound lies over it from 0:10 to 0:14")},
     .candidate_count = 1,
     .candidates = {{0, 0.91}},
     .samples = (int64_t)60 * FS,
     .offset = 11.2 * FS,
     .overlay_start = 10 * FS,
     .overlay_end = 14 * FS},
    {.kind = EW_MEMBER_ROOT,
     .family = 0,
     .parent = EW_NO_COPY,
     .duplicate_of = EW_NO_COPY,
     .certainty = 0.98,
     .samples = (int64_t)90 * FS},
    {.kind = EW_MEMBER_UNDECIDED,
     .family = 0,
     .parent = EW_NO_COPY,
     .duplicate_of = EW_NO_COPY,
     .candidate_count = 2,
     .candidates = {{2, 0.52}, {0, 0.41}},
     .samples = (int64_t)50 * FS,
     .offset = 20.0 * FS},
    {.kind = EW_MEMBER_DUPLICATE,
     .family = 0,
     .parent = EW_NO_COPY,
     .duplicate_of = 0,
     .reason_count = 1,
     .reasons = {MADE_REASON(EW_WHY_SAME_SOUND, "the decoded samples are equal")},
     .samples = (int64_t)80 * FS,
     .offset = 1.2 * FS},
    {.kind = EW_MEMBER_UNRELATED,
     .family = EW_NO_COPY,
     .parent = EW_NO_COPY,
     .duplicate_of = EW_NO_COPY,
     .samples = (int64_t)33 * FS},
    {.kind = EW_MEMBER_SILENT,
     .family = EW_NO_COPY,
     .parent = EW_NO_COPY,
     .duplicate_of = EW_NO_COPY,
     .samples = (int64_t)3 * FS},
    {.kind = EW_MEMBER_ROOT,
     .family = 1,
     .parent = EW_NO_COPY,
     .duplicate_of = EW_NO_COPY,
     .certainty = 0.9,
     .samples = (int64_t)70 * FS},
    {.kind = EW_MEMBER_CHILD,
     .family = 1,
     .parent = 7,
     .duplicate_of = EW_NO_COPY,
     .certainty = 0.8,
     .samples = (int64_t)70 * FS},
};

static size_t made_roots[2] = {2, 7};

static ew_best made_best[3] = {
    {.start = 0, .end = 40.0 * FS, .copy = 2, .text = "widest band"},
    {.start = 40.0 * FS, .end = 60.0 * FS, .copy = 0, .text = "least noise"},
    {.start = 60.0 * FS, .end = 90.0 * FS, .copy = 2, .text = "the only one"},
};

static ew_family made_family = {.count = MADE_COPIES,
                                .members = made_members,
                                .root_count = 2,
                                .roots = made_roots,
                                .best_count = 3,
                                .best = made_best};

static ew_family_copy made_copies[MADE_COPIES] = {
    {.name = "copy-1a2b.mp3"},    {.name = "leak & <more>.opus"},
    {.name = "copy-77f0.wav"},    {.name = "say \"what\".m4a"},
    {.name = "same.mp3"},         {.name = "stranger.ogg"},
    {.name = "quiet.wav"},        {.name = "second-root.flac"},
    {.name = "second-child.mp3"},
};

static ew_family_failure made_failures[1] = {
    {"broken.mp3", {.code = EW_E_FORMAT, .text = "cannot decode 'broken.mp3'"}}};

static inline ew_family_finding made_family_finding(void)
{
    for (int i = 0; i < MADE_COPIES; i++) {
        made_copies[i].trouble = i == 3 ? "breaks off" : "";
        made_copies[i].info = (ew_media_info){.codec = "mp3"};
    }
    return (ew_family_finding){.family = &made_family,
                               .copies = made_copies,
                               .failure_count = 1,
                               .failures = made_failures};
}

#endif
