/* SPDX-License-Identifier: Apache-2.0 */
/* All handlers of routes, and what they share. docs/formats/serve-api.md has what each takes and gives. */
#ifndef EW_SERVE_API_H
#define EW_SERVE_API_H

#include <jansson.h>

#include "report/json.h"
#include "serve/http.h"

ew_route_handler ew_api_session, ew_api_token, ew_api_about, ew_api_archive,
    ew_api_file_add, ew_api_jobs, ew_api_job, ew_api_job_add, ew_api_job_result,
    ew_api_job_remove, ew_api_sound, ew_api_peaks, ew_api_tile, ew_api_wav, ew_page_file,
    ew_api_archive_info, ew_api_archive_remove, ew_api_cases, ew_api_case_show,
    ew_api_case_item, ew_api_case_events, ew_api_case_timeline, ew_api_case_quotes,
    ew_api_case_original, ew_api_case_excerpt, ew_api_case_chat, ew_api_case_article,
    ew_api_case_place, ew_api_case_new, ew_api_case_analysis, ew_api_case_keep,
    ew_api_case_undo, ew_api_case_position, ew_api_case_alias, ew_api_case_decide,
    ew_api_case_search, ew_api_verify, ew_api_desk, ew_api_disclose;
ew_route_handler ew_api_made, ew_api_made_remove, ew_api_look, ew_api_look_choose,
    ew_api_look_lines, ew_api_look_units, ew_api_look_search, ew_api_look_remove,
    ew_api_shown_lines, ew_api_shown_remove;

/* Answers with the object, which is released. */
EW_MUST_CHECK ew_code ew_api_reply(ew_reply *r, ew_obj *o, ew_err *err);

/* The body as an object, to be released with json_decref; its "who" is the one who logged in, where somebody has to.
 * EW_E_FORMAT. */
EW_MUST_CHECK ew_code ew_api_body(const ew_request *q, json_t **out, ew_err *err);

/* A part of the path that is a number. EW_E_NOTFOUND when it is none. */
EW_MUST_CHECK ew_code ew_api_number(ew_slice part, uint64_t *out, ew_err *err);

/* Coming and going; src/serve/api_session.c. */
ew_route_handler ew_api_session_show, ew_api_logout;

/* One of the files of the page: what "/page/<name>" gives, "/" the first. */
typedef struct ew_embedded {
    const char *name, *type;
    const unsigned char *bytes; /* gzip */
    size_t n;
} ew_embedded;
extern const ew_embedded ew_embedded_files[];
extern const size_t ew_embedded_count;

#endif
