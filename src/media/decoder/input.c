/* SPDX-License-Identifier: Apache-2.0 */
/* Container and codec: from the bytes of one descriptor to decoded frames of its sound. */
#include <errno.h>
#include <libavutil/avstring.h>
#include <libavutil/opt.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

enum {
    IO_BUFFER_BYTES = 1 << 16,
    LIST_BYTES = 1 << 14,
    MEMORY_LEFT_BYTES = 1 << 22,
    SKIMMED_PER_BEAT = 8192,
    FAILURES_MAX = 16 /* packets in a row that cannot be read */
};

/* Formats that are lists of other files or addresses, or scripts, or that open a path of
 * their own. io_open refuses anyway; this gives the user a sentence to act on. */
static const char *const lists[] = {
    "hls", "dash", "concat", "webm_dash_manifest", "sdp", "rtsp", "rtp", "sap", "imf",
};

/* Nothing to hear, or made by a program in the file: no reason to run their code. */
static const char *const unwanted[] = {
    "tty",    "sbg",        "vobsub", "ffmetadata", "vapoursynth", "avisynth", "lavfi",
    "image2", "image2pipe", "data",   "xbin",       "bin",         "adf",      "idf",
};

static char demuxers[LIST_BYTES], decoders[LIST_BYTES];

typedef struct file_io {
    int64_t pos, size;
    int error; /* errno of the last read that failed */
} file_io;

static file_io io;

/* ---------------------------------------------------------------- whitelists */

static bool in_list(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0)
            return true;
    return false;
}

static bool demuxer_wanted(const AVInputFormat *f)
{
    return (f->flags & AVFMT_NOFILE) == 0 && !in_list(f->name, lists, EW_COUNT(lists)) &&
           !in_list(f->name, unwanted, EW_COUNT(unwanted)) &&
           !av_strstart(f->name, "img", NULL);
}

static void add_name(char *list, const char *name)
{
    if (list[0] != 0)
        av_strlcat(list, ",", LIST_BYTES);
    av_strlcat(list, name, LIST_BYTES);
}

void input_prepare(void)
{
    void *at = NULL;
    const AVInputFormat *f;
    const AVCodec *c;
    struct stat st;

    if (fstat(EW_DP_IN_FD, &st) != 0)
        fail(EW_DP_FAIL_SYSTEM, "reading failed (%s)", strerror(errno));
    io.size = st.st_size;
    while ((f = av_demuxer_iterate(&at)) != NULL)
        if (demuxer_wanted(f))
            add_name(demuxers, f->name);
    at = NULL;
    while ((c = av_codec_iterate(&at)) != NULL)
        if (av_codec_is_decoder(c) && c->type == AVMEDIA_TYPE_AUDIO)
            add_name(decoders, c->name);
}

/* ---------------------------------------------------------------- bytes */

int input_io_error(void)
{
    return io.error;
}

static int io_read(void *opaque, uint8_t *buf, int n)
{
    file_io *f = opaque;
    ssize_t got;

    do
        got = pread(EW_DP_IN_FD, buf, (size_t)n, (off_t)f->pos);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        f->error = errno;
        return AVERROR(errno);
    }
    if (got == 0)
        return AVERROR_EOF;
    f->pos += got;
    return (int)got;
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
    file_io *f = opaque;

    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE:
        return f->size;
    case SEEK_CUR:
        offset += f->pos;
        break;
    case SEEK_END:
        offset += f->size;
        break;
    default:
        break;
    }
    if (offset < 0)
        return AVERROR(EINVAL);
    f->pos = offset;
    return offset;
}

static AVIOContext *io_new(void)
{
    uint8_t *buf = av_malloc(IO_BUFFER_BYTES);
    AVIOContext *pb;

    pb = buf != NULL
             ? avio_alloc_context(buf, IO_BUFFER_BYTES, 0, &io, io_read, NULL, io_seek)
             : NULL;
    if (pb == NULL)
        fail(EW_DP_FAIL_MEMORY, "starting");
    return pb;
}

static int refuse_open(AVFormatContext *s, AVIOContext **pb, const char *url, int flags,
                       AVDictionary **options)
{
    (void)s;
    (void)flags;
    (void)options;
    *pb = NULL;
    note("names another file or address, which is not opened: %.200s",
         url != NULL ? url : "");
    return AVERROR(EPERM);
}

/* ---------------------------------------------------------------- container */

