/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in: names that are ours, this page only, and those with a session. */
#include "serve/guard.h"

#include <string.h>

#include "serve/http.h"
#include "support.h"

static ew_guard guarded(char token[EW_TOKEN_TEXT])
{
    ew_guard g;
    assert_int_equal(ew_guard_init(&g, NULL), EW_OK);
    assert_int_equal(ew_guard_add_host(&g, "127.0.0.1:8680", NULL), EW_OK);
    assert_int_equal(ew_guard_add_host(&g, "localhost:8680", NULL), EW_OK);
    assert_int_equal(ew_guard_new_token(&g, token, NULL), EW_OK);
    return g;
}

static ew_admission admit(ew_guard *g, ew_claims q)
{
    char who[EW_SESSION_WHO];
    return ew_guard_admit(g, &q, true, who);
}

/* What a request says of itself. */
#define ask(g, method_, host_, origin_, site_, key_)                                     \
    admit(g, (ew_claims){.method = method_,                                              \
                         .host = host_,                                                  \
                         .origin = origin_,                                              \
                         .site = site_,                                                  \
                         .key = key_})

#define HOST "127.0.0.1:8680"

static void a_token_opens_one_session(void **state)
{
    char token[EW_TOKEN_TEXT];
    char key[EW_TOKEN_TEXT];
    char other[EW_TOKEN_TEXT];
    ew_guard g = guarded(token);
    (void)state;
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, token), EW_NO_SESSION);
    assert_int_equal(ew_guard_open(&g, NULL, 1, key, NULL), EW_E_ARG);
    assert_int_equal(ew_guard_open(&g, "", 1, key, NULL), EW_E_ARG);
    token[0] ^= 1;
    assert_int_equal(ew_guard_open(&g, token, 1, key, NULL), EW_E_ARG);
    token[0] ^= 1;
    assert_int_equal(ew_guard_open(&g, token, 1, key, NULL), EW_OK);
    assert_int_equal(ew_guard_open(&g, token, 1, other, NULL), EW_E_ARG);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, key), EW_ADMITTED);
    assert_int_equal(ask(&g, "POST", "LOCALHOST:8680", NULL, NULL, key), EW_ADMITTED);
    /* Another window has a token and a key of its own. */
    assert_int_equal(ew_guard_new_token(&g, token, NULL), EW_OK);
    assert_int_equal(ew_guard_open(&g, token, 1, other, NULL), EW_OK);
    assert_string_not_equal(key, other);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, key), EW_ADMITTED);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, other), EW_ADMITTED);
    ew_guard_destroy(&g);
}

static void sessions_are_bounded(void **state)
{
    char token[EW_TOKEN_TEXT];
    char first[EW_TOKEN_TEXT];
    char second[EW_TOKEN_TEXT];
    char key[EW_TOKEN_TEXT];
    char who[EW_SESSION_WHO];
    ew_guard g = guarded(token);
    (void)state;
    assert_int_equal(ew_guard_open(&g, token, 1, first, NULL), EW_OK);
    for (int i = 0; i < EW_GUARD_SESSIONS; i++) {
        assert_int_equal(ew_guard_new_token(&g, token, NULL), EW_OK);
        assert_int_equal(ew_guard_open(&g, token, 2 + i, key, NULL), EW_OK);
        if (i == 0)
            memcpy(second, key, sizeof second);
        /* What is used stays. */
        const ew_claims used = {
            .method = "GET", .host = HOST, .key = first, .now = 2 + i};
        assert_int_equal(ew_guard_admit(&g, &used, true, who), EW_ADMITTED);
    }
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, first), EW_ADMITTED);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, second), EW_NO_SESSION);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, key), EW_ADMITTED);
    ew_guard_destroy(&g);
}

