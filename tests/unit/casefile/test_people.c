/* SPDX-License-Identifier: Apache-2.0 */
/* People and positions: who is protected stays so; reversals, silence and one voice are found. */
#include "casefile/positions.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seal/age.h"
#include "support.h"

typedef struct fixture {
    char *dir;
    char path[256];
    ew_case *c;
    int64_t items[2];
} fixture;

static int64_t begin(fixture *f, const char *kind)
{
    ew_case_act act = {.kind = kind, .who = "Ann"};
    int64_t event = 0;
    ew_err err;
    if (ew_case_begin(f->c, &act, &event, &err) != EW_OK)
        fail_msg("%s", err.text);
    return event;
}

static void commit(fixture *f)
{
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    (void)snprintf(f->path, sizeof f->path, "%s", test_path(f->dir, "case"));
    assert_int_equal(ew_case_create(f->path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    (void)begin(f, "ingest");
    for (int i = 0; i < 2; i++) {
        ew_case_item item = {.kind = "recording", .name = "r", .sha256 = {(uint8_t)i}};
        assert_int_equal(ew_case_add_item(f->c, &item, &f->items[i], NULL), EW_OK);
    }
    commit(f);
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

/* ------------------------------------------------------------------ protected */

static bool folder_has(const char *dir, const char *word)
{
    DIR *d = opendir(dir);
    bool found = false;
    struct dirent *e;
    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        char path[512];
        struct stat st;
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        assert_int_equal(stat(path, &st), 0);
        if (S_ISDIR(st.st_mode)) {
            found = found || folder_has(path, word);
            continue;
        }
        size_t n;
        char *bytes = test_file_get(path, &n);
        found = found || memmem(bytes, n, word, strlen(word)) != NULL;
        free(bytes);
    }
    (void)closedir(d);
    return found;
}

static ew_code read_age(void *cookie, void *out, size_t max, size_t *got, ew_err *err)
{
    ew_slice *rest = cookie;
    (void)err;
    *got = rest->n < max ? rest->n : max;
    memcpy(out, rest->p, *got);
    rest->p += *got;
    rest->n -= *got;
    return EW_OK;
}

static void an_identity_is_only_ever_encrypted(void **state)
{
    static const char secret[] = "Sokha Vannak, Street 21";
    fixture *f = *state;
    ew_secret file;
    ew_buf recipient;
    ew_person p = {.kind = EW_PERSON_PROTECTED, .name = "Source 1", .note = ""};
    int64_t id = 0;
    ew_slice identity = {secret, sizeof secret - 1};
    assert_int_equal(ew_secret_init(&file, 512, NULL), EW_OK);
    ew_buf_init(&recipient, 256);
    assert_int_equal(ew_age_new_identity(&file, &recipient, 0, NULL), EW_OK);
    (void)begin(f, "person");
    /* Nobody could read it. */
    assert_int_equal(ew_case_add_person(f->c, &p, identity, &id, NULL), EW_E_ARG);
    ew_case_rollback(f->c);
    (void)begin(f, "person");
    assert_int_equal(ew_case_add_recipient(f->c, (char *)recipient.data, NULL), EW_OK);
    assert_int_equal(ew_case_add_person(f->c, &p, identity, &id, NULL), EW_OK);
    commit(f);
    assert_false(folder_has(f->path, "Sokha"));
    assert_false(folder_has(f->path, "Vannak"));
    assert_true(folder_has(f->path, "Source 1"));
    ew_buf box;
    ew_buf_init(&box, 65536);
    assert_int_equal(ew_case_identity(f->c, id, &box, NULL), EW_OK);
    ew_age_identities ids;
    assert_int_equal(ew_age_read_identities(&ids, (ew_slice){file.bytes, file.n}, NULL),
                     EW_OK);
    ew_slice rest = {(char *)box.data, box.len};
    ew_age_source from = {&rest, read_age};
    ew_age_opening with = {.identities = &ids};
    ew_age_reader *r = NULL;
    ew_slice piece;
    assert_int_equal(ew_age_open(&r, &from, &with, NULL, NULL), EW_OK);
    assert_int_equal(ew_age_read(r, &piece, NULL), EW_OK);
    assert_int_equal(piece.n, sizeof secret - 1);
    assert_memory_equal(piece.p, secret, piece.n);
    ew_age_reader_free(r);
    ew_age_identities_release(&ids);
    ew_secret_release(&file);
    ew_buf_release(&box);
    ew_buf_release(&recipient);
}

static void names_are_of_one_person(void **state)
{
    fixture *f = *state;
    int64_t a = 0;
    int64_t b = 0;
    (void)begin(f, "person");
    assert_int_equal(ew_case_person_named(f->c, "Ministry", &a, NULL), EW_OK);
    assert_int_equal(ew_case_person_named(f->c, "Ministry", &b, NULL), EW_OK);
    assert_int_equal(a, b);
    ew_person p = {.kind = EW_PERSON_PUBLIC, .name = "Ministry", .note = ""};
    assert_int_equal(ew_case_add_person(f->c, &p, (ew_slice){"", 0}, &b, NULL), EW_E_ARG);
    static const char *const bad[] = {"", "two\nlines", "\x1B[31mred", "\x7F", "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(ew_case_person_named(f->c, bad[i], &b, NULL), EW_E_ARG);
        assert_int_equal(ew_case_add_alias(f->c, a, ew_slice_of(bad[i]), &b, NULL),
                         EW_E_ARG);
    }
    ew_case_rollback(f->c);
}

/* ------------------------------------------------------------------ positions */

typedef struct line {
    const char *who, *stance, *date;
    int item;
    int64_t via;
} line;

/* One name in several writings is one name: else what is said by one person is parted. */
static void names_are_compared_folded(void **state)
{
    static const char *const same[] = {"Jose\xCC\x81 Nu\xCC\x83nez",
                                       "Jos\xC3\xA9  N\xC3\xBA\xC3\xB1"
                                       "ez ",
                                       "JOS\xC3\x89 N\xC3\x9A\xC3\x91"
                                       "EZ",
                                       "Jos\xC3\xA9\xE2\x80\x8B N\xC3\xBA\xC3\xB1"
                                       "ez"};
    static const char name[] = "Jos\xC3\xA9 N\xC3\xBA\xC3\xB1"
                               "ez";
    fixture *f = *state;
    int64_t id = 0;
    int64_t first = 0;
    int64_t other = 0;
    ew_namesake n;
    (void)begin(f, "person");
    assert_int_equal(ew_case_person_named(f->c, name, &first, NULL), EW_OK);
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        ew_person p = {.kind = EW_PERSON_PUBLIC, .name = same[i], .note = ""};
        assert_int_equal(ew_case_namesake(f->c, same[i], &n, NULL), EW_OK);
        assert_true(n.id == first && !n.exact);
        assert_string_equal(n.name, name);
        assert_int_equal(ew_case_person_named(f->c, same[i], &id, NULL), EW_E_ARG);
        assert_int_equal(ew_case_add_person(f->c, &p, (ew_slice){0}, &id, NULL),
                         EW_E_ARG);
    }
    assert_int_equal(ew_case_person_named(f->c, "Ann", &other, NULL), EW_OK);
    assert_int_equal(ew_case_add_alias(f->c, other, ew_slice_of(same[2]), &id, NULL),
                     EW_E_ARG);
    assert_int_equal(ew_case_add_alias(f->c, first, ew_slice_of(same[2]), &id, NULL),
                     EW_OK);
    /* Whoever says that they are two is believed. */
    assert_int_equal(ew_case_person_anew(f->c, same[2], &id, NULL), EW_OK);
    assert_true(id != first);
    assert_int_equal(ew_case_person_named(f->c, name, &id, NULL), EW_OK);
    assert_int_equal(id, first);
    commit(f);
}

static void say(fixture *f, const line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ew_position p = {.stance = lines[i].stance,
                         .date = lines[i].date,
                         .channel = "",
                         .words = "",
                         .until = "",
                         .via = lines[i].via,
                         .item = f->items[lines[i].item]};
        int64_t id = 0;
        ew_err err;
        (void)begin(f, "position");
        assert_int_equal(ew_case_person_named(f->c, lines[i].who, &p.person, NULL),
                         EW_OK);
        if (ew_case_add_position(f->c, &p, &id, &err) != EW_OK)
            fail_msg("%s", err.text);
        assert_int_equal(id, i + 1);
        commit(f);
    }
}

