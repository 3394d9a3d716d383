/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a sealed item: no secret of it stays, what is told is what is disclosed, and what a reader finds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "ops/seal_look_parts.h"
#include "ops/seal_shown.h"
#include "sealed_chat.h"

static const char chat[] = "1.9.2019, 16:37 - Ann: one\n"
                           "1.9.2019, 16:38 - Bob: two\nwith a line\n"
                           "1.9.2019, 16:39 - Ann: IMG-1.jpg (file attached)\nthree\n"
                           "1.9.2019, 16:40 - Messages are encrypted.\n"
                           "2.9.2019, 10:00 - Bob: five \xE2\x80\xAE \x01 end\n";

static int set_up(void **state)
{
    return seal_chat(state, chat, "out.ewb");
}

/* Lines of a preview as text. */
static void add_line(void *cookie, const ew_preview *p)
{
    ew_buf *b = cookie;
    assert_int_equal(ew_buf_printf(b, NULL, "%d %d %u-%u %s|%s\n", (int)p->kind,
                                   (int)p->state, (unsigned)p->first, (unsigned)p->count,
                                   p->text != NULL ? p->text : "",
                                   p->file != NULL ? p->file : ""),
                     EW_OK);
}

/* Its words alone, marks that stand together as one, without spaces. */
static void add_words(void *cookie, const ew_preview *p)
{
    static const char mark[] = "[withheld]";
    const size_t n = sizeof mark - 1;
    ew_buf *b = cookie;
    for (const char *c = p->kind == EW_PREVIEW_META ? "" : p->text; *c != 0;) {
        if (strncmp(c, mark, n) == 0) {
            if (b->len < n || memcmp(b->data + b->len - n, mark, n) != 0)
                assert_int_equal(ew_buf_append(b, mark, n, NULL), EW_OK);
            c += n;
        } else {
            if (*c != ' ')
                assert_int_equal(ew_buf_append(b, c, 1, NULL), EW_OK);
            c++;
        }
    }
}

static const char *const choices[][3] = {{"all", NULL, NULL},
                                         {NULL, "senders", "name"},
                                         {"1-2,4", "#2", NULL},
                                         {NULL, "sender:Ann", NULL},
                                         {"bodies", "3", "all"},
                                         {"all", "all", NULL},
                                         {"attachments", NULL, NULL},
                                         {"5-end", NULL, NULL},
                                         {"on:1.9.2019", "times", NULL},
                                         {"senders,times", NULL, NULL}};

static void test_secrets_are_gone(void **state)
{
    fixture *f = *state;
    ew_look *l = NULL;
    uint8_t zeros[sizeof l->g->kept.seeds] = {0};
    assert_int_equal(ew_look_open(&l, &f->desk, f->item, NULL, NULL), EW_OK);
    assert_memory_equal(l->g->kept.seeds, zeros, sizeof zeros);
    assert_memory_equal(l->g->kept.salt, zeros, EW_SALT);
    assert_null(l->g->d);
    const ew_look_facts facts = ew_look_tell(l);
    assert_true(facts.text && !facts.head && !facts.tail && !facts.sound);
    assert_int_equal(facts.units, 5);
    assert_string_equal((const char *)facts.senders->data, "Ann\nBob\n");
    ew_look_close(l);
}

static void test_what_is_told_is_what_is_shown(void **state)
{
    fixture *f = *state;
    ew_look *l = NULL;
    uint8_t marks[sizeof choices / sizeof choices[0]][EW_CHOICE_MARK];
    assert_int_equal(ew_look_open(&l, &f->desk, f->item, NULL, NULL), EW_OK);
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        ew_look_view v;
        ew_disclosed done;
        ew_shown_view *shown = NULL;
        ew_buf looked;
        ew_buf told;
        ew_buf before;
        ew_buf read;
        ew_buf_init(&looked, 1 << 20);
        ew_buf_init(&told, 1 << 20);
        ew_buf_init(&before, 1 << 20);
        ew_buf_init(&read, 1 << 20);
        ew_disclosure what = {.item = f->item,
                              .show = choices[i][0],
                              .hide = choices[i][1],
                              .meta = choices[i][2],
                              .preview = add_line,
                              .cookie = &told};
        assert_int_equal(ew_look_choose(l, &what, &v, NULL), EW_OK);
        memcpy(marks[i], v.mark, EW_CHOICE_MARK);
        const ew_stretch all = {0, 1000};
        assert_int_equal(ew_look_lines(l, all, add_line, &looked, NULL), EW_OK);
        assert_int_equal(ew_look_lines(l, all, add_words, &before, NULL), EW_OK);
        assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_OK);
        assert_memory_equal(done.mark, v.mark, EW_CHOICE_MARK);
        assert_int_equal(done.shown, v.shown);
        ew_disclosed_release(&done);
        assert_string_equal((const char *)looked.data, (const char *)told.data);
        /* Something else is not written; this is, and a reader finds the same. */
        what.preview = NULL;
        what.out = f->out;
        what.expected =
            i > 0 ? marks[i - 1] : (const uint8_t *)"another mark of 32 bytes, or not";
        (void)unlink(f->out);
        assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_E_ARG);
        assert_int_not_equal(access(f->out, F_OK), 0);
        what.expected = v.mark;
        assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_OK);
        ew_disclosed_release(&done);
        assert_int_equal(ew_shown_open(&shown, f->out, f->dir, "", NULL), EW_OK);
        assert_int_equal(ew_shown_lines(shown, all, add_words, &read, NULL), EW_OK);
        assert_int_equal(ew_shown_tell(shown).shown, v.shown);
        assert_string_equal((const char *)read.data, (const char *)before.data);
        ew_shown_close(shown);
        ew_buf_release(&looked);
        ew_buf_release(&told);
        ew_buf_release(&before);
        ew_buf_release(&read);
    }
    ew_look_close(l);
}

