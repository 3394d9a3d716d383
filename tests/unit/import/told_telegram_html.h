/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of pages of Telegram. */
#ifndef EW_TEST_TOLD_TELEGRAM_HTML_H
#define EW_TEST_TOLD_TELEGRAM_HTML_H

#include "test_telegram_made.h"

static inline void expect(const char *dir, const char *page, const char *want)
{
    put_text(dir, "messages.html", page);
    expect_told(dir, EW_IMPORT_AUTO, want);
}

#endif
