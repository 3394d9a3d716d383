/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of an item whose hidden parts were burned: which parts, their cover, and their
 * content in a file of the desk. docs/formats/desk.md. */
#ifndef EW_OPS_SEAL_REMAINS_H
#define EW_OPS_SEAL_REMAINS_H

#include "seal/select.h"
#include "seal/subcover.h"

enum { EW_REMAINS_FILE = 96, EW_REMAINS_STREAMS = 2 };

/* One stream. */
typedef struct ew_remains_stream {
    uint64_t n;        /* parts */
    uint8_t *kinds;    /* of all; of those burned only what numbers depend on */
    uint64_t *lengths; /* of all; 0 for those burned */
    ew_run *runs;      /* what is left */
    size_t run_count;
    ew_hash *entries; /* the cover of that */
    size_t entry_count;
} ew_remains_stream;

typedef struct ew_remains {
    char file[EW_REMAINS_FILE]; /* below the desk: the content of stream 0 that is left */
    ew_remains_stream streams[EW_REMAINS_STREAMS];
} ew_remains;

void ew_remains_free(ew_remains *r); /* wipes */
ew_left ew_remains_left(const ew_remains_stream *s);
bool ew_remains_has(const ew_remains_stream *s, uint64_t part);

/* What is left of a stream when only `view` is to be. seed: of the stream; NULL: `before` is what
 * was left of it until now. *out is zeroed first; released by ew_remains_free of what holds
 * it. */
typedef struct ew_remains_in {
    const ew_seed *seed;
    const ew_remains_stream *before;
    const ew_part *parts;
    const ew_cuts *cuts;
    ew_splitter splitter;
    const ew_view *view;
} ew_remains_in;

EW_MUST_CHECK ew_code ew_remains_of(ew_remains_stream *out, const ew_remains_in *in,
                                    ew_err *err);

/* Lines of the kept secret; a bound for their length. */
EW_MUST_CHECK ew_code ew_remains_append(ew_buf *b, const ew_remains *r, ew_err *err);
size_t ew_remains_bytes(const ew_remains *r);
/* Takes them; *out is NULL unless EW_OK. EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_remains_take(ew_slice *rest, ew_remains **out, ew_err *err);

/* A stream as if it were all there: where its parts would be, and bytes for those that are burned
 * that say no more than that a frame or a page is there, so that times can be told. What is left
 * is read from fd, in order. */
typedef struct ew_remains_src {
    const ew_stream *stream;
    int fd;
    const ew_cuts *cuts;
    uint64_t *at; /* where a part is in the file; UINT64_MAX: nothing stands in for it */
    uint8_t page[27];  /* for a page of Ogg: 27 bytes, */
    uint8_t notes[29]; /* and for the one after the first: two headers end there */
} ew_remains_src;

/* Fills in cuts, which is zeroed first and to be released. *out is zeroed first; release it, after
 * whatever reads from it. EW_E_FORMAT when the file is not as long as what is left. */
EW_MUST_CHECK ew_code ew_remains_open(ew_remains_src *out, ew_cuts *cuts,
                                      const ew_remains_stream *s, const ew_stream *stream,
                                      int fd, ew_err *err);
void ew_remains_release(ew_remains_src *r);
ew_src ew_remains_read(ew_remains_src *r);

/* Withholds what is burned: in states and runs. */
EW_MUST_CHECK ew_code ew_remains_within(const ew_remains_stream *s, ew_selection *chosen,
                                        ew_err *err);

#endif
