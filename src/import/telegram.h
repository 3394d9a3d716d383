/* SPDX-License-Identifier: Apache-2.0 */
/* What the two parts of the reader of Telegram's JSON share. */
#ifndef EW_IMPORT_TELEGRAM_H
#define EW_IMPORT_TELEGRAM_H

#include "import/json_stream.h"
#include "import/message_made.h"

typedef struct ew_telegram {
    ew_delivery *from;
    const ew_import_sink *sink;
    ew_json j;
    size_t member;
    ew_slice folder; /* of result.json in the delivery, with its last slash */
    ew_message_made made;
    ew_buf chat_name, chat_id, chat_kind;
    size_t chat_begin;
    bool chat_told;
    ew_made_attachment *media; /* of this message, or NULL */
    ew_err *err;
} ew_telegram;

/* With the present token the bracket that opens a message: reads it to its end and tells it. */
EW_MUST_CHECK ew_code ew_telegram__message(ew_telegram *t);

#endif
