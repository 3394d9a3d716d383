/* SPDX-License-Identifier: Apache-2.0 */
/* What the routes of a case share. */
#ifndef EW_SERVE_API_CASE_H
#define EW_SERVE_API_CASE_H

#include "casefile/casefile.h"
#include "serve/api.h"

enum { EW_WHO_TEXT = 256, EW_CASE_WAIT_S = 5 };

enum { EW_CASE_ID_BYTES = 8, EW_CASE_ID_TEXT = 2 * EW_CASE_ID_BYTES + 1 };

/* A name for a case that can stand in an address and tells no path. */
void ew_api_case_id(const char *dir, char id[EW_CASE_ID_TEXT]);
/* The folder of the case that is named so, of those that may be opened; to be freed. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_api_case_dir(ew_server *s, ew_slice name, char **dir,
                                      ew_err *err);
/* Opens the case that this part of the path names; a path is never taken. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_api_case_open(ew_server *s, ew_slice name, bool write,
                                       ew_case **c, ew_err *err);

/* Where a recording of the archive lies; to be freed. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_api_archive_path(ew_server *s, const char *hex, char **path,
                                          ew_err *err);

/* Who acts: as the body says, else EARWITNESS_WHO, else the name of the user. */
void ew_api_who(const json_t *body, char who[EW_WHO_TEXT]);

/* A text of the body; NULL when it has none, or an empty one. */
const char *ew_api_text(const json_t *body, const char *key);

/* A finished object as the answer; released also after a failure. */
EW_MUST_CHECK ew_code ew_api_end(ew_reply *r, ew_obj *o, ew_code code, ew_err *err);

#endif
