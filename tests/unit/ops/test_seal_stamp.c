/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens on the desk: kept once, with the right checkpoint, and never lost, whatever fails. */
#include "ops/seal_stamp.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_stamp_kept.h"
#include "seal/log.h"
#include "support.h"

#define ORIGIN "desk.example/log"
#define MAGIC "\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"
#define PENDING_AT_A "\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e\x03\x02:a"
#define PENDING_AT_B "\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e\x03\x02:b"
#define IN_BLOCK_7 "\x00\x05\x88\x96\x0d\x73\xd7\x19\x01\x01\x07"

/* A desk as far as tokens need one: a log with a checkpoint. */
typedef struct fixture {
    char *dir;
    char log[1024];
    ew_signer *key, *witness;
} fixture;

static void grow(const fixture *f, size_t n)
{
    ew_log *log = NULL;
    uint64_t first;
    ew_buf note;
    ew_slice entry = {"entry", 5};
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_log_open(&log, f->log, NULL), EW_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(ew_log_append(log, &entry, 1, &first, NULL), EW_OK);
    assert_int_equal(ew_ops_stamp_refresh(f->dir, NULL), EW_OK);
    assert_int_equal(ew_log_checkpoint(log, f->key, &note, NULL), EW_OK);
    ew_log_close(log);
    ew_buf_release(&note);
}

static int make(void **state)
{
    static const uint8_t seed[EW_ED25519_SEED] = {9};
    static const uint8_t other[EW_ED25519_SEED] = {7};
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->dir = test_dir_new();
    (void)snprintf(f->log, sizeof f->log, "%s/log", f->dir);
    assert_int_equal(
        ew_signer_new(&f->key, ew_slice_of(ORIGIN), EW_SIG_ED25519, seed, NULL), EW_OK);
    assert_int_equal(ew_signer_new(&f->witness, ew_slice_of("w.example"),
                                   EW_SIG_COSIGNATURE, other, NULL),
                     EW_OK);
    assert_int_equal(ew_log_create(f->log, ORIGIN, NULL), EW_OK);
    grow(f, 3);
    *state = f;
    return 0;
}

static int drop(void **state)
{
    fixture *f = *state;
    ew_signer_free(f->key);
    ew_signer_free(f->witness);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

/* A witness signs the log's checkpoint. */
static void cosign(const fixture *f)
{
    char path[1100];
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    (void)snprintf(path, sizeof path, "%s/checkpoint", f->log);
    assert_int_equal(ew_log_read_checkpoint(f->log, &note, NULL), EW_OK);
    assert_int_equal(ew_note_add(&note, f->witness, 1700000000, NULL), EW_OK);
    assert_int_equal(ew_file_put(path, note.data, note.len, NULL), EW_OK);
    ew_buf_release(&note);
}

static uint64_t keep(const fixture *f, uint8_t digest[32])
{
    ew_stamped s;
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamp_keep(f->dir, &s, NULL), EW_OK);
    uint64_t size = s.size;
    memcpy(digest, s.digest, 32);
    ew_stamped_release(&s);
    return size;
}

/* A proof over a digest, in a file. */
static const char *proof(const fixture *f, const uint8_t digest[32], const char *tail,
                         size_t n)
{
    uint8_t file[512];
    size_t at = sizeof MAGIC - 1;
    const char *path = test_path(f->dir, "proof.ots");
    memcpy(file, MAGIC, at);
    memcpy(file + at, digest, 32);
    memcpy(file + at + 32, tail, n);
    test_file_put(path, file, at + 32 + n);
    return path;
}

#define PROOF(f, digest, tail) proof(f, digest, tail, sizeof(tail) - 1)

static ew_stamp_added added(const fixture *f, const char *path)
{
    ew_stamp_added a;
    ew_err err;
    if (ew_ops_stamp_add(f->dir, path, &a, &err) != EW_OK)
        fail_msg("%s", err.text);
    return a;
}

