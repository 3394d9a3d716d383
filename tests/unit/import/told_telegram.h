/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of an export of Telegram. */
#ifndef EW_TEST_TOLD_TELEGRAM_H
#define EW_TEST_TOLD_TELEGRAM_H

#include "test_telegram_made.h"

static inline void expect(const char *dir, const char *json, const char *want)
{
    put_text(dir, "result.json", json);
    expect_told(dir, EW_IMPORT_AUTO, want);
}

#endif
