/* SPDX-License-Identifier: Apache-2.0 */
/* What WhatsApp writes into a text in place of things: attachments, what was left out, what was deleted. */
#ifndef EW_IMPORT_WHATSAPP_WORDS_H
#define EW_IMPORT_WHATSAPP_WORDS_H

#include "import/import.h"

typedef enum ew_wa_what {
    EW_WA_TEXT,     /* nothing of that kind */
    EW_WA_ATTACHED, /* name is that of a file */
    EW_WA_OMITTED,  /* media were left out of the export */
    EW_WA_DELETED,  /* the message was deleted */
    EW_WA_LOCATION  /* a link to a map */
} ew_wa_what;

/* Looks at one line of a message. name: part of the line. kind: as far as it is told. */
ew_wa_what ew_wa_line(ew_slice line, ew_slice *name, ew_attachment_kind *kind);

/* By the end of a file's name, and how WhatsApp names voice messages. */
ew_attachment_kind ew_wa_kind_of(ew_slice name);

#endif
