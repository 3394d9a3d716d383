/* SPDX-License-Identifier: Apache-2.0 */
/* One still picture: chosen by its first bytes, handed to one codec as a whole. FFmpeg's
 * containers and probing have no part in it; HEIF is taken apart by media/heif.c. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"
#include "media/heif.h"

enum { GRID_BYTES = 12, TILES_MAX = 1024 };

static size_t file_bytes;

void picture_prepare(void)
{
    struct stat st;

    if (fstat(EW_DP_IN_FD, &st) != 0)
        fail(EW_DP_FAIL_SYSTEM, "reading failed (%s)", strerror(errno));
    if (st.st_size > EW_DP_PICTURE_BYTES_MAX)
        fail(EW_DP_FAIL_LIMIT, "a picture of more than %d MiB",
             EW_DP_PICTURE_BYTES_MAX >> 20);
    file_bytes = (size_t)st.st_size;
}

/* With room behind it, as codecs want. */
static uint8_t *read_file(void)
{
    uint8_t *p = av_mallocz(file_bytes + AV_INPUT_BUFFER_PADDING_SIZE);
    size_t have = 0;

    if (p == NULL)
        fail(EW_DP_FAIL_MEMORY, "reading the picture");
    while (have < file_bytes) {
        ssize_t got = pread(EW_DP_IN_FD, p + have, file_bytes - have, (off_t)have);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail(EW_DP_FAIL_SYSTEM, "reading the file failed (%s)", strerror(errno));
        if (got == 0)
            break; /* shorter by now: what is missing is zeros */
        have += (size_t)got;
    }
    return p;
}

/* ---------------------------------------------------------------- which codec */

static enum AVCodecID codec_by_mark(const uint8_t *p, size_t n)
{
    static const struct {
        const char *mark;
        size_t at, bytes;
        enum AVCodecID codec;
    } marks[] = {
        {"\xFF\xD8\xFF", 0, 3, AV_CODEC_ID_MJPEG},
        {"\x89PNG\r\n\x1A\n", 0, 8, AV_CODEC_ID_PNG},
        {"GIF87a", 0, 6, AV_CODEC_ID_GIF},
        {"GIF89a", 0, 6, AV_CODEC_ID_GIF},
        {"WEBP", 8, 4, AV_CODEC_ID_WEBP},
        {"BM", 0, 2, AV_CODEC_ID_BMP},
        {"II*\0", 0, 4, AV_CODEC_ID_TIFF},
        {"MM\0*", 0, 4, AV_CODEC_ID_TIFF},
    };

    for (size_t i = 0; i < EW_COUNT(marks); i++)
        if (n >= marks[i].at + marks[i].bytes &&
            memcmp(p + marks[i].at, marks[i].mark, marks[i].bytes) == 0)
            return marks[i].codec;
    return AV_CODEC_ID_NONE;
}

/* The first picture of an animated WebP as a WebP of its own, in place: FFmpeg's codec knows
 * no animation. False when it is none. */
static bool first_of_animation(uint8_t **p, size_t *n)
{
    uint8_t *at = *p + 12;
    const uint8_t *end = *p + *n;

    while (end - at >= 8) {
        const uint32_t size = ew_get_u32le(at + 4);

        if (size > (size_t)(end - at) - 8)
            return false;
        if (memcmp(at, "ANMF", 4) == 0 && size > 16) {
            uint8_t *start = at + 8 + 16 - 12;

            memcpy(start, "RIFF", 4);
            ew_put_u32le(start + 4, size - 16 + 4);
            memcpy(start + 8, "WEBP", 4);
            memset(start + 12 + (size - 16), 0, (size_t)(end - start) - 12 - (size - 16));
            *p = start;
            *n = size - 16 + 12;
            return true;
        }
        at += 8 + (size_t)size + (size & 1 && size < (size_t)(end - at) - 8);
    }
    return false;
}

