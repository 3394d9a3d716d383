/* SPDX-License-Identifier: Apache-2.0 */
/* Sounds on disk: what is there, what is coming, and reading pieces. */
#include "ops/sounds.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "ops/sounds_make.h"
#include "ops/sounds_room.h"
#include "ops/sounds_tile.h"

enum { WANTED_MAX = 256, WAV_HEAD = 44 };

/* One that was asked for and is not ready; failures stay, so that they are told again. */
typedef struct wanted {
    uint8_t sha256[EW_SHA256_BYTES];
    char *path;
    double share;
    bool turn;     /* it is decoded now */
    bool unwanted; /* forgotten meanwhile */
    bool failed;
    ew_err why;
} wanted;

struct ew_sounds {
    char *dir;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t more;
    wanted list[WANTED_MAX];
    size_t count;
    ew_stop stop;
};

static char *folder_of(const ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES])
{
    char hex[EW_SHA256_HEX + 1];
    ew_hex(sha256, EW_SHA256_BYTES, hex);
    return ew_path_join(s->dir, hex);
}

/* ------------------------------------------------------------------ decoding */

static wanted *find(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES])
{
    for (size_t i = 0; i < s->count; i++)
        if (memcmp(s->list[i].sha256, sha256, EW_SHA256_BYTES) == 0)
            return &s->list[i];
    return NULL;
}

static void drop(ew_sounds *s, wanted *w)
{
    size_t at = (size_t)(w - s->list);
    ew_free(w->path);
    memmove(w, w + 1, (s->count - at - 1) * sizeof *w);
    s->count--;
}

/* Which one is decoded, for its progress. */
typedef struct turn {
    ew_sounds *s;
    uint8_t sha256[EW_SHA256_BYTES];
} turn;

static void on_moved(void *cookie, double share)
{
    turn *t = cookie;
    pthread_mutex_lock(&t->s->mutex);
    wanted *w = find(t->s, t->sha256);
    if (w != NULL)
        w->share = share;
    pthread_mutex_unlock(&t->s->mutex);
}

static void decode(ew_sounds *s, const turn *t, const char *path)
{
    ew_err err;
    ew_err_clear(&err);
    const ew_sound_wish wish = {path, t->sha256, on_moved, (void *)(uintptr_t)t};
    char *folder = folder_of(s, t->sha256);
    ew_code code = folder != NULL ? ew_sound_make(folder, &wish, &s->stop, &err)
                                  : ew_fail_nomem(&err);
    if (code == EW_OK)
        ew_sounds_trim(s->dir, t->sha256);
    else if (folder != NULL)
        (void)rmdir(folder);
    ew_free(folder);
    pthread_mutex_lock(&s->mutex);
    wanted *w = find(s, t->sha256);
    if (w != NULL && w->unwanted)
        ew_sounds_remove(s->dir, t->sha256);
    if (w != NULL && (w->unwanted || code == EW_OK)) {
        drop(s, w);
    } else if (w != NULL) {
        w->turn = false;
        w->failed = true;
        w->why = err;
    }
    pthread_mutex_unlock(&s->mutex);
}

/* The first that has not failed. With the lock held. */
static bool next(ew_sounds *s, turn *t, char **path)
{
    for (size_t i = 0; i < s->count; i++)
        if (!s->list[i].failed) {
            memcpy(t->sha256, s->list[i].sha256, sizeof t->sha256);
            *path = ew_strdup(s->list[i].path);
            s->list[i].turn = *path != NULL;
            return s->list[i].turn;
        }
    return false;
}

