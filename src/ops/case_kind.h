/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of item a file is, by what it holds. */
#ifndef EW_OPS_CASE_KIND_H
#define EW_OPS_CASE_KIND_H

#include <stdbool.h>

#include "earwitness/err.h"

/* *kind: "recording", "image", "document", "chat", "page" or "article". fd: the file; path: its name, whose
 * ending says what plain text is meant to be. That it cannot be read as what it looks like does not
 * matter here: then it is a document. EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_case_kind_of(int fd, const char *path, const char **kind,
                                      ew_err *err);

/* Is it one of those? */
bool ew_case_kind_known(const char *kind);

#endif
