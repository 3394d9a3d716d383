/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an archive of made-up prints and times opening and asking it.
 *
 *   bench_index build FOLDER HOURS [WORDS]   WORDS: file of uint32 LE key words of real sound,
 *                                            drawn from at random; else a skewed model
 *   bench_index grow FOLDER HOURS            the same, merged as adding merges
 *   bench_index put FOLDER HOURS             adds one recording of that length
 *   bench_index time FOLDER [PROBES [SLACK [COMMON [CALLS [WORDS]]]]]
 *
 * Prints one JSON object. The prints are not of sound: only the numbers of recordings, keys
 * and words, and how unevenly the keys are spread, are like those of speech. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/hash.h"
#include "earwitness/index.h"
#include "index/writer.h"

enum {
    REC_FRAMES = 22500 * 4, /* 24 minutes */
    FRAMES_PER_HOUR = 225000,
    BATCH = 25 /* recordings written at a time */
};

static uint64_t state = 20240229;
static uint32_t *pool;
static size_t pool_count;

static uint32_t random_u32(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    uint64_t x = state ^ state >> 29;
    return (uint32_t)(x * 0xbf58476d1ce4e5b9u >> 32);
}

/* Without words of real sound: key bits with a density that falls like a power, so that the
 * commonest keys are some hundred times as frequent as the middle ones. */
static uint32_t random_word(void)
{
    if (pool_count > 0)
        return pool[random_u32() % pool_count];
    double u = (double)random_u32() / 4294967296.0;
    uint32_t top = (uint32_t)(pow(u, 1.5) * (1 << EW_KEY_BITS));
    top = top * 2654435761u & ((1u << EW_KEY_BITS) - 1);
    return top << 10 | (random_u32() & 0x3ff);
}