static void *decoder(void *cookie)
{
    ew_sounds *s = cookie;
    turn t = {.s = s};
    char *path = NULL;
    pthread_mutex_lock(&s->mutex);
    while (!ew_stopped(&s->stop)) {
        if (!next(s, &t, &path)) {
            pthread_cond_wait(&s->more, &s->mutex);
            continue;
        }
        pthread_mutex_unlock(&s->mutex);
        decode(s, &t, path);
        ew_free(path);
        pthread_mutex_lock(&s->mutex);
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

/* ------------------------------------------------------------------ opening */

ew_code ew_sounds_open(ew_sounds **out, const char *dir, ew_err *err)
{
    *out = NULL;
    ew_code code = ew_mkdirs(dir, err);
    if (code == EW_OK)
        ew_sounds_sweep(dir);
    ew_sounds *s = code == EW_OK ? ew_alloc(sizeof *s) : NULL;
    if (s == NULL)
        return code == EW_OK ? ew_fail_nomem(err) : code;
    s->dir = ew_strdup(dir);
    if (s->dir == NULL || pthread_mutex_init(&s->mutex, NULL) != 0 ||
        pthread_cond_init(&s->more, NULL) != 0)
        code = ew_fail_nomem(err);
    int sys = code == EW_OK ? pthread_create(&s->thread, NULL, decoder, s) : 0;
    if (sys != 0)
        code = ew_fail_sys(err, sys, "cannot start a thread");
    if (code != EW_OK) {
        ew_free(s->dir);
        ew_free(s);
        return code;
    }
    *out = s;
    return EW_OK;
}

void ew_sounds_close(ew_sounds *s)
{
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->mutex);
    atomic_store(&s->stop, 1);
    pthread_cond_broadcast(&s->more);
    pthread_mutex_unlock(&s->mutex);
    (void)pthread_join(s->thread, NULL);
    while (s->count > 0)
        drop(s, &s->list[0]);
    pthread_cond_destroy(&s->more);
    pthread_mutex_destroy(&s->mutex);
    ew_free(s->dir);
    ew_free(s);
}

/* ------------------------------------------------------------------ asking */

/* Opens one of the two files and reads its head. EW_E_BUSY when it is not there. */
static ew_code open_part(const ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                         bool peaks, int *fd, ew_sound_head *h, ew_err *err)
{
    uint8_t head[EW_SOUND_HEAD];
    char *folder = folder_of(s, sha256);
    char *path =
        folder != NULL ? ew_path_join(folder, peaks ? "peaks" : "sound.pcm") : NULL;
    ew_code code = path != NULL ? EW_OK : ew_fail_nomem(err);
    *fd = -1;
    if (code == EW_OK) {
        *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (*fd < 0)
            code = errno == ENOENT
                       ? ew_fail(err, EW_E_BUSY, 0, "this sound is not decoded yet")
                       : ew_fail_sys(err, errno, "cannot read '%s'", path);
    }
    if (code == EW_OK)
        code = ew_pread_all(*fd, head, sizeof head, 0, err);
    if (code == EW_OK &&
        !ew_sound_head_get(head, peaks ? EW_SOUND_PEAKS : EW_SOUND_PCM, h))
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' is damaged; remove it", path);
    if (code != EW_OK && *fd >= 0) {
        (void)close(*fd);
        *fd = -1;
    }
    ew_free(path);
    ew_free(folder);
    return code;
}

static ew_code want(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES], const char *path,
                    ew_sound_info *info, ew_err *err)
{
    wanted *w = find(s, sha256);
    for (size_t i = 0; w == NULL && s->count == WANTED_MAX && i < s->count; i++)
        if (s->list[i].failed) /* nobody came to be told */
            drop(s, &s->list[i]);
    if (w == NULL && s->count == WANTED_MAX)
        return ew_fail(err, EW_E_LIMIT, 0, "too many sounds at a time");
    if (w == NULL) {
        w = &s->list[s->count];
        *w = (wanted){.share = 0, .path = ew_strdup(path)};
        if (w->path == NULL)
            return ew_fail_nomem(err);
        memcpy(w->sha256, sha256, sizeof w->sha256);
        s->count++;
        pthread_cond_signal(&s->more);
    }
    w->unwanted = false;
    info->state = w->failed ? EW_SOUND_NONE : EW_SOUND_COMING;
    info->share = w->share;
    info->why = w->why;
    if (w->failed)
        drop(s, w); /* the file may be mended until somebody asks again */
    return EW_OK;
}

ew_code ew_sounds_want(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                       const char *path, ew_sound_info *info, ew_err *err)
{
    ew_sound_head h;
    int fd;
    *info = (ew_sound_info){.state = EW_SOUND_READY, .share = 1};
    ew_code code = open_part(s, sha256, true, &fd, &h, err);
    if (code == EW_OK) {
        (void)futimens(fd, NULL); /* those asked for last stay longest */
        (void)close(fd);
        info->rate_hz = h.rate_hz;
        info->channels = h.channels;
        info->frames = h.frames;
        return EW_OK;
    }
    if (code != EW_E_BUSY)
        return code;
    ew_err_clear(err);
    pthread_mutex_lock(&s->mutex);
    code = want(s, sha256, path, info, err);
    pthread_mutex_unlock(&s->mutex);
    return code;
}

/* ------------------------------------------------------------------ pieces */

