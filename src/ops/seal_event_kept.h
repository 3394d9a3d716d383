/* SPDX-License-Identifier: Apache-2.0 */
/* Events on the desk's disk, and steps of putting them on record that the keys share. */
#ifndef EW_OPS_SEAL_EVENT_KEPT_H
#define EW_OPS_SEAL_EVENT_KEPT_H

#include "ops/seal_event.h"

enum { EW_EVENT_HEX = 2 * EW_HASH };

/* Locked, as events/<hex of the id>; on EW_OK there for good. */
EW_MUST_CHECK ew_code ew_events__write(const ew_desk *d, const ew_event_kept *k,
                                       ew_err *err);

/* By its id; EW_E_NOTFOUND. k: initialised. Does not say whether it is logged. */
EW_MUST_CHECK ew_code ew_events__read(const ew_desk *d, const char *hex, ew_event_kept *k,
                                      ew_err *err);

/* k->event from k->bytes. EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_events__read_event(ew_event_kept *k, ew_err *err);

/* Finds events on the log that are not known to be there, by what entries hold; those that
 * are not there stay as they are. */
EW_MUST_CHECK ew_code ew_events__look_up(const char *desk_dir, ew_event_kept *const *kept,
                                         size_t n, ew_err *err);

/* The 32 bytes that an entry of ours holds; false for others. */
bool ew_events__parse_entry(ew_slice entry, uint8_t id[EW_HASH]);

/* The signed note of an event, with empty fields filled in. */
EW_MUST_CHECK ew_code ew_ops__event_sign(const ew_event *e, const ew_signer *by,
                                         ew_buf *note, ew_err *err);

/* Up to 4 events that are kept, onto the log in one batch; their numbers are noted. */
EW_MUST_CHECK ew_code ew_ops__events_log(const ew_desk *d, ew_log *log,
                                         ew_event_kept *const *kept, size_t n,
                                         ew_err *err);

#endif
