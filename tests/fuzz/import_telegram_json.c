/* SPDX-License-Identifier: Apache-2.0 */
/* result.json from anywhere. */
#include "imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)fuzz_begin("telegram-json");
    fuzz_put(0, "result.json", data, size);
    fuzz_run(EW_IMPORT_TELEGRAM_JSON, fuzz_files[0]);
    return 0;
}
