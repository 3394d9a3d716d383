/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: frames from a decoder that has been taken over. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes what there is; everything that comes out must be harmless. */
static void take_samples(ew_media__frames *f)
{
    float x[64 * EW_DP_CHANNELS_MAX];

    for (size_t got; (got = ew_media__frames_take(f, x, 64)) > 0;)
        for (size_t i = 0; i < got * f->info.channels; i++)
            if (!isfinite(x[i]))
                abort();
}

/* The first byte says what was asked for and how the rest is cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_media__frames *f = NULL;
    ew_media__event ev = EW_MEDIA__MORE;
    const size_t how = size > 0 ? data[0] : 0;
    const ew_media__asked asked = {how & 1 ? 8000U : 0, how & 2 ? 1U : 0};
    const size_t cut = how & 4 ? 1 + (how >> 3) : size;
    size_t at = size > 0 ? 1 : 0;

    if (ew_media__frames_new(&f, asked, NULL) < 0)
        return 0;
    f->facts_asked = true;
    while (ew_media__frames_next(f, &ev, NULL) == EW_OK) {
        if (ev == EW_MEDIA__PCM)
            take_samples(f);
        if (ev == EW_MEDIA__MORE) {
            size_t room, n = size - at < cut ? size - at : cut;
            uint8_t *to = ew_media__frames_room(f, &room);

            n = n < room ? n : room;
            if (n == 0)
                break;
            memcpy(to, data + at, n);
            ew_media__frames_filled(f, n);
            at += n;
        }
    }
    for (size_t i = 0; i < f->journal_count; i++)
        if (strchr(f->journal[i], '\n') != NULL)
            abort();
    for (size_t i = 0; i < f->fact_count; i++)
        if (strchr(f->facts[i].value, '\n') != NULL || f->facts[i].key[0] == 0)
            abort();
    ew_media__frames_free(f);
    return 0;
}
