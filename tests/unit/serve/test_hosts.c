/* SPDX-License-Identifier: Apache-2.0 */
/* Names under which the server is reached: which are taken, and what a browser sends for them. */
#include "serve/hosts.h"

#include <string.h>

#include "ops/listen.h"
#include "support.h"

static ew_code add(ew_hosts *h, const char *list)
{
    return ew_hosts_add(h, list, NULL);
}

static ew_code add_address(ew_hosts *h, const char *text)
{
    struct sockaddr_storage a;
    assert_int_equal(ew_listen_parse(text, true, &a, NULL), EW_OK);
    return ew_hosts_add_address(h, &a, NULL);
}

static void names(void **state)
{
    static const char *const good[] = {
        "desk.example", "desk",     "a-b.c", "1a.example",
        "192.0.2.7",    "fd00::7",  "[::1]", "xn--e1afmkfd.example",
        "1.example",    "3com.com", "a.b1",  "0x1f.a"};
    static const char *const bad[] = {
        "",    "*",    "*.example", "a b",  "a:1",     "a..b", ".a",
        "a.",  "-a",   "a-",        "1",    "1.2.3",   "a.1",  "256.1.1.1",
        "a/b", "a_b",  "\xc3\xbc",  "[a]",  "[::1",    "::1]", "a,",
        ",a",  "a,,b", "a\n",       "a\"b", "a.b:443", "a.*",  "DNS:a"};
    ew_hosts h = {0};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(add(&h, good[i]), EW_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (add(&h, bad[i]) != EW_E_ARG)
            fail_msg("'%s' was taken", bad[i]);
}

static void lists(void **state)
{
    char label[64 + 1];
    ew_hosts h = {0};
    (void)state;
    assert_int_equal(add(&h, "Desk.EXAMPLE,192.0.2.7,[FD00:0::0007]"), EW_OK);
    assert_int_equal(add(&h, "desk.example"), EW_OK); /* once */
    assert_int_equal(h.n, 3);
    assert_string_equal(h.list[0], "desk.example");
    assert_string_equal(h.list[2], "fd00::7");
    memset(label, 'a', 64);
    label[64] = 0;
    assert_int_equal(add(&h, label), EW_E_ARG);
    label[63] = 0;
    assert_int_equal(add(&h, label), EW_OK);
    for (char c = 'a'; h.n < EW_HOSTS; c++)
        assert_int_equal(add(&h, (const char[]){c, 0}), EW_OK);
    assert_int_equal(add(&h, "one.more"), EW_E_LIMIT);
}

static bool admitted(ew_guard *g, const char *host)
{
    char who[EW_SESSION_WHO];
    const ew_claims q = {.method = "GET", .host = host};
    return ew_guard_admit(g, &q, false, who) == EW_ADMITTED;
}

static void addresses(void **state)
{
    ew_hosts h = {0};
    (void)state;
    assert_int_equal(add_address(&h, "0.0.0.0:1"), EW_E_ARG);
    assert_int_equal(add_address(&h, "[::]:1"), EW_E_ARG);
    assert_int_equal(add_address(&h, "192.0.2.7:1"), EW_OK);
    assert_int_equal(h.n, 1); /* localhost does not lead there */
    h = (ew_hosts){0};
    assert_int_equal(add_address(&h, "127.0.0.1:1"), EW_OK);
    assert_int_equal(h.n, 2);
    h = (ew_hosts){0};
    assert_int_equal(add(&h, "desk.example"), EW_OK);
    assert_int_equal(add_address(&h, "[::]:1"), EW_OK);
    assert_int_equal(h.n, 3);
    assert_string_equal(h.list[1], "::1");
}

static void what_a_browser_sends(void **state)
{
    ew_hosts h = {0};
    ew_guard g;
    char url[512];
    (void)state;
    assert_int_equal(add(&h, "desk.example,fd00::7"), EW_OK);
    assert_int_equal(ew_guard_init(&g, NULL), EW_OK);
    assert_int_equal(ew_hosts_guard(&h, 8680, true, &g, NULL), EW_OK);
    assert_true(admitted(&g, "desk.example:8680"));
    assert_true(admitted(&g, "[fd00::7]:8680"));
    assert_false(admitted(&g, "desk.example"));
    assert_false(admitted(&g, "fd00::7:8680"));
    /* A browser leaves the port out where it is the usual one. */
    assert_int_equal(ew_hosts_guard(&h, 443, true, &g, NULL), EW_OK);
    assert_true(admitted(&g, "desk.example"));
    assert_true(admitted(&g, "desk.example:443"));
    assert_true(admitted(&g, "[fd00::7]"));
    assert_false(admitted(&g, "*"));
    assert_false(admitted(&g, ""));
    ew_hosts_url(&h, 8680, true, url, sizeof url);
    assert_string_equal(url, "https://desk.example:8680/");
    h = (ew_hosts){0};
    assert_int_equal(add(&h, "fd00::7"), EW_OK);
    ew_hosts_url(&h, 80, false, url, sizeof url);
    assert_string_equal(url, "http://[fd00::7]:80/");
    ew_guard_destroy(&g);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(lists),
        cmocka_unit_test(addresses),
        cmocka_unit_test(what_a_browser_sends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
