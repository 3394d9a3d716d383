/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign ZIP files through libarchive, within limits. */
#ifndef EW_IMPORT_UNPACK_H
#define EW_IMPORT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct ew_unpack_entry {
    const char *name; /* bytes as they are; until the call returns */
    uint64_t bytes;   /* as the archive says */
    bool regular;     /* a file, not a folder, a link or anything else */
    size_t number;    /* from 0, in the order of the archive */
} ew_unpack_entry;

/* Begins like a ZIP file? */
bool ew_unpack_is_zip(const char *path);

/* All entries, in order. EW_E_FORMAT when it is damaged, or encrypted. *cut: it breaks off before its list, as a
 * download does that was interrupted; then its members were looked for one by one, all were unpacked
 * once, and those are told that are whole. Without any it is damaged. */
EW_MUST_CHECK ew_code ew_unpack_list(
    const char *path, ew_code (*put)(void *cookie, const ew_unpack_entry *e, ew_err *err),
    void *cookie, bool *cut, ew_err *err);

typedef struct ew_unpack ew_unpack;

/* cut: as ew_unpack_list told. */
EW_MUST_CHECK ew_code ew_unpack_open(ew_unpack **out, const char *path, bool cut,
                                     ew_err *err);
void ew_unpack_close(ew_unpack *u);

/* The content of one entry, in pieces. Entries that are asked for in their order cost one pass. EW_E_LIMIT
 * when it is larger than EW_DELIVERY_UNPACKED and than the archive, or so much larger than the whole archive that
 * it must be a bomb; EW_E_FORMAT when it is damaged or has another length than the archive says. */
EW_MUST_CHECK ew_code ew_unpack_read(ew_unpack *u, size_t number,
                                     ew_code (*put)(void *cookie, const void *bytes,
                                                    size_t n, ew_err *err),
                                     void *cookie, ew_err *err);

#endif
