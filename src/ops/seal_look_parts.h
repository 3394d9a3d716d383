/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of looking at an item. */
#ifndef EW_OPS_SEAL_LOOK_PARTS_H
#define EW_OPS_SEAL_LOOK_PARTS_H

#include <sys/stat.h>

#include "ops/seal_choice.h"
#include "ops/seal_look.h"

/* A line of the preview, without its text: there may be hundreds of thousands. */
typedef struct ew_look_line {
    double from, to;
    uint32_t first, count; /* units */
    uint32_t part;         /* of what comes before the first message: which */
    uint8_t kind, state;
} ew_look_line;

struct ew_look {
    ew_gathered *g; /* without its secrets */
    ew_splitter splitter;
    bool text, sound, chosen;
    char *name, *path;
    uint8_t sha256[EW_SHA256_BYTES];
    struct stat seen; /* the file as it was compared with the seal */
    uint8_t *bytes;   /* of a text, and what reads them */
    ew_memory memory;
    ew_heard *heard;
    int64_t end;    /* of sound, microseconds */
    size_t *starts; /* the first part of each unit, and the number of parts */
    size_t units;
    ew_buf names; /* of members, each with a zero behind it */
    const char **name_at;
    bool names_failed;
    ew_buf senders;
    size_t sender_count;
    bool senders_cut;
    ew_look_event *events;
    size_t event_count;
    uint8_t events_mark[2][EW_CHOICE_MARK];
    ew_choice choice;
    ew_look_line *lines;
    size_t line_count, line_room;
    char *meta[EW_META_SLOTS]; /* lines of metadata that are shown */
    size_t meta_count;
    bool lines_failed;
};

typedef enum ew_unit_state {
    EW_UNIT_WITHHELD,
    EW_UNIT_PARTLY,
    EW_UNIT_SHOWN
} ew_unit_state;

/* u: from 0. */
ew_unit_state ew_look__state(const ew_look *l, size_t u);

EW_MUST_CHECK ew_code ew_look__find_events(ew_look *l, ew_err *err);

void ew_look__forget_lines(ew_look *l);
EW_MUST_CHECK ew_code ew_look__make_lines(ew_look *l, ew_err *err);

#endif
