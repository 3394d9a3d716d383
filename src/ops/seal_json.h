/* SPDX-License-Identifier: Apache-2.0 */
/* What a disclosure would show, as JSON, the same for the command and for the page. */
#ifndef EW_OPS_SEAL_JSON_H
#define EW_OPS_SEAL_JSON_H

#include "ops/seal.h"
#include "report/json.h"

/* One line of a preview as a new object; NULL: out of memory. */
json_t *ew_preview_json(const ew_preview *p);

#endif
