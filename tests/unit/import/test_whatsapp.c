/* SPDX-License-Identifier: Apache-2.0 */
/* Text exports of WhatsApp in the shapes of many phones. */
#include "import/whatsapp_head.h"

#include "told.h"

static int set_up(void **state)
{
    *state = test_dir_new();
    return 0;
}

static int tear_down(void **state)
{
    test_dir_remove(*state);
    return 0;
}

/* ------------------------------------------------------------------ heads */

static void heads(void **state)
{
    static const struct {
        const char *text;
        unsigned a, b, c, hour, minute, second;
        bool seconds;
    } good[] = {
        {"[17.9.2019, 16:37:47] P: x", 17, 9, 2019, 16, 37, 47, true},
        {"2/11/19, 14:18 - n: x", 2, 11, 19, 14, 18, 0, false},
        {"09/17/19, 4:30:10 PM \xE2\x80\x93 J: x", 9, 17, 19, 16, 30, 10, true},
        {"9/17/19, 12:05 AM - J: x", 9, 17, 19, 0, 5, 0, false},
        {"9/17/19, 12:05 pm - J: x", 9, 17, 19, 12, 5, 0, false},
        {"\xE2\x80\x8E[1/2/24, 8:05:09\u202FAM] A: x", 1, 2, 24, 8, 5, 9, true},
        {"2020-01-02, 10:00 - A: x", 2020, 1, 2, 10, 0, 0, false},
        {"02-01-20 10:00 - A: x", 2, 1, 20, 10, 0, 0, false},
        {"1.2.2020 klo 10.00 - A: x", 1, 2, 2020, 10, 0, 0, false},
        {"2/1/2020, 9:03 p. m. - A: x", 2, 1, 2020, 21, 3, 0, false},
        {"2/1/2020 9:03\u00A0p.\u00A0m. - A: x", 2, 1, 2020, 21, 3, 0, false},
        {"2020/1/2 上午10:00 - A: x", 2020, 1, 2, 10, 0, 0, false},
        {"2020/1/2 下午1:00 - A: x", 2020, 1, 2, 13, 0, 0, false},
        {"2020년 1월 2일 오후 1:00 - A: x", 2020, 1, 2, 13, 0, 0, false},
        {"2020. 01. 02. 10:00 - A: x", 2020, 1, 2, 10, 0, 0, false},
        {"\u200F\u0662/\u0661/\u0662\u0660\u0662\u0660، \u0661\u0660:\u0660\u0665 م - A: "
         "x",
         2, 1, 2020, 22, 5, 0, false},
        {"01/02/2020 à 10:00 - A: x", 1, 2, 2020, 10, 0, 0, false},
        {"02.01.20, 10:00 - A: x", 2, 1, 20, 10, 0, 0, false},
    };
    static const char *const bad[] = {"2/11/19: Arrival",
                                      "12:30 - then we left",
                                      "call 1/2/3 10:00",
                                      "[x] 1/2/20, 10:00 - A",
                                      "2/11/19, 25:00 - A: x",
                                      "2/11/19, 10:61 - A: x",
                                      "",
                                      "2/11/19, 10:00",
                                      "20000/1/2, 10:00 - A: x"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ew_wa_head h;
        if (!ew_wa_head_at(ew_slice_of(good[i].text), &h))
            fail_msg("not seen: %s", good[i].text);
        if (h.number[0] != good[i].a || h.number[1] != good[i].b ||
            h.number[2] != good[i].c || h.hour != good[i].hour ||
            h.minute != good[i].minute || h.second != good[i].second ||
            h.seconds != good[i].seconds)
            fail_msg("%s: %u %u %u %u:%u:%u", good[i].text, h.number[0], h.number[1],
                     h.number[2], h.hour, h.minute, h.second);
        assert_int_equal(strcmp(good[i].text + h.bytes + 1, ": x"), 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ew_wa_head h;
        if (ew_wa_head_at(ew_slice_of(bad[i]), &h))
            fail_msg("seen: %s", bad[i]);
    }
}

/* ------------------------------------------------------------------ chats */

static void expect_with(const char *dir, const char *text, const ew_import_opts *opts,
                        const char *want)
{
    const char *path = test_path(dir, "WhatsApp Chat with Ann.txt");
    test_file_put(path, text, strlen(text));
    char *got = told_import(path, opts);
    assert_string_equal(got, want);
    free(got);
}

static void expect(const char *dir, const char *text, const char *want)
{
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    expect_with(dir, text, &opts, want);
}

static void messages_of_many_lines(void **state)
{
    expect(*state,
           "13/1/20, 10:00 - Messages are end-to-end encrypted.\n"
           "13/1/20, 10:01 - Ann: first\nsecond line\n\n2/11/19: no head\n"
           "13/1/20, 10:02 - Bob B.: with: colon\r\n"
           "13/1/20, 10:03 - Bob B.:\nbelow\n",
           "chat |Ann|\n"
           "service  <|> at=1578909600~: Messages are end-to-end encrypted.\n"
           "message  <Ann|> at=1578909660~: first\nsecond line\n\n2/11/19: no head\n"
           "message  <Bob B.|> at=1578909720~: with: colon\n"
           "message  <Bob B.|> at=1578909780~: \nbelow\n");
}

static void order_of_dates(void **state)
{
    /* Month first: 13 cannot be a month. */
    expect(*state, "1/13/20, 10:00 - A: x\n",
           "chat |Ann|\nmessage  <A|> at=1578909600~: x\n");
    /* Only one order keeps time going forward. */
    expect(
        *state, "1/2/20, 10:00 - A: x\n2/1/20, 10:00 - A: y\n",
        "chat |Ann|\nmessage  <A|> at=1577959200~: x\nmessage  <A|> at=1580551200~: y\n");
    /* The day changes more often than the month. */
    expect(
        *state, "1/2/20, 10:00 - A: x\n2/2/20, 10:00 - A: y\n",
        "chat |Ann|\nmessage  <A|> at=1580551200~: x\nmessage  <A|> at=1580637600~: y\n");
    /* Nobody knows, and nobody is there to ask. */
    expect(*state, "1/2/20, 10:00 - A: x\n",
           "chat |Ann|\nmessage  <A|> at=1580551200~ marks=2: x\n");
    ew_import_opts month = {.dates = EW_DATES_MONTH_FIRST};
    expect_with(*state, "1/2/20, 10:00 - A: x\n", &month,
                "chat |Ann|\nmessage  <A|> at=1577959200~: x\n");
}

static bool answer_second(void *cookie, const char *question, const char *const *answers,
                          size_t n, size_t *chosen)
{
    (void)question;
    (void)answers;
    *(int *)cookie += 1;
    *chosen = n - 1;
    return true;
}

static void a_person_is_asked(void **state)
{
    int asked = 0;
    ew_import_opts opts = {.ask = answer_second, .ask_cookie = &asked};
    expect_with(*state, "1/2/20, 10:00 - A: x\n", &opts,
                "chat |Ann|\nmessage  <A|> at=1577959200~: x\n");
    assert_int_equal(asked, 1);
}

static void attachments(void **state)
{
    test_file_put(test_path(*state, "PTT-20200113-WA0001.opus"), "x", 1);
    const char *path = test_path(*state, "_chat.txt");
    static const char text[] =
        "[13/1/20, 10:00:01] A: \xE2\x80\x8E<attached: 00000002-PHOTO-2020.jpg>\n"
        "[13/1/20, 10:00:02] A: PTT-20200113-WA0001.opus (file attached)\n"
        "[13/1/20, 10:00:03] A: IMG-20200113-WA0002.jpg (in irgendeiner Sprache)\nsee "
        "here\n"
        "[13/1/20, 10:00:04] A: <Medien ausgeschlossen>\n"
        "[13/1/20, 10:00:05] A: \xE2\x80\x8Eimage omitted\n"
        "[13/1/20, 10:00:06] A: This message was deleted\n"
        "[13/1/20, 10:00:07] A: Place: https://maps.google.com/?q=1,2\n";
    test_file_put(path, text, sizeof text - 1);
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    char *got = told_import(*state, &opts);
    assert_string_equal(
        got, "chat ||\n"
             "message  <A|> at=1578909601: \n"
             "  photo named 00000002-PHOTO-2020.jpg|||0|0|\n"
             "gap attachment: 00000002-PHOTO-2020.jpg\n"
             "message  <A|> at=1578909602: \n"
             "  voice present PTT-20200113-WA0001.opus|||0|0|\n"
             "message  <A|> at=1578909603: see here\n"
             "  photo named IMG-20200113-WA0002.jpg|||0|0|\n"
             "gap attachment: IMG-20200113-WA0002.jpg\n"
             "message  <A|> at=1578909604: <Medien ausgeschlossen>\n"
             "  other left-out |||0|0|<Medien ausgeschlossen>\n"
             "gap attachment: <Medien ausgeschlossen>\n"
             "message  <A|> at=1578909605: \xE2\x80\x8Eimage omitted\n"
             "  photo left-out |||0|0|image omitted\n"
             "gap attachment: image omitted\n"
             "message  <A|> at=1578909606 marks=128: This message was deleted\n"
             "message  <A|> at=1578909607: Place: https://maps.google.com/?q=1,2\n"
             "  location inline |||0|0|Place: https://maps.google.com/?q=1,2\n");
    free(got);
}

static void a_forged_head_goes_back_in_time(void **state)
{
    expect(*state,
           "[17.9.2019, 16:37:47] Ann: This is a message\n"
           "[1.9.19, 00:00:00] Ann: the second line of it\n"
           "[17.9.2019, 16:38:06] Ann: next\n",
           "chat |Ann|\n"
           "message  <Ann|> at=1568738267: This is a message\n"
           "remark earlier than the message before it: it may be a part of that message "
           "that "
           "only looks like one of its own\n"
           "message  <Ann|> at=1567296000 marks=5: the second line of it\n"
           "message  <Ann|> at=1568738286: next\n");
}

static void bad_bytes_and_bad_dates(void **state)
{
    expect(*state, "13/1/20, 10:00 - A: a\xFF\n31/2/20, 10:00 - A: y\n",
           "chat |Ann|\nmessage  <A|> at=1578909600~ marks=8: a\xEF\xBF\xBD\n"
           "remark a date that does not exist\nmessage  <A|>: y\n");
}

/* The shapes of other people's fixtures, where they are at hand. */
static void published_fixtures(void **state)
{
    static const struct {
        const char *name;
        size_t messages;
    } files[] = {
        {"_chat.txt", 0}, {"_chat 2.txt", 5}, {"_chat 3.txt", 0}, {"_chat 4.txt", 3}};
    char path[1024];
    const char *source = getenv("EARWITNESS_SOURCE");
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path,
                       "%s/../shared/vectors/chatistics/tests/test_data/whatsapp/%s",
                       source != NULL ? source : ".", files[i].name);
        struct stat st;
        if (stat(path, &st) != 0) {
            print_message("# SKIP no %s\n", path);
            skip();
        }
        ew_import_opts opts = {.format = EW_IMPORT_AUTO};
        char *got = told_import(path, &opts);
        assert_null(strstr(got, "!format"));
        size_t n = 0;
        for (const char *p = got; (p = strstr(p, "message  <")) != NULL; p++)
            n++;
        if (files[i].messages > 0)
            assert_int_equal(n, files[i].messages);
        free(got);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),
        TEST(messages_of_many_lines),
        TEST(order_of_dates),
        TEST(a_person_is_asked),
        TEST(attachments),
        TEST(a_forged_head_goes_back_in_time),
        TEST(bad_bytes_and_bad_dates),
        TEST(published_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
