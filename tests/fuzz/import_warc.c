/* SPDX-License-Identifier: Apache-2.0 */
/* WARC files. All texts are valid UTF-8, bodies have their limit, and every place lies in the file. The first byte
 * says how it is wrapped: z: gzip over all of it, m: over what lies between lines "%%". */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "base/utf8.h"
#include "import/import.h"
#include "import/warc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];
static size_t file_bytes;

static void look(ew_slice s)
{
    if (!ew_utf8_valid(s.p, s.n))
        abort();
}

static void look_place(const ew_place *p)
{
    if (p->at > file_bytes || p->bytes > file_bytes - p->at)
        abort();
}

static ew_code capture(void *cookie, const ew_capture *c, ew_err *err)
{
    (void)cookie;
    (void)err;
    look(c->url);
    look(c->mime);
    look(c->time.text);
    look(c->title);
    look_place(&c->place);
    if (c->body.n > EW_WARC_BODY || (c->digest_right && !c->digest_given))
        abort();
    return EW_OK;
}

static ew_code article(void *cookie, const ew_article *a, ew_err *err)
{
    (void)cookie;
    (void)err;
    look(a->title);
    look(a->url);
    look_place(&a->place);
    for (size_t i = 0; i < a->paragraph_count; i++)
        look_place(&a->paragraphs[i].place);
    return EW_OK;
}

static ew_code gap(void *cookie, const ew_gap *g, ew_err *err)
{
    (void)cookie;
    (void)err;
    look(g->words);
    look_place(&g->place);
    return EW_OK;
}

static ew_code remark(void *cookie, const ew_remark *r, ew_err *err)
{
    (void)cookie;
    (void)err;
    look(r->text);
    look_place(&r->place);
    return EW_OK;
}

static void remove_file(void)
{
    (void)unlink(path);
}

static void put(int fd, const void *bytes, size_t n)
{
    if (write(fd, bytes, n) != (ssize_t)n)
        abort();
    file_bytes += n;
}

static void put_member(int fd, const uint8_t *bytes, size_t n)
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
    put(fd, out, z.total_out);
    (void)deflateEnd(&z);
    free(out);
}

static void put_members(int fd, const uint8_t *bytes, size_t n)
{
    while (n > 0) {
        const uint8_t *end = memmem(bytes, n, "%%\n", 3);
        size_t part = end != NULL ? (size_t)(end - bytes) : n;
        put_member(fd, bytes, part);
        part += end != NULL ? 3 : 0;
        bytes += part;
        n -= part;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = EW_IMPORT_WARC};
    ew_import_sink sink = {
        .capture = capture, .article = article, .gap = gap, .remark = remark};
    if (size < 2)
        return 0;
    if (path[0] == 0) {
        const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        (void)snprintf(path, sizeof path, "%s/ew-fuzz-warc-%ld", base, (long)getpid());
        (void)atexit(remove_file);
    }
    file_bytes = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        abort();
    if (data[0] == 'z')
        put_member(fd, data + 1, size - 1);
    else if (data[0] == 'm')
        put_members(fd, data + 1, size - 1);
    else
        put(fd, data + 1, size - 1);
    if (close(fd) != 0)
        abort();
    if (ew_delivery_open(&d, path, NULL) == EW_OK)
        (void)!ew_import_run(d, &opts, &sink, NULL);
    ew_delivery_close(d);
    return 0;
}
