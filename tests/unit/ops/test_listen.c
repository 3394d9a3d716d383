/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to listen at, and connections: how many of one address, and for how long. */
#include "ops/listen.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "support.h"

static void addresses(void **state)
{
    static const char *const local[] = {"127.0.0.1:0", "127.1.2.3:80", "[::1]:65535"};
    static const char *const remote[] = {
        "0.0.0.0:1",   "192.0.2.1:1",           "[::]:1",
        "[fd00::1]:1", "[::ffff:127.0.0.1]:80", "128.0.0.1:1"};
    static const char *const none[] = {"",
                                       "127.0.0.1",
                                       "127.0.0.1:65536",
                                       "::1:80",
                                       "[127.0.0.1]:1",
                                       "localhost:1",
                                       "127.0.0.1:-1",
                                       ":80",
                                       "[::1]",
                                       "127.0.0.1:1x"};
    struct sockaddr_storage a;
    char text[EW_ADDRESS_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        assert_int_equal(ew_listen_parse(local[i], false, &a, NULL), EW_OK);
    ew_listen_text(&a, 7, text);
    assert_string_equal(text, "[::1]:7");
    for (size_t i = 0; i < sizeof remote / sizeof remote[0]; i++) {
        assert_int_equal(ew_listen_parse(remote[i], false, &a, NULL), EW_E_ARG);
        assert_int_equal(ew_listen_parse(remote[i], true, &a, NULL), EW_OK);
        assert_false(ew_listen_is_loopback(&a));
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(ew_listen_parse(none[i], true, &a, NULL), EW_E_ARG);
}

/* A connection from an address of this machine: ours in ends[0], the other's in ends[1]. */
static void connect_from(const char *address, int ends[2])
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listening, (const struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(listening, 1), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&a, &n), 0);
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = inet_addr(address);
    ends[1] = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(ends[1], (const struct sockaddr *)&from, sizeof from), 0);
    assert_int_equal(connect(ends[1], (const struct sockaddr *)&a, sizeof a), 0);
    ends[0] = accept(listening, NULL, NULL);
    assert_true(ends[0] >= 0);
    (void)close(listening);
}

/* Was our end shut, so that the other reads the end? */
static bool is_shut(const int ends[2])
{
    char c;
    return recv(ends[1], &c, 1, MSG_DONTWAIT) == 0;
}

static void whose(void **state)
{
    int ends[2];
    uint8_t key[EW_ADDRESS_KEY];
    char text[EW_ADDRESS_TEXT];
    (void)state;
    connect_from("127.0.0.9", ends);
    ew_listen_peer(ends[0], key);
    assert_int_equal(key[12], 127);
    assert_int_equal(key[15], 9);
    ew_listen_peer_text(ends[0], text);
    assert_string_equal(text, "127.0.0.9");
    (void)close(ends[0]);
    (void)close(ends[1]);
    ew_listen_peer(-1, key);
    ew_listen_peer_text(-1, text);
    assert_string_equal(text, "?");
    for (size_t i = 0; i < sizeof key; i++)
        assert_int_equal(key[i], 0);
}

static void so_many_of_an_address(void **state)
{
    enum { EACH = 3 };
    int ends[EACH + 2][2];
    void *seats[EACH + 2];
    ew_guests g;
    (void)state;
    assert_int_equal(ew_guests_init(&g, 3600, NULL), EW_OK);
    g.per_address = EACH;
    for (int i = 0; i < EACH + 2; i++) {
        connect_from(i < EACH + 1 ? "127.0.0.2" : "127.0.0.3", ends[i]);
        ew_guests_arrive(&g, ends[i][0], &seats[i]);
        assert_non_null(seats[i]);
        assert_int_equal(is_shut(ends[i]), i == EACH);
    }
    /* One leaves, and there is room for another. */
    ew_guests_leave(&g, &seats[EACH]);
    ew_guests_leave(&g, &seats[0]);
    connect_from("127.0.0.2", ends[0]);
    ew_guests_arrive(&g, ends[0][0], &seats[0]);
    assert_false(is_shut(ends[0]));
    for (int i = 0; i < EACH + 2; i++) {
        if (seats[i] != NULL)
            ew_guests_leave(&g, &seats[i]);
        (void)close(ends[i][0]);
        (void)close(ends[i][1]);
    }
    assert_null(g.first);
    ew_guests_destroy(&g);
}

static void strangers_go_first(void **state)
{
    const struct timespec wait = {.tv_sec = 2, .tv_nsec = 100000000};
    int ends[2][2];
    void *seats[2];
    ew_guests g;
    (void)state;
    assert_int_equal(ew_guests_init(&g, 3600, NULL), EW_OK);
    g.stranger_s = 1;
    for (int i = 0; i < 2; i++) {
        connect_from("127.0.0.1", ends[i]);
        ew_guests_arrive(&g, ends[i][0], &seats[i]);
    }
    ew_guests_know(&g, seats[1]);
    ew_guests_know(&g, NULL);
    ew_guests_cut_off(&g);
    assert_false(is_shut(ends[0]));
    (void)nanosleep(&wait, NULL);
    ew_guests_cut_off(&g);
    assert_true(is_shut(ends[0]));
    assert_false(is_shut(ends[1]));
    g.life_s = 1; /* and the others at their time */
    ew_guests_cut_off(&g);
    assert_true(is_shut(ends[1]));
    for (int i = 0; i < 2; i++) {
        ew_guests_leave(&g, &seats[i]);
        (void)close(ends[i][0]);
        (void)close(ends[i][1]);
    }
    ew_guests_destroy(&g);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(whose),
        cmocka_unit_test(so_many_of_an_address),
        cmocka_unit_test(strangers_go_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
