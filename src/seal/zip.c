/* SPDX-License-Identifier: Apache-2.0 */
/* Stored ZIP files. The reader goes through the local headers and then makes the central
 * directory itself: the file must have the same. */
#include "seal/zip.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"

enum {
    LOCAL = 30,
    CENTRAL = 46,
    END = 22,
    VERSION = 10,
    DATE = 0x21, /* 1 January 1980, the first that ZIP knows */
    CENTRAL_MAX = EW_ZIP_FILES_MAX * (CENTRAL + EW_ZIP_NAME_MAX) + END
};

#define SIZE_LIMIT UINT64_C(0xFFFFFFFF) /* beyond it another format begins */

/* What the three kinds of header say of a file. */
typedef struct entry {
    uint32_t crc, size, offset;
    ew_slice name;
} entry;

static bool name_ok(ew_slice name)
{
    if (name.n == 0 || name.n > EW_ZIP_NAME_MAX || name.p[0] == '/' || name.p[0] == '.')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '/';
        /* Nothing leads out of a folder, or to nowhere. */
        if (!plain || (c == '/' &&
                       (i + 1 == name.n || name.p[i + 1] == '/' || name.p[i + 1] == '.')))
            return false;
    }
    return true;
}

static void put_common(uint8_t *p, const entry *e)
{
    memset(p, 0, 26);
    ew_put_u16le(p, VERSION);
    ew_put_u16le(p + 8, DATE);
    ew_put_u32le(p + 10, e->crc);
    ew_put_u32le(p + 14, e->size);
    ew_put_u32le(p + 18, e->size);
    ew_put_u16le(p + 22, (uint16_t)e->name.n);
}

static void put_local(uint8_t out[LOCAL], const entry *e)
{
    ew_put_u32le(out, 0x04034B50);
    put_common(out + 4, e);
}

static ew_code add_central(ew_buf *b, const entry *e, ew_err *err)
{
    uint8_t head[CENTRAL] = {0};
    ew_put_u32le(head, 0x02014B50);
    ew_put_u16le(head + 4, VERSION);
    put_common(head + 6, e);
    ew_put_u32le(head + 42, e->offset);
    ew_code code = ew_buf_append(b, head, sizeof head, err);
    return code == EW_OK ? ew_buf_append(b, e->name.p, e->name.n, err) : code;
}

static ew_code add_end(ew_buf *b, size_t count, uint64_t offset, ew_err *err)
{
    uint8_t end[END] = {0};
    uint32_t size = (uint32_t)b->len;
    ew_put_u32le(end, 0x06054B50);
    ew_put_u16le(end + 8, (uint16_t)count);
    ew_put_u16le(end + 10, (uint16_t)count);
    ew_put_u32le(end + 12, size);
    ew_put_u32le(end + 16, (uint32_t)offset);
    return ew_buf_append(b, end, sizeof end, err);
}

/* ------------------------------------------------------------------ reading */

typedef struct reader {
    const uint8_t *bytes;
    size_t n, at;
    ew_zip_file *files;
    size_t count, cap;
    ew_buf central;
    ew_err *err;
} reader;

static ew_code bad(const reader *r, const char *what)
{
    return ew_fail(r->err, EW_E_FORMAT, r->at, "not a bundle: %s at byte %zu", what,
                   r->at);
}

