/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a seal, and its entry in the log. docs/formats/seal.md. */
#ifndef EW_SEAL_STATEMENT_H
#define EW_SEAL_STATEMENT_H

#include "seal/split.h"

enum { EW_STREAMS_MAX = 8, EW_ITEM = 32, EW_SALT = 32, EW_AFTER_MAX = 200 };

typedef struct ew_seal {
    uint8_t item[EW_ITEM];
    char after[EW_AFTER_MAX + 1]; /* something nobody knew before; "": nothing */
    ew_stream streams[EW_STREAMS_MAX];
    size_t stream_count; /* 1 to EW_STREAMS_MAX */
} ew_seal;

/* Fit to stand in the `after` line. */
bool ew_seal_after_ok(const char *after);

/* EW_E_ARG when `after` is not one line of text or there are no streams. */
EW_MUST_CHECK ew_code ew_seal_append(ew_buf *b, const ew_seal *s, ew_err *err);

/* Of the text of a note. One spelling of everything, else EW_E_FORMAT; EW_E_VERSION for a first
 * line of another version. */
EW_MUST_CHECK ew_code ew_seal_parse(ew_seal *s, ew_slice text, ew_err *err);

/* What the log's entry for a signed note holds. */
ew_hash ew_entry_hash(const uint8_t salt[EW_SALT], ew_slice note);

EW_MUST_CHECK ew_code ew_entry_text(ew_buf *b, const ew_hash *hash, ew_err *err);

/* The log's entry for a signed note: says nothing without the salt. */
EW_MUST_CHECK ew_code ew_entry_append(ew_buf *b, const uint8_t salt[EW_SALT],
                                      ew_slice note, ew_err *err);

/* SHA-256 of every part, in one pass over the source. parts: room for cuts->n. */
EW_MUST_CHECK ew_code ew_parts_hash(const ew_src *src, const ew_cuts *cuts,
                                    ew_part *parts, ew_err *err);

#endif
