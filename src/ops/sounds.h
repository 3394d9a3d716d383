/* SPDX-License-Identifier: Apache-2.0 */
/* Sound to be looked at and listened to: decoded once by the program's own decoder, so that a time on
 * the screen is the sample that is heard, and kept as samples, peaks and tiles on disk. No file is ever
 * held in memory as a whole. docs/formats/sounds.md. */
#ifndef EW_OPS_SOUNDS_H
#define EW_OPS_SOUNDS_H

#include "base/buf.h"
#include "base/hash.h"
#include "ops/input.h"

typedef struct ew_sounds ew_sounds;

enum {
    EW_SOUND_POINT = 64,           /* frames of a point of the finest peaks */
    EW_SOUND_LEVELS = 10,          /* each of 4 points of the one below */
    EW_SOUND_POINTS_MAX = 1 << 16, /* at a time */
    EW_TILE_COLUMNS = 256,
    EW_TILE_ROWS = 256,
    EW_TILE_LEVELS = 14,       /* a column is 64 << level frames */
    EW_SOUND_SECONDS_MAX = 120 /* of sound given at a time */
};

typedef enum ew_sound_state {
    EW_SOUND_COMING,
    EW_SOUND_READY,
    EW_SOUND_NONE
} ew_sound_state;

typedef struct ew_sound_info {
    ew_sound_state state;
    double share;               /* of one that is coming, 0..1; negative: not known */
    uint32_t rate_hz, channels; /* of what is kept: as stored, at most two channels */
    uint64_t frames;
    ew_err why; /* NONE: it cannot be decoded */
} ew_sound_info;

/* dir: made when missing; what a killed program left of one is removed. One thread decodes what was asked for, in that
 * order. Sounds may take half of the room that the disk has for them: beyond, those go that were not asked for longest. */
EW_MUST_CHECK ew_code ew_sounds_open(ew_sounds **out, const char *dir, ew_err *err);
void ew_sounds_close(ew_sounds *s);

/* What is known of the sound of this file; it is put in line when it is not there yet. The path is read when its
 * turn comes; a file that has another hash is EW_SOUND_NONE, which is told once: who asks after that tries again.
 * Threads: any, as for all below. */
EW_MUST_CHECK ew_code ew_sounds_want(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                                     const char *path, ew_sound_info *info, ew_err *err);

/* Points from..from+count of a level. */
typedef struct ew_points {
    unsigned level;
    uint64_t from, count;
} ew_points;

/* Of one that is ready, else EW_E_BUSY.
 * peaks: points from..from+count of a level, each lowest and highest sample as two signed bytes, over all channels;
 * fewer at the end.
 * tile: PNG of EW_TILE_COLUMNS x EW_TILE_ROWS, highest frequency first.
 * wav: frames from..from+count as 16-bit WAV. */
EW_MUST_CHECK ew_code ew_sounds_peaks(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                                      const ew_points *which, ew_buf *out, ew_err *err);
EW_MUST_CHECK ew_code ew_sounds_tile(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                                     unsigned level, uint64_t number, ew_buf *out,
                                     ew_err *err);
EW_MUST_CHECK ew_code ew_sounds_wav(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                                    uint64_t from, uint64_t count, ew_buf *out,
                                    ew_err *err);

/* Removes what was made of this file; if it is being made, then at the end of that. */
void ew_sounds_forget(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES]);

#endif