/* A name of somebody's own that leads to this machine (DNS rebinding). */
static void other_names_are_refused(void **state)
{
    static const char *const hosts[] = {"attacker.example",
                                        "attacker.example:8680",
                                        "127.0.0.1",
                                        "127.0.0.1:80",
                                        "127.0.0.1:8680.evil.example",
                                        "localhost",
                                        "",
                                        NULL};
    char token[EW_TOKEN_TEXT];
    char key[EW_TOKEN_TEXT];
    ew_guard g = guarded(token);
    (void)state;
    assert_int_equal(ew_guard_open(&g, token, 1, key, NULL), EW_OK);
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        assert_int_equal(ask(&g, "GET", hosts[i], NULL, NULL, key), EW_WRONG_HOST);
    ew_guard_destroy(&g);
}

static void other_pages_are_refused(void **state)
{
    char token[EW_TOKEN_TEXT];
    char key[EW_TOKEN_TEXT];
    ew_guard g = guarded(token);
    (void)state;
    assert_int_equal(ew_guard_open(&g, token, 1, key, NULL), EW_OK);
    assert_int_equal(ask(&g, "POST", HOST, "http://" HOST, "same-origin", key),
                     EW_ADMITTED);
    assert_int_equal(ask(&g, "GET", HOST, NULL, "none", key), EW_ADMITTED);
    static const char *const origins[] = {"null",
                                          "http://evil.example",
                                          "http://localhost:8680",
                                          "http://127.0.0.1:8681",
                                          ("file://" HOST),
                                          ""};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        assert_int_equal(ask(&g, "POST", HOST, origins[i], NULL, key), EW_WRONG_SITE);
    static const char *const sites[] = {"cross-site", "same-site", "none", "odd"};
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++)
        assert_int_equal(ask(&g, "POST", HOST, NULL, sites[i], key), EW_WRONG_SITE);
    assert_int_equal(ask(&g, "GET", HOST, NULL, "cross-site", key), EW_WRONG_SITE);
    ew_guard_destroy(&g);
}

/* The scheme belongs to the origin: what came unencrypted is another page. */
static void origins_have_the_scheme(void **state)
{
    char token[EW_TOKEN_TEXT];
    char key[EW_TOKEN_TEXT];
    ew_guard g = guarded(token);
    (void)state;
    assert_int_equal(ew_guard_open(&g, token, 1, key, NULL), EW_OK);
    assert_int_equal(ask(&g, "POST", HOST, "https://" HOST, NULL, key), EW_WRONG_SITE);
    g.tls = true;
    assert_int_equal(ask(&g, "POST", HOST, "https://" HOST, NULL, key), EW_ADMITTED);
    assert_int_equal(ask(&g, "POST", HOST, "http://" HOST, NULL, key), EW_WRONG_SITE);
    ew_guard_destroy(&g);
}

static ew_admission admit_at(ew_guard *g, const char *key, int64_t now, bool by_itself,
                             char who[EW_SESSION_WHO])
{
    const ew_claims q = {
        .method = "GET", .host = HOST, .key = key, .now = now, .by_itself = by_itself};
    return ew_guard_admit(g, &q, true, who);
}

