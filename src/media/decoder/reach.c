/* SPDX-License-Identifier: Apache-2.0 */
/* How to come to a place in the middle of a file so that the time line is the same as if
 * all before it had been decoded: docs/formats/decoder-protocol.md, "The time line". */
#include <errno.h>
#include <libavutil/avstring.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

enum {
    OGG_HEAD_BYTES = 27,
    OGG_PAGES_MAX = 200000, /* looked at; more are a day of sound */
    OGG_FIRST = 2           /* flag of a page: the first of its stream */
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
    if (av_match_name("mov", name) || strcmp(name, "flac") == 0)
        return REACH_SEEK;
    if (strcmp(name, "ogg") == 0)
        return ogg_is_chained() ? REACH_DECODE : REACH_SEEK;
    if (av_match_name("matroska", name))
        return REACH_SEEK_GRID;
    return strcmp(name, "mp3") == 0 ? REACH_SKIM : REACH_DECODE;
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
    avcodec_flush_buffers(in->codec);
}

bool reach_wants(input *in)
{
    const AVPacket *p = in->packet;

    if (p->pts == AV_NOPTS_VALUE || p->pts - in->skim_lost >= in->skim_until)
        return true;
    if (!mp3_frame(p))
        in->skim_lost += p->duration;
    return false;
}
