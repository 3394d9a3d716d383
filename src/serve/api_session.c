/* SPDX-License-Identifier: Apache-2.0 */
/* Coming and going: with the token of the terminal, or with the passphrase of the desk's server and a name. */
#include <stdio.h>
#include <string.h>

#include <microhttpd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "ops/listen.h"
#include "serve/api.h"

enum { NAME_CHARS = 60, NOTE_MAX = 512 };

/* What opens a session; the device where one logged in, or "". */
typedef struct keys {
    char key[EW_TOKEN_TEXT];
    char device[EW_DEVICE_TEXT];
} keys;

static ew_code give_keys(const keys *k, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.session/1");
    ew_obj_str(&o, "key", k->key);
    if (k->device[0] != 0)
        ew_obj_str(&o, "device", k->device);
    return ew_api_reply(r, &o, err);
}

/* ------------------------------------------------------------------ with a passphrase */

static int peer_of(const ew_request *q)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(q->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

void ew_request_note(ew_server *s, const ew_request *q, const char *what,
                     const char *detail)
{
    char from[EW_ADDRESS_TEXT];
    char text[NOTE_MAX];
    ew_listen_peer_text(peer_of(q), from);
    (void)snprintf(text, sizeof text, "%s%s%s: %s%s%s", from, q->who != NULL ? ", " : "",
                   q->who != NULL ? q->who : "", what, detail[0] != 0 ? " " : "", detail);
    pthread_mutex_lock(&s->telling);
    if (s->o->note != NULL)
        s->o->note(s->o->cookie, text);
    pthread_mutex_unlock(&s->telling);
}

/* Turns what stands beside it around, or begins a line. */
static bool turns(uint32_t cp)
{
    return cp == 0x061C || cp == 0x200E || cp == 0x200F ||
           (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) ||
           cp == 0xFEFF;
}

/* A name as it will stand in a case: one line that can be read, without spaces around it. */
static ew_code read_who(const json_t *body, char who[EW_SESSION_WHO], ew_err *err)
{
    const char *given = json_string_value(json_object_get(body, "who"));
    size_t n = 0;
    size_t chars = 0;
    given = given != NULL ? given + strspn(given, " ") : "";
    n = strlen(given);
    while (n > 0 && given[n - 1] == ' ')
        n--;
    bool fine = n > 0 && n < EW_SESSION_WHO;
    for (size_t i = 0; i < n && fine; chars++) {
        uint32_t cp = 0;
        size_t used = ew_utf8_next(given + i, n - i, &cp);
        fine = used > 0 && cp >= 0x20 && !(cp >= 0x7F && cp < 0xA0) && !turns(cp);
        i += used;
    }
    if (!fine || chars > NAME_CHARS)
        return ew_fail(err, EW_E_ARG, 0,
                       "your name is needed: up to %d letters; what you do is put down "
                       "under it",
                       (int)NAME_CHARS);
    memcpy(who, given, n);
    who[n] = 0;
    return EW_OK;
}

static ew_code log_in(ew_server *s, const ew_request *q, const json_t *body, keys *k,
                      unsigned *wait_s, ew_err *err)
{
    char who[EW_SESSION_WHO];
    uint8_t from[EW_ADDRESS_KEY];
    bool right = false;
    const char *pass = json_string_value(json_object_get(body, "passphrase"));
    const ew_slice given = ew_slice_of(pass != NULL ? pass : "");
    ew_code code = read_who(body, who, err);
    if (code == EW_OK && given.n == 0)
        code = ew_fail(err, EW_E_ARG, 0, "the passphrase of this server is needed");
    if (code != EW_OK)
        return code;
    ew_listen_peer(peer_of(q), from);
    (void)ew_login_device(&s->login, json_string_value(json_object_get(body, "device")),
                          from);
    code = ew_login_try(&s->login, from, given, &right, wait_s, err);
    if (code == EW_OK && *wait_s > 0)
        return ew_fail(err, EW_E_BUSY, 0, "too many wrong passphrases: wait for %u s",
                       *wait_s);
    if (code == EW_OK && !right) {
        ew_request_note(s, q, "wrong passphrase of", who);
        return ew_fail(err, EW_E_ARG, 0, "the passphrase is wrong");
    }
    if (code == EW_OK)
        code = ew_login_new_device(&s->login, k->device, err);
    if (code == EW_OK)
        code = ew_guard_enter(&s->guard, who, ew_http_now(), k->key, err);
    if (code == EW_OK)
        ew_request_note(s, q, "login of", who);
    return code;
}

/* Wipes the passphrase where jansson put it; src/serve/http.c wipes where it came. */
static void wipe(const json_t *body)
{
    const char *pass = json_string_value(json_object_get(body, "passphrase"));
    if (pass != NULL)
        explicit_bzero((char *)(uintptr_t)pass, strlen(pass));
}

ew_code ew_api_session(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    json_t *body = NULL;
    ew_request stranger = *q; /* the name is that of the body, also when a session asks */
    keys k = {"", ""};
    stranger.who = NULL;
    ew_code code = ew_api_body(&stranger, &body, err);
    const char *token = json_string_value(json_object_get(body, "token"));
    if (code == EW_OK && s->login.needed && token == NULL)
        code = log_in(s, q, body, &k, &r->retry_s, err);
    else if (code == EW_OK)
        code = ew_guard_open(&s->guard, token, ew_http_now(), k.key, err);
    wipe(body);
    json_decref(body);
    if (code == EW_OK)
        code = give_keys(&k, r, err);
    explicit_bzero(&k, sizeof k);
    return code;
}

/* ------------------------------------------------------------------ being here, leaving */

/* How to come in, and whose session it is: for the page, before it has one. */
ew_code ew_api_session_show(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.session-show/1");
    ew_obj_bool(&o, "login", s->login.needed);
    if (q->who != NULL)
        ew_obj_str(&o, "who", q->who);
    else
        ew_obj_null(&o, "who");
    return ew_api_reply(r, &o, err);
}

ew_code ew_api_logout(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    ew_guard_leave(&s->guard, q->key);
    if (q->who != NULL)
        ew_request_note(s, q, "logout", "");
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.logout/1");
    return ew_api_reply(r, &o, err);
}

/* For another window of the one who has a session. */
ew_code ew_api_token(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    char token[EW_TOKEN_TEXT];
    ew_code code = ew_guard_window_token(&s->guard, q->key, token, err);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.token/1");
    ew_obj_str(&o, "token", token);
    return ew_api_reply(r, &o, err);
}
