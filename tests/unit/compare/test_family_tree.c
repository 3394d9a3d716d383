/* SPDX-License-Identifier: Apache-2.0 */
/* The best tree against all trees, and shares that add up. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "compare/family_parts.h"
#include "support.h"

enum { MOST = 6 };

typedef struct made {
    double weight[MOST * MOST], root[MOST];
    fam_tree tree;
} made;

static void make(made *m, size_t n, uint64_t *seed, uint64_t steps)
{
    for (size_t i = 0; i < n * n; i++)
        m->weight[i] = (double)(test_random(seed) % steps) - (double)steps / 2;
    for (size_t i = 0; i < n; i++)
        m->root[i] = (double)(test_random(seed) % 5);
    m->tree = (fam_tree){n, m->weight, m->root};
}

/* The weight of a tree; -INFINITY when it is none. */
static double value_of(const fam_tree *t, const size_t *parent)
{
    double sum = 0;
    size_t roots = 0;

    for (size_t c = 0; c < t->count; c++) {
        size_t at = c, steps = 0;

        while (at != EW_NO_COPY && steps++ <= t->count)
            at = parent[at];
        if (at != EW_NO_COPY)
            return -INFINITY;
        roots += parent[c] == EW_NO_COPY;
        sum += parent[c] == EW_NO_COPY ? t->root[c] : t->weight[parent[c] * t->count + c];
    }
    return roots == 1 ? sum : -INFINITY;
}

/* Counts through all assignments of a parent, or none, to every copy. */
static double best_of_all(const fam_tree *t)
{
    size_t n = t->count, parent[MOST] = {0};
    double best = -INFINITY;
    bool more = true;

    while (more) {
        size_t i = 0, shown[MOST];

        for (size_t c = 0; c < n; c++)
            shown[c] = parent[c] == c ? EW_NO_COPY : parent[c];
        best = fmax(best, value_of(t, shown));
        while (i < n && ++parent[i] == n)
            parent[i++] = 0;
        more = i < n;
    }
    return best;
}

static void finds_the_best(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int round = 0; round < 300; round++) {
        made m;
        size_t parent[MOST], n = 1 + test_random(&seed) % MOST;

        make(&m, n, &seed, round % 3 == 0 ? 4 : 1000);
        assert_int_equal(ew_fam_best_tree(&m.tree, parent, NULL), EW_OK);
        assert_float_equal(value_of(&m.tree, parent), best_of_all(&m.tree), 1e-9);
    }
}

static void large_ones_are_trees(void **state)
{
    enum { N = 120 };
    uint64_t seed = 3;
    double *weight = ew_alloc_array(N * N, sizeof(*weight)), root[N] = {0};
    size_t parent[N];
    fam_tree t = {N, weight, root};

    (void)state;
    for (size_t i = 0; i < N * N; i++)
        weight[i] = (double)(test_random(&seed) % 100000) / 1000;
    assert_int_equal(ew_fam_best_tree(&t, parent, NULL), EW_OK);
    assert_true(value_of(&t, parent) > 90.0 * (N - 1));
    ew_free(weight);
}

static void shares_add_up(void **state)
{
    uint64_t seed = 11;

    (void)state;
    for (int round = 0; round < 100; round++) {
        made m;
        size_t parent[MOST], n = 1 + test_random(&seed) % MOST;
        double share[MOST * MOST];

        make(&m, n, &seed, 10);
        assert_int_equal(ew_fam_best_tree(&m.tree, parent, NULL), EW_OK);
        ew_fam_tree_shares(&m.tree, parent, share);
        for (size_t c = 0; c < n; c++) {
            size_t p = parent[c] == EW_NO_COPY ? c : parent[c];
            double sum = 0;

            for (size_t i = 0; i < n; i++) {
                assert_true(share[i * n + c] >= 0);
                if (p != c) /* of the root several other trees agree on a parent */
                    assert_true(share[i * n + c] <= share[p * n + c] + 1e-9);
                sum += share[i * n + c];
            }
            assert_float_equal(sum, 1, 1e-9);
        }
    }
}

/* Two that are equally good either way: nobody can tell which is the root. */
static void ties_are_told(void **state)
{
    double weight[4] = {0, 5, 5, 0}, root[2] = {0, 0}, share[4];
    size_t parent[2];
    fam_tree t = {2, weight, root};

    (void)state;
    assert_int_equal(ew_fam_best_tree(&t, parent, NULL), EW_OK);
    ew_fam_tree_shares(&t, parent, share);
    for (int i = 0; i < 4; i++)
        assert_float_equal(share[i], 0.5, 1e-9);
}

static ew_code tree_work(void *arg, ew_err *err)
{
    size_t parent[MOST];

    return ew_fam_best_tree(&((made *)arg)->tree, parent, err);
}

static void survives_failing_memory(void **state)
{
    uint64_t seed = 5;
    made m;

    (void)state;
    make(&m, MOST, &seed, 1000);
    assert_true(test_torture_alloc(tree_work, &m, 0) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_best),          cmocka_unit_test(large_ones_are_trees),
        cmocka_unit_test(shares_add_up),           cmocka_unit_test(ties_are_told),
        cmocka_unit_test(survives_failing_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
