/* SPDX-License-Identifier: Apache-2.0 */
/* Trying a passphrase, and how long those have to wait who guess. */
#include "serve/login.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "base/hash.h"
#include "base/utf8.h"

enum { NO_ADDRESS = 0xFF }; /* what no key of an address begins with */

_Static_assert(sizeof((ew_login *)0)->device_key == crypto_auth_KEYBYTES, "key of marks");
_Static_assert(EW_DEVICE_BYTES == EW_ADDRESS_KEY + crypto_auth_BYTES, "number and mark");
_Static_assert(EW_LOGIN_HASH >= crypto_pwhash_STRBYTES, "room for the hash");

static int64_t seconds(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec;
}

static size_t characters(const char *s, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; count++) {
        uint32_t cp;
        size_t used = ew_utf8_next(s + i, n - i, &cp);
        i += used > 0 ? used : 1;
    }
    return count;
}

ew_code ew_login_init(ew_login *l, const char *pass, size_t n, ew_err *err)
{
    memset(l, 0, sizeof *l);
    l->now = seconds;
    l->needed = pass != NULL;
    if (pass != NULL && (n > EW_LOGIN_MAX || characters(pass, n) < EW_LOGIN_MIN))
        return ew_fail(err, EW_E_ARG, 0,
                       "the passphrase needs at least %d characters; six words that "
                       "were chosen by chance are a good one",
                       (int)EW_LOGIN_MIN);
    /* The cost is for what is in memory only: a harder one would be a way to keep the server busy. */
    if (pass != NULL &&
        (sodium_init() < 0 ||
         crypto_pwhash_str(l->hash, pass, n, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                           crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0))
        return ew_fail_nomem(err);
    if (pass != NULL)
        randombytes_buf(l->device_key, sizeof l->device_key);
    if (pthread_mutex_init(&l->lock, NULL) != 0)
        return ew_fail_nomem(err);
    if (pthread_mutex_init(&l->turn, NULL) == 0)
        return EW_OK;
    pthread_mutex_destroy(&l->lock);
    return ew_fail_nomem(err);
}

void ew_login_destroy(ew_login *l)
{
    pthread_mutex_destroy(&l->turn);
    pthread_mutex_destroy(&l->lock);
    explicit_bzero(l, sizeof *l);
}

/* ------------------------------------------------------------------ browsers */

ew_code ew_login_new_device(ew_login *l, char out[EW_DEVICE_TEXT], ew_err *err)
{
    uint8_t bytes[EW_DEVICE_BYTES];
    randombytes_buf(bytes, EW_ADDRESS_KEY);
    bytes[0] = NO_ADDRESS;
    if (crypto_auth(bytes + EW_ADDRESS_KEY, bytes, EW_ADDRESS_KEY, l->device_key) != 0)
        return ew_fail_nomem(err);
    ew_hex(bytes, sizeof bytes, out);
    return EW_OK;
}

bool ew_login_device(const ew_login *l, const char *text, uint8_t from[EW_ADDRESS_KEY])
{
    uint8_t bytes[EW_DEVICE_BYTES];
    if (text == NULL || ew_unhex(text, bytes, sizeof bytes) != 0 ||
        crypto_auth_verify(bytes + EW_ADDRESS_KEY, bytes, EW_ADDRESS_KEY,
                           l->device_key) != 0)
        return false;
    memcpy(from, bytes, EW_ADDRESS_KEY);
    return true;
}

/* ------------------------------------------------------------------ addresses */

/* To be given to another address: one that nobody has, else the one with the oldest mistake. */
static bool better(const ew_login_tries *a, const ew_login_tries *b)
{
    return b->wrong > 0 && (a->wrong == 0 || a->last < b->last);
}

/* What is known of an address; a place for it if need be. NULL: none is free that nobody waits for. */
static ew_login_tries *tries_of(ew_login *l, const uint8_t from[EW_ADDRESS_KEY],
                                int64_t now)
{
    ew_login_tries *place = NULL;
    for (size_t i = 0; i < EW_LOGIN_ADDRESSES; i++) {
        ew_login_tries *t = &l->tries[i];
        bool used = t->wrong > 0 || t->in_line > 0;
        if (used && memcmp(t->from, from, EW_ADDRESS_KEY) == 0) {
            if (now - t->last > EW_LOGIN_FORGET_S)
                t->wrong = 0;
            return t;
        }
        if (t->in_line == 0 && (place == NULL || better(t, place)))
            place = t;
    }
    if (place == NULL)
        return NULL;
    *place = (ew_login_tries){.last = now};
    memcpy(place->from, from, EW_ADDRESS_KEY);
    return place;
}

static unsigned left(const ew_login_tries *t, int64_t now)
{
    return now < t->until ? (unsigned)(t->until - now) : 0;
}

/* A place in the line; or how long to wait before asking for one. */
static ew_login_tries *line_up(ew_login *l, const uint8_t from[EW_ADDRESS_KEY],
                               unsigned *wait_s)
{
    int64_t now = l->now();
    pthread_mutex_lock(&l->lock);
    ew_login_tries *t = tries_of(l, from, now);
    *wait_s = t != NULL ? left(t, now) : 1;
    if (*wait_s == 0 &&
        (l->in_line >= EW_LOGIN_IN_LINE || t->in_line >= EW_LOGIN_IN_LINE_EACH))
        *wait_s = 1;
    if (*wait_s == 0) {
        l->in_line++;
        t->in_line++;
    }
    pthread_mutex_unlock(&l->lock);
    return *wait_s == 0 ? t : NULL;
}

/* 2, 4, 8 s and so on. */
static int64_t wait_after(unsigned wrong)
{
    unsigned over = wrong > EW_LOGIN_FREE ? wrong - EW_LOGIN_FREE : 0;
    int64_t wait = over == 0 ? 0 : over > 16 ? EW_LOGIN_WAIT_MAX_S : (int64_t)1 << over;
    return wait < EW_LOGIN_WAIT_MAX_S ? wait : EW_LOGIN_WAIT_MAX_S;
}

static void keep_count(ew_login *l, ew_login_tries *t, bool tried, bool right)
{
    int64_t now = l->now();
    pthread_mutex_lock(&l->lock);
    l->in_line--;
    t->in_line--;
    if (right) {
        t->wrong = 0;
        t->until = 0;
    } else if (tried) {
        t->wrong++;
        t->last = now;
        t->until = now + wait_after(t->wrong);
    }
    pthread_mutex_unlock(&l->lock);
}

ew_code ew_login_try(ew_login *l, const uint8_t from[EW_ADDRESS_KEY], ew_slice pass,
                     bool *right, unsigned *wait_s, ew_err *err)
{
    *right = false;
    ew_login_tries *t = line_up(l, from, wait_s);
    if (t == NULL)
        return EW_OK;
    pthread_mutex_lock(&l->turn);
    /* Those before it in the line may have used up what this address may be wrong. */
    pthread_mutex_lock(&l->lock);
    *wait_s = left(t, l->now());
    pthread_mutex_unlock(&l->lock);
    errno = 0;
    bool tried = *wait_s == 0;
    bool fits = tried && pass.n <= EW_LOGIN_MAX;
    *right = fits && crypto_pwhash_str_verify(l->hash, pass.p, pass.n) == 0;
    bool no_memory = fits && !*right && errno == ENOMEM;
    keep_count(l, t, tried && !no_memory, *right);
    pthread_mutex_unlock(&l->turn);
    return no_memory ? ew_fail_nomem(err) : EW_OK;
}
