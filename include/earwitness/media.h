/* SPDX-License-Identifier: Apache-2.0 */
/* Sound from any file, decoded by the confined process `earwitness-decode`.
 *
 * The decoder gets one open descriptor and nothing else: no file system, no network, limits
 * on CPU and memory. A file that names other files or addresses cannot make it open them. */
#ifndef EW_MEDIA_H
#define EW_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "earwitness/err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ew_media ew_media; /* one file being decoded; one object, one thread */

typedef struct ew_media_opts {
    uint32_t rate_hz;  /* sample rate of the output, 1000..192000; 0 = as stored */
    uint32_t channels; /* 1 = mixed down to mono; 0 = as stored (at most 8) */
    int64_t start_ms;  /* start this long after the first sample (a seek); 0 = whole */
    int64_t length_ms; /* stop after this much; 0 = to the end */
    uint32_t stall_seconds; /* the decoder is killed after this long without output */
    uint64_t memory_bytes;  /* address space of the decoder */
    bool facts;             /* also gather what headers and packets say: ew_media_facts */
    /* NULL: EARWITNESS_DECODE, beside the program, libexec folder */
    const char *decoder_path;
} ew_media_opts;

EW_API ew_media_opts ew_media_opts_default(void); /* as stored, 60 s, 2 GiB */

/* What the container and the decoder said. Strings are valid UTF-8, escaped, may be "". */
typedef struct ew_media_info {
    char container[48];       /* FFmpeg's short name: "mp3", "mov,mp4,m4a,..." */
    char codec[32];           /* "aac" */
    uint32_t stored_rate_hz;  /* of the first decoded frame */
    uint32_t stored_channels; /* of the first decoded frame */
    uint32_t rate_hz;         /* of the samples that ew_media_read gives */
    uint32_t channels;        /* of the samples that ew_media_read gives */
    int64_t claimed_ms;       /* duration in the headers; -1 when they say none */
    uint32_t audio_streams;   /* the first (or default) one is decoded */
} ew_media_info;

/* Opens `path` and starts the decoder. Regular files only: folders, FIFOs, sockets and
 * devices are refused (EW_E_ARG) without blocking.
 * out   on success a handle that the caller closes; NULL on failure
 * opts  NULL for defaults
 * Errors: EW_E_IO (cannot open), EW_E_FORMAT (not media, no sound in it), EW_E_LIMIT
 * (absurd headers, decoder out of memory), EW_E_NOTFOUND (no decoder program), EW_E_NOMEM.
 * The text names the file and what is wrong, in one line. */
EW_API EW_MUST_CHECK ew_code ew_media_open(ew_media **out, const char *path,
                                           const ew_media_opts *opts, ew_err *err);

/* The same for an open, seekable, regular descriptor; `name` is used in messages. The
 * descriptor is borrowed until close; its file position is not used or moved. */
EW_API EW_MUST_CHECK ew_code ew_media_open_fd(ew_media **out, int fd, const char *name,
                                              const ew_media_opts *opts, ew_err *err);

/* Interleaved float samples, nominally -1..1, finite. *got_frames = 0 only at the end of the sound.
 * Errors: EW_E_FORMAT (broken beyond repair: what came before it is good and was given),
 * EW_E_LIMIT, EW_E_IO (the decoder died or hung; the text says which). */
EW_API EW_MUST_CHECK ew_code ew_media_read(ew_media *m, float *pcm, size_t cap_frames,
                                           size_t *got_frames, ew_err *err);

/* Valid after open until close. */
EW_API const ew_media_info *ew_media_get_info(const ew_media *m);

/* Remarks of the demuxer and decoder, one line each ("at 12.4 s: header missing"); at most
 * 200 are kept, then counted. Index 0..count-1; NULL beyond. Owned by m. */
EW_API size_t ew_media_journal_count(const ew_media *m);
EW_API const char *ew_media_journal_line(const ew_media *m, size_t i);

/* One thing that the file says, such as "mp4.brand" = "isom"; the keys are in
 * docs/formats/decoder-protocol.md. Both are valid UTF-8, the value is escaped. */
typedef struct ew_media_fact {
    const char *key, *value;
} ew_media_fact;

/* What was gathered with opts.facts: all that headers say right after opening, what the
 * packets told at the end of the sound. Owned by m; a later read may move the list. */
EW_API const ew_media_fact *ew_media_facts(const ew_media *m, size_t *count);

/* Packets or frames that could not be decoded and were replaced or skipped, up to now. */
EW_API uint64_t ew_media_damaged(const ew_media *m);

/* Ends the decoder. NULL is fine. */
EW_API void ew_media_close(ew_media *m);

#ifdef __cplusplus
}
#endif
#endif
