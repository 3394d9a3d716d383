/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoder program writes and its client reads: docs/formats/decoder-protocol.md. */
#ifndef EW_MEDIA_PROTOCOL_H
#define EW_MEDIA_PROTOCOL_H

#include <stdint.h>

/* Descriptors that the decoder is started with; it closes every other one. */
enum { EW_DP_IN_FD = 3, EW_DP_OUT_FD = 4 };

/* A frame is a tag of four letters, the number of payload bytes (u32), and the payload.
 * Integers are little-endian; samples are floats in the byte order of the machine, since
 * both ends run on it. */
enum {
    EW_DP_VERSION = 1,
    EW_DP_HEAD_BYTES = 8,
    EW_DP_INFO_BYTES = 112,
    EW_DP_PCM_HEAD_BYTES = 8,
    EW_DP_PCM_MAX_BYTES = 8 + (1 << 17),
    EW_DP_NOTE_MAX_BYTES = 400,
    EW_DP_END_BYTES = 16,
    EW_DP_FAIL_MAX_BYTES = 4 + 200,
    EW_DP_NOTES_MAX = 199, /* remarks sent; later ones are only counted in END */
    EW_DP_FACT_KEY_MAX = 40,
    EW_DP_FACT_MAX_BYTES = EW_DP_FACT_KEY_MAX + 1 + 440,
    EW_DP_FACTS_MAX = 2000,
    EW_DP_PICT_BYTES = 48,
    EW_DP_LUMA_MAX_BYTES = 1 << 17
};

#define EW_DP_TAG(a, b, c, d)                                                            \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

#define EW_DP_INFO EW_DP_TAG('I', 'N', 'F', 'O') /* once, before the first PCM */
#define EW_DP_PCM EW_DP_TAG('P', 'C', 'M', ' ')  /* samples */
#define EW_DP_NOTE EW_DP_TAG('N', 'O', 'T', 'E') /* a line for the journal */
#define EW_DP_FACT EW_DP_TAG('F', 'A', 'C', 'T') /* what the file says, on request */
#define EW_DP_BEAT EW_DP_TAG('B', 'E', 'A', 'T') /* alive, though nothing to hear yet */
#define EW_DP_PICT EW_DP_TAG('P', 'I', 'C', 'T') /* once, before the first LUMA */
#define EW_DP_LUMA EW_DP_TAG('L', 'U', 'M', 'A') /* brightness, a byte a pixel */
#define EW_DP_END EW_DP_TAG('E', 'N', 'D', ' ')  /* last frame, all is well */
#define EW_DP_FAIL EW_DP_TAG('F', 'A', 'I', 'L') /* last frame, something is wrong */

/* Offsets in the payload of INFO. */
enum {
    EW_DP_INFO_AT_VERSION = 0,
    EW_DP_INFO_AT_STORED_RATE = 4,
    EW_DP_INFO_AT_STORED_CHANNELS = 8,
    EW_DP_INFO_AT_RATE = 12,
    EW_DP_INFO_AT_CHANNELS = 16,
    EW_DP_INFO_AT_STREAMS = 20,
    EW_DP_INFO_AT_CLAIMED_MS = 24,
    EW_DP_INFO_AT_CONTAINER = 32, /* 48 bytes, padded with 0 */
    EW_DP_INFO_AT_CODEC = 80      /* 32 bytes, padded with 0 */
};

/* Offsets in the payload of PICT. */
enum {
    EW_DP_PICT_AT_VERSION = 0,
    EW_DP_PICT_AT_WIDTH = 4,
    EW_DP_PICT_AT_HEIGHT = 8,
    EW_DP_PICT_AT_TURN = 12, /* as EXIF counts; 0: the container does not say */
    EW_DP_PICT_AT_CODEC = 16 /* 32 bytes, padded with 0 */
};

/* First word of the payload of FAIL; plain text follows it. */
enum {
    EW_DP_FAIL_FORMAT = 1, /* the input is not what it claims to be */
    EW_DP_FAIL_LIMIT = 2,  /* the input is beyond a limit */
    EW_DP_FAIL_MEMORY = 3, /* the decoder ran out of memory */
    EW_DP_FAIL_SYSTEM = 4, /* the system refused (reading, confinement) */
    EW_DP_FAIL_BUG = 5     /* the client called it wrongly */
};

/* Limits that both sides hold to. */
enum {
    EW_DP_CHANNELS_MAX = 8,
    EW_DP_RATE_MIN_HZ = 1000,
    EW_DP_RATE_MAX_HZ = 768000,
    EW_DP_DAYS_MAX = 366, /* more sound than this in one file is not believed */
    EW_DP_SIDE_MAX = 65535,
    EW_DP_PIXELS_MAX = 100000000,
    EW_DP_PICTURE_BYTES_MAX = 256 << 20 /* of the file that holds it */
};

#endif
