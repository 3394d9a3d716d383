/* SPDX-License-Identifier: Apache-2.0 */
/* A file's sound on disk: samples of 16 bits, and peaks in levels. */
#include "ops/sounds_make.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "earwitness/media.h"
#include "ops/sounds_room.h"

enum {
    BLOCK_FRAMES = 16384,
    ROOM_FRAMES = 1 << 24, /* after so many it is seen whether there is room for more */
    CHANNELS = 2,
    FOUR = 4
};

void ew_sound_head_put(uint8_t out[EW_SOUND_HEAD], const char magic[8],
                       const ew_sound_head *h)
{
    memset(out, 0, EW_SOUND_HEAD);
    memcpy(out, magic, 8);
    ew_put_u32le(out + 8, h->rate_hz);
    ew_put_u32le(out + 12, h->channels);
    ew_put_u64le(out + 16, h->frames);
}

bool ew_sound_head_get(const uint8_t in[EW_SOUND_HEAD], const char magic[8],
                       ew_sound_head *h)
{
    h->rate_hz = ew_get_u32le(in + 8);
    h->channels = ew_get_u32le(in + 12);
    h->frames = ew_get_u64le(in + 16);
    return memcmp(in, magic, 8) == 0 && h->rate_hz >= 1000 && h->rate_hz <= 768000 &&
           h->channels >= 1 && h->channels <= CHANNELS && h->frames < (uint64_t)1 << 48;
}

uint64_t ew_sound_points(uint64_t frames, unsigned level)
{
    uint64_t step = (uint64_t)EW_SOUND_POINT << (2 * level);
    return (frames + step - 1) / step;
}

/* A sound on its way to disk. */
typedef struct maker {
    const char *name; /* of the file, in messages */
    ew_source source;
    ew_media *m;
    ew_atomic pcm;
    uint64_t frames;
    uint32_t channels; /* kept */
    ew_buf peaks;      /* of the finest level; a day at 48 kHz is 130 MB */
    int8_t low, high;  /* of the point in the making */
    uint32_t in_point;
    float *block;
    uint8_t *bytes;
} maker;

static const uint64_t peaks_max = (uint64_t)1 << 30;

/* ------------------------------------------------------------------ samples */

static int16_t sample_of(float x)
{
    double v = (double)x * 32768;
    return (int16_t)(v >= 32767 ? 32767 : v <= -32768 ? -32768 : lrint(v));
}

static ew_code end_point(maker *k, ew_err *err)
{
    const int8_t point[2] = {k->low, k->high};
    k->low = INT8_MAX;
    k->high = INT8_MIN;
    k->in_point = 0;
    return ew_buf_append(&k->peaks, point, sizeof point, err);
}

/* What is loud must not look less loud: down for the lowest, up for the highest. */
static void to_point(maker *k, int16_t v)
{
    int low = v >= 0 ? v / 256 : -((-v + 255) / 256);
    int high = v >= 0 ? (v + 255) / 256 : -(-v / 256);
    high = high > INT8_MAX ? INT8_MAX : high;
    k->low = low < k->low ? (int8_t)low : k->low;
    k->high = high > k->high ? (int8_t)high : k->high;
}

static ew_code take_block(maker *k, size_t got, size_t stored, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < got && code == EW_OK; i++) {
        for (size_t c = 0; c < k->channels; c++) {
            int16_t v = sample_of(k->block[i * stored + c]);
            ew_put_u16le(k->bytes + 2 * (i * k->channels + c), (uint16_t)v);
            to_point(k, v);
        }
        if (++k->in_point == EW_SOUND_POINT)
            code = end_point(k, err);
    }
    if (code == EW_OK && k->frames / ROOM_FRAMES != (k->frames + got) / ROOM_FRAMES)
        code = ew_sounds_room(k->pcm.fd, err);
    k->frames += got;
    return code == EW_OK ? ew_write_all(k->pcm.fd, k->bytes, 2 * got * k->channels, err)
                         : code;
}

static ew_code take_all(maker *k, const ew_sound_wish *w, const ew_stop *stop,
                        ew_err *err)
{
    const ew_media_info *info = ew_media_get_info(k->m);
    double claimed = (double)info->claimed_ms * info->rate_hz / 1000;
    size_t got = 1;
    ew_code code = EW_OK;
    while (code == EW_OK && got > 0) {
        if (ew_stopped(stop))
            return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        code = ew_media_read(k->m, k->block, BLOCK_FRAMES, &got, err);
        if (code == EW_E_FORMAT && k->frames > 0) { /* what came before it is good */
            ew_err_clear(err);
            code = EW_OK;
            break;
        }
        if (code == EW_OK && got > 0)
            code = take_block(k, got, info->channels, err);
        w->moved(w->cookie, claimed > 0 ? fmin((double)k->frames / claimed, 1) : -1);
    }
    if (code == EW_OK && k->in_point > 0)
        code = end_point(k, err);
    return code;
}

/* ------------------------------------------------------------------ peaks */

