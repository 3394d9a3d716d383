/* SPDX-License-Identifier: Apache-2.0 */
/* A result that was kept in English, for a reader of another language. */
#ifndef EW_REPORT_REWORD_H
#define EW_REPORT_REWORD_H

#include "report/json.h"

/* Puts the sentences of the program in a result of check, diff, family, inspect or add (its JSON) into the
 * language of the thread; keys, enumerated values and names stay. In English nothing is changed.
 * Errors: EW_E_NOMEM, EW_E_LIMIT; what is no such result stays as it is. */
EW_MUST_CHECK ew_code ew_result_reword(ew_buf *json, ew_err *err);

#endif
