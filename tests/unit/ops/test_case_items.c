/* SPDX-License-Identifier: Apache-2.0 */
/* Adding to a case, taking back, handing on, under faults: what was told is there, nothing else is, and the
 * case stays whole. */
#include "ops/case_add.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ops/case_custody.h"
#include "ops/case_kind.h"
#include "ops/case_result.h"
#include "ops/case_view.h"
#include "support.h"

enum { FILES = 3 };

typedef struct fixture {
    char *dir;
    char in[256], path[256];
    uint64_t told; /* as there */
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    char name[300];
    assert_non_null(f);
    f->dir = test_dir_new();
    (void)snprintf(f->in, sizeof f->in, "%s", test_path(f->dir, "in"));
    (void)snprintf(f->path, sizeof f->path, "%s", test_path(f->dir, "case"));
    assert_int_equal(mkdir(f->in, 0700), 0);
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "%s/%d.txt", f->in, i);
        test_file_put(name, name, strlen(name));
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

static void each(void *cookie, const ew_case_added *r)
{
    fixture *f = cookie;
    f->told += r->how <= EW_CASE_SEEN;
}

static ew_code add_all(fixture *f, ew_case *c, ew_case_add_sum *sum, ew_err *err)
{
    const char *const operands[] = {f->in};
    const char *const called[] = {"the recording"};
    const ew_case_add_how how = {.who = "Ann",
                                 .purpose = "test",
                                 .origin = "a drive",
                                 .called = called,
                                 .called_count = 1,
                                 .each = each,
                                 .cookie = f};
    f->told = 0;
    return ew_ops_case_add(c, operands, 1, &how, sum, err);
}

static void problem(void *cookie, const char *text)
{
    (void)cookie;
    fail_msg("%s", text);
}

static ew_code count(void *cookie, const ew_case_item *i, ew_err *err)
{
    (void)err;
    *(uint64_t *)cookie += !i->undone;
    return EW_OK;
}

/* Whatever happened: whole, and all that was told and no more is there. */
static void look_after(const fixture *f)
{
    ew_case *c = NULL;
    uint64_t n = 0;
    char path[300];
    (void)snprintf(path, sizeof path, "%s/case.db", f->path);
    if (access(path, F_OK) != 0)
        return;
    assert_int_equal(ew_case_open(&c, f->path, false, 0, NULL), EW_OK);
    assert_int_equal(ew_case_verify(c, problem, NULL, NULL), EW_OK);
    assert_int_equal(ew_case_items(c, count, &n, NULL), EW_OK);
    assert_int_equal(n, f->told);
    ew_case_close(c);
}

static void remove_case(const fixture *f)
{
    char command[300];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", f->path);
    assert_int_equal(system(command), 0);
}

static ew_code add_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    ew_case *c = NULL;
    ew_case_add_sum sum = {0};
    f->told = 0;
    ew_code code = ew_case_create(f->path, "t", err);
    if (code == EW_OK)
        code = ew_case_open(&c, f->path, true, 0, err);
    if (code == EW_OK)
        code = add_all(f, c, &sum, err);
    if (code == EW_OK)
        assert_int_equal(sum.added, FILES);
    ew_case_close(c);
    return code;
}

static ew_code alloc_work(void *arg, ew_err *err)
{
    ew_code code = add_work(arg, err);
    remove_case(arg);
    return code;
}

static ew_code disk_work(void *arg, ew_err *err)
{
    ew_code code = add_work(arg, err);
    look_after(arg);
    remove_case(arg);
    return code;
}

static void adding_under_faults(void **state)
{
    fixture *f = *state;
    (void)test_torture_alloc(alloc_work, f, 80);
    assert_true(test_torture_write(disk_work, f) >= FILES);
    assert_true(test_torture_sync(disk_work, f) >= FILES);
}

/* ------------------------------------------------------------------ custody and views */

static ew_case *filled(fixture *f)
{
    ew_case *c = NULL;
    ew_case_add_sum sum;
    assert_int_equal(ew_case_create(f->path, "A leaked call", NULL), EW_OK);
    assert_int_equal(ew_case_open(&c, f->path, true, 0, NULL), EW_OK);
    assert_int_equal(add_all(f, c, &sum, NULL), EW_OK);
    return c;
}

typedef struct custody {
    fixture *f;
    ew_case *c;
} custody;

/* Each run has the case to itself, so that nothing is kept from one to the next. */
static ew_code reopen(custody *k, ew_err *err)
{
    return ew_case_open(&k->c, k->f->path, true, 0, err);
}

static void shut(custody *k)
{
    ew_case_close(k->c);
    k->c = NULL;
}

static ew_code view_work(void *arg, ew_err *err)
{
    custody *k = arg;
    ew_case_view v;
    ew_case_item_view i;
    ew_code code = reopen(k, err);
    if (code == EW_OK)
        code = ew_case_view_load(k->c, "2026-01-01", true, &v, err);
    if (code != EW_OK) {
        shut(k);
        return code;
    }
    assert_int_equal(v.here, FILES);
    assert_int_equal(v.events, FILES);
    ew_case_view_release(&v);
    code = ew_case_item_view_load(k->c, 1, &i, err);
    if (code == EW_OK) {
        assert_string_equal(i.item.origin, "a drive");
        assert_int_equal(i.called_count, 1);
        assert_int_equal(i.events.n, 1);
        ew_case_item_view_release(&i);
    }
    shut(k);
    return code;
}

