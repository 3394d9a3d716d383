/* SPDX-License-Identifier: Apache-2.0 */
/* What a case says, as fields of JSON objects, the same for commands and for the page.
 * docs/formats/case-json.md. */
#ifndef EW_OPS_CASE_JSON_H
#define EW_OPS_CASE_JSON_H

#include "casefile/suggestions.h"
#include "ops/case_add.h"
#include "ops/case_timeline.h"
#include "ops/import.h"
#include "report/json.h"

/* Each adds its fields to an object. */
void ew_suggestion_json(ew_obj *o, const ew_suggestion *s);
void ew_case_added_json(ew_obj *o, const ew_case_added *i);
void ew_imported_json(ew_obj *o, const ew_imported *t);
void ew_timeline_row_json(ew_obj *o, const ew_timeline_row *r);
void ew_timeline_finding_json(ew_obj *o, const ew_turn *t, const ew_timeline_row *first,
                              const ew_timeline_row *second);

/* Makes it the detail of the event that is being written; releases the object. */
EW_MUST_CHECK ew_code ew_event_detail_json(ew_case *c, ew_obj *o, ew_err *err);

#endif
