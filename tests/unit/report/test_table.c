/* SPDX-License-Identifier: Apache-2.0 */
/* Columns line up in any script, and give way to the terminal. */
#include "report/table.h"

#include <string.h>

#include "base/utf8.h"
#include "support.h"

static const ew_cell_kind kinds[] = {EW_CELL_SHRINK, EW_CELL_RIGHT, EW_CELL_LEFT};

static void fill(ew_table *t, const char *long_name)
{
    static const char *const cells[] = {"name", "n",     "note", NULL, "12",
                                        "",     "слово", "3",    "x"};

    ew_table_init(t, kinds, 3);
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(ew_table_cell(t, NULL, "%s", cells[i] ? cells[i] : long_name),
                         EW_OK);
}

static void columns_line_up(void **state)
{
    (void)state;
    ew_table t;
    ew_buf b;
    ew_text_style style = {0};

    ew_buf_init(&b, 10000);
    fill(&t, "日本語.wav");
    assert_int_equal(ew_table_print(&t, &style, &b, NULL), EW_OK);
    assert_string_equal((const char *)b.data, "name         n  note\n"
                                              "日本語.wav  12\n"
                                              "слово        3  x\n");
    ew_table_release(&t);
    ew_buf_release(&b);
}

static void long_names_give_way(void **state)
{
    (void)state;
    ew_table t;
    ew_buf b;
    ew_text_style style = {.width = 30};

    ew_buf_init(&b, 10000);
    fill(&t, "a-name-that-is-far-too-long-for-this-line.wav");
    assert_int_equal(ew_table_print(&t, &style, &b, NULL), EW_OK);
    char *line = strtok_r((char *)b.data, "\n", &(char *){NULL});
    for (; line != NULL; line = NULL)
        assert_true(ew_utf8_columns(line, strlen(line)) <= 30);
    ew_table_release(&t);
    ew_buf_release(&b);
}

static void squeezed(const char *s, size_t columns, const char *expected)
{
    ew_buf b;

    ew_buf_init(&b, 1000);
    assert_int_equal(ew_text_squeeze(&b, s, columns, NULL), EW_OK);
    assert_string_equal((const char *)b.data == NULL ? "" : (char *)b.data, expected);
    ew_buf_release(&b);
}

static void squeezing(void **state)
{
    (void)state;
    squeezed("short", 5, "short");
    squeezed("longer", 5, "lo…er");
    squeezed("abcdef", 2, "ab");
    squeezed("abcdef", 0, "");
    squeezed("日本語日本語", 7, "日…語");
    squeezed("日本語日本語", 5, "日…語");
    squeezed("ééééééé", 4, "éé…é");
}

static ew_code whole(void *arg, ew_err *err)
{
    ew_table t;
    ew_buf b;
    ew_text_style style = {.width = 20};
    ew_code rc = EW_OK;

    (void)arg;
    ew_buf_init(&b, 10000);
    ew_table_init(&t, kinds, 3);
    for (int i = 0; i < 300 && rc == EW_OK; i++)
        rc = ew_table_cell(&t, err, "cell %d", i);
    if (rc == EW_OK)
        rc = ew_table_print(&t, &style, &b, err);
    ew_table_release(&t);
    ew_buf_release(&b);
    return rc;
}

static void failing_allocations(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(whole, NULL, 100) > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up),
        cmocka_unit_test(long_names_give_way),
        cmocka_unit_test(squeezing),
        cmocka_unit_test(failing_allocations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