/* ---------------------------------------------------------------- one codec */

static const AVCodec *find_codec(enum AVCodecID id)
{
    const AVCodec *c = NULL;

    if (id == AV_CODEC_ID_AV1) { /* FFmpeg's own needs hardware */
        c = avcodec_find_decoder_by_name("libdav1d");
        c = c != NULL ? c : avcodec_find_decoder_by_name("libaom-av1");
    } else {
        c = avcodec_find_decoder(id);
    }
    if (c == NULL)
        fail(EW_DP_FAIL_FORMAT, "coded as '%s', which this FFmpeg cannot decode",
             avcodec_get_name(id));
    return c;
}

static AVCodecContext *open_codec(enum AVCodecID id, const uint8_t *config, size_t n)
{
    const AVCodec *codec = find_codec(id);
    AVCodecContext *c = avcodec_alloc_context3(codec);
    int rc;

    if (c == NULL)
        fail(EW_DP_FAIL_MEMORY, "starting the codec");
    c->thread_count = 1;
    c->max_pixels = EW_DP_PIXELS_MAX;
    c->workaround_bugs = 0;
    if (n > 0) {
        c->extradata = av_mallocz(n + AV_INPUT_BUFFER_PADDING_SIZE);
        if (c->extradata == NULL)
            fail(EW_DP_FAIL_MEMORY, "starting the codec");
        memcpy(c->extradata, config, n);
        c->extradata_size = (int)n;
    }
    rc = avcodec_open2(c, codec, NULL);
    if (rc < 0)
        fail_av(rc, "the codec refuses what the headers say");
    return c;
}

/* Decodes n bytes as one packet; the codec can be used again. p has padding behind it, or other
 * bytes of the file. */
static void decode_one(AVCodecContext *c, const uint8_t *p, size_t n, AVFrame *frame)
{
    AVPacket *packet = av_packet_alloc();
    int rc = packet != NULL && n <= INT32_MAX ? av_new_packet(packet, (int)n)
                                              : AVERROR(ENOMEM);

    if (rc < 0)
        fail(EW_DP_FAIL_MEMORY, "reading the picture");
    memcpy(packet->data, p, n);
    packet->flags |= AV_PKT_FLAG_KEY;
    rc = avcodec_send_packet(c, packet);
    if (rc >= 0)
        rc = avcodec_receive_frame(c, frame);
    if (rc == AVERROR(EAGAIN)) {
        (void)avcodec_send_packet(c, NULL);
        rc = avcodec_receive_frame(c, frame);
    }
    av_packet_free(&packet);
    if (rc == AVERROR_EOF)
        rc = AVERROR_INVALIDDATA;
    if (rc < 0)
        fail_av(rc, "the picture cannot be decoded");
    avcodec_flush_buffers(c);
    if (frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT))
        damaged++;
    luma_check(frame);
}

static void check_size(uint64_t width, uint64_t height)
{
    if (width == 0 || height == 0)
        fail(EW_DP_FAIL_FORMAT, "a picture without pixels");
    if (width > EW_DP_SIDE_MAX || height > EW_DP_SIDE_MAX ||
        width * height > EW_DP_PIXELS_MAX)
        fail(EW_DP_FAIL_LIMIT,
             "a picture of %llu x %llu pixels; at most %d megapixels are read",
             (unsigned long long)width, (unsigned long long)height,
             EW_DP_PIXELS_MAX / 1000000);
}

static void send_head(uint32_t width, uint32_t height, unsigned turn,
                      enum AVCodecID codec)
{
    uint8_t p[EW_DP_PICT_BYTES] = {0};
    const char *name = avcodec_get_name(codec);
    const size_t n = strlen(name);

