/* SPDX-License-Identifier: Apache-2.0 */
/* One chat from result.json and from pages: what each adds, and what is told where they differ. */
#include "test_telegram_made.h"

#define JSON_HEAD "{\"name\":\"G\",\"type\":\"private_group\",\"id\":7,\"messages\":["
#define JSON_TAIL "]}"
/* Moments of 10 January 2024, 12:00:00 and following seconds, in UTC+01:00. */
#define JSON_AT(s, unix_s)                                                               \
    "\"date\":\"2024-01-10T12:00:" s "\",\"date_unixtime\":\"" unix_s "\","
#define JSON_OLD(s) "\"date\":\"2024-01-10T12:00:" s "\","
#define JSON_FROM(name) "\"from\":\"" name "\",\"from_id\":\"user5\","
#define JSON_MESSAGE(id, time, rest) "{\"id\":" id ",\"type\":\"message\"," time rest "}"
#define PAGE_AT(s) "10.01.2024 12:00:" s " UTC+01:00"

#define FORWARD_REMARK                                                                   \
    "remark dates of forwards come from the page, with its zone, which is that of "      \
    "winter all year: in summer they may be an hour late\n"
#define SUM(both, differ, json, html)                                                    \
    "remark the chat is in result.json and in pages: " both " messages in both, " differ \
    " of them with differences; " json " only in result.json, " html " only in pages\n"

static void expect(const char *dir, const char *json, const char *page, const char *want)
{
    put_text(dir, "result.json", json);
    put_text(dir, "messages.html", page);
    expect_told(dir, EW_IMPORT_AUTO, want);
}

static void the_same_in_both(void **state)
{
    make_folder(*state, "files");
    put_text(*state, "files/a.pdf", "x");
    expect(
        *state,
        JSON_HEAD JSON_MESSAGE(
            "1", JSON_AT("01", "1704884401"),
            JSON_FROM(
                "\u179F\u17BB\u1781 \u178A\u17B6") "\"text\":[\"a\\nb "
                                                   "\",{\"type\":\"bold\",\"text\":\"c & "
                                                   "d\"},\"\\u2028\"]") "," JSON_MESSAGE("2",
                                                                                         JSON_AT(
                                                                                             "02",
                                                                                             "1704884402"),
                                                                                         "\"from\":null,\"file\":\"files/"
                                                                                         "a.pdf\",\"file_name\":\"a.pdf\",\"text\":\"\"") "," JSON_MESSAGE("3",
                                                                                                                                                           JSON_AT(
                                                                                                                                                               "03",
                                                                                                                                                               "1704884403"),
                                                                                                                                                           JSON_FROM(
                                                                                                                                                               "\u0644\u064A\u0644\u0649") "\"forwarded_from\":\"News\","
                                                                                                                                                                                           "\"reply_to_message_id\":1,\"text\":\"x\"") ","
                                                                                                                                                                                                                                       "{\"id\":4,\"type\":\"service\"," JSON_AT(
                                                                                                                                                                                                                                           "04",
                                                                                                                                                                                                                                           "1704884404") "\"actor\":\"A\",\"action\":\"pin_message\","
                                                                                                                                                                                                                                                         "\"message_id\":3,\"text\":\"\"}" JSON_TAIL,
        PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "\u179F\u17BB\u1781 \u178A\u17B6",
                               SAID("a<br>b <strong>c &amp; d</strong><br>"))
            MESSAGE("2", PAGE_AT("02"), "Deleted Account",
                    MEDIA_LINK("media_file", "files/a.pdf", TITLE("a.pdf")))
                MESSAGE("3", PAGE_AT("03"), "\u0644\u064A\u0644\u0649",
                        FORWARD("News", "01.01.2024 08:00:00 UTC+01:00",
                                REPLY("#go_to_message1") SAID("x")))
                    SERVICE("4", "A pinned this message") PAGE_TAIL,
        "chat 7|G|private_group\n"
        "message 1 <\u179F\u17BB\u1781 \u178A\u17B6|user5> at=1704884401Z: a\nb c & "
        "d\u2028\n"
        "message 2 <|> at=1704884402Z: \n  file present "
        "files/a.pdf|a.pdf||0|0|\n" FORWARD_REMARK
        "message 3 <\u0644\u064A\u0644\u0649|user5> at=1704884403Z re=1 fwd=News "
        "sent=1704092400Z: x\n"
        "service 4 <A|> at=1704884404Z re=3: pinned a message\n");
}

