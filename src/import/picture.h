/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: the kind of a file, and all its facts. The names of facts are in docs/formats/import.md. */
#ifndef EW_IMPORT_PICTURE_H
#define EW_IMPORT_PICTURE_H

#include "import/import.h"

typedef enum ew_picture_kind {
    EW_PICTURE_NONE,
    EW_PICTURE_JPEG,
    EW_PICTURE_PNG,
    EW_PICTURE_WEBP,
    EW_PICTURE_GIF,
    EW_PICTURE_BMP,
    EW_PICTURE_TIFF,
    EW_PICTURE_HEIF /* HEIC and AVIF */
} ew_picture_kind;

/* By its first bytes; 16 are enough. */
ew_picture_kind ew_picture_kind_of(ew_slice bytes);

/* Facts of a file that is in memory; places say that it is this member. Nothing is told of what is no
 * picture. */
EW_MUST_CHECK ew_code ew_import_picture_bytes(ew_slice file, size_t member,
                                              const ew_import_opts *opts,
                                              const ew_import_sink *sink, ew_err *err);

/* Facts of one member of a delivery, which may hold others of any kind: nothing is told of what is no
 * picture. */
EW_MUST_CHECK ew_code ew_import_picture_of(ew_delivery *from, size_t member,
                                           const ew_import_opts *opts,
                                           const ew_import_sink *sink, ew_err *err);

#endif