static size_t tokens(const fixture *f, uint64_t size)
{
    ew_stamped s;
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamp_read(f->dir, size, &s, NULL), EW_OK);
    size_t n = s.token_count;
    ew_stamped_release(&s);
    return n;
}

/* ------------------------------------------------------------------ adding */

static void test_kept_once(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    assert_int_equal(keep(f, digest), 3);
    const char *path = PROOF(f, digest, PENDING_AT_A);
    ew_stamp_added a = added(f, path);
    assert_int_equal(a.size, 3);
    assert_string_equal(a.name, "000.ots");
    assert_false(a.there);
    a = added(f, path);
    assert_true(a.there);
    assert_string_equal(a.name, "000.ots");
    assert_int_equal(tokens(f, 3), 1);
}

static void test_refused(void **state)
{
    const fixture *f = *state;
    static const uint8_t other[32] = {1};
    ew_stamp_added a;
    uint8_t digest[32];
    const char *path = PROOF(f, other, PENDING_AT_A);
    assert_int_equal(ew_ops_stamp_add(f->dir, path, &a, NULL), EW_E_NOTFOUND);
    (void)keep(f, digest);
    assert_int_equal(ew_ops_stamp_add(f->dir, path, &a, NULL), EW_E_NOTFOUND);
    test_file_put(path, "x", 1);
    assert_int_equal(ew_ops_stamp_add(f->dir, path, &a, NULL), EW_E_FORMAT);
    test_file_put(path, "", 0);
    assert_int_equal(ew_ops_stamp_add(f->dir, path, &a, NULL), EW_E_FORMAT);
    assert_int_equal(ew_ops_stamp_add(f->dir, test_path(f->dir, "none"), &a, NULL),
                     EW_E_IO);
    assert_int_equal(tokens(f, 3), 0);
}

static void test_upgraded(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    (void)keep(f, digest);
    (void)added(f, PROOF(f, digest, PENDING_AT_A));
    (void)added(f, PROOF(f, digest, PENDING_AT_B));
    assert_int_equal(tokens(f, 3), 2);
    /* More promises alone replace nothing. */
    ew_stamp_added a = added(f, PROOF(f, digest, "\xff" PENDING_AT_A PENDING_AT_B));
    assert_int_equal(a.replaced, 0);
    /* A block, and the promise of one calendar: the other one's stays. */
    a = added(f, PROOF(f, digest, "\xff" PENDING_AT_A IN_BLOCK_7));
    assert_int_equal(a.replaced, 1);
    assert_string_equal(a.name, "003.ots");
    assert_int_equal(tokens(f, 3), 3);
    /* What is in a block already is never replaced. */
    a = added(f, PROOF(f, digest, "\xff" PENDING_AT_A "\xff" PENDING_AT_B IN_BLOCK_7));
    assert_int_equal(a.replaced, 2);
    assert_int_equal(tokens(f, 3), 2);
}

/* A folder that was made, and then the power failed. */
static void test_interrupted_beginning(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    uint64_t *sizes = NULL;
    size_t n = 0;
    ew_stamped s;
    (void)keep(f, digest);
    assert_int_equal(mkdir(test_path(f->dir, "time/4"), 0777), 0);
    assert_int_equal(mkdir(test_path(f->dir, "time/x"), 0777), 0);
    assert_int_equal(ew_ops_stamp_sizes(f->dir, &sizes, &n, NULL), EW_OK);
    assert_int_equal(n, 1);
    assert_int_equal(sizes[0], 3);
    ew_free(sizes);
    (void)added(f, PROOF(f, digest, PENDING_AT_A));
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 2, &s, NULL), EW_OK);
    assert_int_equal(s.token_count, 1);
    ew_stamped_release(&s);
}

static void test_limit(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    char tail[] = PENDING_AT_A;
    ew_stamp_added a;
    (void)keep(f, digest);
    for (int i = 0; i < EW_STAMP_TOKENS; i++) {
        tail[sizeof tail - 2] = (char)('a' + i);
        (void)added(f, proof(f, digest, tail, sizeof tail - 1));
    }
    tail[sizeof tail - 2] = 'z';
    const char *path = proof(f, digest, tail, sizeof tail - 1);
    assert_int_equal(ew_ops_stamp_add(f->dir, path, &a, NULL), EW_E_LIMIT);
    assert_int_equal(tokens(f, 3), EW_STAMP_TOKENS);
}

