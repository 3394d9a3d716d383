/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of Telegram Desktop, made up in the shapes that real ones have. */
#include "test_telegram_made.h"

#include "told_telegram.h"

static void one_chat(void **state)
{
    put_text(*state, "voice_messages/a.ogg", "x");
    expect(
        *state,
        "{\"name\":\"Ann\",\"type\":\"personal_chat\",\"id\":77,\"messages\":[\n"
        "{\"id\":1,\"type\":\"message\",\"date\":\"2024-01-02T03:04:05\","
        "\"date_unixtime\":\"1704157445\",\"from\":\"Ann\",\"from_id\":\"user5\","
        "\"text\":\"hello\",\"text_entities\":[{\"type\":\"plain\",\"text\":\"hello\"}]},"
        "\n"
        "{\"id\":2,\"type\":\"message\",\"date\":\"2024-01-02T03:05:00\",\"from\":null,"
        "\"from_id\":\"user5\",\"reply_to_message_id\":1,"
        "\"text\":[\"see \",{\"type\":\"link\",\"text\":\"https://x.example\"},\"!\"],"
        "\"edited\":\"2024-01-02T03:06:00\",\"edited_unixtime\":\"1704157560\"},\n"
        "{\"id\":3,\"type\":\"message\",\"date\":\"2024-01-02T03:07:00\",\"from\":"
        "\"Bob\","
        "\"file\":\"voice_messages/a.ogg\",\"media_type\":\"voice_message\","
        "\"mime_type\":\"audio/ogg\",\"duration_seconds\":12,\"text\":\"\"}\n]}",
        "chat 77|Ann|personal_chat\n"
        "message 1 <Ann|user5> at=1704157445Z: hello\n"
        "message 2 <|user5> at=1704164700 edited=1704157560Z re=1: see "
        "https://x.example!\n"
        "message 3 <Bob|> at=1704164820: \n"
        "  voice present voice_messages/a.ogg||audio/ogg|0|12|\n");
}

static void what_is_missing(void **state)
{
    expect(
        *state,
        "{\"name\":\"G\",\"messages\":["
        "{\"id\":1,\"photo\":\"(File not included. Change data exporting settings to "
        "download.)\",\"text\":\"\"},"
        "{\"id\":2,\"file\":\"(File exceeds maximum size. Change data exporting settings "
        "to "
        "download.)\",\"file_name\":\"a.mp4\",\"media_type\":\"video_file\",\"text\":"
        "\"\"},"
        "{\"id\":3,\"file\":\"(File unavailable, please try again "
        "later)\",\"text\":\"\"},"
        "{\"id\":4,\"file\":\"files/lost.pdf\",\"file_size\":99,\"text\":\"\"}]}",
        "chat |G|\n"
        "message 1 <|>: \n"
        "  photo left-out |||0|0|(File not included. Change data exporting settings to "
        "download.)\n"
        "gap attachment: (File not included. Change data exporting settings to "
        "download.)\n"
        "message 2 <|>: \n"
        "  video too-large |a.mp4||0|0|(File exceeds maximum size. Change data exporting "
        "settings to download.)\n"
        "gap attachment: (File exceeds maximum size. Change data exporting settings to "
        "download.)\n"
        "message 3 <|>: \n"
        "  file unavailable |||0|0|(File unavailable, please try again later)\n"
        "gap attachment: (File unavailable, please try again later)\n"
        "message 4 <|>: \n"
        "  file named files/lost.pdf|||99|0|\n"
        "gap attachment: files/lost.pdf\n");
}

static void all_chats(void **state)
{
    expect(*state,
           "{\"about\":\"x\",\"personal_information\":{\"user_id\":1,\"bio\":\"\"},"
           "\"contacts\":{\"list\":[{\"first_name\":\"A\"}]},"
           "\"chats\":{\"about\":\"y\",\"list\":[{\"type\":\"saved_messages\",\"id\":1,"
           "\"messages\":[{\"id\":1,\"text\":\"a\"}]},"
           "{\"name\":\"B\",\"type\":\"private_group\",\"id\":2,\"messages\":["
           "{\"id\":9,\"type\":\"service\",\"actor\":\"Ann\",\"actor_id\":\"user5\","
           "\"action\":\"create_group\",\"title\":\"B\",\"members\":[\"Ann\",null],"
           "\"text\":\"\"}]}]},\"left_chats\":{\"list\":[]}}",
           "remark the export also holds 'personal_information', which is no chat: it "
           "stays in the original\n"
           "remark the export also holds 'contacts', which is no chat: it stays in the "
           "original\n"
           "chat 1||saved_messages\nmessage 1 <|>: a\n"
           "chat 2|B|private_group\nservice 9 <Ann|user5>: created the group; title: B; "
           "members: Ann, a deleted account\n");
}

