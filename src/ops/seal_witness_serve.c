/* SPDX-License-Identifier: Apache-2.0 */
/* The witness over HTTP, by libmicrohttpd. One path, one method; the body is the request. Who
 * is slow is cut off: a connection lives a minute at most. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <microhttpd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/listen.h"
#include "ops/seal_witness.h"

enum {
    WORKERS = 4,
    CONNECTIONS = 64,
    HEADERS_MAX = 32 * 1024, /* memory of a connection */
    IDLE_SECONDS = 10,
    LIFE_SECONDS = 60,
    TICK_NS = 100 * 1000 * 1000
};

typedef struct server {
    const ew_serve_opts *o;
    ew_guests guests;
    pthread_mutex_t telling;
} server;

/* What has come of one request. */
typedef struct inbox {
    ew_buf body;
    bool too_large;
} inbox;

/* ------------------------------------------------------------------ answers */

static void tell(server *s, unsigned status, const ew_witness_answer *a,
                 const ew_err *why)
{
    pthread_mutex_lock(&s->telling);
    if (s->o->told != NULL)
        s->o->told(s->o->cookie, status, a, why);
    pthread_mutex_unlock(&s->telling);
}

static enum MHD_Result reply(struct MHD_Connection *c, unsigned status, const char *type,
                             const void *body, size_t n)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(n, (void *)body, MHD_RESPMEM_MUST_COPY);
    if (r == NULL)
        return MHD_NO;
    enum MHD_Result ok = MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (ok == MHD_YES && status == MHD_HTTP_METHOD_NOT_ALLOWED)
        ok = MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_POST);
    if (ok == MHD_YES)
        ok = MHD_queue_response(c, status, r);
    MHD_destroy_response(r);
    return ok;
}

static enum MHD_Result reply_text(struct MHD_Connection *c, unsigned status,
                                  const char *text)
{
    char line[512];
    int n = snprintf(line, sizeof line, "%s\n", text);
    return reply(c, status, "text/plain; charset=utf-8", line, n > 0 ? (size_t)n : 0);
}

static enum MHD_Result refuse(server *s, struct MHD_Connection *c, unsigned status,
                              const char *text)
{
    tell(s, status, NULL, NULL);
    return reply_text(c, status, text);
}

static enum MHD_Result respond(server *s, struct MHD_Connection *c, const inbox *in)
{
    ew_witness_answer a;
    ew_err err;
    ew_buf body;
    ew_slice request = {(const char *)in->body.data, in->body.len};
    ew_buf_init(&body, EW_WITNESS_ANSWER_MAX);
    ew_code code = ew_witness_respond(&s->o->witness, request, &a, &body, &err);
    unsigned status = code == EW_OK       ? (unsigned)a.status
                      : code == EW_E_BUSY ? MHD_HTTP_SERVICE_UNAVAILABLE
                                          : MHD_HTTP_INTERNAL_SERVER_ERROR;
    tell(s, status, &a, code == EW_OK ? NULL : &err);
    enum MHD_Result ok;
    if (code != EW_OK) /* why is not told to strangers */
        ok = reply_text(c, status, "the witness cannot sign at present");
    else if (body.len > 0)
        ok = reply(c, status,
                   a.status == EW_WITNESS_CONFLICT ? EW_WITNESS_SIZE_TYPE
                                                   : "text/plain; charset=utf-8",
                   body.data, body.len);
    else
        ok = reply_text(c, status, ew_witness_status_text((int)status));
    ew_buf_release(&body);
    return ok;
}

/* ------------------------------------------------------------------ requests */

