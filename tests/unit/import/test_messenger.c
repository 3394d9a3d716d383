/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads of Messenger and Instagram, made up in the shapes that real ones have. */
#include "base/alloc.h"
#include "import/messenger.h"

#include "told.h"

static void expect(const char *path, const char *want)
{
    expect_told(path, EW_IMPORT_AUTO, want);
}

/* ------------------------------------------------------------------ texts */

static void expect_repair(const char *text, const char *want)
{
    ew_buf room;
    ew_slice out;
    bool repaired = false;
    ew_buf_init(&room, 1000);
    assert_int_equal(
        ew_messenger__repair(ew_slice_of(text), &room, &out, &repaired, NULL), EW_OK);
    assert_true(ew_slice_is(out, want));
    assert_int_equal(repaired, strcmp(text, want) != 0);
    ew_buf_release(&room);
}

static void repaired_only_when_certain(void **state)
{
    (void)state;
    expect_repair("plain", "plain");
    expect_repair("", "");
    /* "é", "ស" and a thumb, each byte a character */
    expect_repair("caf\u00C3\u00A9", "caf\u00E9");
    expect_repair("\u00E1\xC2\x9E\xC2\x9F", "\u179F");
    expect_repair("\u00F0\xC2\x9F\xC2\x91\xC2\x8D ok", "\U0001F44D ok");
    /* No UTF-8 would come out; above U+00FF; cut within a character */
    expect_repair("caf\u00E9", "caf\u00E9");
    expect_repair("\u179F \u00C3\u00A9", "\u179F \u00C3\u00A9");
    expect_repair("caf\u00C3", "caf\u00C3");
    /* Overlong: no valid UTF-8 */
    expect_repair("\u00C0\u00AF", "\u00C0\u00AF");
}

/* ------------------------------------------------------------------ chats */

static void newest_comes_first(void **state)
{
    put_text(
        *state, "your_facebook_activity/messages/inbox/ann_123/message_1.json",
        "{\"participants\":[{\"name\":\"Ann Br\\u00c3\\u00bcck\"},{\"name\":\"Sok\"}],"
        "\"messages\":["
        "{\"sender_name\":\"Sok\",\"timestamp_ms\":1700000003000,\"content\":\"third\"},"
        "{\"sender_name\":\"Ann Br\\u00c3\\u00bcck\",\"timestamp_ms\":1700000002500,"
        "\"content\":\"second \\u00e2\\u009d\\u00a4\",\"reactions\":[{\"reaction\":"
        "\"\\u00f0\\u009f\\u0091\\u008d\",\"actor\":\"Sok\"},{\"reaction\":\"x\"}],"
        "\"is_geoblocked_for_viewer\":false}],"
        "\"title\":\"Ann Br\\u00c3\\u00bcck\",\"is_still_participant\":true,"
        "\"thread_path\":\"inbox/ann_123\",\"magic_words\":[]}");
    put_text(*state, "your_facebook_activity/messages/inbox/ann_123/message_2.json",
             "{\"messages\":[{\"sender_name\":\"Sok\",\"timestamp_ms\":1700000001000,"
             "\"content\":\"b\"},{\"sender_name\":\"Sok\",\"timestamp_ms\":1700000001000,"
             "\"content\":\"a\"}],\"title\":\"Ann\",\"thread_path\":\"inbox/ann_123\"}");
    put_text(*state, "your_facebook_activity/messages/autofill_information.json", "{}");
    expect(*state, "chat inbox/ann_123|Ann|inbox\n"
                   "message  <Sok|> at=1700000001Z: a\n"
                   "message  <Sok|> at=1700000001Z: b\n"
                   "message  <Ann Br\u00FCck|> at=1700000002Z marks=8: second \u2764\n"
                   "  other inline |reactions||0|0|\U0001F44D Sok, x\n"
                   "message  <Sok|> at=1700000003Z: third\n"
                   "remark texts that were encoded twice were set right\n");
}

