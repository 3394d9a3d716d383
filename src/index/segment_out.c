/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a segment file from its parts, and from finger prints in memory. */
#include "index/segment_out.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "index/segment_head.h"
#include "index/sort.h"

static ew_code write_at(int fd, uint64_t at, const void *bytes, size_t n, ew_err *err)
{
    if (lseek(fd, (off_t)at, SEEK_SET) < 0)
        return ew_fail_sys(err, errno, "cannot write a segment");
    return ew_write_all(fd, bytes, n, err);
}

static ew_code flush_block(ew_seg_out *o, ew_seg_part *p, ew_err *err)
{
    if (p->fill == 0)
        return EW_OK;
    ew_put_u32le(p->crc, ew_crc32(0, p->buf, p->fill));
    p->crc += 4;
    ew_code code = write_at(o->fd, p->at, p->buf, p->fill, err);
    p->at += p->fill;
    p->fill = 0;
    return code;
}

static ew_code put_bytes(ew_seg_out *o, ew_seg_part *p, const uint8_t *from, size_t n,
                         ew_err *err)
{
    if (n > p->end - p->at - p->fill)
        return ew_fail(err, EW_E_FORMAT, 0,
                       "segment is damaged: more in it than it says");
    while (n > 0) {
        size_t some = EW_SEG_BLOCK - p->fill < n ? EW_SEG_BLOCK - p->fill : n;
        memcpy(p->buf + p->fill, from, some);
        p->fill += some;
        from += some;
        n -= some;
        if (p->fill < EW_SEG_BLOCK)
            continue;
        ew_code code = flush_block(o, p, err);
        if (code != EW_OK)
            return code;
    }
    return EW_OK;
}

ew_code ew_seg__out_bytes(ew_seg_out *o, int section, const void *bytes, size_t n,
                          ew_err *err)
{
    return put_bytes(o, &o->part[section], bytes, n, err);
}

static ew_code open_place(ew_seg_out *o, const char *path, ew_err *err)
{
    if (path != NULL) {
        ew_code code = ew_atomic_open(&o->file, path, err);
        o->fd = o->file.fd;
        return code;
    }
    o->fd = memfd_create("earwitness", MFD_CLOEXEC);
    return o->fd >= 0 ? EW_OK : ew_fail_sys(err, errno, "no memory file");
}

ew_code ew_seg__out_open(ew_seg_out *o, const char *path, const ew_seg_shape *shape,
                         ew_err *err)
{
    *o = (ew_seg_out){.shape = *shape, .fd = -1, .file = {.fd = -1}};
    ew_seg__layout(shape, &o->lay);
    o->crcs = ew_alloc_array(o->lay.blocks[EW_SEG_SECTIONS], 4);
    o->room = ew_alloc_array(EW_SEG_SECTIONS, EW_SEG_BLOCK);
    ew_code code = EW_OK;
    if (o->crcs == NULL || o->room == NULL)
        code = ew_fail_nomem(err);
    for (int i = 0; i < EW_SEG_SECTIONS && code == EW_OK; i++)
        o->part[i] = (ew_seg_part){
            .at = o->lay.at[i],
            .end = o->lay.at[i + 1],
            .buf = o->room + (size_t)i * EW_SEG_BLOCK,
            .crc = o->crcs + (size_t)o->lay.blocks[i] * 4,
        };
    if (code == EW_OK)
        code = open_place(o, path, err);
    if (code != EW_OK)
        ew_seg__out_abort(o);
    return code;
}

ew_code ew_seg__out_table(ew_seg_out *o, const uint8_t *table, ew_err *err)
{
    uint8_t head[EW_SEG_HEADER];
    size_t n = (size_t)o->shape.slots * EW_SEG_SLOT;
    ew_seg__put_head(head, &o->shape, ew_crc32(0, table, n));
    o->head_crc = ew_get_u32le(head + 124);
    ew_code code = ew_seg__out_bytes(o, EW_SEG_HEAD, head, sizeof head, err);
    if (code == EW_OK)
        code = ew_seg__out_bytes(o, EW_SEG_HEAD, table, n, err);
    return code;
}

/* Directory entries up to and with that of `bucket`: the postings before it. */
static ew_code put_directory(ew_seg_out *o, uint32_t bucket, ew_err *err)
{
    uint8_t count[4];
    ew_put_u32le(count, (uint32_t)o->postings);
    ew_code code = EW_OK;
    for (; o->bucket <= bucket && code == EW_OK; o->bucket++)
        code = put_bytes(o, &o->part[EW_SEG_DIR], count, 4, err);
    return code;
}

ew_code ew_seg__out_posting(ew_seg_out *o, uint32_t word, uint32_t pos, ew_err *err)
{
    uint8_t bytes[4];
    uint32_t bucket = word >> (32 - o->shape.dir_bits);
    ew_code code = EW_OK;
    if (o->bucket <= bucket)
        code = put_directory(o, bucket, err);
    if (ew_seg__is_packed(&o->shape))
        word = (word & ((1u << EW_SEG_LOW_BITS) - 1)) | pos >> 24 << EW_SEG_LOW_BITS;
    ew_put_u32le(bytes, word);
    if (code == EW_OK)
        code = put_bytes(o, &o->part[EW_SEG_REST], bytes, o->shape.rest_bytes, err);
    ew_put_u32le(bytes, pos);
    if (code == EW_OK)
        code = put_bytes(o, &o->part[EW_SEG_POS], bytes, o->shape.pos_bytes, err);
    o->postings++;
    return code;
}