static void forwards_and_inline_things(void **state)
{
    expect(
        *state,
        "{\"messages\":["
        "{\"id\":1,\"forwarded_from\":\"News\",\"text\":\"x\"},"
        "{\"id\":2,\"forwarded_from\":null,\"location_information\":{\"latitude\":11.5,"
        "\"longitude\":104.9},\"text\":\"\"},"
        "{\"id\":3,\"contact_information\":{\"first_name\":\"A\",\"phone_number\":\"1\"},"
        "\"text\":\"\"}]}",
        "chat ||\nmessage 1 <|> fwd=News: x\n"
        "message 2 <|> fwd=: \n  location inline |||0|0|11.5 104.9\n"
        "message 3 <|>: \n  contact inline |||0|0|A 1\n");
}

#define SERVICE_OF(fields)                                                               \
    "{\"messages\":[{\"id\":1,\"type\":\"service\",\"actor\":\"Ann\",\"actor_id\":"      \
    "\"user5\"," fields "}]}"

static void what_was_done(void **state)
{
    static const struct {
        const char *fields, *text;
    } all[] = {
        {"\"action\":\"invite_members\",\"members\":[\"Sok\",null],\"text\":\"\"",
         "<Ann|user5>: invited; members: Sok, a deleted account"},
        {"\"action\":\"pin_message\",\"message_id\":7,\"text\":\"\"",
         "<Ann|user5> re=7: pinned a message"},
        {"\"action\":\"phone_call\",\"duration_seconds\":35,\"discard_reason\":"
         "\"hangup\"",
         "<Ann|user5>: phone call; duration seconds: 35; discard reason: hangup"},
        {"\"action\":\"send_webview_data\",\"text\":\"Order\",\"text\":\"\","
         "\"text_entities\":[]",
         "<Ann|user5>: sent data to the page of a bot: Order"},
        {"\"information_text\":\"You changed it\",\"text\":\"\"",
         "<Ann|user5>: information text: You changed it"},
        {"\"action\":\"topic_edit\",\"new_title\":\"\u1781\u17D2\u1798\u17C2\u179A\","
         "\"new_icon_emoji_id\":0",
         "<Ann|user5>: changed the topic; new title: \u1781\u17D2\u1798\u17C2\u179A; new "
         "icon emoji "
         "id: 0"},
        {"\"action\":\"giveaway_results\",\"winners\":3,\"unclaimed\":0",
         "<Ann|user5>: giveaway results; winners: 3; unclaimed: 0"},
        {"\"action\":\"todo_append_tasks\",\"items\":[{\"text\":[{\"type\":\"plain\","
         "\"text\":\"ask\"}],\"id\":2}]",
         "<Ann|user5>: todo append tasks; items: ask, 2"},
        {"\"action\":\"process_suggested_post\",\"rejected\":true,\"comment\":\"no\"",
         "<Ann|user5>: process suggested post; rejected: yes; comment: no"},
        {"\"action\":\"proximity_reached\",\"from\":\"B\",\"from_id\":\"user6\",\"to\":"
         "\"C\",\"to_id\":\"user7\",\"distance\":50",
         "<B|user6>: came near; to: C; to id: user7; distance: 50"},
    };
    char want[512];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char json[1024];
        (void)snprintf(json, sizeof json, SERVICE_OF("%s"), all[i].fields);
        (void)snprintf(want, sizeof want, "chat ||\nservice 1 %s\n", all[i].text);
        expect(*state, json, want);
    }
    make_folder(*state, "photos");
    put_text(*state, "photos/a.jpg", "x");
    expect(*state,
           SERVICE_OF("\"action\":\"edit_group_photo\",\"photo\":\"photos/"
                      "a.jpg\",\"photo_file_size\":1,\"width\":2,\"height\":3"),
           "chat ||\nservice 1 <Ann|user5>: changed the photo of the group\n"
           "  photo present photos/a.jpg|||1|0|\n");
    expect(
        *state, "{\"messages\":[{\"id\":4,\"type\":\"unsupported\"}]}",
        "chat ||\nservice 4 <|>: a message of a kind that the exporting program did not "
        "know\n"
        "gap message: the program that wrote the export did not know this kind\n");
}

