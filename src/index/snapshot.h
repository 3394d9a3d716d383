/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a snapshot, shared by what opens it and what asks it. */
#ifndef EW_INDEX_SNAPSHOT_H
#define EW_INDEX_SNAPSHOT_H

#include "index/catalogue.h"
#include "index/segment.h"

#define EW_NO_REC UINT32_MAX

/* A segment of a snapshot. rec_of[slot]: its recording's number, or EW_NO_REC when that is
 * removed or lives elsewhere by now. */
typedef struct ew_part {
    ew_seg seg;
    int64_t id;
    uint32_t *rec_of;
    bool all_live;
} ew_part;

typedef struct ew_place {
    uint32_t part;
    uint32_t slot;
} ew_place;

struct ew_index {
    char *dir;
    ew_cat_list list;
    ew_recording *recs; /* [count] */
    ew_place *places;   /* [count] */
    size_t count;
    ew_part *parts; /* usable segments */
    size_t part_count;
    uint64_t removed; /* recordings */
    uint64_t damaged; /* recordings that should be here and cannot be used */
};

#endif
