/* SPDX-License-Identifier: Apache-2.0 */
/* The part tree: the worked values, every view of small trees, and the attacks on it. */
#include "seal/parts.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "vectors.h"

static ew_part part_of(uint8_t kind, const char *content)
{
    ew_part p = {.kind = kind};
    (void)crypto_hash_sha256(p.content.b, (const uint8_t *)content, strlen(content));
    return p;
}

static ew_seed seed_of(uint8_t fill)
{
    ew_seed s;
    memset(s.b, fill, sizeof s.b);
    return s;
}

static void check_hex(const uint8_t *bytes, const json_t *want)
{
    char hex[2 * EW_HASH + 1];
    ew_hex(bytes, EW_HASH, hex);
    assert_string_equal(hex, json_string_value(want));
}

static void test_worked_values(void **state)
{
    (void)state;
    json_t *j = vector_json(vector_need("earwitness/part-tree.json"));
    const json_t *texts = json_object_get(j, "parts_utf8");
    const json_t *want = json_object_get(j, "cover");
    ew_part parts[8];
    ew_seed seed;
    ew_cover c;
    ew_hash root;
    uint64_t n = json_array_size(texts);
    assert_int_equal(
        ew_unhex(json_string_value(json_object_get(j, "seed_hex")), seed.b, EW_HASH), 0);
    for (size_t i = 0; i < n; i++)
        parts[i] = part_of((uint8_t)vector_u64(j, "kind"),
                           json_string_value(json_array_get(texts, i)));
    root = ew_parts_root(&seed, parts, n);
    check_hex(root.b, json_object_get(j, "root_hex"));
    const ew_run runs[] = {{0, 2}, {3, 2}};
    ew_view v = {n, runs, 2};
    assert_int_equal(ew_parts_cover(&seed, parts, &v, &c, NULL), EW_OK);
    assert_int_equal(c.n, json_array_size(want));
    for (size_t i = 0; i < c.n; i++) {
        const json_t *entry = json_array_get(want, i);
        assert_string_equal(c.seeds[i] ? "seed" : "hash",
                            json_string_value(json_array_get(entry, 0)));
        check_hex(c.entries[i].b, json_array_get(entry, 1));
    }
    ew_part visible[] = {parts[0], parts[1], parts[3], parts[4]};
    ew_hash again;
    assert_true(ew_parts_open(&v, visible, c.entries, c.n, &again));
    assert_true(ew_hash_same(&root, &again));
    ew_cover_release(&c);
    json_decref(j);
}

/* A view from the bits of a mask. */
static size_t runs_of(uint64_t mask, uint64_t n, ew_run *runs)
{
    size_t count = 0;
    for (uint64_t i = 0; i < n; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        if (i > 0 && (mask >> (i - 1) & 1) != 0)
            runs[count - 1].count++;
        else
            runs[count++] = (ew_run){i, 1};
    }
    return count;
}

static void check_view(const ew_seed *seed, const ew_part *parts, uint64_t n,
                       uint64_t mask)
{
    ew_run runs[16];
    ew_part visible[16];
    ew_cover c;
    ew_hash root = ew_parts_root(seed, parts, n);
    ew_hash got;
    size_t k = 0;
    ew_view v = {n, runs, runs_of(mask, n, runs)};
    for (uint64_t i = 0; i < n; i++)
        if ((mask >> i & 1) != 0)
            visible[k++] = parts[i];
    assert_int_equal(ew_view_visible(&v), k);
    assert_int_equal(ew_parts_cover(seed, parts, &v, &c, NULL), EW_OK);
    assert_int_equal(c.n, ew_cover_count(&v));
    assert_true(ew_parts_open(&v, visible, c.entries, c.n, &got));
    assert_true(ew_hash_same(&root, &got));
    /* Rows 2 and 3: an entry more, less, or changed. */
    assert_false(ew_parts_open(&v, visible, c.entries, c.n - 1, &got));
    ew_hash *more = calloc(c.n + 1, sizeof *more);
    memcpy(more, c.entries, c.n * sizeof *more);
    assert_false(ew_parts_open(&v, visible, more, c.n + 1, &got));
    for (size_t i = 0; i < c.n; i++) {
        more[i].b[0] ^= 1;
        assert_true(ew_parts_open(&v, visible, more, c.n, &got));
        assert_false(ew_hash_same(&root, &got));
        more[i].b[0] ^= 1;
    }
    free(more);
    ew_cover_release(&c);
}

static void test_every_view(void **state)
{
    (void)state;
    ew_seed seed = seed_of(3);
    ew_part parts[9];
    for (int i = 0; i < 9; i++) {
        char text[2] = {(char)('a' + i), 0};
        parts[i] = part_of(EW_PART_CONTENT, text);
    }
    for (uint64_t n = 1; n <= 9; n++)
        for (uint64_t mask = 0; mask < UINT64_C(1) << n; mask++)
            check_view(&seed, parts, n, mask);
}