typedef struct turns {
    ew_turn list[16];
    size_t n;
} turns;

static ew_code keep(void *cookie, const ew_turn *t, ew_err *err)
{
    turns *all = cookie;
    (void)err;
    assert_true(all->n < 16);
    all->list[all->n++] = *t;
    return EW_OK;
}

static turns turns_of(fixture *f, const char *today)
{
    turns t = {.n = 0};
    assert_int_equal(ew_case_turns(f->c, today, keep, &t, NULL), EW_OK);
    return t;
}

static void a_reversal_is_found(void **state)
{
    static const line lines[] = {
        {"Ministry", "says-fabricated", "2026-10-12", 0, 0},
        {"Ministry", "no-comment", "2026-10-13", 0, 0},
        {"Ministry", "confirms", "2026-10-14T09:00:00Z", 0, 0},
        {"Ministry", "confirms", "2026-10-15", 0, 0}, /* says it again */
        {"Ministry", "denies", "2026-10-16", 1, 0},   /* of another item */
        {"Spokesman", "denies", "2026-10-17", 0, 0},  /* another person */
        {"Ministry", "retracts", "2026-10-18", 0, 0}, /* takes it back */
        {"Ministry", "denies", "2026-10-19", 0, 0},   /* and is on the other side again */
    };
    fixture *f = *state;
    say(f, lines, sizeof lines / sizeof lines[0]);
    turns t = turns_of(f, "2026-10-20");
    assert_int_equal(t.n, 3);
    assert_true(t.list[0].kind == EW_TURN_REVERSAL && t.list[0].first == 1 &&
                t.list[0].second == 3 && t.list[0].days == 2);
    assert_true(t.list[1].first == 4 && t.list[1].second == 7);
    assert_true(t.list[2].first == 4 && t.list[2].second == 8);
}

