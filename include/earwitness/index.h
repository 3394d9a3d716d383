/* SPDX-License-Identifier: Apache-2.0 */
/* The archive: which recordings there are, their words, and where a word occurs.
 *
 * One folder: a catalogue (SQLite) and immutable segments mapped from disk. Formats:
 * docs/formats/archive.md. Readers take a snapshot and are never disturbed by a writer;
 * one writer at a time. Nothing above this header knows where words live. */
#ifndef EW_INDEX_H
#define EW_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"
#include "earwitness/fingerprint.h"
#include "earwitness/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { EW_INDEX_FORMAT = 1 };

/* ------------------------------------------------------------------ recordings */

/* A recording is its bytes: SHA-256 is the identity. All strings are valid UTF-8, "" when
 * unknown, and borrowed from the snapshot or from the caller of put. */
typedef struct ew_recording {
    uint8_t sha256[32];
    uint64_t bytes;        /* file size */
    int64_t samples;       /* decoded length at EW_FP_RATE_HZ */
    int64_t added_unix;    /* seconds since 1970 UTC */
    const char *container; /* as in ew_media_info */
    const char *codec;
    uint32_t stored_rate_hz;
    uint32_t stored_channels;
    const char *trouble;      /* what was wrong with it, one line; "" when nothing */
    size_t name_count;        /* at least 1 */
    const char *const *names; /* safe one-line names (base/utf8), ascending bytewise */
    const char *const *paths; /* [name_count] absolute path for opening; raw bytes, not
                                 UTF-8 checked; "" when it came from standard input */
} ew_recording;

/* ------------------------------------------------------------------ reading */

typedef struct ew_index ew_index; /* a snapshot; frozen, may be shared between threads */

/* Opens the archive in folder `dir` for reading; works on a read-only disk.
 * Errors: EW_E_NOTFOUND (no archive there), EW_E_VERSION, EW_E_FORMAT (damaged), EW_E_IO. */
EW_API EW_MUST_CHECK ew_code ew_index_open(ew_index **out, const char *dir, ew_err *err);
EW_API void ew_index_close(ew_index *ix);

/* A snapshot of one recording that is in no archive, in memory: recording 0, without names
 * or hash. fp is borrowed during the call. It has no statistics and cannot be searched by
 * name. Errors: EW_E_NOMEM, EW_E_IO (no file in memory can be made). */
EW_API EW_MUST_CHECK ew_code ew_index_of_print(ew_index **out, const ew_fp *fp,
                                               int64_t samples, ew_err *err);

/* Recordings of the snapshot, 0..count-1 by ascending SHA-256, so that equal content gives
 * equal numbers in whatever order it was added. Removed recordings are not among them. */
EW_API size_t ew_index_count(const ew_index *ix);
EW_API const ew_recording *ew_index_recording(const ew_index *ix, size_t rec);

/* Finds a recording: by 64 hex digits or a unique prefix of at least 6, a name, the last
 * part of a name, or a path. Several: EW_E_ARG with a text that lists some. */
EW_API EW_MUST_CHECK ew_code ew_index_find(const ew_index *ix, const char *what,
                                           size_t *rec, ew_err *err);

/* Number of fine words of a recording. */
EW_API uint32_t ew_index_frames(const ew_index *ix, size_t rec);

/* The fine words [0, ew_index_frames) of a recording, mapped from disk; borrowed. */
EW_API const uint32_t *ew_index_words(const ew_index *ix, size_t rec);

/* The wave bytes [0, ew_index_frames) of a recording, mapped from disk; borrowed. */
EW_API const uint8_t *ew_index_wave(const ew_index *ix, size_t rec);

/* One question: which stored keys are near this word? The top EW_KEY_BITS bits must be
 * equal, and of the low 32 - EW_KEY_BITS bits at most `slack` may differ. */
enum { EW_KEY_BITS = 22 };
typedef struct ew_probe {
    uint32_t word;
    uint16_t slack; /* 0..10 */
    uint16_t tag;   /* handed back in hits */
} ew_probe;

typedef struct ew_hit {
    uint32_t rec;
    uint32_t frame;
    uint16_t tag;
    uint16_t distance; /* differing low bits */
} ew_hit;

/* Asks `n` probes at once; hits are appended to *hits (grown with ew_realloc_array; start
 * with NULL and cap 0; the caller frees). Order: by probe as given, then by rec, then
 * frame. Words that occur more than `common` times in the whole archive under their key
 * bits are passed over; *skipped (may be NULL) is set to their number. 0 = no such limit.
 * Errors: EW_E_NOMEM, EW_E_LIMIT (more than 2^28 hits). */
