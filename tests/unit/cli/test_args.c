/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting a command line. The parser is part of the program and is included whole. */
#include "cli/args.c"

#include "support.h"

static const opt_spec own[] = {
    {OPT_DRY_RUN, 'n', "dry-run", NULL, ""},
    {OPT_SVG, 0, "svg", "FILE", ""},
};
static const command do_it = {.name = "doit",
                              .usage = "X ...",
                              .options = own,
                              .option_count = 2,
                              .operands_min = 1,
                              .operands_max = 3};
static const command list = {.name = "list", .usage = ""};
const command *const commands[] = {&do_it, &list};
const size_t command_count = 2;

enum { ARGS_MAX = 12 };

static const char *operands[ARGS_MAX];
static args got;
static const command *cmd;
static ew_err err;

static ew_code parse_words(const char *const *words)
{
    char *argv[ARGS_MAX] = {(char *)(uintptr_t) "earwitness"};
    int argc = 1;

    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    got = (args){.operands = operands};
    return args_parse(argc, argv, &cmd, &got, &err);
}

#define PARSE(...) parse_words((const char *const[]){__VA_ARGS__, NULL})

static void options_anywhere(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--archive", "d", "doit", "a", "-n", "--svg=f", "b", "-vj4"),
                     EW_OK);
    assert_ptr_equal(cmd, &do_it);
    assert_string_equal(got.values[OPT_ARCHIVE], "d");
    assert_string_equal(got.values[OPT_SVG], "f");
    assert_string_equal(got.values[OPT_JOBS], "4");
    assert_non_null(got.values[OPT_DRY_RUN]);
    assert_non_null(got.values[OPT_VERBOSE]);
    assert_null(got.values[OPT_JSON]);
    assert_int_equal(got.count, 2);
    assert_string_equal(got.operands[0], "a");
    assert_string_equal(got.operands[1], "b");
}

static void the_end_of_options(void **state)
{
    (void)state;
    assert_int_equal(PARSE("doit", "--", "--json", "-n", "--"), EW_OK);
    assert_int_equal(got.count, 3);
    assert_string_equal(got.operands[2], "--");
    assert_null(got.values[OPT_JSON]);
    assert_int_equal(PARSE("--json", "--", "doit", "-n", "x"), EW_OK);
    assert_ptr_equal(cmd, &do_it);
    assert_non_null(got.values[OPT_DRY_RUN]);
}

static void a_single_dash_is_a_name(void **state)
{
    (void)state;
    assert_int_equal(PARSE("doit", "-"), EW_OK);
    assert_string_equal(got.operands[0], "-");
}

static void an_option_may_take_a_dash(void **state)
{
    (void)state;
    assert_int_equal(PARSE("doit", "x", "--svg", "-f"), EW_OK);
    assert_string_equal(got.values[OPT_SVG], "-f");
}

static void mistakes(void **state)
{
    (void)state;
    assert_int_equal(PARSE("dooit"), EW_E_ARG);
    assert_non_null(strstr(err.text, "'doit'"));
    assert_int_equal(PARSE("doit", "x", "--dryrun", "--json"), EW_E_ARG);
    assert_non_null(strstr(err.text, "'--dry-run'"));
    assert_non_null(got.values[OPT_JSON]); /* so that the error is told as JSON */
    assert_int_equal(PARSE("doit"), EW_E_ARG);
    assert_int_equal(PARSE("doit", "1", "2", "3", "4"), EW_E_ARG);
    assert_int_equal(PARSE("doit", "x", "--svg"), EW_E_ARG);
    assert_int_equal(PARSE("doit", "x", "-j"), EW_E_ARG);
    assert_int_equal(PARSE("doit", "x", "--dry-run=1"), EW_E_ARG);
    assert_int_equal(PARSE("list", "--svg", "x"), EW_E_ARG); /* of another command */
}

static void numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {"",    "x",    "-1",  "1x",  "nan",
                                      "inf", "0x10", "1e3", "300", "."};
    double x = 7;

    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        got.values[OPT_JOBS] = bad[i];
        assert_int_equal(args_number(&got, OPT_JOBS, 256, &x, &err), EW_E_ARG);
        assert_float_equal(x, 7, 0);
    }
    got.values[OPT_JOBS] = "2.5";
    assert_int_equal(args_number(&got, OPT_JOBS, 256, &x, &err), EW_OK);
    assert_float_equal(x, 2.5, 0);
}

static void near_names(void **state)
{
    (void)state;
    static const char *const names[] = {"check", "list", "remove"};

    assert_string_equal(nearest_name("chekc", names, 3), "check");
    assert_string_equal(nearest_name("lst", names, 3), "list");
    assert_string_equal(nearest_name("rem", names, 3), "remove");
    assert_null(nearest_name("completely", names, 3));
    assert_null(nearest_name("x", names, 3));
    assert_null(nearest_name("", names, 3));
    assert_null(
        nearest_name("a word that is longer than any name could ever be", names, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_anywhere),
        cmocka_unit_test(the_end_of_options),
        cmocka_unit_test(a_single_dash_is_a_name),
        cmocka_unit_test(an_option_may_take_a_dash),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(numbers),
        cmocka_unit_test(near_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
