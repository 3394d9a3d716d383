/* SPDX-License-Identifier: Apache-2.0 */
/* Inside people: what a person is, and encrypting for the recipients of a case. */
#ifndef EW_CASEFILE_PEOPLE_BOX_H
#define EW_CASEFILE_PEOPLE_BOX_H

#include "casefile/people.h"

/* EW_E_NOTFOUND when there is no such person, or it was taken back. */
EW_MUST_CHECK ew_code ew_case__person_kind(ew_case *c, int64_t person, int64_t *kind,
                                           ew_err *err);

/* Appends an age file for those who are recipients now. */
EW_MUST_CHECK ew_code ew_case__encrypt(ew_case *c, ew_slice text, ew_buf *out,
                                       ew_err *err);

#endif