static double seconds(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(ew_code code, const ew_err *err)
{
    if (code == EW_OK)
        return;
    fprintf(stderr, "bench_index: %s\n", err->text);
    exit(1);
}

static void read_pool(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    long n = ftell(f);
    rewind(f);
    pool = malloc((size_t)n);
    if (pool == NULL || fread(pool, 1, (size_t)n, f) != (size_t)n) {
        perror(path);
        exit(1);
    }
    pool_count = (size_t)n / sizeof *pool;
    (void)fclose(f);
}

/* Memory of our own; the mapped segments belong to the page cache. */
static uint64_t private_kb(void)
{
    FILE *f = fopen("/proc/self/status", "r");
    char line[200];
    uint64_t kb = 0;
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        (void)sscanf(line, "RssAnon: %" SCNu64, &kb);
    if (f != NULL)
        (void)fclose(f);
    return kb;
}

static int note_memory(void *cookie, const char *stage, int64_t done, int64_t total)
{
    uint64_t *most = cookie;
    uint64_t now = private_kb();
    (void)stage;
    (void)done;
    (void)total;
    *most = now > *most ? now : *most;
    return 0;
}

/* ------------------------------------------------------------------ build */

typedef struct item {
    uint8_t sha[32];
    uint32_t number;
} item;

static int by_sha(const void *a, const void *b)
{
    return memcmp(((const item *)a)->sha, ((const item *)b)->sha, 32);
}

static void fill(ew_fp *fp)
{
    for (uint32_t i = 0; i < fp->frames; i++) {
        fp->words[i] = random_u32();
        fp->wave[i] = (uint8_t)random_u32();
        fp->keys[i] = (ew_key){random_word(), i};
    }
}

static void write_batch(ew_index_writer *w, uint32_t first, ew_fp *fps, ew_err *err)
{
    static char names[BATCH][32];
    static const char *name_of[BATCH];
    static const char *const no_path = "";
    static ew_recording recs[BATCH];
    static ew_writer_item items[BATCH];
    item order[BATCH];
    for (uint32_t i = 0; i < BATCH; i++) {
        ew_sha256 *h = NULL;
        uint32_t number = first + i;
        check(ew_sha256_new(&h, err), err);
        check(ew_sha256_feed(h, &number, sizeof number, err), err);
        check(ew_sha256_finish(h, order[i].sha, err), err);
        ew_sha256_free(h);
        order[i].number = number;
    }
    qsort(order, BATCH, sizeof *order, by_sha);
    for (uint32_t i = 0; i < BATCH; i++) {
        (void)snprintf(names[i], sizeof names[i], "made-up-%06u.wav", order[i].number);
        name_of[i] = names[i];
        recs[i] = (ew_recording){.samples = (int64_t)REC_FRAMES * EW_FP_HOP,
                                 .container = "wav",
                                 .codec = "pcm_s16le",
                                 .trouble = "",
                                 .name_count = 1,
                                 .names = &name_of[i],
                                 .paths = &no_path};
        memcpy(recs[i].sha256, order[i].sha, 32);
        fill(&fps[i]);
        items[i] = (ew_writer_item){&recs[i], &fps[i], 0};
    }
    check(ew_writer__put_many(w, items, BATCH, err), err);
}

static void build(const char *dir, double hours, bool grow)
{
    ew_err err = {0};
    ew_index_writer *w = NULL;
    static ew_fp fps[BATCH];
    double start = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < BATCH; i++) {
        fps[i] = (ew_fp){.frames = REC_FRAMES, .key_count = REC_FRAMES};
        fps[i].words = malloc(REC_FRAMES * sizeof *fps[i].words);
        fps[i].wave = malloc(REC_FRAMES);
        fps[i].keys = malloc(REC_FRAMES * sizeof *fps[i].keys);
    }
    check(ew_index_writer_open(&w, dir, 0, &err), &err);
    uint32_t want = (uint32_t)(hours * FRAMES_PER_HOUR / REC_FRAMES);
    for (uint32_t first = 0; first < want; first += BATCH) {
        write_batch(w, first + (grow ? 1u << 30 : 0), fps, &err);
        if (grow)
            check(ew_index_writer_merge(w, NULL, &err), &err);
    }
    double written = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < BATCH; i++) {
        free(fps[i].words);
        free(fps[i].wave);
        free(fps[i].keys);
    }
    uint64_t most = 0;
    ew_progress prog = {note_memory, &most};
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double start_merge = seconds(CLOCK_MONOTONIC);
    if (!grow)
        check(ew_index_writer_compact(w, &prog, &err), &err);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    ew_index_writer_close(w);
    printf("{\"schema\":\"earwitness/bench-index/1\",\"made_up\":true,\"write_s\":%.3f,"
           "\"merge_s\":%.3f,\"merge_cpu_s\":%.3f,\"merge_private_kb\":%" PRIu64 "}\n",
           written - start, seconds(CLOCK_MONOTONIC) - start_merge, cpu, most);
}

/* ------------------------------------------------------------------ put */

static void put_one(const char *dir, double hours)
{
    ew_err err = {0};
    ew_index_writer *w = NULL;
    struct rusage before, after;
    static const char *const name = "made-up.wav";
    static const char *const no_path = "";
    uint32_t frames = (uint32_t)(hours * FRAMES_PER_HOUR);
    ew_fp fp = {.frames = frames, .key_count = frames};
    ew_recording rec = {.samples = (int64_t)frames * EW_FP_HOP,
                        .container = "wav",
                        .codec = "pcm_s16le",
                        .trouble = "",
                        .name_count = 1,
                        .names = &name,
                        .paths = &no_path};
    fp.words = malloc(frames * sizeof *fp.words);
    fp.wave = malloc(frames);
    fp.keys = malloc(frames * sizeof *fp.keys);
    memset(rec.sha256, 0xee, sizeof rec.sha256);
    fill(&fp);
    check(ew_index_writer_open(&w, dir, 0, &err), &err);
    (void)getrusage(RUSAGE_SELF, &before);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double start = seconds(CLOCK_MONOTONIC);
    check(ew_index_writer_put(w, &rec, &fp, 0, &err), &err);
    double put = seconds(CLOCK_MONOTONIC) - start;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    (void)getrusage(RUSAGE_SELF, &after);
    ew_index_writer_close(w);
    printf(
        "{\"schema\":\"earwitness/bench-index/1\",\"made_up\":true,\"hours\":%.2f,"
        "\"put_s\":%.4f,\"put_cpu_s\":%.4f,\"rss_before_kb\":%ld,\"rss_peak_kb\":%ld}\n",
        hours, put, cpu, before.ru_maxrss, after.ru_maxrss);
    free(fp.words);
    free(fp.wave);
    free(fp.keys);
}

