/* SPDX-License-Identifier: Apache-2.0 */
/* The names and addresses under which this server may be reached. What is not here is answered with 421, and is not
 * in the certificate that the program makes. */
#ifndef EW_SERVE_HOSTS_H
#define EW_SERVE_HOSTS_H

#include <sys/socket.h>

#include "base/err.h"
#include "serve/guard.h"

enum { EW_HOSTS = 16, EW_HOST_TEXT = 256 };

typedef struct ew_hosts {
    char list[EW_HOSTS][EW_HOST_TEXT]; /* "desk.example", "192.0.2.7", "fd00::7" */
    unsigned n;
} ew_hosts;

/* Adds the names of a list with commas. EW_E_ARG: one that is neither a host's name nor an address, such as
 * one with a star; EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_hosts_add(ew_hosts *names, const char *list, ew_err *err);

/* Adds the address that is listened at, and "localhost" where that leads to it. EW_E_ARG: it is "all addresses", and no
 * name was given by which others find it. */
EW_MUST_CHECK ew_code ew_hosts_add_address(ew_hosts *names,
                                           const struct sockaddr_storage *a, ew_err *err);

bool ew_host_is_address(const char *name);

/* What a browser puts in Host for each of them at this port. */
EW_MUST_CHECK ew_code ew_hosts_guard(const ew_hosts *names, unsigned port, bool tls,
                                     ew_guard *g, ew_err *err);

/* "https://desk.example:8680/": the first name. */
void ew_hosts_url(const ew_hosts *names, unsigned port, bool tls, char *out, size_t room);

#endif
