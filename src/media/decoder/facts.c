/* SPDX-License-Identifier: Apache-2.0 */
/* What the headers claim and what the packets show, for the inspection of one file. */
#include <inttypes.h>
#include <libavutil/avutil.h>
#include <libavutil/mathematics.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"
#include "media/decoder/walk.h"

enum {
    VALUE_BYTES = 400,
    TAGS_MAX = 300,
    STREAMS_MAX = 32,
    CHAPTERS_MAX = 50,
    EVENTS_MAX = 100, /* of each kind */
    VORBIS_BLOCK = 4096,
    JUMP_DIVISOR = 40 /* time stamps that are off by 25 ms are told: clocks of
                          * recorders in browsers jitter by less */
};

typedef enum event { JUMP, BACK, ENCODER, CORRUPT, ELSEWHERE, RATE, EVENTS } event;

static const char *const event_keys[EVENTS] = {
    "event.jump",    "event.back",      "event.encoder",
    "event.corrupt", "event.elsewhere", "event.format",
};

static struct {
    bool on;
    unsigned tags;
    uint64_t events[EVENTS];
    uint64_t packets, bytes, smallest, largest;
    int64_t begin;    /* of the packet at hand, in samples from the first one */
    int64_t expected; /* time stamp, or AV_NOPTS_VALUE */
    int64_t last_pos; /* byte after the packet before; -1 unknown */
    int64_t skip_start, skip_end; /* samples that are to be dropped */
    int rate_hz, channels;

} seen;

__attribute__((format(printf, 2, 3))) static void fact(const char *key, const char *fmt,
                                                       ...)
{
    char value[VALUE_BYTES];
    va_list args;

    va_start(args, fmt);
    vsnprintf(value, sizeof value, fmt, args);
    va_end(args);
    out_fact(key, value, strlen(value));
}

static void fact_text(const char *key, const char *value)
{
    if (value != NULL && value[0] != 0)
        out_fact(key, value, strlen(value));
}

static void fact_number(const char *key, int64_t value)
{
    fact(key, "%" PRId64, value);
}

/* Those that mean "not said" are left out. */
static void fact_positive(const char *key, int64_t value)
{
    if (value > 0)
        fact_number(key, value);
}

/* ---------------------------------------------------------------- headers */

static void tags(const char *key, const AVDictionary *dict)
{
    const AVDictionaryEntry *e = NULL;

    while ((e = av_dict_get(dict, "", e, AV_DICT_IGNORE_SUFFIX)) != NULL) {
        if (seen.tags++ >= TAGS_MAX)
            return;
        fact(key, "%s=%s", e->key, e->value);
    }
}

static int64_t in_ms(int64_t value, AVRational base)
{
    return value == AV_NOPTS_VALUE ? INT64_MIN
                                   : av_rescale_q(value, base, (AVRational){1, 1000});
}

/* Lengths that FFmpeg guesses from bit rates or time stamps; no header says anything. */
static bool length_is_guessed(const AVFormatContext *fmt)
{
    return fmt->duration_estimation_method != AVFMT_DURATION_FROM_STREAM ||
           strcmp(fmt->iformat->name, "amr") == 0;
}

static void container(const AVFormatContext *fmt)
{
    int64_t start = in_ms(fmt->start_time, AV_TIME_BASE_Q);

    fact_text("container.name", fmt->iformat->name);
    fact_text("container.long", fmt->iformat->long_name);
    fact_positive("container.bytes", avio_size(fmt->pb));
    fact_positive("container.bit-rate", fmt->bit_rate);
    if (!length_is_guessed(fmt))
        fact_positive("container.ms", in_ms(fmt->duration, AV_TIME_BASE_Q));
    if (start != INT64_MIN)
        fact_number("container.start-ms", start);
    tags("tag.file", fmt->metadata);
}

static void coding(const input *in)
{
    const AVStream *st = in->stream;
    const AVCodecParameters *par = st->codecpar;
    const AVCodecDescriptor *d = avcodec_descriptor_get(par->codec_id);
    char text[64];
    int64_t start = in_ms(st->start_time, st->time_base);

    fact_text("stream.codec", avcodec_get_name(par->codec_id));
    fact_text("stream.long", d != NULL ? d->long_name : NULL);
    fact_text("stream.profile", avcodec_profile_name(par->codec_id, par->profile));
    if (par->codec_tag != 0)
        fact_text("stream.tag", av_fourcc_make_string(text, par->codec_tag));
    fact_number("stream.lossy", d != NULL && (d->props & AV_CODEC_PROP_LOSSY) &&
                                    !(d->props & AV_CODEC_PROP_LOSSLESS));
    fact_positive("stream.rate", par->sample_rate);
    fact_positive("stream.channels", par->ch_layout.nb_channels);
    if (av_channel_layout_describe(&par->ch_layout, text, sizeof text) > 0)
        fact_text("stream.layout", text);
    fact_positive("stream.bit-rate", par->bit_rate);
    fact_positive("stream.bits", par->bits_per_raw_sample > 0
                                     ? par->bits_per_raw_sample
                                     : av_get_exact_bits_per_sample(par->codec_id));
    fact_positive("stream.delay", par->initial_padding);
    fact_positive("stream.packets", st->nb_frames);
    if (!length_is_guessed(in->fmt))
        fact_positive("stream.ms", in_ms(st->duration, st->time_base));
    if (start != INT64_MIN)
        fact_number("stream.start-ms", start);
    tags("tag.stream", st->metadata);
}

