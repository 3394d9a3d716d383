/* SPDX-License-Identifier: Apache-2.0 */
/* Burning: what is left can be shown, what is gone can be neither shown nor guessed at, and
 * whatever fails leaves the item as it was or as it is to be. */
#include "ops/seal_burn.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "ops/seal_event.h"
#include "seal/parts.h"
#include "sealed_chat.h"

static const char chat[] = "1/2/20, 10:00 - Ann: Did you know?\n"
                           "1/2/20, 10:01 - Bob: yes, on Monday\n"
                           "1/2/20, 10:02 - Ann: Thanks.\n"
                           "1/2/20, 10:03 - Bob: Good night.\n";

static int set_up(void **state)
{
    return seal_chat(state, chat, "x.ewb");
}

static ew_code burn(fixture *f, const char *hide, bool original, ew_err *err)
{
    ew_burn_opts opts = {.item = f->item, .hide = hide, .remove_original = original};
    ew_burned done;
    ew_code code = ew_ops_burn(&f->desk, &opts, &done, err);
    ew_burned_release(&done);
    return code;
}

/* Parts that a bundle of `show` holds; it must verify. */
static uint64_t shown(fixture *f, const char *show, const char *hide)
{
    ew_disclosure what = {.item = f->item, .show = show, .hide = hide, .out = f->out};
    ew_disclosed done;
    ew_verdict v;
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_OK);
    assert_int_equal(ew_ops_verify(f->out, NULL, NULL, &v, NULL), EW_OK);
    assert_int_equal(v.state, EW_UNVOUCHED);
    assert_int_equal(v.streams[0].shown, done.shown);
    uint64_t n = done.shown;
    ew_disclosed_release(&done);
    return n;
}

static bool holds(const char *path, const char *words)
{
    size_t n;
    char *bytes = test_file_get(path, &n);
    bool found = memmem(bytes, n, words, strlen(words)) != NULL;
    free(bytes);
    return found;
}

static void test_what_is_left_can_be_shown(void **state)
{
    fixture *f = *state;
    assert_int_equal(shown(f, "all", NULL), 12);
    assert_int_equal(burn(f, "2", true, NULL), EW_OK);
    assert_int_not_equal(access(f->file, F_OK), 0);
    assert_int_equal(shown(f, "all", NULL), 9);
    assert_false(holds(f->out, "Monday"));
    assert_true(holds(f->out, "Thanks."));
    /* Numbers of messages are as before. */
    assert_int_equal(shown(f, "3", NULL), 3);
    assert_true(holds(f->out, "Thanks."));
    assert_false(holds(f->out, "know"));
    assert_int_equal(shown(f, "2", NULL), 0);
    assert_int_equal(shown(f, NULL, "senders"), 6);
    assert_int_equal(shown(f, "1-3", "1"), 3);
    /* More of it; nothing is burned twice. */
    assert_int_equal(burn(f, "2", false, NULL), EW_E_ARG);
}

static void test_again_and_all(void **state)
{
    fixture *f = *state;
    assert_int_equal(burn(f, "bodies", false, NULL), EW_OK);
    assert_int_equal(access(f->file, F_OK), 0);
    assert_int_equal(shown(f, "all", NULL), 8);
    assert_int_equal(burn(f, "1,senders", false, NULL), EW_OK);
    assert_int_equal(shown(f, "all", NULL), 3);
    assert_int_equal(burn(f, "all", false, NULL), EW_OK);
    assert_int_equal(shown(f, "all", NULL), 0);
    /* One file of what is left. */
    size_t files = 0;
    DIR *dir = opendir(test_path(f->desk.dir, "left"));
    for (const struct dirent *e; (e = readdir(dir)) != NULL;)
        files += e->d_name[0] != '.';
    (void)closedir(dir);
    assert_int_equal(files, 1);
}

/* Which file was sealed cannot be checked after the first time: none is removed, and it is
 * told, before anything happens. */
static void test_original_after_the_first_time(void **state)
{
    fixture *f = *state;
    ew_err err;
    assert_int_equal(burn(f, "2", false, NULL), EW_OK);
    assert_int_equal(burn(f, "3", true, &err), EW_E_NOTFOUND);
    assert_non_null(strstr(err.text, "without --remove-original"));
    assert_int_equal(access(f->file, F_OK), 0);
    assert_int_equal(shown(f, "3", NULL), 3);
    assert_int_equal(burn(f, "3", false, NULL), EW_OK);
}

