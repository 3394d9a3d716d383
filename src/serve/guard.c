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

void ew_guard_add_host(ew_guard *g, const char *host)
{
    if (g->host_count < EW_GUARD_HOSTS && strlen(host) < sizeof g->hosts[0])
        (void)snprintf(g->hosts[g->host_count++], sizeof g->hosts[0], "%s", host);
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

ew_code ew_guard_open(ew_guard *g, const char *token, char key[EW_TOKEN_TEXT],
                      ew_err *err)
{
    uint8_t given[EW_TOKEN_BYTES] = {0};
    uint8_t fresh[EW_TOKEN_BYTES];
    bool well_formed = parse(token, given);
    ew_code code = draw(fresh, err);
    if (code != EW_OK)
        return code;
    pthread_mutex_lock(&g->lock);
    bool right = well_formed && g->token_left && same(given, g->token);
    if (right) {
        g->token_left = false;
        memcpy(g->session[g->next], fresh, sizeof fresh);
        g->next = (g->next + 1) % EW_GUARD_SESSIONS;
        g->sessions += g->sessions < EW_GUARD_SESSIONS;
    }
    pthread_mutex_unlock(&g->lock);
    if (!right)
        return ew_fail(err, EW_E_ARG, 0,
                       "this address was used already, or is not complete; "
                       "take a new one from the terminal");
    ew_hex(fresh, sizeof fresh, key);
    return EW_OK;
}

static bool known_host(const ew_guard *g, const char *host)
{
    for (unsigned i = 0; host != NULL && i < g->host_count; i++)
        if (strcasecmp(g->hosts[i], host) == 0)
            return true;
    return false;
}

/* A browser says from where a request comes; what it says must be this page. A program that says nothing
 * has no other page's powers, and needs the key. */
static bool own_site(const ew_claims *q)
{
    const char *after;
    if (q->site != NULL && strcmp(q->site, "same-origin") != 0 &&
        !(strcmp(q->site, "none") == 0 && strcmp(q->method, "GET") == 0))
        return false;
    if (q->origin == NULL)
        return true;
    after = strstr(q->origin, "://");
    return after != NULL && q->host != NULL && strcasecmp(after + 3, q->host) == 0 &&
           (strncmp(q->origin, "http:", 5) == 0 || strncmp(q->origin, "https:", 6) == 0);
}

static bool has_session(ew_guard *g, const char *key)
{
    uint8_t given[EW_TOKEN_BYTES];
    bool found = false;
    if (!parse(key, given))
        return false;
    pthread_mutex_lock(&g->lock);
    for (unsigned i = 0; i < g->sessions; i++)
        found = same(given, g->session[i]) || found;
    pthread_mutex_unlock(&g->lock);
    return found;
}

ew_admission ew_guard_admit(ew_guard *g, const ew_claims *q, bool needs_session)
{
    if (!known_host(g, q->host))
        return EW_WRONG_HOST;
    if (!own_site(q))
        return EW_WRONG_SITE;
    return needs_session && !has_session(g, q->key) ? EW_NO_SESSION : EW_ADMITTED;
}
