/* SPDX-License-Identifier: Apache-2.0 */
/* All second words of `earwitness case`. */
#ifndef EW_CLI_CASE_VERBS_H
#define EW_CLI_CASE_VERBS_H

#include "cli/cli.h"

extern const command case_new, case_add;
extern const command case_show, case_open_verb, case_close_verb, case_list, case_events,
    case_undo, case_correct, case_hand, case_get, case_rerun, case_verify;

extern const command case_quotes, case_accept, case_refuse;

extern const command case_person, case_people, case_recipient, case_reveal, case_alias,
    case_merge, case_search, case_lint;
extern const command case_position, case_timeline, case_export, case_seal;

#endif
