/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to listen at, and connections that last too long. */
#include "ops/listen.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/slice.h"

/* One that is open. */
typedef struct ew_guest {
    int fd;
    bool known;
    int64_t since;
    uint8_t from[EW_ADDRESS_KEY];
    struct ew_guest *next;
} ew_guest;

/* ------------------------------------------------------------------ addresses */

bool ew_listen_is_loopback(const struct sockaddr_storage *a)
{
    const void *all = a;
    if (a->ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)all)->sin6_addr) != 0;
    return a->ss_family == AF_INET &&
           ntohl(((const struct sockaddr_in *)all)->sin_addr.s_addr) >> 24 == 127;
}

ew_code ew_listen_parse(const char *text, bool remote, struct sockaddr_storage *out,
                        ew_err *err)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char host[EW_ADDRESS_TEXT];
    const char *whole = text;
    const char *colon = strrchr(text, ':');
    size_t n = colon != NULL ? (size_t)(colon - text) : 0;
    uint64_t port = 0; /* getaddrinfo takes a larger one and cuts it */
    bool bracket = n >= 2 && text[0] == '[' && text[n - 1] == ']';
    if (bracket) {
        text++;
        n -= 2;
    }
    if (n > 0 && n < sizeof host && ew_slice_u64(ew_slice_of(colon + 1), &port) &&
        port <= UINT16_MAX) {
        memcpy(host, text, n);
        host[n] = 0;
        if ((strchr(host, ':') != NULL) == bracket &&
            getaddrinfo(host, colon + 1, &hints, &found) != 0)
            found = NULL;
    }
    if (found == NULL)
        return ew_fail(err, EW_E_ARG, 0,
                       "an address to listen at is like 127.0.0.1:8642 or [::1]:8642");
    memset(out, 0, sizeof *out);
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (!remote && !ew_listen_is_loopback(out))
        return ew_fail(err, EW_E_ARG, 0, "'%s' can be reached from other machines",
                       whole);
    return EW_OK;
}

void ew_listen_text(const struct sockaddr_storage *a, unsigned port,
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

void ew_listen_peer(int fd, uint8_t key[EW_ADDRESS_KEY])
{
    struct sockaddr_storage a = {0};
    socklen_t n = sizeof a;
    const void *all = &a;
    memset(key, 0, EW_ADDRESS_KEY);
    if (getpeername(fd, (struct sockaddr *)&a, &n) != 0)
        return;
    if (a.ss_family == AF_INET)
        memcpy(key + 12, &((const struct sockaddr_in *)all)->sin_addr, 4);
    else if (a.ss_family == AF_INET6)
        memcpy(key, &((const struct sockaddr_in6 *)all)->sin6_addr, 8);
}

void ew_listen_peer_text(int fd, char out[EW_ADDRESS_TEXT])
{
    struct sockaddr_storage a = {0};
    socklen_t n = sizeof a;
    (void)snprintf(out, EW_ADDRESS_TEXT, "?");
    if (getpeername(fd, (struct sockaddr *)&a, &n) == 0)
        (void)getnameinfo((const struct sockaddr *)&a, n, out, EW_ADDRESS_TEXT, NULL, 0,
                          NI_NUMERICHOST);
}

/* ------------------------------------------------------------------ guests */

static int64_t now_seconds(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec;
}

ew_code ew_guests_init(ew_guests *g, int64_t life_s, ew_err *err)
{
    *g = (ew_guests){.life_s = life_s};
    return pthread_mutex_init(&g->lock, NULL) == 0 ? EW_OK : ew_fail_nomem(err);
}

void ew_guests_destroy(ew_guests *g)
{
    pthread_mutex_destroy(&g->lock);
}

void ew_guests_arrive(ew_guests *g, int fd, void **seat)
{
    ew_guest *one = ew_alloc(sizeof *one);
    *seat = one;
    if (one == NULL) { /* nobody would watch it */
        (void)shutdown(fd, SHUT_RDWR);
        return;
    }
    one->fd = fd;
    one->since = now_seconds();
    if (g->per_address > 0)
        ew_listen_peer(fd, one->from);
    pthread_mutex_lock(&g->lock);
    unsigned others = 0;
    for (const ew_guest *o = g->first; o != NULL && g->per_address > 0; o = o->next)
        others += memcmp(o->from, one->from, sizeof one->from) == 0;
    one->next = g->first;
    g->first = one;
    pthread_mutex_unlock(&g->lock);
    if (g->per_address > 0 && others >= g->per_address)
        (void)shutdown(fd, SHUT_RDWR);
}

void ew_guests_know(ew_guests *g, void *seat)
{
    ew_guest *one = seat;
    if (one == NULL)
        return;
    pthread_mutex_lock(&g->lock);
    one->known = true;
    pthread_mutex_unlock(&g->lock);
}

void ew_guests_leave(ew_guests *g, void **seat)
{
    ew_guest *one = *seat;
    pthread_mutex_lock(&g->lock);
    for (ew_guest **at = &g->first; *at != NULL; at = &(*at)->next)
        if (*at == one) {
            *at = one->next;
            break;
        }
    pthread_mutex_unlock(&g->lock);
    ew_free(one);
    *seat = NULL;
}

void ew_guests_cut_off(ew_guests *g)
{
    int64_t now = now_seconds();
    pthread_mutex_lock(&g->lock);
    for (ew_guest *one = g->first; one != NULL; one = one->next)
        if (now - one->since >
            (one->known || g->stranger_s == 0 ? g->life_s : g->stranger_s))
            (void)shutdown(one->fd, SHUT_RDWR);
    pthread_mutex_unlock(&g->lock);
}
