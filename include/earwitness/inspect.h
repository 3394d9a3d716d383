/* SPDX-License-Identifier: Apache-2.0 */
/* What one file betrays: signs of change and facts to know, each with how often it is wrong. */
#ifndef EW_INSPECT_H
#define EW_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Times are samples at the rate of the sound as it was decoded, 0-based, half open. */

enum {
    EW_INSPECT_RATE_MIN_HZ = 1000,
    EW_INSPECT_RATE_USE_HZ = 4000, /* below, nothing about the sound is tested */
    EW_INSPECT_RATE_MAX_HZ = 768000,
    EW_INSPECT_CHANNELS_MAX = 8,
    EW_INSPECT_TRACES_MAX = 2000 /* findings per method that are kept, strongest first */
};

/* The sound, as far as it is known before the first sample. */
typedef struct ew_inspect_sound {
    uint32_t rate_hz;
    uint32_t channels;
    char codec[32]; /* FFmpeg's name of the present coding: "mp3", "pcm_s16le"; "" */
    bool lossy;     /* the present coding changes the wave */
    int64_t samples_likely; /* how many will come, for progress and sizes; 0 not known */
} ew_inspect_sound;

typedef enum ew_trace_kind {
    EW_TRACE_CHANGE, /* a sign of change: a cut, a join, something laid over */
    EW_TRACE_FACT    /* worth knowing, innocent by itself: an earlier coding, a hum */
} ew_trace_kind;

/* One finding. A place is start == end. */
typedef struct ew_trace {
    char method
        [24]; /* "frame-grid", "container": docs/formats/inspect-json.md lists them */
    ew_trace_kind kind;
    int64_t start, end; /* of the span it speaks of; the whole file is 0 .. samples */
    int64_t plus_minus; /* where the true place lies around start (and end), 95 of 100 */
    double strength;    /* higher is stronger; scales differ between methods */
    /* Findings at least this strong per hour of sound that nobody changed, as measured;
     * negative when that was not measured. */
    double false_per_hour;
    char text[240]; /* a plain sentence, valid UTF-8, without a full stop at its end */
} ew_trace;

/* Something over time, for pictures. Value i holds for samples first + i * step onwards. */
typedef struct ew_curve {
    char id[24];  /* "bandwidth", "noise-floor" */
    char unit[8]; /* "Hz", "dB" */
    int64_t first, step;
    size_t count;
    float *values; /* NAN where not known */
} ew_curve;

typedef struct ew_untested {
    char method[24];
    char reason[200]; /* "the file is shorter than 3 s" */
} ew_untested;

/* One thing that a header, a tag or a packet says, as ew_media_facts gives it. */
typedef struct ew_clue {
    const char *key, *value;
} ew_clue;

/* The same as people read it. */
typedef struct ew_fact {
    char group[16]; /* "container", "sound", "encoder", "gapless", "metadata", "other" */
    char name[48];  /* "bit rate" */
    char text[400]; /* valid UTF-8 */
} ew_fact;

/* Level over time and frequency; columns may be fewer than asked for, never more than
 * EW_INSPECT_COLUMNS_MAX. Row r of column c is db[c * rows + r] and stands for the
 * frequencies from r to r + 1 parts in `rows` of half the sample rate. */
enum { EW_INSPECT_COLUMNS_MAX = 2048, EW_INSPECT_ROWS = 512 };
typedef struct ew_spectrogram {
    size_t columns, rows;
    int64_t step; /* samples per column */
    float *db;    /* 0 is a sine at full scale */
} ew_spectrogram;

typedef struct ew_inspection {
    uint32_t rate_hz;
    int64_t samples; /* that were looked at */
    size_t trace_count;
    ew_trace *traces; /* by start, end, method, text */
    size_t curve_count;
    ew_curve *curves; /* by id */
    size_t untested_count;
    ew_untested *untested; /* by method */
    size_t fact_count;
    ew_fact *facts;              /* in the order in which they are to be read */
    ew_spectrogram *spectrogram; /* NULL unless asked for */
    size_t dropped_count;        /* findings beyond EW_INSPECT_TRACES_MAX */
    /* Signs of change that untouched sound of this length gives at most, in the mean: what
     * was allowed per hour, for every method that was used and whose rates are known. */
    double by_chance;
} ew_inspection;

typedef struct ew_inspect_opts {
    /* Signs of change that untouched sound gives more often than this are left out.
     * Those whose rate was not measured stay. */
    double max_false_per_hour;
    const char
        *only; /* the one method to run; NULL for all. Borrowed until _new is done. */
    bool spectrogram;
} ew_inspect_opts;

EW_API ew_inspect_opts ew_inspect_opts_default(void); /* 1 per hour, all */

typedef struct ew_inspector ew_inspector; /* one object, one thread */

/* sound, opts  borrowed; opts may be NULL
 * out          freed by the caller with ew_inspector_free
 * Errors: EW_E_ARG (no such method, sound out of the limits), EW_E_NOMEM. */
EW_API EW_MUST_CHECK ew_code ew_inspector_new(ew_inspector **out,
                                              const ew_inspect_sound *sound,
                                              const ew_inspect_opts *opts, ew_err *err);

/* Interleaved samples as decoded, finite. How the sound is cut into calls does not matter. */
EW_API EW_MUST_CHECK ew_code ew_inspector_feed(ew_inspector *in, const float *pcm,
                                               size_t samples, ew_err *err);

/* What the file says of itself, for the findings about container and coding. Borrowed
 * until ew_inspector_finish is done. */
EW_API void ew_inspector_clues(ew_inspector *in, const ew_clue *clues, size_t count);

/* Ends the sound. *out is freed by the caller with ew_inspection_free. */
EW_API EW_MUST_CHECK ew_code ew_inspector_finish(ew_inspector *in, ew_inspection **out,
                                                 ew_err *err);
EW_API void ew_inspector_free(ew_inspector *in);
EW_API void ew_inspection_free(ew_inspection *i);

/* The ids of all methods in the order of the table, NULL beyond. */
EW_API const char *ew_inspect_method_name(size_t i);

#ifdef __cplusplus
}
#endif
#endif