/* *score is FFmpeg's measure of how sure it is. */
static const AVInputFormat *probe(AVFormatContext *fmt, const char *name, int *score)
{
    const AVInputFormat *found = NULL;
    int rc = av_probe_input_buffer2(fmt->pb, &found, name, fmt, 0, 0);

    *score = rc;

    if (rc == AVERROR(ENOMEM) || io.error != 0)
        fail_av(rc, "recognising the format");
    if (rc < 0 || found == NULL)
        fail(EW_DP_FAIL_FORMAT, "not sound or video in any known format");
    if (in_list(found->name, lists, EW_COUNT(lists)))
        fail(EW_DP_FAIL_FORMAT,
             "a list (%s) that points at other files or addresses, which are "
             "never followed; give the files themselves",
             found->name);
    if (!demuxer_wanted(found))
        fail(EW_DP_FAIL_FORMAT, "no sound in it (%s)", found->name);
    return found;
}

static void open_container(input *in, const settings *set)
{
    char name[32] = "input";
    AVDictionary *options = NULL;
    const AVInputFormat *format;
    int rc, score;

    if (set->extension[0] != 0) {
        av_strlcat(name, ".", sizeof name);
        av_strlcat(name, set->extension, sizeof name);
    }
    in->fmt = avformat_alloc_context();
    if (in->fmt == NULL)
        fail(EW_DP_FAIL_MEMORY, "starting");
    in->fmt->pb = io_new();
    in->fmt->io_open = refuse_open;
    in->fmt->protocol_whitelist = av_strdup("none");
    in->fmt->format_whitelist = av_strdup(demuxers);
    in->fmt->codec_whitelist = av_strdup(decoders);
    format = probe(in->fmt, name, &score);
    av_dict_set(&options, "scan_all_pmts", "1", 0); /* as the ffmpeg program does */
    rc = avformat_open_input(&in->fmt, name, format, &options);
    if (rc < 0 && score < AVPROBE_SCORE_RETRY)
        fail(EW_DP_FAIL_FORMAT, "not sound or video, whatever its name says");
    if (rc < 0)
        fail_av(rc, "the file is damaged or cut off");
    av_dict_free(&options);
}

/* The ffmpeg program's choice: streams that have data, then the default one, then the
 * one with most channels, then the first. */
static void choose_stream(input *in)
{
    int64_t best = -1;

    in->audio_streams = 0;
    for (unsigned i = 0; i < in->fmt->nb_streams; i++) {
        AVStream *st = in->fmt->streams[i];
        int64_t score;

        if (st->codecpar->codec_type != AVMEDIA_TYPE_AUDIO)
            continue;
        in->audio_streams++;
        score = st->codecpar->ch_layout.nb_channels;
        if (st->event_flags & AVSTREAM_EVENT_FLAG_NEW_PACKETS)
            score += 100000000;
        if (st->disposition & AV_DISPOSITION_DEFAULT)
            score += 5000000;
        if (score > best) {
            best = score;
            in->stream = st;
        }
    }
    if (in->stream == NULL)
        fail(EW_DP_FAIL_FORMAT, "no sound in it (%s)", in->fmt->iformat->name);
    for (unsigned i = 0; i < in->fmt->nb_streams; i++)
        if (in->fmt->streams[i] != in->stream)
            in->fmt->streams[i]->discard = AVDISCARD_ALL;
}

static void check_claims(const AVCodecParameters *par)
{
    if (par->ch_layout.nb_channels > EW_DP_CHANNELS_MAX)
        fail(EW_DP_FAIL_LIMIT, "claims %d channels; at most %d can be used",
             par->ch_layout.nb_channels, EW_DP_CHANNELS_MAX);
    if (par->sample_rate != 0 &&
        (par->sample_rate < EW_DP_RATE_MIN_HZ || par->sample_rate > EW_DP_RATE_MAX_HZ))
        fail(EW_DP_FAIL_LIMIT, "claims a sample rate of %d Hz; %d to %d can be used",
             par->sample_rate, EW_DP_RATE_MIN_HZ, EW_DP_RATE_MAX_HZ);
}

