/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over its corpus without a fuzzer: every file as it is, cut short, and
 * with bytes changed. The changes depend on the content only, so a failure repeats.
 *
 * replay NAME FOLDER [CHANGES]: prints TAP, one test per file. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST_INPUT = 1 << 20 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The target gets a block of exactly its size, so that a sanitizer sees a read beyond. */
static void run_exact(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_changed(const uint8_t *data, size_t size, long changes)
{
    static const uint8_t values[] = {0x00, 0xFF, 0x7F, 0x80, 0x01, '"', '{', '\n'};
    uint64_t seed = UINT64_C(0x9E3779B97F4A7C15) ^ size;
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        abort();
    for (long i = 0; i < changes && size > 0; i++) {
        memcpy(copy, data, size);
        size_t cut = i % 4 == 0 ? next_random(&seed) % size : size;
        size_t flips = 1 + next_random(&seed) % 4;
        for (size_t k = 0; k < flips; k++) {
            uint64_t r = next_random(&seed);
            size_t at = (r >> 32) % (i % 2 && size > 64 ? 64 : size);
            copy[at] = r & 8 ? values[r & 7] : (uint8_t)(copy[at] ^ 1u << (r & 7));
        }
        run_exact(copy, cut);
    }
    free(copy);
}

static int run_file(const char *folder, const char *name, long changes)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return -1;
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(LARGEST_INPUT);
    if (f == NULL || data == NULL)
        abort();
    size_t size = fread(data, 1, LARGEST_INPUT, f);
    (void)fclose(f);
    run_exact(data, size);
    run_changed(data, size, changes);
    free(data);
    return 0;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s NAME FOLDER [CHANGES]\n", argv[0]);
        return 2;
    }
    long changes = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
    struct dirent **entries = NULL;
    int n = scandir(argv[2], &entries, visible, alphasort);
    if (n < 0) {
        printf("1..0 # SKIP no corpus for %s\n", argv[1]);
        return 0;
    }
    printf("1..%d\n", n + 1);
    run_exact((const uint8_t *)"", 0);
    printf("ok 1 - %s: empty\n", argv[1]);
    for (int i = 0; i < n; i++) {
        int bad = run_file(argv[2], entries[i]->d_name, changes);
        printf("%sok %d - %s: %s\n", bad ? "not " : "", i + 2, argv[1],
               entries[i]->d_name);
        (void)fflush(stdout);
        free(entries[i]);
    }
    free(entries);
    return 0;
}
