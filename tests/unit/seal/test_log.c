/* SPDX-License-Identifier: Apache-2.0 */
/* The log on disk: tiles byte for byte as another implementation writes them, and nothing
 * that was acknowledged is lost, whatever fails. */
#include "seal/log.h"

#include <unistd.h>

#include "base/bytes.h"
#include "log_made.h"

/* ------------------------------------------------------------------ names and widths */

static void test_names(void **state)
{
    (void)state;
    char name[EW_TILE_PATH_MAX];
    ew_tile_path(name, 0, 1234067, EW_TILE_WIDTH);
    assert_string_equal(name, "tile/0/x001/x234/067");
    ew_tile_path(name, 63, 0, 255);
    assert_string_equal(name, "tile/63/000.p/255");
    ew_tile_path(name, EW_TILE_ENTRIES, 1000, 1);
    assert_string_equal(name, "tile/entries/x001/000.p/1");
    ew_tile_path(name, 7, UINT64_MAX >> 8, 255);
    assert_string_equal(name, "tile/7/x072/x057/x594/x037/x927/935.p/255");
    /* The example of the specification. */
    assert_int_equal(ew_tile_width(0, 272, 70000), 256);
    assert_int_equal(ew_tile_width(0, 273, 70000), 112);
    assert_int_equal(ew_tile_width(0, 274, 70000), 0);
    assert_int_equal(ew_tile_width(1, 0, 70000), 256);
    assert_int_equal(ew_tile_width(1, 1, 70000), 17);
    assert_int_equal(ew_tile_width(2, 0, 70000), 1);
    assert_int_equal(ew_tile_width(0, 0, 256), 256);
    assert_int_equal(ew_tile_width(0, 1, 256), 0);
    assert_int_equal(ew_tile_width(1, 0, 256), 1);
}

/* ------------------------------------------------------------------ tessera */

typedef struct head {
    ew_note *note;
    ew_checkpoint c;
} head;

static head tessera_head(const char *dir, int i)
{
    head h;
    char name[32];
    size_t n;
    (void)snprintf(name, sizeof name, "checkpoint.%d", i);
    char *bytes = test_file_get(test_path(dir, name), &n);
    assert_int_equal(ew_note_parse(&h.note, bytes, n, NULL), EW_OK);
    assert_int_equal(ew_checkpoint_parse(&h.c, h.note->text, NULL), EW_OK);
    free(bytes);
    return h;
}

static void test_tessera_log(void **state)
{
    (void)state;
    const char *dir = vector_need("tessera/testdata/log");
    ew_vkey key;
    assert_int_equal(ew_vkey_parse(&key, ew_slice_of(TESSERA_KEY), NULL), EW_OK);
    head heads[16];
    for (int i = 0; i < 16; i++)
        heads[i] = tessera_head(dir, i);
    for (int i = 0; i < 16; i++) {
        ew_tiles *t = NULL;
        ew_hash root;
        ew_path path;
        assert_int_equal(ew_note_check(heads[i].note, &key, NULL), EW_SIG_GOOD);
        assert_int_equal(heads[i].c.size, i);
        assert_int_equal(ew_tiles_new(&t, dir, heads[i].c.size, NULL), EW_OK);
        ew_tree tree = ew_tiles_tree(t);
        assert_int_equal(ew_merkle_root(&tree, heads[i].c.size, &root, NULL), EW_OK);
        assert_true(ew_hash_same(&root, &heads[i].c.root));
        for (int k = 0; k < i; k++) {
            ew_buf entry;
            ew_buf_init(&entry, EW_ENTRY_MAX);
            assert_int_equal(ew_tiles_entry(t, (uint64_t)k, &entry, NULL), EW_OK);
            ew_leaf_at at = {(uint64_t)k, (uint64_t)i,
                             ew_merkle_leaf(entry.data, entry.len)};
            assert_int_equal(
                ew_merkle_prove_inclusion(&tree, at.index, at.size, &path, NULL), EW_OK);
            assert_true(ew_merkle_check_inclusion(&at, &path, &root));
            ew_buf_release(&entry);
            if (k == 0)
                continue;
            ew_heads pair = {(uint64_t)k, (uint64_t)i, heads[k].c.root, root};
            assert_int_equal(
                ew_merkle_prove_consistency(&tree, pair.size1, pair.size2, &path, NULL),
                EW_OK);
            assert_true(ew_merkle_check_consistency(&pair, &path));
        }
        ew_tiles_free(t);
    }
    ew_fsck f = {.problem = print_problem, .key = &key};
    assert_int_equal(ew_log_fsck(dir, &f, NULL), EW_OK);
    assert_true(f.problems == 0 && f.entries == 15);
    for (int i = 0; i < 16; i++)
        ew_note_free(heads[i].note);
}

static void compare_files(const char *a, const char *b, const char *name)
{
    size_t na;
    size_t nb;
    char *x = test_file_get(test_path(a, name), &na);
    char *y = test_file_get(test_path(b, name), &nb);
    if (na != nb || memcmp(x, y, na) != 0)
        fail_msg("%s differs", name);
    free(x);
    free(y);
}

