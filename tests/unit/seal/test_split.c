/* SPDX-License-Identifier: Apache-2.0 */
/* Splitters: parts in order are the file, every stretch of them passes its own check, and
 * whoever cuts elsewhere does not. */
#include "seal/split.h"

#include <dirent.h>

#include "split_made.h"

static const char para[] =
    "\n \nFirst paragraph,\ntwo lines.\n\n\nSecond.\n \t\r\nThird, "
    "without an end";

static void test_para(void **state)
{
    (void)state;
    split p = checked(para, sizeof para - 1, EW_SPLIT_AUTO, EW_SPLIT_PARA);
    assert_int_equal(p.cuts.n, 3);
    ew_shown run = shown(&p, para, 1, 1);
    assert_memory_equal(run.bytes, "Second.\n \t\r\n", (size_t)run.lengths[0]);
    assert_int_equal(cut_everywhere(&p, (const uint8_t *)para), 0);
    /* Two as one. */
    uint64_t joined = p.lengths[0] + p.lengths[1];
    run = shown(&p, para, 0, 1);
    run.lengths = &joined;
    assert_false(ew_split_fits(&p.s, &run));
    ew_cuts_release(&p.cuts);
    assert_int_equal(try_split("", 0, EW_SPLIT_PARA, &p), EW_E_FORMAT);
    assert_int_equal(try_split("a\xFF", 2, EW_SPLIT_PARA, &p), EW_E_FORMAT);
    p = checked("\n\n", 2, EW_SPLIT_PARA, EW_SPLIT_PARA);
    assert_int_equal(p.cuts.n, 1);
    ew_cuts_release(&p.cuts);
}

static const char chat[] =
    "[17.9.2019, 16:37:47] Peter Doe: Did you know?\n"
    "\xE2\x80\x8E[17.9.2019, 16:37:59] Jane: yes\nand no\n"
    "[17.9.2019, 16:38:06] Peter Doe: \xE2\x80\x8E<attached: 00000012-AUDIO.opus>\n"
    "[17.9.2019, 16:38:07] Jane: <attached: 00000013-PHOTO.jpg>\na caption\n"
    "[17.9.2019, 16:38:59] Peter left\n"
    "2/11/19, 2:48 PM - A: b: c\n"
    "2/11/19, 14:48 - John Doe:\n\nafter a gap\n2/11/19: Arrival\n"
    "12/10/19, 10:00 \xE2\x80\x93 Eve: 2/11/19, 14:48 - Bob: forged\n"
    "13/10/19, 10:00 - Eve: PTT-1.opus (file attached)\n"
    "13/10/19, 10:01 - Eve: ";

static void test_chat(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {4, 5, 6, 4, 5, 6, 4, 5, 7, 4, 5, 7, 6, 4, 6,
                                    4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 7, 4, 5};
    split p = checked(chat, sizeof chat - 1, EW_SPLIT_AUTO, EW_SPLIT_CHAT);
    assert_int_equal(p.cuts.n, sizeof kinds);
    assert_memory_equal(p.cuts.kinds, kinds, sizeof kinds);
    ew_shown run = shown(&p, chat, 5, 1);
    assert_memory_equal(run.bytes, "yes\nand no\n", (size_t)run.lengths[0]);
    run = shown(&p, chat, 16, 1);
    assert_memory_equal(run.bytes, "A: ", (size_t)run.lengths[0]);
    ew_cuts_release(&p.cuts);
    p = checked("Exported\n"
                "1/2/20, 10:00 - a: b\n",
                30, EW_SPLIT_CHAT, EW_SPLIT_CHAT);
    assert_int_equal(p.cuts.kinds[0], EW_PART_HEAD);
    ew_cuts_release(&p.cuts);
    assert_int_equal(try_split(para, sizeof para - 1, EW_SPLIT_CHAT, &p), EW_E_FORMAT);
    assert_int_equal(try_split("", 0, EW_SPLIT_CHAT, &p), EW_E_FORMAT);
}

