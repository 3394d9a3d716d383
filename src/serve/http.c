/* SPDX-License-Identifier: Apache-2.0 */
/* The server, by libmicrohttpd: takes requests, asks the guard, hands them to their route, and puts on every
 * answer what keeps a browser from doing more with it than it should. */
#include "serve/http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/archive.h"
#include "ops/listen.h"
#include "report/json.h"

enum {
    WORKERS = 8,
    CONNECTIONS = 128,
    HEADERS_MAX = 32 * 1024, /* memory of a connection */
    IDLE_SECONDS = 30,
    LIFE_SECONDS = 3600, /* an hour of sound may come over a slow disk */
    TICK_NS = 100 * 1000 * 1000,
    REPLY_MAX = 256 << 20,
    THROWN_AWAY = 8 << 20 /* bytes of a body that is too large, before the line is cut */
};

/* No script, style, picture or connection but our own; nothing may frame the page. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; media-src blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";

typedef struct listener {
    ew_server *s;
    ew_guests guests;
} listener;

/* One request on its way. */
typedef struct visit {
    const ew_route *route;
    ew_request q;
    ew_buf body;
    char path[EW_HTTP_PATH];
    bool too_large;
    ew_err failed; /* while the upload came */
} visit;

/* ------------------------------------------------------------------ answers */

static bool add_headers(struct MHD_Response *r, const ew_reply *a)
{
    static const char *const fixed[][2] = {
        {"Content-Security-Policy", policy},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
    };
    bool ok =
        MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, a->type) == MHD_YES;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0] && ok; i++)
        ok = MHD_add_response_header(r, fixed[i][0], fixed[i][1]) == MHD_YES;
    if (ok)
        ok = MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL,
                                     a->fixed ? "private, max-age=3600" : "no-store") ==
             MHD_YES;
    if (ok && a->packed)
        ok = MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip") ==
             MHD_YES;
    return ok;
}

static enum MHD_Result send_reply(struct MHD_Connection *c, const ew_reply *a)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(
        a->body.len, a->body.data != NULL ? (void *)a->body.data : (void *)(uintptr_t) "",
        MHD_RESPMEM_MUST_COPY);
    if (r == NULL)
        return MHD_NO;
    enum MHD_Result ok = add_headers(r, a) ? MHD_queue_response(c, a->status, r) : MHD_NO;
    MHD_destroy_response(r);
    return ok;
}

static unsigned status_of(ew_code code)
{
    switch (code) {
    case EW_E_ARG:
    case EW_E_FORMAT:
        return MHD_HTTP_BAD_REQUEST;
    case EW_E_NOTFOUND:
        return MHD_HTTP_NOT_FOUND;
    case EW_E_LIMIT:
        return MHD_HTTP_CONTENT_TOO_LARGE;
    case EW_E_BUSY:
        return MHD_HTTP_CONFLICT;
    default:
        return MHD_HTTP_INTERNAL_SERVER_ERROR;
    }
}

static enum MHD_Result send_error(struct MHD_Connection *c, unsigned status,
                                  const ew_err *why)
{
    ew_reply a = {.status = status, .type = "application/json"};
    ew_obj o = ew_obj_new();
    ew_buf_init(&a.body, REPLY_MAX);
    ew_obj_str(&o, "schema", "earwitness.error/1");
    ew_obj_set(&o, "error", ew_json_error(why, ew_ops_advice(why)));
    enum MHD_Result ok = MHD_NO;
    if (ew_obj_print(&o, &a.body, NULL) == EW_OK)
        ok = send_reply(c, &a);
    ew_buf_release(&a.body);
    return ok;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned status, const char *text)
{
    ew_err why;
    (void)ew_fail(&why, status == MHD_HTTP_NOT_FOUND ? EW_E_NOTFOUND : EW_E_ARG, 0, "%s",
                  text);
    return send_error(c, status, &why);
}

/* ------------------------------------------------------------------ requests */

const char *ew_request_query(const ew_request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, name);
}

ew_code ew_request_number(const ew_request *q, const char *name, double def, double max,
                          double *out, ew_err *err)
{
    const char *text = ew_request_query(q, name);
    char *end = NULL;
    *out = def;
    if (text == NULL)
        return EW_OK;
    if (text[0] == 0 || strspn(text, "0123456789.") != strlen(text))
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not a number", name);
    *out = strtod(text, &end);
    if (*end != 0 || *out > max)
        return ew_fail(err, EW_E_ARG, 0, "'%s' is not a number from 0 to %.0f", name,
                       max);
    return EW_OK;
}

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* How often a header stands there: what stands there twice, or says the length in two ways, is read in one way by us
 * and perhaps in another by somebody in between. */
typedef struct tally {
    unsigned hosts, lengths, codings, others;
} tally;