/* Points of a level from four each of the one below, in place of those. */
static void coarsen(ew_buf *b)
{
    int8_t *p = (int8_t *)b->data;
    size_t n = b->len / 2;
    size_t out = 0;
    for (size_t i = 0; i < n; i += FOUR, out++) {
        int8_t low = p[2 * i];
        int8_t high = p[2 * i + 1];
        for (size_t k = i + 1; k < n && k < i + FOUR; k++) {
            low = p[2 * k] < low ? p[2 * k] : low;
            high = p[2 * k + 1] > high ? p[2 * k + 1] : high;
        }
        p[2 * out] = low;
        p[2 * out + 1] = high;
    }
    b->len = 2 * out;
}

static ew_code write_peaks(maker *k, const char *folder, const ew_sound_head *h,
                           ew_err *err)
{
    uint8_t head[EW_SOUND_HEAD];
    ew_atomic a;
    char *path = ew_path_join(folder, "peaks");
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_atomic_open(&a, path, err);
    ew_free(path);
    if (code != EW_OK)
        return code;
    ew_sound_head_put(head, EW_SOUND_PEAKS, h);
    code = ew_write_all(a.fd, head, sizeof head, err);
    for (unsigned level = 0; level < EW_SOUND_LEVELS && code == EW_OK; level++) {
        code = ew_write_all(a.fd, k->peaks.data, k->peaks.len, err);
        coarsen(&k->peaks);
    }
    if (code == EW_OK)
        return ew_atomic_commit(&a, err);
    ew_atomic_abort(&a);
    return code;
}

/* ------------------------------------------------------------------ all of it */

/* A recording that was replaced under its old name must not be heard as the one that was found. */
static ew_code open_source(maker *k, const ew_sound_wish *w, const ew_stop *stop,
                           ew_err *err)
{
    char *path = (char *)(uintptr_t)w->path; /* only read */
    const ew_input in = {.kind = EW_INPUT_FILE,
                         .open_path = path,
                         .name = (char *)(uintptr_t)k->name,
                         .path = path};
    uint8_t got[EW_SHA256_BYTES];
    ew_code code = ew_source_open(&k->source, &in, stop, err);
    if (code == EW_OK)
        code = ew_source_hash(&k->source, k->name, got, stop, err);
    if (code == EW_OK && memcmp(got, w->sha256, sizeof got) != 0)
        code = ew_fail(err, EW_E_FORMAT, 0,
                       "'%s' is not the file that it was; bring back the one with "
                       "its hash",
                       k->name);
    return code;
}

static ew_code open_maker(maker *k, const char *folder, ew_err *err)
{
    ew_media_opts opts = ew_media_opts_default();
    uint8_t head[EW_SOUND_HEAD] = {0};
    char *pcm = ew_path_join(folder, "sound.pcm");
    ew_code code = pcm != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK)
        code = ew_media_open_fd(&k->m, k->source.fd, k->name, &opts, err);
    if (code == EW_OK) {
        uint32_t stored = ew_media_get_info(k->m)->channels;
        k->channels = stored < CHANNELS ? stored : CHANNELS;
        k->block = ew_alloc_array((size_t)BLOCK_FRAMES * stored, sizeof *k->block);
        k->bytes = ew_alloc_array((size_t)BLOCK_FRAMES * k->channels, 2);
        code = k->block != NULL && k->bytes != NULL ? EW_OK : ew_fail_nomem(err);
    }
    if (code == EW_OK)
        code = ew_mkdirs(folder, err);
    if (code == EW_OK)
        code = ew_atomic_open(&k->pcm, pcm, err);
    if (code == EW_OK)
        code = ew_write_all(k->pcm.fd, head, sizeof head, err); /* filled in at the end */
    ew_free(pcm);
    return code;
}

/* Peaks come last: whoever finds them finds all. */
static ew_code finish(maker *k, const char *folder, ew_err *err)
{
    const ew_sound_head h = {.rate_hz = ew_media_get_info(k->m)->rate_hz,
                             .channels = k->channels,
                             .frames = k->frames};
    uint8_t head[EW_SOUND_HEAD];
    ew_sound_head_put(head, EW_SOUND_PCM, &h);
    if (pwrite(k->pcm.fd, head, sizeof head, 0) != (ssize_t)sizeof head)
        return ew_fail_sys(err, errno, "cannot write the sound");
    ew_code code = ew_atomic_commit(&k->pcm, err);
    return code == EW_OK ? write_peaks(k, folder, &h, err) : code;
}

ew_code ew_sound_make(const char *folder, const ew_sound_wish *w, const ew_stop *stop,
                      ew_err *err)
{
    char *name = ew_safe_name(ew_path_name(w->path));
    maker k = {.name = name, .source = {.fd = -1}, .low = INT8_MAX, .high = INT8_MIN};
    ew_buf_init(&k.peaks, (size_t)peaks_max);
    ew_code code = name != NULL ? open_source(&k, w, stop, err) : ew_fail_nomem(err);
    if (code == EW_OK)
        code = open_maker(&k, folder, err);
    if (code == EW_OK)
        code = take_all(&k, w, stop, err);
    if (code == EW_OK && k.frames == 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "there is no sound in it");
    if (code == EW_OK)
        code = ew_source_unchanged(&k.source, name, err);
    if (code == EW_OK)
        code = finish(&k, folder, err);
    ew_atomic_abort(&k.pcm);
    ew_media_close(k.m);
    ew_source_close(&k.source);
    ew_free(k.block);
    ew_free(k.bytes);
    ew_free(name);
    ew_buf_release(&k.peaks);
    return code;
}
