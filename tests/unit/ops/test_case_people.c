/* SPDX-License-Identifier: Apache-2.0 */
/* Protecting people: what opens for whom, what is put down before anybody looks, and faults on the way. */
#include "ops/case_people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "support.h"

typedef struct fixture {
    char *dir;
    ew_case *c;
    ew_age_identities keys[2];
    char ages[2][256];
} fixture;

static const ew_ops_actor by = {"Ann", "to test"};

static void make_key(fixture *f, int i)
{
    ew_secret file;
    ew_buf recipient;
    assert_int_equal(ew_secret_init(&file, 512, NULL), EW_OK);
    ew_buf_init(&recipient, 255);
    assert_int_equal(ew_age_new_identity(&file, &recipient, 0, NULL), EW_OK);
    assert_int_equal(
        ew_age_read_identities(&f->keys[i], (ew_slice){file.bytes, file.n}, NULL), EW_OK);
    (void)snprintf(f->ages[i], sizeof f->ages[i], "%s", (char *)recipient.data);
    ew_buf_release(&recipient);
    ew_secret_release(&file);
}

static ew_code recipient(fixture *f, int i, const ew_age_identities *keys)
{
    const char *const ages[] = {f->ages[i]};
    ew_ops_recipients r = {.ages = ages, .n = 1, .keys = keys};
    return ew_ops_add_recipients(f->c, &by, &r, NULL);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    const char *path = test_path(f->dir, "case");
    assert_int_equal(ew_case_create(path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, path, true, 0, NULL), EW_OK);
    make_key(f, 0);
    make_key(f, 1);
    assert_int_equal(recipient(f, 0, NULL), EW_OK);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_case_close(f->c);
    ew_age_identities_release(&f->keys[0]);
    ew_age_identities_release(&f->keys[1]);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

static ew_code protect(fixture *f, const char *name, const char *identity)
{
    ew_person p = {.kind = EW_PERSON_PROTECTED, .name = name, .note = ""};
    int64_t id;
    return ew_ops_add_person(f->c, &by, &p, ew_slice_of(identity), &id, NULL);
}

static ew_code take(void *cookie, const ew_unsealed *u, ew_err *err)
{
    char *all = cookie;
    size_t len = strlen(all);
    (void)err;
    (void)snprintf(all + len, 256 - len, "%lld.%lld %.*s; ", (long long)u->person,
                   (long long)u->alias, (int)u->text.n, u->text.p);
    return EW_OK;
}

static ew_code opens(fixture *f, int key, char all[256], uint64_t *closed)
{
    ew_unsealed_to to = {.put = take, .cookie = all};
    all[0] = 0;
    ew_code code = ew_ops_unseal(f->c, 0, &f->keys[key], &to, NULL);
    *closed = to.closed;
    return code;
}

static ew_code count_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    int *reveals = cookie;
    (void)err;
    *reveals += strcmp(e->kind, "reveal") == 0 && strcmp(e->who, "Ann") == 0;
    return EW_OK;
}

static int reveals(fixture *f)
{
    int n = 0;
    assert_int_equal(ew_case_events(f->c, 0, count_event, &n, NULL), EW_OK);
    return n;
}

static void later_recipients_read_what_is_sealed_again(void **state)
{
    fixture *f = *state;
    char all[256];
    uint64_t closed;
    assert_int_equal(protect(f, "Source 1", "Sokha"), EW_OK);
    assert_int_equal(ew_ops_add_alias(f->c, &by, 1, ew_slice_of("SK"), NULL), EW_OK);
    assert_int_equal(opens(f, 0, all, &closed), EW_OK);
    assert_string_equal(all, "1.0 Sokha; 1.1 SK; ");
    assert_int_equal(recipient(f, 1, NULL), EW_OK);
    assert_int_equal(opens(f, 1, all, &closed), EW_OK);
    assert_true(all[0] == 0 && closed == 2);
    assert_int_equal(recipient(f, 1, NULL), EW_E_ARG); /* there is nothing to do */
    assert_int_equal(recipient(f, 1, &f->keys[0]), EW_OK);
    assert_int_equal(opens(f, 1, all, &closed), EW_OK);
    assert_string_equal(all, "1.0 Sokha; 1.1 SK; ");
    assert_int_equal(opens(f, 0, all, &closed), EW_OK);
    assert_string_equal(all, "1.0 Sokha; 1.1 SK; "); /* once each */
    assert_int_equal(protect(f, "Source 2", "Dara"), EW_OK);
    assert_int_equal(opens(f, 1, all, &closed), EW_OK);
    assert_string_equal(all, "1.0 Sokha; 1.1 SK; 2.0 Dara; ");
}

