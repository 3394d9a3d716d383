/* SPDX-License-Identifier: Apache-2.0 */
/* PDQ, a hash of how a picture looks: small changes of the picture change few of its 256 bits. After
 * Meta's description (ThreatExchange, "PDQ Image-Hashing Algorithm", 2019), bit for bit. */
#ifndef EW_IMPORT_PDQ_H
#define EW_IMPORT_PDQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
    EW_PDQ_BYTES = 32,
    EW_PDQ_TEXT = 2 * EW_PDQ_BYTES + 1,
    EW_PDQ_SAME = 31,     /* bits that two copies of one picture may differ in */
    EW_PDQ_RELIABLE = 50, /* quality below which the hash says little */
    EW_PDQ_SIDE_MIN =
        5 /* pixels; smaller ones have the hash of all zeros, and quality 0 */
};

/* The ways to lay a picture on its side or back. */
typedef enum ew_pdq_turn {
    EW_PDQ_AS_IS,
    EW_PDQ_LEFT, /* a quarter, against the clock */
    EW_PDQ_UPSIDE_DOWN,
    EW_PDQ_RIGHT,
    EW_PDQ_TOP_BOTTOM, /* mirrored */
    EW_PDQ_LEFT_RIGHT, /* mirrored */
    EW_PDQ_DIAGONAL,   /* mirrored: rows become columns */
    EW_PDQ_OTHER_DIAGONAL,
    EW_PDQ_TURNS
} ew_pdq_turn;

/* "as-is", "left", "upside-down", "right", "top-bottom", "left-right", "diagonal",
 * "other-diagonal". */
const char *ew_pdq_turn_name(ew_pdq_turn t);

typedef struct ew_pdq {
    uint8_t bytes[EW_PDQ_BYTES]; /* in the order in which it is written */
} ew_pdq;

typedef struct ew_pdq_of {
    ew_pdq turned[EW_PDQ_TURNS]; /* of the picture, and of what it is when turned so */
    int quality;                 /* 0 to 100 */
} ew_pdq_of;

/* luma: width * height bytes, row by row. Any machine gives the same. EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_pdq_make(ew_pdq_of *out, const uint8_t *luma, uint32_t width,
                                  uint32_t height, ew_err *err);

/* Bits that differ. */
unsigned ew_pdq_distance(const ew_pdq *a, const ew_pdq *b);

void ew_pdq_write(const ew_pdq *p, char text[EW_PDQ_TEXT]);
/* 64 digits in lower case, nothing else. */
bool ew_pdq_read(ew_pdq *p, ew_slice text);

#endif
