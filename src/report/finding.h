/* SPDX-License-Identifier: Apache-2.0 */
/* What `check` found out about one clip, in the form in which it is reported, and what
 * follows from it: which sources, how much is explained, where the joins are. */
#ifndef EW_REPORT_FINDING_H
#define EW_REPORT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/align.h"

/* A recording that the map speaks of. Strings are safe, one line. */
typedef struct ew_source_info {
    size_t rec;       /* as in the map */
    const char *name; /* its first name: "speeches/1998.mp3" */
    const char *file; /* last part of the name: "1998.mp3" */
    uint8_t sha256[32];
    int64_t samples;
    bool length_unknown; /* samples is the last place that is spoken of */
} ew_source_info;

typedef struct ew_finding {
    const char *clip_name; /* as the user gave it; safe */
    uint8_t clip_sha256[32];
    int64_t clip_samples;
    const char *trouble; /* what was wrong with the clip; "" */
    const ew_map *map;
    size_t source_count;
    ew_source_info *sources; /* every recording in the map, once, by ascending rec */
    uint64_t archive_recordings;
    int64_t archive_samples;
} ew_finding;

const ew_source_info *ew_finding_source(const ew_finding *f, size_t rec);

/* What to call a source: its file name, or the whole name when two share the former. */
const char *ew_finding_label(const ew_finding *f, const ew_source_info *s);

/* A place in a source, kept within it: what is a few milliseconds outside comes from the
 * uncertainty of the place. */
double ew_finding_place(const ew_source_info *s, double sample);

/* ------------------------------------------------------------------ what follows */

/* A place where two parts of the clip meet that do not belong together. `before` and
 * `after` index the map's pieces, or are EW_NO_PIECE for sound that matches nothing. */
#define EW_NO_PIECE SIZE_MAX
typedef struct ew_join {
    int64_t at;         /* sample of the clip */
    int64_t plus_minus; /* samples: how exactly it can be placed */
    size_t before, after;
    bool in_pause; /* somewhere in a silence that hides the exact place */
    bool blanked;  /* what is unknown is silence or a tone over the recording */
} ew_join;

typedef struct ew_summary {
    int64_t explained; /* samples covered by pieces */
    int64_t unmatched; /* samples of sound that matches nothing */
    int64_t blanked;   /* samples of silence or tones over a recording */
    int64_t untold;    /* samples of silence, steady sound, or too short to tell */
    size_t join_count;
    ew_join *joins;
    size_t main_count;
    size_t *mains; /* rec of each source of the main answer, most of the clip first */
} ew_summary;

EW_MUST_CHECK ew_code ew_summary_init(ew_summary *s, const ew_finding *f, ew_err *err);
void ew_summary_release(ew_summary *s);

/* Share of the comparable part of the clip that is explained, 0..1; 0 when nothing of it
 * can be compared. */
double ew_summary_explained(const ew_summary *s);

/* Seconds of sound in the archive, as exactly as the JSON tells them: text, table and picture then say the
 * same round number. */
double ew_finding_archive_seconds(const ew_finding *f);

/* What `check` does not look at, said in every answer. */
extern const char *const ew_not_tested[];
extern const size_t ew_not_tested_count;

#endif
