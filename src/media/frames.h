/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the decoder's frames and trusts none of them: docs/formats/decoder-protocol.md. */
#ifndef EW_MEDIA_FRAMES_H
#define EW_MEDIA_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/media.h"
#include "media/protocol.h"

enum {
    EW_MEDIA__JOURNAL_MAX = 200,
    EW_MEDIA__BUFFER_BYTES = 2 * (8 + EW_DP_PCM_MAX_BYTES)
};

/* What was asked for and so must be in INFO; 0 = as stored. */
typedef struct ew_media__asked {
    uint32_t rate_hz, channels;
} ew_media__asked;

typedef enum ew_media__event {
    EW_MEDIA__MORE, /* no whole frame here: read on */
    EW_MEDIA__INFO,
    EW_MEDIA__PCM, /* samples can be taken */
    EW_MEDIA__OTHER,
    EW_MEDIA__END,
    EW_MEDIA__FAIL /* fail_kind and fail_text tell why */
} ew_media__event;

typedef struct ew_media__frames {
    ew_media__asked asked;
    ew_media_info info;
    bool have_info, ended;
    uint32_t fail_kind;
    char fail_text[EW_DP_FAIL_MAX_BYTES];

    size_t pcm_at, pcm_left; /* byte in buf; frames not taken yet */
    uint64_t pcm_total;      /* frames so far */
    uint32_t damaged;
    uint32_t beats; /* since the last samples */

    char *journal[EW_MEDIA__JOURNAL_MAX];
    size_t journal_count;
    uint64_t journal_dropped;

    ew_media_fact *facts; /* key and value are one block; free the key */
    size_t fact_count, fact_cap;
    bool facts_asked;

    size_t begin, end; /* unread bytes in buf */
    uint8_t buf[EW_MEDIA__BUFFER_BYTES];
} ew_media__frames;

EW_MUST_CHECK ew_code ew_media__frames_new(ew_media__frames **out, ew_media__asked asked,
                                           ew_err *err);
void ew_media__frames_free(ew_media__frames *f);

/* Room to read into; then say how much was read. Valid after EW_MEDIA__MORE. */
uint8_t *ew_media__frames_room(ew_media__frames *f, size_t *room);
void ew_media__frames_filled(ew_media__frames *f, size_t n);

/* Goes to the next frame. Samples of the frame before are gone, taken or not.
 * EW_E_FORMAT when the decoder breaks the protocol. */
EW_MUST_CHECK ew_code ew_media__frames_next(ew_media__frames *f, ew_media__event *event,
                                            ew_err *err);

/* Copies up to cap frames; what is not a number becomes 0. */
size_t ew_media__frames_take(ew_media__frames *f, float *pcm, size_t cap);

#endif
