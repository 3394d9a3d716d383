/* SPDX-License-Identifier: Apache-2.0 */
/* The witness over HTTP, by libmicrohttpd. One path, one method; the body is the request. Who
 * is slow is cut off: a connection lives a minute at most. */
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_witness.h"

enum {
    WORKERS = 4,
    CONNECTIONS = 64,
    HEADERS_MAX = 32 * 1024, /* memory of a connection */
    IDLE_SECONDS = 10,
    LIFE_SECONDS = 60,
    TICK_NS = 100 * 1000 * 1000
};

/* One that is open. */
typedef struct guest {
    int fd;
    int64_t since;
    struct guest *next;
} guest;

typedef struct server {
    const ew_serve_opts *o;
    pthread_mutex_t lock; /* guards guests */
    guest *guests;
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

static int64_t now_seconds(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec;
}

static void arrive(server *s, struct MHD_Connection *c, void **place)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    guest *g = ew_alloc(sizeof *g);
    *place = g;
    if (g == NULL || info == NULL) { /* nobody would watch it */
        if (info != NULL)
            (void)shutdown(info->connect_fd, SHUT_RDWR);
        ew_free(g);
        *place = NULL;
        return;
    }
    g->fd = info->connect_fd;
    g->since = now_seconds();
    pthread_mutex_lock(&s->lock);
    g->next = s->guests;
    s->guests = g;
    pthread_mutex_unlock(&s->lock);
}

/* Called before the descriptor is closed, so that no other gets its number in between. */
static void leave(server *s, void **place)
{
    guest *g = *place;
    pthread_mutex_lock(&s->lock);
    for (guest **at = &s->guests; *at != NULL; at = &(*at)->next)
        if (*at == g) {
            *at = g->next;
            break;
        }
    pthread_mutex_unlock(&s->lock);
    ew_free(g);
    *place = NULL;
}

static void on_connection(void *cookie, struct MHD_Connection *c, void **place,
                          enum MHD_ConnectionNotificationCode what)
{
    server *s = cookie;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        arrive(s, c, place);
    else if (*place != NULL)
        leave(s, place);
}

/* Who sends a byte now and then is never idle; this ends it. */
static void cut_off(server *s)
{
    int64_t now = now_seconds();
    pthread_mutex_lock(&s->lock);
    for (guest *g = s->guests; g != NULL; g = g->next)
        if (now - g->since > LIFE_SECONDS)
            (void)shutdown(g->fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
}

/* ------------------------------------------------------------------ addresses */

static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)a;
        return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) != 0;
    }
    const struct sockaddr_in *in4 = (const struct sockaddr_in *)(const void *)a;
    return a->sa_family == AF_INET && ntohl(in4->sin_addr.s_addr) >> 24 == 127;
}

/* "127.0.0.1:80", "[::1]:80": numbers only, so that no name server is asked. */
static ew_code parse_address(const char *text, struct sockaddr_storage *out, ew_err *err)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char host[EW_ADDRESS_TEXT];
    const char *colon = strrchr(text, ':');
    size_t n = colon != NULL ? (size_t)(colon - text) : 0;
    bool bracket = n >= 2 && text[0] == '[' && text[n - 1] == ']';
    if (bracket) {
        text++;
        n -= 2;
    }
    if (n > 0 && n < sizeof host) {
        memcpy(host, text, n);
        host[n] = 0;
        if ((strchr(host, ':') != NULL) == bracket &&
            getaddrinfo(host, colon + 1, &hints, &found) != 0)
            found = NULL;
    }
    if (found == NULL)
        return ew_fail(err, EW_E_ARG, 0,
                       "an address to listen at is like " EW_WITNESS_LISTEN
                       " or [::1]:8642");
    memset(out, 0, sizeof *out);
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return EW_OK;
}

static void address_text(const struct sockaddr_storage *a, unsigned port,
                         char out[EW_ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "";
    const void *all = a;
    if (a->ss_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)all)->sin6_addr, host,
                        sizeof host);
    else
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)all)->sin_addr, host,
                        sizeof host);
    (void)snprintf(out, EW_ADDRESS_TEXT, a->ss_family == AF_INET6 ? "[%s]:%u" : "%s:%u",
                   host, port);
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
        on_connection, s, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U, MHD_OPTION_END);
}

static void wait_for_stop(server *s)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};
    while (atomic_load(s->o->stop) == 0) {
        (void)nanosleep(&tick, NULL);
        cut_off(s);
    }
}

ew_code ew_witness_serve(const ew_serve_opts *o, ew_err *err)
{
    server s = {.o = o};
    struct sockaddr_storage a;
    char text[EW_ADDRESS_TEXT];
    ew_code code = parse_address(o->listen, &a, err);
    if (code != EW_OK)
        return code;
    if (!o->remote && !is_loopback((const struct sockaddr *)(const void *)&a))
        return ew_fail(err, EW_E_ARG, 0, "'%s' can be reached from other machines",
                       o->listen);
    if (pthread_mutex_init(&s.lock, NULL) != 0)
        return ew_fail_nomem(err);
    if (pthread_mutex_init(&s.telling, NULL) != 0) {
        pthread_mutex_destroy(&s.lock);
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
        address_text(&a, info->port, text);
        o->ready(o->cookie, text);
        wait_for_stop(&s);
    }
    if (d != NULL)
        MHD_stop_daemon(d);
    pthread_mutex_destroy(&s.telling);
    pthread_mutex_destroy(&s.lock);
    return code;
}
