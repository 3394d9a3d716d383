/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of an article. */
#ifndef EW_TEST_TOLD_ARTICLE_H
#define EW_TEST_TOLD_ARTICLE_H

#include "told.h"

static inline char *told_bytes(const char *dir, const char *name, const void *bytes,
                               size_t n)
{
    const char *path = test_path(dir, name);
    test_file_put(path, bytes, n);
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    return told_import(path, &opts);
}

static inline void expect_in(const char *dir, const char *name, const void *bytes,
                             size_t n, const char *want)
{
    char *got = told_bytes(dir, name, bytes, n);
    if (strstr(got, want) == NULL)
        fail_msg("no '%s' in '%.2000s'", want, got);
    free(got);
}

#define LONG                                                                             \
    "The valley council met for three hours, heard nine witnesses, and rose without a "  \
    "vote, officials and residents who were in the hall said later that day."

#endif
