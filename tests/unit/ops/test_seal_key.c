/* SPDX-License-Identifier: Apache-2.0 */
/* Revoking keys, with every allocation, write and sync failing in turn: there is always one key
 * of each use, and what the policy tells is on the log. */
#include "ops/seal_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "made_desk.h"
#include "ops/seal.h"
#include "seal/policy.h"

typedef struct fixture {
    char *dir;
    ew_desk desk;
    ew_secret pass;
    const char *use;
    size_t done;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->dir = test_dir_new();
    made_desk(&f->desk, f->dir, &f->pass);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_desk_close(&f->desk);
    ew_secret_release(&f->pass);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

/* Some event on the log revokes the key. Reads only, so that it can be asked amid faults. */
static bool is_revoked_on_log(const ew_event_list *list, const ew_vkey *key)
{
    for (size_t i = 0; i < list->n; i++) {
        const ew_event *e = &list->kept[i].event;
        ew_vkey k;
        if (e->kind == EW_EVENT_KEY_REVOKE && ew_vkey_parse(&k, e->key, NULL) == EW_OK &&
            ew_vkey_same(&k, key))
            return true;
    }
    return false;
}

static void check_desk(const fixture *f)
{
    ew_old_key *old = NULL;
    size_t n = 0;
    ew_event_list list;
    ew_buf b;
    ew_policy *p = NULL;
    for (size_t i = 0; ew_desk_uses[i] != NULL; i++) {
        ew_signer *s = NULL;
        assert_int_equal(ew_desk_signer(&f->desk, ew_desk_uses[i], &s, NULL), EW_OK);
        ew_signer_free(s);
    }
    assert_int_equal(ew_ops_events(&f->desk, NULL, &list, NULL), EW_OK);
    assert_int_equal(ew_desk_old_keys(f->desk.dir, &old, &n, NULL), EW_OK);
    for (size_t i = 0; i < n; i++)
        assert_true(is_revoked_on_log(&list, &old[i].key));
    ew_buf_init(&b, EW_POLICY_BYTES_MAX);
    assert_int_equal(ew_desk_policy(f->desk.dir, &b, NULL), EW_OK);
    assert_int_equal(ew_policy_parse(&p, b.data, b.len, NULL), EW_OK);
    assert_int_equal(p->revoked_count, n);
    assert_true(p->seal_count + p->speaker_count + p->log_count <= 3 + n);
    ew_policy_free(p);
    ew_buf_release(&b);
    ew_free(old);
    ew_event_list_release(&list);
}

static ew_code revoke_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    ew_revocation what = {.use = f->use, .since = 1000};
    ew_revoked told;
    ew_code code = ew_ops_key_revoke(&f->desk, &what, &told, err);
    if (code == EW_OK) {
        f->done++;
        assert_string_equal(told.old.name, told.fresh.name);
        assert_false(ew_vkey_same(&told.old, &told.fresh));
        assert_int_equal(told.since, 1000);
    }
    return code;
}

typedef enum fault { FAULT_WRITE, FAULT_SYNC, FAULT_ALLOC } fault;

static void set_fault(fault kind, int64_t at)
{
    if (kind == FAULT_WRITE)
        ew_write_fail_at(at);
    else if (kind == FAULT_SYNC)
        ew_sync_fail_at(at);
    else
        ew_alloc_fail_at(at, 1);
}

/* The desk as it is after the power came back: all of the revocation or nothing of it. */
static void open_again(fixture *f, const ew_vkey *before, ew_code code)
{
    ew_vkey after;
    ew_old_key *old = NULL;
    size_t n = 0;
    bool right = false;
    char *dir = ew_strdup(f->desk.dir);
    check_desk(f);
    ew_desk_close(&f->desk);
    assert_int_equal(ew_desk_open(&f->desk, dir, &f->pass, &right, NULL), EW_OK);
    ew_free(dir);
    assert_true(right);
    check_desk(f);
    assert_int_equal(ew_desk_vkey(f->desk.dir, f->use, &after, NULL), EW_OK);
    assert_int_equal(ew_desk_old_keys(f->desk.dir, &old, &n, NULL), EW_OK);
    bool changed = !ew_vkey_same(before, &after);
    assert_int_equal(n, changed ? 1 : 0);
    if (n == 1)
        assert_true(ew_vkey_same(&old[0].key, before));
    if (code == EW_OK)
        assert_true(changed && f->desk.settled == NULL);
    assert_true(f->desk.settled == NULL || f->desk.settled == f->use);
    assert_int_not_equal(access(test_path(f->dir, "desk/keys/revoke"), F_OK), 0);
    assert_int_not_equal(access(test_path(f->dir, "desk/keys/seal.gone"), F_OK), 0);
    ew_free(old);
}

