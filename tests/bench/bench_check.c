/* SPDX-License-Identifier: Apache-2.0 */
/* Wall time of opening an archive and of tracing clips in it, without decoding.
 *
 *     bench_check ARCHIVE RUNS PCM...
 *
 * PCM is 8 kHz mono, 32-bit floats. The archive is opened anew for each tracing, as a
 * command would. Standard output: one JSON object with the times in seconds of each run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "earwitness/align.h"
#include "earwitness/index.h"

static void die(const char *what, const ew_err *err)
{
    fprintf(stderr, "bench_check: %s%s%s\n", what, err ? ": " : "", err ? err->text : "");
    exit(3);
}

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void trace_once(const char *dir, const ew_buf *pcm, int last)
{
    ew_err err = {0};
    ew_index *ix = NULL;
    ew_map *map = NULL;
    double began = now(CLOCK_MONOTONIC), opened, done, claimed = 0;
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID);

    if (ew_index_open(&ix, dir, &err) < 0)
        die("cannot open the archive", &err);
    opened = now(CLOCK_MONOTONIC);
    if (ew_align_clip(ix, (const float *)(const void *)pcm->data,
                      pcm->len / sizeof(float), NULL, NULL, &map, &err) < 0)
        die("cannot trace the clip", &err);
    done = now(CLOCK_MONOTONIC);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    for (size_t i = 0; i < map->piece_count; i++)
        claimed += (double)(map->pieces[i].clip_end - map->pieces[i].clip_start);
    printf("{\"open_s\": %.6f, \"trace_s\": %.6f, \"cpu_s\": %.6f, \"pieces\": %zu, "
           "\"claimed_s\": %.3f}%s",
           opened - began, done - opened, cpu, map->piece_count, claimed / EW_FP_RATE_HZ,
           last ? "" : ", ");
    ew_map_free(map);
    ew_index_close(ix);
}

static void print_stats(const char *dir)
{
    ew_err err = {0};
    ew_index *ix = NULL;
    ew_index_stats st;

    if (ew_index_open(&ix, dir, &err) < 0 || ew_index_get_stats(ix, &st, &err) < 0)
        die("cannot open the archive", &err);
    printf("{\"hours\": %.4f, \"recordings\": %" PRIu64 ", \"segments\": %" PRIu64
           ", \"bytes\": %" PRIu64 ", \"keys\": %" PRIu64 ", \"clips\": [",
           (double)st.samples / EW_FP_RATE_HZ / 3600, st.recordings, st.segments,
           st.bytes, st.keys);
    ew_index_close(ix);
}

int main(int argc, char **argv)
{
    int runs;

    if (argc < 4) {
        fprintf(stderr, "usage: bench_check ARCHIVE RUNS PCM...\n");
        return 2;
    }
    runs = (int)strtol(argv[2], NULL, 10);
    if (runs < 1)
        die("at least one run", NULL);
    print_stats(argv[1]);
    for (int c = 3; c < argc; c++) {
        ew_err err = {0};
        ew_buf pcm;

        ew_buf_init(&pcm, SIZE_MAX / 2);
        if (ew_file_get(argv[c], &pcm, &err) < 0)
            die("cannot read the clip", &err);
        printf("[");
        for (int i = 0; i < runs; i++)
            trace_once(argv[1], &pcm, i == runs - 1);
        printf("]%s", c == argc - 1 ? "" : ", ");
        ew_buf_release(&pcm);
    }
    printf("]}\n");
    return 0;
}
