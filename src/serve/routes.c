/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked for. Each area has a file: src/serve/api_<area>.c. */
#include "serve/api.h"

#include <string.h>

#include "base/bytes.h"

const ew_route ew_routes[] = {
    {"GET", "/api/session", EW_BODY_NONE, true, ew_api_session_show},
    {"POST", "/api/session", EW_BODY_SMALL, true, ew_api_session},
    {"POST", "/api/logout", EW_BODY_SMALL, false, ew_api_logout},
    {"POST", "/api/token", EW_BODY_JSON, false, ew_api_token},
    {"GET", "/api/about", EW_BODY_NONE, false, ew_api_about},
    {"GET", "/api/archive", EW_BODY_NONE, false, ew_api_archive},
    {"GET", "/api/archive/info", EW_BODY_NONE, false, ew_api_archive_info},
    {"DELETE", "/api/archive/*", EW_BODY_NONE, false, ew_api_archive_remove},
    {"GET", "/api/cases", EW_BODY_NONE, false, ew_api_cases},
    {"POST", "/api/cases", EW_BODY_JSON, false, ew_api_case_new},
    {"GET", "/api/cases/*", EW_BODY_NONE, false, ew_api_case_show},
    {"GET", "/api/cases/*/items/*", EW_BODY_NONE, false, ew_api_case_item},
    {"GET", "/api/cases/*/items/*/original", EW_BODY_NONE, false, ew_api_case_original},
    {"GET", "/api/cases/*/items/*/excerpt", EW_BODY_NONE, false, ew_api_case_excerpt},
    {"GET", "/api/cases/*/analyses/*", EW_BODY_NONE, false, ew_api_case_analysis},
    {"POST", "/api/cases/*/analyses", EW_BODY_JSON, false, ew_api_case_keep},
    {"POST", "/api/cases/*/events/*/undo", EW_BODY_JSON, false, ew_api_case_undo},
    {"POST", "/api/cases/*/positions", EW_BODY_JSON, false, ew_api_case_position},
    {"POST", "/api/cases/*/aliases", EW_BODY_JSON, false, ew_api_case_alias},
    {"GET", "/api/cases/*/chats/*", EW_BODY_NONE, false, ew_api_case_chat},
    {"GET", "/api/cases/*/articles/*", EW_BODY_NONE, false, ew_api_case_article},
    {"GET", "/api/cases/*/place", EW_BODY_NONE, false, ew_api_case_place},
    {"GET", "/api/cases/*/events", EW_BODY_NONE, false, ew_api_case_events},
    {"GET", "/api/cases/*/timeline", EW_BODY_NONE, false, ew_api_case_timeline},
    {"GET", "/api/cases/*/quotes", EW_BODY_NONE, false, ew_api_case_quotes},
    {"POST", "/api/cases/*/quotes/*", EW_BODY_JSON, false, ew_api_case_decide},
    {"GET", "/api/cases/*/search", EW_BODY_NONE, false, ew_api_case_search},
    {"POST", "/api/verify", EW_BODY_JSON, false, ew_api_verify},
    {"GET", "/api/desk", EW_BODY_NONE, false, ew_api_desk},
    {"POST", "/api/disclose", EW_BODY_JSON, false, ew_api_disclose},
    {"GET", "/api/made/*/*", EW_BODY_NONE, false, ew_api_made},
    {"DELETE", "/api/made/*", EW_BODY_NONE, false, ew_api_made_remove},
    {"POST", "/api/looks", EW_BODY_JSON, false, ew_api_look},
    {"POST", "/api/looks/*/choose", EW_BODY_JSON, false, ew_api_look_choose},
    {"GET", "/api/looks/*/lines", EW_BODY_NONE, false, ew_api_look_lines},
    {"GET", "/api/looks/*/units", EW_BODY_NONE, false, ew_api_look_units},
    {"GET", "/api/looks/*/search", EW_BODY_NONE, false, ew_api_look_search},
    {"DELETE", "/api/looks/*", EW_BODY_NONE, false, ew_api_look_remove},
    {"GET", "/api/shown/*/lines", EW_BODY_NONE, false, ew_api_shown_lines},
    {"DELETE", "/api/shown/*", EW_BODY_NONE, false, ew_api_shown_remove},
    {"POST", "/api/files", EW_BODY_FILE, false, ew_api_file_add},
    {"GET", "/api/jobs", EW_BODY_NONE, false, ew_api_jobs},
    {"POST", "/api/jobs", EW_BODY_JSON, false, ew_api_job_add},
    {"GET", "/api/jobs/*", EW_BODY_NONE, false, ew_api_job},
    {"GET", "/api/jobs/*/result", EW_BODY_NONE, false, ew_api_job_result},
    {"DELETE", "/api/jobs/*", EW_BODY_NONE, false, ew_api_job_remove},
    {"GET", "/api/sounds/*", EW_BODY_NONE, false, ew_api_sound},
    {"GET", "/api/sounds/*/peaks", EW_BODY_NONE, false, ew_api_peaks},
    {"GET", "/api/sounds/*/tiles/*/*", EW_BODY_NONE, false, ew_api_tile},
    {"GET", "/api/sounds/*/wav", EW_BODY_NONE, false, ew_api_wav},
    {"GET", "/", EW_BODY_NONE, true, ew_page_file},
    {"GET", "/page/*", EW_BODY_NONE, true, ew_page_file},
};
const size_t ew_route_count = EW_COUNT(ew_routes);

/* Pages look again and again at what is under way, also when nobody is there. */
bool ew_route_by_itself(const ew_route *r)
{
    return r->handle == ew_api_jobs || r->handle == ew_api_job ||
           r->handle == ew_api_sound;
}

/* What takes something away from others, and what leaves. */
bool ew_route_is_noted(const ew_route *r)
{
    return r->handle == ew_api_archive_remove || r->handle == ew_api_job_remove ||
           r->handle == ew_api_disclose;
}

/* Does the path have the form of the pattern, and what stands for its stars? */
static bool fits(const char *pattern, const char *path, ew_slice part[EW_HTTP_PARTS])
{
    size_t n = 0;
    while (*pattern != 0 && *path != 0) {
        if (*pattern == '*' && n < EW_HTTP_PARTS) {
            size_t len = strcspn(path, "/");
            part[n++] = (ew_slice){path, len};
            if (len == 0)
                return false;
            path += len;
            pattern++;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *pattern == 0 && *path == 0;
}

const ew_route *ew_route_find(const char *method, const char *path,
                              ew_slice part[EW_HTTP_PARTS], bool *other_method)
{
    *other_method = false;
    for (size_t i = 0; i < ew_route_count; i++) {
        if (!fits(ew_routes[i].path, path, part))
            continue;
        if (strcmp(ew_routes[i].method, method) == 0)
            return &ew_routes[i];
        *other_method = true;
    }
    return NULL;
}
