/* SPDX-License-Identifier: Apache-2.0 */
/* Events at the desk, with every allocation, write and sync failing in turn: what was
 * acknowledged is on the log and can be proved. */
#include "ops/seal_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "made_desk.h"
#include "base/hash.h"
#include "seal/sshsig.h"

typedef struct fixture {
    char *dir;
    ew_desk desk;
    size_t acknowledged;
    uint8_t last[EW_HASH];
} fixture;

static int set_up(void **state)
{
    ew_secret pass;
    fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->dir = test_dir_new();
    made_desk(&f->desk, f->dir, &pass);
    ew_secret_release(&pass);
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    ew_desk_close(&f->desk);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

static ew_event statement(void)
{
    ew_event e = {.kind = EW_EVENT_STATEMENT, .time = 7, .line_count = 1};
    e.lines[0] = ew_slice_of("I did not write this.");
    return e;
}

static ew_code put_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    ew_event e = statement();
    ew_event_kept k;
    ew_event_kept_init(&k);
    ew_code code = ew_ops_event_put(&f->desk, &e, NULL, &k, err);
    if (code == EW_OK) {
        assert_true(k.logged);
        memcpy(f->last, k.id, EW_HASH);
        f->acknowledged++;
    }
    ew_event_kept_release(&k);
    return code;
}

static ew_code list_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_event_list list;
    ew_code code = ew_ops_events(&f->desk, NULL, &list, err);
    if (code == EW_OK)
        assert_true(list.n >= f->acknowledged);
    ew_event_list_release(&list);
    return code;
}

/* Each event that is listed can be proved with what is kept of it. */
static void check_all(fixture *f)
{
    ew_event_list list;
    ew_signer *by = NULL;
    ew_buf note;
    ew_buf entry;
    char *log_dir = ew_desk_log_dir(f->desk.dir);
    ew_log *log = NULL;
    ew_buf_init(&note, EW_NOTE_MAX);
    ew_buf_init(&entry, 256);
    assert_int_equal(ew_log_open(&log, log_dir, NULL), EW_OK);
    assert_int_equal(ew_desk_signer(&f->desk, "log", &by, NULL), EW_OK);
    assert_int_equal(ew_log_checkpoint(log, by, &note, NULL), EW_OK);
    assert_int_equal(ew_ops_events(&f->desk, NULL, &list, NULL), EW_OK);
    assert_true(list.n >= f->acknowledged);
    for (size_t i = 0; i < list.n; i++) {
        ew_event_kept *k = &list.kept[i];
        ew_slice salt = {(const char *)k->salt, EW_SALT};
        ew_tlog_proof *p = NULL;
        ew_buf proof;
        uint8_t id[EW_HASH];
        ew_buf_init(&proof, 2 * EW_NOTE_MAX);
        assert_true(i == 0 || k->entry > list.kept[i - 1].entry);
        assert_int_equal(ew_log_prove(log_dir, k->entry, salt, &proof, NULL), EW_OK);
        assert_int_equal(ew_tlog_proof_parse(&p, proof.data, proof.len, NULL), EW_OK);
        ew_buf_reset(&entry);
        assert_int_equal(ew_ops__event_entry(k, &entry, NULL), EW_OK);
        assert_true(
            ew_tlog_proof_holds(p, (ew_slice){(const char *)entry.data, entry.len}));
        assert_int_equal(ew_ops_entry_id(f->desk.dir, k->entry, id, NULL), EW_OK);
        assert_memory_equal(id, k->id, EW_HASH);
        ew_tlog_proof_free(p);
        ew_buf_release(&proof);
    }
    ew_event_list_release(&list);
    ew_buf_release(&note);
    ew_buf_release(&entry);
    ew_log_close(log);
    ew_signer_free(by);
    ew_free(log_dir);
}

static void test_faults(void **state)
{
    fixture *f = *state;
    assert_true(test_torture_alloc(put_work, f, 60) > 20);
    assert_true(test_torture_write(put_work, f) >= 4);
    assert_true(test_torture_sync(put_work, f) >= 8);
    assert_true(test_torture_alloc(list_work, f, 40) > 20);
    check_all(f);
}

/* A process that dies right after logging leaves no number: the entry tells it. */
static void test_number_lost(void **state)
{
    fixture *f = *state;
    char name[2 * EW_HASH + 32] = "desk/events/";
    for (int i = 0; i < 3; i++)
        assert_int_equal(put_work(f, NULL), EW_OK);
    ew_hex(f->last, EW_HASH, name + strlen(name));
    memcpy(name + strlen(name), ".entry", 7);
    assert_int_equal(unlink(test_path(f->dir, name)), 0);
    check_all(f);
    /* And one that died before it leaves an event that is not on record. */
    ew_event e = statement();
    ew_event_kept k;
    ew_signer *by = NULL;
    ew_event_list list;
    ew_event_kept_init(&k);
    assert_int_equal(ew_desk_signer(&f->desk, "statement", &by, NULL), EW_OK);
    assert_int_equal(ew_ops__event_make(&f->desk, &e, NULL, by, &k, NULL), EW_OK);
    assert_int_equal(ew_ops_events(&f->desk, NULL, &list, NULL), EW_OK);
    assert_int_equal(list.n, 3);
    ew_event_list_release(&list);
    ew_event_kept_release(&k);
    ew_signer_free(by);
}

