/* SPDX-License-Identifier: Apache-2.0 */
/* Drives the decoder process and hands its sound on in blocks of bounded size. */
#include "ops/decode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/err.h"

enum { BLOCK_SAMPLES = 16384, SHORT_BY_MS = 2000 };

static int64_t hours_in_samples(int64_t hours)
{
    return hours * 3600 * EW_FP_RATE_HZ;
}

static ew_code feed_all(ew_media *m, const char *name, const ew_sink *sink,
                        int64_t *samples, ew_err *err)
{
    ew_code rc = EW_OK;
    int64_t claimed_ms = ew_media_get_info(m)->claimed_ms;
    size_t got = 1;
    float *block = ew_alloc_array(BLOCK_SAMPLES, sizeof(*block));

    if (block == NULL)
        return ew_fail_nomem(err);
    while (rc == EW_OK && got > 0) {
        if (ew_stopped(sink->stop)) {
            rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
            break;
        }
        rc = ew_media_read(m, block, BLOCK_SAMPLES, &got, err);
        if (rc != EW_OK || got == 0)
            break;
        *samples += (int64_t)got;
        if (*samples > sink->samples_max) {
            rc = ew_fail(err, EW_E_LIMIT, 0, "'%s' is longer than %" PRId64 " hours",
                         name, sink->samples_max / hours_in_samples(1));
            *samples = 0; /* not a recording that broke off: nothing of it is kept */
            break;
        }
        rc = sink->feed(sink->cookie, block, got, err);
        if (rc == EW_OK && sink->moved != NULL)
            sink->moved(sink->moved_cookie, *samples,
                        claimed_ms < 0 ? 0 : claimed_ms * EW_FP_RATE_HZ / 1000);
    }
    ew_free(block);
    return rc;
}

/* What was wrong although there is sound, most important first. */
static void note_trouble(const ew_media *m, const ew_err *broke, ew_decoded *out)
{
    int64_t got_ms = out->samples * 1000 / EW_FP_RATE_HZ;
    int64_t claimed_ms = out->info.claimed_ms;
    uint64_t damaged = ew_media_damaged(m);

    if (broke->code != EW_OK)
        (void)snprintf(out->trouble, sizeof(out->trouble), "%s", broke->text);
    else if (claimed_ms > got_ms + SHORT_BY_MS && claimed_ms > got_ms + got_ms / 20)
        (void)snprintf(out->trouble, sizeof(out->trouble),
                       "breaks off: the file says %.1f s, only %.1f s are there",
                       (double)claimed_ms / 1000, (double)got_ms / 1000);
    else if (damaged > 0)
        (void)snprintf(out->trouble, sizeof(out->trouble),
                       "%" PRIu64 " damaged %s could not be decoded", damaged,
                       damaged == 1 ? "part" : "parts");
}

/* An interrupt from the keyboard reaches the decoder too, and may reach it first: its death
 * is then no fault of the file. */
static bool died_of_interrupt(const ew_sink *sink, ew_code rc)
{
    const struct timespec moment = {.tv_nsec = 50000000};

    if (rc != EW_E_IO || sink->stop == NULL)
        return false;
    if (!ew_stopped(sink->stop))
        (void)nanosleep(&moment, NULL);
    return ew_stopped(sink->stop);
}

/* Decodes the whole file as mono at EW_FP_RATE_HZ into the sink. Sound that breaks off is
 * kept and noted in `trouble`.
 * Errors: those of ew_media_open_fd, EW_E_FORMAT when there was no sound at all,
 * EW_E_CANCELLED. */
static ew_code decode(const ew_source *s, const char *name, const ew_sink *sink,
                      ew_decoded *out, ew_err *err)
{
    ew_media_opts opts = ew_media_opts_default();
    ew_media *m = NULL;
    ew_err why;
    ew_code rc;

    *out = (ew_decoded){0};
    ew_err_clear(&why);
    opts.rate_hz = EW_FP_RATE_HZ;
    opts.channels = 1;
    rc = ew_media_open_fd(&m, s->fd, name, &opts, &why);
    if (rc == EW_OK) {
        out->info = *ew_media_get_info(m);
        rc = feed_all(m, name, sink, &out->samples, &why);
    }
    if (died_of_interrupt(sink, rc))
        rc = ew_fail(&why, EW_E_CANCELLED, 0, "interrupted");
    if ((rc == EW_E_FORMAT || rc == EW_E_LIMIT) && out->samples > 0)
        rc = EW_OK; /* it broke off: `why` becomes its trouble */
    if (rc == EW_OK && out->samples == 0)
        rc = ew_fail(&why, EW_E_FORMAT, 0, "'%s' holds no sound", name);
    if (rc == EW_OK)
        note_trouble(m, &why, out);
    else if (err != NULL)
        *err = why;
    ew_media_close(m);
    return rc;
}

static ew_code feed_maker(void *cookie, const float *mono, size_t n, ew_err *err)
{
    return ew_fp_maker_feed(cookie, mono, n, err);
}

ew_code ew_decode_print(const ew_source *s, const char *name, ew_sink *sink, ew_fp **fp,
                        ew_decoded *out, ew_err *err)
{
    ew_fp_maker *maker = NULL;
    ew_code rc = ew_fp_maker_new(&maker, err);

    if (rc != EW_OK)
        goto out;
    sink->feed = feed_maker;
    sink->cookie = maker;
    sink->samples_max = hours_in_samples(EW_RECORDING_HOURS_MAX);
    rc = decode(s, name, sink, out, err);
    if (rc == EW_OK)
        rc = ew_fp_maker_finish(maker, fp, err);
    if (rc == EW_OK && (*fp)->key_count == 0 && out->trouble[0] == 0)
        (void)snprintf(out->trouble, sizeof(out->trouble),
                       "silence or steady sound only: nothing to find it by");
out:
    ew_fp_maker_free(maker);
    return rc;
}

/* Sound gathered in memory. */
typedef struct gather {
    float *sound;
    size_t n, cap;
} gather;

static ew_code feed_gather(void *cookie, const float *mono, size_t n, ew_err *err)
{
    gather *g = cookie;

    if (g->cap - g->n < n) {
        size_t cap = g->cap == 0 ? (size_t)EW_FP_RATE_HZ * 60 : g->cap + g->cap / 2;
        float *sound = ew_realloc_array(g->sound, cap, sizeof(*sound));
        if (sound == NULL)
            return ew_fail_nomem(err);
        g->sound = sound;
        g->cap = cap;
    }
    memcpy(g->sound + g->n, mono, n * sizeof(*mono));
    g->n += n;
    return EW_OK;
}

ew_code ew_decode_sound(const ew_source *s, const char *name, ew_sink *sink,
                        float **sound, ew_decoded *out, ew_err *err)
{
    gather g = {0};
    ew_code rc;

    sink->feed = feed_gather;
    sink->cookie = &g;
    sink->samples_max = hours_in_samples(EW_CLIP_HOURS_MAX);
    rc = decode(s, name, sink, out, err);
    if (rc == EW_OK)
        *sound = g.sound;
    else
        ew_free(g.sound);
    return rc;
}
