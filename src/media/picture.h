/* SPDX-License-Identifier: Apache-2.0 */
/* The brightness of a picture, decoded by the confined process `earwitness-decode`: JPEG, PNG, WebP and
 * GIF (the first picture), BMP, TIFF, HEIC, AVIF. */
#ifndef EW_MEDIA_PICTURE_H
#define EW_MEDIA_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "earwitness/media.h"

/* As it is stored: before it is turned as EXIF or the container say. luma is width * height bytes
 * from top left, row by row: 0.299 R + 0.587 G + 0.114 B, 0 black to 255 white. Colours under
 * full transparency count as they are. */
typedef struct ew_picture {
    uint32_t width, height; /* at most 65,535 each, and 100 megapixels */
    unsigned turn;  /* 1 to 8 as EXIF counts, when the container says it (HEIF); else 0 */
    char codec[32]; /* FFmpeg's name: "mjpeg", "png" ... */
    uint32_t damaged; /* parts that could not be decoded */
    uint8_t *luma;
} ew_picture;

/* fd: a regular file, borrowed; its position is not used. name: for messages. opts: of it
 * decoder_path, memory_bytes and stall_seconds count; NULL for defaults.
 * Errors: EW_E_FORMAT (no picture, or none that can be decoded), EW_E_LIMIT (too large, too slow),
 * EW_E_IO (the decoder died or hung), EW_E_NOTFOUND (no decoder program), EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_picture_decode_fd(ew_picture *out, int fd, const char *name,
                                           const ew_media_opts *opts, ew_err *err);

/* The same for bytes, as a thumbnail within a file. */
EW_MUST_CHECK ew_code ew_picture_decode(ew_picture *out, const void *bytes, size_t n,
                                        const char *name, const ew_media_opts *opts,
                                        ew_err *err);

void ew_picture_release(ew_picture *p);

#endif