static void attachments_of_a_whole_download(void **state)
{
    put_text(
        *state,
        "part1/your_facebook_activity/messages/archived_threads/g_1/message_1.json",
        "{\"participants\":[{\"name\":\"A\"},{\"name\":\"B\"},{\"name\":\"C\"}],"
        "\"messages\":["
        "{\"sender_name\":\"A\",\"timestamp_ms\":9000000000000,\"photos\":["
        "{\"uri\":\"your_facebook_activity/messages/archived_threads/g_1/photos/1.jpg\","
        "\"creation_timestamp\":1},{\"uri\":\"your_facebook_activity/messages/"
        "archived_threads/g_1/photos/2.jpg\"}]},"
        "{\"sender_name\":\"A\",\"timestamp_ms\":8000000000000,\"audio_files\":[{\"uri\":"
        "\"your_facebook_activity/messages/archived_threads/g_1/audio/"
        "audioclip-1.mp4\"}]}"
        ",{\"sender_name\":\"A\",\"timestamp_ms\":7000000000000,\"sticker\":{\"uri\":"
        "\"your_facebook_activity/messages/stickers_used/7.png\",\"ai_stickers\":[]}},"
        "{\"sender_name\":\"A\",\"timestamp_ms\":6000000000000,\"videos\":[{\"uri\":"
        "\"your_facebook_activity/messages/archived_threads/g_1/videos/v.mp4\","
        "\"thumbnail\":{\"uri\":\"t.jpg\"}}],\"files\":[{\"uri\":"
        "\"x/r\\u00c3\\u00a9.pdf\"}],\"gifs\":[{\"uri\":\"x/g.gif\"}]}],"
        "\"title\":\"G\",\"thread_path\":\"archived_threads/g_1\"}");
    put_text(*state,
             "part1/your_facebook_activity/messages/archived_threads/g_1/photos/1.jpg",
             "x");
    put_text(*state,
             "part2/your_facebook_activity/messages/archived_threads/g_1/photos/2.jpg",
             "x");
    put_text(*state,
             "part2/your_facebook_activity/messages/archived_threads/g_1/audio/"
             "audioclip-1.mp4",
             "x");
    put_text(*state, "part2/your_facebook_activity/messages/stickers_used/7.png", "x");
    put_text(*state, "part1/x/r\u00E9.pdf", "x");
    expect(
        *state,
        "chat archived_threads/g_1|G|archived_threads\n"
        "remark in this chat: A, B, C\n"
        "message  <A|> at=6000000000Z marks=8: \n"
        "  video named your_facebook_activity/messages/archived_threads/g_1/videos/"
        "v.mp4|||0|0|\n"
        "  file present x/r\u00E9.pdf|||0|0|\n"
        "  video named x/g.gif|||0|0|\n"
        "gap attachment: your_facebook_activity/messages/archived_threads/g_1/videos/"
        "v.mp4\n"
        "gap attachment: x/g.gif\n"
        "message  <A|> at=7000000000Z: \n"
        "  sticker present your_facebook_activity/messages/stickers_used/7.png|||0|0|\n"
        "message  <A|> at=8000000000Z: \n"
        "  voice present your_facebook_activity/messages/archived_threads/g_1/audio/"
        "audioclip-1.mp4|||0|0|\n"
        "message  <A|> at=9000000000Z: \n"
        "  photo present your_facebook_activity/messages/archived_threads/g_1/photos/"
        "1.jpg|||0|0|\n"
        "  photo present your_facebook_activity/messages/archived_threads/g_1/photos/"
        "2.jpg|||0|0|\n"
        "remark texts that were encoded twice were set right\n");
}

/* What is too deep is a gap, and nothing behind it is lost. */
static void deep_values(void **state)
{
    char deep[201];
    char json[1024];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    deep[200] = 0;
    (void)snprintf(
        json, sizeof json,
        "{\"messages\":[{\"sender_name\":\"A\",\"timestamp_ms\":1700000002000,"
        "\"content\":\"y\"},{\"sender_name\":\"A\",\"timestamp_ms\":"
        "1700000001000,\"content\":\"x\",\"z\":%s}],\"title\":\"Ann\",\"z\":%s}",
        deep, deep);
    put_text(*state, "message_1.json", json);
    expect(*state, "chat |Ann|\n"
                   "message  <A|> at=1700000001Z: x\n"
                   "gap value: nested too deeply or too long to be read\n"
                   "message  <A|> at=1700000002Z: y\n"
                   "gap value: nested too deeply or too long to be read\n");
}

static const char one_photo[] =
    "{\"messages\":[{\"sender_name\":\"A\",\"timestamp_ms\":1700000000000,\"photos\":["
    "{\"uri\":\"messages/inbox/ann_1/photos/1.jpg\"}]}],\"title\":\"Ann\"}";

static void a_folder_of_a_download(void **state)
{
    /* The folder of the chat itself, whatever its name */
    put_text(*state, "message_1.json", one_photo);
    put_text(*state, "photos/1.jpg", "x");
    expect(*state, "chat |Ann|\nmessage  <A|> at=1700000000Z: \n"
                   "  photo present messages/inbox/ann_1/photos/1.jpg|||0|0|\n");
}

static void another_chats_photo_is_not_taken(void **state)
{
    put_text(*state, "inbox/bob_2/message_1.json", one_photo);
    put_text(*state, "inbox/bob_2/photos/1.jpg", "x");
    expect(*state, "chat inbox/bob_2/|Ann|inbox\nmessage  <A|> at=1700000000Z: \n"
                   "  photo named messages/inbox/ann_1/photos/1.jpg|||0|0|\n"
                   "gap attachment: messages/inbox/ann_1/photos/1.jpg\n");
}