static ew_code read_into(int fd, uint64_t at, size_t n, ew_buf *out, ew_err *err)
{
    uint8_t *bytes = ew_alloc(n);
    if (bytes == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_pread_all(fd, bytes, n, at, err);
    if (code == EW_OK)
        code = ew_buf_append(out, bytes, n, err);
    ew_free(bytes);
    return code;
}

/* How many of from..from+count there are. */
static uint64_t within(uint64_t from, uint64_t count, uint64_t all)
{
    return from >= all ? 0 : count < all - from ? count : all - from;
}

ew_code ew_sounds_peaks(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                        const ew_points *which, ew_buf *out, ew_err *err)
{
    ew_sound_head h;
    int fd;
    uint64_t at = EW_SOUND_HEAD;
    if (which->level >= EW_SOUND_LEVELS || which->count > EW_SOUND_POINTS_MAX)
        return ew_fail(err, EW_E_ARG, 0, "there are %d levels, and %d points at a time",
                       (int)EW_SOUND_LEVELS, (int)EW_SOUND_POINTS_MAX);
    ew_code code = open_part(s, sha256, true, &fd, &h, err);
    if (code != EW_OK)
        return code;
    for (unsigned l = 0; l < which->level; l++)
        at += 2 * ew_sound_points(h.frames, l);
    uint64_t count =
        within(which->from, which->count, ew_sound_points(h.frames, which->level));
    if (count > 0)
        code = read_into(fd, at + 2 * which->from, (size_t)(2 * count), out, err);
    (void)close(fd);
    return code;
}

static void wav_head(uint8_t b[WAV_HEAD], const ew_sound_head *h, uint32_t bytes)
{
    memcpy(b, "RIFF....WAVEfmt ", 16);
    ew_put_u32le(b + 4, bytes + WAV_HEAD - 8);
    ew_put_u32le(b + 16, 16);
    ew_put_u16le(b + 20, 1);
    ew_put_u16le(b + 22, (uint16_t)h->channels);
    ew_put_u32le(b + 24, h->rate_hz);
    ew_put_u32le(b + 28, h->rate_hz * h->channels * 2);
    ew_put_u16le(b + 32, (uint16_t)(h->channels * 2));
    ew_put_u16le(b + 34, 16);
    memcpy(b + 36, "data", 4);
    ew_put_u32le(b + 40, bytes);
}

ew_code ew_sounds_wav(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES], uint64_t from,
                      uint64_t count, ew_buf *out, ew_err *err)
{
    ew_sound_head h;
    uint8_t head[WAV_HEAD];
    int fd;
    ew_code code = open_part(s, sha256, false, &fd, &h, err);
    if (code != EW_OK)
        return code;
    count = within(from, count, h.frames);
    size_t bytes = (size_t)count * h.channels * 2;
    if (count > (uint64_t)EW_SOUND_SECONDS_MAX * h.rate_hz)
        code = ew_fail(err, EW_E_ARG, 0, "at most %d seconds at a time",
                       (int)EW_SOUND_SECONDS_MAX);
    wav_head(head, &h, (uint32_t)bytes);
    if (code == EW_OK)
        code = ew_buf_append(out, head, sizeof head, err);
    if (code == EW_OK && count > 0)
        code = read_into(fd, EW_SOUND_HEAD + from * h.channels * 2, bytes, out, err);
    (void)close(fd);
    return code;
}

ew_code ew_sounds_tile(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES],
                       unsigned level, uint64_t number, ew_buf *out, ew_err *err)
{
    ew_sound_head h;
    int fd;
    if (level >= EW_TILE_LEVELS)
        return ew_fail(err, EW_E_ARG, 0, "there are %d levels", (int)EW_TILE_LEVELS);
    ew_code code = open_part(s, sha256, false, &fd, &h, err);
    if (code != EW_OK)
        return code;
    if (number > (h.frames >> (level + 6)) / EW_TILE_COLUMNS)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no such tile");
    if (code == EW_OK)
        code = ew_sound_tile(fd, &h, level, number, out, err);
    (void)close(fd);
    return code;
}

/* ------------------------------------------------------------------ forgetting */

void ew_sounds_forget(ew_sounds *s, const uint8_t sha256[EW_SHA256_BYTES])
{
    pthread_mutex_lock(&s->mutex);
    wanted *w = find(s, sha256);
    if (w != NULL && w->turn) {
        w->unwanted = true; /* who decodes it removes it */
    } else {
        if (w != NULL)
            drop(s, w);
        ew_sounds_remove(s->dir, sha256);
    }
    pthread_mutex_unlock(&s->mutex);
}
