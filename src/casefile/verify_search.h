/* SPDX-License-Identifier: Apache-2.0 */
/* Inside checking a case: does the search find what the case holds? */
#ifndef EW_CASEFILE_VERIFY_SEARCH_H
#define EW_CASEFILE_VERIFY_SEARCH_H

#include "casefile/casefile.h"

/* That each text of the tables is in the list of texts once and nothing else is, and that each is found in both
 * indexes by a word of it. What was put in besides is not seen. */
EW_MUST_CHECK ew_code ew_case__check_search(ew_case *c,
                                            void (*problem)(void *cookie,
                                                            const char *text),
                                            void *cookie, ew_err *err);

#endif
