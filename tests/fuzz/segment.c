/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a segment file from somebody else. Whatever is in it, lookups stay inside it
 * and their answers inside the recordings.
 *
 * The input is taken twice: as the file, and as the content of a file whose header, table and
 * checksums are right, since few changed inputs would get past those. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "index/segment_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void ignore_bad(void *cookie, const ew_seg_bad *b)
{
    const ew_seg *s = cookie;
    require(b->from < b->to && b->to <= s->lay.bytes);
}

static void ask(const ew_seg *s, uint32_t word, uint16_t slack)
{
    ew_probe p = {.word = word, .slack = slack};
    ew_seg_match m[EW_SEG_SCAN];
    ew_seg__prefetch(s, word, 0);
    ew_seg__prefetch(s, word, 1);
    for (ew_seg_range r = ew_seg__range(s, word); r.lo < r.hi;) {
        size_t n = ew_seg__scan(s, r, &p, m, &r.lo);
        require(r.hi <= s->shape.postings);
        for (size_t i = 0; i < n; i++) {
            uint32_t slot = 0;
            uint32_t frame = 0;
            if (!ew_seg__place(s, m[i].i, m[i].top, &slot, &frame))
                continue;
            require(slot < s->shape.slots && frame < ew_seg__frames(s, slot));
            require(m[i].distance <= slack);
        }
    }
}

/* Merging goes through all postings in order. */
static void merge(const ew_seg *s)
{
    char path[64];
    ew_seg_made made;
    ew_seg_input in = {s, NULL};
    const char *dir = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(path, sizeof path, "%s/earwitness-fuzz-%ld", dir, (long)getpid());
    (void)!ew_seg__merge(path, &in, 1, NULL, &made, NULL);
    (void)unlink(path);
}

static void use(const ew_seg *s, const uint8_t *data, size_t size)
{
    uint32_t sum = 0;
    uint32_t slot = 0;
    require(ew_seg__check(s, ignore_bad, (void *)(uintptr_t)s, NULL, NULL) == EW_OK);
    for (uint32_t i = 0; i < s->shape.slots; i++) {
        require(ew_seg__find(s, ew_seg__sha(s, i), &slot) && slot == i);
        for (uint32_t k = 0; k < ew_seg__frames(s, i); k++)
            sum += ew_seg__words(s, i)[k] + ew_seg__wave(s, i)[k];
    }
    for (size_t at = 0; at + 4 <= size && at < 400; at += 4)
        ask(s, ew_get_u32le(data + at), (uint16_t)(data[at] % 11));
    ask(s, 0, 10);
    ask(s, UINT32_MAX, 10);
    ask(s, sum, 0);
    merge(s);
}

static void try_bytes(const uint8_t *file, size_t n, const uint8_t *data, size_t size)
{
    ew_seg s;
    if (ew_seg__open_bytes(&s, file, n, NULL) != EW_OK)
        return;
    use(&s, data, size);
    ew_seg__close(&s);
}

/* A table that adds up: the first slots share what the last one does not get. */
static void put_table(uint8_t *file, const ew_seg_shape *shape)
{
    uint32_t frames = (uint32_t)shape->frames;
    uint32_t keys = (uint32_t)shape->postings;
    for (uint32_t i = 0; i < shape->slots; i++) {
        uint8_t *slot = file + EW_SEG_HEADER + (size_t)i * EW_SEG_SLOT;
        bool last = i + 1 == shape->slots;
        slot[0] = (uint8_t)i;
        ew_put_u32le(slot + 32, last ? frames : frames / 3);
        ew_put_u32le(slot + 36, last ? keys : keys / 3);
        frames -= frames / 3;
        keys -= keys / 3;
    }
    ew_seg__put_head(
        file, shape,
        ew_crc32(0, file + EW_SEG_HEADER, (size_t)shape->slots * EW_SEG_SLOT));
}

static void try_shaped(const uint8_t *data, size_t size)
{
    if (size < 8)
        return;
    ew_seg_shape shape = {
        .slots = 1 + data[0] % 8,
        .pos_bytes = 3 + data[1] % 2,
        .frames = ew_get_u16le(data + 2) % 3000,
        .postings = ew_get_u16le(data + 4) % 3000,
        .rest_bytes = data[6] % 2 ? 2 : 4,
    };
    shape.dir_bits = shape.rest_bytes == 2 ? 16 + data[7] % 2 : 4 + data[7] % 12;
    ew_seg_layout lay;
    ew_seg__layout(&shape, &lay);
    uint8_t *file = malloc(lay.bytes);
    if (file == NULL)
        return;
    for (size_t at = 0; at < lay.bytes; at += size - 7)
        memcpy(file + at, data + 7,
               lay.bytes - at < size - 7 ? lay.bytes - at : size - 7);
    put_table(file, &shape);
    /* Half of the time with a directory that ascends, so that there is something to find. */
    uint8_t *dir = file + lay.at[EW_SEG_DIR];
    uint64_t entries = (uint64_t)1 << shape.dir_bits;
    for (uint64_t i = 0; i <= entries && data[7] & 128; i++)
        ew_put_u32le(dir + i * 4, (uint32_t)(i * shape.postings / entries));
    try_bytes(file, lay.bytes, data, size);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *file =
        malloc(size + 4); /* malloc aligns as a mapping does, data may not be */
    if (file == NULL)
        return 0;
    memcpy(file, data, size);
    try_bytes(file, size, data, size);
    free(file);
    try_shaped(data, size);
    return 0;
}
