/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of a segment, shared by what reads and what writes it. */
#ifndef EW_INDEX_SEGMENT_HEAD_H
#define EW_INDEX_SEGMENT_HEAD_H

#include "index/segment.h"

/* A text-mode transfer would spoil the line ends and so be noticed at once. */
#define EW_SEG_MAGIC "EWseg\r\n\x1a"

void ew_seg__put_head(uint8_t head[EW_SEG_HEADER], const ew_seg_shape *s,
                      uint32_t table_crc);

#endif