static void order_of_entry_does_not_matter(void **state)
{
    static const line lines[] = {{"M", "confirms", "2026-10-14", 0, 0},
                                 {"M", "says-altered", "2026-10-12", 0, 0}};
    fixture *f = *state;
    say(f, lines, 2);
    turns t = turns_of(f, "2026-10-20");
    assert_true(t.n == 1 && t.list[0].first == 2 && t.list[0].second == 1);
}

static void silence_is_counted(void **state)
{
    static const line lines[] = {{"M", "asked", "2026-10-01", 0, 0},
                                 {"N", "asked", "2026-10-01", 0, 0},
                                 {"N", "no-comment", "2026-10-03", 0, 0},
                                 {"M", "denies", "2026-09-30", 0, 0}};
    fixture *f = *state;
    say(f, lines, 4);
    turns t = turns_of(f, "2026-10-20");
    assert_true(t.n == 1 && t.list[0].kind == EW_TURN_SILENCE && t.list[0].first == 1 &&
                t.list[0].days == 19);
}

static void many_reports_of_one_voice(void **state)
{
    static const line lines[] = {{"M", "denies", "2026-10-01", 0, 0},
                                 {"M", "denies", "2026-10-02", 0, 1},
                                 {"M", "denies", "2026-10-03", 0, 2},
                                 {"M", "confirms", "2026-10-04", 0, 0}};
    fixture *f = *state;
    say(f, lines, 4);
    turns t = turns_of(f, "2026-10-20");
    assert_int_equal(t.n, 2);
    assert_true(t.list[1].kind == EW_TURN_ONE_VOICE && t.list[1].first == 1 &&
                t.list[1].count == 3);
    /* What was taken back does not count. */
    ew_case_act act = {.kind = "undo", .who = "Ann", .undoes = 5};
    int64_t event;
    assert_int_equal(ew_case_begin(f->c, &act, &event, NULL), EW_OK);
    commit(f);
    t = turns_of(f, "2026-10-20");
    assert_true(t.n == 1 && t.list[0].kind == EW_TURN_ONE_VOICE);
}

static void bad_positions_are_refused(void **state)
{
    fixture *f = *state;
    ew_position good = {.stance = "denies",
                        .date = "2026-02",
                        .channel = "",
                        .words = "",
                        .until = "",
                        .item = f->items[0]};
    int64_t id;
    (void)begin(f, "position");
    assert_int_equal(ew_case_person_named(f->c, "M", &good.person, NULL), EW_OK);
    ew_position p = good;
    p.stance = "lies";
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    static const char *const dates[] = {"",          "2026-13",    "2026-02-30",
                                        "yesterday", "12.10.2026", "2026-10-12T14:00"};
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        p = good;
        p.date = dates[i];
        assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    }
    p = good;
    p.via = 77;
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    assert_int_equal(ew_case_add_position(f->c, &good, &id, NULL), EW_OK);
    /* What only repeats says the same, and not before it was said. */
    p = good;
    p.via = id;
    p.stance = "confirms";
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p.stance = good.stance;
    p.date = "2026-01-31";
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_E_ARG);
    p.date = "2026";
    assert_int_equal(ew_case_add_position(f->c, &p, &id, NULL), EW_OK);
    commit(f);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_identity_is_only_ever_encrypted), TEST(names_are_of_one_person),
        TEST(names_are_compared_folded),          TEST(a_reversal_is_found),
        TEST(order_of_entry_does_not_matter),     TEST(silence_is_counted),
        TEST(many_reports_of_one_voice),          TEST(bad_positions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
