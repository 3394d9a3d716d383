/* SPDX-License-Identifier: Apache-2.0 */
/* Every seed is used once. The desk keeps a mark of each in the file `seeds`, a line of 32 hex
 * digits by which it is known again and from which it cannot be computed. Two seals with one seed would have
 * the same salts: whoever sees a part in one of them could test guesses at it in the other. */
#include "ops/seal_make.h"

#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"

enum { MARK = 2 * EW_SEED_MARK + 1 /* as a line */, FILE_MAX = 1 << 30 };

struct ew_seed_book {
    char *path;
    ew_buf marks; /* those on disk, then new ones */
    size_t on_disk;
    uint32_t *table; /* numbers of marks from 1; 0: free */
    size_t cap;      /* a power of two */
};

/* Where a mark is, or would be. */
static size_t place_of(const ew_seed_book *b, const void *mark)
{
    uint64_t at;
    memcpy(&at, mark, sizeof at);
    at = at * UINT64_C(0x9E3779B97F4A7C15) >> 32; /* digits have only half their bits */
    for (at &= b->cap - 1; b->table[at] != 0; at = (at + 1) & (b->cap - 1))
        if (memcmp(b->marks.data + (size_t)(b->table[at] - 1) * MARK, mark, MARK) == 0)
            break;
    return (size_t)at;
}

/* Room for all marks and as many again. */
static ew_code fill_table(ew_seed_book *b, ew_err *err)
{
    size_t n = b->marks.len / MARK;
    size_t cap = 64;
    while (cap < 4 * n)
        cap *= 2;
    uint32_t *table = ew_alloc_array(cap, sizeof *table);
    if (table == NULL)
        return ew_fail_nomem(err);
    ew_free(b->table);
    b->table = table;
    b->cap = cap;
    for (size_t i = 0; i < n; i++)
        table[place_of(b, b->marks.data + i * MARK)] = (uint32_t)(i + 1);
    return EW_OK;
}

ew_code ew_seed_book_open(ew_seed_book **out, const ew_desk *d, ew_err *err)
{
    ew_seed_book *b = ew_alloc(sizeof *b);
    *out = NULL;
    if (b == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b->marks, FILE_MAX);
    b->path = ew_path_join(d->dir, "seeds");
    ew_code code = b->path != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_file_get(b->path, &b->marks, err);
    if (code == EW_E_NOTFOUND)
        code = EW_OK;
    if (code == EW_OK && b->marks.len % MARK != 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is damaged", b->path);
    b->on_disk = b->marks.len;
    if (code == EW_OK)
        code = fill_table(b, err);
    if (code == EW_OK)
        *out = b;
    else
        ew_seed_book_close(b);
    return code;
}

ew_code ew_seed_book_claim(ew_seed_book *b, const ew_seed *seeds, size_t n, ew_err *err)
{
    uint8_t bytes[EW_SEED_MARK];
    char mark[MARK + 1];
    for (size_t i = 0; i < n; i++) {
        ew_code code = 2 * b->marks.len / MARK >= b->cap ? fill_table(b, err) : EW_OK;
        if (code != EW_OK)
            return code;
        ew_seed_mark(&seeds[i], bytes);
        ew_hex(bytes, sizeof bytes, mark);
        mark[MARK - 1] = '\n';
        size_t at = place_of(b, mark);
        if (b->table[at] != 0)
            return ew_fail(err, EW_E_BUG, 0,
                           "a seed that was used before; is the random number generator "
                           "of this machine broken?");
        code = ew_buf_append(&b->marks, mark, MARK, err);
        if (code != EW_OK)
            return code;
        b->table[at] = (uint32_t)(b->marks.len / MARK);
    }
    return EW_OK;
}

ew_code ew_seed_book_flush(ew_seed_book *b, ew_err *err)
{
    if (b->on_disk == b->marks.len)
        return EW_OK;
    ew_code code = ew_file_put(b->path, b->marks.data, b->marks.len, err);
    if (code == EW_OK)
        b->on_disk = b->marks.len;
    return code;
}

void ew_seed_book_close(ew_seed_book *b)
{
    if (b == NULL)
        return;
    ew_buf_release(&b->marks);
    ew_free(b->table);
    ew_free(b->path);
    ew_free(b);
}
