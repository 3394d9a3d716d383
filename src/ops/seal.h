/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing, disclosing, verifying: the use cases. */
#ifndef EW_OPS_SEAL_H
#define EW_OPS_SEAL_H

#include "earwitness/seal.h"
#include "ops/seal_desk.h"
#include "seal/collection.h"
#include "seal/select.h"

/* What became of one file, or of a folder. */
typedef struct ew_sealed {
    const char *path; /* as it was given; of a member with its folder */
    char hex[EW_ITEM_HEX + 1];
    ew_splitter splitter;
    uint64_t parts;
    uint64_t bytes;         /* of the stream */
    bool one_piece;         /* sound, it seems, that is one part; see EW_ONE_PIECE */
    uint64_t entry;         /* number in the log */
    const char *collection; /* number of the one that it is a member of, or NULL */
} ew_sealed;

/* Asked once per file, in order, members before their collection: `s` with its entry, or why it
 * was not sealed. */
typedef void (*ew_seal_told)(void *cookie, const ew_sealed *s, const ew_err *why);

typedef struct ew_seal_opts {
    const char *const *paths; /* files, and folders, which become collections */
    size_t n;
    ew_splitter splitter; /* or EW_SPLIT_AUTO */
    ew_seal_told told;
    void *cookie;
    const char *const
        *meta;         /* EW_META_SLOTS values of metadata, NULL where there is none, or
                                NULL; the desk's own slots are not looked at */
    const char *after; /* something that nobody could know before; or NULL */
} ew_seal_opts;

/* Seals files and puts them on the log in one batch. A file that fails is told and left out;
 * *failed counts them. When the code is not EW_OK nothing is known to be on the log. */
EW_MUST_CHECK ew_code ew_ops_seal(const ew_desk *d, const ew_seal_opts *opts,
                                  size_t *failed, ew_err *err);

/* Signs the log as it is now; appends the checkpoint to `note`. */
EW_MUST_CHECK ew_code ew_ops_checkpoint(const ew_desk *d, ew_buf *note, ew_err *err);

/* What would be visible, or is: a person is to look at it before anything is sent. Of chats,
 * texts and collections a line for each unit, those wholly withheld one after another together; of
 * sound a line for each stretch. */
typedef enum ew_preview_kind {
    EW_PREVIEW_UNIT,
    EW_PREVIEW_HEAD, /* what comes before the content, or only a player needs */
    EW_PREVIEW_TAIL,
    EW_PREVIEW_META
} ew_preview_kind;

typedef struct ew_preview {
    ew_preview_kind kind;
    ew_part_state state;   /* EW_PART_SHOWN also when only a part of it is */
    uint64_t first, count; /* units, from 1; 0 of them for head and tail */
    double from, to;       /* of sound, seconds; from < 0: not known */
    const char *text; /* of it, safe, one line, what is hidden as "[withheld]"; or NULL */
    const char *file; /* that a message names, safe; it is not in the bundle; or NULL */
    bool partly;      /* of a message, when not all of it is shown */
} ew_preview;

typedef void (*ew_previewed)(void *cookie, const ew_preview *p);

enum { EW_CHOICE_MARK = 32 };

typedef struct ew_disclosure {
    const char *item;        /* its number or the beginning of it */
    const char *show, *hide; /* at least one of them; see seal/select.h */
    const char *meta;        /* keys joined by commas, or "all"; NULL: none */
    const char *file;        /* where the content is now; NULL: where it was sealed */
    const char *out;         /* the bundle; NULL: only say what would be shown */
    const char *published;   /* its published derivative; NULL: none */
    const char *filler;      /* of that, by name; NULL: what suits it */
    bool members; /* of a collection: out is a folder, for bundles of the members too */
    bool custody; /* with the events of its custody, not only what was said of it */
    const uint8_t *
        expected; /* EW_CHOICE_MARK bytes: nothing is written that shows anything else; or NULL */
    const uint8_t
        *expected_events; /* the same of the events about it; not with members; or NULL */
    ew_previewed preview; /* or NULL */
    void *cookie;
} ew_disclosure;

typedef struct ew_disclosed {
    uint8_t
        mark[EW_CHOICE_MARK]; /* the same whenever the same is shown of the same item */
    char hex[EW_ITEM_HEX + 1];
    ew_stream stream;
    ew_run *runs; /* shown; freed by ew_disclosed_release */
    size_t run_count;
    uint64_t shown;           /* parts */
    uint64_t bundles;         /* written */
    uint64_t events;          /* about the item, in its bundle; */
    uint64_t events_left_out; /* and those that the checkpoint does not reach yet */
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

/* Is a bundle a member that the bundle of a collection shows? Both are to be verified too. */
EW_MUST_CHECK ew_code ew_ops_member(const char *bundle, const char *collection,
                                    ew_membership *out, ew_err *err);

/* The lines of metadata that a verified bundle shows, appended. */
EW_MUST_CHECK ew_code ew_ops_shown_meta(const char *bundle, ew_buf *out, ew_err *err);

/* A file cut and hashed; shared by sealing and disclosing. */
typedef struct ew_cut_file {
    int fd; /* 0: there is none, the bytes are in memory */
    ew_memory memory;
    const ew_progress *prog;
    uint64_t ticked;  /* where progress was told last */
    uint32_t reads;   /* since then */
    int64_t modified; /* POSIX seconds */
    ew_src src;
    ew_cuts cuts;
    ew_stream stream; /* without its root */
    ew_part *parts;
} ew_cut_file;

/* *f is zeroed first; close it in any case. A file that changes meanwhile is refused. */
EW_MUST_CHECK ew_code ew_ops__cut_file(ew_cut_file *f, const char *path,
                                       ew_splitter which, const ew_progress *prog,
                                       ew_err *err);
/* The same for a member of a folder, which must not be a link. */
EW_MUST_CHECK ew_code ew_ops__cut_member(ew_cut_file *f, const char *path,
                                         ew_splitter which, const ew_progress *prog,
                                         ew_err *err);
/* The list of a collection; bytes stay with the caller. */
EW_MUST_CHECK ew_code ew_ops__cut_seals(ew_cut_file *f, const ew_buf *bytes, ew_err *err);
void ew_ops__close_cut(ew_cut_file *f);

/* The metadata stream of a kept item: a line of meta stands in the slot of its key. */
typedef struct ew_meta_cut {
    ew_memory bytes;
    ew_cuts cuts;
    ew_part parts[EW_META_SLOTS];
} ew_meta_cut;

EW_MUST_CHECK ew_code ew_ops__cut_meta(ew_meta_cut *m, const ew_buf *meta, ew_err *err);

#endif