static enum MHD_Result count_header(void *cookie, enum MHD_ValueKind kind,
                                    const char *name, const char *value)
{
    tally *n = cookie;
    (void)kind;
    n->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    n->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        n->codings++;
        n->others += value == NULL || strcasecmp(value, "chunked") != 0;
    }
    return MHD_YES;
}

static bool ambiguous(struct MHD_Connection *c)
{
    tally n = {0};
    (void)MHD_get_connection_values(c, MHD_HEADER_KIND, count_header, &n);
    return n.hosts > 1 || n.others > 0 || n.lengths + n.codings > 1;
}

static enum MHD_Result admit(ew_server *s, struct MHD_Connection *c, const char *method,
                             const ew_route *route, bool *admitted)
{
    const ew_claims claims = {.method = method,
                              .host = header(c, MHD_HTTP_HEADER_HOST),
                              .origin = header(c, MHD_HTTP_HEADER_ORIGIN),
                              .site = header(c, "Sec-Fetch-Site"),
                              .key = header(c, "X-Earwitness-Key")};
    *admitted = false;
    switch (ew_guard_admit(&s->guard, &claims, route != NULL && !route->open)) {
    case EW_WRONG_HOST:
        return refuse(c, MHD_HTTP_MISDIRECTED_REQUEST,
                      "this is not the name of this server");
    case EW_WRONG_SITE:
        return refuse(c, MHD_HTTP_FORBIDDEN, "another page may not ask for this");
    case EW_NO_SESSION:
        return refuse(
            c, MHD_HTTP_UNAUTHORIZED,
            "this page has no session; open the address that the terminal shows");
    case EW_ADMITTED:
        *admitted = true;
    }
    return MHD_YES;
}

static uint64_t body_limit(const ew_route *r)
{
    return r->body == EW_BODY_FILE   ? EW_HTTP_UPLOAD
           : r->body == EW_BODY_JSON ? EW_HTTP_JSON
                                     : 0;
}

/* The head has come; nothing of the body yet. */
static enum MHD_Result begin(ew_server *s, struct MHD_Connection *c, const char *path,
                             const char *method, void **seat)
{
    bool admitted;
    bool other = false;
    ew_slice part[EW_HTTP_PARTS];
    uint64_t length = 0;
    if (ambiguous(c))
        return refuse(c, MHD_HTTP_BAD_REQUEST, "this request can be read in two ways");
    const ew_route *route = ew_route_find(method, path, part, &other);
    enum MHD_Result ok = admit(s, c, method, route, &admitted);
    if (!admitted)
        return ok;
    if (route == NULL)
        return refuse(c, other ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND,
                      "there is nothing at this address");
    const char *told = header(c, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (told != NULL &&
        (!ew_slice_u64(ew_slice_of(told), &length) || length > body_limit(route)))
        return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "this is too much at once");
    visit *v = ew_alloc(sizeof *v);
    if (v == NULL)
        return MHD_NO;
    v->route = route;
    v->q = (ew_request){.method = method, .path = v->path, .upload = -1, .connection = c};
    ew_buf_init(&v->body, EW_HTTP_JSON);
    (void)snprintf(v->path, sizeof v->path, "%s", path);
    if (route->body == EW_BODY_FILE) {
        v->q.upload = open(s->o->work, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (v->q.upload < 0)
            v->failed.code = ew_fail_sys(&v->failed, errno, "cannot keep what is sent");
    }
    *seat = v;
    return MHD_YES;
}

static void take(visit *v, const char *data, size_t n)
{
    v->q.upload_bytes += n;
    if (v->too_large || v->failed.code != EW_OK)
        return; /* read and thrown away, so that the answer can be heard */
    if (v->q.upload_bytes > body_limit(v->route))
        v->too_large = true;
    else if (v->route->body == EW_BODY_FILE)
        v->failed.code = ew_write_all(v->q.upload, data, n, &v->failed);
    else if (ew_buf_append(&v->body, data, n, NULL) != EW_OK)
        v->too_large = true;
}

static enum MHD_Result respond(ew_server *s, struct MHD_Connection *c, visit *v)
{
    ew_err err;
    bool other;
    ew_reply a = {.status = MHD_HTTP_OK, .type = "application/json"};
    ew_err_clear(&err);
    if (v->too_large)
        return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "this is too much at once");
    if (v->failed.code != EW_OK)
        return send_error(c, status_of(v->failed.code), &v->failed);
    v->q.body = (ew_slice){(const char *)v->body.data, v->body.len};
    (void)ew_route_find(v->q.method, v->path, v->q.part, &other); /* parts of our copy */
    ew_buf_init(&a.body, REPLY_MAX);
    ew_code code = v->route->handle(s, &v->q, &a, &err);
    enum MHD_Result ok =
        code == EW_OK ? send_reply(c, &a) : send_error(c, status_of(code), &err);
    ew_buf_release(&a.body);
    return ok;
}