    check_size(width, height);
    ew_put_u32le(p + EW_DP_PICT_AT_VERSION, EW_DP_VERSION);
    ew_put_u32le(p + EW_DP_PICT_AT_WIDTH, width);
    ew_put_u32le(p + EW_DP_PICT_AT_HEIGHT, height);
    ew_put_u32le(p + EW_DP_PICT_AT_TURN, turn);
    memcpy(p + EW_DP_PICT_AT_CODEC, name, n < 32 ? n : 31);
    out_picture(p);
}

/* ---------------------------------------------------------------- tiles */

/* What is put together from one or more coded pictures. */
typedef struct canvas {
    uint32_t width, height;
    uint8_t *luma;
} canvas;

static void *get(size_t n, size_t size)
{
    void *p = av_calloc(n, size);

    if (p == NULL)
        fail(EW_DP_FAIL_MEMORY, "reading the picture");
    return p;
}

/* What lies beyond the canvas is left out. */
static void paint(canvas *to, const AVFrame *f, luma_how how, uint64_t left, uint64_t top)
{
    uint16_t *scratch = get((size_t)f->width, 3 * sizeof *scratch);
    uint8_t *row = get((size_t)f->width, 1);

    for (int y = 0; y < f->height && top + (uint64_t)y < to->height; y++) {
        const uint64_t room = left < to->width ? to->width - left : 0;
        const size_t n = (uint64_t)f->width < room ? (size_t)f->width : (size_t)room;

        luma_row(f, how, y, scratch, row);
        memcpy(to->luma + (top + (uint64_t)y) * to->width + (n > 0 ? left : 0), row, n);
    }
    av_free(scratch);
    av_free(row);
}

typedef struct coded {
    const uint8_t *file;
    const ew_heif *heif;
    AVCodecContext *codec;
    uint64_t config_at; /* of the open codec */
    AVFrame *frame;
} coded;

static enum AVCodecID codec_of(const ew_heif_item *item)
{
    if (item->type == EW_HEIF_TYPE('h', 'v', 'c', '1'))
        return AV_CODEC_ID_HEVC;
    if (item->type == EW_HEIF_TYPE('a', 'v', '0', '1'))
        return AV_CODEC_ID_AV1;
    if (item->type == EW_HEIF_TYPE('j', 'p', 'e', 'g'))
        return AV_CODEC_ID_MJPEG;
    fail(EW_DP_FAIL_FORMAT, "the picture is coded in a way that is not read");
}

static luma_how decode_item(coded *c, const ew_heif_item *item)
{
    const enum AVCodecID id = codec_of(item);
    luma_how how;

    if (item->bytes == 0 || (item->config_bytes == 0 && id == AV_CODEC_ID_HEVC))
        fail(EW_DP_FAIL_FORMAT, "the picture's data is not where it should be");
    if (c->codec == NULL || c->config_at != item->config_at) {
        avcodec_free_context(&c->codec);
        c->codec = open_codec(id, c->file + item->config_at, (size_t)item->config_bytes);
        c->config_at = item->config_at;
    }
    decode_one(c->codec, c->file + item->at, (size_t)item->bytes, c->frame);
    how = luma_of_frame(c->frame, id);
    if (item->has_colour && id != AV_CODEC_ID_MJPEG) {
        how.matrix = item->matrix;
        how.full_range = item->full_range;
    }
    return how;
}

