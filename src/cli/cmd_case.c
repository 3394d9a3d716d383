/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case WORD: src/cli/case_<word>.c has each. */
#include "base/bytes.h"
#include "cli/case_verbs.h"

const command *const case_verbs[] = {
    &case_new,    &case_add,      &case_show,      &case_open_verb, &case_close_verb,
    &case_list,   &case_events,   &case_undo,      &case_correct,   &case_hand,
    &case_get,    &case_rerun,    &case_verify,    &case_quotes,    &case_accept,
    &case_refuse, &case_position, &case_timeline,  &case_export,    &case_seal,
    &case_person, &case_people,   &case_recipient, &case_reveal,    &case_alias,
    &case_merge,  &case_search,   &case_lint,
};

const command cmd_case = {
    .name = "case",
    .usage = "WORD [OPTION ...] [ARGUMENT ...]",
    .summary = "keep what is known about a matter: items, custody, who said what",
    .details =
        "Works on a case: a folder with the originals of a matter, what was found\n"
        "about them, who had them, and who said what about them. Nothing in it is\n"
        "ever changed or deleted. The case is --case DIR, else EARWITNESS_CASE, else\n"
        "the one that the current folder is in, else the one opened last",
    .verbs = case_verbs,
    .verb_count = EW_COUNT(case_verbs),
};