/* A word of the record, and the seed is in no file of the desk. */
static void test_it_is_recorded(void **state)
{
    fixture *f = *state;
    uint8_t item[EW_ITEM];
    ew_event_list list;
    assert_int_equal(burn(f, "2", false, NULL), EW_OK);
    assert_int_equal(ew_unhex(f->item, item, sizeof item), 0);
    assert_int_equal(ew_ops_events(&f->desk, item, &list, NULL), EW_OK);
    assert_int_equal(list.kept[list.n - 1].event.kind, EW_EVENT_REDACTION);
    assert_true(list.kept[list.n - 1].logged);
    ew_event_list_release(&list);
}

/* ------------------------------------------------------------------ row 6 */

typedef struct secrets {
    ew_hash found[4096]; /* every 32 bytes that stand anywhere, raw or in base64 */
    size_t n;
} secrets;

static void add_secret(secrets *s, const uint8_t *p)
{
    if (s->n < sizeof s->found / sizeof s->found[0])
        memcpy(s->found[s->n++].b, p, EW_HASH);
}

/* What somebody finds who has the disk and the passphrase: all that the desk knows of the
 * item. */
static void collect(const fixture *f, secrets *s)
{
    ew_kept k;
    ew_event_list list;
    uint8_t item[EW_ITEM];
    ew_kept_init(&k);
    assert_int_equal(ew_desk_find(&f->desk, f->item, &k, NULL), EW_OK);
    assert_int_equal(k.seed_count, 0);
    assert_non_null(k.remains);
    add_secret(s, k.salt);
    for (int i = 0; i < 2; i++)
        for (size_t e = 0; e < k.remains->streams[i].entry_count; e++)
            add_secret(s, k.remains->streams[i].entries[e].b);
    ew_kept_release(&k);
    assert_int_equal(ew_unhex(f->item, item, sizeof item), 0);
    assert_int_equal(ew_ops_events(&f->desk, item, &list, NULL), EW_OK);
    for (size_t i = 0; i < list.n; i++) {
        add_secret(s, list.kept[i].salt);
        add_secret(s, list.kept[i].salts.before);
        add_secret(s, list.kept[i].salts.after);
    }
    ew_event_list_release(&list);
}

/* Does a guess at the body of message 2 lead to anything that is kept? Every secret is tried as
 * the salt, the seed of the leaf, and that of every node above it. */
static size_t matches(const secrets *s, const char *guess, uint64_t index)
{
    ew_sha256 *h;
    ew_part part = {.kind = EW_PART_BODY};
    size_t found = 0;
    assert_int_equal(ew_sha256_new(&h, NULL), EW_OK);
    assert_int_equal(ew_sha256_feed(h, guess, strlen(guess), NULL), EW_OK);
    assert_int_equal(ew_sha256_finish(h, part.content.b, NULL), EW_OK);
    ew_sha256_free(h);
    for (size_t i = 0; i < s->n; i++)
        for (unsigned path = 1; path < 1u << 5; path++) {
            ew_seed seed;
            memcpy(seed.b, s->found[i].b, EW_HASH);
            for (unsigned up = path; up > 1; up >>= 1)
                seed = ew_seed_child(&seed, (up & 1) != 0);
            ew_hash salt = ew_seed_salt(&seed);
            ew_hash leaf[3] = {ew_part_leaf(&part, index, &salt),
                               ew_part_leaf(&part, index, &s->found[i]),
                               ew_commit(s->found[i].b, &part.content)};
            for (size_t k = 0; k < s->n; k++)
                for (int m = 0; m < 3; m++)
                    found += ew_hash_same(&leaf[m], &s->found[k]);
        }
    return found;
}

static void row_06_dictionary_after_burning(void **state)
{
    static secrets s;
    fixture *f = *state;
    /* The tool finds what is not burned: with the seed of the item it does. */
    ew_kept k;
    ew_kept_init(&k);
    assert_int_equal(ew_desk_find(&f->desk, f->item, &k, NULL), EW_OK);
    ew_seed leaf = k.seeds[0]; /* 12 parts: 8 and 4; part 5 is right, left, right below */
    leaf = ew_seed_child(&leaf, false);
    leaf = ew_seed_child(&leaf, true);
    leaf = ew_seed_child(&leaf, false);
    leaf = ew_seed_child(&leaf, true);
    ew_kept_release(&k);
    assert_int_equal(burn(f, "bodies", true, NULL), EW_OK);
    s.n = 0;
    collect(f, &s);
    size_t clean = s.n;
    /* The body of message 2 is hidden alone, so its leaf hash is in the cover: with the seed of the
     * leaf the right guess would be known. */
    add_secret(&s, leaf.b);
    assert_int_equal(matches(&s, "yes, on Monday\n", 5), 1);
    assert_int_equal(matches(&s, "no, on Monday\n", 5), 0);
    s.n = clean;
    static const char *const guesses[] = {"yes, on Monday\n", "no\n", "yes\n",
                                          "Did you know?\n"};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(matches(&s, guesses[i], 5), 0);
    /* Nothing of it stands in any file of the desk. */
    static const char *const folders[] = {"left", "items", "events", "log", "."};
    for (size_t i = 0; i < 5; i++) {
        char *cmd = NULL;
        assert_true(
            asprintf(&cmd, "! grep -rqa Monday '%s/%s'", f->desk.dir, folders[i]) > 0);
        assert_int_equal(system(cmd), 0);
        free(cmd);
    }
}

