/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the methods over the stream: cuts it into even blocks, mixes what each one wants. */
#include "inspect/inspect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "inspect/bandwidth.h"
#include "inspect/clipping.h"
#include "inspect/clues.h"
#include "inspect/copy_move.h"
#include "inspect/dc.h"
#include "inspect/discontinuity.h"
#include "inspect/gather.h"
#include "inspect/grid.h"
#include "inspect/hum.h"
#include "inspect/levels.h"
#include "inspect/noise_floor.h"
#include "inspect/nothing.h"
#include "inspect/rates.h"
#include "inspect/resampling.h"
#include "inspect/silence.h"
#include "inspect/spectrogram.h"

/* In the order of the documentation; the last one is no method. */
static const ew_inspect__method *const methods[] = {
    &ew_inspect__frame_grid, &ew_inspect__bandwidth,     &ew_inspect__noise_floor,
    &ew_inspect__levels,     &ew_inspect__hum,           &ew_inspect__dc,
    &ew_inspect__silence,    &ew_inspect__clipping,      &ew_inspect__resampling,
    &ew_inspect__copy_move,  &ew_inspect__discontinuity, NULL,
};

enum { METHODS = sizeof methods / sizeof *methods - 1 };

struct ew_inspector {
    ew_inspect_sound sound;
    double max_false_per_hour;
    bool working[METHODS + 1];
    void *state[METHODS + 1];
    ew_inspect__heard heard; /* bands: NULL when nobody wants them */
    float *mono, *pair;      /* one block each */
    size_t fill;
    bool ended;
    ew_inspect__image *image; /* NULL: not wanted */
    const ew_clue *clues;     /* borrowed */
    size_t clue_count;
    ew_inspection *found;
};

const char *ew_inspect_method_name(size_t i)
{
    return i < METHODS ? methods[i]->id : NULL;
}

ew_inspect_opts ew_inspect_opts_default(void)
{
    ew_inspect_opts o = {.max_false_per_hour = 1.0};
    return o;
}

/* Too few samples a second for any of them. */
static ew_code start_none(ew_inspector *in, ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < METHODS && rc >= 0; i++)
        rc = ew_inspect__untested(in->found, methods[i]->id, err,
                                  "a sample rate of %u Hz is too low", in->sound.rate_hz);
    return rc;
}

static ew_code start_method(ew_inspector *in, size_t i, ew_err *err)
{
    ew_code rc = EW_OK;

    if (methods[i]->want == EW_INSPECT__HEARD) {
        if (!in->heard.bands)
            rc = ew_inspect__bands_new(&in->heard.bands, in->sound.rate_hz, err);
        in->working[i] = true;
        return rc;
    }
    rc = methods[i]->start(&in->state[i], &in->sound, in->found, err);
    in->working[i] = in->state[i] != NULL;
    return rc;
}

static ew_code start_methods(ew_inspector *in, const char *only, ew_err *err)
{
    bool any = only && strcmp(only, "container") == 0;

    for (size_t i = 0; i < METHODS; i++) {
        ew_code rc;
        if (only && strcmp(only, methods[i]->id) != 0)
            continue;
        any = true;
        rc = start_method(in, i, err);
        if (rc < 0)
            return rc;
    }
    if (only && !any)
        return ew_fail(err, EW_E_ARG, 0, "there is no method '%s'", only);
    return EW_OK;
}

static ew_code check_sound(const ew_inspect_sound *s, ew_err *err)
{
    if (s->channels < 1 || s->channels > EW_INSPECT_CHANNELS_MAX)
        return ew_fail(err, EW_E_ARG, 0, "sound with %u channels", s->channels);
    if (s->rate_hz < EW_INSPECT_RATE_MIN_HZ || s->rate_hz > EW_INSPECT_RATE_MAX_HZ)
        return ew_fail(err, EW_E_ARG, 0, "sound at %u Hz", s->rate_hz);
    return EW_OK;
}

ew_code ew_inspector_new(ew_inspector **out, const ew_inspect_sound *sound,
                         const ew_inspect_opts *opts, ew_err *err)
{
    ew_inspect_opts o = opts ? *opts : ew_inspect_opts_default();
    ew_inspector *in = NULL;
    ew_code rc = check_sound(sound, err);

    *out = NULL;
    if (rc < 0)
        return rc;
    in = ew_alloc(sizeof *in);
    if (!in)
        return ew_fail_nomem(err);
    in->sound = *sound;
    in->heard.rate_hz = sound->rate_hz;
    in->max_false_per_hour = o.max_false_per_hour;
    in->mono = ew_alloc_array(EW_INSPECT__BLOCK, sizeof *in->mono);
    in->pair = ew_alloc_array(EW_INSPECT__BLOCK, 2 * sizeof *in->pair);
    in->found = ew_alloc(sizeof *in->found);
    if (!in->mono || !in->pair || !in->found) {
        rc = ew_fail_nomem(err);
        goto out;
    }
    in->found->rate_hz = sound->rate_hz;
    if (o.spectrogram)
        rc = ew_inspect__image_new(&in->image, sound, err);
    if (rc >= 0)
        rc = sound->rate_hz < EW_INSPECT_RATE_USE_HZ ? start_none(in, err)
                                                     : start_methods(in, o.only, err);
out:
    if (rc < 0)
        ew_inspector_free(in);
    else
        *out = in;
    return rc;
}

