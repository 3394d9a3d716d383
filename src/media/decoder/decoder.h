/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the decoder program. One process decodes one file and ends; so nothing here is
 * freed, and fail() does not come back. */
#ifndef EW_DECODER_H
#define EW_DECODER_H

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdint.h>

#include "media/protocol.h"

/* Sanitizers need the address space, a few more calls, and stderr. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define EW_SANITIZED 1
#endif
#endif
#ifndef EW_SANITIZED
#define EW_SANITIZED 0
#endif

typedef struct settings {
    uint32_t rate_hz;  /* 0: as stored */
    uint32_t channels; /* 0: as stored */
    int64_t start_ms;
    int64_t length_ms;     /* 0: to the end */
    uint64_t memory_bytes; /* 0: no limit */
    char extension[16];    /* of the file's name; a hint for formats without a mark */
    bool picture;          /* the input is a picture: give its brightness */
    bool facts;            /* tell what headers and packets say */
    bool unconfined;       /* go on where the system cannot confine */
} settings;

/* ---- out.c: frames to the client ---- */
void out_info(const uint8_t payload[EW_DP_INFO_BYTES]);
void out_pcm(const float *samples, size_t frames, size_t channels);
void out_beat(void);
/* key: [a-z0-9.-]; beyond the limits of the protocol nothing is sent */
void out_fact(const char *key, const char *value, size_t n);
void out_picture(const uint8_t payload[EW_DP_PICT_BYTES]);
void out_luma(const uint8_t *luma, size_t n);
void out_end(void) __attribute__((noreturn));
void fail(uint32_t kind, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 2, 3)));
/* What to call before failing: samples that came before are good and are to be given. */
void out_before_fail(void (*give_rest)(void));
/* Fails with the kind and words that suit an FFmpeg error. */
void fail_av(int av_error, const char *doing) __attribute__((noreturn));
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void note_time(
    double seconds);       /* place in the sound that later remarks refer to; < 0: none */
void note_mute(bool mute); /* while damage is our own doing: just after a seek */
void note_log_init(void);  /* FFmpeg's own remarks become notes */
extern uint32_t damaged;   /* packets and frames lost or replaced so far */

/* ---- confine.c ---- */
void confine_early(void);                /* no core, no stray descriptors */
void confine_fully(const settings *set); /* limits, no_new_privs, seccomp; or fail() */

/* ---- input.c: container and codec ---- */
typedef struct input {
    AVFormatContext *fmt;
    AVStream *stream;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    uint32_t audio_streams;
    int64_t skim_until; /* packets before this time stamp are not decoded */
    int64_t skim_next;  /* where the next of them should begin */
    int64_t skim_lost;  /* how far time stamps run ahead of the sound by now */
    bool draining;
} input;
void input_prepare(void); /* lists of what may be opened; before confinement */
void input_open(input *in, const settings *set);
bool input_next_frame(input *in); /* false at the end; in->frame is the next sound */
int input_io_error(void);         /* errno of a read that failed, or 0 */

/* ---- reach.c: places in the middle of a file ---- */
/* How the middle of this file can be reached with the time line exact to the sample. */
typedef enum reach {
    REACH_DECODE, /* only by decoding all that comes before */
    REACH_SKIM,   /* by reading all packets before it without decoding them */
    REACH_SEEK
} reach;
reach reach_how(const input *in);
/* True if time stamps are rounded, so that only frames of one size give the sample. */
bool reach_needs_grid(const input *in);
bool reach_seek(input *in, int64_t timestamp); /* false: nothing has moved */
/* Packets before `timestamp` will be read, but not decoded. */
void reach_skim(input *in, int64_t timestamp);
/* True if the packet at hand is to be decoded. */
bool reach_wants(input *in);

/* ---- facts.c: what headers and packets say; nothing unless it was asked for ---- */
void facts_of_headers(const input *in);
void facts_of_packet(const input *in);
void facts_of_frame(const AVFrame *f);
void facts_of_end(void);

/* ---- flac_sum.c: the checksum in FLAC's header against what was decoded ---- */
void flac_sum_start(const AVCodecParameters *par);
void flac_sum_frame(const AVFrame *f);
const char *flac_sum_end(void); /* "same", "differs", "not all there"; NULL: no sum */

/* ---- mix.c: samples of any kind to floats, many channels to one ---- */
typedef struct mixer {
    unsigned in_channels;
    bool keep[EW_DP_CHANNELS_MAX]; /* false for the low-frequency channel */
    int last;                      /* choice for the block before; -1 at the start */
} mixer;
void mix_init(mixer *m, const AVChannelLayout *layout);
void mix_to_float(float *dst, const AVFrame *f, unsigned ch, size_t at, size_t n);
/* One block; `planes` are overwritten, the result is in planes[0]. */
void mix_block(mixer *m, float *const *planes, size_t n, size_t fade);

/* ---- sound.c: frames in, samples at the wanted rate out ---- */
typedef struct sound sound;
sound *sound_new(const settings *set, const AVFrame *first);
uint32_t sound_rate(const sound *s);
uint32_t sound_channels(const sound *s);
/* Where decoding must have begun at the latest for the wanted start, in samples of the
 * input since its first one. */
int64_t sound_begin(const sound *s);
/* `at` is the place of the frame on the time line in samples of its own rate. It counts
 * until sound_begin is passed; from then on frames follow each other without a gap. */
void sound_feed(sound *s, const AVFrame *f, int64_t at);
/* True when this frame reaches the place where the sound begins. */
bool sound_begins(const sound *s, const AVFrame *f, int64_t at);
bool sound_begun(const sound *s);
bool sound_full(const sound *s); /* as much as was wanted has been given */
void sound_finish(sound *s);

/* ---- picture.c: one still picture, without FFmpeg's containers ---- */
void picture_prepare(void); /* before confinement */
void picture_decode(void) __attribute__((noreturn));

/* ---- luma.c: brightness of decoded pictures ---- */
typedef struct luma_how {
    int matrix; /* as AVColorSpace */
    bool full_range;
} luma_how;
/* What frames of this codec mean. */
luma_how luma_of_frame(const AVFrame *f, enum AVCodecID codec);
/* Fails for what has no brightness of up to 16 bits. */
void luma_check(const AVFrame *f);
/* One row, a byte a pixel: 0.299 R + 0.587 G + 0.114 B, full range. scratch: 3 * width. */
void luma_row(const AVFrame *f, luma_how how, int y, uint16_t *scratch, uint8_t *out);

/* ---- hooks.c: only in the test build ---- */
void hook_run(void);

#endif
