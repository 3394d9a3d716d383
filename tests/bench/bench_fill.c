/* SPDX-License-Identifier: Apache-2.0 */
/* Fills an archive with made-up recordings, without sound and in little time.
 *
 *     bench_fill ARCHIVE HOURS PCM...
 *
 * PCM is real speech, 8 kHz mono, 32-bit floats. Its prints are the bank: a made-up
 * recording is a row of runs of 0.2 to 0.9 s, each taken from a random place of the bank,
 * keys and fine words together. So words are as frequent, and follow one another, as in that
 * speech; what is made up is only which run follows which. Feed speech at a speed that
 * nobody looks for, or clips of it are found hundreds of times. Recordings last 10 to 60
 * minutes and are merged as `earwitness add` would. Prints one JSON object. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "earwitness/fingerprint.h"
#include "earwitness/index.h"
#include "index/writer.h"

enum {
    HOUR = 225000,
    LONGEST = HOUR,
    SHORTEST = HOUR / 6,
    RUN_MIN = 13, /* frames: 0.2 s */
    RUN_MAX = 56, /* 0.9 s */
    BATCH = 32,
    MAX_BANK = 64
};

static struct bank {
    ew_fp *fp[MAX_BANK];
    size_t count;
} bank;

static void check(ew_code rc, const ew_err *err)
{
    if (rc == EW_OK)
        return;
    fprintf(stderr, "bench_fill: %s\n", err->text);
    exit(3);
}

static uint32_t draw(uint32_t limit)
{
    static uint64_t state = 5; /* splitmix64 */
    uint64_t x = state += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)(((x ^ x >> 31) >> 32) * limit >> 32);
}

static void read_bank(const char *path)
{
    ew_err err = {0};
    ew_fp_maker *maker = NULL;
    ew_buf pcm;

    ew_buf_init(&pcm, SIZE_MAX / 2);
    check(ew_file_get(path, &pcm, &err), &err);
    check(ew_fp_maker_new(&maker, &err), &err);
    check(ew_fp_maker_feed(maker, (const float *)(const void *)pcm.data,
                           pcm.len / sizeof(float), &err),
          &err);
    check(ew_fp_maker_finish(maker, &bank.fp[bank.count++], &err), &err);
    ew_fp_maker_free(maker);
    ew_buf_release(&pcm);
    if (bank.fp[bank.count - 1]->frames <= RUN_MAX) {
        fprintf(stderr, "bench_fill: %s is too short\n", path);
        exit(3);
    }
}

/* The first key of a frame at or after `frame`. */
static uint32_t key_at(const ew_fp *fp, uint32_t frame)
{
    uint32_t lo = 0, hi = fp->key_count;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (fp->keys[mid].frame < frame)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Appends frames [from, from + n) of a bank print. */
static void append_run(ew_fp *to, const ew_fp *source, uint32_t from, uint32_t n)
{
    memcpy(to->words + to->frames, source->words + from, n * sizeof(*to->words));
    memcpy(to->wave + to->frames, source->wave + from, n);
    for (uint32_t k = key_at(source, from); k < source->key_count; k++) {
        ew_key key = source->keys[k];

        if (key.frame >= from + n)
            break;
        key.frame = key.frame - from + to->frames;
        to->keys[to->key_count++] = key;
    }
    to->frames += n;
}

/* A print of `frames` frames from few places of the bank, as few voices speak in one
 * recording. */
static void make_up(ew_fp *fp, uint32_t frames)
{
    const ew_fp *voice[2] = {bank.fp[draw((uint32_t)bank.count)],
                             bank.fp[draw((uint32_t)bank.count)]};

    fp->frames = fp->key_count = 0;
    while (fp->frames < frames) {
        const ew_fp *source = voice[draw(2)];
        uint32_t n = RUN_MIN + draw(RUN_MAX - RUN_MIN);

        n = n < frames - fp->frames ? n : frames - fp->frames;
        append_run(fp, source, draw(source->frames - n), n);
    }
}

/* Writes recordings number first, first + 1, ... of at most `left` frames together; returns
 * the frames written. Names sort as numbers do, and so do the hashes. */
static uint64_t write_batch(ew_index_writer *w, uint32_t *number, uint64_t left,
                            ew_fp *fps)
{
    static char names[BATCH][32];
    static const char *name_of[BATCH];
    static const char *const no_path = "";
    ew_recording recs[BATCH];
    ew_writer_item items[BATCH];
    ew_err err = {0};
    uint64_t done = 0;
    size_t n = 0;

    for (; n < BATCH && done < left; n++, ++*number) {
        uint32_t frames = SHORTEST + draw(LONGEST - SHORTEST);

        frames = frames < left - done ? frames : (uint32_t)(left - done);
        make_up(&fps[n], frames);
        done += frames;
        snprintf(names[n], sizeof(names[n]), "made-up-%08x", *number * 0x10001u);
        name_of[n] = names[n];
        recs[n] = (ew_recording){.bytes = 1,
                                 .samples = (int64_t)frames * EW_FP_HOP,
                                 .container = "",
                                 .codec = "",
                                 .trouble = "",
                                 .name_count = 1,
                                 .names = &name_of[n],
                                 .paths = &no_path};
        memcpy(recs[n].sha256, names[n], strlen(names[n]));
        items[n] = (ew_writer_item){&recs[n], &fps[n], 0};
    }
    check(ew_writer__put_many(w, items, n, &err), &err);
    check(ew_index_writer_merge(w, NULL, &err), &err);
    return done;
}

int main(int argc, char **argv)
{
    static ew_fp fps[BATCH];
    ew_err err = {0};
    ew_index_writer *w = NULL;
    uint64_t left;
    uint32_t number = 0;

    if (argc < 4 || argc - 3 > MAX_BANK) {
        fprintf(stderr, "usage: bench_fill ARCHIVE HOURS PCM...\n");
        return 2;
    }
    for (int i = 3; i < argc; i++)
        read_bank(argv[i]);
    for (size_t i = 0; i < BATCH; i++) {
        fps[i].words = malloc(LONGEST * sizeof(*fps[i].words));
        fps[i].wave = malloc(LONGEST);
        fps[i].keys = malloc(LONGEST * sizeof(*fps[i].keys));
        if (!fps[i].words || !fps[i].wave || !fps[i].keys)
            return 3;
    }
    left = (uint64_t)(strtod(argv[2], NULL) * HOUR);
    check(ew_index_writer_open(&w, argv[1], 0, &err), &err);
    while (left > 0)
        left -= write_batch(w, &number, left, fps);
    ew_index_writer_close(w);
    printf("{\"made_up\": true, \"recordings\": %u}\n", number);
    return 0;
}
