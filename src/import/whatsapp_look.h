/* SPDX-License-Identifier: Apache-2.0 */
/* What only the whole of a chat of WhatsApp tells: the order of day and month, names, words for what was left
 * out in a language that is not known. */
#ifndef EW_IMPORT_WHATSAPP_LOOK_H
#define EW_IMPORT_WHATSAPP_LOOK_H

#include "import/import.h"
#include "import/whatsapp_names.h"

enum { EW_WA_WORDINGS = 32 };

typedef struct ew_wa_look {
    bool day_first;
    bool guessed; /* that it is */
    /* Bodies in angles, "<Media utelatt>" */
    struct {
        ew_slice words;
        size_t count;
        bool told;
    } wording[EW_WA_WORDINGS];
    size_t wordings;
} ew_wa_look;

/* False when no message begins anywhere in the text of the file `name`. */
EW_MUST_CHECK bool ew_wa_look_over(ew_wa_look *l, ew_slice all, ew_slice name,
                                   const ew_import_opts *opts, ew_wa_names *names);

/* Is the whole body in angles, and others too? *first: it was not asked for before. */
bool ew_wa_stands_for(ew_wa_look *l, ew_slice body, bool *first);

#endif
