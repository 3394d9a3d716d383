/* SPDX-License-Identifier: Apache-2.0 */
/* Short excerpts of recordings for a report: decoded from the start of each file by the program's own
 * decoder, so that they begin at the very sample that is told; mono, 16 bits, at most 24 kHz. */
#ifndef EW_OPS_REPORT_SOUND_H
#define EW_OPS_REPORT_SOUND_H

#include "base/buf.h"
#include "ops/input.h"
#include "report/page.h"

enum {
    EW_EXCERPT_SECONDS = 6, /* of one */
    EW_EXCERPTS_MAX = 60,   /* on a page */
    EW_EXCERPT_RATE_MAX = 24000,
    EW_LOOK_COLUMNS = 440, /* pixels of a spectrogram */
    EW_LOOK_ROWS = 96
};

typedef struct ew_excerpt {
    char *path;
    uint8_t sha256[32]; /* that the file must have */
    char *file, *caption;
    double from, to;           /* seconds */
    size_t rank;               /* within what it is about */
    bool drawn;                /* its spectrogram is shown, */
    double mark_from, mark_to; /* with these seconds marked */
    bool chosen, unreadable;
    uint32_t rate_hz;
    ew_buf pcm;
} ew_excerpt;

typedef struct ew_excerpts {
    ew_excerpt *list;
    size_t n, cap;
    size_t over;  /* that had no room */
    size_t begun; /* where the last group begins */
} ew_excerpts;

typedef struct ew_excerpt_wish {
    const char *path; /* raw bytes */
    const uint8_t *sha256;
    const char *file; /* as it is called on the page */
    double from, to;  /* cut to EW_EXCERPT_SECONDS */
    bool drawn;       /* shows a spectrogram with these seconds marked */
    double mark_from, mark_to;
} ew_excerpt_wish;

/* What follows is about something else: of each the most important come first, so that one with many does not take
 * all the room. */
void ew_excerpts_group(ew_excerpts *x);
/* The next in order of importance. */
EW_MUST_CHECK ew_code ew_excerpts_add(ew_excerpts *x, const ew_excerpt_wish *w,
                                      ew_err *err, const char *caption, ...)
    EW_PRINTF(4, 5);
/* Cuts as many as fit into `limit` bytes of the page. A file that cannot be read, or is another by now, is left
 * out and told. Errors: EW_E_CANCELLED, EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_excerpts_cut(ew_excerpts *x, uint64_t limit, const ew_stop *stop,
                                      ew_err *err);
/* Appends the spectrogram of one that was cut. */
EW_MUST_CHECK ew_code ew_excerpt_draw(const ew_excerpt *e, ew_buf *svg, ew_err *err);
/* A section with all of them; none when there are none. */
void ew_excerpts_put(const ew_excerpts *x, ew_page *p);
void ew_excerpts_release(ew_excerpts *x);

#endif
