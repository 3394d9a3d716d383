/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of any kind in, samples at the wanted rate and channels out.
 *
 * Sound is gathered into blocks of a quarter of a second that begin at fixed places of the
 * time line, each block is mixed as a whole, and what is mixed is resampled. So neither
 * the packets of the file nor the place of a seek change a sample of the result. */
#include <libavutil/mathematics.h>
#include <libswresample/swresample.h>
#include <string.h>

#include "media/decoder/decoder.h"

enum {
    OUT_FRAMES = 16384,
    CHANGES_MAX = 1000, /* of rate or channels within one file */
    TAIL_FRAMES = 4096, /* more than any resampler holds back */
    SETTLE_DIVISOR = 20 /* a 1/20 s for the resampler to settle after a seek */
};

struct sound {
    uint32_t rate_hz, channels; /* of the output */
    bool mono;                  /* mix down */
    uint64_t skip, left;        /* output frames to drop first; to give at most */
    int64_t begin; /* input before this place is not needed; counts from base */
    int64_t base;  /* where the last change of rate was, if before the begin */
    bool begun;

    int in_rate_hz; /* of the input now */
    AVChannelLayout in_layout;
    unsigned changes;
    SwrContext *swr; /* NULL: rates are equal */
    mixer mix;

    float *planes[EW_DP_CHANNELS_MAX];
    size_t block, fill, fade;
    uint64_t in_frames; /* since the start, for the place of remarks */
    double before_s;    /* length of what came before the last change */

    uint64_t given; /* output of this resampler on the time line, dropped or not */
    float *resampled[EW_DP_CHANNELS_MAX];
    size_t resampled_cap;
    float *out; /* interleaved */
    size_t out_fill;
};

uint32_t sound_rate(const sound *s)
{
    return s->rate_hz;
}

uint32_t sound_channels(const sound *s)
{
    return s->channels;
}

bool sound_full(const sound *s)
{
    return s->left == 0;
}

bool sound_begun(const sound *s)
{
    return s->begun;
}

bool sound_begins(const sound *s, const AVFrame *f, int64_t at)
{
    return !s->begun && at - s->base + f->nb_samples > s->begin;
}

int64_t sound_begin(const sound *s)
{
    return s->begin;
}

static void *need(void *p)
{
    if (p == NULL)
        fail(EW_DP_FAIL_MEMORY, "preparing the output");
    return p;
}

/* ---------------------------------------------------------------- output */

static void flush_out(sound *s)
{
    if (s->out_fill > 0)
        out_pcm(s->out, s->out_fill, s->channels);
    s->out_fill = 0;
}

static void interleave(sound *s, float *const *planes, size_t at, size_t n)
{
    float *dst = s->out + s->out_fill * s->channels;

    if (s->channels == 1) {
        memcpy(dst, planes[0] + at, n * sizeof *dst);
        return;
    }
    for (size_t c = 0; c < s->channels; c++)
        for (size_t i = 0; i < n; i++)
            dst[i * s->channels + c] = planes[c][at + i];
}

static void give(sound *s, float *const *planes, size_t n)
{
    size_t at = n < s->skip ? n : (size_t)s->skip;

    s->skip -= at;
    while (at < n && s->left > 0) {
        size_t k = OUT_FRAMES - s->out_fill;

        k = k < n - at ? k : n - at;
        k = k < s->left ? k : (size_t)s->left;
        interleave(s, planes, at, k);
        s->out_fill += k;
        s->left -= k;
        at += k;
        if (s->out_fill == OUT_FRAMES)
            flush_out(s);
    }
}

static void need_resampled(sound *s, size_t frames)
{
    if (frames <= s->resampled_cap)
        return;
    for (size_t c = 0; c < s->channels; c++)
        s->resampled[c] = need(av_realloc_array(s->resampled[c], frames, sizeof(float)));
    s->resampled_cap = frames;
}

/* in NULL: what the resampler still holds. Gives at most `most`. */
static size_t resample(sound *s, float *const *in, size_t n, size_t most)
{
    int got;

    got = swr_convert(s->swr, (uint8_t **)s->resampled, (int)s->resampled_cap,
                      (const uint8_t **)(void *)(uintptr_t)in, (int)n);
    if (got < 0)
        fail_av(got, "resampling");
    most = (size_t)got < most ? (size_t)got : most;
    s->given += most;
    give(s, s->resampled, most);
    return (size_t)got;
}

