/* SPDX-License-Identifier: Apache-2.0 */
/* The passphrase of a server that other machines reach. Only its Argon2id hash is kept. One is tried at a time; who is
 * wrong has to wait, by address, and nobody else with them. */
#ifndef EW_SERVE_LOGIN_H
#define EW_SERVE_LOGIN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "ops/listen.h"

enum {
    EW_LOGIN_MIN = 12, /* characters */
    EW_LOGIN_MAX = 1024,
    EW_LOGIN_FREE = 3,         /* wrong ones before an address has to wait */
    EW_LOGIN_WAIT_MAX_S = 60,  /* that it waits, at most */
    EW_LOGIN_FORGET_S = 3600,  /* after which an address begins anew */
    EW_LOGIN_IN_LINE = 24,     /* that wait for their turn, all in all */
    EW_LOGIN_IN_LINE_EACH = 8, /* and of one address */
    EW_LOGIN_ADDRESSES = 1024, /* that are remembered; those with the oldest mistake go */
    EW_LOGIN_HASH = 128,
    EW_DEVICE_BYTES = EW_ADDRESS_KEY + 32, /* a number, and our mark over it */
    EW_DEVICE_TEXT = 2 * EW_DEVICE_BYTES + 1
};

typedef struct ew_login_tries {
    uint8_t from[EW_ADDRESS_KEY];
    unsigned wrong, in_line;
    int64_t last, until; /* of the last wrong one; not before */
} ew_login_tries;

/* Threads: any. */
typedef struct ew_login {
    bool needed;
    pthread_mutex_t lock, turn;
    char hash[EW_LOGIN_HASH];
    uint8_t device_key[32]; /* of marks */
    unsigned in_line;
    int64_t (*now)(void); /* seconds that are never set back; tests have their own */
    ew_login_tries tries[EW_LOGIN_ADDRESSES];
} ew_login;

/* Without a passphrase (NULL) none is needed. EW_E_ARG: it is too short or too long. */
EW_MUST_CHECK ew_code ew_login_init(ew_login *l, const char *pass, size_t n, ew_err *err);
void ew_login_destroy(ew_login *l);

/* A browser in which somebody logged in gets a number that only we can mark. Who shows it is counted by it and no longer
 * by the address: somebody who guesses from behind the same one locks out nobody who was here before. */
EW_MUST_CHECK ew_code ew_login_new_device(ew_login *l, char out[EW_DEVICE_TEXT],
                                          ew_err *err);
/* False, and `from` is as it was: this is none of ours. */
bool ew_login_device(const ew_login *l, const char *text, uint8_t from[EW_ADDRESS_KEY]);

/* *right: it is the passphrase. *wait_s > 0: it was not even looked at, and may not be for so many seconds. */
EW_MUST_CHECK ew_code ew_login_try(ew_login *l, const uint8_t from[EW_ADDRESS_KEY],
                                   ew_slice pass, bool *right, unsigned *wait_s,
                                   ew_err *err);

#endif
