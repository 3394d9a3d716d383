/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader of Telegram's JSON share. */
#ifndef EW_IMPORT_TELEGRAM_H
#define EW_IMPORT_TELEGRAM_H

#include "import/json_stream.h"
#include "import/message_made.h"
#include "import/telegram_files.h"
#include "import/telegram_notes.h"

/* What is known of a message's file until the message ends. */
typedef struct ew_tg_media {
    bool photo, file, typed;
    ew_attachment_kind kind;
    ew_kept_text path, left_out, name, mime, performer, title;
    uint64_t bytes, photo_bytes, seconds, disappears;
    ew_kept_text emoji; /* of a sticker */
} ew_tg_media;

typedef struct ew_telegram {
    ew_delivery *from;
    const ew_import_sink *sink;
    ew_json j;
    size_t member;
    ew_slice folder; /* of result.json in the delivery, with its last slash */
    ew_message_made made;
    ew_buf chat_name, chat_id, chat_kind;
    size_t chat_begin;
    bool chat_told, any_told;
    ew_tg_notes notes;
    size_t passed_told; /* of values that were passed over */
    /* Of this message */
    size_t message_begin; /* SIZE_MAX: none is open */
    ew_tg_media media;
    ew_kept_text card; /* of a contact */
    bool contact_given, place_given, card_given;
    ew_buf contact, place;      /* their words */
    ew_buf links, entity_links; /* behind words of text, of text_entities */
    ew_buf details;             /* of a service message: what else is said */
    ew_kept_text action, date_local, edited_local, author, saved_from, reply_peer;
    uint64_t seen; /* fields, by number */
    ew_buf twice;  /* names of those that came again */
    bool entities_differ, unsupported, odd, bad;
    ew_err *err;
} ew_telegram;

/* With the present token the bracket that opens a message: reads it to its end and tells it. */
EW_MUST_CHECK ew_code ew_telegram__message(ew_telegram *t);

/* The value of the present token, with its name: "; new title: B". Members of lists with commas. */
EW_MUST_CHECK ew_code ew_telegram__details(ew_telegram *t, ew_buf *out);

/* The simple values inside the present token, with spaces between. */
EW_MUST_CHECK ew_code ew_telegram__values(ew_telegram *t, ew_buf *out);

/* A poll or list of tasks: "Where? | Here: 3 | There: 1". */
EW_MUST_CHECK ew_code ew_telegram__poll(ew_telegram *t, ew_buf *out);

/* The present field came before: notes its name. */
EW_MUST_CHECK ew_code ew_telegram__twice(ew_telegram *t);

/* The end of a message's fields: what they say together, and remarks on them. */
EW_MUST_CHECK ew_code ew_telegram__finish(ew_telegram *t);
EW_MUST_CHECK ew_code ew_telegram__remarks(ew_telegram *t);

/* What was done, in words: "created the group" for "create_group". */
EW_MUST_CHECK ew_code ew_telegram__action(ew_slice action, ew_buf *out, ew_err *err);

/* Fields of files; false when it is none. */
EW_MUST_CHECK ew_code ew_telegram__media_field(ew_telegram *t, bool *taken);

/* The end of a message: its files, contact and place become attachments. */
EW_MUST_CHECK ew_code ew_telegram__attach(ew_telegram *t);

ew_slice ew_telegram__kept(const ew_telegram *t, ew_kept_text text);

#endif
