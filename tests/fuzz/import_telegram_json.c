/* SPDX-License-Identifier: Apache-2.0 */
/* result.json from anywhere: all texts that are told are valid UTF-8, and every place lies in the original. */
#include <stdio.h>

#include "import_telegram_told.h"

static char path[64];

static void remove_file(void)
{
    (void)unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = EW_IMPORT_TELEGRAM_JSON};
    if (path[0] == 0) {
        const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        (void)snprintf(path, sizeof path, "%s/ew-fuzz-tg-%ld.json", base, (long)getpid());
        (void)atexit(remove_file);
    }
    put_file(path, data, size);
    if (ew_delivery_open(&d, path, NULL) == EW_OK) {
        look_told(d, &opts);
        (void)!ew_import_detect(d, &opts.format, NULL);
    }
    ew_delivery_close(d);
    return 0;
}