/* Rows and columns of tiles of one size: ISO/IEC 23008-12, 6.6.2.3. */
static void decode_grid(coded *c, const ew_heif_item *grid, canvas *to)
{
    const uint8_t *g = c->file + grid->at;
    const bool wide = grid->bytes >= 4 && (g[1] & 1) != 0;
    uint32_t rows, columns, width = 0, height = 0;

    if (grid->bytes < (wide ? GRID_BYTES : GRID_BYTES - 4))
        fail(EW_DP_FAIL_FORMAT, "the list of tiles is cut off");
    rows = 1U + g[2];
    columns = 1U + g[3];
    for (unsigned i = 0; i < (wide ? 4U : 2U); i++) {
        to->width = to->width << 8 | g[4 + i];
        to->height = to->height << 8 | g[4 + (wide ? 4U : 2U) + i];
    }
    check_size(to->width, to->height);
    if (rows * columns != grid->tiles || grid->tiles > TILES_MAX)
        fail(EW_DP_FAIL_FORMAT, "%u tiles, where %u x %u are needed", grid->tiles, rows,
             columns);
    to->luma = get(to->width, to->height);
    for (uint32_t i = 0; i < grid->tiles; i++) {
        const ew_heif_item *tile =
            ew_heif_find(c->heif, c->heif->refs[grid->first_tile + i]);
        luma_how how;

        if (tile == NULL)
            fail(EW_DP_FAIL_FORMAT, "a tile is missing");
        how = decode_item(c, tile);
        if (i == 0) {
            width = (uint32_t)c->frame->width;
            height = (uint32_t)c->frame->height;
            if ((uint64_t)width * columns < to->width ||
                (uint64_t)height * rows < to->height)
                fail(EW_DP_FAIL_FORMAT, "tiles that do not fill the picture");
        }
        paint(to, c->frame, how, (uint64_t)width * (i % columns),
              (uint64_t)height * (i / columns));
        out_beat();
    }
}

static void decode_heif(const uint8_t *file)
{
    static ew_heif heif;
    coded c = {.file = file, .heif = &heif, .frame = av_frame_alloc()};
    const ew_heif_item *item, *first;
    canvas to = {0};

    if (c.frame == NULL)
        fail(EW_DP_FAIL_MEMORY, "starting");
    if (!ew_heif_read(&heif, file, file_bytes))
        fail(EW_DP_FAIL_FORMAT, "no pictures in it");
    item = ew_heif_find(&heif, heif.primary);
    if (item == NULL)
        fail(EW_DP_FAIL_FORMAT, "it does not say which picture is shown");
    first = item;
    if (item->type == EW_HEIF_TYPE('g', 'r', 'i', 'd')) {
        decode_grid(&c, item, &to);
        first = ew_heif_find(&heif, heif.refs[item->first_tile]);
    } else {
        luma_how how = decode_item(&c, item);

        to.width = (uint32_t)c.frame->width;
        to.height = (uint32_t)c.frame->height;
        check_size(to.width, to.height);
        to.luma = get(to.width, to.height);
        paint(&to, c.frame, how, 0, 0);
    }
    send_head(to.width, to.height, ew_heif_orientation(item), codec_of(first));
    out_luma(to.luma, (size_t)to.width * to.height);
    out_end();
}

/* ---------------------------------------------------------------- the rest */

static void decode_plain(uint8_t *file, enum AVCodecID id)
{
    AVFrame *frame = av_frame_alloc();
    size_t n = file_bytes;
    AVCodecContext *c;
    uint16_t *scratch;
    uint8_t *row;
    luma_how how;

    if (frame == NULL)
        fail(EW_DP_FAIL_MEMORY, "starting");
    if (id == AV_CODEC_ID_WEBP)
        (void)first_of_animation(&file, &n);
    c = open_codec(id, NULL, 0);
    decode_one(c, file, n, frame);
    how = luma_of_frame(frame, id);
    send_head((uint32_t)frame->width, (uint32_t)frame->height, 0, id);
    scratch = get((size_t)frame->width, 3 * sizeof *scratch);
    row = get((size_t)frame->width, 1);
    for (int y = 0; y < frame->height; y++) {
        luma_row(frame, how, y, scratch, row);
        out_luma(row, (size_t)frame->width);
    }
    out_end();
}

void picture_decode(void)
{
    uint8_t *file = read_file();
    const enum AVCodecID id = codec_by_mark(file, file_bytes);

    if (id != AV_CODEC_ID_NONE)
        decode_plain(file, id);
    else if (ew_heif_is(file, file_bytes))
        decode_heif(file);
    fail(EW_DP_FAIL_FORMAT, "not a picture in any known format");
}
