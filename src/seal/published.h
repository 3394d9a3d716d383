/* SPDX-License-Identifier: Apache-2.0 */
/* The published derivative: what anybody can play or read, with fillers where parts are
 * withheld. It follows from what a bundle shows, byte for byte, so that a reader can check it
 * and nothing can be planted in a gap. docs/formats/published.md. */
#ifndef EW_SEAL_PUBLISHED_H
#define EW_SEAL_PUBLISHED_H

#include "seal/split.h"

typedef enum ew_filler {
    EW_FILLER_SILENCE,
    EW_FILLER_TONE, /* 1 kHz, -20 dB; of PCM only */
    EW_FILLER_MARK  /* of text */
} ew_filler;

const char *ew_filler_name(ew_filler f);

/* What there is to show of a stream: the runs with their parts. */
typedef struct ew_published_in {
    const ew_stream *stream;
    const ew_shown *runs; /* in order; `bytes` may be NULL when read is given */
    size_t run_count;
    /* Reads n bytes at `at` of the content of run r; NULL: they are in runs[r].bytes. */
    ew_code (*read)(void *cookie, size_t r, uint64_t at, void *out, size_t n,
                    ew_err *err);
    void *read_cookie;
} ew_published_in;

/* Takes the derivative as it is made, in order. */
typedef struct ew_published_out {
    ew_code (*put)(void *cookie, const void *bytes, size_t n, ew_err *err);
    void *cookie;
} ew_published_out;

/* Can a derivative with this filler be made of such a stream? why: one line when not. */
bool ew_published_possible(const ew_published_in *in, ew_filler filler, ew_err *why);

/* out NULL: only finds out whether it is possible. EW_E_ARG when it is not; else what put and
 * read return. */
EW_MUST_CHECK ew_code ew_published_make(const ew_published_in *in, ew_filler filler,
                                        const ew_published_out *out, ew_err *err);

/* Which filler leads to exactly these bytes? False: none. */
EW_MUST_CHECK ew_code ew_published_check(const ew_published_in *in, ew_slice published,
                                         bool *same, ew_filler *filler, ew_err *err);

#endif