static void clocks_become_moments(void **state)
{
    expect(
        *state,
        JSON_HEAD JSON_MESSAGE(
            "1", JSON_OLD("01"),
            JSON_FROM("A") "\"text\":\"x\"") "," JSON_MESSAGE("2", JSON_OLD("02"),
                                                              JSON_FROM(
                                                                  "A") "\"text\":\"y\"")
            JSON_TAIL,
        PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "A", SAID("x"))
            JOINED("2", "10.01.2024 12:00:02", SAID("y")) PAGE_TAIL,
        "chat 7|G|private_group\nmessage 1 <A|user5> at=1704884401Z: x\n"
        "message 2 <A|user5> at=1704888002: y\n");
}

static void differences(void **state)
{
    expect(
        *state,
        JSON_HEAD JSON_MESSAGE("1", JSON_AT("01", "1704884401"), JSON_FROM("A") "\"text\":\"we deny it\"") "," JSON_MESSAGE("2", JSON_AT("02", "1704884402"), JSON_FROM("B") "\"text\":\"x\"") "," JSON_MESSAGE(
            "3", JSON_AT("03", "1704884403"),
            JSON_FROM(
                "A") "\"text\":\"x\"") "," JSON_MESSAGE("4", JSON_AT("04", "1704884404"),
                                                        JSON_FROM(
                                                            "A") "\"file\":\"files/"
                                                                 "1.ogg\",\"text\":"
                                                                 "\"\"") "," JSON_MESSAGE("5",
                                                                                          JSON_AT(
                                                                                              "05",
                                                                                              "1704884405"),
                                                                                          JSON_FROM(
                                                                                              "A") "\"file\":\"(File not included. "
                                                                                                   "x)\",\"text\":\"\"") "," JSON_MESSAGE("6",
                                                                                                                                          JSON_AT(
                                                                                                                                              "06",
                                                                                                                                              "1704884406"),
                                                                                                                                          JSON_FROM(
                                                                                                                                              "A") "\"forwarded_from\":\"N\","
                                                                                                                                                   "\"text\":\"x\"")
            JSON_TAIL,
        PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "A", SAID("we confirm it"))
            MESSAGE("2", PAGE_AT("02"), "C", SAID("x"))
                MESSAGE("3", PAGE_AT("33"), "A", SAID("x"))
                    MESSAGE("4", PAGE_AT("04"), "A",
                            MEDIA_LINK("media_voice_message", "files/2.ogg",
                                       TITLE("Voice message")))
                        JOINED("5", PAGE_AT("05"),
                               MEDIA_LINK("media_voice_message", "files/3.ogg",
                                          TITLE("Voice message")))
                            MESSAGE("6", PAGE_AT("06"), "A", SAID("x")) PAGE_TAIL,
        "chat 7|G|private_group\n"
        "remark message 1: text is 'we deny it' in result.json and 'we confirm it' in "
        "the "
        "page\n"
        "message 1 <A|user5> at=1704884401Z: we deny it\n"
        "remark message 2: sender is 'B' in result.json and 'C' in the page\n"
        "message 2 <B|user5> at=1704884402Z: x\n"
        "remark message 3: time is '2024-01-10T12:00:03' in result.json and '10.01.2024 "
        "12:00:33 UTC+01:00' in the page\n"
        "message 3 <A|user5> at=1704884403Z: x\n"
        "remark message 4: attachment is 'files/1.ogg' in result.json and 'files/2.ogg' "
        "in "
        "the page\n"
        "message 4 <A|user5> at=1704884404Z: \n  file named files/1.ogg|||0|0|\n"
        "gap attachment: files/1.ogg\n"
        "remark message 5: attachment is 'a file that is left-out' in result.json and "
        "'files/3.ogg' in the page\n"
        "message 5 <A|user5> at=1704884405Z: \n  file left-out |||0|0|(File not "
        "included. "
        "x)\n"
        "gap attachment: (File not included. x)\n"
        "remark message 6: forwarded from is 'N' in result.json and '' in the page\n"
        "message 6 <A|user5> at=1704884406Z fwd=N: x\n" SUM("6", "6", "0", "0"));
}

