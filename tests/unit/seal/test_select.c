/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges as people write them become parts; in doubt a part is hidden. */
#include "seal/select.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "support.h"

/* n parts of ten bytes, all content but where `kinds` says otherwise. */
static ew_cuts cuts_of(size_t n, const char *kinds)
{
    ew_cuts c = {0};
    for (size_t i = 0; i < n; i++) {
        ew_part_kind kind =
            kinds != NULL ? (ew_part_kind)(kinds[i] - '0') : EW_PART_CONTENT;
        assert_int_equal(ew_cuts_add(&c, 10 * (i + 1), kind, NULL), EW_OK);
    }
    return c;
}

/* "0+3 7+1": the runs as text; "!" when refused. */
static const char *chosen(ew_splitter splitter, const ew_cuts *cuts, const char *show,
                          const char *hide)
{
    static char text[256];
    ew_stream s = {
        .splitter = splitter, .n = cuts->n, .rate_hz = 8000, .block_frames = 800};
    ew_run *runs = NULL;
    size_t n = 0;
    size_t at = 0;
    text[0] = 0;
    if (ew_select(&s, cuts, show, hide, &runs, &n, NULL) != EW_OK)
        return "!";
    ew_view v = {cuts->n, runs, n};
    assert_true(ew_view_ok(&v));
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%ju+%ju", i > 0 ? " " : "",
                               (uintmax_t)runs[i].first, (uintmax_t)runs[i].count);
    ew_free(runs);
    return text;
}

static void test_grid(void **state)
{
    (void)state;
    /* A head, 30 blocks of 100 ms, a tail. */
    ew_cuts c = cuts_of(32, "21111111111111111111111111111113");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0.5-1", NULL), "6+5");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0:00.51-0:00:01.09", NULL), "7+4");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0.51-1.01"), "1+5 12+19");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0-0.001,2.999-9"), "2+28");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0-99", NULL), "1+30");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "0.51-0.55", NULL), "");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "all", NULL), "0+32");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "all"), "");
    static const char *const bad[] = {"",       "1",        "1-",         "-1",
                                      "2-1",    "1-1",      "3.1-4",      "1:2:3:4-5:0:0",
                                      "1..2-3", "1.2345-2", "x-y",        "0-1,",
                                      ",0-1",   "0-1 ",     "0-999999999"};
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        assert_string_equal(chosen(EW_SPLIT_GRID, &c, bad[i], NULL), "!");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, NULL), "!");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "all", "all"), "!");
    ew_cuts_release(&c);
}

/* A head that says nothing is no secret, but where the end of the sound is one. */
static void test_plain_head(void **state)
{
    (void)state;
    ew_cuts c = cuts_of(31, "2111111111111111111111111111111");
    for (size_t i = 0; i < c.n; i++)
        c.ends[i] += 34; /* a head of 44 bytes */
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0.51-1.01"), "0+6 12+19");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "2-3"), "1+20");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, "2.5-9", NULL), "0+1 26+5");
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "all"), "");
    for (size_t i = 0; i < c.n; i++)
        c.ends[i] += 2; /* with room for something */
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0.51-1.01"), "1+5 12+19");
    ew_cuts_release(&c);
    c = cuts_of(4, "2113");
    for (size_t i = 0; i < c.n; i++)
        c.ends[i] += 34;
    assert_string_equal(chosen(EW_SPLIT_GRID, &c, NULL, "0-0.1"), "2+1");
    ew_cuts_release(&c);
}

static void test_chat(void **state)
{
    (void)state;
    /* Text before, then messages: time sender body | time body | time sender file body */
    ew_cuts c = cuts_of(10, "2456464576");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "2", NULL), "4+2");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "1,3", NULL), "1+3 6+4");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, NULL, "2"), "1+3 6+4");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, NULL, "1-3"), "");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "4", NULL), "!");
    assert_string_equal(chosen(EW_SPLIT_CHAT, &c, "0-1", NULL), "!");
    ew_cuts_release(&c);
}

/* Row 19: what sounds on in the frames beside a hidden one is hidden with it. */
static void attack_19_guard_frames(void **state)
{
    (void)state;
    ew_cuts c = cuts_of(40, NULL);
    assert_string_equal(chosen(EW_SPLIT_MP3, &c, NULL, "20"), "0+9 30+10");
    assert_string_equal(chosen(EW_SPLIT_AAC, &c, NULL, "20,25"), "0+17 27+13");
    assert_string_equal(chosen(EW_SPLIT_OGG, &c, "1-3,10-12", NULL), "0+2 10+1");
    assert_string_equal(chosen(EW_SPLIT_PARA, &c, NULL, "20"), "0+19 20+20");
    ew_cuts_release(&c);
}

static ew_code select_work(void *arg, ew_err *err)
{
    ew_stream s = {.splitter = EW_SPLIT_PARA};
    ew_run *runs = NULL;
    size_t n;
    ew_code code = ew_select(&s, arg, "1", NULL, &runs, &n, err);
    ew_free(runs);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    ew_cuts c = cuts_of(3, NULL);
    assert_true(test_torture_alloc(select_work, &c, 0) == 3);
    ew_cuts_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grid),   cmocka_unit_test(test_plain_head),
        cmocka_unit_test(test_chat),   cmocka_unit_test(attack_19_guard_frames),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
