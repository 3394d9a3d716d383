/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that the methods of `inspect` see in one sound, for measuring them.
 *
 *     bench_inspect RATE CODEC LOSSY [METHOD] < PCM
 *
 * PCM is mono, 32-bit floats. One line per finding however weak, "METHOD KIND START END
 * PLUS_MINUS STRENGTH" in seconds, then tab and sentence; "-" METHOD and the reason for what
 * was not tested; last "cpu SECONDS". */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "earwitness/inspect.h"

enum { BLOCK = 1 << 16 };

static void die(const char *what)
{
    fprintf(stderr, "bench_inspect: %s\n", what);
    exit(3);
}

static void show(const ew_inspection *i)
{
    double rate = i->rate_hz;

    for (size_t k = 0; k < i->trace_count; k++) {
        const ew_trace *t = &i->traces[k];
        printf("%s %s %.4f %.4f %.4f %.6g\t%s\n", t->method,
               t->kind == EW_TRACE_CHANGE ? "change" : "fact", (double)t->start / rate,
               (double)t->end / rate, (double)t->plus_minus / rate, t->strength, t->text);
    }
    for (size_t k = 0; k < i->untested_count; k++)
        printf("- %s\t%s\n", i->untested[k].method, i->untested[k].reason);
}

int main(int argc, char **argv)
{
    ew_inspect_opts opts = ew_inspect_opts_default();
    ew_inspect_sound sound = {.channels = 1};
    ew_inspector *in = NULL;
    ew_inspection *found = NULL;
    ew_err err = {0};
    float *pcm = ew_alloc_array(BLOCK, sizeof *pcm);
    struct timespec t;
    size_t n;

    if (argc < 4 || argc > 5)
        die("usage: bench_inspect RATE CODEC LOSSY [METHOD] < PCM");
    if (!pcm)
        die("out of memory");
    sound.rate_hz = (uint32_t)strtoul(argv[1], NULL, 10);
    snprintf(sound.codec, sizeof sound.codec, "%s", argv[2]);
    sound.lossy = strcmp(argv[3], "1") == 0;
    opts.max_false_per_hour = HUGE_VAL;
    opts.only = argc > 4 ? argv[4] : NULL;
    if (ew_inspector_new(&in, &sound, &opts, &err) < 0)
        die(err.text);
    while ((n = fread(pcm, sizeof *pcm, BLOCK, stdin)) > 0)
        if (ew_inspector_feed(in, pcm, n, &err) < 0)
            die(err.text);
    if (ew_inspector_finish(in, &found, &err) < 0)
        die(err.text);
    show(found);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    printf("cpu %.3f\n", (double)t.tv_sec + 1e-9 * (double)t.tv_nsec);
    ew_inspection_free(found);
    ew_inspector_free(in);
    ew_free(pcm);
    return 0;
}