/* The head has come; nothing of the body yet. */
static enum MHD_Result begin(server *s, struct MHD_Connection *c, const char *url,
                             const char *method, void **seat)
{
    uint64_t length = 0;
    const char *told =
        MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (strcmp(url, EW_WITNESS_PATH) != 0)
        return refuse(s, c, MHD_HTTP_NOT_FOUND, "there is only POST " EW_WITNESS_PATH);
    if (strcmp(method, MHD_HTTP_METHOD_POST) != 0)
        return refuse(s, c, MHD_HTTP_METHOD_NOT_ALLOWED,
                      "there is only POST " EW_WITNESS_PATH);
    if (told != NULL &&
        (!ew_slice_u64(ew_slice_of(told), &length) || length > EW_WITNESS_REQUEST_MAX))
        return refuse(s, c, MHD_HTTP_CONTENT_TOO_LARGE, "the request is too large");
    inbox *in = ew_alloc(sizeof *in);
    if (in == NULL)
        return MHD_NO;
    ew_buf_init(&in->body, EW_WITNESS_REQUEST_MAX);
    *seat = in;
    return MHD_YES;
}

static enum MHD_Result on_request(void *cookie, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version,
                                  const char *data, size_t *n, void **seat)
{
    server *s = cookie;
    inbox *in = *seat;
    (void)version;
    if (in == NULL)
        return begin(s, c, url, method, seat);
    if (*n > 0) {
        /* What is too much is read and thrown away, so that the answer can be heard. */
        in->too_large =
            in->too_large || ew_buf_append(&in->body, data, *n, NULL) != EW_OK;
        *n = 0;
        return MHD_YES;
    }
    if (in->too_large)
        return refuse(s, c, MHD_HTTP_CONTENT_TOO_LARGE, "the request is too large");
    return respond(s, c, in);
}

static void on_end(void *cookie, struct MHD_Connection *c, void **seat,
                   enum MHD_RequestTerminationCode how)
{
    inbox *in = *seat;
    (void)cookie;
    (void)c;
    (void)how;
    if (in != NULL)
        ew_buf_release(&in->body);
    ew_free(in);
    *seat = NULL;
}

/* ------------------------------------------------------------------ connections */

static void on_connection(void *cookie, struct MHD_Connection *c, void **place,
                          enum MHD_ConnectionNotificationCode what)
{
    server *s = cookie;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (what == MHD_CONNECTION_NOTIFY_STARTED && info != NULL)
        ew_guests_arrive(&s->guests, info->connect_fd, place);
    else if (what != MHD_CONNECTION_NOTIFY_STARTED && *place != NULL)
        ew_guests_leave(&s->guests, place);
}

/* ------------------------------------------------------------------ serving */

static struct MHD_Daemon *start(server *s, const struct sockaddr_storage *a)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO;
    if (a->ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR, (const void *)a,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)WORKERS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_NOTIFY_COMPLETED, on_end, s, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, s, MHD_OPTION_END);
}

static void wait_for_stop(server *s)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};
    while (atomic_load(s->o->stop) == 0) {
        (void)nanosleep(&tick, NULL);
        ew_guests_cut_off(&s->guests);
    }
}

ew_code ew_witness_serve(const ew_serve_opts *o, ew_err *err)
{
    server s = {.o = o};
    struct sockaddr_storage a;
    char text[EW_ADDRESS_TEXT];
    ew_code code = ew_listen_parse(o->listen, o->remote, &a, err);
    if (code == EW_OK)
        code = ew_guests_init(&s.guests, LIFE_SECONDS, err);
    if (code != EW_OK)
        return code;
    if (pthread_mutex_init(&s.telling, NULL) != 0) {
        ew_guests_destroy(&s.guests);
        return ew_fail_nomem(err);
    }
    errno = 0;
    struct MHD_Daemon *d = start(&s, &a);
    int sys = errno;
    const union MHD_DaemonInfo *info =
        d != NULL ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (info == NULL) {
        code = ew_fail_sys(err, sys != 0 ? sys : EIO, "cannot listen at '%s'", o->listen);
    } else {
        ew_listen_text(&a, info->port, text);
        o->ready(o->cookie, text);
        wait_for_stop(&s);
    }
    if (d != NULL)
        MHD_stop_daemon(d);
    pthread_mutex_destroy(&s.telling);
    ew_guests_destroy(&s.guests);
    return code;
}
