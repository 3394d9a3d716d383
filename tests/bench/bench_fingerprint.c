/* SPDX-License-Identifier: Apache-2.0 */
/* CPU of fingerprinting and indexing, against that of the transforms they cannot do without.
 *
 *     bench_fingerprint PCM RUNS FOLDER
 *
 * PCM is 8 kHz mono, 32-bit floats. In each run, one after the other: as many windowed
 * 1,024-point real transforms with power as the sound has hops of 128 samples (225,000 an
 * hour), by this project's own transform and by FFmpeg's; then the prints of the whole
 * sound; then an archive of them in a new folder below FOLDER, merged. The medians go to
 * standard output as JSON. Nothing is decoded and nothing is read while the clock runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libavutil/mem.h>
#include <libavutil/tx.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "dsp/spectra.h"
#include "earwitness/fingerprint.h"
#include "earwitness/index.h"

enum { MAX_RUNS = 99, PIECE = 300 * EW_FP_RATE_HZ, MAX_PIECES = 4096 };

struct sound {
    float *pcm; /* followed by silence, so that the last frame may read on */
    size_t n;
    size_t frames; /* a multiple of the lanes of the transform */
};

struct times {
    double own, ffmpeg, print, index; /* CPU seconds */
};

static void die(const char *what, const ew_err *err)
{
    fprintf(stderr, "bench_fingerprint: %s%s%s\n", what, err ? ": " : "",
            err ? err->text : "");
    exit(3);
}

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void load(struct sound *s, const char *path)
{
    ew_err err = {0};
    ew_buf b;

    ew_buf_init(&b, SIZE_MAX / 2);
    if (ew_file_get(path, &b, &err) < 0)
        die("cannot read the sound", &err);
    s->n = b.len / sizeof(float);
    s->frames = s->n / EW_FP_HOP / EW_SPECTRA_LANES * EW_SPECTRA_LANES;
    s->pcm = ew_alloc_array(s->n + EW_SPECTRA_SIZE, sizeof(float));
    if (!s->pcm)
        die("out of memory", NULL);
    memcpy(s->pcm, b.data, s->n * sizeof(float));
    ew_buf_release(&b);
    if (s->n < PIECE)
        die("too little sound: five minutes at least", NULL);
}

/* Keeps the compiler from leaving out work whose result nobody reads. */
static volatile float sink;

static double own_transforms(const struct sound *s)
{
    ew_err err = {0};
    ew_spectra *fft = NULL;
    float *power = ew_alloc_aligned(EW_SPECTRA_BINS * EW_SPECTRA_LANES, sizeof(float));
    double began;

    if (!power || ew_spectra_new(&fft, &err) < 0)
        die("no transform", &err);
    began = cpu_seconds();
    for (size_t i = 0; i < s->frames; i += EW_SPECTRA_LANES) {
        ew_spectra_step(fft, s->pcm + i * EW_FP_HOP, EW_FP_HOP, power);
        sink = power[8];
    }
    began = cpu_seconds() - began;
    ew_spectra_free(fft);
    ew_free(power);
    return began;
}

static double ffmpeg_transforms(const struct sound *s)
{
    enum { N = EW_SPECTRA_SIZE };
    const float one = 1.0f;
    float *in = av_malloc(N * sizeof(float));
    AVComplexFloat *out = av_malloc((N / 2 + 1) * sizeof(*out));
    float window[N], power[N / 2 + 1];
    AVTXContext *tx = NULL;
    av_tx_fn fn = NULL;
    double began;

    if (!in || !out || av_tx_init(&tx, &fn, AV_TX_FLOAT_RDFT, 0, N, &one, 0) < 0)
        die("no transform of FFmpeg's", NULL);
    for (int i = 0; i < N; i++)
        window[i] = (float)(0.5 - 0.5 * cos(6.283185307179586 * i / N));
    began = cpu_seconds();
    for (size_t i = 0; i < s->frames; i++) {
        const float *x = s->pcm + i * EW_FP_HOP;

        for (int k = 0; k < N; k++)
            in[k] = x[k] * window[k];
        fn(tx, out, in, sizeof(float));
        for (int k = 0; k <= N / 2; k++)
            power[k] = out[k].re * out[k].re + out[k].im * out[k].im;
        sink = power[8];
    }
    began = cpu_seconds() - began;
    av_tx_uninit(&tx);
    av_free(in);
    av_free(out);
    return began;
}

