/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask the server for what. A page of somebody else's, open in the same browser, can send requests here, and can
 * make its own name lead here; it can neither send our header nor have our Host.
 * docs/decisions/serve.md. */
#ifndef EW_SERVE_GUARD_H
#define EW_SERVE_GUARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "earwitness/err.h"

enum {
    EW_TOKEN_BYTES = 32,
    EW_TOKEN_TEXT = 2 * EW_TOKEN_BYTES + 1,
    EW_GUARD_SESSIONS = 64, /* open at a time; the oldest goes first */
    EW_GUARD_HOSTS = 8
};

/* Threads: any. */
typedef struct ew_guard {
    pthread_mutex_t lock;
    char hosts[EW_GUARD_HOSTS][96]; /* "127.0.0.1:8680" ... */
    unsigned host_count;
    uint8_t token[EW_TOKEN_BYTES]; /* opens one session, then no other */
    bool token_left;
    uint8_t session[EW_GUARD_SESSIONS][EW_TOKEN_BYTES];
    unsigned sessions, next;
} ew_guard;

/* What a request says of itself; NULL where it does not. */
typedef struct ew_claims {
    const char *method, *host, *origin, *site, *key;
} ew_claims;

typedef enum ew_admission {
    EW_ADMITTED,
    EW_WRONG_HOST, /* a name that is not ours leads here */
    EW_WRONG_SITE, /* another page asks */
    EW_NO_SESSION  /* no key, or none of ours */
} ew_admission;

EW_MUST_CHECK ew_code ew_guard_init(ew_guard *g, ew_err *err);
void ew_guard_destroy(ew_guard *g);
/* A name and port under which this server is reached; those beyond EW_GUARD_HOSTS are dropped. */
void ew_guard_add_host(ew_guard *g, const char *host);

/* A new one-time token, as 64 hex digits; the one before it is worth nothing any more. */
EW_MUST_CHECK ew_code ew_guard_new_token(ew_guard *g, char out[EW_TOKEN_TEXT],
                                         ew_err *err);
/* Spends the token for the key of a session. EW_E_ARG when it is wrong or spent. */
EW_MUST_CHECK ew_code ew_guard_open(ew_guard *g, const char *token,
                                    char key[EW_TOKEN_TEXT], ew_err *err);

/* needs_session: all but the page itself and opening. */
ew_admission ew_guard_admit(ew_guard *g, const ew_claims *q, bool needs_session);

#endif
