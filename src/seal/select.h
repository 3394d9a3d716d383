/* SPDX-License-Identifier: Apache-2.0 */
/* From "1:02.3-1:04" or "sender:Ann" to the parts that are shown. When in doubt a part is
 * hidden. The words are in earwitness-disclose(1). */
#ifndef EW_SEAL_SELECT_H
#define EW_SEAL_SELECT_H

#include "seal/sound_times.h"

/* What to choose from, and how. show, hide: at least one is given; what both name is hidden. A
 * time range of `show` names what lies wholly inside, one of `hide` all that it touches. What comes
 * before and after the content is shown only when `show` names it, or everything and nothing is
 * hidden, but for a WAV head of 44 bytes
 * when the last block is shown and nothing comes after it, and the first page of Opus when
 * anything is shown and it is plain: they tell nothing else. */
typedef struct ew_select_in {
    const ew_stream *stream;
    const ew_cuts *cuts;
    ew_src src;
    const char *show, *hide;
    const ew_heard *heard; /* of its sound, when that is known already; else NULL */
} ew_select_in;

typedef enum ew_part_state {
    EW_PART_WITHHELD,
    EW_PART_GUARD, /* withheld because it is beside what is, and sound is carried over */
    EW_PART_SHOWN
} ew_part_state;

typedef struct ew_selection {
    uint8_t *states; /* an ew_part_state for each part */
    ew_heard *heard; /* of sound, one for each part; else NULL */
    ew_run *runs;    /* what is shown; may be none */
    size_t run_count;
    uint64_t units; /* messages, paragraphs, blocks ... */
} ew_selection;

/* *out is zeroed first; release it. EW_E_ARG for ranges that cannot be read, lie outside, or name
 * somebody who is not there. */
EW_MUST_CHECK ew_code ew_select(ew_selection *out, const ew_select_in *in, ew_err *err);
void ew_selection_release(ew_selection *s);

/* Whether a part begins a unit: a message, paragraph, block, page, frame, member. */
bool ew_part_begins(const ew_stream *s, const ew_cuts *cuts, size_t part);

/* A sender without what the export puts around the name. */
ew_slice ew_sender_name(ew_slice part);

/* Inside the module: one range, as words. */
typedef enum ew_name_kind {
    EW_NAME_ALL,
    EW_NAME_KIND,   /* all parts of a kind: head, tail, senders ... */
    EW_NAME_COUNT,  /* units a to b, from 1 */
    EW_NAME_TIME,   /* microseconds a to b */
    EW_NAME_SENDER, /* of messages */
    EW_NAME_ON /* messages from the first whose time begins with text, to the last with text2 */
} ew_name_kind;

typedef struct ew_name {
    ew_name_kind kind;
    uint64_t a, b; /* b: UINT64_MAX for "end" */
    ew_part_kind part;
    ew_slice text, text2; /* into the buffer */
} ew_name;

/* Takes the next name from `rest`. text: room for what is quoted. EW_E_ARG. */
EW_MUST_CHECK ew_code ew_select__next(ew_slice *rest, const ew_stream *s, ew_buf *text,
                                      ew_name *out, ew_err *err);

#endif