/* From the n-th step on nothing works any more; how many steps there are. */
static int64_t lose_power(fixture *f, fault kind, int64_t stride)
{
    for (int64_t at = 0;; at += stride) {
        ew_vkey before;
        ew_err err;
        (void)unlink(test_path(f->dir, "desk/keys/old"));
        assert_int_equal(ew_desk_vkey(f->desk.dir, f->use, &before, NULL), EW_OK);
        set_fault(kind, at);
        ew_code code = revoke_work(f, &err);
        set_fault(kind, -1);
        if (code != EW_OK)
            assert_int_equal(code, kind == FAULT_ALLOC ? EW_E_NOMEM : EW_E_IO);
        open_again(f, &before, code);
        if (code == EW_OK)
            return at;
    }
}

static void test_power_loss(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; ew_desk_uses[i] != NULL; i++) {
        f->use = ew_desk_uses[i];
        assert_true(lose_power(f, FAULT_WRITE, 1) >= 10);
    }
    f->use = ew_desk_use("log"); /* takes the most steps */
    assert_true(lose_power(f, FAULT_SYNC, 1) >= 15);
    assert_true(lose_power(f, FAULT_ALLOC, 97) >= 100);
}

/* Who asks again after a failure gets what was begun, not a second one. */
static void test_asked_again(void **state)
{
    fixture *f = *state;
    f->use = ew_desk_use("seal");
    for (int64_t at = 0;; at++) {
        ew_vkey before;
        ew_old_key *old = NULL;
        size_t n = 0;
        (void)unlink(test_path(f->dir, "desk/keys/old"));
        assert_int_equal(ew_desk_vkey(f->desk.dir, f->use, &before, NULL), EW_OK);
        ew_write_fail_at(at);
        ew_code code = revoke_work(f, NULL);
        ew_write_fail_at(-1);
        if (code == EW_OK)
            break;
        assert_int_equal(revoke_work(f, NULL), EW_OK);
        assert_int_equal(ew_desk_old_keys(f->desk.dir, &old, &n, NULL), EW_OK);
        assert_int_equal(n, 1);
        assert_true(ew_vkey_same(&old[0].key, &before));
        ew_free(old);
    }
}

/* A note by the statement key that is revoked is understood by readers of either policy. */
static void test_statement_key(void **state)
{
    fixture *f = *state;
    ew_event_list list;
    ew_revocation what = {.use = ew_desk_use("statement")};
    ew_slice words[] = {ew_slice_of("The laptop was stolen.")};
    ew_revoked told;
    what.words = words;
    what.word_count = 1;
    assert_int_equal(ew_ops_key_revoke(&f->desk, &what, &told, NULL), EW_OK);
    assert_int_equal(ew_ops_events(&f->desk, NULL, &list, NULL), EW_OK);
    assert_int_equal(list.n, 2);
    for (size_t i = 0; i < 2; i++) {
        ew_note *note = NULL;
        assert_int_equal(
            ew_note_parse(&note, list.kept[i].bytes.data, list.kept[i].bytes.len, NULL),
            EW_OK);
        assert_int_equal(ew_note_check(note, &told.old, NULL), EW_SIG_GOOD);
        assert_int_equal(ew_note_check(note, &told.fresh, NULL), EW_SIG_GOOD);
        ew_note_free(note);
    }
    assert_int_equal(list.kept[0].event.kind, EW_EVENT_KEY_REVOKE);
    assert_int_equal(list.kept[0].event.since, told.since);
    assert_int_equal(list.kept[1].event.kind, EW_EVENT_KEY_ADD);
    ew_event_list_release(&list);
    /* Nobody revokes in advance. */
    what.since = told.since + 100000;
    assert_int_equal(ew_ops_key_revoke(&f->desk, &what, &told, NULL), EW_E_ARG);
}

/* The log goes on under its name; its checkpoint is by the new key. */
static void test_log_key(void **state)
{
    fixture *f = *state;
    ew_buf note;
    ew_revocation what = {.use = ew_desk_use("log")};
    ew_revoked told;
    char *log = ew_desk_log_dir(f->desk.dir);
    ew_fsck fsck = {.problem = NULL, .key = &told.fresh};
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_ops_checkpoint(&f->desk, &note, NULL), EW_OK);
    assert_int_equal(ew_ops_key_revoke(&f->desk, &what, &told, NULL), EW_OK);
    assert_int_equal(ew_log_fsck(log, &fsck, NULL), EW_OK);
    assert_int_equal(fsck.problems, 0);
    assert_int_equal(fsck.entries, 2);
    ew_buf_release(&note);
    ew_free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_asked_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_power_loss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_statement_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_log_key, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