static ew_code get_work(void *arg, ew_err *err)
{
    custody *k = arg;
    const ew_ops_actor by = {"Ann", ""};
    int64_t event = 0;
    const char *out = test_path(k->f->dir, "out");
    ew_code code = reopen(k, err);
    if (code == EW_OK)
        code = ew_ops_case_get(k->c, 1, out, &by, &event, err);
    bool there = access(out, F_OK) == 0;
    assert_true(there || code != EW_OK);
    assert_true(!there || event != 0); /* no copy without its event */
    (void)unlink(out);
    shut(k);
    return code;
}

static ew_code hand_work(void *arg, ew_err *err)
{
    custody *k = arg;
    const ew_ops_actor by = {"Ann", ""};
    const ew_case_correction to = {.note = "x"};
    int64_t event = 0;
    ew_code code = reopen(k, err);
    if (code == EW_OK)
        code = ew_ops_case_hand(k->c, 1, "the lab", &by, &event, err);
    if (code == EW_OK)
        code = ew_ops_case_correct(k->c, 1, &to, &by, &event, err);
    if (code == EW_OK) {
        const ew_case_undo_how how = {.by = by};
        code = ew_ops_case_undo(k->c, event, &how, err);
    }
    shut(k);
    return code;
}

static void custody_under_faults(void **state)
{
    custody k = {.f = *state};
    ew_case_close(filled(*state));
    (void)test_torture_alloc(view_work, &k, 100);
    (void)test_torture_alloc(get_work, &k, 60);
    assert_true(test_torture_write(get_work, &k) >= 1);
    (void)test_torture_sync(get_work, &k);
    (void)test_torture_alloc(hand_work, &k, 80);
    look_after(*state);
}

/* ------------------------------------------------------------------ results */

static const char *line_of(const char *tool, const char *result)
{
    static ew_buf b;
    ew_case_analysis a = {.tool = tool, .result = result};
    ew_buf_release(&b);
    ew_buf_init(&b, 4096);
    assert_int_equal(ew_case_result_line(&a, NULL, &b, NULL), EW_OK);
    return b.data != NULL ? (const char *)b.data : "";
}

static void results_in_one_line(void **state)
{
    (void)state;
    assert_string_equal(line_of("inspect", "{\"signs_of_change\":0}"),
                        "no signs of change");
    assert_string_equal(
        line_of("inspect", "{\"signs_of_change\":2,\"strongest\":2,\"findings\":"
                           "[{\"number\":2,\"start\":1.25,\"text\":\"a\\u001b[1mb\"}]}"),
        "2 signs of change; strongest at 1.2 s: a\\x1b[1mb");
    assert_string_equal(line_of("check", "{\"archive\":{\"recordings\":3}}"),
                        "not in the archive (3 recordings)");
    assert_string_equal(
        line_of("check",
                "{\"explained\":0.5,\"joins\":[{}],\"spans\":[{\"source\":\"a\"},"
                "{\"source\":\"b\"},{\"source\":\"a\"}]}"),
        "50.0 % from a, b; 1 join");
    assert_string_equal(line_of("diff", "{\"verdict\":\"same-bytes\"}"), "the same file");
    assert_string_equal(
        line_of("diff", "{\"verdict\":\"differs\",\"edits\":[{\"op\":\"delete\"}]}"),
        "1 edit: delete");
    assert_string_equal(line_of("family", "{\"root\":\"a\",\"copies\":[{},{}]}"),
                        "2 recordings; nearest to the source: a");
    /* A case comes from anywhere. */
    static const char *const odd[] = {
        "", "[]", "null", "{", "{\"spans\":7}", "{\"copies\":{\"a\":[]},\"root\":3}"};
    static const char *const tools[] = {"inspect", "check", "diff", "family", "other"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        for (size_t t = 0; t < sizeof tools / sizeof tools[0]; t++)
            assert_true(strlen(line_of(tools[t], odd[i])) > 0);
    (void)line_of("inspect", "{\"signs_of_change\":0}");
}

static void check_same(const char *a, const char *b, const char *fields)
{
    bool same = false;
    ew_buf out;
    ew_buf_init(&out, 4096);
    assert_int_equal(ew_case_results_same(a, b, &same, &out, NULL), EW_OK);
    assert_int_equal(same, fields == NULL);
    assert_string_equal(out.data != NULL ? (const char *)out.data : "",
                        fields != NULL ? fields : "");
    ew_buf_release(&out);
}

static void results_are_compared(void **state)
{
    (void)state;
    check_same("{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", NULL);
    check_same("{\"a\":1}", "{\"a\":2}", "a");
    check_same("{\"a\":{\"b\":[{\"c\":1},{\"c\":2}]}}",
               "{\"a\":{\"b\":[{\"c\":1},{\"c\":3}]}}", "a.b[1].c");
    check_same("{\"a\":[1]}", "{\"a\":[1,2]}", "a");
    check_same("{\"a\":1}", "{\"b\":1}", "a, b");
    check_same("{", "{}", "");
    check_same("{\"a\\u001b\":1}", "{}", "a\\x1b");
    int64_t items[4];
    assert_int_equal(ew_case_settings_items("{\"items\":[3,1,2]}", items, 2), 3);
    assert_int_equal(items[0], 3);
    assert_int_equal(ew_case_settings_items("{\"a\":5,\"b\":6}", items, 4), 2);
    assert_int_equal(items[1], 6);
    assert_int_equal(ew_case_settings_items("nonsense", items, 4), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(adding_under_faults),
        TEST(custody_under_faults),
        TEST(results_in_one_line),
        TEST(results_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