static double make_prints(const struct sound *s, ew_fp **prints, size_t *count)
{
    ew_err err = {0};
    ew_fp_maker *maker = NULL;
    double began = cpu_seconds();

    *count = 0;
    if (ew_fp_maker_new(&maker, &err) < 0)
        die("no fingerprints", &err);
    for (size_t at = 0; at < s->n && *count < MAX_PIECES; at += PIECE) {
        size_t n = s->n - at < PIECE ? s->n - at : PIECE;

        if (ew_fp_maker_feed(maker, s->pcm + at, n, &err) < 0 ||
            ew_fp_maker_finish(maker, &prints[*count], &err) < 0)
            die("no fingerprint", &err);
        ++*count;
    }
    ew_fp_maker_free(maker);
    return cpu_seconds() - began;
}

static ew_code put_all(ew_index_writer *w, ew_fp *const *prints, size_t count,
                       ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < count && rc == EW_OK; i++) {
        char name[32];
        const char *names[1] = {name}, *paths[1] = {""};
        ew_recording rec = {.bytes = 1,
                            .samples = (int64_t)prints[i]->frames * EW_FP_HOP,
                            .container = "",
                            .codec = "",
                            .trouble = "",
                            .name_count = 1,
                            .names = names,
                            .paths = paths};

        snprintf(name, sizeof(name), "piece-%04zu", i);
        memcpy(rec.sha256, name, strlen(name));
        rc = ew_index_writer_put(w, &rec, prints[i], 0, err);
    }
    return rc;
}

static double make_archive(const char *folder, int run, ew_fp *const *prints,
                           size_t count)
{
    ew_err err = {0};
    ew_index_writer *w = NULL;
    char dir[4096];
    double began = cpu_seconds();

    snprintf(dir, sizeof(dir), "%s/run-%d", folder, run);
    if (ew_index_writer_open(&w, dir, 0, &err) < 0 ||
        put_all(w, prints, count, &err) < 0 || ew_index_writer_merge(w, NULL, &err) < 0)
        die("no archive", &err);
    ew_index_writer_close(w);
    return cpu_seconds() - began;
}

static struct times measure(const struct sound *s, const char *folder, int run)
{
    static ew_fp *prints[MAX_PIECES];
    struct times t;
    size_t count;

    t.own = own_transforms(s);
    t.ffmpeg = ffmpeg_transforms(s);
    t.print = make_prints(s, prints, &count);
    t.index = make_archive(folder, run, prints, count);
    for (size_t i = 0; i < count; i++)
        ew_fp_free(prints[i]);
    return t;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(const struct times *t, int runs, size_t offset)
{
    double v[MAX_RUNS];

    for (int i = 0; i < runs; i++)
        memcpy(&v[i], (const char *)&t[i] + offset, sizeof(double));
    qsort(v, (size_t)runs, sizeof(double), ascending);
    return runs % 2 ? v[runs / 2] : 0.5 * (v[runs / 2 - 1] + v[runs / 2]);
}

int main(int argc, char **argv)
{
    struct times t[MAX_RUNS];
    struct sound s;
    double hours;
    int runs;

    if (argc != 4) {
        fprintf(stderr, "usage: bench_fingerprint PCM RUNS FOLDER\n");
        return 2;
    }
    runs = (int)strtol(argv[2], NULL, 10);
    if (runs < 1 || runs > MAX_RUNS)
        die("1 to 99 runs", NULL);
    load(&s, argv[1]);
    for (int i = 0; i < runs; i++)
        t[i] = measure(&s, argv[3], i);
    hours = (double)s.n / EW_FP_RATE_HZ / 3600;
    printf(
        "{\"hours\": %.6f, \"transforms\": %zu, \"runs\": %d, \"own_fft_s_per_h\": %.6f, "
        "\"ffmpeg_fft_s_per_h\": %.6f, \"print_s_per_h\": %.6f, \"index_s_per_h\": "
        "%.6f}\n",
        hours, s.frames, runs, median(t, runs, offsetof(struct times, own)) / hours,
        median(t, runs, offsetof(struct times, ffmpeg)) / hours,
        median(t, runs, offsetof(struct times, print)) / hours,
        median(t, runs, offsetof(struct times, index)) / hours);
    ew_free(s.pcm);
    return 0;
}
