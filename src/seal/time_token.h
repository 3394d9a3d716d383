/* SPDX-License-Identifier: Apache-2.0 */
/* What the time tokens of a bundle say, in the words of the verdict. */
#ifndef EW_SEAL_TIME_TOKEN_H
#define EW_SEAL_TIME_TOKEN_H

#include "earwitness/seal.h"
#include "seal/policy.h"

/* stamped: the text of the checkpoint (without signatures), whose SHA-256 is what tokens are
 * over. policy: the reader's, for its authorities and blocks; NULL: none. bytes is an .ots file
 * when ots, else a .tsr. `out` is one line for each attestation, appended to v->times as long as
 * there is room; v->not_after becomes earlier when a token shows so. A bad token is an answer,
 * not an error. */
EW_MUST_CHECK ew_code ew_time_token_judge(ew_slice stamped, const ew_policy *policy,
                                          ew_slice bytes, bool ots, ew_verdict *v,
                                          ew_err *err);

#endif