/* The same entries one by one give the same files. */
static void test_tessera_again(void **state)
{
    const char *theirs = vector_need("tessera/testdata/log");
    const char *ours = *state;
    char name[EW_TILE_PATH_MAX];
    ew_tiles *t = NULL;
    ew_log *log = NULL;
    assert_int_equal(ew_log_create(ours, "example.com/log/testdata", NULL), EW_OK);
    log = opened(ours);
    assert_int_equal(ew_tiles_new(&t, theirs, 15, NULL), EW_OK);
    for (uint64_t i = 0; i < 15; i++) {
        ew_buf entry;
        uint64_t first = 0;
        ew_buf_init(&entry, EW_ENTRY_MAX);
        assert_int_equal(ew_tiles_entry(t, i, &entry, NULL), EW_OK);
        ew_slice e = {(char *)entry.data, entry.len};
        assert_int_equal(ew_log_append(log, &e, 1, &first, NULL), EW_OK);
        assert_int_equal(first, i);
        ew_buf_release(&entry);
        ew_tile_path(name, EW_TILE_ENTRIES, 0, (unsigned)i + 1);
        compare_files(theirs, ours, name);
        ew_tile_path(name, 0, 0, (unsigned)i + 1);
        compare_files(theirs, ours, name);
    }
    ew_tiles_free(t);
    ew_log_close(log);
}

/* ------------------------------------------------------------------ growing */

static ew_hash leaf_of(uint64_t i)
{
    char text[32];
    size_t n = entry_text(i, text);
    return ew_merkle_leaf(text, n);
}

static ew_hash plain_root(uint64_t start, uint64_t n)
{
    if (n == 1)
        return leaf_of(start);
    uint64_t half = ew_merkle_split(n);
    ew_hash l = plain_root(start, half);
    ew_hash r = plain_root(start + half, n - half);
    return ew_merkle_node(&l, &r);
}

static void check_proof(const char *dir, uint64_t index)
{
    ew_tlog_proof *p = NULL;
    ew_buf b;
    char text[32];
    size_t n = entry_text(index, text);
    ew_buf_init(&b, 100000);
    assert_int_equal(ew_log_prove(dir, index, ew_slice_of("salt"), &b, NULL), EW_OK);
    assert_int_equal(ew_tlog_proof_parse(&p, b.data, b.len, NULL), EW_OK);
    assert_true(ew_tlog_proof_holds(p, (ew_slice){text, n}));
    assert_memory_equal(p->extra, "salt", 4);
    ew_tlog_proof_free(p);
    ew_buf_release(&b);
}

static void test_growing(void **state)
{
    static const size_t batches[] = {1, 254, 1, 1, 255, 1, 700, 0, 1300, 3};
    ew_log *log = created(*state);
    ew_signer *key = log_key();
    ew_buf note;
    uint64_t size = 0;
    ew_buf_init(&note, EW_NOTE_MAX);
    for (size_t i = 0; i < EW_COUNT(batches); i++) {
        assert_int_equal(append(log, batches[i], NULL), EW_OK);
        size += batches[i];
        assert_int_equal(ew_log_size(log), size);
        ew_buf_reset(&note);
        assert_int_equal(ew_log_checkpoint(log, key, &note, NULL), EW_OK);
        ew_note *n = NULL;
        ew_checkpoint c;
        assert_int_equal(ew_note_parse(&n, note.data, note.len, NULL), EW_OK);
        assert_int_equal(ew_note_check(n, ew_signer_vkey(key), NULL), EW_SIG_GOOD);
        assert_int_equal(ew_checkpoint_parse(&c, n->text, NULL), EW_OK);
        ew_hash want = plain_root(0, size);
        assert_true(c.size == size && ew_hash_same(&c.root, &want));
        ew_note_free(n);
        check_proof(*state, size - 1);
        check_proof(*state, size / 2);
    }
    /* Cosignatures stay on a checkpoint that nothing was added to. */
    ew_buf again;
    ew_buf_init(&again, EW_NOTE_MAX);
    assert_int_equal(ew_log_checkpoint(log, key, &again, NULL), EW_OK);
    assert_string_equal((char *)note.data, (char *)again.data);
    ew_err err;
    assert_int_equal(ew_log_prove(*state, size, ew_slice_of(""), &again, &err),
                     EW_E_NOTFOUND);
    ew_buf_release(&again);
    ew_buf_release(&note);
    ew_log_close(log);
    ew_signer_free(key);
    assert_int_equal(problems(*state, true), 0);
}

/* ------------------------------------------------------------------ damage */

static void flip(const char *path, size_t at)
{
    size_t n;
    char *bytes = test_file_get(path, &n);
    bytes[at] = (char)(bytes[at] ^ 1);
    test_file_put(path, bytes, n);
    free(bytes);
}

