/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader of Messenger's and Instagram's downloads share. */
#ifndef EW_IMPORT_MESSENGER_H
#define EW_IMPORT_MESSENGER_H

#include "import/json_stream.h"
#include "import/message_made.h"

enum { EW_MESSENGER_ROOTS = 64 };

/* One file with messages. Files of one chat have the same key and different numbers. */
typedef struct ew_messenger_file {
    size_t member;
    ew_slice
        key; /* path of the chat, wherever the download was put; of a member's name */
    ew_slice section; /* "inbox", "e2ee_cutover" ...; may be empty */
    unsigned number;  /* 1 is the newest */
} ew_messenger_file;

typedef struct ew_messenger {
    ew_delivery *from;
    const ew_import_sink *sink;
    ew_err *err;
    /* What the delivery holds */
    ew_messenger_file *files; /* by key, then from the highest number down */
    size_t file_count, file_cap;
    ew_slice roots[EW_MESSENGER_ROOTS]; /* what stands before paths that exports know */
    size_t root_count;
    /* Of the file that is read */
    ew_json j;
    size_t passed_told; /* of its values that were passed over */
    ew_slice all;
    size_t member;
    ew_slice folder; /* of it in the delivery, with its last slash */
    /* Of the chat */
    ew_buf title, id, kind, people;
    size_t people_count;
    bool told;
    bool repaired, odd; /* one of its texts was */
    int64_t last_ms;    /* time of the message before */
    /* Of the message */
    ew_message_made made;
    ew_buf room, reactions, who, what;
} ew_messenger;

/* Text whose UTF-8 was taken for Latin-1 once more, set right in `room`; *out is the text as it is when that
 * is not certain: some character is above U+00FF, or the bytes are no UTF-8, or nothing would
 * change. */
EW_MUST_CHECK ew_code ew_messenger__repair(ew_slice text, ew_buf *room, ew_slice *out,
                                           bool *repaired, ew_err *err);

/* Text of the present token, set right; until the next token or text. */
EW_MUST_CHECK ew_code ew_messenger__text(ew_messenger *m, ew_slice *out);

/* Lists files with messages, and roots. */
EW_MUST_CHECK ew_code ew_messenger__list(ew_messenger *m);

/* The member that an export calls `uri`; SIZE_MAX: it is not there. */
size_t ew_messenger__find(const ew_messenger *m, ew_slice uri);

/* Milliseconds since 1970; false when the present token is no such number. */
bool ew_messenger__time(const ew_messenger *m, int64_t *ms);

/* With the present token the bracket that opens a message, m->all.p + base the beginning of what m->j
 * reads: reads the message to its end and tells it. */
EW_MUST_CHECK ew_code ew_messenger__message(ew_messenger *m, size_t base);

#endif