static void a_single_file(void **state)
{
    put_text(*state, "anything.json", one_photo);
    expect(test_path(*state, "anything.json"),
           "chat anything.json|Ann|\nmessage  <A|> at=1700000000Z: \n"
           "  photo named messages/inbox/ann_1/photos/1.jpg|||0|0|\n"
           "gap attachment: messages/inbox/ann_1/photos/1.jpg\n");
}

static void encrypted_chats(void **state)
{
    put_text(
        *state, "Ann_40.json",
        "{\"participants\":[\"Ann\",\"S\u00F6k\"],\"threadName\":\"Ann_40\",\"messages\":"
        "["
        "{\"isUnsent\":false,\"media\":[],\"reactions\":[{\"actor\":\"Ann\",\"reaction\":"
        "\"\u2764\"}],\"senderName\":\"S\u00F6k\",\"text\":\"\u179F\u17BD\u179F\","
        "\"timestamp\":1746073791906,\"type\":\"text\"},"
        "{\"isUnsent\":true,\"media\":[],\"reactions\":[],\"senderName\":\"Ann\","
        "\"text\":\"User unsent a message\",\"timestamp\":1746073791000,"
        "\"type\":\"placeholder\"},"
        "{\"isUnsent\":false,\"media\":[{\"uri\":\"./media/a-b.jpeg\"},{\"uri\":"
        "\"Failed to download media\"},{\"uri\":\"./media/c.wav\"}],\"reactions\":[],"
        "\"senderName\":\"Ann\",\"text\":\"\",\"timestamp\":1746073790000,"
        "\"type\":\"media\"}]}");
    put_text(*state, "media/a-b.jpeg", "x");
    put_text(*state, "Bob_2.json",
             "{\"participants\":[\"Bob\"],\"threadName\":\"Bob_2\",\"messages\":[]}");
    expect(*state, "chat Ann_40.json|Ann|\n"
                   "message  <Ann|> at=1746073790Z: \n"
                   "  photo present ./media/a-b.jpeg|||0|0|\n"
                   "  other unavailable |||0|0|Failed to download media\n"
                   "  audio named ./media/c.wav|||0|0|\n"
                   "gap attachment: Failed to download media\n"
                   "gap attachment: ./media/c.wav\n"
                   "message  <Ann|> at=1746073791Z marks=128: User unsent a message\n"
                   "message  <S\u00F6k|> at=1746073791Z: \u179F\u17BD\u179F\n"
                   "  other inline |reactions||0|0|\u2764 Ann\n"
                   "chat Bob_2.json|Bob|\n");
}

static void service_messages(void **state)
{
    put_text(
        *state, "message_1.json",
        "{\"messages\":["
        "{\"sender_name\":\"A\",\"timestamp_ms\":1700000005000,\"is_unsent\":true},"
        "{\"sender_name\":\"A\",\"timestamp_ms\":1700000004000},"
        "{\"sender_name\":\"A\",\"timestamp_ms\":1700000003000,\"content\":\"A called "
        "you.\",\"call_duration\":15},"
        "{\"sender_name\":\"A\",\"timestamp_ms\":1700000002000,\"content\":\"A added "
        "B.\","
        "\"type\":\"Subscribe\",\"users\":[{\"name\":\"B\"},{\"name\":\"C\"}]},"
        "{\"sender_name\":\"A\",\"timestamp_ms\":1700000001000,\"content\":\"see\","
        "\"type\":\"Share\",\"share\":{\"link\":\"https://x.example/\",\"share_text\":"
        "\"words\"}}],\"title\":\"G\",\"thread_type\":\"RegularGroup\"}");
    expect(*state, "chat |G|RegularGroup\n"
                   "message  <A|> at=1700000001Z: see\n"
                   "  other inline |link||0|0|https://x.example/ words\n"
                   "service  <A|> at=1700000002Z: A added B.\n"
                   "  other inline |people||0|0|B, C\n"
                   "service  <A|> at=1700000003Z: A called you.\n"
                   "  other inline |call||0|15|\n"
                   "gap message: nothing but sender and time is in the export\n"
                   "message  <A|> at=1700000004Z: \n"
                   "message  <A|> at=1700000005Z marks=128: \n");
}

