/* SPDX-License-Identifier: Apache-2.0 */
/* Exporting sealed items as a bag (RFC 8493): for archives and courts, who check it with
 * `sha256sum -c`. docs/formats/bagit.md. */
#ifndef EW_OPS_SEAL_EXPORT_H
#define EW_OPS_SEAL_EXPORT_H

#include "ops/seal.h"

typedef struct ew_export_opts {
    const char *const
        *items; /* numbers or beginnings of them; of a collection its members too */
    size_t n;
    bool all;        /* instead: everything that the desk sealed */
    const char *out; /* a folder, which must not be there */
    int64_t time;    /* of the bag, POSIX seconds */
} ew_export_opts;

typedef struct ew_exported {
    uint64_t items, files, bytes; /* files and bytes of the payload */
} ew_exported;

/* Files are checked to be what was sealed. No secret of the desk goes along. EW_E_NOTFOUND when
 * the log's checkpoint does not reach an item yet. */
EW_MUST_CHECK ew_code ew_ops_export(const ew_desk *d, const ew_export_opts *opts,
                                    ew_exported *out, ew_err *err);

#endif
