/* SPDX-License-Identifier: Apache-2.0 */
/* The names and addresses under which this server may be reached. */
#include "serve/hosts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "ops/listen.h"

enum { LABEL_MAX = 63, NAME_MAX_BYTES = 253, PORT_TLS = 443, PORT_PLAIN = 80 };

bool ew_host_is_address(const char *name)
{
    struct in6_addr room;
    return inet_pton(AF_INET, name, &room) == 1 || inet_pton(AF_INET6, name, &room) == 1;
}

/* Letters, digits and hyphens between dots; the last part is no number, since that would be an address. */
static bool is_host(const char *s, size_t n)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    size_t label = 0;
    bool number = true;
    for (size_t i = 0; i <= n; i++) {
        char c = i < n ? s[i] : '.';
        if (c == '.') {
            if (label == 0 || label > LABEL_MAX || s[i - 1] == '-')
                return false;
            label = 0;
            number = i < n || number;
            continue;
        }
        bool letter = strchr(letters, c) != NULL;
        if (label == 0)
            number = true;
        number = number && !letter && c != '-';
        if (!letter && !(c >= '0' && c <= '9') && !(c == '-' && label > 0))
            return false;
        label++;
    }
    return n > 0 && n <= NAME_MAX_BYTES && !number;
}

static ew_code add(ew_hosts *names, const char *name, ew_err *err)
{
    for (unsigned i = 0; i < names->n; i++)
        if (strcmp(names->list[i], name) == 0)
            return EW_OK;
    if (names->n == EW_HOSTS)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d names", (int)EW_HOSTS);
    (void)snprintf(names->list[names->n++], EW_HOST_TEXT, "%s", name);
    return EW_OK;
}

/* One name, in small letters; an IPv6 address without its brackets, in its one spelling. */
static ew_code add_one(ew_hosts *names, const char *s, size_t n, ew_err *err)
{
    char name[EW_HOST_TEXT] = "";
    struct in6_addr six;
    bool bracket = n > 2 && s[0] == '[' && s[n - 1] == ']';
    for (size_t i = bracket; i < n - bracket && n < sizeof name; i++)
        name[i - bracket] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] - 'A' + 'a') : s[i];
    if (inet_pton(AF_INET6, name, &six) == 1)
        (void)inet_ntop(AF_INET6, &six, name, sizeof name);
    else if (bracket || (!ew_host_is_address(name) && !is_host(name, strlen(name))))
        return ew_fail(err, EW_E_ARG, 0,
                       "'%.*s' is no name of a host: letters, digits, hyphens, dots; no "
                       "port and no star",
                       (int)(n < 60 ? n : 60), s);
    return add(names, name, err);
}

ew_code ew_hosts_add(ew_hosts *names, const char *list, ew_err *err)
{
    ew_code code = EW_OK;
    for (const char *s = list; code == EW_OK; s++) {
        size_t n = strcspn(s, ",");
        code = add_one(names, s, n, err);
        s += n;
        if (*s == 0)
            break;
    }
    return code;
}

static bool is_any(const struct sockaddr_storage *a)
{
    const void *all = a;
    if (a->ss_family == AF_INET6)
        return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)all)->sin6_addr) !=
               0;
    return ((const struct sockaddr_in *)all)->sin_addr.s_addr == htonl(INADDR_ANY);
}

ew_code ew_hosts_add_address(ew_hosts *names, const struct sockaddr_storage *a,
                             ew_err *err)
{
    char text[INET6_ADDRSTRLEN] = "";
    const void *all = a;
    bool any = is_any(a);
    if (any && names->n == 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "all addresses: say with --name by which name or address others "
                       "reach this machine");
    if (a->ss_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)all)->sin6_addr, text,
                        sizeof text);
    else
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)all)->sin_addr, text,
                        sizeof text);
    if (any)
        (void)snprintf(text, sizeof text, "%s",
                       a->ss_family == AF_INET6 ? "::1" : "127.0.0.1");
    ew_code code = add(names, text, err);
    if (code == EW_OK && (any || ew_listen_is_loopback(a)))
        code = add(names, "localhost", err);
    return code;
}

ew_code ew_hosts_guard(const ew_hosts *names, unsigned port, bool tls, ew_guard *g,
                       ew_err *err)
{
    char host[EW_GUARD_HOST];
    ew_code code = EW_OK;
    for (unsigned i = 0; i < names->n && code == EW_OK; i++) {
        const char *name = names->list[i];
        bool six = strchr(name, ':') != NULL;
        (void)snprintf(host, sizeof host, six ? "[%s]:%u" : "%s:%u", name, port);
        code = ew_guard_add_host(g, host, err);
        if (code != EW_OK || port != (tls ? PORT_TLS : PORT_PLAIN))
            continue;
        (void)snprintf(host, sizeof host, six ? "[%s]" : "%s", name);
        code = ew_guard_add_host(g, host, err);
    }
    return code;
}

void ew_hosts_url(const ew_hosts *names, unsigned port, bool tls, char *out, size_t room)
{
    const char *name = names->n > 0 ? names->list[0] : "";
    bool six = strchr(name, ':') != NULL;
    (void)snprintf(out, room, six ? "%s://[%s]:%u/" : "%s://%s:%u/",
                   tls ? "https" : "http", name, port);
}
