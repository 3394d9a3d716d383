/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask the server for what. */
#include "serve/guard.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/err.h"
#include "base/hash.h"

ew_code ew_guard_init(ew_guard *g, ew_err *err)
{
    memset(g, 0, sizeof *g);
    return pthread_mutex_init(&g->lock, NULL) == 0 ? EW_OK : ew_fail_nomem(err);
}

void ew_guard_destroy(ew_guard *g)
{
    pthread_mutex_destroy(&g->lock);
    explicit_bzero(g, sizeof *g);
}

ew_code ew_guard_add_host(ew_guard *g, const char *host, ew_err *err)
{
    if (g->host_count >= EW_GUARD_HOSTS || strlen(host) >= sizeof g->hosts[0])
        return ew_fail(err, EW_E_LIMIT, 0, "too many names, or too long ones");
    (void)snprintf(g->hosts[g->host_count++], sizeof g->hosts[0], "%s", host);
    return EW_OK;
}

static ew_code draw(uint8_t out[EW_TOKEN_BYTES], ew_err *err)
{
    if (getrandom(out, EW_TOKEN_BYTES, 0) != EW_TOKEN_BYTES)
        return ew_fail(err, EW_E_IO, 0, "the system gives no random numbers");
    return EW_OK;
}

/* In a time that does not tell how much is right. */
static bool same(const uint8_t *a, const uint8_t *b)
{
    unsigned differs = 0;
    for (int i = 0; i < EW_TOKEN_BYTES; i++)
        differs |= (unsigned)(a[i] ^ b[i]);
    return differs == 0;
}

static bool parse(const char *text, uint8_t out[EW_TOKEN_BYTES])
{
    return text != NULL && strlen(text) == EW_TOKEN_TEXT - 1 &&
           ew_unhex(text, out, EW_TOKEN_BYTES) == 0;
}

/* ------------------------------------------------------------------ sessions */

/* The session that has this key; with the lock. All are looked at, so that the time tells nothing. */
static ew_session *find(ew_guard *g, const char *key)
{
    uint8_t given[EW_TOKEN_BYTES];
    ew_session *found = NULL;
    if (!parse(key, given))
        return NULL;
    for (unsigned i = 0; i < EW_GUARD_SESSIONS; i++) {
        bool right = same(given, g->sessions[i].key);
        if (g->sessions[i].open && right)
            found = &g->sessions[i];
    }
    return found;
}

static void end(ew_session *s)
{
    explicit_bzero(s, sizeof *s);
}

static bool too_old(const ew_guard *g, const ew_session *s, int64_t now)
{
    return g->idle_s > 0 && now - s->used > g->idle_s;
}

/* A free place, else that of the session which was not used for longest. */
static void seat(ew_guard *g, const uint8_t key[EW_TOKEN_BYTES], const char *who,
                 int64_t now)
{
    ew_session *s = &g->sessions[0];
    for (unsigned i = 0; i < EW_GUARD_SESSIONS && s->open; i++)
        if (!g->sessions[i].open || g->sessions[i].used < s->used)
            s = &g->sessions[i];
    end(s);
    memcpy(s->key, key, EW_TOKEN_BYTES);
    (void)snprintf(s->who, sizeof s->who, "%s", who);
    s->used = now;
    s->open = true;
}

ew_code ew_guard_new_token(ew_guard *g, char out[EW_TOKEN_TEXT], ew_err *err)
{
    uint8_t token[EW_TOKEN_BYTES];
    ew_code code = draw(token, err);
    if (code != EW_OK)
        return code;
    pthread_mutex_lock(&g->lock);
    memcpy(g->token, token, sizeof token);
    g->token_left = true;
    pthread_mutex_unlock(&g->lock);
    ew_hex(token, sizeof token, out);
    return EW_OK;
}

ew_code ew_guard_window_token(ew_guard *g, const char *key, char out[EW_TOKEN_TEXT],
                              ew_err *err)
{
    uint8_t token[EW_TOKEN_BYTES];
    ew_code code = draw(token, err);
    if (code != EW_OK)
        return code;
    pthread_mutex_lock(&g->lock);
    ew_session *s = find(g, key);
    if (s != NULL) {
        memcpy(s->token, token, sizeof token);
        s->token_left = true;
    }
    pthread_mutex_unlock(&g->lock);
    if (s == NULL)
        return ew_fail(err, EW_E_ARG, 0, "this session has ended");
    ew_hex(token, sizeof token, out);
    return EW_OK;
}

