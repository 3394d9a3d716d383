/* SPDX-License-Identifier: Apache-2.0 */
/* Between src/serve/http.c (requests) and src/serve/listener.c (connections): the callbacks of libmicrohttpd. */
#ifndef EW_SERVE_HTTP_IN_H
#define EW_SERVE_HTTP_IN_H

#include <microhttpd.h>

#include "ops/listen.h"
#include "serve/http.h"

typedef struct listener {
    ew_server *s;
    ew_guests guests;
} listener;

void *ew_http_on_address(void *cookie, const char *raw, struct MHD_Connection *c);
enum MHD_Result ew_http_on_request(void *cookie, struct MHD_Connection *c,
                                   const char *path, const char *method,
                                   const char *version, const char *data, size_t *n,
                                   void **seat);
void ew_http_on_end(void *cookie, struct MHD_Connection *c, void **seat,
                    enum MHD_RequestTerminationCode how);

#endif
