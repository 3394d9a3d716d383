/* SPDX-License-Identifier: Apache-2.0 */
/* WACZ as a folder: files lie one behind the other, each begun by a line "%%name". */
#include "imports.h"

enum { FILES = 5 };
static const char *const names[FILES] = {"datapackage.json", "datapackage-digest.json",
                                         "pages/pages.jsonl", "archive/a.warc", "other"};

/* The files of the input; a name that is none of ours is the first one's. */
static void put_files(const uint8_t *data, size_t size)
{
    while (size > 2 && data[0] == '%' && data[1] == '%') {
        const uint8_t *line = memchr(data, '\n', size);
        if (line == NULL)
            return;
        size_t name = (size_t)(line - data) - 2;
        size_t left = size - name - 3;
        const uint8_t *end = left > 0 ? memmem(line + 1, left, "\n%%", 3) : NULL;
        size_t n = end != NULL ? (size_t)(end - line) - 1 : left;
        int which = 0;
        for (int i = 0; i < FILES; i++)
            if (strlen(names[i]) == name && memcmp(data + 2, names[i], name) == 0)
                which = i;
        fuzz_put(which, names[which], line + 1, n);
        if (end == NULL)
            return;
        size -= (size_t)(end + 1 - data);
        data = end + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz_begin("wacz")) {
        fuzz_folder(0, "pages");
        fuzz_folder(1, "archive");
    }
    fuzz_clear(0);
    put_files(data, size);
    fuzz_run(EW_IMPORT_WACZ, fuzz_dir);
    return 0;
}
