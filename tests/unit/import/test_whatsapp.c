/* SPDX-License-Identifier: Apache-2.0 */
/* Text exports of WhatsApp in the shapes of many phones. */
#include "told_whatsapp.h"

/* ------------------------------------------------------------------ chats */

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

#define GUESSED                                                                          \
    "remark nothing in this chat tells whether the day or the month comes first in its " \
    "dates; they were read with the day first\n"

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
           "chat |Ann|\n" GUESSED "message  <A|> at=1580551200~ marks=2: x\n");
    expect(*state, "1/2/20, 10:00 - A: x\n1/2/20, 10:01 - A: y\n",
           "chat |Ann|\n" GUESSED "message  <A|> at=1580551200~ marks=2: x\n"
           "message  <A|> at=1580551260~ marks=2: y\n");
    /* Full stops: no language has them behind a month. */
    expect(*state, "01.02.20, 10:00 - A: x\n",
           "chat |Ann|\nmessage  <A|> at=1580551200~: x\n");
    expect(*state, "01.02.20, 10:00 - A: x\n02.01.20, 10:00 - A: y\n",
           "chat |Ann|\nmessage  <A|> at=1580551200~: x\n"
           "remark earlier than the message before it: it may be a part of that message "
           "that only looks like one of its own\n"
           "message  <A|> at=1577959200~ marks=5: y\n");
    ew_import_opts month = {.dates = EW_DATES_MONTH_FIRST};
    expect_with(*state, "1/2/20, 10:00 - A: x\n", &month,
                "chat |Ann|\nmessage  <A|> at=1577959200~: x\n");
}

static bool answer_second(void *cookie, const char *question, const char *const *answers,
                          size_t n, size_t *chosen)
{
    (void)answers;
    assert_string_equal(question, "In which order are the dates of 'WhatsApp Chat with "
                                  "Ann.txt'? It begins with '1/2/20, 10:00'.");
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
    expect_told(*state, EW_IMPORT_AUTO,
                "chat ||\n"
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
           "chat |Ann|\nremark bytes that are no UTF-8 are shown as U+FFFD\nmessage  "
           "<A|> at=1578909600~ marks=8: a\xEF\xBF\xBD\n"
           "remark a date that does not exist\nmessage  <A|>: y\n");
}

/* Words of a language that is not known stand for something when they come again. */
static void words_in_angles(void **state)
{
    expect(
        *state,
        "13/1/20, 10:00 - A: <Media utelatt>\n13/1/20, 10:01 - B: <Media utelatt>\n"
        "13/1/20, 10:02 - B: <once>\n13/1/20, 10:03 - B: <Media utelatt>\nx\n"
        "13/1/20, 10:04 - B: <View once photo omitted>\n",
        "chat |Ann|\n"
        "remark these words in angles come more than once: taken for something that the "
        "export leaves out\n"
        "message  <A|> at=1578909600~ marks=4: <Media utelatt>\n"
        "  other left-out |||0|0|<Media utelatt>\n"
        "gap attachment: <Media utelatt>\n"
        "message  <B|> at=1578909660~ marks=4: <Media utelatt>\n"
        "  other left-out |||0|0|<Media utelatt>\n"
        "gap attachment: <Media utelatt>\n"
        "message  <B|> at=1578909720~: <once>\n"
        "message  <B|> at=1578909780~: <Media utelatt>\nx\n"
        "message  <B|> at=1578909840~: <View once photo omitted>\n"
        "  photo left-out |||0|0|<View once photo omitted>\n"
        "gap attachment: <View once photo omitted>\n");
}

static void heads_of_more_languages(void **state)
{
    static const char *const heads[] = {
        "13.1.20 \u0433., 10:00 \u0447. - ", "2020-01-13 10\u00A0h\u00A000 - ",
        "13.1.20, 10:00 e paradites - ",
        ("\u1041\u1043/\u1041/\u1042\u1040\u1042\u1040\u104A "
         "\u1041\u1040:\u1040\u1040 - ")};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "%sA: x\n", heads[i]);
        expect(*state, text, "chat |Ann|\nmessage  <A|> at=1578909600~: x\n");
    }
}

/* Places are those of the original. */
static ew_code see_place(void *cookie, const ew_message *m, ew_err *err)
{
    (void)err;
    *(ew_place *)cookie = m->place;
    return EW_OK;
}

