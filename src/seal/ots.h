/* SPDX-License-Identifier: Apache-2.0 */
/* OpenTimestamps proofs: parsing detached timestamp files, and what they attest. Format:
 * github.com/opentimestamps/python-opentimestamps, core/{serialize,op,notary,timestamp}.py. */
#ifndef EW_SEAL_OTS_H
#define EW_SEAL_OTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "seal/text.h"

enum {
    EW_OTS_BYTES = 1 << 20,  /* of a file */
    EW_OTS_MESSAGE = 4096,   /* bytes of a message on the way */
    EW_OTS_DEPTH = 256,      /* operations one after another */
    EW_OTS_ATTESTATIONS = 64 /* in one file */
};

typedef enum ew_ots_kind {
    EW_OTS_PENDING, /* a calendar promised to attest it */
    EW_OTS_BITCOIN, /* it is in the block of this height, if that has this Merkle root */
    EW_OTS_LITECOIN,
    EW_OTS_ETHEREUM,
    EW_OTS_UNKNOWN
} ew_ots_kind;

typedef struct ew_ots_attestation {
    ew_ots_kind kind;
    ew_slice calendar; /* of a pending one: its address, checked to be printable */
    uint64_t height;   /* of a block */
    uint8_t root[32];  /* the message that is attested, when it has 32 bytes */
    bool root_fits;
} ew_ots_attestation;

typedef struct ew_ots {
    uint8_t digest[32]; /* of what was stamped */
    bool sha256;        /* that digest is SHA-256; else it is another and not kept */
    ew_ots_attestation found[EW_OTS_ATTESTATIONS]; /* in the order of the file */
    size_t count;
} ew_ots;

/* EW_E_FORMAT, EW_E_LIMIT. Slices borrow from bytes. */
EW_MUST_CHECK ew_code ew_ots_parse(ew_ots *out, const void *bytes, size_t n, ew_err *err);

#endif