static void resample_block(sound *s)
{
    need_resampled(s, (size_t)av_rescale_rnd((int64_t)s->fill + s->in_rate_hz / 8,
                                             s->rate_hz, s->in_rate_hz, AV_ROUND_UP) +
                          4096);
    (void)resample(s, s->planes, s->fill, SIZE_MAX);
}

/* The end of what was resampled: exactly as many samples as its length is at the new rate,
 * where the resampler may have one more or less. */
static void end_resampling(sound *s)
{
    const int64_t all = av_rescale((int64_t)s->in_frames, s->rate_hz, s->in_rate_hz);
    size_t left = all > (int64_t)s->given ? (size_t)(all - (int64_t)s->given) : 0;

    need_resampled(s, TAIL_FRAMES);
    while (left > 0) {
        size_t got = resample(s, NULL, 0, left);

        if (got == 0)
            break;
        left -= got < left ? got : left;
    }
    if (left > 0 && left <= TAIL_FRAMES) {
        for (size_t c = 0; c < s->channels; c++)
            memset(s->resampled[c], 0, left * sizeof(float));
        give(s, s->resampled, left);
    }
    s->given = 0;
}

/* As stored, but the number of channels changed on the way: mono goes everywhere, other
 * counts keep the channels that exist. */
static void spread(sound *s)
{
    const size_t have = (size_t)s->in_layout.nb_channels;

    for (size_t c = have; c < s->channels; c++) {
        if (have == 1)
            memcpy(s->planes[c], s->planes[0], s->fill * sizeof(float));
        else
            memset(s->planes[c], 0, s->fill * sizeof(float));
    }
}

static void end_block(sound *s)
{
    if (s->fill == 0)
        return;
    if (s->mono || (s->channels == 1 && s->in_layout.nb_channels > 1))
        mix_block(&s->mix, s->planes, s->fill, s->fade);
    else
        spread(s);
    if (s->swr != NULL)
        resample_block(s);
    else
        give(s, s->planes, s->fill);
    s->fill = 0;
}

/* ---------------------------------------------------------------- set-up */

static void open_resampler(sound *s)
{
    AVChannelLayout layout = {0};
    int rc;

    swr_free(&s->swr);
    if ((uint32_t)s->in_rate_hz == s->rate_hz)
        return;
    av_channel_layout_default(&layout, (int)s->channels);
    rc = swr_alloc_set_opts2(&s->swr, &layout, AV_SAMPLE_FMT_FLTP, (int)s->rate_hz,
                             &layout, AV_SAMPLE_FMT_FLTP, s->in_rate_hz, 0, NULL);
    if (rc >= 0)
        rc = swr_init(s->swr); /* its defaults: docs/decisions/mix-down.md */
    if (rc < 0)
        fail_av(rc, "preparing the resampler");
}

static void check_frame(const AVFrame *f)
{
    if (f->ch_layout.nb_channels < 1 || f->ch_layout.nb_channels > EW_DP_CHANNELS_MAX)
        fail(EW_DP_FAIL_LIMIT, "has %d channels; at most %d can be used",
             f->ch_layout.nb_channels, EW_DP_CHANNELS_MAX);
    if (f->sample_rate < EW_DP_RATE_MIN_HZ || f->sample_rate > EW_DP_RATE_MAX_HZ)
        fail(EW_DP_FAIL_LIMIT, "has a sample rate of %d Hz; %d to %d can be used",
             f->sample_rate, EW_DP_RATE_MIN_HZ, EW_DP_RATE_MAX_HZ);
}

/* A block is a whole number of the shortest stretch that is whole samples at both rates. */
static void configure(sound *s, const AVFrame *f)
{
    size_t step, planes;

    s->in_rate_hz = f->sample_rate;
    if (av_channel_layout_copy(&s->in_layout, &f->ch_layout) < 0)
        fail(EW_DP_FAIL_MEMORY, "preparing the output");
    step = (size_t)(f->sample_rate / av_gcd(f->sample_rate, s->rate_hz));
    s->block = step * ((size_t)f->sample_rate / 4 / step + 1);
    s->fade = (size_t)f->sample_rate / 100;
    planes = (size_t)f->ch_layout.nb_channels;
    planes = planes > s->channels ? planes : s->channels;
    for (size_t c = 0; c < planes; c++)
        s->planes[c] = need(av_realloc_array(s->planes[c], s->block, sizeof(float)));
    mix_init(&s->mix, &f->ch_layout);
    open_resampler(s);
}

