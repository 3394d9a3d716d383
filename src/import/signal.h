/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader of Signal's plain export share. Names of fields are those of its backup format,
 * as JSON: fields with their default value are left out, 64-bit numbers are strings, bytes are
 * base64. */
#ifndef EW_IMPORT_SIGNAL_H
#define EW_IMPORT_SIGNAL_H

#include "import/json_stream.h"
#include "import/message_made.h"

enum {
    EW_SIGNAL_RECIPIENTS = 1 << 20,
    EW_SIGNAL_CHATS = 1 << 20,
    EW_SIGNAL_NAMES = 256 << 20
};

typedef enum ew_signal_kind {
    EW_SIGNAL_UNKNOWN,
    EW_SIGNAL_CONTACT,
    EW_SIGNAL_GROUP,
    EW_SIGNAL_SELF,
    EW_SIGNAL_OTHER /* release notes, lists, call links */
} ew_signal_kind;

/* Texts in `names`. */
typedef struct ew_signal_recipient {
    uint64_t id;
    ew_signal_kind kind;
    ew_kept_text name, address; /* shown; ACI, phone number or the like */
    uint8_t aci[16];
    bool has_aci;
} ew_signal_recipient;

typedef struct ew_signal_chat {
    uint64_t id, recipient;
    bool described;    /* by a frame of its own */
    bool disappearing; /* it has a timer */
    size_t messages;
    size_t from; /* its first place in the index of a batch */
    ew_place place;
} ew_signal_chat;

typedef struct ew_signal {
    ew_delivery *from;
    const ew_import_sink *sink;
    ew_err *err;
    ew_slice all;
    size_t member;
    ew_slice folder; /* of main.jsonl, with its last slash */
    bool has_files;  /* the delivery has files/ at all */
    ew_json j;
    size_t line; /* where the present line begins */
    ew_buf names;
    ew_signal_recipient *recipients; /* by id, once they are read */
    size_t recipient_count, recipient_cap;
    size_t *by_aci; /* those that have one, in its order */
    size_t aci_count;
    ew_kept_text own_name;
    ew_signal_chat *chats; /* in the order in which they are first spoken of */
    size_t chat_count, chat_cap;
    uint32_t *slots; /* by a hash of the id: 1 + place in chats; 0 is free */
    size_t slot_count;
    /* Of the message */
    ew_message_made made;
    ew_buf words, reactions;
    const char *between; /* before the next of the words */
} ew_signal;

/* ------------------------------------------------------------------ walking */

/* Walks through the present object or array:
 *     size_t depth = ew_signal__enter(s);
 *     while (ew_signal__inside(s, depth, &code)) ...
 * comes to each value inside, also to those within values that are not skipped, and to the ends of
 * these; to none in what is neither object nor array, and to no more once `code` is not EW_OK. */
size_t ew_signal__enter(const ew_signal *s);
bool ew_signal__inside(ew_signal *s, size_t depth, ew_code *code);

/* The present value is an object or array, or a string or number. */
bool ew_signal__opens(const ew_signal *s);
bool ew_signal__simple(const ew_signal *s);

/* Bytes of base64, with or without padding; SIZE_MAX when it is none or too long. */
size_t ew_signal__bytes(ew_slice text, uint8_t *out, size_t max);

/* ------------------------------------------------------------------ people */

/* With the present token the bracket of "recipient" or "account". */
EW_MUST_CHECK ew_code ew_signal__recipient(ew_signal *s);
EW_MUST_CHECK ew_code ew_signal__account(ew_signal *s);
/* After the last of them. */
EW_MUST_CHECK ew_code ew_signal__sort_recipients(ew_signal *s);

/* NULL: nobody. */
const ew_signal_recipient *ew_signal__recipient_of(const ew_signal *s, uint64_t id);
const ew_signal_recipient *ew_signal__by_aci(const ew_signal *s, const uint8_t aci[16]);
ew_slice ew_signal__name(const ew_signal *s, ew_kept_text t);
/* What somebody is called: a name, "self", or an address; empty when the export has none. */
ew_slice ew_signal__shown(const ew_signal *s, const ew_signal_recipient *r);

/* ------------------------------------------------------------------ chats */

/* The chat of that id, made when there was none. */
EW_MUST_CHECK ew_code ew_signal__chat(ew_signal *s, uint64_t id, ew_signal_chat **out);

/* With the present token the bracket of "chat". */
EW_MUST_CHECK ew_code ew_signal__chat_frame(ew_signal *s);

/* To the sink, before its messages. */
EW_MUST_CHECK ew_code ew_signal__tell_chat(ew_signal *s, const ew_signal_chat *c);

/* ------------------------------------------------------------------ messages */

/* With the present token the bracket of "chatItem". */
EW_MUST_CHECK ew_code ew_signal__message(ew_signal *s);

/* Everything that is readable in the present value, in s->words: names of fields and values. */
EW_MUST_CHECK ew_code ew_signal__describe(ew_signal *s);

/* A file of the export, in a new attachment; the present token is the bracket of a file pointer. */
EW_MUST_CHECK ew_code ew_signal__pointer(ew_signal *s, ew_made_attachment *a);

#endif
