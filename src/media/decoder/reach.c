/* SPDX-License-Identifier: Apache-2.0 */
/* How to come to a place in the middle of a file so that the time line is the same as if
 * all before it had been decoded: docs/formats/decoder-protocol.md, "The time line". */
#include <errno.h>
#include <libavutil/avstring.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

enum {
    OGG_HEAD_BYTES = 27,
    OGG_PAGES_MAX = 200000, /* looked at; more are a day of sound */
    JUMPS_PER_S = 20,       /* a jump of time stamps is more than 1/20 s */
    SKIM_MAX_BYTES = 1 << 26,
    OGG_FIRST = 2 /* flag of a page: the first of its stream */
};

/* ---------------------------------------------------------------- Ogg */

/* Bytes of the page at `pos`, or 0 when there is none. */
static int64_t ogg_page(int64_t pos, bool *first)
{
    uint8_t head[OGG_HEAD_BYTES + 255];
    const ssize_t n = pread(EW_DP_IN_FD, head, sizeof head, (off_t)pos);
    int64_t bytes;

    if (n < OGG_HEAD_BYTES || memcmp(head, "OggS", 4) != 0 ||
        n < OGG_HEAD_BYTES + head[26])
        return 0;
    *first = (head[5] & OGG_FIRST) != 0;
    bytes = OGG_HEAD_BYTES + head[26];
    for (int i = 0; i < head[26]; i++)
        bytes += head[OGG_HEAD_BYTES + i];
    return bytes;
}

/* Streams that were put one after the other, as recorders of radio do, each begin at time
 * 0 again: a seek finds only the first. True also where that cannot be told. */
static bool ogg_is_chained(void)
{
    bool first = true, begun = false;
    int64_t pos = 0, bytes;

    for (int pages = 0; pages < OGG_PAGES_MAX; pages++) {
        bytes = ogg_page(pos, &first);
        if (bytes == 0)
            return !begun;
        if (first && begun)
            return true;
        begun = !first;
        pos += bytes;
    }
    return false;
}

/* ---------------------------------------------------------------- MP3 */

/* The codec's own test: what fails it (tags between joined files) gives no sound. */
static bool mp3_frame(const AVPacket *p)
{
    uint32_t h;

    if (p->size < 4)
        return false;
    h = (uint32_t)p->data[0] << 24 | (uint32_t)p->data[1] << 16 |
        (uint32_t)p->data[2] << 8 | p->data[3];
    return (h >> 21) == 0x7FF && ((h >> 19) & 3) != 1 && ((h >> 17) & 3) != 0 &&
           ((h >> 12) & 15) != 15 && ((h >> 10) & 3) != 3;
}

/* ---------------------------------------------------------------- all */

static bool is_simple(const char *name)
{
    static const char *const simple[] = {"wav", "w64", "aiff", "caf", "au"};

    for (size_t i = 0; i < EW_COUNT(simple); i++)
        if (strcmp(name, simple[i]) == 0)
            return true;
    return false;
}

/* True if the index of the container knows the whole stream and its time stamps have no
 * jumps: then a seek cannot go wrong. A seek by time does not see them. */
static bool index_is_regular(AVStream *st)
{
    const int n = avformat_index_get_entries_count(st);
    const int64_t much = av_rescale_q(1, (AVRational){1, JUMPS_PER_S}, st->time_base);
    int64_t before = 0, step = 0, end = 0;

    for (int i = 0; i < n; i++) {
        const AVIndexEntry *e = avformat_index_get_entry(st, i);

        if (i == 1)
            step = e->timestamp - before;
        if (i > 1 && llabs(e->timestamp - before - step) > much)
            return false;
        before = e->timestamp;
        end = before + step;
    }
    return n > 1 && st->duration > 0 &&
           end + st->time_base.den / st->time_base.num >= st->duration;
}

/* Found by decoding the same stretch both ways, for every container at hand: time stamps
 * of these are good to the sample, those of Matroska to 1 ms. Other codecs in the simple
 * containers have several frames to a packet. */
reach reach_how(const input *in)
{
    const char *name = in->fmt->iformat->name;
    const enum AVCodecID codec = in->stream->codecpar->codec_id;

    if (is_simple(name))
        return codec >= AV_CODEC_ID_FIRST_AUDIO && codec < AV_CODEC_ID_ADPCM_IMA_QT
                   ? REACH_SEEK
                   : REACH_DECODE;
    if (strcmp(name, "mp3") == 0)
        return REACH_SKIM;
    if (strcmp(name, "flac") == 0)
        return REACH_SEEK;
    if (strcmp(name, "ogg") == 0 && ogg_is_chained())
        return REACH_DECODE;
    if (av_match_name("mov", name) && index_is_regular(in->stream))
        return REACH_SEEK;
    if (av_match_name("mov", name) || av_match_name("matroska", name) ||
        strcmp(name, "ogg") == 0)
        return avio_size(in->fmt->pb) <= SKIM_MAX_BYTES ? REACH_SKIM : REACH_SEEK;
    return REACH_DECODE;
}

bool reach_needs_grid(const input *in)
{
    return av_match_name("matroska", in->fmt->iformat->name) != 0;
}

bool reach_seek(input *in, int64_t timestamp)
{
    if (av_seek_frame(in->fmt, in->stream->index, timestamp, AVSEEK_FLAG_BACKWARD) < 0)
        return false;
    avcodec_flush_buffers(in->codec);
    in->draining = false;
    return true;
}

void reach_skim(input *in, int64_t timestamp)
{
    in->skim_until = timestamp;
    in->skim_next = AV_NOPTS_VALUE;
    avcodec_flush_buffers(in->codec);
}

/* How long the sound of the packet is. MP4 tells a jump as a longer packet before it, so
 * there the codec's own measure counts. */
static int64_t packet_length(const input *in)
{
    const AVCodecParameters *par = in->stream->codecpar;

    if (par->codec_id == AV_CODEC_ID_AAC && par->frame_size > 0 && par->sample_rate > 0)
        return av_rescale_q(par->frame_size, (AVRational){1, par->sample_rate},
                            in->stream->time_base);
    return in->packet->duration;
}

/* Sound is joined without regard to jumps of time stamps, so the place of a packet is its
 * time stamp less all jumps before it. */
static void count_jumps(input *in)
{
    const AVPacket *p = in->packet;
    const int64_t length = packet_length(in);
    const int64_t much =
        av_rescale_q(1, (AVRational){1, JUMPS_PER_S}, in->stream->time_base);
    const int64_t jump = in->skim_next != AV_NOPTS_VALUE ? p->pts - in->skim_next : 0;

    if (llabs(jump) > much)
        in->skim_lost += jump;
    in->skim_next = length > 0 ? p->pts + length : AV_NOPTS_VALUE;
}

bool reach_wants(input *in)
{
    const AVPacket *p = in->packet;

    if (in->skim_until == INT64_MIN || p->pts == AV_NOPTS_VALUE)
        return true;
    count_jumps(in);
    if (p->pts - in->skim_lost >= in->skim_until) {
        in->skim_until = INT64_MIN; /* from here on all are decoded */
        return true;
    }
    if (strcmp(in->fmt->iformat->name, "mp3") == 0 && !mp3_frame(p))
        in->skim_lost += p->duration;
    return false;
}
