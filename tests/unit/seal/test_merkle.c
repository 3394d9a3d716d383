/* SPDX-License-Identifier: Apache-2.0 */
/* Merkle proofs: the vectors of transparency-dev/merkle, and every tree up to 70 leaves. */
#include "seal/merkle.h"

#include "base/bytes.h"
#include "vectors.h"

enum { LEAVES = 70 };

static void test_known(void **state)
{
    (void)state;
    uint8_t want[32];
    ew_hash h = ew_merkle_empty();
    size_t n;
    assert_int_equal(
        sodium_hex2bin(want, 32,
                       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                       64, NULL, &n, NULL),
        0);
    assert_memory_equal(h.b, want, 32);
    h = ew_merkle_leaf("", 0);
    assert_int_equal(
        sodium_hex2bin(want, 32,
                       "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                       64, NULL, &n, NULL),
        0);
    assert_memory_equal(h.b, want, 32);
    assert_true(ew_merkle_split(2) == 1 && ew_merkle_split(3) == 2);
    assert_true(ew_merkle_split(4) == 2 && ew_merkle_split(5) == 4);
    assert_true(ew_merkle_split(UINT64_MAX) == UINT64_C(1) << 63);
}

/* ------------------------------------------------------------------ vectors */

static int seen[2];
static int wrong;

/* False when it is not a hash at all. A few vectors say "dont care" in place of one: short
 * texts, which are filled up here. */
static bool hash_of(const json_t *j, ew_hash *out)
{
    const char *text = json_string_value(j);
    size_t n = 0;
    memset(out, 0, sizeof *out);
    return text != NULL &&
           sodium_base642bin(out->b, EW_HASH, text, strlen(text), NULL, &n, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 &&
           n > 0;
}

static bool path_of(const json_t *list, ew_path *path)
{
    path->n = json_array_size(list);
    if (path->n > EW_PROOF_MAX)
        return false;
    for (size_t i = 0; i < path->n; i++)
        if (!hash_of(json_array_get(list, i), &path->h[i]))
            return false;
    return true;
}

static bool inclusion_holds(const json_t *j)
{
    ew_leaf_at at;
    ew_path path;
    ew_hash root;
    at.index = vector_u64(j, "leafIdx");
    at.size = vector_u64(j, "treeSize");
    return hash_of(json_object_get(j, "leafHash"), &at.leaf) &&
           hash_of(json_object_get(j, "root"), &root) &&
           path_of(json_object_get(j, "proof"), &path) &&
           ew_merkle_check_inclusion(&at, &path, &root);
}

static bool consistency_holds(const json_t *j)
{
    ew_heads heads;
    ew_path path;
    heads.size1 = vector_u64(j, "size1");
    heads.size2 = vector_u64(j, "size2");
    return hash_of(json_object_get(j, "root1"), &heads.root1) &&
           hash_of(json_object_get(j, "root2"), &heads.root2) &&
           path_of(json_object_get(j, "proof"), &path) &&
           ew_merkle_check_consistency(&heads, &path);
}

static int one_vector(const char *path, const struct stat *st, int type)
{
    (void)st;
    if (type != FTW_F || strstr(path, ".json") == NULL)
        return 0;
    json_t *j = vector_json(path);
    bool inclusion = json_object_get(j, "leafIdx") != NULL;
    bool holds = inclusion ? inclusion_holds(j) : consistency_holds(j);
    seen[!inclusion]++;
    if (holds == json_is_true(json_object_get(j, "wantErr"))) {
        print_error("%s: says %d\n", path, holds);
        wrong++;
    }
    json_decref(j);
    return 0;
}

static void test_vectors(void **state)
{
    (void)state;
    const char *dir = vector_need("merkle/testdata");
    assert_int_equal(ftw(dir, one_vector, 16), 0);
    print_message("# %d inclusion, %d consistency vectors\n", seen[0], seen[1]);
    assert_int_equal(wrong, 0);
    assert_true(seen[0] >= 90 && seen[1] >= 90);
}

/* ------------------------------------------------------------------ our own proofs */

static ew_hash leaf_at(uint64_t i)
{
    return ew_merkle_leaf(&i, sizeof i);
}

/* The definition of RFC 6962, 2.1. */
static ew_hash plain_root(uint64_t start, uint64_t n)
{
    if (n == 1)
        return leaf_at(start);
    uint64_t half = 1;
    while (half * 2 < n)
        half *= 2;
    ew_hash l = plain_root(start, half);
    ew_hash r = plain_root(start + half, n - half);
    return ew_merkle_node(&l, &r);
}

static ew_code read_plain(void *cookie, unsigned level, uint64_t index, ew_hash *out,
                          ew_err *err)
{
    (void)err;
    assert_true(((index + 1) << level) <= *(uint64_t *)cookie);
    *out = plain_root(index << level, UINT64_C(1) << level);
    return EW_OK;
}

static void check_size(uint64_t size)
{
    ew_tree tree = {read_plain, &size};
    ew_path path;
    ew_hash root;
    ew_hash want = plain_root(0, size);
    assert_int_equal(ew_merkle_root(&tree, size, &root, NULL), EW_OK);
    assert_true(ew_hash_same(&root, &want));
    for (uint64_t i = 0; i < size; i++) {
        ew_leaf_at at = {i, size, leaf_at(i)};
        assert_int_equal(ew_merkle_prove_inclusion(&tree, i, size, &path, NULL), EW_OK);
        assert_true(ew_merkle_check_inclusion(&at, &path, &root));
        /* One hash more or less, or another place, does not hold. */
        path.n++;
        path.h[path.n - 1] = root;
        assert_false(ew_merkle_check_inclusion(&at, &path, &root));
        path.n--;
        at.index ^= 1;
        assert_false(ew_merkle_check_inclusion(&at, &path, &root) && size > 1);
        at.index ^= 1;
        if (path.n > 0) {
            path.n--;
            assert_false(ew_merkle_check_inclusion(&at, &path, &root));
        }
    }
    for (uint64_t m = 1; m <= size; m++) {
        ew_heads heads = {m, size, plain_root(0, m), root};
        assert_int_equal(ew_merkle_prove_consistency(&tree, m, size, &path, NULL), EW_OK);
        assert_true(ew_merkle_check_consistency(&heads, &path));
        heads.root1.b[5] ^= 1;
        assert_false(ew_merkle_check_consistency(&heads, &path));
    }
}

static void test_all_small(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= LEAVES; size++)
        check_size(size);
    uint64_t size = 5;
    ew_tree tree = {read_plain, &size};
    ew_path path;
    ew_err err;
    ew_hash root;
    assert_int_equal(ew_merkle_prove_inclusion(&tree, 5, 5, &path, &err), EW_E_ARG);
    assert_int_equal(ew_merkle_prove_consistency(&tree, 0, 5, &path, &err), EW_E_ARG);
    assert_int_equal(ew_merkle_prove_consistency(&tree, 6, 5, &path, &err), EW_E_ARG);
    assert_int_equal(ew_merkle_root(&tree, 0, &root, &err), EW_OK);
    ew_hash empty = ew_merkle_empty();
    assert_true(ew_hash_same(&root, &empty));
}

/* Row 1 of the attacks: an inner node is no leaf, since what is hashed begins differently. */
static void row_01_inner_node_as_leaf(void **state)
{
    (void)state;
    ew_hash a = leaf_at(0);
    ew_hash b = leaf_at(1);
    uint8_t both[2 * EW_HASH];
    memcpy(both, a.b, EW_HASH);
    memcpy(both + EW_HASH, b.b, EW_HASH);
    ew_hash node = ew_merkle_node(&a, &b);
    ew_hash leaf = ew_merkle_leaf(both, sizeof both);
    assert_false(ew_hash_same(&node, &leaf));
    ew_leaf_at at = {0, 1, leaf};
    ew_path path = {.n = 0};
    assert_false(ew_merkle_check_inclusion(&at, &path, &node));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_all_small),
        cmocka_unit_test(row_01_inner_node_as_leaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
