/* SPDX-License-Identifier: Apache-2.0 */
/* A message in the making: texts arrive one by one and from a buffer that moves, so they are kept as places in
 * an arena until the message is handed on. Shared by the readers of chats. */
#ifndef EW_IMPORT_MESSAGE_MADE_H
#define EW_IMPORT_MESSAGE_MADE_H

#include "import/import.h"

enum { EW_MADE_ATTACHMENTS = 256, EW_MADE_BYTES = 32 << 20 };

/* A text in the arena. */
typedef struct ew_kept_text {
    size_t at, n;
} ew_kept_text;

typedef struct ew_made_attachment {
    ew_attachment_kind kind;
    ew_attachment_state state;
    size_t member;
    ew_kept_text path, name, mime, words;
    uint64_t bytes;
    double seconds;
} ew_made_attachment;

typedef struct ew_message_made {
    ew_buf arena;
    ew_message
        message; /* numbers, times, marks; its slices are set when it is handed on */
    ew_kept_text id, sender, sender_id, text, reply_to, forwarded_from, forwarded_from_id;
    ew_kept_text time_text, edited_text, forwarded_text;
    ew_made_attachment attachments[EW_MADE_ATTACHMENTS];
    size_t attachment_count;
} ew_message_made;

void ew_made_init(ew_message_made *m);
void ew_made_release(ew_message_made *m);
void ew_made_restart(ew_message_made *m);

/* Keeps a text; *out is where. */
EW_MUST_CHECK ew_code ew_made_keep(ew_message_made *m, ew_slice text, ew_kept_text *out,
                                   ew_err *err);
/* Adds to a text that is the last one that was kept or grown, or empty. */
EW_MUST_CHECK ew_code ew_made_grow(ew_message_made *m, ew_slice text, ew_kept_text *out,
                                   ew_err *err);

/* The next attachment; those beyond EW_MADE_ATTACHMENTS share the last one. */
ew_made_attachment *ew_made_attachment_new(ew_message_made *m);

/* Finds the attachment's bytes below `folder` of the delivery; sets state and member. */
void ew_made_find(ew_message_made *m, ew_made_attachment *a, const ew_delivery *from,
                  ew_slice folder);

/* Hands message, and gaps for attachments that are not there, to the sink. */
EW_MUST_CHECK ew_code ew_made_tell(ew_message_made *m, const ew_import_sink *sink,
                                   ew_err *err);

/* "2026-01-31T12:00:00", a clock's reading without zone; false for anything else. */
bool ew_moment_local(ew_slice text, ew_moment *out);

#endif