/* One whole block and more before the wanted sample: the resampler has settled by then, and
 * the choice of the block before is known. */
static void choose_begin(sound *s)
{
    const int64_t block = (int64_t)s->block;
    const int64_t start = av_rescale((int64_t)s->skip, s->in_rate_hz, s->rate_hz) -
                          s->in_rate_hz / SETTLE_DIVISOR - block;

    s->begin = start > 0 ? start / block * block : 0;
}

sound *sound_new(const settings *set, const AVFrame *first)
{
    sound *s = need(av_mallocz(sizeof *s));

    check_frame(first);
    s->mono = set->channels == 1;
    s->rate_hz = set->rate_hz != 0 ? set->rate_hz : (uint32_t)first->sample_rate;
    s->channels = s->mono ? 1 : (uint32_t)first->ch_layout.nb_channels;
    s->left = (uint64_t)EW_DP_DAYS_MAX * 86400 * s->rate_hz;
    if (set->length_ms > 0)
        s->left = (uint64_t)av_rescale(set->length_ms, s->rate_hz, 1000);
    s->skip = (uint64_t)av_rescale(set->start_ms, s->rate_hz, 1000);
    s->out = need(av_malloc_array((size_t)OUT_FRAMES * s->channels, sizeof(float)));
    configure(s, first);
    choose_begin(s);
    return s;
}

/* ---------------------------------------------------------------- input */

static void change(sound *s, const AVFrame *f, int64_t at)
{
    const bool begun = s->begun;

    if (!begun) { /* what was dropped so far takes its share of the output */
        s->in_frames = (uint64_t)at;
        s->skip -= FFMIN((uint64_t)av_rescale(at, s->rate_hz, s->in_rate_hz), s->skip);
        s->base += at;
    }
    check_frame(f);
    if (++s->changes > CHANGES_MAX)
        fail(EW_DP_FAIL_FORMAT, "rate or channels change more than %d times",
             CHANGES_MAX);
    note("the sound changes from %d Hz, %d channels to %d Hz, %d channels", s->in_rate_hz,
         s->in_layout.nb_channels, f->sample_rate, f->ch_layout.nb_channels);
    end_block(s);
    if (s->swr != NULL && begun)
        end_resampling(s);
    s->before_s += (double)s->in_frames / s->in_rate_hz;
    s->in_frames = 0;
    configure(s, f);
    if (!begun)
        choose_begin(s);
}

static void append(sound *s, const AVFrame *f, size_t at, size_t n)
{
    const unsigned have = (unsigned)f->ch_layout.nb_channels;

    while (n > 0) {
        size_t k = s->block - s->fill;

        k = k < n ? k : n;
        for (unsigned c = 0; c < have; c++)
            mix_to_float(s->planes[c] + s->fill, f, c, at, k);
        s->fill += k;
        at += k;
        n -= k;
        if (s->fill == s->block)
            end_block(s);
    }
}

static double place_s(const sound *s)
{
    return s->before_s + (double)s->in_frames / s->in_rate_hz;
}

/* Drops what comes before the place where the first needed block begins. If a seek has
 * come out behind that place the next block is the first, and the time line still holds. */
static size_t drop_before(sound *s, int64_t at, size_t n)
{
    const int64_t block = (int64_t)s->block;

    if (at > s->begin)
        s->begin = (at + block - 1) / block * block;
    if (at + (int64_t)n <= s->begin)
        return n;
    s->in_frames = (uint64_t)s->begin;
    s->begun = true;
    s->given = (uint64_t)av_rescale(s->begin, s->rate_hz, s->in_rate_hz);
    s->skip -= FFMIN(s->given, s->skip);
    return (size_t)(s->begin - at);
}

void sound_feed(sound *s, const AVFrame *f, int64_t at)
{
    size_t n = (size_t)f->nb_samples, drop = 0;

    if (f->sample_rate != s->in_rate_hz ||
        av_channel_layout_compare(&f->ch_layout, &s->in_layout) != 0)
        change(s, f, at - s->base);
    if (!s->begun)
        drop = drop_before(s, at - s->base, n);
    if (drop == n)
        return;
    s->in_frames += n - drop;
    note_time(place_s(s));
    append(s, f, drop, n - drop);
}

void sound_finish(sound *s)
{
    end_block(s);
    if (s->swr != NULL && s->begun && s->left > 0)
        end_resampling(s);
    flush_out(s);
}