static void what_is_open_gives_nothing_away(void **state)
{
    fixture *f = *state;
    assert_int_equal(protect(f, "Our Sokha", "Sokha Vannak"), EW_E_ARG);
    assert_int_equal(protect(f, "VANNAK", "Sokha Vannak"), EW_E_ARG);
    ew_ops_actor telling = {"Ann", "because Vannak asked"};
    ew_person p = {.kind = EW_PERSON_PROTECTED, .name = "Source 1", .note = ""};
    int64_t id;
    assert_int_equal(
        ew_ops_add_person(f->c, &telling, &p, ew_slice_of("Sokha Vannak"), &id, NULL),
        EW_E_ARG);
    assert_int_equal(protect(f, "Source 1", "Sokha Vannak"), EW_OK);
}

static void who_looks_is_put_down_first(void **state)
{
    fixture *f = *state;
    char all[256] = "";
    ew_unsealed_to to = {.put = take, .cookie = all};
    ew_ops_actor silent = {"Ann", ""};
    assert_int_equal(protect(f, "Source 1", "Sokha"), EW_OK);
    assert_int_equal(ew_ops_reveal(f->c, &silent, 1, &f->keys[0], &to, NULL), EW_E_ARG);
    assert_int_equal(reveals(f), 0);
    /* What for is kept in the clear. */
    ew_ops_actor tells = {"Ann", "is it Sokha?"};
    assert_int_equal(ew_ops_reveal(f->c, &tells, 1, &f->keys[0], &to, NULL), EW_E_ARG);
    assert_int_equal(reveals(f), 0);
    assert_string_equal(all, "");
    assert_int_equal(ew_ops_reveal(f->c, &by, 7, &f->keys[0], &to, NULL), EW_E_NOTFOUND);
    assert_int_equal(reveals(f), 0); /* there is nobody to look at */
    assert_int_equal(ew_ops_reveal(f->c, &by, 1, &f->keys[1], &to, NULL), EW_E_NOTFOUND);
    assert_int_equal(reveals(f), 1);
    assert_string_equal(all, "");
    assert_int_equal(ew_ops_reveal(f->c, &by, 1, &f->keys[0], &to, NULL), EW_OK);
    assert_int_equal(reveals(f), 2);
    assert_string_equal(all, "1.0 Sokha; ");
}

static void without_memory_nothing_is_half_done(void **state)
{
    fixture *f = *state;
    char all[256];
    uint64_t closed;
    ew_code code = EW_E_NOMEM;
    for (int64_t n = 0; n < 400 && code != EW_OK; n++) {
        ew_alloc_fail_at(n, 1);
        code = protect(f, "Source 1", "Sokha");
        ew_alloc_fail_at(-1, 0);
        assert_true(code == EW_OK || code == EW_E_NOMEM);
    }
    assert_int_equal(code, EW_OK);
    code = EW_E_NOMEM;
    for (int64_t n = 0; n < 400 && code != EW_OK; n++) {
        ew_unsealed_to to = {.put = take, .cookie = all};
        all[0] = 0;
        ew_alloc_fail_at(n, 1);
        code = ew_ops_reveal(f->c, &by, 1, &f->keys[0], &to, NULL);
        ew_alloc_fail_at(-1, 0);
        assert_true(code == EW_OK || code == EW_E_NOMEM);
    }
    assert_int_equal(code, EW_OK);
    assert_string_equal(all, "1.0 Sokha; ");
    assert_int_equal(opens(f, 0, all, &closed), EW_OK);
    assert_string_equal(all, "1.0 Sokha; ");
}

static void what_was_taken_back_is_not_opened(void **state)
{
    fixture *f = *state;
    char all[256];
    uint64_t closed;
    int64_t event;
    assert_int_equal(protect(f, "Source 1", "Sokha"), EW_OK); /* event 2 */
    assert_int_equal(ew_ops_add_alias(f->c, &by, 1, ew_slice_of("SK"), NULL), EW_OK);
    ew_case_act act = {.kind = "undo", .who = "Ann", .undoes = 3};
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    assert_int_equal(opens(f, 0, all, &closed), EW_OK);
    assert_string_equal(all, "1.0 Sokha; ");
    act.undoes = 2;
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    assert_int_equal(opens(f, 0, all, &closed), EW_OK);
    assert_string_equal(all, "");
    assert_int_equal(protect(f, "Source 1", "Dara"), EW_OK); /* the name is free */
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(later_recipients_read_what_is_sealed_again),
        TEST(what_is_open_gives_nothing_away),
        TEST(who_looks_is_put_down_first),
        TEST(without_memory_nothing_is_half_done),
        TEST(what_was_taken_back_is_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
