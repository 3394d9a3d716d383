/* SPDX-License-Identifier: Apache-2.0 */
/* Events at the desk: signed, put on the log, and kept with what proves them.
 * docs/formats/desk.md. */
#ifndef EW_OPS_SEAL_EVENT_H
#define EW_OPS_SEAL_EVENT_H

#include "ops/seal_desk.h"
#include "seal/event.h"

enum { EW_EVENT_FILE_MAX = EW_EVENT_BYTES + 8192 }; /* with its signatures */

/* What opens the commitments of an event; all 0 where there is none. */
typedef struct ew_event_salts {
    uint8_t name[EW_SALT], before[EW_SALT], after[EW_SALT];
} ew_event_salts;

/* What the desk keeps of one event. */
typedef struct ew_event_kept {
    uint8_t id[EW_HASH]; /* what its entry in the log holds; the `prev` of what follows */
    uint8_t salt[EW_SALT];
    ew_event_salts salts;
    bool ssh;     /* by a person with ssh-keygen; else a signed note */
    ew_buf bytes; /* the file */
    bool logged;  /* it is on the log, as entry number */
    uint64_t entry;
    ew_event event; /* borrows from bytes */
} ew_event_kept;

void ew_event_kept_init(ew_event_kept *k);
void ew_event_kept_release(ew_event_kept *k); /* wipes */

/* Fills in a commitment: hash becomes that of the content (its SHA-256) under a fresh salt. */
EW_MUST_CHECK ew_code ew_event_hide(const ew_hash *content, uint8_t hash[EW_HASH],
                                    uint8_t salt[EW_SALT], ew_err *err);

/* Signs an event with the desk's statement key, keeps it, and puts it on the log. A time of 0
 * becomes now, an empty tool of a custody event this program. salts: NULL when there are no
 * commitments. On EW_OK all of it is on disk for good. out: initialised; may be NULL. */
EW_MUST_CHECK ew_code ew_ops_event_put(const ew_desk *d, const ew_event *e,
                                       const ew_event_salts *salts, ew_event_kept *out,
                                       ew_err *err);

/* The same for the file of an event that a person signed; its signature must have been
 * checked. EW_E_FORMAT when it is no event. */
EW_MUST_CHECK ew_code ew_ops_event_put_ssh(const ew_desk *d, ew_slice file,
                                           ew_event_kept *out, ew_err *err);

typedef struct ew_event_list {
    ew_event_kept *kept; /* by entry, then by id */
    size_t n, cap;
} ew_event_list;

/* What the desk keeps and what stands on its log: all, or what is about an item. *out is zeroed
 * first; release it. */
EW_MUST_CHECK ew_code ew_ops_events(const ew_desk *d, const uint8_t *item,
                                    ew_event_list *out, ew_err *err);
void ew_event_list_release(ew_event_list *list);

/* Steps of putting, for those who put many entries onto the log at once: sign (by: the statement
 * key) and keep; then its entry is to be logged; then its number is noted. */
EW_MUST_CHECK ew_code ew_ops__event_make(const ew_desk *d, const ew_event *e,
                                         const ew_event_salts *salts, const ew_signer *by,
                                         ew_event_kept *k, ew_err *err);
EW_MUST_CHECK ew_code ew_ops__event_keep(const ew_desk *d, ew_event_kept *k, ew_err *err);
EW_MUST_CHECK ew_code ew_ops__event_entry(const ew_event_kept *k, ew_buf *entry,
                                          ew_err *err);
EW_MUST_CHECK ew_code ew_ops__event_noted(const ew_desk *d, ew_event_kept *k,
                                          uint64_t entry, ew_err *err);

/* The 32 bytes that an entry of the log holds. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_ops_entry_id(const char *desk_dir, uint64_t entry,
                                      uint8_t id[EW_HASH], ew_err *err);

#endif
