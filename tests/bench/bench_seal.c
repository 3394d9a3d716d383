/* SPDX-License-Identifier: Apache-2.0 */
/* Cost of sealing, and of the log, without unlocking the desk: its passphrase is cheap to try.
 *
 *     bench_seal seal DESK FILE RUNS          CPU of sealing, alternating with SHA-256 alone
 *     bench_seal disclose DESK FILE HIDE OUT  a bundle of FILE, sealed anew, without HIDE
 *     bench_seal log FOLDER ENTRIES RUNS      appends ENTRIES in one batch to a new log, then
 *                                             another 10,000, and proves single entries
 *
 * DESK is made when it is not there. Standard output: one JSON object, times in seconds. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal.h"

#define ORIGIN "bench.example/log"

enum { BATCH = 10000, PROVED = 200, RUNS_MAX = 99, PROOF_MAX = 1 << 16 };

static const ew_vault_cost cheap = {1, 8192};

static void die(const char *what, const ew_err *err)
{
    fprintf(stderr, "bench_seal: %s%s%s\n", what, err ? ": " : "", err ? err->text : "");
    exit(3);
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ------------------------------------------------------------------ the desk */

static void open_desk(ew_desk *d, const char *dir)
{
    static const char word[] = "bench";
    ew_secret pass;
    ew_err err;
    bool right = true;
    if (ew_secret_init(&pass, sizeof word, &err) != EW_OK)
        die("no locked memory", &err);
    memcpy(pass.bytes, word, sizeof word - 1);
    pass.n = sizeof word - 1;
    ew_code code = ew_desk_exists(dir)
                       ? ew_desk_open(d, dir, &pass, &right, &err)
                       : ew_desk_create(d, dir, "bench.example", &pass, &cheap, &err);
    ew_secret_release(&pass);
    if (code != EW_OK || !right)
        die("cannot open the desk", code != EW_OK ? &err : NULL);
}

static void keep_sealed(void *cookie, const ew_sealed *s, const ew_err *why)
{
    if (why != NULL)
        die("cannot seal", why);
    *(ew_sealed *)cookie = *s;
}

static ew_sealed seal(const ew_desk *d, const char *path)
{
    ew_sealed sealed = {0};
    ew_seal_opts opts = {.paths = &path,
                         .n = 1,
                         .splitter = EW_SPLIT_AUTO,
                         .told = keep_sealed,
                         .cookie = &sealed};
    size_t failed = 0;
    ew_err err;
    if (ew_ops_seal(d, &opts, &failed, &err) != EW_OK)
        die("cannot seal", &err);
    return sealed;
}

static void hash_file(const char *path)
{
    uint8_t sum[EW_SHA256_BYTES];
    ew_err err;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die("cannot open the file", NULL);
    if (ew_sha256_fd(fd, sum, &err) != EW_OK)
        die("cannot hash", &err);
    (void)close(fd);
}

static void bench_sealing(const char *dir, const char *path, int runs)
{
    double hashed[RUNS_MAX], sealed[RUNS_MAX];
    ew_sealed last = {0};
    ew_desk d;
    open_desk(&d, dir);
    hash_file(path); /* fills the page cache */
    for (int i = 0; i < runs; i++) {
        double began = now(CLOCK_PROCESS_CPUTIME_ID);
        hash_file(path);
        double between = now(CLOCK_PROCESS_CPUTIME_ID);
        last = seal(&d, path);
        sealed[i] = now(CLOCK_PROCESS_CPUTIME_ID) - between;
        hashed[i] = between - began;
    }
    ew_desk_close(&d);
    printf("{\"parts\": %" PRIu64 ", \"runs\": [", last.parts);
    for (int i = 0; i < runs; i++)
        printf("%s{\"sha256_s\": %.6f, \"seal_s\": %.6f}", i > 0 ? ", " : "", hashed[i],
               sealed[i]);
    printf("]}\n");
}

static void disclose(const char *dir, const char *path, const char *hide, const char *out)
{
    ew_disclosed shown;
    ew_buf note;
    ew_desk d;
    ew_err err;
    open_desk(&d, dir);
    ew_sealed s = seal(&d, path);
    ew_buf_init(&note, PROOF_MAX);
    if (ew_ops_checkpoint(&d, &note, &err) != EW_OK)
        die("cannot sign the log", &err);
    ew_disclosure what = {.item = s.hex, .hide = hide, .file = path, .out = out};
    if (ew_ops_disclose(&d, &what, &shown, &err) != EW_OK)
        die("cannot disclose", &err);
    printf("{\"parts\": %" PRIu64 ", \"shown\": %" PRIu64 "}\n", s.parts, shown.shown);
    ew_disclosed_release(&shown);
    ew_buf_release(&note);
    ew_desk_close(&d);
}

