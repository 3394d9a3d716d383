/* SPDX-License-Identifier: Apache-2.0 */
/* Two people who turn out to be one, and are parted again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "casefile/counts.h"
#include "casefile/positions.h"
#include "seal/age.h"
#include "support.h"

typedef struct fixture {
    char *dir;
    ew_case *c;
    int64_t item;
} fixture;

static int64_t begin_undo(ew_case *c, const char *kind, int64_t undoes)
{
    ew_case_act act = {.kind = kind, .who = "Ann", .undoes = undoes};
    int64_t event = 0;
    ew_err err;
    if (ew_case_begin(c, &act, &event, &err) != EW_OK)
        fail_msg("%s", err.text);
    return event;
}

static int64_t begin(ew_case *c, const char *kind)
{
    return begin_undo(c, kind, 0);
}

static void commit(ew_case *c)
{
    assert_int_equal(ew_case_commit(c, NULL), EW_OK);
}

static int64_t undo(ew_case *c, int64_t event)
{
    int64_t by = begin_undo(c, "undo", event);
    commit(c);
    return by;
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    const char *path = test_path(f->dir, "case");
    ew_case_item item = {.kind = "recording", .name = "r"};
    assert_int_equal(ew_case_create(path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, path, true, 0, NULL), EW_OK);
    (void)begin(f->c, "ingest");
    assert_int_equal(ew_case_add_item(f->c, &item, &f->item, NULL), EW_OK);
    commit(f->c);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_case_close(f->c);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

static int64_t named(ew_case *c, const char *name)
{
    int64_t id = 0;
    (void)begin(c, "person");
    assert_int_equal(ew_case_person_named(c, name, &id, NULL), EW_OK);
    commit(c);
    return id;
}

static void say(const fixture *f, int64_t person, const char *stance, const char *date)
{
    ew_position p = {.item = f->item,
                     .person = person,
                     .stance = stance,
                     .date = date,
                     .channel = "",
                     .words = "",
                     .until = ""};
    int64_t id;
    (void)begin(f->c, "position");
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_OK);
    commit(f->c);
}

/* The event, or 0 when it is refused. */
static int64_t merge(ew_case *c, int64_t person, int64_t other)
{
    int64_t event = begin(c, "merge");
    ew_code code = ew_case_merge_people(c, person, other, NULL);
    if (code != EW_OK) {
        assert_int_equal(code, EW_E_ARG);
        ew_case_rollback(c);
        return 0;
    }
    commit(c);
    return event;
}

static int64_t found(ew_case *c, const char *what)
{
    int64_t id;
    ew_person_kind kind;
    return ew_case_find_person(c, what, &id, &kind, NULL) == EW_OK ? id : 0;
}

static ew_code count_turn(void *cookie, const ew_turn *t, ew_err *err)
{
    (void)err;
    *(size_t *)cookie += t->kind == EW_TURN_REVERSAL;
    return EW_OK;
}

static size_t reversals(ew_case *c)
{
    size_t n = 0;
    assert_int_equal(ew_case_turns(c, "2026-11-01", count_turn, &n, NULL), EW_OK);
    return n;
}

static ew_code list_alias(void *cookie, const ew_alias *a, ew_err *err)
{
    char *out = cookie;
    size_t n = strlen(out);
    (void)err;
    (void)snprintf(out + n, 200 - n, "%s%d %s;", a->undone ? "!" : "", (int)a->person,
                   a->name);
    return EW_OK;
}

static void has_aliases(ew_case *c, const char *want)
{
    char got[200] = "";
    assert_int_equal(ew_case_aliases(c, list_alias, got, NULL), EW_OK);
    assert_string_equal(got, want);
}

static void has_people(const fixture *f, uint64_t all, uint64_t of_item)
{
    uint64_t counts[EW_CASE_THINGS];
    assert_int_equal(ew_case_count(f->c, 0, counts, NULL), EW_OK);
    assert_int_equal(counts[EW_THING_PERSON], all);
    assert_int_equal(ew_case_count(f->c, f->item, counts, NULL), EW_OK);
    assert_int_equal(counts[EW_THING_PERSON], of_item);
}

static void problem(void *cookie, const char *text)
{
    (void)cookie;
    if (strstr(text, "original") == NULL) /* of which there is none here */
        fail_msg("%s", text);
}