static void other_stream(const AVStream *st)
{
    const AVCodecParameters *par = st->codecpar;
    const char *kind = av_get_media_type_string(par->codec_type);

    if (st->disposition & AV_DISPOSITION_ATTACHED_PIC)
        fact("picture", "%s %d", avcodec_get_name(par->codec_id), st->attached_pic.size);
    else
        fact("other", "%s %s", kind != NULL ? kind : "unknown",
             avcodec_get_name(par->codec_id));
    tags("tag.other", st->metadata);
}

static void other_parts(const input *in)
{
    const AVFormatContext *fmt = in->fmt;

    fact_number("streams", fmt->nb_streams);
    for (unsigned i = 0; i < fmt->nb_streams && i < STREAMS_MAX; i++)
        if (fmt->streams[i] != in->stream)
            other_stream(fmt->streams[i]);
    fact_positive("chapters", fmt->nb_chapters);
    for (unsigned i = 0; i < fmt->nb_chapters && i < CHAPTERS_MAX; i++) {
        const AVChapter *c = fmt->chapters[i];
        const AVDictionaryEntry *title = av_dict_get(c->metadata, "title", NULL, 0);

        fact("chapter", "%" PRId64 " %" PRId64 " %s", in_ms(c->start, c->time_base),
             in_ms(c->end, c->time_base), title != NULL ? title->value : "");
    }
}

/* ---------------------------------------------------------------- the bytes themselves */

static size_t walk_read(void *cookie, int64_t pos, uint8_t *buf, size_t n)
{
    size_t have = 0;

    (void)cookie;
    while (have < n) {
        ssize_t got = pread(EW_DP_IN_FD, buf + have, n - have, (off_t)pos + (off_t)have);

        if (got <= 0)
            break;
        have += (size_t)got;
    }
    return have;
}

static void walk_fact(void *cookie, const char *key, const char *value, size_t n)
{
    (void)cookie;
    out_fact(key, value, n);
}

static void walk_alive(void *cookie)
{
    (void)cookie;
    out_beat();
}

static void walk_bytes(const input *in)
{
    static walk w;

    w.size = avio_size(in->fmt->pb);
    w.read = walk_read;
    w.fact = walk_fact;
    w.alive = walk_alive;
    walk_file(&w, in->fmt->iformat->name);
}

void facts_of_headers(const input *in)
{
    seen.on = true;
    seen.expected = AV_NOPTS_VALUE;
    seen.last_pos = -1;
    container(in->fmt);
    coding(in);
    other_parts(in);
    walk_bytes(in);
    flac_sum_start(in->stream->codecpar);
}

/* ---------------------------------------------------------------- packets */

/* "PLACE WHAT": the place in samples from the first packet, before anything is dropped. */
__attribute__((format(printf, 2, 3))) static void happened(event kind, const char *fmt,
                                                           ...)
{
    char value[VALUE_BYTES];
    int n;
    va_list args;

    if (seen.events[kind]++ >= EVENTS_MAX)
        return;
    n = snprintf(value, sizeof value, "%" PRId64 " ", seen.begin);
    va_start(args, fmt);
    vsnprintf(value + n, sizeof value - (size_t)n, fmt, args);
    va_end(args);
    out_fact(event_keys[kind], value, strlen(value));
}

static int64_t samples_of(const input *in, int64_t duration)
{
    return av_rescale_q(duration, in->stream->time_base,
                        (AVRational){1, in->stream->codecpar->sample_rate});
}

/* Off by more than this is a jump, in samples. Vorbis has blocks of two lengths, and a time
 * stamp is only exact once a page. */
static int64_t much(const input *in)
{
    const AVCodecParameters *par = in->stream->codecpar;

    /* what comes before the sound has a time of its own in some containers */
    if (seen.packets <= 1 && par->sample_rate < VORBIS_BLOCK * JUMP_DIVISOR)
        return VORBIS_BLOCK;
    return par->codec_id == AV_CODEC_ID_VORBIS ? VORBIS_BLOCK
                                               : par->sample_rate / JUMP_DIVISOR;
}

