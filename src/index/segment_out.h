/* SPDX-License-Identifier: Apache-2.0 */
/* A segment file in the making: its sections are written side by side, block by block. */
#ifndef EW_INDEX_SEGMENT_OUT_H
#define EW_INDEX_SEGMENT_OUT_H

#include "base/file.h"
#include "index/segment.h"

/* One section; what is put is gathered to a block, summed and written at its place. */
typedef struct ew_seg_part {
    uint64_t at; /* where the next block goes */
    uint64_t end;
    uint8_t *buf; /* EW_SEG_BLOCK bytes */
    size_t fill;
    uint8_t *crc; /* where the next block's CRC goes */
} ew_seg_part;

typedef struct ew_seg_out {
    int fd;         /* where the bytes go: that of `file`, or memory */
    ew_atomic file; /* unused in memory */
    ew_seg_shape shape;
    ew_seg_layout lay;
    ew_seg_part part[EW_SEG_SECTIONS];
    uint8_t *crcs;
    uint8_t *room; /* all part buffers */
    uint32_t head_crc;
    uint32_t bucket;   /* directory entries written so far */
    uint64_t postings; /* put so far */
} ew_seg_out;

/* path NULL: an unnamed file in memory. */
EW_MUST_CHECK ew_code ew_seg__out_open(ew_seg_out *o, const char *path,
                                       const ew_seg_shape *shape, ew_err *err);
/* `table` is slots * EW_SEG_SLOT bytes. */
EW_MUST_CHECK ew_code ew_seg__out_table(ew_seg_out *o, const uint8_t *table, ew_err *err);
EW_MUST_CHECK ew_code ew_seg__out_bytes(ew_seg_out *o, int section, const void *bytes,
                                        size_t n, ew_err *err);
/* Postings come by ascending key bits, then ascending pos. */
EW_MUST_CHECK ew_code ew_seg__out_posting(ew_seg_out *o, uint32_t word, uint32_t pos,
                                          ew_err *err);
/* EW_E_FORMAT when less or more came than the shape promised. Releases either way, but for
 * the fd of a file in memory, which the caller closes then. */
EW_MUST_CHECK ew_code ew_seg__out_commit(ew_seg_out *o, ew_seg_made *made, ew_err *err);
void ew_seg__out_abort(ew_seg_out *o); /* fine after commit */

#endif