static void kinds_of_media(void **state)
{
    put_text(*state, "a.vcf", "x");
    expect(
        *state,
        "{\"messages\":["
        "{\"id\":1,\"contact_information\":{\"first_name\":\"Ann\",\"last_name\":\"\","
        "\"phone_number\":\"+1\"},\"contact_vcard\":\"a.vcf\","
        "\"contact_vcard_file_size\":1,\"text\":\"\"},"
        "{\"id\":2,\"contact_information\":{\"first_name\":\"B\"},\"contact_vcard\":"
        "\"(File not included. x)\"},"
        "{\"id\":3,\"place_name\":\"Market\",\"address\":\"Street\","
        "\"location_information\":{\"latitude\":11.5,\"longitude\":104.9}},"
        "{\"id\":4,\"location_information\":null,\"live_location_period_seconds\":60},"
        "{\"id\":5,\"poll\":{\"question\":[\"Where\",{\"type\":\"bold\",\"text\":\"?\"}],"
        "\"closed\":true,\"total_voters\":4,\"answers\":[{\"text\":\"Here\",\"voters\":3,"
        "\"chosen\":true},{\"text\":[{\"type\":\"plain\",\"text\":\"There\"}],\"voters\":"
        "1,"
        "\"chosen\":false}]}},"
        "{\"id\":6,\"todo_list\":{\"title\":\"To do\",\"others_can_append\":false,"
        "\"answers\":[{\"text\":\"ask\",\"id\":1}]}},"
        "{\"id\":7,\"game_title\":\"Chess\",\"game_description\":\"d\"},"
        "{\"id\":8,\"file\":\"x.mp3\",\"media_type\":\"audio_file\",\"performer\":"
        "\"Sok\","
        "\"title\":\"Song\",\"duration_seconds\":5},"
        "{\"id\":9,\"photo\":\"p.jpg\",\"photo_file_size\":7,\"media_spoiler\":true,"
        "\"self_destruct_period_seconds\":30},"
        "{\"id\":10,\"file\":\"s.webp\",\"thumbnail\":\"s_thumb.jpg\",\"media_type\":"
        "\"sticker\",\"sticker_emoji\":\"x\",\"file_size\":3},"
        "{\"id\":11,\"file\":\"report.pdf (File exceeds maximum size. x)\"},"
        "{\"id\":12,\"giveaway_information\":{\"quantity\":3,\"channels\":[1,2]}},"
        "{\"id\":13,\"media_type\":\"voice_message\",\"duration_seconds\":5}]}",
        "chat ||\n"
        "message 1 <|>: \n  contact present a.vcf|||0|0|Ann +1\n"
        "message 2 <|>: \n  contact inline |||0|0|B\n"
        "message 3 <|>: \n  location inline |||0|0|Market Street 11.5 104.9\n"
        "message 4 <|>: \n  location inline |||0|0|\n"
        "message 5 <|>: \n  other inline |||0|0|Where?, closed | Here: 3, chosen | "
        "There: "
        "1\n"
        "message 6 <|>: \n  other inline |||0|0|To do | ask\n"
        "message 7 <|>: \n  other inline |||0|0|Chess\n"
        "message 8 <|>: \n  audio named x.mp3|Sok - Song||0|5|\ngap attachment: x.mp3\n"
        "message 9 <|>: \n  photo named p.jpg|||7|0|p.jpg; disappears after it was seen\n"
        "gap attachment: p.jpg; disappears after it was seen\n"
        "message 10 <|>: \n  sticker named s.webp|||3|0|s.webp; x\ngap attachment: "
        "s.webp; x\n"
        "message 11 <|>: \n  file too-large |||0|0|report.pdf (File exceeds maximum "
        "size. "
        "x)\n"
        "gap attachment: report.pdf (File exceeds maximum size. x)\n"
        "message 12 <|>: \n  other inline |||0|0|giveaway information: 3, 1, 2\n"
        "message 13 <|>: \n  voice unavailable |||0|5|the export names no file\n"
        "gap attachment: the export names no file\n"
        "remark in the original and not told here are messages 1 with media hidden until "
        "clicked\n");
}

/* Words that do not say where they lead; once, though text_entities has them again. */
static void links_behind_words(void **state)
{
    expect(
        *state,
        "{\"messages\":["
        "{\"id\":1,\"text\":[\"see \",{\"type\":\"text_link\",\"text\":\"here\",\"href\":"
        "\"https://evil.example/x\"},{\"href\":\"tg://"
        "y\",\"type\":\"text_link\",\"text\":"
        "\"z\"}],\"text_entities\":[{\"type\":\"text_link\",\"text\":\"see "
        "here\",\"href\":"
        "\"https://evil.example/x\"},{\"type\":\"text_link\",\"text\":\"z\",\"href\":"
        "\"tg://y\"}]},"
        "{\"id\":2,\"text\":[{\"type\":\"text_link\",\"text\":\"x.example\",\"href\":"
        "\"https://x.example/\"},{\"type\":\"text_link\",\"text\":\"@ann\",\"href\":"
        "\"https://t.me/ann\"},{\"type\":\"text_link\",\"text\":\"@bob\",\"href\":"
        "\"https://t.me/eve\"}]},"
        "{\"id\":3,\"text\":\"here\",\"text_entities\":[{\"type\":\"text_link\",\"text\":"
        "\"here\",\"href\":\"https://evil.example/x\"}]}]}",
        "chat ||\n"
        "message 1 <|>: see herez\n"
        "  other inline |link||0|0|https://evil.example/x tg://y\n"
        "message 2 <|>: x.example@ann@bob\n"
        "  other inline |link||0|0|https://t.me/eve\n"
        "message 3 <|>: here\n"
        "  other inline |link||0|0|https://evil.example/x\n");
}