static void missing_and_broken_files(void **state)
{
    put_text(*state, "inbox/a_1/message_2.json",
             "{\"messages\":[{\"sender_name\":\"A\",\"timestamp_ms\":1700000002000,"
             "\"content\":\"x\"},{\"sender_name\":\"A\",\"times");
    put_text(*state, "inbox/a_1/message_5.json",
             "{\"messages\":[{\"sender_name\":\"A\",\"timestamp_ms\":1700000001000,"
             "\"content\":\"w\"}],\"title\":\"A\"}");
    put_text(*state, "inbox/b_1/message_1.json", "{\"a\":");
    expect(*state,
           "chat inbox/a_1/|A|inbox\n"
           "message  <A|> at=1700000001Z: w\n"
           "gap messages: a file of this chat, before this one, is missing\n"
           "gap messages: not JSON at byte 101: the text ends within a string\n"
           "message  <A|> at=1700000002Z: x\n"
           "gap messages: the newest files of this chat are missing\n"
           "gap file: not JSON at byte 5: the text ends where a value is expected\n");
}

static void oldest_first_and_no_order(void **state)
{
    put_text(
        *state, "message_1.json",
        "{\"messages\":[1,{\"sender_name\":\"A\",\"timestamp_ms\":1700000001000,"
        "\"content\":\"a\"},\"x\",{\"sender_name\":\"A\",\"content\":\"b\"},[],"
        "{\"sender_name\":\"A\",\"timestamp_ms\":1700000004000,\"content\":\"d\"},"
        "{\"sender_name\":\"A\",\"timestamp_ms\":\"1700000003\",\"content\":\"c\"}]}");
    expect(*state, "chat ||\n"
                   "message  <A|> at=1700000001Z: a\n"
                   "message  <A|>: b\n"
                   "message  <A|> at=1700000003Z: c\n"
                   "message  <A|> at=1700000004Z: d\n");
}

static void hostile_shapes(void **state)
{
    put_text(
        *state, "message_1.json",
        "{\"title\":[1],\"participants\":{\"name\":\"x\"},\"messages\":[{\"sender_name\":"
        "{\"a\":1},\"timestamp_ms\":-5,\"content\":[\"x\"],\"photos\":\"x\",\"sticker\":"
        "[{\"uri\":{}}],\"reactions\":{\"actor\":1},\"share\":\"s\",\"users\":[[[]]],"
        "\"content\":\"twice\",\"call_duration\":{}}],\"messages\":[{}]}");
    expect(*state, "chat ||\nservice  <|>: twice\n"
                   "  other inline |link||0|0|s\n");
    put_text(*state, "message_1.json", "{\"messages\":{}, \"thread_path\":\"x\"}");
    expect(*state, "!format not a chat of Messenger: no messages are in it\n");
}

/* More than a block of them, each told once and in order. */
static ew_code count_up(void *cookie, const ew_message *msg, ew_err *err)
{
    int64_t *last = cookie;
    (void)err;
    assert_int_equal(msg->time.unix_s, *last + 1);
    *last += 1;
    return EW_OK;
}

static void many_messages(void **state)
{
    enum { MANY = 150000 };
    const char *path = test_path(*state, "message_1.json");
    FILE *f = fopen(path, "w");
    ew_delivery *d = NULL;
    int64_t last = 1699999999;
    ew_import_sink sink = {.cookie = &last, .message = count_up};
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    assert_non_null(f);
    (void)fprintf(f, "{\"messages\":[");
    for (int i = MANY; i > 0; i--)
        (void)fprintf(
            f, "{\"sender_name\":\"A\",\"timestamp_ms\":%" PRId64 ",\"content\":\"x\"}%s",
            (1700000000 + (int64_t)i - 1) * 1000, i > 1 ? ",\n" : "]}");
    assert_int_equal(fclose(f), 0);
    assert_int_equal(ew_delivery_open(&d, path, NULL), EW_OK);
    assert_int_equal(ew_import_run(d, &opts, &sink, NULL), EW_OK);
    assert_int_equal(last, 1699999999 + MANY);
    ew_delivery_close(d);
}

static void out_of_memory(void **state)
{
    put_text(*state, "inbox/a_1/message_1.json", one_photo);
    assert_true(told_without_memory(*state, EW_IMPORT_MESSENGER, 0) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repaired_only_when_certain),
        TEST_IN_DIR(newest_comes_first),
        TEST_IN_DIR(attachments_of_a_whole_download),
        TEST_IN_DIR(deep_values),
        TEST_IN_DIR(a_folder_of_a_download),
        TEST_IN_DIR(another_chats_photo_is_not_taken),
        TEST_IN_DIR(a_single_file),
        TEST_IN_DIR(encrypted_chats),
        TEST_IN_DIR(service_messages),
        TEST_IN_DIR(missing_and_broken_files),
        TEST_IN_DIR(oldest_first_and_no_order),
        TEST_IN_DIR(hostile_shapes),
        TEST_IN_DIR(many_messages),
        TEST_IN_DIR(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