static void test_bad_views(void **state)
{
    (void)state;
    static const ew_run runs[][2] = {
        {{0, 0}, {0, 0}}, {{5, 1}, {0, 0}},          {{0, 6}, {0, 0}},
        {{4, 2}, {0, 0}}, {{0, 2}, {2, 1}},          {{0, 2}, {1, 2}},
        {{3, 1}, {0, 1}}, {{1, UINT64_MAX}, {0, 0}}, {{UINT64_MAX, 1}, {0, 0}}};
    ew_seed seed = seed_of(1);
    ew_part parts[5] = {{0}};
    ew_cover c;
    ew_hash root;
    for (size_t i = 0; i < EW_COUNT(runs); i++) {
        ew_view v = {5, runs[i], runs[i][1].count > 0 ? 2 : 1};
        assert_false(ew_view_ok(&v));
        assert_int_equal(ew_parts_cover(&seed, parts, &v, &c, NULL), EW_E_ARG);
        assert_false(ew_parts_open(&v, parts, &root, 1, &root));
    }
    ew_view none = {0, NULL, 0};
    assert_false(ew_view_ok(&none));
    none.n = EW_PARTS_MAX + UINT64_C(1);
    assert_false(ew_view_ok(&none));
}

static void row_02_wrong_place(void **state)
{
    (void)state;
    ew_seed seed = seed_of(4);
    ew_part parts[] = {part_of(1, "a"), part_of(1, "b"), part_of(1, "c"),
                       part_of(1, "d")};
    ew_hash root = ew_parts_root(&seed, parts, 4);
    const ew_run runs[] = {{1, 2}};
    ew_view v = {4, runs, 1};
    ew_cover c;
    ew_hash got;
    assert_int_equal(ew_parts_cover(&seed, parts, &v, &c, NULL), EW_OK);
    /* Two parts changing places, another kind, another n. */
    ew_part swapped[] = {parts[2], parts[1]};
    assert_true(ew_parts_open(&v, swapped, c.entries, c.n, &got));
    assert_false(ew_hash_same(&root, &got));
    ew_part kind[] = {parts[1], parts[2]};
    kind[0].kind = 2;
    assert_true(ew_parts_open(&v, kind, c.entries, c.n, &got));
    assert_false(ew_hash_same(&root, &got));
    v.n = 5;
    if (ew_parts_open(&v, parts + 1, c.entries, c.n, &got))
        assert_false(ew_hash_same(&root, &got));
    v.n = 4;
    const ew_run moved[] = {{0, 2}};
    v.runs = moved;
    if (ew_parts_open(&v, parts + 1, c.entries, c.n, &got))
        assert_false(ew_hash_same(&root, &got));
    ew_cover_release(&c);
}

/* Seeds in place of hashes, or of two seeds for one: whatever leads to another number of
 * entries is refused, and what is left has another root. */
static void row_03_other_cover(void **state)
{
    (void)state;
    ew_seed seed = seed_of(5);
    ew_part parts[] = {part_of(1, "a"), part_of(1, "b"), part_of(1, "c"),
                       part_of(1, "d")};
    const ew_run runs[] = {{0, 4}};
    ew_view v = {4, runs, 1};
    ew_hash got;
    ew_seed l = ew_seed_child(&seed, false);
    ew_seed r = ew_seed_child(&seed, true);
    ew_hash entries[2];
    memcpy(entries[0].b, l.b, EW_HASH);
    memcpy(entries[1].b, r.b, EW_HASH);
    assert_false(ew_parts_open(&v, parts, entries, 2, &got));
}

/* Row 6: all neighbours are disclosed; a guess is right, and cannot be confirmed. */
static void row_06_dictionary(void **state)
{
    (void)state;
    ew_seed seed = seed_of(6);
    ew_part parts[] = {part_of(1, "Did you know?"), part_of(1, "yes"),
                       part_of(1, "Thanks.")};
    const ew_run runs[] = {{0, 1}, {2, 1}};
    ew_view v = {3, runs, 2};
    ew_cover c;
    assert_int_equal(ew_parts_cover(&seed, parts, &v, &c, NULL), EW_OK);
    /* Whatever can be made into salts from what is public: the seeds and their descendants,
     * and 10^6 counted ones. */
    ew_part guess = part_of(1, "yes");
    size_t tries = 0;
    for (uint32_t i = 0; i < 1000000; i++) {
        ew_hash salt = {{0}};
        if (i < 3 * c.n) {
            ew_seed s;
            memcpy(s.b, c.entries[i / 3].b, EW_HASH);
            ew_seed down = ew_seed_child(&s, i % 3 == 1);
            salt = ew_seed_salt(i % 3 == 2 ? &s : &down);
        } else {
            memcpy(salt.b, &i, sizeof i);
        }
        ew_hash leaf = ew_part_leaf(&guess, 1, &salt);
        for (size_t k = 0; k < c.n; k++)
            assert_memory_not_equal(leaf.b, c.entries[k].b, EW_HASH);
        tries++;
    }
    assert_int_equal(tries, 1000000);
    ew_cover_release(&c);
}