/* ------------------------------------------------------------------ time */

static void time_all(const char *dir, size_t n, unsigned slack, uint64_t common,
                     size_t calls)
{
    enum { ROUNDS = 5 };
    ew_err err = {0};
    ew_index *ix = NULL;
    double start = seconds(CLOCK_MONOTONIC);
    check(ew_index_open(&ix, dir, &err), &err);
    double opened = seconds(CLOCK_MONOTONIC) - start;
    ew_index_stats s;
    check(ew_index_get_stats(ix, &s, &err), &err);
    ew_probe *probes = malloc(n * sizeof *probes);
    for (size_t i = 0; i < n; i++)
        probes[i] = (ew_probe){random_word(), (uint16_t)slack, (uint16_t)i};
    double took[ROUNDS], best = 1e9, best_cpu = 1e9;
    uint64_t skipped = 0;
    size_t hit_count = 0;
    for (int r = 0; r < ROUNDS; r++) {
        ew_hits hits = {0};
        double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        start = seconds(CLOCK_MONOTONIC);
        for (size_t c = 0; c < calls; c++)
            check(ew_index_probe(ix, probes + c * (n / calls), n / calls, common, &hits,
                                 &skipped, &err),
                  &err);
        took[r] = seconds(CLOCK_MONOTONIC) - start;
        cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        best = took[r] < best ? took[r] : best;
        best_cpu = cpu < best_cpu ? cpu : best_cpu;
        hit_count = hits.count;
        ew_hits_release(&hits);
    }
    printf(
        "{\"schema\":\"earwitness/bench-index/"
        "1\",\"made_up\":true,\"recordings\":%" PRIu64
        ",\"hours\":%.1f,\"segments\":%" PRIu64 ",\"keys\":%" PRIu64 ",\"bytes\":%" PRIu64
        ",\"open_s\":%.5f,\"probes\":%zu,\"calls\":%zu,\"slack\":%u,\"common\":%" PRIu64
        ",\"hits\":%zu,\"skipped\":%" PRIu64
        ",\"probe_first_s\":%.4f,\"probe_best_s\":%.4f,\"probe_best_cpu_s\":%.4f,"
        "\"private_kb\":%" PRIu64 "}\n",
        s.recordings, (double)s.samples / EW_FP_RATE_HZ / 3600, s.segments, s.keys,
        s.bytes, opened, n, calls, slack, common, hit_count, skipped, took[0], best,
        best_cpu, private_kb());
    free(probes);
    ew_index_close(ix);
}

static double number(char **argv, int argc, int i, double otherwise)
{
    return i < argc ? strtod(argv[i], NULL) : otherwise;
}

int main(int argc, char **argv)
{
    bool grow = argc > 1 && strcmp(argv[1], "grow") == 0;
    if (argc >= 4 && (grow || strcmp(argv[1], "build") == 0)) {
        if (argc > 4)
            read_pool(argv[4]);
        build(argv[2], number(argv, argc, 3, 1), grow);
    } else if (argc >= 4 && strcmp(argv[1], "put") == 0) {
        put_one(argv[2], number(argv, argc, 3, 1));
    } else if (argc >= 3 && strcmp(argv[1], "time") == 0) {
        if (argc > 7)
            read_pool(argv[7]);
        state = 7;
        time_all(argv[2], (size_t)number(argv, argc, 3, 780000),
                 (unsigned)number(argv, argc, 4, 2), (uint64_t)number(argv, argc, 5, 0),
                 (size_t)number(argv, argc, 6, 1));
    } else {
        fprintf(
            stderr,
            "usage: bench_index build FOLDER HOURS [WORDS]\n"
            "       bench_index time FOLDER [PROBES [SLACK [COMMON [CALLS [WORDS]]]]]\n");
        return 2;
    }
    free(pool);
    return 0;
}