/* ------------------------------------------------------------------ faults */

/* Whatever happens, the item is as before or burned, and can be shown as far as it is left; after
 * that nothing old lies about. */
static void check_state(fixture *f, bool done)
{
    ew_kept k;
    ew_kept_init(&k);
    assert_int_equal(ew_desk_find(&f->desk, f->item, &k, NULL), EW_OK);
    bool burned = k.remains != NULL;
    ew_kept_release(&k);
    assert_true(burned || !done);
    uint64_t n = shown(f, "all", NULL);
    assert_int_equal(n, burned ? 9 : 12);
    if (burned) {
        char gone[EW_ITEM_HEX + 64];
        (void)snprintf(gone, sizeof gone, "items/%s/secret.gone", f->item);
        assert_int_not_equal(access(test_path(f->desk.dir, gone), F_OK), 0);
    }
}

static ew_code burn_work(fixture *f)
{
    ew_code code = burn(f, "2", false, NULL);
    ew_alloc_fail_at(-1, 0);
    ew_write_fail_at(-1);
    ew_sync_fail_at(-1);
    return code;
}

/* The n-th write, or the n-th sync, and all after it fail. */
static void fail_at(fixture *f, bool sync, int64_t n, bool *all_done)
{
    seal(f);
    if (sync)
        ew_sync_fail_at(n);
    else
        ew_write_fail_at(n);
    ew_code code = burn_work(f);
    check_state(f, code == EW_OK);
    *all_done = code == EW_OK;
    if (code != EW_OK) { /* it can be done again */
        ew_code again = burn(f, "2", false, NULL);
        assert_true(again == EW_OK || again == EW_E_ARG);
        check_state(f, true);
    }
}

static void test_each_write_and_sync_fails(void **state)
{
    fixture *f = *state;
    for (int sync = 0; sync < 2; sync++) {
        bool done = false;
        int64_t n = 0;
        for (; !done; n++)
            fail_at(f, sync != 0, n, &done);
        assert_true(n > 4);
    }
}

static void test_allocations_fail(void **state)
{
    fixture *f = *state;
    ew_alloc_fail_at(-1, 0);
    assert_int_equal(burn(f, "2", false, NULL), EW_OK);
    int64_t all = ew_alloc_count();
    for (int64_t n = 0; n < all; n += 1 + all / 20) {
        seal(f);
        ew_alloc_fail_at(n, 1);
        check_state(f, burn_work(f) == EW_OK);
    }
}

/* A process that dies right after the exchange leaves the old secret under its second name: the
 * next use of the item wipes it. */
static void test_leftovers_are_wiped(void **state)
{
    fixture *f = *state;
    char now[EW_ITEM_HEX + 64];
    char gone[EW_ITEM_HEX + 64];
    (void)snprintf(now, sizeof now, "items/%s/secret", f->item);
    (void)snprintf(gone, sizeof gone, "items/%s/secret.gone", f->item);
    /* Before the exchange: both are one file, which must stay. */
    assert_int_equal(link(test_path(f->desk.dir, now), test_path(f->desk.dir, gone)), 0);
    assert_int_equal(burn(f, "2", false, NULL), EW_OK);
    assert_int_not_equal(access(test_path(f->desk.dir, gone), F_OK), 0);
    test_file_put(test_path(f->desk.dir, gone), "an old secret", 13);
    assert_int_equal(shown(f, "all", NULL), 9);
    assert_int_not_equal(access(test_path(f->desk.dir, gone), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_left_can_be_shown, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_again_and_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_original_after_the_first_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_it_is_recorded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(row_06_dictionary_after_burning, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_each_write_and_sync_fails, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_allocations_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leftovers_are_wiped, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