static void other_links(void **state)
{
    expect(*state,
           JSON_HEAD JSON_MESSAGE(
               "1", JSON_AT("01", "1704884401"),
               JSON_FROM("A") "\"text\":[{\"type\":\"text_link\",\"text\":\"here\","
                              "\"href\":\"https://x.example\"}]") JSON_TAIL,
           PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "A",
                                  SAID("<a href=\"https://y.example\">here</a>"))
               PAGE_TAIL,
           "chat 7|G|private_group\n"
           "remark message 1: link is 'https://x.example' in result.json and "
           "'https://y.example' in the page\n"
           "message 1 <A|user5> at=1704884401Z: here\n"
           "  other inline |link||0|0|https://x.example\n" SUM("1", "1", "0", "0"));
}

static void only_in_one(void **state)
{
    expect(
        *state,
        JSON_HEAD
            JSON_MESSAGE("2", JSON_AT("02", "1704884402"), JSON_FROM("A") "\"text\":\"two\"") "," JSON_MESSAGE(
                "4", JSON_AT("04", "1704884404"),
                JSON_FROM(
                    "A") "\"text\":\"four\"") "," JSON_MESSAGE("5",
                                                               JSON_AT("05",
                                                                       "1704884405"),
                                                               JSON_FROM("B") "\"text\":"
                                                                              "\"five\"")
                JSON_TAIL,
        PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "A",
                               SAID("one")) JOINED("2", PAGE_AT("02"), SAID("two"))
            JOINED("3", PAGE_AT("03"),
                   MEDIA_LINK("media_file", "x.pdf", TITLE("x.pdf")) SAID("three"))
                JOINED("4", PAGE_AT("04"), SAID("four")) SERVICE("9", "nine") PAGE_TAIL,
        "chat 7|G|private_group\n"
        "message 1 <A|> at=1704884401Z marks=32: one\n"
        "message 2 <A|user5> at=1704884402Z: two\n"
        "message 3 <A|> at=1704884403Z marks=32: three\n"
        "  file named x.pdf|x.pdf||0|0|\ngap attachment: x.pdf\n"
        "message 4 <A|user5> at=1704884404Z: four\n"
        "message 5 <B|user5> at=1704884405Z marks=64: five\n"
        "service 9 <|> marks=32: nine\n" SUM("2", "0", "1", "3"));
}

/* Where clocks are put forward in summer, pages have the zone of winter. */
static void summer(void **state)
{
    expect(
        *state,
        JSON_HEAD JSON_MESSAGE(
            "1",
            "\"date\":\"2024-07-10T12:00:00\",\"date_unixtime\":"
            "\"1720605600\",",
            JSON_FROM("A") "\"forwarded_from\":\"N\",\"text\":"
                           "\"x\"") "," JSON_MESSAGE("2",
                                                     "\"date\":"
                                                     "\"2024-07-"
                                                     "10T13:00:"
                                                     "00\",\"date_"
                                                     "unixtime\":"
                                                     "\"1720605600"
                                                     "\",",
                                                     JSON_FROM("A") "\"te"
                                                                    "xt\""
                                                                    ":\"x"
                                                                    "\"") JSON_TAIL,
        PAGE_HEAD("G") MESSAGE("1", "10.07.2024 12:00:00 UTC+01:00", "A",
                               FORWARD("N", "09.07.2024 12:00:00 UTC+01:00", SAID("x")))
            MESSAGE("2", "10.07.2024 13:00:00 UTC+01:00", "A", SAID("x")) PAGE_TAIL,
        "chat 7|G|private_group\n" FORWARD_REMARK
        "message 1 <A|user5> at=1720605600Z fwd=N sent=1720519200Z: x\n"
        "remark message 2: time with its zone is 7200 seconds later in the page than "
        "in "
        "result.json\n"
        "message 2 <A|user5> at=1720605600Z: x\n" SUM(
            "2", "1", "0", "0") "remark the zone in pages is that of winter for 1 "
                                "messages sent in summer; the "
                                "moments of result.json count\n");
}

