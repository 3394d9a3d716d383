/* SPDX-License-Identifier: Apache-2.0 */
/* Spectrograms in tiles. */
#ifndef EW_OPS_SOUNDS_TILE_H
#define EW_OPS_SOUNDS_TILE_H

#include "ops/sounds_make.h"

/* Appends the PNG of tile `number`: columns number * EW_TILE_COLUMNS on, each 64 << level frames wide; the loudest
 * of up to four spectra within it. fd: sound.pcm. */
EW_MUST_CHECK ew_code ew_sound_tile(int fd, const ew_sound_head *h, unsigned level,
                                    uint64_t number, ew_buf *out, ew_err *err);

#endif
