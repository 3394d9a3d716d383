/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, by libmicrohttpd: asks the guard, hands them to their route, and puts on every
 * answer what keeps a browser from doing more with it than it should. */
#include "serve/http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "base/words.h"
#include "ops/archive.h"
#include "report/json.h"
#include "serve/http_in.h"

enum {
    REPLY_MAX = 256 << 20,
    THROWN_AWAY = 8 << 20, /* bytes of a body that is too large, before the line is cut */
    SMALL_BODY = 8 << 10,  /* of those who have no session yet */
    ROOM_EVERY = 64 << 20, /* bytes of a file after which the disk is looked at again */
    AGAIN_S = 1
};
/* What is left on the disk for the archive, the cases and the queue. */
static const uint64_t disk_reserve = (uint64_t)256 << 20;

/* No script, style, picture or connection but our own; nothing may frame the page. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; media-src blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";

/* One request on its way. */
typedef struct visit {
    const ew_route *route;
    ew_request q;
    ew_buf body;
    char path[EW_HTTP_PATH];
    char who[EW_SESSION_WHO];
    char key[EW_TOKEN_TEXT];
    bool counted; /* among those of its session */
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
    if (ok && a->retry_s > 0) {
        char seconds[16];
        (void)snprintf(seconds, sizeof seconds, "%u", a->retry_s);
        ok = MHD_add_response_header(r, MHD_HTTP_HEADER_RETRY_AFTER, seconds) == MHD_YES;
    }
    if (ok && a->packed)
        ok = MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip") ==
             MHD_YES;
    return ok;
}

static enum MHD_Result send_reply(struct MHD_Connection *c, const ew_reply *a)
{
    struct MHD_Response *r =
        a->file > 0
            ? MHD_create_response_from_fd64(a->file_bytes, a->file)
            : MHD_create_response_from_buffer(
                  a->body.len,
                  a->body.data != NULL ? (void *)a->body.data : (void *)(uintptr_t) "",
                  MHD_RESPMEM_MUST_COPY);
    if (r == NULL) {
        if (a->file > 0)
            (void)close(a->file);
        return MHD_NO;
    }
    enum MHD_Result ok = add_headers(r, a) ? MHD_queue_response(c, a->status, r) : MHD_NO;
    MHD_destroy_response(r);
    return ok;
}

static unsigned status_of(const ew_err *why)
{
    switch (why->code) {
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
        return why->code == EW_E_IO && why->sys == ENOSPC
                   ? MHD_HTTP_INSUFFICIENT_STORAGE
                   : MHD_HTTP_INTERNAL_SERVER_ERROR;
    }
}

