/* SPDX-License-Identifier: Apache-2.0 */
/* A bag of sealed files is there whole or not at all, and holds no secret of the desk. */
#include "ops/seal_export.h"

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
#include "sealed_chat.h"

static const char chat[] = "1/2/20, 10:00 - Ann: Did you know?\n"
                           "1/2/20, 10:01 - Bob: yes, on Monday\n";

static int set_up(void **state)
{
    return seal_chat(state, chat, "bag");
}

static ew_code export(fixture *f, ew_err *err)
{
    const char *items[] = {f->item};
    ew_export_opts opts = {.items = items, .n = 1, .out = f->out, .time = 1795332000};
    ew_exported done;
    ew_code code = ew_ops_export(&f->desk, &opts, &done, err);
    if (code == EW_OK) {
        assert_int_equal(done.items, 1);
        assert_int_equal(done.files, 1);
        assert_int_equal(done.bytes, sizeof chat - 1);
    }
    return code;
}

static ew_code work(void *arg, ew_err *err)
{
    fixture *f = arg;
    char cmd[400];
    ew_code code = export(f, err);
    bool there = access(f->out, F_OK) == 0;
    assert_true(there || code != EW_OK);
    assert_int_equal(test_dir_count(f->dir), 2u + there); /* the desk, the file */
    (void)snprintf(cmd, sizeof cmd, "rm -rf '%s'", f->out);
    assert_int_equal(system(cmd), 0);
    return code;
}

static void test_whole_or_not_at_all(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_alloc(work, f, 80) > 40);
    assert_true(test_torture_write(work, f) >= 10);
    assert_true(test_torture_sync(work, f) >= 15);
}

/* ------------------------------------------------------------------ secrets */

/* All bytes below a folder, one file after another. */
static void read_all(const char *dir, ew_buf *out)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        struct stat st;
        char *path = ew_path_join(dir, e->d_name);
        if (e->d_name[0] != '.') {
            assert_int_equal(lstat(path, &st), 0);
            if (S_ISDIR(st.st_mode))
                read_all(path, out);
            else
                assert_int_equal(ew_file_get(path, out, NULL), EW_OK);
        }
        ew_free(path);
    }
    (void)closedir(d);
}

static bool holds(const ew_buf *b, const void *p, size_t n)
{
    return memmem(b->data, b->len, p, n) != NULL;
}

/* Raw, in hex, and in base64 wherever it may begin in a longer text. */
static bool leaks(const ew_buf *b, const uint8_t secret[32])
{
    char hex[65];
    ew_hex(secret, 32, hex);
    if (holds(b, secret, 32) || holds(b, hex, 64))
        return true;
    for (size_t skip = 0; skip < 3; skip++) {
        uint8_t shifted[36] = {0};
        ew_buf text;
        memcpy(shifted + skip, secret, 32);
        ew_buf_init(&text, 64);
        assert_int_equal(ew_base64_append(&text, shifted, 33, NULL), EW_OK);
        bool found = holds(b, text.data + 4, 36);
        ew_buf_release(&text);
        if (found)
            return true;
    }
    return false;
}

static void test_no_secret_is_in_it(void **state)
{
    fixture *f = *state;
    ew_kept k;
    ew_buf all;
    ew_event_list events;
    uint8_t item[EW_ITEM];
    uint8_t hash[EW_HASH];
    ew_event_salts salts = {.name = {0}};
    ew_hash content = {{1, 2, 3}};
    ew_event e = {.kind = EW_EVENT_FIXITY, .has_item = true, .has_after = true};
    assert_int_equal(ew_unhex(f->item, e.item, EW_ITEM), 0);
    assert_int_equal(ew_event_hide(&content, hash, salts.after, NULL), EW_OK);
    memcpy(e.after, hash, EW_HASH);
    assert_int_equal(ew_ops_event_put(&f->desk, &e, &salts, NULL, NULL), EW_OK);
    made_checkpoint(&f->desk);
    assert_int_equal(export(f, NULL), EW_OK);
    ew_buf_init(&all, 1 << 20);
    read_all(f->out, &all);
    ew_kept_init(&k);
    assert_int_equal(ew_desk_find(&f->desk, f->item, &k, NULL), EW_OK);
    /* The test finds what is there: the salt of the entry is, in the proof. */
    assert_true(leaks(&all, k.salt));
    assert_true(holds(&all, chat, sizeof chat - 1));
    ew_seed seed = k.seeds[0];
    for (int depth = 0; depth < 4; depth++) {
        assert_false(leaks(&all, seed.b));
        ew_hash salt = ew_seed_salt(&seed);
        assert_false(leaks(&all, salt.b));
        seed = ew_seed_child(&seed, false);
    }
    assert_false(leaks(&all, k.seeds[1].b));
    assert_int_equal(ew_unhex(f->item, item, sizeof item), 0);
    assert_int_equal(ew_ops_events(&f->desk, item, &events, NULL), EW_OK);
    assert_true(events.n >= 2);
    for (size_t i = 0; i < events.n; i++) {
        static const uint8_t zeros[EW_SALT];
        assert_true(leaks(&all, events.kept[i].salt));
        if (memcmp(events.kept[i].salts.after, zeros, EW_SALT) != 0)
            assert_false(leaks(&all, events.kept[i].salts.after));
    }
    ew_event_list_release(&events);
    ew_kept_release(&k);
    /* Nothing that is locked, and no key. */
    ew_buf locked;
    ew_buf_init(&locked, 1 << 20);
    char name[EW_ITEM_HEX + 32];
    (void)snprintf(name, sizeof name, "items/%s/secret", f->item);
    assert_int_equal(ew_file_get(test_path(f->desk.dir, name), &locked, NULL), EW_OK);
    assert_false(holds(&all, locked.data, 32));
    assert_false(holds(&all, "secret ", 7));
    ew_buf_release(&locked);
    ew_buf_release(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_or_not_at_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_secret_is_in_it, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
