/* SPDX-License-Identifier: Apache-2.0 */
/* What the routes of bundles share. */
#ifndef EW_SERVE_API_BUNDLE_H
#define EW_SERVE_API_BUNDLE_H

#include "base/hash.h"
#include "ops/seal.h"
#include "serve/api.h"

/* A file that was sent, as the body names it under this key; *path stays NULL when it names none. EW_E_ARG,
 * EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_api_sent(ew_server *s, const json_t *body, const char *key,
                                  char **path, uint8_t sha256[EW_SHA256_BYTES],
                                  ew_err *err);

/* Opens the desk with the passphrase of the body, which is wiped wherever it came. One at a time: deriving a key takes
 * much memory, and who guesses is slow. After EW_OK close it with ew_api_desk_close. */
EW_MUST_CHECK ew_code ew_api_desk_open(ew_server *s, const ew_request *q, json_t **body,
                                       ew_desk *d, ew_err *err);
void ew_api_desk_close(ew_desk *d);

/* A line of a preview: with times to the microsecond, since sound is cut there. */
json_t *ew_api_line(const ew_preview *p);

/* "from" and "count" of the query. */
EW_MUST_CHECK ew_code ew_api_stretch(const ew_request *q, uint64_t *from, uint64_t *count,
                                     ew_err *err);

/* A folder "bundle-..." of the work folder; what is in it, and itself, goes with ew_api_folder_remove. */
EW_MUST_CHECK ew_code ew_api_folder(const ew_server *s, char **dir, ew_err *err);
void ew_api_folder_remove(const char *dir);

/* What was written into such a folder: its first file is the answer, and the folder gone; */
EW_MUST_CHECK ew_code ew_api_made_send(const char *dir, ew_reply *r, ew_err *err);
/* or all is held until it is fetched. In both cases the folder is taken over. */
EW_MUST_CHECK ew_code ew_api_made_keep(ew_server *s, const char *dir, ew_obj *o,
                                       ew_err *err);

#endif