static size_t seeds_in(const ew_cover *c, const ew_cover *in)
{
    size_t found = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < in->n && c->seeds[i]; k++)
            found += in->seeds[k] && ew_hash_same(&c->entries[i], &in->entries[k]);
    return found;
}

/* Row 7: two disclosures show 0-1 and 4-5; what they hold together opens 0, 1, 4, 5 only: no
 * seed of one is above what the other hides. */
static void row_07_two_disclosures(void **state)
{
    (void)state;
    ew_seed seed = seed_of(7);
    ew_part parts[8];
    for (int i = 0; i < 8; i++)
        parts[i] = part_of(1, i % 2 ? "yes" : "no");
    const ew_run a_runs[] = {{0, 2}};
    const ew_run b_runs[] = {{4, 2}};
    const ew_run both_runs[] = {{0, 2}, {4, 2}};
    ew_view va = {8, a_runs, 1};
    ew_view vb = {8, b_runs, 1};
    ew_view vu = {8, both_runs, 2};
    ew_cover a;
    ew_cover b;
    ew_cover u;
    assert_int_equal(ew_parts_cover(&seed, parts, &va, &a, NULL), EW_OK);
    assert_int_equal(ew_parts_cover(&seed, parts, &vb, &b, NULL), EW_OK);
    assert_int_equal(ew_parts_cover(&seed, parts, &vu, &u, NULL), EW_OK);
    /* The seeds of the union are those of the two, one each. */
    assert_int_equal(seeds_in(&a, &u), 1);
    assert_int_equal(seeds_in(&b, &u), 1);
    assert_int_equal(seeds_in(&u, &u), 2);
    ew_cover_release(&a);
    ew_cover_release(&b);
    ew_cover_release(&u);
}

static void row_08_seed_of_a_version(void **state)
{
    (void)state;
    ew_part parts[] = {part_of(1, "a"), part_of(1, "b")};
    ew_seed one = seed_of(1);
    ew_seed two = seed_of(2);
    ew_hash a = ew_parts_root(&one, parts, 2);
    ew_hash b = ew_parts_root(&two, parts, 2);
    assert_false(ew_hash_same(&a, &b));
}

/* One hour in blocks of 100 ms: what 1, 10 and 100 hidden spans of a second take. */
static void test_cover_sizes(void **state)
{
    (void)state;
    static const struct {
        size_t spans, bytes;
    } cases[] = {{1, 1024}, {10, 6 * 1024}, {100, 38 * 1024}};
    ew_run runs[101];
    for (size_t i = 0; i < EW_COUNT(cases); i++) {
        uint64_t each = 36001 / cases[i].spans;
        uint64_t from = 0;
        for (size_t k = 0; k < cases[i].spans; k++) {
            uint64_t hidden = k * each + each / 2 + 7 * k % 13;
            runs[k] = (ew_run){from, hidden - from};
            from = hidden + 10;
        }
        runs[cases[i].spans] = (ew_run){from, 36001 - from};
        ew_view v = {36001, runs, cases[i].spans + 1};
        assert_true(ew_view_ok(&v));
        size_t bytes = ew_cover_count(&v) * EW_HASH;
        print_message("# %zu spans: %zu bytes\n", cases[i].spans, bytes);
        assert_true(bytes <= cases[i].bytes);
    }
}

static ew_code cover_work(void *arg, ew_err *err)
{
    ew_seed seed = seed_of(1);
    ew_part parts[] = {part_of(1, "a"), part_of(1, "b")};
    const ew_run runs[] = {{1, 1}};
    ew_view v = {2, runs, 1};
    ew_cover c;
    (void)arg;
    ew_code code = ew_parts_cover(&seed, parts, &v, &c, err);
    ew_cover_release(&c);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(cover_work, NULL, 0) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_values),
        cmocka_unit_test(test_every_view),
        cmocka_unit_test(test_bad_views),
        cmocka_unit_test(row_02_wrong_place),
        cmocka_unit_test(row_03_other_cover),
        cmocka_unit_test(row_06_dictionary),
        cmocka_unit_test(row_07_two_disclosures),
        cmocka_unit_test(row_08_seed_of_a_version),
        cmocka_unit_test(test_cover_sizes),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