/* Stands for a request whose address has a zero byte in it: the library would hand on what is before it. */
static visit cut_short;

static void *on_address(void *cookie, const char *raw, struct MHD_Connection *c)
{
    (void)cookie;
    (void)c;
    return strstr(raw, "%00") != NULL ? &cut_short : NULL;
}

static enum MHD_Result on_request(void *cookie, struct MHD_Connection *c,
                                  const char *path, const char *method,
                                  const char *version, const char *data, size_t *n,
                                  void **seat)
{
    listener *l = cookie;
    visit *v = *seat;
    (void)version;
    if (v == &cut_short)
        return refuse(c, MHD_HTTP_BAD_REQUEST, "an address has no zero byte");
    if (v == NULL)
        return strlen(path) < EW_HTTP_PATH
                   ? begin(l->s, c, path, method, seat)
                   : refuse(c, MHD_HTTP_URI_TOO_LONG, "this address is too long");
    if (*n > 0) {
        take(v, data, *n);
        *n = 0;
        return v->q.upload_bytes > body_limit(v->route) + THROWN_AWAY ? MHD_NO : MHD_YES;
    }
    return respond(l->s, c, v);
}

static void on_end(void *cookie, struct MHD_Connection *c, void **seat,
                   enum MHD_RequestTerminationCode how)
{
    visit *v = *seat;
    (void)cookie;
    (void)c;
    (void)how;
    if (v == &cut_short)
        v = NULL;
    if (v != NULL) {
        ew_buf_release(&v->body);
        if (v->q.upload >= 0)
            (void)close(v->q.upload);
    }
    ew_free(v);
    *seat = NULL;
}

static void on_connection(void *cookie, struct MHD_Connection *c, void **place,
                          enum MHD_ConnectionNotificationCode what)
{
    listener *l = cookie;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (what == MHD_CONNECTION_NOTIFY_STARTED && info != NULL)
        ew_guests_arrive(&l->guests, info->connect_fd, place);
    else if (what != MHD_CONNECTION_NOTIFY_STARTED && *place != NULL)
        ew_guests_leave(&l->guests, place);
}

/* ------------------------------------------------------------------ serving */

static struct MHD_Daemon *start(listener *l, const struct sockaddr_storage *a)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO;
    if (a->ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, l, MHD_OPTION_SOCK_ADDR, (const void *)a,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)WORKERS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_URI_LOG_CALLBACK, on_address, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        on_end, l, MHD_OPTION_NOTIFY_CONNECTION, on_connection, l, MHD_OPTION_END);
}

/* The names under which a browser on this machine may reach it, and the address with its token. */
static ew_code announce(ew_server *s, const struct sockaddr_storage *a, unsigned port,
                        ew_err *err)
{
    char host[EW_ADDRESS_TEXT];
    char local[EW_ADDRESS_TEXT];
    char token[EW_TOKEN_TEXT];
    char url[EW_SERVE_URL];
    ew_listen_text(a, port, host);
    ew_guard_add_host(&s->guard, host);
    (void)snprintf(local, sizeof local, "localhost:%u", port);
    ew_guard_add_host(&s->guard, local);
    ew_code code = ew_guard_new_token(&s->guard, token, err);
    if (code != EW_OK)
        return code;
    /* What stands after '#' is not sent, and so is in no list of addresses that were asked for. */
    (void)snprintf(url, sizeof url, "http://%s/#%s", host, token);
    s->o->ready(s->o->cookie, url);
    return EW_OK;
}

static void wait_for_stop(listener *l)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};
    while (!ew_stopped(l->s->o->stop)) {
        (void)nanosleep(&tick, NULL);
        ew_guests_cut_off(&l->guests);
    }
}

ew_code ew_http_run(ew_server *s, ew_err *err)
{
    listener l = {.s = s};
    struct sockaddr_storage a;
    ew_code code = ew_listen_parse(s->o->listen, false, &a, err);
    if (code == EW_OK)
        code = ew_guests_init(&l.guests, LIFE_SECONDS, err);
    if (code != EW_OK)
        return code;
    errno = 0;
    struct MHD_Daemon *d = start(&l, &a);
    int sys = errno;
    const union MHD_DaemonInfo *info =
        d != NULL ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (info == NULL)
        code =
            ew_fail_sys(err, sys != 0 ? sys : EIO, "cannot listen at '%s'", s->o->listen);
    else
        code = announce(s, &a, info->port, err);
    if (code == EW_OK)
        wait_for_stop(&l);
    if (d != NULL)
        MHD_stop_daemon(d);
    ew_guests_destroy(&l.guests);
    return code;
}