/* Messages saved for oneself: pages show who wrote first. */
static void saved_messages(void **state)
{
    expect(*state,
           JSON_HEAD JSON_MESSAGE("1", JSON_AT("01", "1704884401"),
                                  JSON_FROM("Me") "\"forwarded_from\":\"Ann\","
                                                  "\"saved_from\":\"Ann\",\"text\":\"x\"")
               JSON_TAIL,
           PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "Ann", SAID("x")) PAGE_TAIL,
           "chat 7|G|private_group\nremark message 1: saved from 'Ann'\n"
           "message 1 <Me|user5> at=1704884401Z fwd=Ann: x\n");
}

static void all_chats(void **state)
{
    static const char *const folders[] = {"chats", "chats/chat_1", "chats/chat_2",
                                          "chats/chat_3", "chats/chat_2/files"};
    for (size_t i = 0; i < 5; i++)
        make_folder(*state, folders[i]);
    put_text(*state, "chats/chat_2/files/a.pdf", "x");
    put_text(
        *state, "result.json",
        "{\"about\":\"x\",\"chats\":{\"about\":\"y\",\"list\":["
        "{\"name\":\"A\",\"type\":\"personal_chat\",\"id\":1,\"messages\":["
        "{\"id\":1,\"type\":\"message\",\"date\":\"2024-01-10T12:00:01\",\"from\":\"A\","
        "\"text\":\"a\"}]},"
        "{\"name\":\"B\",\"type\":\"public_channel\",\"id\":2,\"messages\":["
        "{\"id\":1,\"type\":\"message\",\"date\":\"2024-01-10T12:00:02\",\"from\":\"B\","
        "\"file\":\"chats/chat_2/files/a.pdf\",\"text\":\"b\"}]},"
        "{\"name\":\"E\",\"type\":\"personal_chat\",\"id\":4,\"messages\":[]}]},"
        "\"left_chats\":{\"list\":[{\"name\":\"C\",\"type\":\"public_channel\",\"id\":3,"
        "\"messages\":[{\"id\":1,\"type\":\"message\",\"date\":\"2024-01-10T12:00:03\","
        "\"from\":\"C\",\"text\":\"c\"}]}]}}");
    put_text(*state, "chats/chat_1/messages.html",
             PAGE_HEAD("A") MESSAGE("1", PAGE_AT("01"), "A", SAID("a")) PAGE_TAIL);
    put_text(*state, "chats/chat_2/messages.html",
             PAGE_HEAD("B")
                 MESSAGE("1", PAGE_AT("02"), "B",
                         MEDIA_LINK("media_file", "../../chats/chat_2/files/a.pdf",
                                    TITLE("a.pdf")) SAID("b")) PAGE_TAIL);
    /* Its number is that of the empty chat: the times say whose it is. */
    put_text(*state, "chats/chat_3/messages.html",
             PAGE_HEAD("C") MESSAGE("1", PAGE_AT("03"), "C", SAID("other")) PAGE_TAIL);
    expect_told(*state, EW_IMPORT_AUTO,
                "chat 1|A|personal_chat\nmessage 1 <A|> at=1704884401Z: a\n"
                "chat 2|B|public_channel\nmessage 1 <B|> at=1704884402Z: b\n"
                "  file present chats/chat_2/files/a.pdf|||0|0|\n"
                "chat 4|E|personal_chat\n"
                "chat 3|C|public_channel\n"
                "remark message 1: text is 'c' in result.json and 'other' in the page\n"
                "message 1 <C|> at=1704884403Z: c\n" SUM("1", "1", "0", "0"));
}

static void several_exports(void **state)
{
    static const char *const folders[] = {"x", "x/chat_a", "x/chat_b", "x/chat_c"};
    for (size_t i = 0; i < 4; i++)
        make_folder(*state, folders[i]);
    put_text(*state, "x/chat_a/result.json",
             JSON_HEAD JSON_MESSAGE("1", JSON_OLD("01"), JSON_FROM("A") "\"text\":\"a\"")
                 JSON_TAIL);
    put_text(*state, "x/chat_a/messages.html",
             PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "A", SAID("a")) PAGE_TAIL);
    put_text(*state, "x/chat_b/messages.html",
             PAGE_HEAD("H") MESSAGE("1", "", "B", SAID("b")) PAGE_TAIL);
    put_text(*state, "x/chat_c/result.json", "[]");
    expect_told(*state, EW_IMPORT_AUTO,
                "chat 7|G|private_group\nmessage 1 <A|user5> at=1704884401Z: a\n"
                "gap file: not an export of Telegram\n"
                "chat |H|\nmessage 1 <B|>: b\n");
}

