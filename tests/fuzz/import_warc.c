/* SPDX-License-Identifier: Apache-2.0 */
/* WARC files. The first byte says how it is wrapped: z: gzip over all of it, m: over what lies between lines "%%". */
#include <zlib.h>

#include "base/buf.h"
#include "imports.h"

static void put(ew_buf *file, const void *bytes, size_t n)
{
    if (ew_buf_append(file, bytes, n, NULL) != EW_OK)
        abort();
}

static void put_member(ew_buf *file, const uint8_t *bytes, size_t n)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)n};
    if (deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t room = deflateBound(&z, n) + 64;
    uint8_t *out = malloc(room);
    z.next_out = out;
    z.avail_out = (uInt)room;
    if (out == NULL || deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    put(file, out, z.total_out);
    (void)deflateEnd(&z);
    free(out);
}

static void put_members(ew_buf *file, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        const uint8_t *end = memmem(bytes, n, "%%\n", 3);
        size_t part = end != NULL ? (size_t)(end - bytes) : n;
        put_member(file, bytes, part);
        part += end != NULL ? 3 : 0;
        bytes += part;
        n -= part;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_buf file;
    if (size < 2)
        return 0;
    ew_buf_init(&file, 1 << 30);
    if (data[0] == 'z')
        put_member(&file, data + 1, size - 1);
    else if (data[0] == 'm')
        put_members(&file, data + 1, size - 1);
    else
        put(&file, data + 1, size - 1);
    (void)fuzz_begin("warc");
    fuzz_put(0, "a", file.data, file.len);
    ew_buf_release(&file);
    fuzz_run(EW_IMPORT_WARC, fuzz_files[0]);
    return 0;
}