static void saved_in_another_encoding(void **state)
{
    static const char latin[] =
        "13/1/20, 10:00 - Zo\xEB: caf\xE9\n13/1/20, 10:01 - Zo\xEB: y\n";
    char wide[2 * sizeof latin] = "\xFF\xFE";
    size_t n = 2;
    expect(*state, latin,
           "chat |Ann|\n"
           "remark not UTF-8, as WhatsApp writes it: read as windows-1252\n"
           "message  <Zo\u00EB|> at=1578909600~: caf\u00E9\n"
           "message  <Zo\u00EB|> at=1578909660~: y\n");
    for (const char *p = latin; *p != 0; p++) {
        wide[n++] = *p;
        wide[n++] = 0;
    }
    const char *path = test_path(*state, "_chat.txt");
    test_file_put(path, wide, n);
    ew_delivery *d = NULL;
    ew_place place = {0, 0, 0};
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    ew_import_sink sink = {.cookie = &place, .message = see_place};
    assert_int_equal(ew_delivery_open(&d, path, NULL), EW_OK);
    assert_int_equal(ew_import_run(d, &opts, &sink, NULL), EW_OK);
    ew_delivery_close(d);
    assert_int_equal(place.at, 2 + 2 * 27);
    assert_int_equal(place.bytes, n - place.at);
}

/* ------------------------------------------------------------------ bodies */

static void edited_and_deleted(void **state)
{
    expect(
        *state,
        "13/1/24, 10:00 - A: better <This message was edited>\n"
        "13/1/24, 10:01 - A: due\nrighe \u200E<Questo messaggio \u00E8 stato "
        "modificato>\n"
        "13/1/24, 10:02 - A: x <Se edit\u00F3 este mensaje.>\n"
        "13/1/24, 10:03 - A: This message was deleted\nor was it\n"
        "13/1/24, 10:04 - A: Diese Nachricht wurde gel\u00F6scht.\n"
        "13/1/24, 10:05 - A: <not edited>\n"
        "13/1/24, 10:06 - A: null\n",
        "chat |Ann|\n"
        "gap version: the message was edited; what it said before is not in the "
        "export\n"
        "message  <A|> at=1705140000~: better\n"
        "gap version: the message was edited; what it said before is not in the "
        "export\n"
        "message  <A|> at=1705140060~: due\nrighe\n"
        "gap version: the message was edited; what it said before is not in the "
        "export\n"
        "message  <A|> at=1705140120~: x\n"
        "message  <A|> at=1705140180~: This message was deleted\nor was it\n"
        "message  <A|> at=1705140240~ marks=128: Diese Nachricht wurde gel\u00F6scht.\n"
        "message  <A|> at=1705140300~: <not edited>\n"
        "remark \"null\" stands for what was to be viewed once, unless somebody wrote "
        "it\n"
        "message  <A|> at=1705140360~ marks=4: null\n");
}

static void what_an_iphone_says(void **state)
{
    expect(*state,
           "[13/1/24, 10:00:00] Group: \u200EMessages and calls are end-to-end "
           "encrypted.\n"
           "\u200E[13/1/24, 10:00:01] ~\u202FAnn: \u200E~\u202FAnn joined using this "
           "group's invite link\n"
           "[13/1/24, 10:00:02] \u202A+855\u00A012\u00A0345\u00A0678\u202C: \u200EMissed "
           "voice call, \u200ETap to call back\n"
           "[13/1/24, 10:00:03] Ann: \u200EPOLL:\nWhen?\n\u200EOPTION: now (\u200E1 "
           "vote)\n"
           "[13/1/24, 10:00:04] Ann: \u200E@Bob look\n"
           "[13/1/24, 10:00:05] Ann: caption \u200E<attached: 00000002-PHOTO.jpg>\n",
           "chat |Ann|\n"
           "service  <Group|> at=1705140000: \u200EMessages and calls are end-to-end "
           "encrypted.\n"
           "service  <~\u202FAnn|> at=1705140001: \u200E~\u202FAnn joined using this "
           "group's invite link\n"
           "service  <+855\u00A012\u00A0345\u00A0678|+85512345678> at=1705140002: "
           "\u200EMissed voice call, \u200ETap to call back\n"
           "message  <Ann|> at=1705140003: \u200EPOLL:\nWhen?\n\u200EOPTION: now "
           "(\u200E1 vote)\n"
           "  other inline |poll||0|0|\n"
           "message  <Ann|> at=1705140004: \u200E@Bob look\n"
           "message  <Ann|> at=1705140005: caption \u200E<attached: 00000002-PHOTO.jpg>\n"
           "  photo named 00000002-PHOTO.jpg|||0|0|\n"
           "gap attachment: 00000002-PHOTO.jpg\n");
}

