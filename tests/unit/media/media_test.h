/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of this module share: whole files decoded, media made with ffmpeg. */
#ifndef EW_TEST_MEDIA_H
#define EW_TEST_MEDIA_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "earwitness/media.h"
#include "support.h"

/* Everything that came out of one file. */
typedef struct decoded {
    ew_code code; /* of open, or of the read that failed */
    ew_err err;
    ew_media_info info;
    float *x; /* interleaved */
    size_t frames;
    uint64_t damaged;
    char journal[4096]; /* lines joined with '\n' */
} decoded;

static inline void decoded_free(decoded *d)
{
    free(d->x);
    d->x = NULL;
}

static inline void keep_journal(decoded *d, const ew_media *m)
{
    for (size_t i = 0; i < ew_media_journal_count(m); i++) {
        size_t at = strlen(d->journal);

        snprintf(d->journal + at, sizeof d->journal - at, "%s\n",
                 ew_media_journal_line(m, i));
    }
}

/* Decodes with at most `chunk` frames at a time. */
static inline decoded decode_chunks(const char *path, const ew_media_opts *opts,
                                    size_t chunk)
{
    decoded d = {0};
    ew_media *m = NULL;
    size_t cap = 0, got;

    d.code = ew_media_open(&m, path, opts, &d.err);
    if (d.code < 0) {
        assert_null(m);
        return d;
    }
    d.info = *ew_media_get_info(m);
    do {
        if (d.frames + chunk > cap) {
            cap = 2 * (d.frames + chunk);
            d.x = realloc(d.x, cap * d.info.channels * sizeof(float));
            assert_non_null(d.x);
        }
        d.code = ew_media_read(m, d.x + d.frames * d.info.channels, chunk, &got, &d.err);
        d.frames += got;
    } while (d.code == EW_OK && got > 0);
    d.damaged = ew_media_damaged(m);
    keep_journal(&d, m);
    ew_media_close(m);
    return d;
}

static inline decoded decode(const char *path, const ew_media_opts *opts)
{
    return decode_chunks(path, opts, 65536);
}

static inline ew_media_opts mono_at(uint32_t rate_hz)
{
    ew_media_opts o = ew_media_opts_default();

    o.rate_hz = rate_hz;
    o.channels = 1;
    return o;
}

static inline void must_decode(const decoded *d)
{
    if (d->code != EW_OK)
        fail_msg("not decoded: %s", d->err.text);
}

/* The error names the file and says `words`. */
static inline void must_fail(const decoded *d, ew_code code, const char *name,
                             const char *words)
{
    if (d->code != code || strstr(d->err.text, name) == NULL ||
        strstr(d->err.text, words) == NULL || strchr(d->err.text, '\n') != NULL)
        fail_msg("expected %s about '%s' with '%s', got %s: %s", ew_code_name(code), name,
                 words, ew_code_name(d->code), d->err.text);
}

static inline double rms(const float *x, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return n > 0 ? sqrt(sum / (double)n) : 0.0;
}

/* Root mean square of the difference relative to that of a. */
static inline double difference(const float *a, const float *b, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        double d = (double)a[i] - (double)b[i];

        sum += d * d;
    }
    return sqrt(sum / (double)(n > 0 ? n : 1)) / (rms(a, n) + 1e-12);
}

/* Interleaved speech-like sound, a different one in every channel. */
static inline float *voices(size_t frames, uint32_t channels, uint32_t rate_hz)
{
    float *x = malloc(frames * channels * sizeof *x), *one = malloc(frames * sizeof *one);

    assert_true(x != NULL && one != NULL);
    for (uint32_t c = 0; c < channels; c++) {
        test_speech(one, frames, rate_hz, 11 + c);
        for (size_t i = 0; i < frames; i++)
            x[i * channels + c] = 0.7F * one[i];
    }
    free(one);
    return x;
}

static inline void put_speech(const char *path, size_t frames, uint32_t channels,
                              uint32_t rate_hz)
{
    float *x = voices(frames, channels, rate_hz);

    test_wav_put(path, x, frames, channels, rate_hz);
    free(x);
}

/* Runs ffmpeg with the given words; false (and the caller skips) when there is none, or
 * it has no such encoder. */
static inline int ffmpeg_make(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
static inline int ffmpeg_make(const char *format, ...)
{
    char words[1500], line[1700];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    snprintf(line, sizeof line, "ffmpeg -nostdin -v quiet -y %s >/dev/null 2>&1", words);
    if (system(line) == 0)
        return 1;
    print_message("# skipped, ffmpeg cannot: %s\n", words);
    return 0;
}

/* Two files one after the other. */
static inline void join(const char *out, const char *a, const char *b)
{
    size_t na, nb;
    char *x = test_file_get(a, &na), *y = test_file_get(b, &nb);

    x = realloc(x, na + nb);
    assert_non_null(x);
    memcpy(x + na, y, nb);
    test_file_put(out, x, na + nb);
    free(x);
    free(y);
}

#endif