static void sessions_have_a_person_and_an_end(void **state)
{
    char token[EW_TOKEN_TEXT];
    char ann[EW_TOKEN_TEXT];
    char bo[EW_TOKEN_TEXT];
    char window[EW_TOKEN_TEXT];
    char who[EW_SESSION_WHO];
    ew_guard g = guarded(token);
    (void)state;
    g.idle_s = 100;
    assert_int_equal(ew_guard_enter(&g, "Ann", 0, ann, NULL), EW_OK);
    assert_int_equal(ew_guard_enter(&g, "Bo", 0, bo, NULL), EW_OK);
    assert_int_equal(admit_at(&g, ann, 60, false, who), EW_ADMITTED);
    assert_string_equal(who, "Ann");
    assert_int_equal(admit_at(&g, bo, 60, true, who), EW_ADMITTED);
    assert_string_equal(who, "Bo");
    /* Another window is of the same person. */
    assert_int_equal(ew_guard_window_token(&g, ann, token, NULL), EW_OK);
    assert_int_equal(ew_guard_open(&g, token, 60, window, NULL), EW_OK);
    assert_int_equal(ew_guard_open(&g, token, 60, window, NULL), EW_E_ARG);
    assert_int_equal(admit_at(&g, window, 60, false, who), EW_ADMITTED);
    assert_string_equal(who, "Ann");
    /* What a page asks by itself keeps no session open. */
    assert_int_equal(admit_at(&g, bo, 101, true, who), EW_NO_SESSION);
    assert_string_equal(who, "");
    assert_int_equal(admit_at(&g, bo, 60, false, who), EW_NO_SESSION);
    assert_int_equal(admit_at(&g, ann, 160, false, who), EW_ADMITTED);
    assert_int_equal(admit_at(&g, ann, 261, false, who), EW_NO_SESSION);
    /* Leaving ends one's own session, and the token that it asked for. */
    assert_int_equal(ew_guard_enter(&g, "Ann", 300, ann, NULL), EW_OK);
    assert_int_equal(ew_guard_enter(&g, "Bo", 300, bo, NULL), EW_OK);
    assert_int_equal(ew_guard_window_token(&g, ann, token, NULL), EW_OK);
    ew_guard_leave(&g, ann);
    ew_guard_leave(&g, ann);
    ew_guard_leave(&g, NULL);
    assert_int_equal(admit_at(&g, ann, 300, false, who), EW_NO_SESSION);
    assert_int_equal(ew_guard_open(&g, token, 300, window, NULL), EW_E_ARG);
    assert_int_equal(ew_guard_window_token(&g, ann, token, NULL), EW_E_ARG);
    assert_int_equal(admit_at(&g, bo, 300, false, who), EW_ADMITTED);
    /* A token is worth nothing once its session has ended by itself. */
    assert_int_equal(ew_guard_window_token(&g, bo, token, NULL), EW_OK);
    assert_int_equal(ew_guard_open(&g, token, 500, window, NULL), EW_E_ARG);
    ew_guard_destroy(&g);
}

static void a_session_has_so_many_requests_at_a_time(void **state)
{
    char token[EW_TOKEN_TEXT];
    char key[EW_TOKEN_TEXT];
    char other[EW_TOKEN_TEXT];
    ew_guard g = guarded(token);
    (void)state;
    assert_int_equal(ew_guard_enter(&g, "Ann", 0, key, NULL), EW_OK);
    assert_int_equal(ew_guard_enter(&g, "Bo", 0, other, NULL), EW_OK);
    for (int i = 0; i < EW_GUARD_AT_A_TIME; i++)
        assert_true(ew_guard_begin(&g, key));
    assert_false(ew_guard_begin(&g, key));
    assert_true(ew_guard_begin(&g, other));
    ew_guard_end(&g, key);
    assert_true(ew_guard_begin(&g, key));
    ew_guard_leave(&g, key);
    ew_guard_end(&g, key);
    ew_guard_destroy(&g);
}

static void routes_are_found(void **state)
{
    ew_slice part[EW_HTTP_PARTS];
    bool other;
    (void)state;
    const ew_route *r = ew_route_find("GET", "/api/jobs/12/result", part, &other);
    assert_non_null(r);
    assert_true(ew_slice_is(part[0], "12"));
    assert_false(r->open);
    assert_null(ew_route_find("GET", "/api/jobs//result", part, &other));
    assert_null(ew_route_find("GET", "/api/jobs/1/2/result", part, &other));
    assert_null(ew_route_find("PUT", "/api/jobs", part, &other));
    assert_true(other);
    assert_null(ew_route_find("GET", "/page/../api/about", part, &other));
    /* Only the page itself and the opening of a session go without one. */
    for (size_t i = 0; i < ew_route_count; i++)
        if (ew_routes[i].open)
            assert_true(strcmp(ew_routes[i].path, "/api/session") == 0 ||
                        strcmp(ew_routes[i].path, "/") == 0 ||
                        strcmp(ew_routes[i].path, "/page/*") == 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_opens_one_session),
        cmocka_unit_test(sessions_are_bounded),
        cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(other_pages_are_refused),
        cmocka_unit_test(origins_have_the_scheme),
        cmocka_unit_test(sessions_have_a_person_and_an_end),
        cmocka_unit_test(a_session_has_so_many_requests_at_a_time),
        cmocka_unit_test(routes_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
