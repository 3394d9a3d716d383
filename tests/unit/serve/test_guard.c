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
    ew_guard_add_host(&g, "127.0.0.1:8680");
    ew_guard_add_host(&g, "localhost:8680");
    assert_int_equal(ew_guard_new_token(&g, token, NULL), EW_OK);
    return g;
}

static ew_admission admit(ew_guard *g, ew_claims q)
{
    return ew_guard_admit(g, &q, true);
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
    assert_int_equal(ew_guard_open(&g, NULL, key, NULL), EW_E_ARG);
    assert_int_equal(ew_guard_open(&g, "", key, NULL), EW_E_ARG);
    token[0] ^= 1;
    assert_int_equal(ew_guard_open(&g, token, key, NULL), EW_E_ARG);
    token[0] ^= 1;
    assert_int_equal(ew_guard_open(&g, token, key, NULL), EW_OK);
    assert_int_equal(ew_guard_open(&g, token, other, NULL), EW_E_ARG);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, key), EW_ADMITTED);
    assert_int_equal(ask(&g, "POST", "LOCALHOST:8680", NULL, NULL, key), EW_ADMITTED);
    /* Another window has a token and a key of its own. */
    assert_int_equal(ew_guard_new_token(&g, token, NULL), EW_OK);
    assert_int_equal(ew_guard_open(&g, token, other, NULL), EW_OK);
    assert_string_not_equal(key, other);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, key), EW_ADMITTED);
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, other), EW_ADMITTED);
    ew_guard_destroy(&g);
}

static void sessions_are_bounded(void **state)
{
    char token[EW_TOKEN_TEXT];
    char first[EW_TOKEN_TEXT];
    char key[EW_TOKEN_TEXT];
    ew_guard g = guarded(token);
    (void)state;
    assert_int_equal(ew_guard_open(&g, token, first, NULL), EW_OK);
    for (int i = 0; i < EW_GUARD_SESSIONS; i++) {
        assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, first), EW_ADMITTED);
        assert_int_equal(ew_guard_new_token(&g, token, NULL), EW_OK);
        assert_int_equal(ew_guard_open(&g, token, key, NULL), EW_OK);
    }
    assert_int_equal(ask(&g, "GET", HOST, NULL, NULL, first), EW_NO_SESSION);
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
    assert_int_equal(ew_guard_open(&g, token, key, NULL), EW_OK);
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
    assert_int_equal(ew_guard_open(&g, token, key, NULL), EW_OK);
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
        cmocka_unit_test(routes_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