/* ------------------------------------------------------------------ for bundles */

static void test_earliest_that_covers(void **state)
{
    const fixture *f = *state;
    uint8_t at3[32];
    uint8_t at5[32];
    ew_stamped s;
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 0, &s, NULL), EW_OK);
    assert_int_equal(s.token_count, 0);
    (void)keep(f, at3);
    grow(f, 2);
    assert_int_equal(keep(f, at5), 5);
    (void)added(f, PROOF(f, at5, PENDING_AT_A));
    assert_int_equal(ew_ops_stamped(f->dir, 0, &s, NULL), EW_OK);
    assert_int_equal(s.size, 5); /* the earlier one has no token yet */
    ew_stamped_release(&s);
    ew_stamped_init(&s);
    (void)added(f, PROOF(f, at3, PENDING_AT_A));
    assert_int_equal(ew_ops_stamped(f->dir, 2, &s, NULL), EW_OK);
    assert_int_equal(s.size, 3);
    ew_stamped_release(&s);
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 3, &s, NULL), EW_OK);
    assert_int_equal(s.size, 5);
    ew_stamped_release(&s);
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 5, &s, NULL), EW_OK);
    assert_int_equal(s.token_count, 0);
    ew_stamped_release(&s);
}

/* A proof is made against the checkpoint of then, though the log went on. */
static void test_proof_against_it(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    ew_stamped s;
    ew_buf b;
    ew_tlog_proof *p = NULL;
    (void)keep(f, digest);
    (void)added(f, PROOF(f, digest, PENDING_AT_A));
    grow(f, 300);
    ew_stamped_init(&s);
    ew_buf_init(&b, 1 << 20);
    assert_int_equal(ew_ops_stamped(f->dir, 1, &s, NULL), EW_OK);
    ew_leaf_extra of = {1, {"", 0}};
    ew_slice note = {(const char *)s.note.data, s.note.len};
    assert_int_equal(ew_log_prove_with(f->log, note, &of, &b, NULL), EW_OK);
    assert_int_equal(ew_tlog_proof_parse(&p, b.data, b.len, NULL), EW_OK);
    assert_int_equal(p->checkpoint.size, 3);
    assert_true(ew_tlog_proof_holds(p, ew_slice_of("entry")));
    of.index = 3;
    assert_int_equal(ew_log_prove_with(f->log, note, &of, &b, NULL), EW_E_NOTFOUND);
    ew_tlog_proof_free(p);
    ew_buf_release(&b);
    ew_stamped_release(&s);
}

/* Cosignatures that come after the request are not forgotten, and no token costs a witness. */
static void test_cosignatures(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    ew_stamped s;
    (void)keep(f, digest);
    (void)added(f, PROOF(f, digest, PENDING_AT_A));
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamp_read(f->dir, 3, &s, NULL), EW_OK);
    size_t plain = s.note.len;
    ew_stamped_release(&s);
    cosign(f);
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 0, &s, NULL), EW_OK);
    assert_true(s.note.len > plain);
    ew_stamped_release(&s);
    grow(f, 1); /* refreshes what is kept before the checkpoint goes */
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamp_read(f->dir, 3, &s, NULL), EW_OK);
    assert_true(s.note.len > plain);
    ew_stamped_release(&s);
    cosign(f);
    (void)keep(f, digest);
    grow(f, 1);
    cosign(f);
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 0, &s, NULL), EW_OK);
    assert_int_equal(s.size, 3);
    ew_stamped_release(&s);
}

