/* SPDX-License-Identifier: Apache-2.0 */
/* Text exports of WhatsApp, with one attachment beside. */
#include "imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz_begin("whatsapp"))
        fuzz_put(0, "list.pdf", "x", 1);
    fuzz_put(1, "_chat.txt", data, size);
    fuzz_run(EW_IMPORT_WHATSAPP, fuzz_dir);
    return 0;
}