static void test_damage(void **state)
{
    static const char *const files[] = {"tile/0/000",
                                        "tile/0/001.p/44",
                                        "tile/1/000.p/1",
                                        "tile/entries/000",
                                        "tile/entries/001.p/44",
                                        "checkpoint",
                                        ".state"};
    uint64_t acknowledged;
    ew_log_close(created(*state));
    assert_int_equal(append_and_sign(*state, 300, &acknowledged, NULL), EW_OK);
    for (size_t i = 0; i < EW_COUNT(files); i++) {
        const char *path = test_path(*state, files[i]);
        flip(path, 20);
        if (problems(*state, false) == 0)
            fail_msg("a changed %s is not noticed", files[i]);
        flip(path, 20);
        assert_int_equal(problems(*state, true), 0);
        size_t n;
        char *bytes = test_file_get(path, &n);
        test_file_put(path, bytes, n - 1);
        if (problems(*state, false) == 0)
            fail_msg("a cut %s is not noticed", files[i]);
        test_file_put(path, bytes, n);
        free(bytes);
    }
    assert_int_equal(unlink(test_path(*state, "tile/entries/000")), 0);
    assert_true(problems(*state, false) > 0);
}

/* Row 11: what was published binds the log; an old copy of it is not continued. */
static void row_11_rollback(void **state)
{
    uint64_t acknowledged;
    ew_log *log = NULL;
    ew_err err;
    size_t n;
    ew_log_close(created(*state));
    assert_int_equal(append_and_sign(*state, 3, &acknowledged, NULL), EW_OK);
    char *old = test_file_get(test_path(*state, ".state"), &n);
    assert_int_equal(append_and_sign(*state, 3, &acknowledged, NULL), EW_OK);
    test_file_put(test_path(*state, ".state"), old, n);
    free(old);
    assert_int_equal(ew_log_open(&log, *state, &err), EW_E_FORMAT);
    assert_non_null(strstr(err.text, "entries are lost"));
    assert_true(problems(*state, false) > 0);
}

static void row_11_other_history(void **state)
{
    uint64_t acknowledged;
    ew_log *log = NULL;
    ew_err err;
    size_t n;
    ew_log_close(created(*state));
    assert_int_equal(append_and_sign(*state, 3, &acknowledged, NULL), EW_OK);
    char *kept = test_file_get(test_path(*state, "checkpoint"), &n);
    assert_int_equal(unlink(test_path(*state, "checkpoint")), 0);
    assert_int_equal(unlink(test_path(*state, ".state")), 0);
    log = created(*state);
    uint64_t first;
    ew_slice e[4] = {ew_slice_of("other"), ew_slice_of("b"), ew_slice_of("c"),
                     ew_slice_of("d")};
    assert_int_equal(ew_log_append(log, e, 4, &first, NULL), EW_OK);
    test_file_put(test_path(*state, "checkpoint"), kept, n);
    ew_signer *key = log_key();
    ew_buf note;
    ew_buf_init(&note, EW_NOTE_MAX);
    assert_int_equal(ew_log_checkpoint(log, key, &note, &err), EW_E_FORMAT);
    ew_buf_release(&note);
    ew_signer_free(key);
    ew_log_close(log);
    assert_int_equal(ew_log_open(&log, *state, &err), EW_E_FORMAT);
    free(kept);
}

static void test_refusals(void **state)
{
    ew_log *log = NULL;
    ew_log *second = NULL;
    ew_err err;
    uint64_t first;
    ew_fsck f = {.problem = NULL};
    assert_int_equal(ew_log_open(&log, *state, &err), EW_E_NOTFOUND);
    assert_int_equal(ew_log_fsck(*state, &f, &err), EW_E_NOTFOUND);
    assert_int_equal(ew_log_create(*state, "a b", &err), EW_E_ARG);
    log = created(*state);
    assert_int_equal(ew_log_create(*state, ORIGIN, &err), EW_E_ARG);
    assert_int_equal(ew_log_open(&second, *state, &err), EW_E_BUSY);
    ew_slice big = {(const char *)&err, EW_ENTRY_MAX + 1};
    assert_int_equal(ew_log_append(log, &big, 1, &first, &err), EW_E_LIMIT);
    assert_int_equal(ew_log_append(log, NULL, EW_LOG_BATCH_MAX + 1, &first, &err),
                     EW_E_LIMIT);
    static const uint8_t seed[EW_ED25519_SEED] = {1};
    ew_signer *other = NULL;
    ew_buf note;
    ew_buf_init(&note, 1000);
    assert_int_equal(ew_signer_new(&other, ew_slice_of("other"), 1, seed, NULL), EW_OK);
    assert_int_equal(ew_log_checkpoint(log, other, &note, &err), EW_E_ARG);
    assert_int_equal(ew_log_prove(*state, 0, ew_slice_of(""), &note, &err),
                     EW_E_NOTFOUND);
    ew_buf_release(&note);
    ew_signer_free(other);
    assert_string_equal(ew_log_origin(log), ORIGIN);
    ew_log_close(log);
    ew_log_close(NULL);
    ew_tiles_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),      cmocka_unit_test(test_tessera_log),
        TEST_IN_DIR(test_tessera_again),   TEST_IN_DIR(test_growing),
        TEST_IN_DIR(test_damage),          TEST_IN_DIR(row_11_rollback),
        TEST_IN_DIR(row_11_other_history), TEST_IN_DIR(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