/* Whoever has the content can compute all that needs no salt; none of it is the commitment, and
 * that of the same content is another each time. */
static void row_20_commitment_without_its_salt(void **state)
{
    static const char label[] = "ew-commit/v1";
    uint8_t text[sizeof label + EW_SALT + EW_HASH] = {0};
    uint8_t hash[2][EW_HASH];
    uint8_t salt[2][EW_SALT];
    uint8_t zeros[EW_SALT] = {0};
    ew_hash content;
    ew_hash none;
    ew_hash zero;
    ew_hash right;
    (void)state;
    ew_sha256_bytes("Ann, Bob.", 9, content.b);
    for (int i = 0; i < 2; i++)
        assert_int_equal(ew_event_hide(&content, hash[i], salt[i], NULL), EW_OK);
    assert_memory_not_equal(hash[0], hash[1], EW_HASH);
    assert_memory_not_equal(salt[0], salt[1], EW_SALT);
    memcpy(text, label, sizeof label);
    memcpy(text + sizeof label, content.b, EW_HASH);
    ew_sha256_bytes(text, sizeof label + EW_HASH, none.b);
    memcpy(text + sizeof label, zeros, EW_SALT);
    memcpy(text + sizeof label + EW_SALT, content.b, EW_HASH);
    ew_sha256_bytes(text, sizeof text, zero.b);
    for (int i = 0; i < 2; i++) {
        assert_memory_not_equal(hash[i], content.b, EW_HASH);
        assert_memory_not_equal(hash[i], none.b, EW_HASH);
        assert_memory_not_equal(hash[i], zero.b, EW_HASH);
        /* With the salt it is. */
        memcpy(text + sizeof label, salt[i], EW_SALT);
        ew_sha256_bytes(text, sizeof text, right.b);
        assert_memory_equal(hash[i], right.b, EW_HASH);
    }
}

static void test_about_an_item(void **state)
{
    fixture *f = *state;
    ew_event e = statement();
    ew_event_list list;
    for (int i = 0; i < 4; i++) {
        e.has_item = i != 2;
        e.item[0] = (uint8_t)(i / 3);
        assert_int_equal(ew_ops_event_put(&f->desk, &e, NULL, NULL, NULL), EW_OK);
    }
    uint8_t item[EW_ITEM] = {0};
    assert_int_equal(ew_ops_events(&f->desk, item, &list, NULL), EW_OK);
    assert_int_equal(list.n, 2);
    assert_int_equal(list.kept[1].entry, 1);
    assert_true(ew_slice_is(list.kept[1].event.lines[0], "I did not write this."));
    ew_event_list_release(&list);
    /* Nothing that is no event gets there. */
    e.line_count = 0;
    assert_int_equal(ew_ops_event_put(&f->desk, &e, NULL, NULL, NULL), EW_E_ARG);
}

/* What somebody signed with ssh-keygen is kept byte for byte. */
static void test_personal(void **state)
{
    fixture *f = *state;
    static const uint8_t seed[EW_ED25519_SEED] = {9};
    ew_event e = statement();
    ew_signer *by = NULL;
    ew_event_kept k;
    ew_event_list list;
    ew_buf file;
    ew_buf_init(&file, EW_EVENT_FILE_MAX);
    ew_event_kept_init(&k);
    assert_int_equal(ew_signer_new(&by, ew_slice_of("ann"), EW_SIG_ED25519, seed, NULL),
                     EW_OK);
    assert_int_equal(ew_event_append(&file, &e, NULL), EW_OK);
    char *text = ew_strdup((const char *)file.data);
    assert_int_equal(ew_buf_append(&file, "\n", 1, NULL), EW_OK);
    assert_int_equal(ew_sshsig_make(&file, ew_slice_of(text), by, NULL), EW_OK);
    ew_slice s = {(const char *)file.data, file.len};
    assert_int_equal(ew_ops_event_put_ssh(&f->desk, s, &k, NULL), EW_OK);
    ew_event_kept_release(&k);
    ew_event_kept_init(&k);
    s.n--;
    assert_int_equal(ew_ops_event_put_ssh(&f->desk, s, &k, NULL), EW_E_FORMAT);
    ew_event_kept_release(&k);
    assert_int_equal(ew_ops_events(&f->desk, NULL, &list, NULL), EW_OK);
    assert_int_equal(list.n, 1);
    assert_true(list.kept[0].ssh);
    assert_memory_equal(list.kept[0].bytes.data, file.data, file.len);
    ew_event_list_release(&list);
    ew_buf_release(&file);
    ew_signer_free(by);
    ew_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_20_commitment_without_its_salt),
        cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_number_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_about_an_item, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_personal, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