static void row_09_tiny_parts(void **state)
{
    (void)state;
    split p = checked(chat, sizeof chat - 1, EW_SPLIT_CHAT, EW_SPLIT_CHAT);
    assert_int_equal(cut_everywhere(&p, (const uint8_t *)chat), 0);
    /* A word out of a body, as a body of its own, without its line. */
    static const uint8_t kind[] = {EW_PART_BODY};
    const uint64_t n[] = {3};
    ew_shown word = {5, 1, kind, n, (const uint8_t *)"yes"};
    assert_false(ew_split_fits(&p.s, &word));
    /* Two messages as one body. */
    const uint64_t m[] = {31};
    ew_shown two = {5, 1, kind, m, (const uint8_t *)"yes\n2/11/19, 14:48 - B: forged\n"};
    assert_int_equal(strlen("yes\n2/11/19, 14:48 - B: forged\n"), 31);
    assert_false(ew_split_fits(&p.s, &two));
    ew_cuts_release(&p.cuts);
}

/* Row 5: parts in another order than messages have. */
static void row_05_reordered(void **state)
{
    (void)state;
    split p = checked(chat, sizeof chat - 1, EW_SPLIT_CHAT, EW_SPLIT_CHAT);
    static const uint8_t kinds[] = {EW_PART_BODY, EW_PART_BODY, EW_PART_SENDER,
                                    EW_PART_TIME};
    static const char text[] = "yes\nno\nJane: 1/2/20, 10:00 - ";
    const uint64_t n[] = {4, 3, 6, 16};
    ew_shown run = {5, 2, kinds, n, (const uint8_t *)text};
    assert_false(ew_split_fits(&p.s, &run));
    run = (ew_shown){5, 2, kinds + 1, n + 1, (const uint8_t *)text + 4};
    assert_false(ew_split_fits(&p.s, &run));
    run = (ew_shown){5, 2, kinds + 2, n + 2, (const uint8_t *)text + 7};
    assert_false(ew_split_fits(&p.s, &run)); /* a sender without a body */
    ew_cuts_release(&p.cuts);
}

static void test_chat_vectors(void **state)
{
    (void)state;
    const char *dir = vector_need("chatistics/tests/test_data/whatsapp");
    DIR *d = opendir(dir);
    const struct dirent *e;
    int files = 0;
    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        if (strstr(e->d_name, ".txt") == NULL)
            continue;
        size_t n;
        char *bytes = test_file_get(test_path(dir, e->d_name), &n);
        split p = checked(bytes, n, EW_SPLIT_AUTO, EW_SPLIT_CHAT);
        assert_int_equal(cut_everywhere(&p, (const uint8_t *)bytes), 0);
        ew_cuts_release(&p.cuts);
        free(bytes);
        files++;
    }
    assert_int_equal(closedir(d), 0);
    assert_int_equal(files, 4);
}

/* ------------------------------------------------------------------ sound */

static void test_whole_and_names(void **state)
{
    (void)state;
    split p = checked("\x00\x01", 2, EW_SPLIT_AUTO, EW_SPLIT_WHOLE);
    ew_cuts_release(&p.cuts);
    p = checked("", 0, EW_SPLIT_AUTO, EW_SPLIT_WHOLE);
    assert_int_equal(p.cuts.n, 1);
    ew_cuts_release(&p.cuts);
    for (int i = 1; i <= EW_SPLIT_SEALS; i++)
        assert_int_equal(ew_splitter_named(ew_slice_of(ew_splitter_name((ew_splitter)i))),
                         i);
    assert_int_equal(ew_splitter_named(ew_slice_of("")), EW_SPLIT_AUTO);
    assert_int_equal(try_split("a", 1, EW_SPLIT_META, &p), EW_E_ARG);
}

static ew_code split_work(void *arg, ew_err *err)
{
    ew_memory m = {(const uint8_t *)chat, sizeof chat - 1};
    ew_src src = ew_src_memory(&m);
    ew_cuts cuts;
    ew_stream s;
    (void)arg;
    ew_code code = ew_split(&src, EW_SPLIT_AUTO, &cuts, &s, err);
    ew_cuts_release(&cuts);
    return code;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(test_torture_alloc(split_work, NULL, 0) == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_para),         cmocka_unit_test(test_chat),
        cmocka_unit_test(row_09_tiny_parts), cmocka_unit_test(row_05_reordered),
        cmocka_unit_test(test_chat_vectors), cmocka_unit_test(test_whole_and_names),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
