/* SPDX-License-Identifier: Apache-2.0 */
/* Links behind words of Telegram's messages. */
#ifndef EW_IMPORT_TELEGRAM_LINKS_H
#define EW_IMPORT_TELEGRAM_LINKS_H

#include "import/message_made.h"

/* The name of the attachment that has them. */
#define EW_TG_LINK "link"

/* Adds where a link leads, unless its words say so themselves. */
EW_MUST_CHECK ew_code ew_tg_link(ew_buf *links, ew_slice href, ew_slice words,
                                 ew_err *err);

/* Those that were added become an attachment, when there are any. */
EW_MUST_CHECK ew_code ew_tg_links_attach(ew_message_made *m, const ew_buf *links,
                                         ew_err *err);

#endif
