/* SPDX-License-Identifier: Apache-2.0 */
/* Which reader suits a container, and bytes for them through a small cache. */
#include "media/decoder/walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const uint8_t *walk_get(walk *w, int64_t pos, size_t n)
{
    if (pos < 0 || pos > w->size || n > WALK_CACHE_BYTES / 2)
        return NULL;
    if (w->cache_n == 0 || pos < w->cache_at ||
        pos + (int64_t)n > w->cache_at + (int64_t)w->cache_n) {
        w->cache_at = pos;
        w->cache_n = w->read(w->cookie, pos, w->cache, WALK_CACHE_BYTES);
        w->quiet_bytes += WALK_CACHE_BYTES;
        if (w->quiet_bytes >= WALK_ALIVE_BYTES && w->alive != NULL) {
            w->quiet_bytes = 0;
            w->alive(w->cookie);
        }
    }
    return n <= w->cache_n ? w->cache + (pos - w->cache_at) : NULL;
}

void walk_say(walk *w, const char *key, const char *fmt, ...)
{
    char value[400];
    va_list args;

    va_start(args, fmt);
    vsnprintf(value, sizeof value, fmt, args);
    va_end(args);
    w->fact(w->cookie, key, value, strlen(value));
}

void walk_file(walk *w, const char *format)
{
    static const struct {
        const char *name;
        void (*run)(walk *w);
    } readers[] = {
        {"flac", walk_flac}, {"mov,mp4,m4a,3gp,3g2,mj2", walk_mp4},
        {"mp3", walk_mp3},   {"ogg", walk_ogg},
        {"wav", walk_riff},
    };

    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strcmp(readers[i].name, format) == 0)
            readers[i].run(w);
}
