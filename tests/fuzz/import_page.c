/* SPDX-License-Identifier: Apache-2.0 */
/* Articles from anywhere. The first byte says as what: p(age), m(arkdown), t(ext); anything else is guessed. */
#include "imports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_import_format format = EW_IMPORT_AUTO;
    if (size < 2)
        return 0;
    if (data[0] == 'p')
        format = EW_IMPORT_PAGE;
    else if (data[0] == 'm')
        format = EW_IMPORT_MARKDOWN;
    else if (data[0] == 't')
        format = EW_IMPORT_TEXT;
    (void)fuzz_begin("page");
    fuzz_put(0, "page.html", data + 1, size - 1);
    fuzz_run(format, fuzz_files[0]);
    return 0;
}
