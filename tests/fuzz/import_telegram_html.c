/* SPDX-License-Identifier: Apache-2.0 */
/* Pages from anywhere, and both exports of one chat: what stands before the first byte 0xFE is messages.html, what
 * stands behind it result.json. */
#include "imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *cut = size > 0 ? memchr(data, 0xFE, size) : NULL;
    size_t n = cut != NULL ? (size_t)(cut - data) : size;
    (void)fuzz_begin("telegram-html");
    fuzz_clear(0);
    fuzz_put(0, "messages.html", data, n);
    if (cut != NULL)
        fuzz_put(1, "result.json", cut + 1, size - n - 1);
    fuzz_run(cut != NULL ? EW_IMPORT_TELEGRAM_JSON : EW_IMPORT_TELEGRAM_HTML, fuzz_dir);
    return 0;
}