static void test_bad_choices_leave_the_one_before(void **state)
{
    fixture *f = *state;
    ew_look *l = NULL;
    ew_look_view v;
    ew_look_view again;
    ew_buf lines;
    ew_buf_init(&lines, 1 << 20);
    assert_int_equal(ew_look_open(&l, &f->desk, f->item, NULL, NULL), EW_OK);
    const ew_disclosure good = {.show = "2", .meta = "name"};
    assert_int_equal(ew_look_choose(l, &good, &v, NULL), EW_OK);
    static const char *const bad[] = {"9", "sender:Nobody", "1-", "0:01-0:02", ","};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const ew_disclosure what = {.show = bad[i]};
        assert_int_equal(ew_look_choose(l, &what, &again, NULL), EW_E_ARG);
    }
    const ew_disclosure meta = {.show = "1", .meta = "place"};
    assert_int_equal(ew_look_choose(l, &meta, &again, NULL), EW_E_NOTFOUND);
    const ew_stretch all = {0, 1000};
    assert_int_equal(ew_look_lines(l, all, add_line, &lines, NULL), EW_OK);
    assert_non_null(strstr((const char *)lines.data, "Bob: two"));
    assert_null(strstr((const char *)lines.data, "Ann"));
    /* The file is changed: no choice counts any more. */
    FILE *changed = fopen(f->file, "a");
    assert_non_null(changed);
    assert_true(fputs("more\n", changed) >= 0);
    assert_int_equal(fclose(changed), 0);
    assert_int_equal(ew_look_choose(l, &good, &again, NULL), EW_E_FORMAT);
    ew_buf_release(&lines);
    ew_look_close(l);
}

static void test_finding(void **state)
{
    fixture *f = *state;
    ew_look *l = NULL;
    uint64_t numbers[8];
    ew_look_found found = {.numbers = numbers};
    assert_int_equal(ew_look_open(&l, &f->desk, f->item, NULL, NULL), EW_OK);
    assert_int_equal(ew_look_search(l, "ANN:", (ew_stretch){0, 8}, &found, NULL), EW_OK);
    assert_true(found.n == 2 && found.all == 2 && numbers[0] == 1 && numbers[1] == 3);
    assert_int_equal(ew_look_search(l, "2019", (ew_stretch){3, 8}, &found, NULL), EW_OK);
    assert_true(found.n == 2 && found.all == 5 && numbers[0] == 4);
    assert_int_equal(ew_look_search(l, "2019", (ew_stretch){0, 0}, &found, NULL), EW_OK);
    assert_true(found.n == 0 && found.all == 5);
    assert_int_equal(ew_look_search(l, "line\n1.9", (ew_stretch){0, 8}, &found, NULL),
                     EW_OK);
    assert_int_equal(found.all, 0); /* not over the end of a message */
    assert_int_equal(ew_look_search(l, "", (ew_stretch){0, 8}, &found, NULL), EW_E_ARG);
    ew_look_close(l);
}

static void ignore(void *cookie, const ew_preview *p)
{
    (void)cookie;
    (void)p;
}

static ew_code look_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    ew_look *l = NULL;
    ew_look_view v;
    const ew_disclosure what = {.hide = "2,senders", .meta = "name"};
    ew_code code = ew_look_open(&l, &f->desk, f->item, NULL, err);
    if (code == EW_OK)
        code = ew_look_choose(l, &what, &v, err);
    if (code == EW_OK)
        code = ew_look_lines(l, (ew_stretch){0, 9}, ignore, NULL, err);
    ew_look_close(l);
    return code;
}

static ew_code shown_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    ew_shown_view *v = NULL;
    ew_code code = ew_shown_open(&v, f->out, f->dir, "", err);
    if (code == EW_OK)
        code = ew_shown_lines(v, (ew_stretch){0, 99}, ignore, NULL, err);
    ew_shown_close(v);
    return code;
}

static ew_code open_work(void *arg, ew_err *err)
{
    fixture *f = arg;
    ew_look *l = NULL;
    ew_code code = ew_look_open(&l, &f->desk, f->item, NULL, err);
    ew_look_close(l);
    return code;
}

static void test_faults(void **state)
{
    fixture *f = *state;
    ew_disclosed done;
    assert_true(test_torture_alloc(look_work, f, 0) > 10);
    assert_true(test_torture_alloc(open_work, f, 0) > 10);
    const ew_disclosure what = {
        .item = f->item, .show = "1-3", .meta = "name", .out = f->out};
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_OK);
    ew_disclosed_release(&done);
    assert_true(test_torture_alloc(shown_work, f, 0) > 10);
}

/* What is no bundle shows nothing, wherever it is cut. */
static void test_cut_bundles(void **state)
{
    fixture *f = *state;
    ew_disclosed done;
    ew_buf bytes;
    ew_shown_view *v = NULL;
    const ew_disclosure what = {.item = f->item, .show = "1-3", .out = f->out};
    assert_int_equal(ew_ops_disclose(&f->desk, &what, &done, NULL), EW_OK);
    ew_disclosed_release(&done);
    ew_buf_init(&bytes, 1 << 20);
    assert_int_equal(ew_file_get(f->out, &bytes, NULL), EW_OK);
    for (size_t n = 0; n < bytes.len; n += 7) {
        test_file_put(f->out, bytes.data, n);
        assert_int_not_equal(ew_shown_open(&v, f->out, f->dir, "", NULL), EW_OK);
        assert_null(v);
    }
    ew_buf_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_secrets_are_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_told_is_what_is_shown, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_bad_choices_leave_the_one_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_finding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cut_bundles, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
