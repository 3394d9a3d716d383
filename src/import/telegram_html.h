/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the reader of Telegram Desktop's pages share, and what the merge with its JSON uses of
 * them. */
#ifndef EW_IMPORT_TELEGRAM_HTML_H
#define EW_IMPORT_TELEGRAM_HTML_H

#include <gumbo.h>

#include "import/message_made.h"
#include "import/room.h"
#include "import/telegram_files.h"
#include "import/telegram_notes.h"

enum {
    EW_TG_BLOCK = 4 << 20,  /* bytes of one message with its mark-up */
    EW_TG_ROOM = 128 << 20, /* of its tree */
    EW_TG_DIVIDER =
        -1000000 /* dates between messages are numbered -1, -2 ...; messages of
                                * a group that became another from -1000000000 on */
};

/* Where a message stands that names the sender of those joined to it. */
typedef struct ew_tg_at {
    uint32_t member, at, bytes;
} ew_tg_at;

typedef struct ew_tg_html {
    ew_delivery *from;
    const ew_import_sink *sink;
    ew_err *err;
    /* Called for a message instead of telling it; may be NULL. */
    ew_code (*each)(void *cookie, struct ew_tg_html *h);
    void *cookie;
    /* The page */
    size_t member;
    ew_slice folder; /* of the page in the delivery, with its last slash */
    ew_slice bytes;
    ew_buf chat_name;
    /* The message */
    ew_message_made made;
    ew_buf block; /* its bytes, which the guard may change */
    ew_buf text;
    ew_room room;
    bool divider; /* it is a date between messages, or nothing at all */
    bool joined;
    bool parted;    /* since the last that was not joined the program said something */
    bool cut;       /* more of it than can be read */
    int32_t zone_s; /* of its time, when that is zoned */
    bool summer_told;
    bool quiet;             /* gaps of pages were told before */
    ew_kept_text signature; /* who signed it */
    /* Of the last one that had them */
    ew_buf sender, forward;
    bool has_owner;
    ew_tg_at owner;
    ew_tg_notes notes;
} ew_tg_html;

void ew_tg_html_init(ew_tg_html *h, ew_delivery *from, const ew_import_sink *sink,
                     ew_err *err);
void ew_tg_html_release(ew_tg_html *h);

/* Tells the chat and goes through its messages. */
EW_MUST_CHECK ew_code ew_tg_html_group(ew_tg_html *h, const ew_tg_files *files,
                                       const ew_tg_group *group);

/* Reads the message at h->bytes[at .. at + n) into h->made. What it lacks since it is joined
 * comes from the one that was read before. */
EW_MUST_CHECK ew_code ew_tg_html_block(ew_tg_html *h, size_t at, size_t n);

/* "31.01.2026 12:00:00 UTC+01:00", the zone may be absent; false for anything else. */
bool ew_tg_html_time(ew_slice text, ew_moment *out, int32_t *zone_s);

/* The text of an element, with its line breaks, into h->text. Line feeds of the source are
 * spaces, and nothing at both ends. */
EW_MUST_CHECK ew_code ew_tg_html_text(ew_tg_html *h, const GumboNode *n);
ew_slice ew_tg_slice(const ew_buf *b);

bool ew_tg_has_class(const GumboNode *n, const char *word);

/* Path as a page names it, as the name of a member: "../" understood. */
EW_MUST_CHECK ew_code ew_tg_resolve(ew_buf *out, ew_slice folder, ew_slice path,
                                    ew_err *err);

/* Links in an element whose words do not say where they lead become an attachment. */
EW_MUST_CHECK ew_code ew_tg_html_links(ew_tg_html *h, const GumboNode *node);
/* Is it an element around attachments, or one itself? */
bool ew_tg_is_media(const GumboNode *n);
/* Its attachments, or what a call was. */
EW_MUST_CHECK ew_code ew_tg_html_media(ew_tg_html *h, const GumboNode *n);
/* Of a link to a picture in a service message. */
EW_MUST_CHECK ew_code ew_tg_html_file(ew_tg_html *h, ew_attachment_kind kind,
                                      ew_slice path, ew_made_attachment **out);

#endif
