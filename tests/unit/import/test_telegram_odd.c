/* SPDX-License-Identifier: Apache-2.0 */
/* Exports of Telegram that are damaged, hostile, or contradict themselves. */
#include "test_telegram_made.h"

#include "told_telegram.h"

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

static void what_contradicts_itself(void **state)
{
    expect(
        *state,
        "{\"messages\":["
        "{\"id\":1,\"date\":\"2024-01-02T10:04:05\",\"date_unixtime\":\"1704164645\","
        "\"edited\":\"1970-01-01T03:00:00\",\"text\":\"a\"},"
        "{\"id\":2,\"date\":\"2024-01-02T10:04:06\",\"date_unixtime\":\"1704164645\","
        "\"edited\":\"2024-01-05T00:00:00\",\"edited_unixtime\":\"1704164645\",\"text\":"
        "\"a\"},"
        "{\"id\":3,\"text\":\"deny\",\"text_entities\":[{\"type\":\"plain\",\"text\":"
        "\"confirm\"}]},"
        "{\"id\":4,\"text_entities\":[{\"type\":\"plain\",\"text\":\"only \"},{\"type\":"
        "\"bold\",\"text\":\"here\"}]},"
        "{\"id\":5,\"id\":6,\"text\":\"a\",\"from\":\"A\",\"text\":\"b\",\"file\":\"x\","
        "\"file\":\"y\"},"
        "{\"id\":7,\"text\":\"\\ud800x\xFFy\"}]}",
        "chat ||\nmessage 1 <|> at=1704164645Z: a\n"
        "remark message 2: date is 2024-01-02T10:04:06, which in no zone is "
        "date_unixtime "
        "1704164645\n"
        "remark message 2: edited is 2024-01-05T00:00:00, which in no zone is "
        "edited_unixtime 1704164645\n"
        "message 2 <|> at=1704164645Z edited=1704164645Z: a\n"
        "remark message 3: text and text_entities are not the same text\n"
        "message 3 <|>: deny\nmessage 4 <|>: only here\n"
        "remark message 6: twice in it is id text file; the last one counts\n"
        "message 6 <A|> marks=4: b\n  file named y|||0|0|\ngap attachment: y\n"
        "remark message 7: text that is not valid JSON, as some versions of the "
        "exporting "
        "program write it, was understood\n"
        "remark message 7: bytes that are no UTF-8 are shown as U+FFFD\n"
        "message 7 <|> marks=16: \uFFFDx\uFFFDy\n");
    expect(*state,
           "{\"messages\":[{\"id\":1,\"text\":\"a\"}],\"name\":\"Late\",\"messages\":[{"
           "\"id\":2,\"text\":\"b\"}]}",
           "chat ||\nmessage 1 <|>: a\nremark behind its messages the chat is given "
           "'Late'\nremark the chat has a second list of messages\nmessage 2 <|>: b\n");
}

static void any_name(void **state)
{
    static const char chat[] =
        "{\"name\":\"A\",\"type\":\"personal_chat\",\"id\":1,"
        "\"messages\":[{\"id\":1,\"type\":\"message\",\"text\":\"a\"}]}";
    static const char *const others[] = {
        "{\"participants\":[],\"messages\":[{\"sender_name\":\"A\",\"timestamp_ms\":1}]}",
        "{}",
        "[]",
        "{\"messages\":5}",
        "{\"messages\":[{\"id\":1}]}",
        ""};
    bool yes;
    ew_err err;
    ew_delivery *d = NULL;
    put_text(*state, "chat.json", chat);
    expect_told(test_path(*state, "chat.json"), EW_IMPORT_AUTO,
                "chat 1|A|personal_chat\nmessage 1 <|>: a\n");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        put_text(*state, "chat.json", others[i]);
        assert_int_equal(ew_delivery_open(&d, test_path(*state, "chat.json"), &err),
                         EW_OK);
        assert_int_equal(ew_import__looks_telegram_json(d, &yes, &err), EW_OK);
        assert_false(yes);
        ew_delivery_close(d);
    }
}

static void deep_and_cut(void **state)
{
    char json[1024] = "{\"messages\":[{\"id\":1,\"text\":\"a\"},{\"id\":2,\"x\":";
    size_t n = strlen(json);
    memset(json + n, '[', 200);
    json[n + 200] = 0;
    expect(
        *state, json,
        "chat ||\nmessage 1 <|>: a\ngap messages: JSON of more than 64 levels\n"
        "remark result.json can be read up to byte 33 only: what stands before was, the "
        "rest of 212 bytes was not\n");
    /* With their ends: what follows is read. */
    char ends[1024];
    memset(json + n + 200, ']', 200);
    json[n + 400] = 0;
    (void)snprintf(ends, sizeof ends, "%s},{\"id\":3,\"text\":\"b\"}],\"y\":%s}", json,
                   json + n);
    expect(
        *state, ends,
        "chat ||\nmessage 1 <|>: a\nmessage 2 <|>: \n"
        "gap value: message 2: nested too deeply or too long to be read: 1 of its "
        "values\n"
        "message 3 <|>: b\n"
        "remark values outside of messages that are nested too deeply or too long were "
        "passed over: 1; they stay in the original\n");
    static const char nul[] = "{\"messages\":[{\"id\":1,\"text\":\"a\"},\0{\"id\":2}]}";
    test_file_put(test_path(*state, "result.json"), nul, sizeof nul - 1);
    expect_told(
        *state, EW_IMPORT_AUTO,
        "chat ||\nmessage 1 <|>: a\ngap messages: not JSON at byte 33: a value is "
        "missing\n"
        "remark result.json can be read up to byte 33 only: what stands before was, "
        "the rest of 11 bytes was not\n");
}

/* What the taker of records cannot do is no fault of the file. */
static ew_code refuse(void *cookie, const ew_message *m, ew_err *err)
{
    (void)cookie;
    (void)m;
    return ew_fail(err, EW_E_LIMIT, 0, "enough");
}

static void a_taker_that_fails(void **state)
{
    ew_delivery *d = NULL;
    ew_err err;
    ew_import_opts opts = {.format = EW_IMPORT_TELEGRAM_JSON};
    ew_import_sink sink = {.message = refuse};
    put_text(*state, "result.json", "{\"messages\":[{\"id\":1}]}");
    assert_int_equal(ew_delivery_open(&d, *state, &err), EW_OK);
    assert_int_equal(ew_import_run(d, &opts, &sink, &err), EW_E_LIMIT);
    assert_string_equal(err.text, "enough");
    ew_delivery_close(d);
}

static void without_memory(void **state)
{
    put_text(
        *state, "result.json",
        "{\"name\":\"G\",\"messages\":[{\"id\":1,\"type\":\"service\",\"action\":\"x\","
        "\"title\":\"t\"},{\"id\":2,\"poll\":{\"question\":\"q\"},\"file\":\"f\","
        "\"text\":[\"a\\n\",{\"text\":\"b\"}],\"contact_information\":{\"a\":\"b\"}}]}");
    assert_true(told_without_memory(*state, EW_IMPORT_TELEGRAM_JSON, 0) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(invalid_json_of_real_versions),
        TEST_IN_DIR(a_file_that_breaks_off),
        TEST_IN_DIR(no_export_at_all),
        TEST_IN_DIR(hostile_shapes),
        TEST_IN_DIR(what_contradicts_itself),
        TEST_IN_DIR(any_name),
        TEST_IN_DIR(deep_and_cut),
        TEST_IN_DIR(a_taker_that_fails),
        TEST_IN_DIR(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