/* Whatever became of the file. */
static void what_disappears(void **state)
{
    expect(
        *state,
        "{\"messages\":["
        "{\"id\":1,\"photo\":\"(File not included. "
        "x)\",\"self_destruct_period_seconds\":30},"
        "{\"id\":2,\"self_destruct_period_seconds\":30,\"text\":\"\"},"
        "{\"id\":3,\"file\":\"(File not included. x)\",\"media_type\":\"sticker\","
        "\"sticker_emoji\":\"y\"}]}",
        "chat ||\n"
        "message 1 <|>: \n"
        "  photo left-out |||0|0|(File not included. x); disappears after it was seen\n"
        "gap attachment: (File not included. x); disappears after it was seen\n"
        "message 2 <|>: \n"
        "  file unavailable |||0|0|the export names no file; disappears after it was "
        "seen\n"
        "gap attachment: the export names no file; disappears after it was seen\n"
        "message 3 <|>: \n"
        "  sticker left-out |||0|0|(File not included. x); y\n"
        "gap attachment: (File not included. x); y\n");
}

static void who_said_it_first(void **state)
{
    expect(
        *state,
        "{\"messages\":["
        "{\"id\":1,\"from\":\"A\",\"from_id\":4611686018427387904,\"forwarded_from\":"
        "null,"
        "\"forwarded_from_id\":\"channel9\",\"text\":\"a\"},"
        "{\"id\":2,\"from\":\"A\",\"saved_from\":\"B\",\"text\":\"b\"},"
        "{\"id\":3,\"from\":\"A\",\"author\":\"Sok\",\"via_bot\":\"@gif\",\"text\":\"c\"}"
        ","
        "{\"id\":4,\"from\":\"A\",\"reply_to_message_id\":5,\"reply_to_peer_id\":"
        "\"channel9\",\"text\":\"d\",\"reactions\":[{\"type\":\"emoji\",\"count\":1}],"
        "\"inline_bot_buttons\":[[{\"type\":\"url\"}]]},"
        "{\"id\":5,\"forwarded_from\":\"C\",\"forwarded_date\":\"2024-01-01T00:00:00\","
        "\"forwarded_date_unixtime\":\"1704063600\",\"text\":\"e\"}]}",
        "chat ||\nmessage 1 <A|4611686018427387904> fwd=: a\n"
        "message 2 <A|> fwd=B: b\n"
        "remark message 3: signed 'Sok'\nmessage 3 <A|>: c\n"
        "message 4 <A|> re=channel9/5: d\n"
        "message 5 <|> fwd=C sent=1704063600Z: e\n"
        "remark in the original and not told here are messages 1 with reactions, 1 with "
        "buttons, 1 sent with the help of a bot\n");
}

static void chats_of_all_kinds(void **state)
{
    expect(*state,
           "{\"about\":\"x\",\"sessions\":{\"list\":[]},\"chats\":{\"about\":[],\"list\":"
           "[{\"name\":null,\"type\":\"personal_chat\",\"id\":1},"
           "5,{\"name\":\"B\",\"messages\":{}}],\"list\":[{\"name\":\"C\","
           "\"messages\":[{\"id\":1,\"text\":\"c\"}]}]},"
           "\"left_chats\":{\"list\":[{\"name\":\"L\",\"messages\":[]}]},"
           "\"other_data\":{\"drafts\":[1]}}",
           "remark the export also holds 'sessions', which is no chat: it stays in the "
           "original\n"
           "chat 1||personal_chat\nchat |B|\nchat |C|\nmessage 1 <|>: c\nchat |L|\n"
           "remark the export also holds 'other_data', which is no chat: it stays in the "
           "original\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(one_chat),          TEST_IN_DIR(links_behind_words),
        TEST_IN_DIR(what_disappears),   TEST_IN_DIR(what_is_missing),
        TEST_IN_DIR(all_chats),         TEST_IN_DIR(forwards_and_inline_things),
        TEST_IN_DIR(what_was_done),     TEST_IN_DIR(kinds_of_media),
        TEST_IN_DIR(who_said_it_first), TEST_IN_DIR(chats_of_all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
