/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads of Messenger: up to three files of one chat, apart by lines of "--". The first byte says as what: s(ingle
 * file), e(ncrypted chats, beside each other), anything else the folder of a download. */
#include "imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char apart[] = "\n--\n";
    static const char *const names[2][3] = {{"inbox/a_1/message_1.json",
                                             "inbox/a_1/message_2.json",
                                             "inbox/a_1/message_3.json"},
                                            {"Ann_1.json", "Bob_2.json", "Eve_3.json"}};
    if (size < 2)
        return 0;
    int mode = data[0] == 's' ? 2 : data[0] == 'e';
    if (fuzz_begin("messenger")) {
        fuzz_folder(0, "inbox");
        fuzz_folder(1, "inbox/a_1");
        fuzz_folder(2, "inbox/a_1/photos");
        fuzz_put(0, "inbox/a_1/photos/1.jpg", "x", 1);
    }
    fuzz_clear(1);
    const uint8_t *at = data + 1;
    size_t left = size - 1;
    for (int i = 0; i < 3 && left > 0; i++) {
        const uint8_t *end = memmem(at, left, apart, sizeof apart - 1);
        size_t n = end != NULL && mode != 2 ? (size_t)(end - at) : left;
        fuzz_put(1 + i, mode == 2 ? "one.json" : names[mode][i], at, n);
        at += n;
        left -= n;
        size_t skip = left < sizeof apart - 1 ? left : sizeof apart - 1;
        at += skip;
        left -= skip;
    }
    fuzz_run(EW_IMPORT_MESSENGER, mode == 2 ? fuzz_files[1] : fuzz_dir);
    return 0;
}
