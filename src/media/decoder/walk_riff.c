/* SPDX-License-Identifier: Apache-2.0 */
/* RIFF (WAV, RF64, BW64): the chunks, and what stands behind them. */
#include <stdio.h>
#include <string.h>

#include "media/decoder/walk.h"

enum { CHUNKS_MAX = 200, LIST_BYTES = 300 };

static uint32_t u32le(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

/* "data 88200" with odd characters made plain. */
static void add_chunk(char list[LIST_BYTES], const uint8_t id[4], int64_t bytes)
{
    char name[5];

    for (int i = 0; i < 4; i++)
        name[i] = id[i] >= 32 && id[i] < 127 ? (char)id[i] : '?';
    name[4] = 0;
    snprintf(list + strlen(list), LIST_BYTES - strlen(list), "%s%s %lld",
             list[0] != 0 ? ", " : "", name, (long long)bytes);
}

/* Sizes of 0 and all ones come from programs that wrote into a pipe. */
static bool is_open_end(uint32_t size)
{
    return size == 0 || size == UINT32_MAX;
}

static void check_end(walk *w, int64_t said, int64_t end)
{
    if (said > w->size)
        walk_say(w, "riff.short", "%lld", (long long)(said - w->size));
    if (end < w->size)
        walk_say(w, "trailing", "%lld", (long long)(w->size - end));
}

void walk_riff(walk *w)
{
    char list[LIST_BYTES] = "";
    const uint8_t *p = walk_get(w, 0, 12);
    int64_t pos = 12, said;
    bool data = false;

    if (p == NULL || (memcmp(p, "RIFF", 4) != 0 && memcmp(p, "RF64", 4) != 0 &&
                      memcmp(p, "BW64", 4) != 0))
        return;
    said = is_open_end(u32le(p + 4)) ? 0 : 8 + (int64_t)u32le(p + 4);
    for (int i = 0; i < CHUNKS_MAX; i++) {
        int64_t bytes;
        p = walk_get(w, pos, 8);
        if (p == NULL || (said > 0 && pos >= said && data))
            break;
        bytes = u32le(p + 4);
        if (memcmp(p, "data", 4) == 0) {
            data = true;
            if (is_open_end((uint32_t)bytes))
                bytes = w->size - pos - 8;
        }
        add_chunk(list, p, bytes);
        if (pos + 8 + bytes > w->size)
            walk_say(w, "riff.beyond", "%lld", (long long)(pos + 8 + bytes - w->size));
        pos += 8 + bytes + (bytes & 1);
    }
    walk_say(w, "riff.chunks", "%s", list);
    if (pos > w->size)
        pos = w->size;
    if (data)
        check_end(w, said, pos);
}
