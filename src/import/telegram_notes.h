/* SPDX-License-Identifier: Apache-2.0 */
/* What a chat holds beside what is told of its messages: counted, and said once per chat. */
#ifndef EW_IMPORT_TELEGRAM_NOTES_H
#define EW_IMPORT_TELEGRAM_NOTES_H

#include "import/import.h"

enum { EW_TG_NOTES_SINGLE = 200 /* remarks of one kind on single messages, per chat */ };

typedef enum ew_tg_note {
    EW_TG_REACTIONS,
    EW_TG_BUTTONS,
    EW_TG_VIA_BOT,
    EW_TG_SPOILERS,
    EW_TG_OTHER_CHAT, /* replies to a message of another chat that is not named */
    EW_TG_NOTES
} ew_tg_note;

typedef struct ew_tg_notes {
    uint64_t counts[EW_TG_NOTES];
    uint64_t said; /* remarks on single messages: signatures, sources */
} ew_tg_notes;

/* A remark on one message: "message 12: signed by 'Ann'"; only counted beyond the number above. */
EW_MUST_CHECK ew_code ew_tg_notes_say(ew_tg_notes *n, const ew_import_sink *sink,
                                      const ew_message *m, const char *what,
                                      ew_slice value, ew_err *err);

/* The end of a chat: one remark on what was counted, at `place`; begins again. */
EW_MUST_CHECK ew_code ew_tg_notes_tell(ew_tg_notes *n, const ew_import_sink *sink,
                                       ew_place place, ew_err *err);

/* A remark made as by printf, at most some hundred bytes; slices in it as "%.*s" with EW_TG_TEXT. */
EW_MUST_CHECK ew_code ew_tg_remark(const ew_import_sink *sink, ew_place place,
                                   ew_err *err, const char *fmt, ...) EW_PRINTF(4, 5);
EW_MUST_CHECK ew_code ew_tg_gap(const ew_import_sink *sink, ew_place place,
                                const char *what, ew_err *err, const char *fmt, ...)
    EW_PRINTF(5, 6);

/* s with a length that keeps a remark one line of moderate length: cut between characters. */
ew_slice ew_tg_short(ew_slice s);
#define EW_TG_TEXT(s) (int)ew_tg_short(s).n, ew_tg_short(s).p

#endif
