/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding a file into the folder of its sound, and reading from that. */
#ifndef EW_OPS_SOUNDS_MAKE_H
#define EW_OPS_SOUNDS_MAKE_H

#include "ops/sounds.h"

typedef struct ew_sound_wish {
    const char *path;
    const uint8_t *sha256; /* [32], of the file */
    void (*moved)(void *cookie, double share);
    void *cookie;
} ew_sound_wish;

/* Makes `folder` with sound.pcm and peaks in it; it appears as a whole. share is told as it goes. EW_E_FORMAT
 * when the file has another hash, or no sound. */
EW_MUST_CHECK ew_code ew_sound_make(const char *folder, const ew_sound_wish *w,
                                    const ew_stop *stop, ew_err *err);

/* Head of both files: what they are of. */
enum { EW_SOUND_HEAD = 32 };
typedef struct ew_sound_head {
    uint32_t rate_hz, channels;
    uint64_t frames;
} ew_sound_head;
void ew_sound_head_put(uint8_t out[EW_SOUND_HEAD], const char magic[8],
                       const ew_sound_head *h);
bool ew_sound_head_get(const uint8_t in[EW_SOUND_HEAD], const char magic[8],
                       ew_sound_head *h);
#define EW_SOUND_PCM "ewpcm1\0"
#define EW_SOUND_PEAKS "ewpeak1"

/* Points of a level of so many frames. */
uint64_t ew_sound_points(uint64_t frames, unsigned level);

#endif
