/* SPDX-License-Identifier: Apache-2.0 */
/* speechgen SEED SECONDS RATE CHANNELS: speech-like sound as WAV on standard output. */
#include <stdlib.h>

#include "sound.h"

static double number(const char *text, double low, double high)
{
    char *end = NULL;
    double v = strtod(text, &end);
    if (end == text || *end != 0 || !(v >= low && v <= high)) {
        fprintf(stderr, "speechgen: '%s' is not a number from %g to %g\n", text, low,
                high);
        exit(2);
    }
    return v;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: speechgen SEED SECONDS RATE CHANNELS >out.wav\n");
        return 2;
    }
    uint64_t seed = (uint64_t)number(argv[1], 0, 1e15);
    double seconds = number(argv[2], 0, 36000);
    uint32_t rate = (uint32_t)number(argv[3], 1000, 192000);
    uint32_t channels = (uint32_t)number(argv[4], 1, 8);
    size_t n = (size_t)(seconds * rate + 0.5);
    float *mono = calloc(n + 1, sizeof *mono);
    float *all = calloc(n * channels + 1, sizeof *all);
    if (mono == NULL || all == NULL)
        return 1;
    test_speech(mono, n, rate, seed);
    for (size_t i = 0; i < n * channels; i++)
        all[i] = mono[i / channels];
    int failed = test_wav_write(stdout, all, n, channels, rate) || fclose(stdout);
    free(mono);
    free(all);
    return failed ? 1 : 0;
}
