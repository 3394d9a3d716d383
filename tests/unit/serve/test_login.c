/* SPDX-License-Identifier: Apache-2.0 */
/* The passphrase: who guesses has to wait, longer each time, and nobody else. */
#include "serve/login.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "support.h"

static const char pass[] = "correct horse battery";
static _Atomic int64_t now = 1000;

static int64_t clock_of_the_test(void)
{
    return now;
}

static void begin(ew_login *l)
{
    assert_int_equal(ew_login_init(l, pass, strlen(pass), NULL), EW_OK);
    l->now = clock_of_the_test;
}

/* 1: right, 0: wrong, less: to wait for so many seconds. */
static int attempt(ew_login *l, uint16_t from, const char *word)
{
    uint8_t address[EW_ADDRESS_KEY] = {0};
    bool right = false;
    unsigned wait_s = 0;
    memcpy(address, &from, sizeof from);
    assert_int_equal(ew_login_try(l, address, ew_slice_of(word), &right, &wait_s, NULL),
                     EW_OK);
    assert_false(right && wait_s > 0);
    return wait_s > 0 ? -(int)wait_s : right;
}

static void lengths(void **state)
{
    static ew_login l;
    char longest[EW_LOGIN_MAX + 1];
    ew_err err;
    (void)state;
    memset(longest, 'x', sizeof longest);
    assert_int_equal(ew_login_init(&l, "eleven char", 11, &err), EW_E_ARG);
    assert_int_equal(ew_login_init(&l, "", 0, &err), EW_E_ARG);
    assert_int_equal(ew_login_init(&l, longest, sizeof longest, &err), EW_E_ARG);
    /* Twelve bytes that are four letters. */
    assert_int_equal(
        ew_login_init(&l, "\xe1\x9e\x83\xe1\x9e\x83\xe1\x9e\x83\xe1\x9e\x83", 12, &err),
        EW_E_ARG);
    assert_int_equal(ew_login_init(&l, NULL, 0, &err), EW_OK);
    assert_false(l.needed);
    ew_login_destroy(&l);
    assert_int_equal(ew_login_init(&l, longest, EW_LOGIN_MAX, &err), EW_OK);
    assert_true(l.needed);
    ew_login_destroy(&l);
}

static void only_the_hash_is_kept(void **state)
{
    static ew_login l;
    (void)state;
    begin(&l);
    assert_null(memmem(&l, sizeof l, pass, strlen(pass)));
    assert_int_equal(strncmp(l.hash, "$argon2id$", 10), 0);
    assert_int_equal(attempt(&l, 1, pass), 1);
    assert_int_equal(attempt(&l, 1, "correct horse batterY"), 0);
    assert_int_equal(attempt(&l, 1, "correct horse batter"), 0);
    assert_int_equal(attempt(&l, 1, ""), 0);
    ew_login_destroy(&l);
}

static void who_guesses_waits(void **state)
{
    static ew_login l;
    static const int waits[] = {2, 4, 8, 16, 32, 60, 60};
    (void)state;
    begin(&l);
    for (int i = 0; i < EW_LOGIN_FREE; i++)
        assert_int_equal(attempt(&l, 1, "wrong"), 0);
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        assert_int_equal(attempt(&l, 1, "wrong"), 0);
        assert_int_equal(attempt(&l, 1, pass), -waits[i]);
        now += waits[i] - 1;
        assert_int_equal(attempt(&l, 1, pass), -1);
        assert_int_equal(attempt(&l, 2, pass), 1); /* another address */
        now += 1;
    }
    assert_int_equal(attempt(&l, 1, pass), 1);
    for (int i = 0; i < EW_LOGIN_FREE; i++)
        assert_int_equal(attempt(&l, 1, "wrong"), 0);
    /* An hour later it begins anew. */
    assert_int_equal(attempt(&l, 1, "wrong"), 0);
    now += EW_LOGIN_FORGET_S + 1;
    for (int i = 0; i < EW_LOGIN_FREE; i++)
        assert_int_equal(attempt(&l, 1, "wrong"), 0);
    assert_int_equal(attempt(&l, 1, pass), 1);
    ew_login_destroy(&l);
}

