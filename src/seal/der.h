/* SPDX-License-Identifier: Apache-2.0 */
/* Reading DER (X.690) strictly: one spelling of every length, tags of one byte, and nothing
 * that is not there. docs/formats/time.md. */
#ifndef EW_SEAL_DER_H
#define EW_SEAL_DER_H

#include "seal/text.h"

enum {
    EW_DER_BOOLEAN = 0x01,
    EW_DER_INTEGER = 0x02,
    EW_DER_BITS = 0x03,
    EW_DER_OCTETS = 0x04,
    EW_DER_NULL = 0x05,
    EW_DER_OID = 0x06,
    EW_DER_UTF8 = 0x0c,
    EW_DER_PRINTABLE = 0x13,
    EW_DER_IA5 = 0x16,
    EW_DER_UTC_TIME = 0x17,
    EW_DER_TIME = 0x18, /* GeneralizedTime */
    EW_DER_SEQUENCE = 0x30,
    EW_DER_SET = 0x31,
    EW_DER_IN_0 = 0xa0, /* constructed, context-specific */
    EW_DER_IN_1 = 0xa1,
    EW_DER_IN_3 = 0xa3
};

typedef struct ew_tlv {
    uint8_t tag;
    ew_slice value;
    ew_slice whole; /* with tag and length */
} ew_tlv;

/* Takes the next value, whatever it is; false: nothing left, or not DER. */
bool ew_der_next(ew_slice *rest, ew_tlv *out);

/* Takes one of this tag; false and *rest as it was when something else comes. */
bool ew_der_take(ew_slice *rest, uint8_t tag, ew_slice *value);
bool ew_der_take_whole(ew_slice *rest, uint8_t tag, ew_slice *whole);
/* Does one of this tag come next? */
bool ew_der_comes(ew_slice rest, uint8_t tag);

bool ew_slice_same(ew_slice a, ew_slice b);

/* Not negative, spelled minimally, at most max. */
bool ew_der_small(ew_slice value, uint64_t max, uint64_t *out);
/* Value of a positive number, without the zero that keeps it from being negative. */
bool ew_der_positive(ew_slice value, ew_slice *bytes);
/* 00 or FF. */
bool ew_der_bool(ew_slice value, bool *out);
/* Content of a BIT STRING of whole bytes. */
bool ew_der_whole_bits(ew_slice value, ew_slice *bytes);

/* UTCTime YYMMDDHHMMSSZ (years 1950 to 2049) or GeneralizedTime YYYYMMDDHHMMSS[.f]Z, where a
 * fraction does not end with 0. Seconds since 1970; *fraction: there was one (may be NULL: then
 * none is allowed). */
bool ew_der_time(const ew_tlv *v, int64_t *seconds, bool *fraction);

#endif
