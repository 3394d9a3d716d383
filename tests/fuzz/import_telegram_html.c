/* SPDX-License-Identifier: Apache-2.0 */
/* Pages from anywhere, and both exports of one chat: what stands before the first byte 0xFE is messages.html, what
 * stands behind it result.json. */
#include <stdio.h>
#include <sys/stat.h>

#include "import_telegram_told.h"

static char dir[64], page[96], json[96];

static void remove_files(void)
{
    (void)unlink(page);
    (void)unlink(json);
    (void)rmdir(dir);
}

static void set_up(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(dir, sizeof dir, "%s/ew-fuzz-tg-%ld", base, (long)getpid());
    (void)snprintf(page, sizeof page, "%s/messages.html", dir);
    (void)snprintf(json, sizeof json, "%s/result.json", dir);
    if (mkdir(dir, 0700) != 0)
        abort();
    (void)atexit(remove_files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = EW_IMPORT_TELEGRAM_HTML};
    const uint8_t *cut = size > 0 ? memchr(data, 0xFE, size) : NULL;
    size_t n = cut != NULL ? (size_t)(cut - data) : size;
    if (dir[0] == 0)
        set_up();
    put_file(page, data, n);
    (void)unlink(json);
    if (cut != NULL) {
        put_file(json, cut + 1, size - n - 1);
        opts.format = EW_IMPORT_TELEGRAM_JSON;
    }
    if (ew_delivery_open(&d, dir, NULL) == EW_OK)
        look_told(d, &opts);
    ew_delivery_close(d);
    return 0;
}