static enum MHD_Result send_later(struct MHD_Connection *c, unsigned status,
                                  unsigned retry_s, const ew_err *why)
{
    ew_reply a = {.status = status, .type = "application/json", .retry_s = retry_s};
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

static enum MHD_Result send_error(struct MHD_Connection *c, unsigned status,
                                  const ew_err *why)
{
    return send_later(c, status, 0, why);
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

int64_t ew_http_now(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec;
}

/* The connection of one who has a session may last. */
static void know(listener *l, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info != NULL)
        ew_guests_know(&l->guests, info->socket_context);
}

/* Whose session a request belongs to. */
typedef struct caller {
    bool admitted;
    char who[EW_SESSION_WHO]; /* "": nobody logged in */
} caller;

static enum MHD_Result admit(listener *l, struct MHD_Connection *c, const char *method,
                             const ew_route *route, caller *by)
{
    bool needs = route != NULL && !route->open;
    const ew_claims claims = {.method = method,
                              .host = header(c, MHD_HTTP_HEADER_HOST),
                              .origin = header(c, MHD_HTTP_HEADER_ORIGIN),
                              .site = header(c, "Sec-Fetch-Site"),
                              .key = header(c, "X-Earwitness-Key"),
                              .now = ew_http_now(),
                              .by_itself = route != NULL && ew_route_by_itself(route)};
    by->admitted = false;
    switch (ew_guard_admit(&l->s->guard, &claims, needs, by->who)) {
    case EW_WRONG_HOST:
        return refuse(c, MHD_HTTP_MISDIRECTED_REQUEST,
                      "this is not the name of this server");
    case EW_WRONG_SITE:
        return refuse(c, MHD_HTTP_FORBIDDEN, "another page may not ask for this");
    case EW_NO_SESSION:
        return refuse(
            c, MHD_HTTP_UNAUTHORIZED,
            l->s->login.needed
                ? "log in first: this session has ended, or there was none"
                : "this page has no session; open the address that the terminal shows");
    case EW_ADMITTED:
        by->admitted = true;
    }
    if (needs)
        know(l, c);
    return MHD_YES;
}

static uint64_t body_limit(const ew_route *r)
{
    return r->body == EW_BODY_FILE    ? EW_HTTP_UPLOAD
           : r->body == EW_BODY_JSON  ? EW_HTTP_JSON
           : r->body == EW_BODY_SMALL ? SMALL_BODY
                                      : 0;
}

/* Is there room on the disk for so many bytes more? */
static bool has_room(const ew_server *s, uint64_t bytes)
{
    struct statvfs disk;
    if (statvfs(s->o->work, &disk) != 0)
        return true;
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    return left >= disk_reserve && left - disk_reserve >= bytes;
}

static ew_code no_room(ew_err *err)
{
    return ew_fail_sys(err, ENOSPC, "the disk of this server is full");
}

/* Makes what is kept of a request while its body comes. */
static visit *new_visit(ew_server *s, struct MHD_Connection *c, const ew_route *route,
                        const char *path, uint64_t length)
{
    visit *v = ew_alloc(sizeof *v);
    const char *key = header(c, "X-Earwitness-Key");
    if (v == NULL)
        return NULL;
    *v = (visit){.route = route};
    v->q = (ew_request){
        .method = route->method, .path = v->path, .upload = -1, .connection = c};
    ew_buf_init(&v->body, EW_HTTP_JSON);
    (void)snprintf(v->path, sizeof v->path, "%s", path);
    if (key != NULL && strlen(key) < sizeof v->key)
        (void)snprintf(v->key, sizeof v->key, "%s", key);
    v->q.key = v->key;
    if (route->body != EW_BODY_FILE)
        return v;
    if (!has_room(s, length))
        v->failed.code = no_room(&v->failed);
    else if ((v->q.upload = open(s->o->work, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) < 0)
        v->failed.code = ew_fail_sys(&v->failed, errno, "cannot keep what is sent");
    return v;
}

/* The head has come; nothing of the body yet. */
static enum MHD_Result begin(listener *l, struct MHD_Connection *c, const char *path,
                             const char *method, void **seat)
{
    caller by;
    bool other = false;
    ew_slice part[EW_HTTP_PARTS];
    uint64_t length = 0;
    if (ambiguous(c))
        return refuse(c, MHD_HTTP_BAD_REQUEST, "this request can be read in two ways");
    const ew_route *route = ew_route_find(method, path, part, &other);
    enum MHD_Result ok = admit(l, c, method, route, &by);
    if (!by.admitted)
        return ok;
    if (route == NULL)
        return refuse(c, other ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND,
                      "there is nothing at this address");
    const char *told = header(c, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (told != NULL &&
        (!ew_slice_u64(ew_slice_of(told), &length) || length > body_limit(route)))
        return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "this is too much at once");
    visit *v = new_visit(l->s, c, route, path, length);
    if (v == NULL)
        return MHD_NO;
    *seat = v;
    memcpy(v->who, by.who, sizeof v->who);
    v->q.who = by.who[0] != 0 ? v->who : NULL;
    if (v->q.who == NULL)
        return MHD_YES;
    v->counted = ew_guard_begin(&l->s->guard, v->key);
    if (v->counted)
        return MHD_YES;
    ew_err why;
    (void)ew_fail(&why, EW_E_BUSY, 0, "more than %d requests at a time",
                  (int)EW_GUARD_AT_A_TIME);
    return send_later(c, MHD_HTTP_TOO_MANY_REQUESTS, AGAIN_S, &why);
}

static void take(const ew_server *s, visit *v, const char *data, size_t n)
{
    uint64_t before = v->q.upload_bytes;
    v->q.upload_bytes += n;
    if (v->too_large || v->failed.code != EW_OK)
        return; /* read and thrown away, so that the answer can be heard */
    if (v->q.upload >= 0 && before / ROOM_EVERY != v->q.upload_bytes / ROOM_EVERY &&
        !has_room(s, 0)) {
        v->failed.code = no_room(&v->failed);
        return;
    }
    if (v->q.upload_bytes > body_limit(v->route))
        v->too_large = true;
    else if (v->route->body == EW_BODY_FILE)
        v->failed.code = ew_write_all(v->q.upload, data, n, &v->failed);
    else if (ew_buf_append(&v->body, data, n, NULL) != EW_OK)
        v->too_large = true;
}

static uint64_t thrown_away(const visit *v)
{
    return v->route->open ? SMALL_BODY : THROWN_AWAY;
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
        return send_error(c, status_of(&v->failed), &v->failed);
    v->q.body = (ew_slice){(const char *)v->body.data, v->body.len};
    (void)ew_route_find(v->q.method, v->path, v->q.part, &other); /* parts of our copy */
    ew_buf_init(&a.body, REPLY_MAX);
    ew_code code = v->route->handle(s, &v->q, &a, &err);
    if (code != EW_OK && err.code == EW_OK)
        err.code = code; /* told by its code alone */
    if (code == EW_OK && v->q.who != NULL && ew_route_is_noted(v->route))
        ew_request_note(s, &v->q, v->q.method, v->path);
    enum MHD_Result ok = code == EW_OK ? send_reply(c, &a)
                         : a.retry_s > 0
                             ? send_later(c, MHD_HTTP_TOO_MANY_REQUESTS, a.retry_s, &err)
                             : send_error(c, status_of(&err), &err);
    ew_buf_release(&a.body);
    return ok;
}

/* Stands for a request whose address has a zero byte in it: the library would hand on what is before it. */
static visit cut_short;

void *ew_http_on_address(void *cookie, const char *raw, struct MHD_Connection *c)
{
    (void)cookie;
    (void)c;
    return strstr(raw, "%00") != NULL ? &cut_short : NULL;
}

enum MHD_Result ew_http_on_request(void *cookie, struct MHD_Connection *c,
                                   const char *path, const char *method,
                                   const char *version, const char *data, size_t *n,
                                   void **seat)
{
    listener *l = cookie;
    visit *v = *seat;
    (void)version;
    (void)ew_language_set(ew_language_accepted(header(c, "Accept-Language")));
    if (v == &cut_short)
        return refuse(c, MHD_HTTP_BAD_REQUEST, "an address has no zero byte");
    if (v == NULL)
        return strlen(path) < EW_HTTP_PATH
                   ? begin(l, c, path, method, seat)
                   : refuse(c, MHD_HTTP_URI_TOO_LONG, "this address is too long");
    if (*n > 0) {
        take(l->s, v, data, *n);
        *n = 0;
        return v->q.upload_bytes > body_limit(v->route) + thrown_away(v) ? MHD_NO
                                                                         : MHD_YES;
    }
    return respond(l->s, c, v);
}

void ew_http_on_end(void *cookie, struct MHD_Connection *c, void **seat,
                    enum MHD_RequestTerminationCode how)
{
    visit *v = *seat;
    listener *l = cookie;
    (void)c;
    (void)how;
    if (v == &cut_short)
        v = NULL;
    if (v != NULL) {
        if (v->counted)
            ew_guard_end(&l->s->guard, v->key);
        if (v->body.data != NULL && v->route->body == EW_BODY_SMALL)
            explicit_bzero(v->body.data, v->body.cap); /* a passphrase */
        ew_buf_release(&v->body);
        if (v->q.upload >= 0)
            (void)close(v->q.upload);
    }
    ew_free(v);
    *seat = NULL;
}
