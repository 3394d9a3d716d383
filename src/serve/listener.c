/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, by libmicrohttpd: where to listen, with or without TLS, how many at a time and for how long. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "serve/held.h"
#include "serve/http_in.h"
#include "serve/hosts.h"
#include "serve/tls.h"

enum {
    WORKERS = 8,
    CONNECTIONS = 128,
    DESK_CONNECTIONS = 384,
    DESK_EACH = 64,          /* of one address, behind which there may be eight people */
    DESK_STRANGER_S = 60,    /* who has no session is here to get one */
    HEADERS_MAX = 32 * 1024, /* memory of a connection */
    IDLE_SECONDS = 30,
    LIFE_SECONDS = 3600, /* an hour of sound may come over a slow disk */
    TICK_NS = 100 * 1000 * 1000
};

/* 1.2 and 1.3, forward secrecy, authenticated encryption. */
static const char priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:-DHE-RSA:-CIPHER-ALL:"
    "+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:-SIGN-RSA-SHA1:"
    "-SIGN-ECDSA-SHA1:%SERVER_PRECEDENCE";

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

/* Without TLS some threads share the connections. With it each has one of its own: what takes long, as another's
 * passphrase, or a handshake that does not end, keeps nobody else waiting. */
static struct MHD_Daemon *start(listener *l, const struct sockaddr_storage *a,
                                const ew_cert *cert)
{
    bool tls = cert != NULL;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO;
    struct MHD_OptionItem pool[] = {{MHD_OPTION_THREAD_POOL_SIZE, WORKERS, NULL},
                                    {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL},
                                    {MHD_OPTION_END, 0, NULL}};
    struct MHD_OptionItem desk[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, tls ? cert->chain.data : NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, tls ? cert->key.data : NULL},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities},
        {MHD_OPTION_CONNECTION_LIMIT, DESK_CONNECTIONS, NULL},
        {MHD_OPTION_END, 0, NULL}};
    if (a->ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    if (tls)
        flags |= MHD_USE_TLS | MHD_USE_THREAD_PER_CONNECTION;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, ew_http_on_request, l, MHD_OPTION_SOCK_ADDR,
        (const void *)a, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_URI_LOG_CALLBACK, ew_http_on_address, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, ew_http_on_end, l, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, l, MHD_OPTION_ARRAY, tls ? desk : pool, MHD_OPTION_END);
}

/* The address, with a token where that opens the first session. */
static ew_code announce(ew_server *s, const ew_hosts *names, unsigned port,
                        const ew_cert *cert, ew_err *err)
{
    char token[EW_TOKEN_TEXT] = "";
    char url[EW_SERVE_URL];
    bool tls = cert != NULL;
    ew_code code = ew_hosts_guard(names, port, tls, &s->guard, err);
    if (code == EW_OK && !s->login.needed)
        code = ew_guard_new_token(&s->guard, token, err);
    if (code != EW_OK)
        return code;
    ew_hosts_url(names, port, tls, url, sizeof url);
    /* What stands after '#' is not sent, and so is in no list of addresses that were asked for. */
    size_t n = strlen(url);
    if (token[0] != 0)
        (void)snprintf(url + n, sizeof url - n, "#%s", token);
    const ew_page_ready at = {.url = url,
                              .fingerprint = tls ? cert->fingerprint : NULL,
                              .warning = tls ? cert->warning : "",
                              .certificate_ends = tls ? cert->ends : 0,
                              .certificate_made = tls && cert->made};
    pthread_mutex_lock(&s->telling); /* people may be coming already */
    s->o->ready(s->o->cookie, &at);
    pthread_mutex_unlock(&s->telling);
    return EW_OK;
}

static void wait_for_stop(listener *l)
{
    const struct timespec tick = {.tv_nsec = TICK_NS};
    while (!ew_stopped(l->s->o->stop)) {
        (void)nanosleep(&tick, NULL);
        ew_held_tidy(l->s->held);
        ew_guests_cut_off(&l->guests);
    }
}

static ew_code serve(ew_server *s, const struct sockaddr_storage *a,
                     const ew_hosts *names, const ew_cert *cert, ew_err *err)
{
    listener l = {.s = s};
    ew_code code = ew_guests_init(&l.guests, LIFE_SECONDS, err);
    if (code != EW_OK)
        return code;
    if (cert != NULL) {
        l.guests.stranger_s = DESK_STRANGER_S;
        l.guests.per_address = DESK_EACH;
    }
    errno = 0;
    struct MHD_Daemon *d = start(&l, a, cert);
    int sys = errno;
    const union MHD_DaemonInfo *info =
        d != NULL ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (info == NULL)
        code =
            ew_fail_sys(err, sys != 0 ? sys : EIO, "cannot listen at '%s'", s->o->listen);
    else
        code = announce(s, names, info->port, cert, err);
    if (code == EW_OK)
        wait_for_stop(&l);
    if (d != NULL)
        MHD_stop_daemon(d);
    ew_guests_destroy(&l.guests);
    return code;
}

static ew_code check_opts(const ew_page_opts *o, const struct sockaddr_storage *a,
                          ew_err *err)
{
    if (!o->tls && !ew_listen_is_loopback(a))
        return ew_fail(err, EW_E_ARG, 0,
                       "'%s' can be reached from other machines: that needs --tls and a "
                       "passphrase; see 'earwitness help serve'",
                       o->listen);
    if (o->tls && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES)
        return ew_fail(err, EW_E_ARG, 0,
                       "libmicrohttpd was built without TLS on this machine: only this "
                       "machine can be served");
    if ((o->cert != NULL) != (o->cert_key != NULL))
        return ew_fail(err, EW_E_ARG, 0, "--cert and --cert-key belong together");
    if (o->tls != (o->pass != NULL))
        return ew_fail(err, EW_E_ARG, 0,
                       o->tls ? "a server with --tls needs a passphrase"
                              : "a passphrase is taken over TLS only: add --tls");
    return EW_OK;
}

ew_code ew_http_run(ew_server *s, ew_err *err)
{
    const ew_page_opts *o = s->o;
    struct sockaddr_storage a;
    ew_hosts names = {0};
    ew_cert cert = {0};
    int64_t now = (int64_t)time(NULL);
    ew_code code = ew_listen_parse(o->listen, true, &a, err);
    if (code == EW_OK)
        code = check_opts(o, &a, err);
    for (size_t i = 0; i < o->name_count && code == EW_OK; i++)
        code = ew_hosts_add(&names, o->names[i], err);
    if (code == EW_OK)
        code = ew_hosts_add_address(&names, &a, err);
    if (code == EW_OK && o->tls)
        code = o->cert != NULL
                   ? ew_cert_load(&cert, o->cert, o->cert_key, &names, now, err)
                   : ew_cert_own(&cert, o->work, &names, now, err);
    if (code == EW_OK)
        code = serve(s, &a, &names, o->tls ? &cert : NULL, err);
    ew_cert_release(&cert);
    return code;
}