/* Wrong ones from more addresses than are remembered: the oldest is forgotten, and nobody is let in by that. */
static void many_addresses(void **state)
{
    static ew_login l;
    (void)state;
    begin(&l);
    for (int i = 0; i < EW_LOGIN_FREE + 1; i++)
        assert_int_equal(attempt(&l, 7, "wrong"), 0);
    now += 1;
    for (size_t i = 0; i < EW_LOGIN_ADDRESSES; i++) { /* as if each had been wrong */
        uint16_t from = (uint16_t)(1000 + i);
        if (l.tries[i].wrong > 0)
            continue;
        l.tries[i] = (ew_login_tries){.wrong = 1, .last = now};
        memcpy(l.tries[i].from, &from, sizeof from);
    }
    assert_int_equal(attempt(&l, 7, pass), -1);
    assert_int_equal(attempt(&l, 8, "wrong"), 0); /* takes the place of 7 */
    assert_int_equal(attempt(&l, 7, pass), 1);
    ew_login_destroy(&l);
}

/* A browser that was here before is counted by itself. */
static void known_browsers(void **state)
{
    static ew_login l;
    static ew_login another;
    char device[EW_DEVICE_TEXT];
    char second[EW_DEVICE_TEXT];
    uint8_t from[EW_ADDRESS_KEY] = {1};
    uint8_t own[EW_ADDRESS_KEY] = {1};
    bool right = false;
    unsigned wait_s = 0;
    (void)state;
    begin(&l);
    begin(&another);
    assert_int_equal(ew_login_new_device(&l, device, NULL), EW_OK);
    assert_int_equal(ew_login_new_device(&l, second, NULL), EW_OK);
    assert_string_not_equal(device, second);
    assert_true(ew_login_device(&l, device, own));
    assert_memory_not_equal(own, from, sizeof own);
    for (int i = 0; i <= EW_LOGIN_FREE; i++)
        assert_int_equal(ew_login_try(&l, from, ew_slice_of("no"), &right, &wait_s, NULL),
                         EW_OK);
    assert_int_equal(ew_login_try(&l, from, ew_slice_of(pass), &right, &wait_s, NULL),
                     EW_OK);
    assert_true(wait_s > 0 && !right);
    assert_int_equal(ew_login_try(&l, own, ew_slice_of(pass), &right, &wait_s, NULL),
                     EW_OK);
    assert_true(wait_s == 0 && right);
    /* It guesses no better than an address. */
    for (int i = 0; i <= EW_LOGIN_FREE; i++)
        assert_int_equal(ew_login_try(&l, own, ew_slice_of("no"), &right, &wait_s, NULL),
                         EW_OK);
    assert_int_equal(ew_login_try(&l, own, ew_slice_of(pass), &right, &wait_s, NULL),
                     EW_OK);
    assert_true(wait_s > 0 && !right);
    /* Nobody makes one, or another from one. */
    memcpy(own, from, sizeof own);
    assert_false(ew_login_device(&another, device, own));
    assert_false(ew_login_device(&l, NULL, own));
    assert_false(ew_login_device(&l, "", own));
    for (size_t i = 0; i < EW_DEVICE_TEXT - 1; i++) {
        memcpy(second, device, sizeof second);
        second[i] = second[i] == '0' ? '1' : '0';
        assert_false(ew_login_device(&l, second, own));
        memcpy(second, device, sizeof second);
        second[i] = 0;
        assert_false(ew_login_device(&l, second, own));
    }
    assert_memory_equal(own, from, sizeof own);
    ew_login_destroy(&another);
    ew_login_destroy(&l);
}

typedef struct crowd {
    ew_login *l;
    atomic_uint wrong, waiting, right;
    bool guessing;
} crowd;

static void *member(void *arg)
{
    crowd *c = arg;
    int got = attempt(c->l, c->guessing ? 1 : 2, c->guessing ? "wrong" : pass);
    atomic_fetch_add(got < 0 ? &c->waiting : got == 0 ? &c->wrong : &c->right, 1);
    return NULL;
}

static void run_crowd(crowd *c, size_t n)
{
    pthread_t threads[32];
    assert_true(n <= 32);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, member, c), 0);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

/* Many at a time use up no more tries than one after the other; those who know it all come in. */
static void crowds(void **state)
{
    static ew_login l;
    (void)state;
    begin(&l);
    crowd guessers = {.l = &l, .guessing = true};
    run_crowd(&guessers, 32);
    assert_int_equal(guessers.right, 0);
    assert_int_equal(guessers.wrong + guessers.waiting, 32);
    assert_in_range(guessers.wrong, 1, EW_LOGIN_FREE + 1);
    crowd people = {.l = &l};
    run_crowd(&people, EW_LOGIN_IN_LINE_EACH);
    assert_int_equal(people.right, EW_LOGIN_IN_LINE_EACH);
    assert_int_equal(l.in_line, 0);
    ew_login_destroy(&l);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths),           cmocka_unit_test(only_the_hash_is_kept),
        cmocka_unit_test(who_guesses_waits), cmocka_unit_test(many_addresses),
        cmocka_unit_test(known_browsers),    cmocka_unit_test(crowds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