static void test_a_token_is_not_worth_a_witness(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    ew_stamped s;
    (void)keep(f, digest);
    (void)added(f, PROOF(f, digest, PENDING_AT_A));
    grow(f, 1);
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 0, &s, NULL), EW_OK);
    assert_int_equal(s.size, 3);
    ew_stamped_release(&s);
    cosign(f); /* the newest now has what the kept one lacks */
    ew_stamped_init(&s);
    assert_int_equal(ew_ops_stamped(f->dir, 0, &s, NULL), EW_OK);
    assert_int_equal(s.token_count, 0);
    ew_stamped_release(&s);
}

/* ------------------------------------------------------------------ faults */

typedef struct fault_case {
    const fixture *f;
    const char *path; /* the upgraded proof */
    const char *old;  /* the pending one, of which a copy is in `pending` */
    char *pending;
    size_t pending_n;
} fault_case;

/* Adds an upgraded proof. Whatever happens: the old one or the new one is there, whole. */
static ew_code upgrade(void *arg, ew_err *err)
{
    fault_case *c = arg;
    ew_stamp_added a;
    struct stat st;
    ew_code code = ew_ops_stamp_add(c->f->dir, c->path, &a, err);
    const char *now = test_path(c->f->dir, "time/3/001.ots");
    bool old = stat(c->old, &st) == 0;
    bool new = stat(now, &st) == 0;
    assert_true(old || new);
    assert_true(code != EW_OK || new);
    if (new) {
        size_t n;
        size_t m;
        char *x = test_file_get(now, &n);
        char *y = test_file_get(c->path, &m);
        assert_int_equal(n, m);
        assert_memory_equal(x, y, n);
        free(x);
        free(y);
        assert_int_equal(unlink(now), 0);
    }
    test_file_put(c->old, c->pending, c->pending_n);
    return code;
}

static void test_faults(void **state)
{
    const fixture *f = *state;
    uint8_t digest[32];
    fault_case c = {.f = f};
    char old[1100];
    (void)keep(f, digest);
    (void)snprintf(old, sizeof old, "%s/time/3/000.ots", f->dir);
    (void)added(f, PROOF(f, digest, PENDING_AT_A));
    c.old = old;
    c.pending = test_file_get(old, &c.pending_n);
    char path[1100];
    (void)snprintf(path, sizeof path, "%s",
                   PROOF(f, digest, "\xff" PENDING_AT_A IN_BLOCK_7));
    c.path = path;
    assert_true(test_torture_write(upgrade, &c) > 0);
    assert_true(test_torture_sync(upgrade, &c) > 2);
    assert_true(test_torture_alloc(upgrade, &c, 0) > 10);
    free(c.pending);
}

static ew_code keep_work(void *arg, ew_err *err)
{
    const fixture *f = arg;
    ew_stamped s;
    ew_stamped_init(&s);
    ew_code code = ew_ops_stamp_keep(f->dir, &s, err);
    ew_stamped_release(&s);
    ew_stamped_init(&s);
    /* What was told to be kept is there; else nothing, or all of it. */
    if (ew_ops_stamp_read(f->dir, 3, &s, NULL) != EW_OK)
        assert_true(code != EW_OK);
    ew_stamped_release(&s);
    (void)unlink(test_path(f->dir, "time/3/checkpoint"));
    return code;
}

static void test_faults_of_keeping(void **state)
{
    assert_true(test_torture_write(keep_work, *state) > 0);
    assert_true(test_torture_sync(keep_work, *state) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kept_once, make, drop),
        cmocka_unit_test_setup_teardown(test_refused, make, drop),
        cmocka_unit_test_setup_teardown(test_upgraded, make, drop),
        cmocka_unit_test_setup_teardown(test_interrupted_beginning, make, drop),
        cmocka_unit_test_setup_teardown(test_limit, make, drop),
        cmocka_unit_test_setup_teardown(test_earliest_that_covers, make, drop),
        cmocka_unit_test_setup_teardown(test_proof_against_it, make, drop),
        cmocka_unit_test_setup_teardown(test_cosignatures, make, drop),
        cmocka_unit_test_setup_teardown(test_a_token_is_not_worth_a_witness, make, drop),
        cmocka_unit_test_setup_teardown(test_faults, make, drop),
        cmocka_unit_test_setup_teardown(test_faults_of_keeping, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