typedef struct ew_hits {
    ew_hit *items;
    size_t count;
    size_t cap;
} ew_hits;
EW_API EW_MUST_CHECK ew_code ew_index_probe(const ew_index *ix, const ew_probe *probes,
                                            size_t n, uint64_t common, ew_hits *hits,
                                            uint64_t *skipped, ew_err *err);
EW_API void ew_hits_release(ew_hits *hits);

typedef struct ew_index_stats {
    uint64_t recordings, removed, segments;
    uint64_t damaged;     /* recordings that are left out; ew_index_verify says why */
    uint64_t bytes;       /* everything in the folder */
    uint64_t reclaimable; /* bytes that compaction would give back */
    int64_t samples;      /* total decoded length of live recordings */
    uint64_t keys;
} ew_index_stats;
EW_API EW_MUST_CHECK ew_code ew_index_get_stats(const ew_index *ix, ew_index_stats *out,
                                                ew_err *err);

/* ------------------------------------------------------------------ writing */

typedef struct ew_index_writer ew_index_writer; /* holds the archive's lock */

/* Opens for writing, making the archive (and missing parent folders) when there is none.
 * wait_seconds: how long to wait for another writer; then EW_E_BUSY "locked by process N".
 * Leftovers of a killed writer are cleaned away. */
EW_API EW_MUST_CHECK ew_code ew_index_writer_open(ew_index_writer **out, const char *dir,
                                                  double wait_seconds, ew_err *err);

/* Is this content there (and live)? */
EW_API EW_MUST_CHECK ew_code ew_index_writer_has(ew_index_writer *w,
                                                 const uint8_t sha256[32], bool *has,
                                                 ew_err *err);

/* Was this path, with this size and modification time, added before? Then its SHA-256 need
 * not be computed again. mtime in nanoseconds. */
EW_API EW_MUST_CHECK ew_code ew_index_writer_seen(ew_index_writer *w, const char *path,
                                                  uint64_t bytes, int64_t mtime_ns,
                                                  bool *seen, ew_err *err);

/* Adds a recording and its print. Durable when it returns: a kill afterwards loses nothing, a
 * kill before leaves the archive as it was. The first names/paths entry with mtime_ns is
 * remembered for ew_index_writer_seen. Content that is already there only gains the name. A
 * removed recording that is added again comes back. fp may be NULL only then. */
EW_API EW_MUST_CHECK ew_code ew_index_writer_put(ew_index_writer *w,
                                                 const ew_recording *rec, const ew_fp *fp,
                                                 int64_t mtime_ns, ew_err *err);

/* Merges small segments where that pays (amortised: each word is rewritten O(log n)
 * times). Call it now and then; put never does. */
EW_API EW_MUST_CHECK ew_code ew_index_writer_merge(ew_index_writer *w,
                                                   const ew_progress *prog, ew_err *err);

/* Takes a recording out of every later snapshot. EW_E_NOTFOUND when it is not there. */
EW_API EW_MUST_CHECK ew_code ew_index_writer_remove(ew_index_writer *w,
                                                    const uint8_t sha256[32],
                                                    ew_err *err);

/* Rewrites everything into one segment without removed recordings. */
EW_API EW_MUST_CHECK ew_code ew_index_writer_compact(ew_index_writer *w,
                                                     const ew_progress *prog,
                                                     ew_err *err);
EW_API void ew_index_writer_close(ew_index_writer *w);

/* ------------------------------------------------------------------ verifying */

/* Reads every byte of catalogue and segments against its checksums. For each finding calls
 * `found` with the file, a plain sentence, and the affected recordings (indices into
 * names/sha arrays that live during the call). *damaged counts findings. Works on damaged
 * archives: a finding is an answer, not an error. */
typedef struct ew_damage {
    const char *file; /* relative to the archive folder */
    uint64_t offset;  /* where the damaged block begins */
    const char *what; /* one line */
    size_t affected_count;
    const uint8_t (*affected)[32]; /* SHA-256 of recordings */
    const char *const *affected_names;
} ew_damage;
EW_API EW_MUST_CHECK ew_code
ew_index_verify(const char *dir, void (*found)(void *cookie, const ew_damage *d),
                void *cookie, const ew_progress *prog, uint64_t *damaged, ew_err *err);

#ifdef __cplusplus
}
#endif
#endif
