/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to listen at, and cutting off those who are slow; for the servers of this program. */
#ifndef EW_OPS_LISTEN_H
#define EW_OPS_LISTEN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "earwitness/err.h"

enum { EW_ADDRESS_TEXT = 64, EW_ADDRESS_KEY = 16 };

/* "127.0.0.1:80", "[::1]:80": numbers only, so that no name server is asked. EW_E_ARG: one that is none, or
 * that other machines can reach, when `remote` is false. */
EW_MUST_CHECK ew_code ew_listen_parse(const char *text, bool remote,
                                      struct sockaddr_storage *out, ew_err *err);
bool ew_listen_is_loopback(const struct sockaddr_storage *a);
void ew_listen_text(const struct sockaddr_storage *a, unsigned port,
                    char out[EW_ADDRESS_TEXT]);

/* Where a connection comes from, for counting: an IPv4 address, or the /64 of an IPv6 one, of which one machine has as many
 * as it likes. Zeros when it cannot be told. */
void ew_listen_peer(int fd, uint8_t key[EW_ADDRESS_KEY]);
/* The whole address as text, without port; "?" when it cannot be told. */
void ew_listen_peer_text(int fd, char out[EW_ADDRESS_TEXT]);

/* Connections that are open. A connection lives `life_s` at most: who sends a byte now and then is
 * never idle. Threads: any. */
typedef struct ew_guests {
    pthread_mutex_t lock;
    struct ew_guest *first;
    int64_t life_s;
    int64_t
        stranger_s; /* that one lives which is not known; 0: as the others. Set after init */
    unsigned per_address; /* at a time; 0: any number. Set after init */
} ew_guests;

EW_MUST_CHECK ew_code ew_guests_init(ew_guests *g, int64_t life_s, ew_err *err);
void ew_guests_destroy(ew_guests *g);
/* *seat is what ew_guests_leave needs, NULL when there is no memory: then the connection is shut, as is one too many of
 * its address. */
void ew_guests_arrive(ew_guests *g, int fd, void **seat);
/* This one may stay for life_s: it showed that it may be here. */
void ew_guests_know(ew_guests *g, void *seat);
/* To be called before the descriptor is closed, so that no other gets its number in between. */
void ew_guests_leave(ew_guests *g, void **seat);
/* Ends those that have lived for too long. To be called every now and then. */
void ew_guests_cut_off(ew_guests *g);

#endif
