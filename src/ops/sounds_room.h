/* SPDX-License-Identifier: Apache-2.0 */
/* How much room sounds may take: all can be made again, and none may fill the disk. */
#ifndef EW_OPS_SOUNDS_ROOM_H
#define EW_OPS_SOUNDS_ROOM_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

/* Removes what a killed program left of one in the making. */
void ew_sounds_sweep(const char *dir);

/* Removes one. */
void ew_sounds_remove(const char *dir, const uint8_t sha256[EW_SHA256_BYTES]);

/* Removes those that were not asked for longest, until the others take no more than half of what is free without them; `keep`
 * stays. */
void ew_sounds_trim(const char *dir, const uint8_t keep[EW_SHA256_BYTES]);

/* EW_E_LIMIT when so little is left on the disk of this descriptor that others would come short. */
EW_MUST_CHECK ew_code ew_sounds_room(int fd, ew_err *err);

/* Tests: as if the disk had so much room for sounds, in bytes; negative: as it is. */
void ew_sounds_room_is(int64_t bytes);

#endif