static void open_codec(input *in)
{
    const AVCodecParameters *par = in->stream->codecpar;
    const AVCodec *codec = avcodec_find_decoder(par->codec_id);
    int rc;

    if (codec == NULL || codec->type != AVMEDIA_TYPE_AUDIO)
        fail(EW_DP_FAIL_FORMAT,
             "the sound is coded as '%s', which this FFmpeg cannot decode",
             avcodec_get_name(par->codec_id));
    in->codec = avcodec_alloc_context3(codec);
    if (in->codec == NULL || avcodec_parameters_to_context(in->codec, par) < 0)
        fail(EW_DP_FAIL_MEMORY, "starting the codec");
    in->codec->thread_count = 1;
    in->codec->pkt_timebase = in->stream->time_base;
    rc = avcodec_open2(in->codec, codec, NULL);
    if (rc < 0)
        fail_av(rc, "the codec refuses what the headers say");
    in->packet = av_packet_alloc();
    in->frame = av_frame_alloc();
    if (in->packet == NULL || in->frame == NULL)
        fail(EW_DP_FAIL_MEMORY, "starting the codec");
}

void input_open(input *in, const settings *set)
{
    int rc;

    memset(in, 0, sizeof *in);
    in->skim_until = INT64_MIN;
    open_container(in, set);
    rc = avformat_find_stream_info(in->fmt, NULL);
    if (rc < 0)
        fail_av(rc, "looking for the streams");
    choose_stream(in);
    check_claims(in->stream->codecpar);
    open_codec(in);
}

/* ---------------------------------------------------------------- packets and frames */

static void lost(int rc, const char *what)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";

    if (rc == AVERROR(ENOMEM))
        fail_av(rc, what);
    av_strerror(rc, text, sizeof text);
    damaged++;
    note("%s: %s", what, text);
}

/* FFmpeg says "no memory" as well where a damaged header claims a packet of gigabytes. */
static bool memory_left(void)
{
    void *p = av_malloc(MEMORY_LEFT_BYTES);

    av_free(p);
    return p != NULL;
}

/* After a packet that cannot be read: true if it is worth trying the next. */
static bool go_on(int rc, unsigned failures)
{
    if (rc == AVERROR_EOF)
        return false;
    if (io.error != 0)
        fail_av(rc, "reading a packet");
    if (failures < FAILURES_MAX) {
        damaged++;
        note("a packet cannot be read: %s", av_err2str(rc));
        return true;
    }
    if (rc == AVERROR(ENOMEM) && !memory_left())
        fail_av(rc, "reading a packet");
    note("the file is damaged here and what follows cannot be read");
    return false;
}

/* False at the end. A file that is cut off ends; what was read of it is good. */
static bool next_packet(input *in)
{
    unsigned failures = 0;

    for (;;) {
        int rc;

        av_packet_unref(in->packet);
        rc = av_read_frame(in->fmt, in->packet);
        if (rc == AVERROR(EAGAIN))
            continue;
        if (rc < 0 && !go_on(rc, failures++))
            return false;
        if (rc < 0 || in->packet->stream_index != in->stream->index)
            continue;
        facts_of_packet(in);
        return true;
    }
}

/* The next packet that is to be decoded. */
static bool next_wanted_packet(input *in)
{
    for (unsigned skimmed = 1; next_packet(in); skimmed++) {
        if (reach_wants(in))
            return true;
        if (skimmed % SKIMMED_PER_BEAT == 0)
            out_beat();
    }
    return false;
}

/* Hands the codec one packet, or the end. */
static void send_next(input *in)
{
    int rc;

    if (!next_wanted_packet(in)) {
        in->draining = true;
        (void)avcodec_send_packet(in->codec, NULL);
        return;
    }
    if (in->packet->flags & AV_PKT_FLAG_CORRUPT)
        lost(AVERROR_INVALIDDATA, "packet marked as damaged");
    rc = avcodec_send_packet(in->codec, in->packet);
    if (rc < 0 && rc != AVERROR(EAGAIN) && rc != AVERROR_EOF)
        lost(rc, "packet lost");
}

bool input_next_frame(input *in)
{
    for (;;) {
        int rc = avcodec_receive_frame(in->codec, in->frame);

        if (rc == 0) {
            if (in->frame->nb_samples <= 0)
                continue;
            if (in->frame->decode_error_flags != 0 ||
                (in->frame->flags & AV_FRAME_FLAG_CORRUPT))
                lost(AVERROR_INVALIDDATA, "sound replaced by the codec");
            return true;
        }
        if (rc == AVERROR_EOF || (rc != AVERROR(EAGAIN) && in->draining))
            return false;
        if (rc != AVERROR(EAGAIN))
            lost(rc, "sound lost");
        send_next(in);
    }
}
