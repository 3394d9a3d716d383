/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the readers of container bytes in the decoder, and what the inspection makes
 * of what they tell. The first byte chooses the reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "earwitness/inspect.h"
#include "media/decoder/walk.h"

enum { CLUES_MAX = 4000, TEXT_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const uint8_t *data;
    size_t size, count, used;
    ew_clue clues[CLUES_MAX];
    char text[TEXT_BYTES];
} input;

static input in;

static size_t get(void *cookie, int64_t pos, uint8_t *buf, size_t n)
{
    size_t left;

    (void)cookie;
    if (pos < 0)
        abort();
    left = (uint64_t)pos < in.size ? in.size - (size_t)pos : 0;
    n = n < left ? n : left;
    if (n > 0)
        memcpy(buf, in.data + pos, n);
    return n;
}

/* As the client keeps it: only safe text. */
static void fact(void *cookie, const char *key, const char *value, size_t n)
{
    const size_t k = strlen(key) + 1;
    ew_buf b;

    (void)cookie;
    ew_buf_init(&b, 4096);
    if (in.count < CLUES_MAX && in.used + k + 2000 < TEXT_BYTES &&
        ew_utf8_append_safe(&b, value, n < 400 ? n : 400, NULL) == EW_OK &&
        b.len < 1999) {
        char *to = in.text + in.used;
        memcpy(to, key, k);
        if (b.len > 0)
            memcpy(to + k, b.data, b.len);
        to[k + b.len] = 0;
        in.clues[in.count++] = (ew_clue){to, to + k};
        in.used += k + b.len + 1;
    }
    ew_buf_release(&b);
}

/* Everything that comes out can be shown. */
static void check(const ew_inspection *i)
{
    for (size_t k = 0; k < i->trace_count; k++)
        if (!ew_utf8_valid(i->traces[k].text, strlen(i->traces[k].text)) ||
            i->traces[k].start < 0 || i->traces[k].end > i->samples)
            abort();
    for (size_t k = 0; k < i->fact_count; k++)
        if (!ew_utf8_valid(i->facts[k].text, strlen(i->facts[k].text)) ||
            !ew_utf8_valid(i->facts[k].name, strlen(i->facts[k].name)))
            abort();
}

/* "key\0value\0key\0value": clues from a decoder that has been taken over. */
static void raw_clues(const uint8_t *data, size_t size)
{
    size_t at = 0;

    while (at < size && in.count < CLUES_MAX) {
        char key[64];
        const uint8_t *end = memchr(data + at, 0, size - at);
        size_t n = end != NULL ? (size_t)(end - data) - at : size - at;
        snprintf(key, sizeof key, "%.*s", (int)(n < 60 ? n : 60),
                 (const char *)data + at);
        at += n + 1;
        if (at >= size)
            break;
        end = memchr(data + at, 0, size - at);
        n = end != NULL ? (size_t)(end - data) - at : size - at;
        fact(NULL, key, (const char *)data + at, n);
        at += n + 1;
    }
}

static void interpret(void)
{
    const ew_inspect_sound sound = {.rate_hz = 8000, .channels = 1};
    const ew_inspect_opts opts = {.max_false_per_hour = 1, .only = "container"};
    static const float silence[100];
    ew_inspector *one = NULL;
    ew_inspection *found = NULL;

    if (ew_inspector_new(&one, &sound, &opts, NULL) < 0)
        return;
    ew_inspector_clues(one, in.clues, in.count);
    if (ew_inspector_feed(one, silence, 100, NULL) == EW_OK &&
        ew_inspector_finish(one, &found, NULL) == EW_OK)
        check(found);
    ew_inspection_free(found);
    ew_inspector_free(one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {"mp3", "mov,mp4,m4a,3gp,3g2,mj2", "ogg", "wav",
                                          "flac"};
    static walk w;

    if (size == 0)
        return 0;
    in.count = in.used = 0;
    in.data = data + 1;
    in.size = size - 1;
    w = (walk){.size = (int64_t)in.size, .read = get, .fact = fact};
    if (data[0] % 6 == 4)
        raw_clues(data + 1, size - 1);
    else
        walk_file(&w, formats[data[0] % 6 == 5 ? 4 : data[0] % 6]);
    interpret();
    return 0;
}