static void another_chat(void **state)
{
    expect(
        *state,
        JSON_HEAD JSON_MESSAGE("1", JSON_OLD("01"), JSON_FROM("A") "\"text\":\"a\"")
            JSON_TAIL,
        PAGE_HEAD("H") MESSAGE("5", PAGE_AT("01"), "A", SAID("a"))
            NEXT_PAGE("messages2.html") PAGE_TAIL,
        "gap file: the page that this one says to be next is not there\n"
        "chat 7|G|private_group\nmessage 1 <A|user5> at=1704888001: a\n"
        "chat |H|\n"
        "remark times are understood with the zone that stands beside them; Telegram "
        "Desktop writes that of winter all year, so where clocks are put forward a time "
        "in summer may be an hour late\n"
        "message 5 <A|> at=1704884401Z: a\n"
        "remark these pages are of no chat that result.json has\n");
}

/* What breaks off in the one is there in the other. */
static void a_broken_json(void **state)
{
    expect(
        *state,
        JSON_HEAD JSON_MESSAGE("1", JSON_OLD("01"),
                               JSON_FROM("A") "\"text\":\"a\"") ","
                                                                "{\"id\":2,\"te",
        PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "A", SAID("a"))
            MESSAGE("2", PAGE_AT("02"), "B", SAID("b")) PAGE_TAIL,
        "chat 7|G|private_group\nmessage 1 <A|user5> at=1704884401Z: a\n"
        "gap messages: not JSON at byte 160: the text ends within a string\n"
        "remark result.json can be read up to byte 149 only: what stands before was, the "
        "rest of 11 bytes was not\n"
        "message 2 <B|> at=1704884402Z marks=32: b\n" SUM("1", "0", "0", "1"));
    expect(*state, "nothing", PAGE_HEAD("G") MESSAGE("1", "", "A", SAID("a")) PAGE_TAIL,
           "gap file: not an export of Telegram\nchat |G|\nmessage 1 <A|>: a\n");
}

/* Texts that agree at first are told from where they part. */
static void long_texts(void **state)
{
    char json[4096];
    char page[4096];
    char text[400];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 0;
    (void)snprintf(json, sizeof json, JSON_HEAD "%s%s%s" JSON_TAIL,
                   "{\"id\":1,\"type\":\"message\"," JSON_OLD("01") "\"from\":\"A\","
                                                                    "\"text\":\"",
                   text, " not true\"}");
    (void)snprintf(page, sizeof page, "%s%s%s",
                   PAGE_HEAD("G") OPEN("1", "")
                       DIV("body", AT(PAGE_AT("01")) FROM("A")) "<div class=\"text\">",
                   text, " true</div></div>" PAGE_TAIL);
    put_text(*state, "result.json", json);
    put_text(*state, "messages.html", page);
    expect_words_told(*state, EW_IMPORT_AUTO,
                      "text is 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa not true' in "
                      "result.json and 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
                      "true' in the page");
}

static void without_memory(void **state)
{
    put_text(
        *state, "result.json",
        JSON_HEAD JSON_MESSAGE(
            "1", JSON_OLD("01"),
            JSON_FROM("A") "\"text\":\"a\"") "," JSON_MESSAGE("2", JSON_OLD("02"),
                                                              JSON_FROM(
                                                                  "A") "\"text\":\"a\"")
            JSON_TAIL);
    put_text(*state, "messages.html",
             PAGE_HEAD("G") MESSAGE("1", PAGE_AT("01"), "A", SAID("b"))
                 JOINED("3", PAGE_AT("03"), SAID("c")) PAGE_TAIL);
    assert_true(told_without_memory(*state, EW_IMPORT_AUTO, 0) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(the_same_in_both), TEST_IN_DIR(clocks_become_moments),
        TEST_IN_DIR(differences),      TEST_IN_DIR(only_in_one),
        TEST_IN_DIR(other_links),      TEST_IN_DIR(summer),
        TEST_IN_DIR(saved_messages),   TEST_IN_DIR(all_chats),
        TEST_IN_DIR(several_exports),  TEST_IN_DIR(another_chat),
        TEST_IN_DIR(a_broken_json),    TEST_IN_DIR(long_texts),
        TEST_IN_DIR(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
