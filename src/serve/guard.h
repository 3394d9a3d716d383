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
    EW_GUARD_SESSIONS = 64, /* open at a time; the one unused for longest goes first */
    EW_GUARD_HOSTS = 40,
    EW_GUARD_HOST = 272,     /* "desk.example:8680" */
    EW_GUARD_AT_A_TIME = 16, /* requests of a session; a browser sends six */
    EW_SESSION_WHO = 256
};

typedef struct ew_session {
    bool open;
    uint8_t key[EW_TOKEN_BYTES];
    char who[EW_SESSION_WHO]; /* who logged in; "": nobody had to */
    int64_t used;             /* last, in seconds of a clock that is never set back */
    uint8_t token[EW_TOKEN_BYTES]; /* opens another window of the same person */
    bool token_left;
    unsigned at_a_time;
} ew_session;

/* Threads: any. */
typedef struct ew_guard {
    pthread_mutex_t lock;
    char hosts[EW_GUARD_HOSTS][EW_GUARD_HOST];
    unsigned host_count;
    bool tls;       /* the page is one of https: */
    int64_t idle_s; /* a session that is not used for longer ends; 0: none */
    uint8_t token[EW_TOKEN_BYTES]; /* opens one session, then no other */
    bool token_left;
    ew_session sessions[EW_GUARD_SESSIONS];
} ew_guard;

/* What a request says of itself; NULL where it does not; and when it came. */
typedef struct ew_claims {
    const char *method, *host, *origin, *site, *key;
    int64_t now;
    bool by_itself; /* what a page asks without a person: keeps no session open */
} ew_claims;

typedef enum ew_admission {
    EW_ADMITTED,
    EW_WRONG_HOST, /* a name that is not ours leads here */
    EW_WRONG_SITE, /* another page asks */
    EW_NO_SESSION  /* no key, or none of ours */
} ew_admission;

EW_MUST_CHECK ew_code ew_guard_init(ew_guard *g, ew_err *err);
void ew_guard_destroy(ew_guard *g);
/* A name and port under which this server is reached. EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_guard_add_host(ew_guard *g, const char *host, ew_err *err);

/* A new one-time token, as 64 hex digits; the one before it is worth nothing any more. */
EW_MUST_CHECK ew_code ew_guard_new_token(ew_guard *g, char out[EW_TOKEN_TEXT],
                                         ew_err *err);
/* The same for another window of the session that has the key; it ends with that session. EW_E_ARG. */
EW_MUST_CHECK ew_code ew_guard_window_token(ew_guard *g, const char *key,
                                            char out[EW_TOKEN_TEXT], ew_err *err);
/* Spends a token for the key of a session. EW_E_ARG when it is wrong or spent. */
EW_MUST_CHECK ew_code ew_guard_open(ew_guard *g, const char *token, int64_t now,
                                    char key[EW_TOKEN_TEXT], ew_err *err);
/* A session for one whose passphrase was right. */
EW_MUST_CHECK ew_code ew_guard_enter(ew_guard *g, const char *who, int64_t now,
                                     char key[EW_TOKEN_TEXT], ew_err *err);
/* Ends the session that has this key. */
void ew_guard_leave(ew_guard *g, const char *key);

/* needs_session: all but the page itself and opening. who: of the session, when the key is that of one; else "". */
ew_admission ew_guard_admit(ew_guard *g, const ew_claims *q, bool needs_session,
                            char who[EW_SESSION_WHO]);

/* A request of the session begins; false: it has too many under way. */
bool ew_guard_begin(ew_guard *g, const char *key);
void ew_guard_end(ew_guard *g, const char *key);

#endif
