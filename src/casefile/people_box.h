/* SPDX-License-Identifier: Apache-2.0 */
/* Inside people: encrypting for the recipients of a case. */
#ifndef EW_CASEFILE_PEOPLE_BOX_H
#define EW_CASEFILE_PEOPLE_BOX_H

#include "casefile/people.h"

/* Appends an age file for those who are recipients now. */
EW_MUST_CHECK ew_code ew_case__encrypt(ew_case *c, ew_slice text, ew_buf *out,
                                       ew_err *err);

#endif