/* ------------------------------------------------------------------ the log */

/* Entries as long as ours are. */
static double append(ew_log *log, size_t n)
{
    enum { LONG = 64 };
    char *texts = ew_alloc_array(n, LONG);
    ew_slice *entries = ew_alloc_array(n, sizeof *entries);
    uint64_t first = 0;
    ew_err err;
    if (texts == NULL || entries == NULL)
        die("out of memory", NULL);
    for (size_t i = 0; i < n; i++) {
        char *text = texts + i * LONG;
        memset(text, 'A', LONG);
        (void)snprintf(text, LONG, "earwitness-entry/v1 %020" PRIu64 "=",
                       ew_log_size(log) + i);
        text[strlen(text)] = 'A';
        entries[i] = (ew_slice){text, LONG};
    }
    double began = now(CLOCK_MONOTONIC);
    if (ew_log_append(log, entries, n, &first, &err) != EW_OK)
        die("cannot append", &err);
    double took = now(CLOCK_MONOTONIC) - began;
    ew_free(entries);
    ew_free(texts);
    return took;
}

static void sign(ew_log *log)
{
    static const uint8_t key[EW_ED25519_SEED] = {1};
    ew_signer *by = NULL;
    ew_buf note;
    ew_err err;
    ew_buf_init(&note, PROOF_MAX);
    if (ew_signer_new(&by, ew_slice_of(ORIGIN), EW_SIG_ED25519, key, &err) != EW_OK ||
        ew_log_checkpoint(log, by, &note, &err) != EW_OK)
        die("cannot sign the log", &err);
    ew_signer_free(by);
    ew_buf_release(&note);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median time of proving one entry. */
static double prove(const char *dir, uint64_t index, int runs)
{
    double took[RUNS_MAX];
    for (int i = 0; i < runs; i++) {
        ew_buf proof;
        ew_err err;
        ew_buf_init(&proof, PROOF_MAX);
        double began = now(CLOCK_MONOTONIC);
        if (ew_log_prove(dir, index, ew_slice_of("salt"), &proof, &err) != EW_OK)
            die("cannot prove", &err);
        took[i] = now(CLOCK_MONOTONIC) - began;
        ew_buf_release(&proof);
    }
    qsort(took, (size_t)runs, sizeof *took, by_value);
    return took[runs / 2];
}

static void bench_log(const char *dir, size_t entries, int runs)
{
    double took[PROVED];
    ew_log *log = NULL;
    ew_err err;
    if (ew_log_create(dir, ORIGIN, &err) != EW_OK ||
        ew_log_open(&log, dir, &err) != EW_OK)
        die("cannot make a log", &err);
    double all = append(log, entries);
    double more = append(log, BATCH);
    sign(log);
    uint64_t size = ew_log_size(log);
    ew_log_close(log);
    for (int i = 0; i < PROVED; i++)
        took[i] = prove(dir, (size - 1) * (uint64_t)i / (PROVED - 1), runs);
    qsort(took, PROVED, sizeof *took, by_value);
    printf("{\"entries\": %" PRIu64 ", \"append_all_s\": %.6f, \"append_more_s\": %.6f, "
           "\"prove_median_s\": %.6f, \"prove_slowest_s\": %.6f}\n",
           size, all, more, took[PROVED / 2], took[PROVED - 1]);
}

static int count(const char *text, int most)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);
    if (end == text || *end != 0 || n < 1 || n > most)
        die("a number is too small or too large", NULL);
    return (int)n;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "seal") == 0 && argc == 5) {
        bench_sealing(argv[2], argv[3], count(argv[4], RUNS_MAX));
    } else if (strcmp(what, "disclose") == 0 && argc == 6) {
        disclose(argv[2], argv[3], argv[4], argv[5]);
    } else if (strcmp(what, "log") == 0 && argc == 5) {
        bench_log(argv[2], (size_t)count(argv[3], EW_LOG_BATCH_MAX),
                  count(argv[4], RUNS_MAX));
    } else {
        fprintf(stderr, "usage: bench_seal seal|disclose|log FOLDER ...\n");
        return 2;
    }
    return 0;
}
