/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers, as the routes see them; src/serve/http.c has libmicrohttpd behind it. */
#ifndef EW_SERVE_HTTP_H
#define EW_SERVE_HTTP_H

#include "base/buf.h"
#include "base/slice.h"
#include "serve/guard.h"
#include "serve/login.h"
#include "serve/serve.h"

enum {
    EW_HTTP_JSON = 1 << 20, /* bytes of a body that is JSON */
    EW_HTTP_PATH = 2048,    /* of a path and its query */
    EW_HTTP_PARTS = 8       /* of a path */
};
#define EW_HTTP_UPLOAD ((uint64_t)16 << 30) /* bytes of a file that is sent */

typedef struct ew_server ew_server;

typedef struct ew_request {
    const char *method;
    const char *path;             /* "/api/jobs/ab12", decoded */
    ew_slice part[EW_HTTP_PARTS]; /* what stands for '*' in the route, in order */
    ew_slice body;                /* of JSON */
    int upload;                   /* descriptor of what was sent, or -1 */
    uint64_t upload_bytes;
    const char *who; /* who logged in; NULL: nobody has to */
    const char *key; /* of the session, or "" */
    void *connection;
} ew_request;

/* The value of a part of the query; NULL: it has none. */
const char *ew_request_query(const ew_request *q, const char *name);
/* As a number; `def` when it is not there. EW_E_ARG when it is none from 0 to max. */
EW_MUST_CHECK ew_code ew_request_number(const ew_request *q, const char *name, double def,
                                        double max, double *out, ew_err *err);

/* What is answered. */
typedef struct ew_reply {
    unsigned status; /* 200 unless set */
    const char *type;
    ew_buf body;
    bool fixed;       /* the same for ever under this address: may be kept */
    bool packed;      /* the body is gzip */
    unsigned retry_s; /* a failure: too often; not before so many seconds */
    int file; /* > 0: this many bytes of this file are the body; closed by whoever sends it */
    uint64_t file_bytes;
} ew_reply;

/* One per route. What fails becomes a JSON object with a status that fits. */
typedef ew_code ew_route_handler(ew_server *s, const ew_request *q, ew_reply *r,
                                 ew_err *err);

typedef enum ew_body_kind {
    EW_BODY_NONE,
    EW_BODY_JSON,
    EW_BODY_SMALL, /* JSON of somebody who may have no session; wiped afterwards */
    EW_BODY_FILE
} ew_body_kind;

typedef struct ew_route {
    const char *method;
    const char *path; /* '*' stands for one part of it */
    ew_body_kind body;
    bool open; /* without a session */
    ew_route_handler *handle;
} ew_route;

extern const ew_route ew_routes[];
extern const size_t ew_route_count;

/* The route of a request; NULL: none. *other_method: there is one for this path, not for the method. */
const ew_route *ew_route_find(const char *method, const char *path,
                              ew_slice part[EW_HTTP_PARTS], bool *other_method);

/* Is this asked by the page, without a person? Then it keeps no session open. */
bool ew_route_by_itself(const ew_route *r);

/* Is who looks after the server told when somebody who logged in did this? */
bool ew_route_is_noted(const ew_route *r);
/* "192.0.2.7, Ann: WHAT DETAIL" */
void ew_request_note(ew_server *s, const ew_request *q, const char *what,
                     const char *detail);

/* What all routes share. */
struct ew_server {
    const ew_page_opts *o;
    ew_guard guard;
    ew_login login;
    pthread_mutex_t telling; /* held while ready() or note() of `o` is called */
    struct ew_jobs *jobs;
    struct ew_sounds *sounds;
    struct ew_held *held;
};

/* Seconds of a clock that is never set back. */
int64_t ew_http_now(void);

/* Listens and answers until o->stop is set. */
EW_MUST_CHECK ew_code ew_http_run(ew_server *s, ew_err *err);

#endif