static void take(ew_inspector *in, const float *pcm, size_t samples)
{
    uint32_t channels = in->sound.channels;
    float *mono = in->mono + in->fill, *pair = in->pair + 2 * in->fill;

    for (size_t i = 0; i < samples; i++) {
        const float *moment = pcm + i * channels;
        double sum = 0;
        for (uint32_t c = 0; c < channels; c++)
            sum += (double)moment[c];
        mono[i] = channels > 1 ? (float)(sum / channels) : moment[0];
        pair[2 * i] = moment[0];
        pair[2 * i + 1] = moment[channels > 1 ? 1 : 0];
    }
    in->fill += samples;
}

static ew_code give_block(ew_inspector *in, ew_err *err)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; i < METHODS && rc >= 0; i++) {
        const float *pcm = methods[i]->want == EW_INSPECT__PAIR ? in->pair : in->mono;
        if (in->state[i])
            rc = methods[i]->feed(in->state[i], pcm, in->fill, err);
    }
    if (rc >= 0 && in->heard.bands) {
        in->heard.most = ew_inspect__louder(in->heard.most, in->mono, in->fill);
        rc = ew_inspect__bands_feed(in->heard.bands, in->mono, in->fill, err);
    }
    if (in->image)
        ew_inspect__image_feed(in->image, in->mono, in->fill);
    in->found->samples += (int64_t)in->fill;
    in->fill = 0;
    return rc;
}

ew_code ew_inspector_feed(ew_inspector *in, const float *pcm, size_t samples, ew_err *err)
{
    while (samples > 0) {
        size_t n = EW_INSPECT__BLOCK - in->fill;
        ew_code rc;
        if (n > samples)
            n = samples;
        take(in, pcm, n);
        pcm += n * in->sound.channels;
        samples -= n;
        if (in->fill < EW_INSPECT__BLOCK)
            break;
        rc = give_block(in, err);
        if (rc < 0)
            return rc;
    }
    return EW_OK;
}

void ew_inspector_clues(ew_inspector *in, const ew_clue *clues, size_t count)
{
    in->clues = clues;
    in->clue_count = count;
}

static ew_code read_clues(ew_inspector *in, ew_err *err)
{
    const ew_inspect__clues c = {in->clues, in->clue_count, &in->sound,
                                 in->found->samples};
    ew_code rc = EW_OK;

    if (in->clue_count == 0)
        return ew_inspect__untested(in->found, "container", err,
                                    "nothing was told about the file");
    rc = ew_inspect__container_facts(&c, in->found, err);
    if (rc >= 0)
        rc = ew_inspect__container_signs(&c, in->found, err);
    return rc;
}

/* Methods at work whose rates were measured, each as often wrong as was allowed, or as it is
 * at its weakest. */
static double by_chance(const ew_inspector *in)
{
    const double hours = (double)in->found->samples / in->sound.rate_hz / 3600;
    double per_hour = 0;

    for (size_t i = 0; i < METHODS; i++)
        if (in->working[i])
            per_hour += fmin(fmax(ew_inspect__false_per_hour(methods[i]->id, 0), 0),
                             in->max_false_per_hour);
    return per_hour * hours;
}

static ew_code finish_methods(ew_inspector *in, ew_err *err)
{
    ew_code rc = EW_OK;

    if (in->heard.bands)
        rc = ew_inspect__bands_finish(in->heard.bands, err);
    for (size_t i = 0; i < METHODS && rc >= 0; i++) {
        if (in->state[i])
            rc = methods[i]->finish(in->state[i], in->found, err);
        else if (in->working[i])
            rc = methods[i]->look(&in->heard, in->found, err);
    }
    return rc;
}

ew_code ew_inspector_finish(ew_inspector *in, ew_inspection **out, ew_err *err)
{
    ew_code rc = EW_OK;

    *out = NULL;
    if (in->ended)
        return ew_fail(err, EW_E_BUG, 0, "an inspection ends once");
    in->ended = true;
    if (in->fill > 0)
        rc = give_block(in, err);
    if (rc >= 0)
        rc = finish_methods(in, err);
    if (rc >= 0)
        rc = read_clues(in, err);
    if (rc >= 0 && in->image)
        rc = ew_inspect__image_finish(in->image, &in->found->spectrogram, err);
    if (rc < 0)
        return rc;
    in->found->by_chance = by_chance(in);
    ew_inspect__settle(in->found, in->max_false_per_hour);
    *out = in->found;
    in->found = NULL;
    return EW_OK;
}

void ew_inspector_free(ew_inspector *in)
{
    if (!in)
        return;
    for (size_t i = 0; i < METHODS; i++) {
        if (in->state[i])
            methods[i]->free(in->state[i]);
    }
    ew_inspect__bands_free(in->heard.bands);
    ew_inspect__image_free(in->image);
    ew_inspection_free(in->found);
    ew_free(in->mono);
    ew_free(in->pair);
    ew_free(in);
}
