/* SPDX-License-Identifier: Apache-2.0 */
/* FLAC: the metadata blocks and who wrote the comments. */
#include <stdio.h>
#include <string.h>

#include "media/decoder/walk.h"

enum {
    BLOCKS_MAX = 128,
    LIST_BYTES = 300,
    VENDOR_MAX = 120,
    STREAM_INFO = 0,
    COMMENTS = 4,
    INFO_BYTES = 34
};

static void vendor(walk *w, int64_t at, int64_t bytes)
{
    const uint8_t *p = walk_get(w, at, 4);
    uint32_t n;

    if (p == NULL || bytes < 4)
        return;
    n = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
        (uint32_t)p[3] << 24;
    if (n > bytes - 4)
        return;
    n = n < VENDOR_MAX ? n : VENDOR_MAX;
    p = walk_get(w, at + 4, n);
    if (p != NULL && n > 0)
        w->fact(w->cookie, "flac.vendor", (const char *)p, n);
}

void walk_flac(walk *w)
{
    static const char *const names[] = {"stream info", "padding",  "application",
                                        "seek table",  "comments", "cue sheet",
                                        "picture"};
    char list[LIST_BYTES] = "";
    const uint8_t *p = walk_get(w, 0, 4);
    uint8_t info[INFO_BYTES];
    bool informed = false, last = false;
    int64_t pos = 4;

    if (p == NULL || memcmp(p, "fLaC", 4) != 0)
        return; /* behind an ID3 tag: left to FFmpeg */
    for (int i = 0; i < BLOCKS_MAX && !last; i++) {
        unsigned kind;
        int64_t bytes;
        p = walk_get(w, pos, 4);
        if (p == NULL)
            break;
        kind = p[0] & 127;
        last = (p[0] & 128) != 0;
        bytes = (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s %lld",
                 list[0] != 0 ? ", " : "",
                 kind < sizeof names / sizeof *names ? names[kind] : "unknown",
                 (long long)bytes);
        if (kind == COMMENTS)
            vendor(w, pos + 4, bytes);
        p = kind == STREAM_INFO && bytes == INFO_BYTES ? walk_get(w, pos + 4, INFO_BYTES)
                                                       : NULL;
        if (p != NULL) {
            memcpy(info, p, INFO_BYTES);
            informed = true;
        }
        pos += 4 + bytes;
    }
    walk_say(w, "flac.blocks", "%s", list);
    if (informed && last)
        walk_flac_end(w, info, pos);
}
