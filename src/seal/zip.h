/* SPDX-License-Identifier: Apache-2.0 */
/* The one kind of ZIP file that bundles are: stored, in order, without anything that could be
 * read in two ways. docs/formats/bundle.md. */
#ifndef EW_SEAL_ZIP_H
#define EW_SEAL_ZIP_H

#include "base/buf.h"
#include "base/file.h"
#include "seal/text.h"

enum { EW_ZIP_NAME_MAX = 64, EW_ZIP_FILES_MAX = 65535 };

typedef struct ew_zip_file {
    ew_slice name;  /* ASCII letters, digits, '.', '-', '/' */
    ew_slice bytes; /* borrowed from what was read */
} ew_zip_file;

/* Takes a whole file apart. EW_E_FORMAT unless every byte is as the writer would write it. */
EW_MUST_CHECK ew_code ew_zip_parse(const void *bytes, size_t n, ew_zip_file **files,
                                   size_t *count, ew_err *err);

/* Writes files one after another; what they hold may come in pieces. */
typedef struct ew_zip_out {
    int fd;
    const char *path; /* for messages, borrowed; or NULL */
    uint64_t at;      /* bytes written */
    ew_buf central;   /* the directory as it grows */
    size_t count;
    uint64_t began; /* of the present file: where its header is, */
    uint32_t crc;   /* what was seen of it */
    uint64_t size;
    char name[EW_ZIP_NAME_MAX + 1];
} ew_zip_out;

/* fd: empty, open for writing; borrowed. */
void ew_zip_init(ew_zip_out *z, int fd);
void ew_zip_release(ew_zip_out *z);
EW_MUST_CHECK ew_code ew_zip_begin(ew_zip_out *z, const char *name, ew_err *err);
EW_MUST_CHECK ew_code ew_zip_write(ew_zip_out *z, const void *bytes, size_t n,
                                   ew_err *err);
EW_MUST_CHECK ew_code ew_zip_end(ew_zip_out *z, ew_err *err);
EW_MUST_CHECK ew_code ew_zip_finish(ew_zip_out *z, ew_err *err);

/* begin, write and end in one. */
EW_MUST_CHECK ew_code ew_zip_put(ew_zip_out *z, const char *name, ew_slice bytes,
                                 ew_err *err);

#endif
