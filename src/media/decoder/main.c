/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness-decode: one open file in, samples (or the brightness of a picture) out, and nothing
 * else possible.
 *
 * Started by the library with the input on descriptor 3 and a pipe on descriptor 4. Order
 * matters: everything that needs the system comes first, then the process confines itself,
 * and only then the first byte of the input is read. */
#include <errno.h>
#include <libavutil/cpu.h>
#include <libavutil/mathematics.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

enum {
    PREROLL_MS = 1500, /* decoded before the wanted start, so that codecs settle */
    JUMP_DIVISOR = 20, /* time stamps that are off by 1/20 s are worth a remark */
    GRID_FRAMES = 8,   /* of equal size at the beginning that make a grid */
    BEAT_FRAMES = 4096 /* decoded frames without output after which to say "alive" */
};

/* ---------------------------------------------------------------- settings */

static uint64_t number(const char *text)
{
    char *end = NULL;
    unsigned long long v;

    errno = 0;
    v = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != 0 || v > INT64_MAX)
        fail(EW_DP_FAIL_BUG, "bad number in the settings: %.60s", text);
    return v;
}

static void set_extension(settings *set, const char *text)
{
    size_t n = strlen(text);

    if (n >= sizeof set->extension)
        return;
    for (size_t i = 0; i < n; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9')))
            return;
    memcpy(set->extension, text, n + 1);
}

static void set_one(settings *set, const char *key, const char *value)
{
    if (strcmp(key, "rate") == 0)
        set->rate_hz = (uint32_t)(number(value) & UINT32_MAX);
    else if (strcmp(key, "channels") == 0)
        set->channels = (uint32_t)(number(value) & UINT32_MAX);
    else if (strcmp(key, "start-ms") == 0)
        set->start_ms = (int64_t)number(value);
    else if (strcmp(key, "length-ms") == 0)
        set->length_ms = (int64_t)number(value);
    else if (strcmp(key, "memory") == 0)
        set->memory_bytes = number(value);
    else if (strcmp(key, "facts") == 0)
        set->facts = number(value) != 0;
    else if (strcmp(key, "picture") == 0)
        set->picture = number(value) != 0;
    else if (strcmp(key, "extension") == 0)
        set_extension(set, value);
    else
        fail(EW_DP_FAIL_BUG, "unknown setting: %.60s", key);
}

static void settings_read(settings *set, int argc, char **argv)
{
    const char *unconfined = getenv("EARWITNESS_UNCONFINED");

    memset(set, 0, sizeof *set);
    set->unconfined = unconfined != NULL && strcmp(unconfined, "1") == 0;
    for (int i = 2; i < argc; i++) {
        char *eq = strchr(argv[i], '=');

        if (eq == NULL)
            fail(EW_DP_FAIL_BUG, "bad setting: %.60s", argv[i]);
        *eq = 0;
        set_one(set, argv[i], eq + 1);
    }
    if (set->channels > 1 || (set->rate_hz != 0 && (set->rate_hz < EW_DP_RATE_MIN_HZ ||
                                                    set->rate_hz > EW_DP_RATE_MAX_HZ)))
        fail(EW_DP_FAIL_BUG, "rate or channels out of range");
}

/* ---------------------------------------------------------------- information */

static int64_t claimed_ms(const input *in)
{
    int64_t ms = -1;

    if (in->fmt->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE)
        return -1; /* a guess: no header says anything */
    if (in->fmt->duration != AV_NOPTS_VALUE)
        ms = in->fmt->duration / (AV_TIME_BASE / 1000);
    if (in->stream->duration != AV_NOPTS_VALUE && in->stream->duration > 0)
        ms = av_rescale_q(in->stream->duration, in->stream->time_base,
                          (AVRational){1, 1000});
    if (ms > (int64_t)EW_DP_DAYS_MAX * 86400 * 1000) {
        note("the headers claim %lld days of sound, which is not believed",
             (long long)(ms / 86400000));
        ms = -1;
    }
    return ms < 0 ? -1 : ms;
}

static void put_name(uint8_t *dst, size_t cap, const char *name)
{
    size_t n = strlen(name);

    memcpy(dst, name, n < cap ? n : cap - 1);
}

static void send_info(const input *in, const sound *s)
{
    uint8_t p[EW_DP_INFO_BYTES] = {0};

    ew_put_u32le(p + EW_DP_INFO_AT_VERSION, EW_DP_VERSION);
    ew_put_u32le(p + EW_DP_INFO_AT_STORED_RATE, (uint32_t)in->frame->sample_rate);
    ew_put_u32le(p + EW_DP_INFO_AT_STORED_CHANNELS,
                 (uint32_t)in->frame->ch_layout.nb_channels);
    ew_put_u32le(p + EW_DP_INFO_AT_RATE, sound_rate(s));
    ew_put_u32le(p + EW_DP_INFO_AT_CHANNELS, sound_channels(s));
    ew_put_u32le(p + EW_DP_INFO_AT_STREAMS, in->audio_streams);
    ew_put_u64le(p + EW_DP_INFO_AT_CLAIMED_MS, (uint64_t)claimed_ms(in));
    put_name(p + EW_DP_INFO_AT_CONTAINER, 48, in->fmt->iformat->name);
    put_name(p + EW_DP_INFO_AT_CODEC, 32,
             avcodec_get_name(in->stream->codecpar->codec_id));
    out_info(p);
}

/* ---------------------------------------------------------------- decoding */

typedef struct line {
    int64_t first_pts; /* of the first decoded sample */
    int64_t count;     /* samples so far, at the rate of the first frame */
    int64_t drift;     /* time stamp minus count when last looked at */
    int rate_hz;
} line;

static int64_t samples_of(const input *in, const line *t)
{
    return av_rescale_q(in->frame->best_effort_timestamp - in->skim_lost - t->first_pts,
                        in->stream->time_base, (AVRational){1, t->rate_hz});
}

/* Sound is joined without regard to time stamps, as it is heard; where they jump is said. */
static void watch_jumps(const input *in, line *t)
{
    int64_t drift;

    if (in->frame->sample_rate != t->rate_hz || t->first_pts == AV_NOPTS_VALUE ||
        in->frame->best_effort_timestamp == AV_NOPTS_VALUE)
        return;
    drift = samples_of(in, t) - t->count;
    if (llabs(drift - t->drift) > t->rate_hz / JUMP_DIVISOR) {
        note("time stamps jump by %+.3f s here; nothing was inserted or left out",
             (double)(drift - t->drift) / t->rate_hz);
        t->drift = drift;
    }
}

/* Reads on and sees whether all frames but the first have one size: 0 if not. */
static int64_t grid_step(input *in, line *t, bool *more)
{
    int64_t step = 0;

    for (int i = 0; i < GRID_FRAMES; i++) {
        t->count += in->frame->nb_samples;
        *more = input_next_frame(in);
        if (!*more || (i > 0 && in->frame->nb_samples != step))
            return 0;
        step = in->frame->nb_samples;
    }
    return step;
}

/* The place on the time line of the frame after a seek. */
static void place_frame(const input *in, line *t, int64_t grid_first, int64_t step)
{
    if (in->frame->best_effort_timestamp == AV_NOPTS_VALUE)
        fail(EW_DP_FAIL_FORMAT, "cannot go to the wanted start: no time stamps there");
    t->count = samples_of(in, t);
    if (step > 0)
        t->count = grid_first + (t->count - grid_first + step / 2) / step * step;
    t->drift = samples_of(in, t) - t->count;
}

/* Goes near the wanted start. True when in->frame is a frame at t->count. */
static bool go_to_start(input *in, const sound *s, line *t)
{
    const int64_t want = sound_begin(s) - (int64_t)t->rate_hz * PREROLL_MS / 1000;
    const int64_t first = in->frame->nb_samples;
    const reach how =
        t->first_pts == AV_NOPTS_VALUE || want <= 0 ? REACH_DECODE : reach_how(in);
    int64_t pts, step = 0;
    bool more = true;

    if (how == REACH_DECODE)
        return true;
    if (reach_needs_grid(in)) {
        step = grid_step(in, t, &more);
        if (step == 0)
            return more;
    }
    pts = t->first_pts +
          av_rescale_q(want, (AVRational){1, t->rate_hz}, in->stream->time_base);
    if (how == REACH_SKIM)
        reach_skim(in, pts);
    else if (!reach_seek(in, pts))
        return true;
    if (!input_next_frame(in))
        return false;
    place_frame(in, t, first, step);
    return true;
}

/* What goes wrong before the wanted start is not told: a seek makes codecs complain. */
static void decode_all(input *in, sound *s, line *t)
{
    const bool skips = sound_begin(s) > 0;
    unsigned quiet = 0;

    do {
        if (!sound_begun(s) && sound_begins(s, in->frame, t->count)) {
            note_mute(false);
            damaged = skips ? 0 : damaged;
        }
        watch_jumps(in, t);
        facts_of_frame(in->frame);
        sound_feed(s, in->frame, t->count);
        t->count += in->frame->nb_samples;
        if (!sound_begun(s) && ++quiet % BEAT_FRAMES == 0)
            out_beat();
    } while (!sound_full(s) && input_next_frame(in));
    note_mute(false);
    sound_finish(s);
}

static sound *given_by;

static void give_rest(void)
{
    sound_finish(given_by);
}

static void decode(const settings *set)
{
    static input in;
    line t = {0};
    sound *s;

    input_open(&in, set);
    if (set->facts)
        facts_of_headers(&in);
    if (!input_next_frame(&in))
        fail(EW_DP_FAIL_FORMAT, "nothing in it could be decoded as sound (%s, %s)",
             in.fmt->iformat->name, avcodec_get_name(in.stream->codecpar->codec_id));
    s = sound_new(set, in.frame);
    send_info(&in, s);
    given_by = s;
    out_before_fail(give_rest);
    t.first_pts = in.frame->best_effort_timestamp;
    t.rate_hz = in.frame->sample_rate;
    note_mute(set->start_ms > 0);
    if (go_to_start(&in, s, &t))
        decode_all(&in, s, &t);
    if (sound_full(s) && set->length_ms == 0)
        fail(EW_DP_FAIL_LIMIT, "more than %d days of sound", EW_DP_DAYS_MAX);
    facts_of_end();
    out_end();
}

int main(int argc, char **argv)
{
    settings set;

    if (argc < 2 || strcmp(argv[1], "1") != 0) {
        fputs("earwitness-decode is started by earwitness; it is of no use by itself\n",
              stderr);
        return 2;
    }
    confine_early();
    settings_read(&set, argc, argv);
    tzset(); /* reads a file, which some demuxers would do later through gmtime_r */
    (void)av_get_cpu_flags();
    note_log_init();
    if (set.picture)
        picture_prepare();
    else
        input_prepare();
    confine_fully(&set);
#ifdef EW_DECODER_HOOKS
    hook_run();
#endif
    if (set.picture)
        picture_decode();
    decode(&set);
}
