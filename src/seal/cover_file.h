/* SPDX-License-Identifier: Apache-2.0 */
/* cover.bin of a bundle: which parts are visible, how long they are, and what stands for the
 * rest. docs/formats/bundle.md. */
#ifndef EW_SEAL_COVER_FILE_H
#define EW_SEAL_COVER_FILE_H

#include "seal/statement.h"
#include "seal/zip.h"

enum { EW_COVER_BYTES_MAX = 256 << 20 };

/* One stream of a bundle that was read. */
typedef struct ew_cover_stream {
    ew_run *runs;
    size_t run_count;
    uint8_t *kinds;    /* of the visible parts, in order */
    uint64_t *lengths; /* the same */
    size_t visible;
    const ew_hash *entries; /* into what was parsed */
    size_t entry_count;
} ew_cover_stream;

typedef struct ew_cover_file {
    ew_cover_stream streams[EW_STREAMS_MAX];
    size_t run_total;
} ew_cover_file;

/* seal: what the streams are. files: parts/00000000 and on, one per run; their sizes must be
 * what the cover says. *out is zeroed first; release it. EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_cover_file_parse(ew_cover_file *out, ew_slice bytes,
                                          const ew_seal *seal, const ew_zip_file *files,
                                          size_t file_count, ew_err *err);
void ew_cover_file_release(ew_cover_file *c);

/* Writing: the head, then every stream in order. */
EW_MUST_CHECK ew_code ew_cover_file_begin(ew_buf *b, size_t streams, ew_err *err);
EW_MUST_CHECK ew_code ew_cover_file_add(ew_buf *b, const ew_view *v, const ew_cuts *cuts,
                                        const ew_cover *cover, ew_err *err);

#endif