/* Spends the token, that of the terminal or of a session; who: whose window it opens. With the lock. */
static bool spend(ew_guard *g, const uint8_t given[EW_TOKEN_BYTES], int64_t now,
                  char who[EW_SESSION_WHO])
{
    bool right = same(given, g->token) && g->token_left;
    who[0] = 0;
    if (right)
        g->token_left = false;
    for (unsigned i = 0; i < EW_GUARD_SESSIONS; i++) {
        ew_session *s = &g->sessions[i];
        if (!same(given, s->token) || !s->open || !s->token_left || too_old(g, s, now))
            continue;
        s->token_left = false;
        right = true;
        memcpy(who, s->who, sizeof s->who);
    }
    return right;
}

ew_code ew_guard_open(ew_guard *g, const char *token, int64_t now,
                      char key[EW_TOKEN_TEXT], ew_err *err)
{
    uint8_t given[EW_TOKEN_BYTES] = {0};
    uint8_t fresh[EW_TOKEN_BYTES];
    char who[EW_SESSION_WHO];
    bool well_formed = parse(token, given);
    ew_code code = draw(fresh, err);
    if (code != EW_OK)
        return code;
    pthread_mutex_lock(&g->lock);
    bool right = well_formed && spend(g, given, now, who);
    if (right)
        seat(g, fresh, who, now);
    pthread_mutex_unlock(&g->lock);
    if (!right)
        return ew_fail(err, EW_E_ARG, 0,
                       "this address was used already, or is not complete; "
                       "take a new one from the terminal");
    ew_hex(fresh, sizeof fresh, key);
    return EW_OK;
}

ew_code ew_guard_enter(ew_guard *g, const char *who, int64_t now, char key[EW_TOKEN_TEXT],
                       ew_err *err)
{
    uint8_t fresh[EW_TOKEN_BYTES];
    ew_code code = draw(fresh, err);
    if (code != EW_OK)
        return code;
    pthread_mutex_lock(&g->lock);
    seat(g, fresh, who, now);
    pthread_mutex_unlock(&g->lock);
    ew_hex(fresh, sizeof fresh, key);
    return EW_OK;
}

void ew_guard_leave(ew_guard *g, const char *key)
{
    pthread_mutex_lock(&g->lock);
    ew_session *s = find(g, key);
    if (s != NULL)
        end(s);
    pthread_mutex_unlock(&g->lock);
}

bool ew_guard_begin(ew_guard *g, const char *key)
{
    pthread_mutex_lock(&g->lock);
    ew_session *s = find(g, key);
    bool room = s == NULL || s->at_a_time < EW_GUARD_AT_A_TIME;
    if (s != NULL)
        s->at_a_time += room;
    pthread_mutex_unlock(&g->lock);
    return room;
}

void ew_guard_end(ew_guard *g, const char *key)
{
    pthread_mutex_lock(&g->lock);
    ew_session *s = find(g, key);
    if (s != NULL && s->at_a_time > 0)
        s->at_a_time--;
    pthread_mutex_unlock(&g->lock);
}

/* ------------------------------------------------------------------ admission */

static bool known_host(const ew_guard *g, const char *host)
{
    for (unsigned i = 0; host != NULL && i < g->host_count; i++)
        if (strcasecmp(g->hosts[i], host) == 0)
            return true;
    return false;
}

/* A browser says from where a request comes; what it says must be this page. A program that says nothing
 * has no other page's powers, and needs the key. */
static bool own_site(const ew_guard *g, const ew_claims *q)
{
    const char *after;
    if (q->site != NULL && strcmp(q->site, "same-origin") != 0 &&
        !(strcmp(q->site, "none") == 0 && strcmp(q->method, "GET") == 0))
        return false;
    if (q->origin == NULL)
        return true;
    after = strstr(q->origin, "://");
    return after != NULL && q->host != NULL && strcasecmp(after + 3, q->host) == 0 &&
           strncmp(q->origin, g->tls ? "https:" : "http:", g->tls ? 6 : 5) == 0;
}

static bool has_session(ew_guard *g, const ew_claims *q, char who[EW_SESSION_WHO])
{
    pthread_mutex_lock(&g->lock);
    ew_session *s = find(g, q->key);
    if (s != NULL && too_old(g, s, q->now)) {
        end(s);
        s = NULL;
    }
    if (s != NULL) {
        memcpy(who, s->who, sizeof s->who);
        if (!q->by_itself)
            s->used = q->now;
    }
    pthread_mutex_unlock(&g->lock);
    return s != NULL;
}

ew_admission ew_guard_admit(ew_guard *g, const ew_claims *q, bool needs_session,
                            char who[EW_SESSION_WHO])
{
    who[0] = 0;
    if (!known_host(g, q->host))
        return EW_WRONG_HOST;
    if (!own_site(g, q))
        return EW_WRONG_SITE;
    return !has_session(g, q, who) && needs_session ? EW_NO_SESSION : EW_ADMITTED;
}