static ew_code keep(reader *r, ew_slice name, ew_slice bytes)
{
    if (r->count == EW_ZIP_FILES_MAX)
        return bad(r, "too many files");
    if (r->count == r->cap) {
        size_t cap = r->cap > 0 ? 2 * r->cap : 16;
        ew_zip_file *more = ew_realloc_array(r->files, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(r->err);
        r->files = more;
        r->cap = cap;
    }
    r->files[r->count++] = (ew_zip_file){name, bytes};
    return EW_OK;
}

/* One local header with its file; it must be as the writer would write it. */
static ew_code read_local(reader *r)
{
    const uint8_t *p = r->bytes + r->at;
    size_t left = r->n - r->at;
    uint8_t want[LOCAL];
    if (left < LOCAL)
        return bad(r, "cut short");
    size_t name_n = ew_get_u16le(p + 26);
    entry e = {ew_get_u32le(p + 14),
               ew_get_u32le(p + 18),
               (uint32_t)r->at,
               {(const char *)p + LOCAL, name_n}};
    put_local(want, &e);
    if (memcmp(want, p, LOCAL) != 0)
        return bad(r, "a file header of another kind");
    if (name_n > left - LOCAL || e.size > left - LOCAL - name_n)
        return bad(r, "cut short");
    if (!name_ok(e.name))
        return bad(r, "a bad name");
    ew_slice bytes = {(const char *)p + LOCAL + name_n, e.size};
    if (ew_crc32(0, bytes.p, bytes.n) != e.crc)
        return bad(r, "a wrong checksum");
    ew_code code = keep(r, e.name, bytes);
    if (code == EW_OK)
        code = add_central(&r->central, &e, r->err);
    r->at += LOCAL + name_n + bytes.n;
    return code;
}

ew_code ew_zip_parse(const void *bytes, size_t n, ew_zip_file **files, size_t *count,
                     ew_err *err)
{
    reader r = {.bytes = bytes, .n = n, .err = err};
    ew_code code = EW_OK;
    ew_buf_init(&r.central, CENTRAL_MAX);
    if (n > SIZE_LIMIT)
        code = bad(&r, "4 GiB or more");
    while (code == EW_OK && r.n - r.at >= 4 && ew_get_u32le(r.bytes + r.at) == 0x04034B50)
        code = read_local(&r);
    if (code == EW_OK && r.count == 0)
        code = bad(&r, "no files");
    if (code == EW_OK)
        code = add_end(&r.central, r.count, r.at, err);
    if (code == EW_OK && (r.n - r.at != r.central.len ||
                          memcmp(r.bytes + r.at, r.central.data, r.central.len) != 0))
        code = bad(&r, "a directory that does not match the files");
    ew_buf_release(&r.central);
    if (code != EW_OK) {
        ew_free(r.files);
        return code;
    }
    *files = r.files;
    *count = r.count;
    return EW_OK;
}

/* ------------------------------------------------------------------ writing */

void ew_zip_init(ew_zip_out *z, int fd)
{
    *z = (ew_zip_out){.fd = fd};
    ew_buf_init(&z->central, CENTRAL_MAX);
}

void ew_zip_release(ew_zip_out *z)
{
    ew_buf_release(&z->central);
}

static ew_code put(ew_zip_out *z, const void *bytes, size_t n, ew_err *err)
{
    if (n > SIZE_LIMIT - z->at)
        return ew_fail(err, EW_E_LIMIT, 0, "a bundle of 4 GiB or more");
    ew_code code = ew_write_named(z->fd, z->path, bytes, n, err);
    if (code == EW_OK)
        z->at += n;
    return code;
}

static entry present(const ew_zip_out *z)
{
    return (entry){z->crc, (uint32_t)z->size, (uint32_t)z->began, ew_slice_of(z->name)};
}

ew_code ew_zip_begin(ew_zip_out *z, const char *name, ew_err *err)
{
    uint8_t head[LOCAL];
    if (!name_ok(ew_slice_of(name)) || z->count == EW_ZIP_FILES_MAX)
        return ew_fail(err, EW_E_ARG, 0, "too many files in a bundle, or a bad name");
    memcpy(z->name, name, strlen(name) + 1);
    z->began = z->at;
    z->crc = 0;
    z->size = 0;
    entry e = present(z);
    put_local(head, &e);
    ew_code code = put(z, head, sizeof head, err);
    return code == EW_OK ? put(z, name, strlen(name), err) : code;
}

ew_code ew_zip_write(ew_zip_out *z, const void *bytes, size_t n, ew_err *err)
{
    z->crc = ew_crc32(z->crc, bytes, n);
    z->size += n;
    return put(z, bytes, n, err);
}

/* The header again, now that size and checksum are known. */
ew_code ew_zip_end(ew_zip_out *z, ew_err *err)
{
    uint8_t head[LOCAL];
    entry e = present(z);
    put_local(head, &e);
    ssize_t n;
    do
        n = pwrite(z->fd, head, sizeof head, (off_t)z->began);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof head)
        return ew_fail_sys(err, n < 0 ? errno : ENOSPC, "cannot write '%s'",
                           z->path != NULL ? z->path : "the bundle");
    z->count++;
    return add_central(&z->central, &e, err);
}

ew_code ew_zip_finish(ew_zip_out *z, ew_err *err)
{
    ew_code code = add_end(&z->central, z->count, z->at, err);
    return code == EW_OK ? put(z, z->central.data, z->central.len, err) : code;
}

ew_code ew_zip_put(ew_zip_out *z, const char *name, ew_slice bytes, ew_err *err)
{
    ew_code code = ew_zip_begin(z, name, err);
    if (code == EW_OK)
        code = ew_zip_write(z, bytes.p, bytes.n, err);
    return code == EW_OK ? ew_zip_end(z, err) : code;
}
