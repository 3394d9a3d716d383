/* SPDX-License-Identifier: Apache-2.0 */
/* Excerpts from files: each side is decoded forward, skipping what is near, else anew. */
#include "ops/diff_whole.h"

#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "earwitness/media.h"

enum {
    SKIP_MS = 30000, /* decoding this much is quicker than starting a decoder */
    BLOCK_FRAMES = 4096
};

/* One recording being decoded. */
typedef struct side {
    const ew_diff_file *file;
    ew_media *media; /* NULL: none is open */
    uint32_t rate_hz, channels;
    bool seeks;        /* the decoder need not decode all that lies before */
    int64_t opened_ms; /* where the open decoder began */
    int64_t given;     /* frames that it gave */
} side;

typedef struct reader {
    side sides[2];
    const ew_stop *stop;
    float *skipped; /* [BLOCK_FRAMES * channels of the wider side] */
} reader;

static ew_code open_side(side *s, int64_t start_ms, uint32_t rate_hz, ew_err *err)
{
    ew_media_opts opts = ew_media_opts_default();
    ew_code rc;

    ew_media_close(s->media);
    s->media = NULL;
    opts.rate_hz = rate_hz;
    opts.start_ms = start_ms;
    rc = ew_media_open_fd(&s->media, s->file->source->fd, s->file->name, &opts, err);
    if (rc != EW_OK)
        return rc;
    s->rate_hz = rate_hz;
    s->opened_ms = start_ms;
    s->given = 0;
    if (ew_media_get_info(s->media)->channels != s->channels)
        return ew_fail(err, EW_E_FORMAT, 0, "'%s' changes its channels", s->file->name);
    return EW_OK;
}

/* Sound that breaks off ends there, as it did when the whole was decoded. */
static ew_code take(reader *r, side *s, float *pcm, size_t frames, size_t *got,
                    ew_err *err)
{
    *got = 0;
    while (*got < frames) {
        size_t n = 0;
        ew_code rc;

        if (ew_stopped(r->stop))
            return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        rc = ew_media_read(s->media, pcm + *got * s->channels, frames - *got, &n, err);
        if (rc == EW_E_FORMAT || rc == EW_E_LIMIT) {
            ew_err_clear(err);
            return EW_OK;
        }
        if (rc != EW_OK || n == 0)
            return rc;
        *got += n;
        s->given += (int64_t)n;
    }
    return EW_OK;
}

static ew_code skip_to(reader *r, side *s, int64_t frame, ew_err *err)
{
    size_t got = 1;
    ew_code rc = EW_OK;

    while (rc == EW_OK && got > 0 && s->given < frame) {
        const int64_t left = frame - s->given;

        rc = take(r, s, r->skipped, left < BLOCK_FRAMES ? (size_t)left : BLOCK_FRAMES,
                  &got, err);
    }
    return rc;
}

static ew_code read_excerpt(void *cookie, const ew_whole_want *want, float *pcm,
                            size_t *got_frames, ew_err *err)
{
    reader *r = cookie;
    side *s = &r->sides[want->side];
    int64_t frame = (want->start_ms - s->opened_ms) * want->rate_hz / 1000;
    ew_code rc = EW_OK;

    *got_frames = 0;
    if (s->media == NULL || s->rate_hz != want->rate_hz || frame < s->given ||
        (s->seeks && frame - s->given > (int64_t)SKIP_MS * want->rate_hz / 1000)) {
        rc = open_side(s, want->start_ms, want->rate_hz, err);
        frame = 0;
    }
    if (rc == EW_E_FORMAT)
        return EW_OK; /* nothing more is there */
    if (rc == EW_OK)
        rc = skip_to(r, s, frame, err);
    if (rc == EW_OK && s->given == frame)
        rc = take(r, s, pcm, want->frames, got_frames, err);
    return rc;
}

/* Other containers have no index: a start in the middle is found by decoding up to it. */
static bool container_seeks(const char *name)
{
    static const char *const able[] = {"wav", "w64",  "aiff", "caf", "au",
                                       "mp3", "flac", "ogg",  "mov", "matroska"};

    for (size_t i = 0; i < sizeof(able) / sizeof(able[0]); i++)
        if (strncmp(name, able[i], strlen(able[i])) == 0)
            return true;
    return false;
}

static ew_code learn(side *s, ew_whole_side *out, char codec[32], ew_err *err)
{
    const ew_media_info *info;
    ew_media_opts opts = ew_media_opts_default();
    ew_code rc =
        ew_media_open_fd(&s->media, s->file->source->fd, s->file->name, &opts, err);

    if (rc != EW_OK)
        return rc;
    info = ew_media_get_info(s->media);
    s->channels = info->channels;
    s->rate_hz = info->rate_hz;
    s->seeks = container_seeks(info->container);
    memcpy(codec, info->codec, sizeof(info->codec));
    *out = (ew_whole_side){
        .rate_hz = info->stored_rate_hz, .channels = info->channels, .codec = codec};
    return EW_OK;
}

ew_code ew_diff_whole(const ew_diff *d, const ew_diff_file *a, const ew_diff_file *b,
                      const ew_stop *stop, ew_whole **out, ew_err *err)
{
    reader r = {.sides = {{.file = a}, {.file = b}}, .stop = stop};
    char codecs[2][32] = {"", ""};
    ew_whole_source source = {.read = read_excerpt, .cookie = &r};
    ew_code rc = EW_OK;

    *out = NULL;
    for (int i = 0; i < 2 && rc == EW_OK; i++)
        rc = learn(&r.sides[i], &source.sides[i], codecs[i], err);
    if (rc != EW_OK)
        goto out;
    r.skipped =
        ew_alloc_array((size_t)BLOCK_FRAMES * (r.sides[0].channels > r.sides[1].channels
                                                   ? r.sides[0].channels
                                                   : r.sides[1].channels),
                       sizeof(*r.skipped));
    if (r.skipped == NULL)
        rc = ew_fail_nomem(err);
    else
        rc = ew_whole_measure(d, &source, NULL, out, err);
out:
    ew_free(r.skipped);
    ew_media_close(r.sides[1].media);
    ew_media_close(r.sides[0].media);
    return rc;
}