static ew_code pad_part(ew_seg_out *o, ew_seg_part *p, ew_err *err)
{
    static const uint8_t zeros[64];
    uint64_t missing = p->end - p->at - p->fill;
    if (missing >= sizeof zeros)
        return ew_fail(err, EW_E_FORMAT, 0,
                       "segment is damaged: less in it than it says");
    ew_code code = put_bytes(o, p, zeros, (size_t)missing, err);
    if (code == EW_OK)
        code = flush_block(o, p, err);
    return code;
}

ew_code ew_seg__out_commit(ew_seg_out *o, ew_seg_made *made, ew_err *err)
{
    ew_code code = put_directory(o, (uint32_t)1 << o->shape.dir_bits, err);
    if (code == EW_OK && o->postings != o->shape.postings)
        code = ew_fail(err, EW_E_FORMAT, 0, "segment is damaged: postings are missing");
    for (int i = 0; i < EW_SEG_SECTIONS && code == EW_OK; i++)
        code = pad_part(o, &o->part[i], err);
    if (code == EW_OK)
        code = write_at(o->fd, o->lay.at[EW_SEG_SECTIONS], o->crcs,
                        (size_t)o->lay.blocks[EW_SEG_SECTIONS] * 4, err);
    int memory = o->file.temp == NULL ? o->fd : -1;
    if (code == EW_OK && memory < 0)
        code = ew_atomic_commit(&o->file, err);
    if (code == EW_OK)
        o->fd = -1;
    if (code == EW_OK)
        *made = (ew_seg_made){o->lay.bytes, o->head_crc};
    ew_seg__out_abort(o);
    return code;
}

void ew_seg__out_abort(ew_seg_out *o)
{
    if (o->file.temp == NULL && o->fd >= 0)
        (void)close(o->fd);
    o->fd = -1;
    ew_atomic_abort(&o->file);
    ew_free(o->crcs);
    ew_free(o->room);
    o->crcs = NULL;
    o->room = NULL;
}

/* ------------------------------------------------------------------ from prints */

static ew_code put_postings(ew_seg_out *o, const ew_seg_source *src, size_t n,
                            ew_err *err)
{
    size_t total = (size_t)o->shape.postings;
    ew_sort_item *a = ew_alloc_array(total, sizeof *a);
    ew_sort_item *b = ew_alloc_array(total, sizeof *b);
    ew_code code = a != NULL && b != NULL ? EW_OK : ew_fail_nomem(err);
    size_t k = 0;
    uint32_t first = 0;
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        for (uint32_t j = 0; j < src[i].fp->key_count; j++, k++)
            a[k] =
                (ew_sort_item){src[i].fp->keys[j].word, first + src[i].fp->keys[j].frame};
        first += src[i].fp->frames;
    }
    if (code == EW_OK)
        ew_sort__by_key(a, b, total);
    for (size_t i = 0; i < total && code == EW_OK; i++)
        code = ew_seg__out_posting(o, a[i].word, a[i].value, err);
    ew_free(b);
    ew_free(a);
    return code;
}

static ew_code put_table(ew_seg_out *o, const ew_seg_source *src, size_t n, ew_err *err)
{
    uint8_t *table = ew_alloc_array(n, EW_SEG_SLOT);
    if (table == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        memcpy(table + i * EW_SEG_SLOT, src[i].sha256, 32);
        ew_put_u32le(table + i * EW_SEG_SLOT + 32, src[i].fp->frames);
        ew_put_u32le(table + i * EW_SEG_SLOT + 36, src[i].fp->key_count);
    }
    ew_code code = ew_seg__out_table(o, table, err);
    ew_free(table);
    return code;
}

static ew_code put_prints(ew_seg_out *o, const ew_seg_source *src, size_t n, ew_err *err)
{
    ew_code code = put_table(o, src, n, err);
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        code = ew_seg__out_bytes(o, EW_SEG_WORDS, src[i].fp->words,
                                 (size_t)src[i].fp->frames * 4, err);
        if (code == EW_OK)
            code = ew_seg__out_bytes(o, EW_SEG_WAVE, src[i].fp->wave, src[i].fp->frames,
                                     err);
    }
    if (code == EW_OK)
        code = put_postings(o, src, n, err);
    return code;
}

/* Leaves *fd open on success when path is NULL. */
static ew_code write_prints(const char *path, const ew_seg_source *src, size_t n, int *fd,
                            ew_seg_made *made, ew_err *err)
{
    uint64_t frames = 0;
    uint64_t keys = 0;
    for (size_t i = 0; i < n; i++) {
        frames += src[i].fp->frames;
        keys += src[i].fp->key_count;
    }
    if (n > EW_SEG_MAX_SLOTS || frames > UINT32_MAX || keys > UINT32_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "too much sound for one segment");
    ew_seg_shape shape = ew_seg__shape((uint32_t)n, frames, keys);
    ew_seg_out o;
    ew_code code = ew_seg__out_open(&o, path, &shape, err);
    if (code != EW_OK)
        return code;
    *fd = o.fd;
    code = put_prints(&o, src, n, err);
    if (code == EW_OK)
        return ew_seg__out_commit(&o, made, err);
    ew_seg__out_abort(&o);
    return code;
}

ew_code ew_seg__write(const char *path, const ew_seg_source *src, size_t n,
                      ew_seg_made *made, ew_err *err)
{
    int fd;
    return write_prints(path, src, n, &fd, made, err);
}

ew_code ew_seg__make(ew_seg *s, const ew_seg_source *src, size_t n, ew_err *err)
{
    int fd = -1;
    ew_seg_made made;
    *s = (ew_seg){0};
    ew_code code = write_prints(NULL, src, n, &fd, &made, err);
    if (code != EW_OK)
        return code;
    code = ew_seg__open_fd(s, fd, "memory", err);
    (void)close(fd);
    return code;
}
