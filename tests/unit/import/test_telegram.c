/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of Telegram Desktop, made up in the shapes that real ones have. */
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

static void expect(const char *dir, const char *json, const char *want)
{
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    test_file_put(test_path(dir, "result.json"), json, strlen(json));
    char *got = told_import(dir, &opts);
    assert_string_equal(got, want);
    free(got);
}

static void one_chat(void **state)
{
    assert_int_equal(mkdir(test_path(*state, "voice_messages"), 0700), 0);
    test_file_put(test_path(*state, "voice_messages/a.ogg"), "x", 1);
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

static void invalid_json_of_real_versions(void **state)
{
    expect(*state,
           "{\"name\":\"G\",\"messages\":[{\"id\":1,\"text\":\"a\\x0cb\"},"
           "{\"id\":2,\"text\":[{\"type\":\"custom_emoji\",\"text\":\"x\","
           "\"document_id\":0012345}]}]}",
           "chat |G|\n"
           "remark message 1: text that is not valid JSON, as some versions of the "
           "exporting "
           "program write "
           "it, was understood\nmessage 1 <|> marks=16: a\fb\n"
           "message 2 <|>: x\n");
}

static void a_file_that_breaks_off(void **state)
{
    expect(*state,
           "{\"name\":\"G\",\"messages\":[{\"id\":1,\"text\":\"a\"},{\"id\":2,\"te",
           "chat |G|\nmessage 1 <|>: a\n"
           "gap messages: not JSON at byte 55: the text ends within a string\n"
           "remark result.json can be read up to byte 44 only: what stands before was, "
           "the rest of 11 bytes was not\n");
}

static void no_export_at_all(void **state)
{
    expect(*state, "[1,2]", "!format not an export of Telegram\n");
    expect(*state, "nonsense", "!format not an export of Telegram\n");
    expect(*state, "{", "!format not JSON at byte 1: a name in marks is expected\n");
}

static void hostile_shapes(void **state)
{
    /* Values of other kinds than expected, keys twice, things nested. */
    expect(*state,
           "{\"name\":[1],\"id\":{},\"messages\":[1,\"x\",[],{\"id\":[1,{\"a\":2}],"
           "\"text\":{"
           "\"text\":\"no\"},\"date\":{},\"file\":[\"x\"],\"from\":\"A\",\"from\":\"B\","
           "\"date_unixtime\":\"-5\",\"file_size\":\"x\"}],\"messages\":{}}",
           "chat ||\nremark message : twice in it is from; the last one counts\n"
           "message  <B|> marks=4: \n");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_chat),
        TEST(what_is_missing),
        TEST(all_chats),
        TEST(forwards_and_inline_things),
        TEST(invalid_json_of_real_versions),
        TEST(a_file_that_breaks_off),
        TEST(no_export_at_all),
        TEST(hostile_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
