/* SPDX-License-Identifier: Apache-2.0 */
/* Who wrote a message in a text export: what stands before the first colon, unless names have colons. */
#ifndef EW_IMPORT_WHATSAPP_NAMES_H
#define EW_IMPORT_WHATSAPP_NAMES_H

#include "import/import.h"

enum { EW_WA_NAMES = 1 << 16, EW_WA_NUMBER = 24 };

/* How often messages begin with the same words before a colon; names that come when it is full are not
 * counted. */
typedef struct ew_wa_names {
    uint64_t hash[EW_WA_NAMES];
    uint32_t count[EW_WA_NAMES];
    size_t used;
} ew_wa_names;

/* text: what follows a head. */
void ew_wa_count_names(ew_wa_names *names, ew_slice text);

/* Takes the sender and the colon off; false when the program itself speaks. *two_ways: the name has a colon
 * only because every message with its beginning goes on like that. */
bool ew_wa_take_sender(const ew_wa_names *names, ew_slice *text, ew_slice *sender,
                       bool *two_ways);

/* "+855 12 345 678" as "+85512345678"; false when it is no number. */
bool ew_wa_phone(ew_slice sender, char out[EW_WA_NUMBER]);

#endif
