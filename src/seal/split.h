/* SPDX-License-Identifier: Apache-2.0 */
/* Splitters: where a file is cut into parts, and what every visible part must look like. The
 * parts in order are the file, byte for byte. docs/formats/part-tree.md. */
#ifndef EW_SEAL_SPLIT_H
#define EW_SEAL_SPLIT_H

#include "seal/parts.h"
#include "seal/text.h"

typedef enum ew_splitter {
    EW_SPLIT_AUTO, /* by content */
    EW_SPLIT_WHOLE,
    EW_SPLIT_GRID,
    EW_SPLIT_OGG,
    EW_SPLIT_MP3,
    EW_SPLIT_AAC,
    EW_SPLIT_CHAT,
    EW_SPLIT_PARA,
    EW_SPLIT_META, /* not of files, */
    EW_SPLIT_SEALS /* nor is this */
} ew_splitter;

typedef enum ew_sample {
    EW_SAMPLE_U8,
    EW_SAMPLE_S16LE,
    EW_SAMPLE_S24LE,
    EW_SAMPLE_S32LE,
    EW_SAMPLE_F32LE,
    EW_SAMPLE_F64LE
} ew_sample;

/* "grid"; NULL for EW_SPLIT_AUTO. */
const char *ew_splitter_name(ew_splitter s);
ew_splitter ew_splitter_named(ew_slice name); /* EW_SPLIT_AUTO: there is none */
const char *ew_sample_name(ew_sample s);
size_t ew_sample_bytes(ew_sample s);

/* A stream of parts, as its line in the seal describes it. */
typedef struct ew_stream {
    ew_splitter splitter;
    uint64_t n;
    uint32_t rate_hz, channels; /* of a grid */
    ew_sample sample;
    uint32_t block_frames;
    ew_hash root;
} ew_stream;

/* Where the bytes come from. */
typedef struct ew_src {
    ew_code (*read)(void *cookie, uint64_t at, void *out, size_t n, ew_err *err);
    void *cookie;
    uint64_t size;
} ew_src;

typedef struct ew_memory {
    const uint8_t *bytes;
    uint64_t size;
} ew_memory;

ew_src ew_src_memory(ew_memory *m); /* m stays with the caller */
ew_src ew_src_fd(int *fd, uint64_t size);

/* Where the parts end, and what they are. */
typedef struct ew_cuts {
    uint64_t *ends;
    uint8_t *kinds;
    size_t n, cap;
} ew_cuts;

void ew_cuts_release(ew_cuts *c);
EW_MUST_CHECK ew_code ew_cuts_add(ew_cuts *c, uint64_t end, ew_part_kind kind,
                                  ew_err *err);

enum {
    EW_TEXT_MAX = 64 << 20, /* bytes of a text that is split */
    EW_META_SLOTS = 16,     /* of the metadata stream */
    EW_META_VALUE = 1000    /* bytes of what stands in one */
};

/* What a slot of the metadata is for: "name", "from" ...; NULL: nothing yet. */
const char *ew_meta_key(size_t slot);
/* EW_META_SLOTS: there is none of this name. */
size_t ew_meta_slot(ew_slice key);
/* One line of text, not too long. */
bool ew_meta_value_ok(ew_slice value);

/* Cuts a file. which: EW_SPLIT_AUTO takes what fits the content, `whole` when nothing does.
 * *out is zeroed first; release it. Fills in s but for the root. EW_E_FORMAT when the
 * file is not what the splitter is for. */
EW_MUST_CHECK ew_code ew_split(const ew_src *src, ew_splitter which, ew_cuts *out,
                               ew_stream *s, ew_err *err);

/* Said of sound that no splitter could cut. */
#define EW_ONE_PIECE                                                                     \
    "sound, but sealed in one piece: it can only be shown whole; convert it to PCM WAV " \
    "first to be able to hide parts"

enum { EW_SOUND_HEAD = 16 };

/* The first bytes of a file. */
EW_MUST_CHECK ew_code ew_src_head(const ew_src *src, char room[EW_SOUND_HEAD],
                                  ew_slice *head, ew_err *err);
/* By how it begins, or by the end of its name, which may be NULL. A guess, to warn with. */
bool ew_seems_sound(ew_slice head, const char *name);

/* Parts that are visible one after another. */
typedef struct ew_shown {
    uint64_t first; /* number of the first one */
    size_t count;
    const uint8_t *kinds;
    const uint64_t *lengths;
    const uint8_t *bytes; /* all of them; as many as the lengths say */
} ew_shown;

/* True when the splitter makes such parts: nobody gets to cut a text into letters and to show
 * some of them. */
bool ew_split_fits(const ew_stream *s, const ew_shown *run);

/* Inside the module, one pair per splitter. */
bool ew_split__is_wav(const uint8_t head[12]); /* RIFF, RF64 or BW64 */
ew_code ew_split__grid(const ew_src *src, ew_cuts *out, ew_stream *s, ew_err *err);
bool ew_split__grid_fits(const ew_stream *s, const ew_shown *run);
ew_code ew_split__para(ew_slice text, ew_cuts *out, ew_err *err);
bool ew_split__para_fits(const ew_stream *s, const ew_shown *run);
ew_code ew_split__chat(ew_slice text, ew_cuts *out, ew_err *err);
bool ew_split__chat_fits(const ew_stream *s, const ew_shown *run);
bool ew_split__is_chat(ew_slice text); /* begins with a message */
ew_code ew_split__ogg(const ew_src *src, ew_cuts *out, ew_err *err);
ew_code ew_split__frames(const ew_src *src, bool aac, ew_cuts *out, ew_err *err);
uint32_t ew_split__ogg_crc(uint32_t crc, const uint8_t *p, size_t n); /* from 0 on */
size_t ew_split__mp3_bytes(const uint8_t head[4]); /* of a frame; 0: it is none */
bool ew_split__frames_fit(const ew_stream *s, const ew_shown *run);
ew_code ew_split__seals(uint64_t size, ew_cuts *out, ew_err *err);
bool ew_split__seals_fit(const ew_shown *run);
bool ew_split__meta_fits(const ew_shown *run);

#endif
