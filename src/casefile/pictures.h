/* SPDX-License-Identifier: Apache-2.0 */
/* The same picture in several items of a case, by the hashes that the import noted of how they look. */
#ifndef EW_CASEFILE_PICTURES_H
#define EW_CASEFILE_PICTURES_H

#include "casefile/casefile.h"
#include "import/pdq.h"

/* Two items that show the same, or one that shows what the other's thumbnail shows: the picture may have
 * been another before. */
typedef struct ew_same_picture {
    int64_t item, other;
    unsigned distance;       /* bits of 256 that differ: at most EW_PDQ_SAME */
    ew_pdq_turn turn;        /* turned so, the other looks like the item */
    bool thumb, other_thumb; /* it is the thumbnail of this one */
    bool reliable;           /* both hashes are of a quality of EW_PDQ_RELIABLE or more */
} ew_same_picture;

/* item: 0 for all pairs, the lower number first. The best of each pair, reliable ones before others,
 * nearest first. Facts and items that were taken back do not count. What put() returns
 * other than EW_OK ends it. */
EW_MUST_CHECK ew_code ew_case_same_pictures(ew_case *c, int64_t item,
                                            ew_code (*put)(void *cookie,
                                                           const ew_same_picture *s,
                                                           ew_err *err),
                                            void *cookie, ew_err *err);

#endif
