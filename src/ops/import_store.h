/* SPDX-License-Identifier: Apache-2.0 */
/* The originals of a delivery on their way into a case. */
#ifndef EW_OPS_IMPORT_STORE_H
#define EW_OPS_IMPORT_STORE_H

#include "casefile/casefile.h"
#include "import/delivery.h"
#include "ops/import.h"

/* One file that is kept: a member, or the ZIP itself. */
typedef struct ew_kept_file {
    uint8_t sha256[EW_SHA256_BYTES];
    uint64_t bytes;
    int64_t item; /* in the case; 0: not yet */
    bool known;   /* the case had it already */
    bool recording;
    bool broken; /* cannot be unpacked, or not be read: there is no item */
} ew_kept_file;

typedef struct ew_kept_files {
    ew_kept_file *file; /* of each member, then of the ZIP when it is one */
    size_t count;       /* members */
    bool packed;
    ew_import_format format;
    int64_t *items; /* of each member, once they are added */
} ew_kept_files;

/* Path of a member of a folder, else of the file or the ZIP itself; to be freed, NULL: out of memory. */
char *ew_import__path_of(const ew_delivery *from, size_t member);

/* Stores all originals; no event is needed. To be released in any case. */
EW_MUST_CHECK ew_code ew_import__store(ew_case *c, ew_delivery *from,
                                       const ew_import_how *how, ew_kept_files *k,
                                       ew_err *err);
/* Adds those that the case does not have, within an event. */
EW_MUST_CHECK ew_code ew_import__add_items(ew_case *c, const ew_delivery *from,
                                           const ew_import_how *how, ew_kept_files *k,
                                           ew_imported *told, ew_err *err);
/* From now on the delivery gives the bytes that were stored: what is read is what is kept, also when
 * somebody writes to the file or takes the disk away. */
EW_MUST_CHECK ew_code ew_import__read_copies(ew_case *c, ew_delivery *from,
                                             const ew_kept_files *k, ew_err *err);
/* After a failure: what was stored and became no item goes. */
void ew_import__drop(ew_case *c, const ew_kept_files *k);
void ew_import__kept_release(ew_kept_files *k);

#endif