static void watch_times(const input *in)
{
    const AVPacket *p = in->packet;
    int64_t off;

    if (p->pts == AV_NOPTS_VALUE) {
        seen.expected = AV_NOPTS_VALUE;
        return;
    }
    if (seen.expected != AV_NOPTS_VALUE) {
        off = samples_of(in, p->pts - seen.expected);
        if (llabs(off) > much(in))
            happened(off > 0 ? JUMP : BACK, "%" PRId64, off);
    }
    seen.expected = p->pts + p->duration;
}

/* Encoders sign their first packet; such a mark further in is a second beginning. */
static void watch_marks(const AVPacket *p)
{
    static const char *const marks[] = {"Lavc", "LAME3", "libfaac",
                                        "Xing", "Info",  "VBRI"};
    char text[20];

    for (size_t i = 0; i < EW_COUNT(marks); i++) {
        const size_t n = strlen(marks[i]);
        const size_t look = p->size < 256 ? (size_t)p->size : 256;
        const uint8_t *at = look >= n ? memmem(p->data, look, marks[i], n) : NULL;
        size_t k = 0;

        if (at == NULL)
            continue;
        while (k < sizeof text - 1 && at + k < p->data + p->size && at[k] > 32 &&
               at[k] < 127) {
            text[k] = (char)at[k];
            k++;
        }
        text[k] = 0;
        if (seen.packets == 0)
            fact_text("packets.mark", text);
        else
            happened(ENCODER, "%" PRIu64 " %s", seen.packets, text);
        return;
    }
}

static void watch_skips(const AVPacket *p)
{
    size_t n = 0;
    const uint8_t *d = av_packet_get_side_data(p, AV_PKT_DATA_SKIP_SAMPLES, &n);

    if (d == NULL || n < 8)
        return;
    seen.skip_start += ew_get_u32le(d);
    seen.skip_end += ew_get_u32le(d + 4);
}

static bool is_pcm(const AVCodecParameters *par)
{
    return par->codec_id >= AV_CODEC_ID_FIRST_AUDIO &&
           par->codec_id < AV_CODEC_ID_ADPCM_IMA_QT;
}

void facts_of_packet(const input *in)
{
    const AVPacket *p = in->packet;
    const uint64_t size = p->size > 0 ? (uint64_t)p->size : 0;

    if (!seen.on || in->stream->codecpar->sample_rate <= 0)
        return;
    watch_times(in);
    watch_skips(p);
    if (!is_pcm(in->stream->codecpar))
        watch_marks(p);
    if (p->flags & AV_PKT_FLAG_CORRUPT)
        happened(CORRUPT, "%" PRId64, p->pos);
    if (p->pos >= 0 && seen.last_pos >= 0 && p->pos < seen.last_pos)
        happened(ELSEWHERE, "%" PRId64, p->pos);
    if (p->pos >= 0)
        seen.last_pos = p->pos;
    if (seen.packets == 0 || size < seen.smallest)
        seen.smallest = size;
    if (size > seen.largest)
        seen.largest = size;
    seen.packets++;
    seen.bytes += size;
    if (p->duration > 0 && p->duration < INT64_MAX / 4)
        seen.begin += samples_of(in, p->duration);
}

void facts_of_frame(const AVFrame *f)
{
    if (!seen.on)
        return;
    if (seen.rate_hz != 0 &&
        (f->sample_rate != seen.rate_hz || f->ch_layout.nb_channels != seen.channels))
        happened(RATE, "%d %d %d %d", seen.rate_hz, seen.channels, f->sample_rate,
                 f->ch_layout.nb_channels);
    flac_sum_frame(f);
    seen.rate_hz = f->sample_rate;
    seen.channels = f->ch_layout.nb_channels;
}

void facts_of_end(void)
{
    if (!seen.on)
        return;
    fact_text("flac.md5", flac_sum_end());
    fact("packets.count", "%" PRIu64, seen.packets);
    fact("packets.bytes", "%" PRIu64, seen.bytes);
    fact("packets.smallest", "%" PRIu64, seen.smallest);
    fact("packets.largest", "%" PRIu64, seen.largest);
    fact_positive("packets.samples", seen.begin);
    fact_positive("packets.skip-start", seen.skip_start);
    fact_positive("packets.skip-end", seen.skip_end);
    for (int i = 0; i < EVENTS; i++)
        if (seen.events[i] > EVENTS_MAX)
            fact("events.dropped", "%s %" PRIu64, event_keys[i],
                 seen.events[i] - EVENTS_MAX);
}
