/* SPDX-License-Identifier: Apache-2.0 */
/* All that is needed to show a part of a sealed item: what the desk keeps of it, its file cut
 * again and compared with the seal, its proof. For whatever writes bundles. */
#ifndef EW_OPS_SEAL_GATHER_H
#define EW_OPS_SEAL_GATHER_H

#include "ops/seal.h"
#include "ops/seal_stamp.h"
#include "ops/seal_event.h"
#include "seal/bundle.h"

typedef struct ew_gathered {
    const ew_desk *d;
    ew_kept kept;
    ew_seal seal;
    ew_cut_file file;     /* stream 0 */
    ew_buf seals;         /* its bytes when it is that of a collection */
    ew_meta_cut meta;     /* stream 1 */
    ew_remains_src left;  /* what stands behind `file` when a part was burned */
    ew_buf proof, policy; /* after ew_ops__gather_proof */
    ew_stamped stamped;   /* the same: time tokens, where there are any */
    const ew_event_list *all_events; /* of the desk, where they are at hand; or NULL */
    ew_event_list event_list;        /* after ew_ops__gather_events */
    ew_bundle_event events[EW_BUNDLE_EVENTS_MAX];
    ew_buf event_proofs[EW_BUNDLE_EVENTS_MAX];
    size_t event_count;
    uint64_t events_left_out; /* which the checkpoint does not reach yet */
} ew_gathered;

/* item: its number or the beginning of it. file: where the content is now, or NULL for where it
 * was. *out is NULL on failure. EW_E_FORMAT when the file is not what was sealed. */
EW_MUST_CHECK ew_code ew_ops__gather(ew_gathered **out, const ew_desk *d,
                                     const char *item, const char *file, ew_err *err);
/* Whether what is left of a stream, by its cover, leads to the root that was sealed. */
EW_MUST_CHECK ew_code ew_ops__check_left(const ew_remains_stream *s, const ew_part *parts,
                                         const ew_stream *stream, bool *same,
                                         ew_err *err);
void ew_ops__gathered_free(ew_gathered *g); /* wipes */

/* What a selection of it shows, told line by line; meta: that of the metadata. */
EW_MUST_CHECK ew_code ew_ops__preview(const ew_gathered *g, const ew_selection *chosen,
                                      const ew_view *meta, const ew_disclosure *what,
                                      ew_err *err);

/* The same of the metadata only. */
EW_MUST_CHECK ew_code ew_ops__preview_meta(const ew_gathered *g, const ew_view *meta,
                                           const ew_disclosure *what, ew_err *err);

/* A message or a paragraph as its readers will see it, safe, one line. */
typedef struct ew_unit_text {
    ew_buf text;        /* what is hidden as "[withheld]" */
    ew_buf file;        /* that it names, or empty */
    bool shown, hidden; /* a part of it */
} ew_unit_text;

void ew_unit_text_init(ew_unit_text *t);
void ew_unit_text_release(ew_unit_text *t);
/* parts: of one unit. states: an ew_part_state for each part of all; NULL: all are shown. */
EW_MUST_CHECK ew_code ew_ops__unit_text(const ew_gathered *g, const uint8_t *states,
                                        ew_run parts, ew_unit_text *out, ew_err *err);

/* Its proof against the earliest checkpoint with time tokens, else the log's newest, and the
 * desk's policy. EW_E_NOTFOUND when no checkpoint reaches the item yet. */
EW_MUST_CHECK ew_code ew_ops__gather_proof(ew_gathered *g, ew_err *err);

/* What is said about it: statements, repudiations, positions; custody when that is asked for. */
EW_MUST_CHECK ew_code ew_ops__gather_events(ew_gathered *g, bool custody, ew_err *err);

/* What was done with an item, rather than said of it. */
bool ew_ops__is_custody(ew_event_kind kind);
/* Over the events of a bundle, in order; begins as zeros. */
void ew_ops__mark_event(uint8_t mark[EW_CHOICE_MARK], ew_slice bytes);

/* Puts on the log that this bundle was made of it. */
EW_MUST_CHECK ew_code ew_ops__record_disclosure(const ew_gathered *g, const char *bundle,
                                                ew_err *err);

/* Writes the bundle that shows these runs of the content and these slots of the metadata. */
EW_MUST_CHECK ew_code ew_ops__gathered_write(ew_gathered *g, const char *path,
                                             const ew_view *content, const ew_view *meta,
                                             ew_err *err);

#endif
