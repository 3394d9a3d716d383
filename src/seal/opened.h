/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle taken apart. Nothing is verified here. */
#ifndef EW_SEAL_OPENED_H
#define EW_SEAL_OPENED_H

#include "seal/cover_file.h"
#include "seal/note.h"

typedef struct ew_opened {
    ew_zip_file *files;
    size_t count;
    ew_slice note_text, proof, cover; /* into what was read */
    const ew_zip_file *parts;
    size_t part_count;
    ew_note *note;
    ew_seal seal;
} ew_opened;

/* *o is zeroed first; release it in any case. The bytes stay with the caller. EW_E_FORMAT when it is no
 * bundle. */
EW_MUST_CHECK ew_code ew_opened_take(ew_opened *o, ew_slice bytes, ew_err *err);
void ew_opened_release(ew_opened *o);

#endif
