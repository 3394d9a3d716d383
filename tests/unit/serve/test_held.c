/* SPDX-License-Identifier: Apache-2.0 */
/* What is held between two requests: found by its name alone, by one thread at a time, and let go of. */
#include "serve/held.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "ops/sounds.h"
#include "support.h"

typedef struct fixture {
    char *dir;
    ew_sounds *sounds;
    ew_held *held;
} fixture;

static int dropped;

static void drop(void *what)
{
    dropped++;
    free(what);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    assert_int_equal(ew_sounds_open(&f->sounds, test_path(f->dir, "sounds"), NULL),
                     EW_OK);
    assert_int_equal(ew_held_new(&f->held, f->sounds, f->dir, NULL), EW_OK);
    dropped = 0;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_held_free(f->held);
    ew_sounds_close(f->sounds);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

static void *put(fixture *f, ew_held_kind kind, char name[EW_TOKEN_TEXT])
{
    void *what = calloc(1, sizeof(int));
    const ew_held_thing t = {.kind = kind, .what = what, .drop = drop};
    assert_int_equal(ew_held_put(f->held, &t, name, NULL), EW_OK);
    return what;
}

static void test_names(void **state)
{
    fixture *f = *state;
    char a[EW_TOKEN_TEXT];
    char b[EW_TOKEN_TEXT];
    void *what = NULL;
    void *made = put(f, EW_HELD_LOOK, a);
    put(f, EW_HELD_LOOK, b);
    assert_int_equal(strlen(a), EW_TOKEN_TEXT - 1);
    assert_string_not_equal(a, b);
    assert_int_equal(ew_held_take(f->held, EW_HELD_LOOK, ew_slice_of(a), &what, NULL),
                     EW_OK);
    assert_ptr_equal(what, made);
    ew_held_give(f->held, what);
    /* Of another kind, cut short, made longer, changed: nothing. */
    char c[EW_TOKEN_TEXT + 1];
    (void)snprintf(c, sizeof c, "%s0", a);
    const ew_slice bad[] = {{a, EW_TOKEN_TEXT - 2}, {c, EW_TOKEN_TEXT}, {"", 0}};
    assert_int_equal(ew_held_take(f->held, EW_HELD_MADE, ew_slice_of(a), &what, NULL),
                     EW_E_NOTFOUND);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(ew_held_take(f->held, EW_HELD_LOOK, bad[i], &what, NULL),
                         EW_E_NOTFOUND);
    c[EW_TOKEN_TEXT - 1] = 0;
    c[9] = c[9] == '0' ? '1' : '0';
    assert_int_equal(ew_held_take(f->held, EW_HELD_LOOK, ew_slice_of(c), &what, NULL),
                     EW_E_NOTFOUND);
    assert_int_equal(ew_held_remove(f->held, EW_HELD_LOOK, ew_slice_of(a), NULL), EW_OK);
    assert_int_equal(dropped, 1);
    assert_int_equal(ew_held_remove(f->held, EW_HELD_LOOK, ew_slice_of(a), NULL),
                     EW_E_NOTFOUND);
    ew_held_give(f->held, NULL);
}

static void test_there_are_not_too_many(void **state)
{
    fixture *f = *state;
    char names[EW_HELD_EACH + 2][EW_TOKEN_TEXT];
    char other[EW_TOKEN_TEXT];
    void *what = NULL;
    put(f, EW_HELD_MADE, other);
    for (int i = 0; i < EW_HELD_EACH + 2; i++)
        put(f, EW_HELD_LOOK, names[i]);
    assert_int_equal(dropped, 2);
    assert_int_equal(ew_held_take(f->held, EW_HELD_LOOK,
                                  ew_slice_of(names[EW_HELD_EACH + 1]), &what, NULL),
                     EW_OK);
    ew_held_give(f->held, what);
    assert_int_equal(ew_held_take(f->held, EW_HELD_MADE, ew_slice_of(other), &what, NULL),
                     EW_OK);
    /* One that is in use is let go of when it is given back. */
    assert_int_equal(ew_held_remove(f->held, EW_HELD_MADE, ew_slice_of(other), NULL),
                     EW_OK);
    assert_int_equal(dropped, 2);
    ew_held_give(f->held, what);
    assert_int_equal(dropped, 3);
    ew_held_tidy(f->held); /* nothing is old */
    assert_int_equal(dropped, 3);
}

static void test_its_sound(void **state)
{
    fixture *f = *state;
    uint8_t sha256[EW_SHA256_BYTES] = {7};
    char hex[EW_SHA256_HEX + 1];
    char mark[EW_SHA256_HEX + 8];
    char name[EW_TOKEN_TEXT];
    const ew_held_thing t = {.kind = EW_HELD_SHOWN,
                             .what = malloc(1),
                             .drop = drop,
                             .sha256 = sha256,
                             .path = "/nowhere/sound"};
    ew_hex(sha256, sizeof sha256, hex);
    (void)snprintf(mark, sizeof mark, "look-%s", hex);
    assert_null(ew_held_sound(f->held, sha256));
    assert_int_equal(ew_held_put(f->held, &t, name, NULL), EW_OK);
    char *path = ew_held_sound(f->held, sha256);
    assert_string_equal(path, "/nowhere/sound");
    ew_free(path);
    assert_int_equal(access(test_path(f->dir, mark), F_OK), 0);
    assert_int_equal(ew_held_remove(f->held, EW_HELD_SHOWN, ew_slice_of(name), NULL),
                     EW_OK);
    assert_null(ew_held_sound(f->held, sha256));
    assert_int_not_equal(access(test_path(f->dir, mark), F_OK), 0);
}

/* Eight people, each with things of their own and with one of all. */
typedef struct person {
    fixture *f;
    const char *shared;
    int seen;
} person;

static void *live(void *cookie)
{
    person *p = cookie;
    for (int i = 0; i < 200; i++) {
        char name[EW_TOKEN_TEXT];
        void *what = NULL;
        void *own = calloc(1, sizeof(int));
        const ew_held_thing t = {.kind = EW_HELD_MADE, .what = own, .drop = free};
        if (ew_held_put(p->f->held, &t, name, NULL) == EW_OK && i % 2 == 0)
            (void)!ew_held_remove(p->f->held, EW_HELD_MADE, ew_slice_of(name), NULL);
        if (ew_held_take(p->f->held, EW_HELD_LOOK, ew_slice_of(p->shared), &what, NULL) !=
            EW_OK)
            continue;
        p->seen += ++*(int *)what > 0; /* nobody else has it now */
        ew_held_give(p->f->held, what);
        ew_held_tidy(p->f->held);
    }
    return NULL;
}

static void test_eight_people(void **state)
{
    fixture *f = *state;
    char shared[EW_TOKEN_TEXT];
    pthread_t threads[8];
    person people[8];
    const int *what = put(f, EW_HELD_LOOK, shared);
    for (int i = 0; i < 8; i++) {
        people[i] = (person){f, shared, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, live, &people[i]), 0);
    }
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    int seen = 0;
    for (int i = 0; i < 8; i++)
        seen += people[i].seen;
    assert_int_equal(seen, 1600);
    assert_int_equal(*what, 1600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_there_are_not_too_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_its_sound, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_eight_people, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
