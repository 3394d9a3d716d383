/* SPDX-License-Identifier: Apache-2.0 */
/* When each part of a sealed recording is heard. For choosing what to show; nothing that is
 * verified depends on it. */
#ifndef EW_SEAL_SOUND_TIMES_H
#define EW_SEAL_SOUND_TIMES_H

#include "seal/split.h"

/* One part, in microseconds from the beginning, rounded outwards. */
typedef struct ew_heard {
    int64_t from, to; /* from < 0: not known */
    uint32_t room;    /* of an MP3 frame: bytes that can hold sound of later frames */
    uint16_t track;   /* of Ogg: pages of one logical stream */
    bool head;        /* needed to play, and is not sound: Xing frame, Ogg headers */
} ew_heard;

enum { EW_TRACKS_MAX = 256 };

/* *out: one for each part, to be freed with ew_free; NULL when the splitter is not one of
 * sound. Parts whose time cannot be told have none. */
EW_MUST_CHECK ew_code ew_sound_times(const ew_stream *s, const ew_cuts *cuts,
                                     const ew_src *src, ew_heard **out, ew_err *err);

/* Inside the module. h: zeroed, one for each part. */
EW_MUST_CHECK ew_code ew_sound__ogg(const ew_cuts *cuts, const ew_src *src, ew_heard *h,
                                    ew_err *err);

/* Of the four bytes at the head of an MP3 frame. */
typedef struct ew_mp3_head {
    uint32_t rate_hz, samples;
    uint32_t side_bytes; /* of the side information */
    bool summed;         /* with a checksum after the head */
} ew_mp3_head;

bool ew_mp3_head_read(const uint8_t head[4], ew_mp3_head *out);

#endif
