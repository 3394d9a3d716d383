/* SPDX-License-Identifier: Apache-2.0 */
/* One chat from both of its exports. JSON is told, message for message; its pages add what it lacks: the
 * original date of a forward, the zone of a clock's time, messages that JSON does not have. What
 * differs is a remark that names the message and both values.
 *
 * Memory: the pages are read first, one message at a time, and of every message an entry is kept (id, two
 * times, digest of what is compared, places: 80 bytes), of every message of the JSON another of 24; so
 * some 30 MB for 200,000 messages in both, beside the mapped result.json. The text of a page is
 * read a second time only where it differs or is missing in the JSON. */
#ifndef EW_IMPORT_TELEGRAM_MERGE_H
#define EW_IMPORT_TELEGRAM_MERGE_H

#include "import/import.h"
#include "import/telegram_files.h"

/* Reads that result.json with the pages in its folder and in chats/ below; without any it reads it alone. Marks
 * the groups that it took. */
EW_MUST_CHECK ew_code ew_tg_merge(ew_delivery *from, ew_tg_files *files, size_t json,
                                  const ew_import_sink *sink, ew_err *err);

/* Reads the groups of pages that nobody took. */
EW_MUST_CHECK ew_code ew_tg_merge_rest(ew_delivery *from, ew_tg_files *files,
                                       const ew_import_sink *sink, ew_err *err);

#endif