static void all_that_is_said_is_of_one(void **state)
{
    const fixture *f = *state;
    ew_case *c = f->c;
    ew_namesake n;
    int64_t id = 0;
    int64_t a = named(c, "Vannak Lim");
    int64_t b = named(c, "V. Lim");
    say(f, a, "denies", "2026-10-01");
    say(f, b, "confirms", "2026-10-02");
    assert_int_equal(reversals(c), 0);
    has_people(f, 2, 2);
    int64_t event = merge(c, a, b);
    assert_true(event > 0);
    assert_int_equal(reversals(c), 1);
    has_people(f, 1, 1);
    has_aliases(c, "1 V. Lim;");
    /* Both names and both numbers are his. */
    assert_int_equal(found(c, "Vannak Lim"), a);
    assert_int_equal(found(c, "V. Lim"), a);
    assert_int_equal(found(c, "2"), a);
    assert_int_equal(ew_case_namesake(c, "v. lim", &n, NULL), EW_OK);
    assert_true(n.id == a && !n.exact);
    assert_int_equal(named(c, "V. Lim"), a);
    /* Nobody else gets it. */
    int64_t other = named(c, "Dara");
    (void)begin(c, "alias");
    assert_int_equal(ew_case_add_alias(c, other, ew_slice_of("V. Lim"), &id, NULL),
                     EW_E_ARG);
    ew_case_rollback(c);
    assert_int_equal(ew_case_verify(c, problem, NULL, NULL), EW_OK);
    (void)undo(c, event);
    assert_int_equal(reversals(c), 0);
    has_people(f, 3, 2);
    has_aliases(c, "");
    assert_int_equal(found(c, "V. Lim"), b);
    assert_int_equal(ew_case_verify(c, problem, NULL, NULL), EW_OK);
}

static void circles_and_chains(void **state)
{
    const fixture *f = *state;
    ew_case *c = f->c;
    int64_t a = named(c, "A");
    int64_t b = named(c, "B");
    int64_t d = named(c, "D");
    assert_int_equal(merge(c, a, a), 0);
    int64_t first = merge(c, a, b); /* B is A */
    assert_int_equal(merge(c, b, a), 0);
    assert_int_equal(merge(c, a, b), 0);
    int64_t back = undo(c, first);
    int64_t second = merge(c, b, a); /* A is B */
    assert_true(second > 0);
    assert_int_equal(found(c, "A"), b);
    (void)undo(c, back); /* both count: the first does, the other would go round */
    assert_int_equal(found(c, "A"), a);
    assert_int_equal(found(c, "B"), a);
    assert_true(merge(c, d, b) > 0); /* A, and B with it, is D */
    assert_int_equal(found(c, "A"), d);
    assert_int_equal(found(c, "B"), d);
    assert_int_equal(found(c, "D"), d);
    has_aliases(c, "3 A;3 B;");
}

static ew_code count_box(void *cookie, const ew_box *b, ew_err *err)
{
    (void)b;
    (void)err;
    (*(size_t *)cookie)++;
    return EW_OK;
}

static void the_protected_stay_protected(void **state)
{
    const fixture *f = *state;
    ew_case *c = f->c;
    ew_secret key;
    ew_buf recipient;
    ew_person p = {.kind = EW_PERSON_PROTECTED, .name = "Source 1", .note = ""};
    int64_t one = 0;
    int64_t two = 0;
    size_t boxes = 0;
    assert_int_equal(ew_secret_init(&key, 512, NULL), EW_OK);
    ew_buf_init(&recipient, 256);
    assert_int_equal(ew_age_new_identity(&key, &recipient, 0, NULL), EW_OK);
    int64_t open = named(c, "Dara");
    (void)begin(c, "person");
    assert_int_equal(ew_case_add_recipient(c, (char *)recipient.data, NULL), EW_OK);
    assert_int_equal(ew_case_add_person(c, &p, ew_slice_of("Sokha"), &one, NULL), EW_OK);
    p.name = "Source 2";
    assert_int_equal(ew_case_add_person(c, &p, ew_slice_of("S. Chea"), &two, NULL),
                     EW_OK);
    commit(c);
    /* That a source is somebody known must not stand in the clear. */
    assert_int_equal(merge(c, open, one), 0);
    assert_int_equal(merge(c, one, open), 0);
    assert_true(merge(c, one, two) > 0);
    assert_int_equal(ew_case_boxes(c, one, count_box, &boxes, NULL), EW_OK);
    assert_int_equal(boxes, 2);
    has_aliases(c, "2 Source 2;");
    assert_int_equal(merge(c, open, two), 0);
    ew_secret_release(&key);
    ew_buf_release(&recipient);
}

#define IN_CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_CASE(all_that_is_said_is_of_one),
        IN_CASE(circles_and_chains),
        IN_CASE(the_protected_stay_protected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
