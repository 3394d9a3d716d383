/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a bundle: a seal, its proof, and the parts of it that are shown. */
#ifndef EW_SEAL_BUNDLE_H
#define EW_SEAL_BUNDLE_H

#include "seal/cover_file.h"
#include "seal/subcover.h"

#define EW_BUNDLE_TYPE "application/vnd.earwitness.bundle"

/* README.txt of every bundle: no other text passes, so that nobody can speak through it. */
extern const char ew_bundle_readme[];

/* One stream of what was sealed, with its secret. */
typedef struct ew_bundle_stream {
    const ew_seed *seed;
    const ew_part *parts; /* all of them */
    const ew_cuts *cuts;
    ew_src src;
    ew_view view; /* what to show */
    const ew_left
        *left; /* when there is no seed any more: what can be shown; else NULL */
} ew_bundle_stream;

enum { EW_BUNDLE_TIMES_MAX = 16, EW_BUNDLE_EVENTS_MAX = 64 };

/* A time token over the proof's checkpoint. */
typedef struct ew_bundle_time {
    bool ots; /* OpenTimestamps, else RFC 3161 */
    ew_slice bytes;
} ew_bundle_time;

/* An event about the item, with its proof from the log. */
typedef struct ew_bundle_event {
    bool ssh; /* signed by a person's SSH key, else a signed note */
    ew_slice bytes, proof;
} ew_bundle_event;

typedef struct ew_bundle_in {
    ew_slice note, proof;
    ew_slice policy; /* a suggestion: whose keys these are; may be empty */
    const ew_bundle_time *times;
    size_t time_count; /* up to EW_BUNDLE_TIMES_MAX */
    const ew_bundle_event *events;
    size_t event_count; /* up to EW_BUNDLE_EVENTS_MAX */
    const ew_bundle_stream *streams;
    size_t stream_count;
} ew_bundle_in;

/* Writes the bundle, whole or not at all. The content of hidden parts is not read; what is shown is compared with
 * `parts` once more while it is copied (EW_E_FORMAT). */
EW_MUST_CHECK ew_code ew_bundle_write(const char *path, const ew_bundle_in *in,
                                      ew_err *err);

#endif
