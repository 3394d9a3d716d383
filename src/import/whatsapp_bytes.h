/* SPDX-License-Identifier: Apache-2.0 */
/* Chats that somebody saved again in another encoding, with the way back to the original. */
#ifndef EW_IMPORT_WHATSAPP_BYTES_H
#define EW_IMPORT_WHATSAPP_BYTES_H

#include "import/import.h"
#include "import/page_bytes.h"

typedef struct ew_wa_bytes {
    ew_slice text; /* UTF-8, or the original as it is */
    bool turned;
    ew_page_bytes page; /* when turned */
    ew_room room;
} ew_wa_bytes;

/* Turned are UTF-16 with its mark, and windows-1252 when nothing in the text is UTF-8. */
EW_MUST_CHECK ew_code ew_wa_bytes_read(ew_wa_bytes *b, ew_slice original, ew_err *err);
void ew_wa_bytes_release(ew_wa_bytes *b);

/* Where a part of the text stands in the original. */
ew_place ew_wa_bytes_place(const ew_wa_bytes *b, size_t member, ew_slice part);

#endif