static void names_with_colons(void **state)
{
    expect(
        *state,
        "13/1/24, 10:00 - Team: North: hello\n"
        "13/1/24, 10:01 - Bob: note: buy tea\n"
        "13/1/24, 10:02 - Team: North: again: yes\n"
        "13/1/24, 10:03 - Bob: fine\n"
        "13/1/24, 10:04 - Ann changed the subject from \"Tea\" to \"Tea: now\"\n"
        "13/1/24, 10:05 - Ann changed the subject to \u201CTea: now\u201D\n"
        "13/1/24, 10:06 - Ann \"A\" B.: x\n"
        "13/1/24, 10:07 - Ann left\n",
        "chat |Ann|\n"
        "remark a name with a colon: all messages that begin with its first half go on "
        "with the second\n"
        "message  <Team: North|> at=1705140000~ marks=4: hello\n"
        "message  <Bob|> at=1705140060~: note: buy tea\n"
        "message  <Team: North|> at=1705140120~ marks=4: again: yes\n"
        "message  <Bob|> at=1705140180~: fine\n"
        "service  <|> at=1705140240~: Ann changed the subject from \"Tea\" to \"Tea: "
        "now\"\n"
        "service  <|> at=1705140300~: Ann changed the subject to \u201CTea: "
        "now\u201D\n"
        "message  <Ann \"A\" B.|> at=1705140360~: x\n"
        "service  <|> at=1705140420~: Ann left\n");
}

static void several_chats_and_a_text_that_was_sent(void **state)
{
    static const char one[] = "13/1/24, 10:00 - A: list.pdf (\u0E44\u0E1F\u0E25\u0E4C)\n";
    static const char two[] = "13/1/24, 10:00 - B: y\n";
    put_text(*state, "WhatsApp Chat with Ann.txt", one);
    put_text(*state, "WhatsApp-Chat mit Bob.txt", two);
    put_text(*state, "notes.txt", two);
    put_text(*state, "list.pdf", "x");
    expect_told(*state, EW_IMPORT_WHATSAPP,
                "chat |Ann|\nmessage  <A|> at=1705140000~: \n"
                "  file present list.pdf|||0|0|\n"
                "chat |Bob|\nmessage  <B|> at=1705140000~: y\n");
}

static void hostile_shapes(void **state)
{
    /* Nothing behind the head, NULs, bytes that are no UTF-8 in names, a head cut off. */
    static const char text[] = "13/1/24, 10:00 - \n13/1/24, 10:01 - :\n"
                               "13/1/24, 10:02 - a\0b: c\0d\n"
                               "13/1/24, 10:03 - \xC3: \xE2\x80\n"
                               "13/1/24, 10:04 - A: <\n13/1/24, 10:05 - A: (\n"
                               "13/1/24, 10:0";
    const char *path = test_path(*state, "_chat.txt");
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    test_file_put(path, text, sizeof text - 1);
    char *got = told_import(path, &opts);
    assert_non_null(strstr(got, "service  <|> at=1705140000~: \n"));
    assert_non_null(strstr(got, "marks=8: \xEF\xBF\xBD\xEF\xBF\xBD\n"));
    assert_non_null(strstr(got, "(\n13/1/24, 10:0\n"));
    free(got);
}

static void out_of_memory(void **state)
{
    put_text(*state, "_chat.txt", "13/1/24, 10:00 - +1 555 0101: x <Mensagem editada>\n");
    assert_true(told_without_memory(*state, EW_IMPORT_WHATSAPP, 0) > 5);
}

/* The shapes of other people's fixtures, where they are at hand. */
static void published_fixtures(void **state)
{
    static const struct {
        const char *name;
        size_t messages;
    } files[] = {
        {"_chat.txt", 0}, {"_chat 2.txt", 5}, {"_chat 3.txt", 0}, {"_chat 4.txt", 3}};
    (void)state;
    const char *dir = vector_need("chatistics/tests/test_data/whatsapp");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *path = test_path(dir, files[i].name);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(messages_of_many_lines),
        TEST_IN_DIR(order_of_dates),
        TEST_IN_DIR(a_person_is_asked),
        TEST_IN_DIR(attachments),
        TEST_IN_DIR(a_forged_head_goes_back_in_time),
        TEST_IN_DIR(bad_bytes_and_bad_dates),
        TEST_IN_DIR(words_in_angles),
        TEST_IN_DIR(heads_of_more_languages),
        TEST_IN_DIR(saved_in_another_encoding),
        TEST_IN_DIR(edited_and_deleted),
        TEST_IN_DIR(what_an_iphone_says),
        TEST_IN_DIR(names_with_colons),
        TEST_IN_DIR(several_chats_and_a_text_that_was_sent),
        TEST_IN_DIR(hostile_shapes),
        TEST_IN_DIR(out_of_memory),
        TEST_IN_DIR(published_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
