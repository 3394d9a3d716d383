/* SPDX-License-Identifier: Apache-2.0 */
/* Signal's main.jsonl, with one file beside it. */
#include "imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (fuzz_begin("signal")) {
        fuzz_folder(0, "files");
        fuzz_folder(1, "files/15");
        fuzz_put(0,
                 "files/15/"
                 "1548a5a2b487de33fe4210fd905a5369545cf5a0d510040f49794b5c57384561.m4a",
                 "x", 1);
    }
    fuzz_put(1, "main.jsonl", data, size);
    fuzz_run(EW_IMPORT_SIGNAL, fuzz_dir);
    return 0;
}
