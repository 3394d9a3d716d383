/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing, disclosing, verifying: the use cases. */
#ifndef EW_OPS_SEAL_H
#define EW_OPS_SEAL_H

#include "earwitness/seal.h"
#include "ops/seal_desk.h"

/* What became of one file. */
typedef struct ew_sealed {
    const char *path; /* as it was given */
    char hex[EW_ITEM_HEX + 1];
    ew_splitter splitter;
    uint64_t parts;
    uint64_t entry; /* number in the log */
} ew_sealed;

/* Asked once per file, in order: `s` with its entry, or why it was not sealed. */
typedef void (*ew_seal_told)(void *cookie, const ew_sealed *s, const ew_err *why);

typedef struct ew_seal_opts {
    const char *const *paths;
    size_t n;
    ew_splitter splitter; /* or EW_SPLIT_AUTO */
    ew_seal_told told;
    void *cookie;
} ew_seal_opts;

/* Seals files and puts them on the log in one batch. A file that fails is told and left out;
 * *failed counts them. When the code is not EW_OK nothing is known to be on the log. */
EW_MUST_CHECK ew_code ew_ops_seal(const ew_desk *d, const ew_seal_opts *opts,
                                  size_t *failed, ew_err *err);

/* Signs the log as it is now; appends the checkpoint to `note`. */
EW_MUST_CHECK ew_code ew_ops_checkpoint(const ew_desk *d, ew_buf *note, ew_err *err);

typedef struct ew_disclosure {
    const char *item;        /* its number or the beginning of it */
    const char *show, *hide; /* one of them; see seal/select.h */
    const char *file;        /* where the content is now; NULL: where it was sealed */
    const char *out;         /* the bundle; NULL: only say what would be shown */
} ew_disclosure;

typedef struct ew_disclosed {
    char hex[EW_ITEM_HEX + 1];
    ew_stream stream;
    ew_run *runs; /* shown; freed by ew_disclosed_release */
    size_t run_count;
    uint64_t shown; /* parts */
} ew_disclosed;

/* EW_E_FORMAT when the file is not what was sealed; EW_E_NOTFOUND when the log's checkpoint
 * does not reach the item yet. */
EW_MUST_CHECK ew_code ew_ops_disclose(const ew_desk *d, const ew_disclosure *what,
                                      ew_disclosed *out, ew_err *err);
void ew_disclosed_release(ew_disclosed *d);

enum { EW_BUNDLE_READ_MAX = 1 << 30 };

/* policy, published: files, or NULL. */
EW_MUST_CHECK ew_code ew_ops_verify(const char *bundle, const char *policy,
                                    const char *published, ew_verdict *out, ew_err *err);

/* A file cut and hashed; shared by sealing and disclosing. */
typedef struct ew_cut_file {
    int fd;
    ew_src src;
    ew_cuts cuts;
    ew_stream stream; /* without its root */
    ew_part *parts;
} ew_cut_file;

/* *f is zeroed first; close it in any case. */
EW_MUST_CHECK ew_code ew_ops__cut_file(ew_cut_file *f, const char *path,
                                       ew_splitter which, ew_err *err);
void ew_ops__close_cut(ew_cut_file *f);

/* The metadata stream of a kept item: 16 slots, of which the first are the lines of meta. */
typedef struct ew_meta_cut {
    ew_memory bytes;
    ew_cuts cuts;
    ew_part parts[16];
} ew_meta_cut;

EW_MUST_CHECK ew_code ew_ops__cut_meta(ew_meta_cut *m, const ew_buf *meta, ew_err *err);

#endif
