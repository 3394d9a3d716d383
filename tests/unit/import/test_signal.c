/* SPDX-License-Identifier: Apache-2.0 */
/* Signal's plain exports, made up in the shapes that the program writes. */
#include "base/alloc.h"

#include "told.h"

#define HASH "aGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGg="
#define KEY                                                                              \
    "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr"                       \
    "a2tra2tra2tra2tra2tra2traw=="
#define STORED "1548a5a2b487de33fe4210fd905a5369545cf5a0d510040f49794b5c57384561"
#define ACI_ANN "AAECAwQFBgcICQoLDA0ODw=="
#define ACI_SOK "EBESExQVFhcYGRobHB0eHw=="

static const char people[] =
    "{\"version\":\"1\",\"backupTimeMs\":\"1700000000000\"}\n"
    "{\"account\":{\"givenName\":\"Mara\",\"familyName\":\"Lind\",\"username\":\"m.01\"}}"
    "\n"
    "{\"recipient\":{\"id\":\"1\",\"self\":{}}}\n"
    "{\"recipient\":{\"id\":\"2\",\"contact\":{\"aci\":\"" ACI_ANN
    "\",\"e164\":\"49155500001\",\"profileGivenName\":\"ann\",\"systemGivenName\":"
    "\"Ann\",\"systemFamilyName\":\"Ba\\\"r\",\"registered\":{}}}}\n"
    "{\"recipient\":{\"id\":\"3\",\"contact\":{\"e164\":\"85512000001\"}}}\n"
    "{\"recipient\":{\"id\":\"4\",\"group\":{\"masterKey\":\"AAAA\",\"snapshot\":{"
    "\"title\":{\"title\":\"\u1780\u17D2\u179A\u17BB\u1798\"},\"description\":{"
    "\"descriptionText\":\"d\"},\"members\":[{\"userId\":\"" ACI_ANN "\"}]}}}}\n"
    "{\"recipient\":{\"id\":\"5\",\"contact\":{\"aci\":\"" ACI_SOK
    "\",\"nickname\":{\"given\":\"Sok\"},\"profileGivenName\":\"S\"}}}\n"
    "{\"recipient\":{\"id\":\"6\",\"releaseNotes\":{}}}\n"
    "{\"recipient\":{\"id\":\"7\",\"distributionList\":{\"distributionList\":{\"name\":"
    "\"My Story\"}}}}\n";

static void expect(const char *dir, const char *lines, const char *want)
{
    char text[16384];
    (void)snprintf(text, sizeof text, "%s%s", people, lines);
    put_text(dir, "main.jsonl", text);
    put_text(dir, "metadata.json", "{\"version\":1}");
    expect_told(dir, EW_IMPORT_AUTO, want);
}

#define CHAT2 "{\"chat\":{\"id\":\"10\",\"recipientId\":\"2\"}}\n"
#define ITEM(author, sent, rest)                                                         \
    "{\"chatItem\":{\"chatId\":\"10\",\"authorId\":\"" author "\",\"dateSent\":\"" sent  \
    "\"," rest "}}\n"
#define TEXT_OF(t) "\"standardMessage\":{\"text\":{\"body\":\"" t "\"}}"

static void chats_one_after_another(void **state)
{
    expect(*state,
           CHAT2 "{\"chat\":{\"id\":\"11\",\"recipientId\":\"4\",\"expirationTimerMs\":"
                 "\"86400000\"}}\n"
                 "{\"chat\":{\"id\":\"12\",\"recipientId\":\"1\"}}\n" ITEM(
                     "2", "1700000001000",
                     "\"incoming\":{\"dateReceived\":\"1\"}," TEXT_OF(
                         "one")) "{\"chatItem\":{\"chatId\":\"11\",\"authorId\":\"3\","
                                 "\"dateSent\":"
                                 "\"1700000002000\",\"incoming\":{},\"standardMessage\":{"
                                 "\"text\":{\"body\":"
                                 "\"in the group\"}}}}\n"
                                 "{\"chatItem\":{\"chatId\":10,\"authorId\":1,"
                                 "\"dateSent\":1700000003500,"
                                 "\"outgoing\":{\"sendStatus\":[{\"recipientId\":\"2\","
                                 "\"read\":{}}]},"
                                 "\"standardMessage\":{\"text\":{\"body\":\"two\"}}}}\n"
                                 "{\"chatItem\":{\"chatId\":\"99\",\"authorId\":\"98\","
                                 "\"dateSent\":"
                                 "\"1700000004000\",\"standardMessage\":{\"text\":{"
                                 "\"body\":\"who\"}}}}\n"
                                 "{\"chatFolder\":{}}\n{}\n",
           "chat 10|Ann Ba\"r|contact\n"
           "message 2/1700000001000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
           "at=1700000001Z: one\n"
           "message 1/1700000003500 <Mara Lind|self> at=1700000003Z: two\n"
           "chat 11|\u1780\u17D2\u179A\u17BB\u1798|group\n"
           "gap messages: messages of this chat disappear, and Signal leaves such "
           "messages out of its plain exports\n"
           "message 3/1700000002000 <+85512000001|+85512000001> at=1700000002Z: in the "
           "group\n"
           "chat 12|Mara Lind|self\n"
           "chat 99||unknown\n"
           "remark a chat that the export does not describe\n"
           "remark its author is nobody that the export describes\n"
           "message 98/1700000004000 <|recipient 98> at=1700000004Z: who\n");
}

static void attachments(void **state)
{
    assert_int_equal(mkdir(test_path(*state, "files"), 0700), 0);
    assert_int_equal(mkdir(test_path(*state, "files/15"), 0700), 0);
    put_text(*state, "files/15/" STORED ".m4a", "x");
    expect(*state,
           CHAT2 ITEM(
               "5", "1700000001000",
               "\"standardMessage\":{\"attachments\":[{\"pointer\":{\"contentType\":"
               "\"audio/aac\",\"locatorInfo\":{\"plaintextHash\":\"" HASH
               "\",\"localKey\":\"" KEY
               "\",\"size\":12}},\"flag\":\"VOICE_MESSAGE\",\"wasDownloaded\":true}]}")
               ITEM("5", "1700000002000",
                    "\"standardMessage\":{\"attachments\":[{\"pointer\":{\"contentType\":"
                    "\"image/jpeg\",\"fileName\":\"a.jpg\",\"width\":1,\"locatorInfo\":{"
                    "\"plaintextHash\":\"" HASH
                    "\",\"size\":\"7\"}}},{\"flag\":\"GIF\",\"pointer\":{\"contentType\":"
                    "\"video/mp4\"}},{}]}"),
           "chat 10|Ann Ba\"r|contact\n"
           "message 5/1700000001000 <Sok|10111213-1415-1617-1819-1a1b1c1d1e1f> "
           "at=1700000001Z: \n"
           "  voice present files/15/" STORED ".m4a||audio/aac|12|0|\n"
           "message 5/1700000002000 <Sok|10111213-1415-1617-1819-1a1b1c1d1e1f> "
           "at=1700000002Z: \n"
           "  photo named "
           "files/94/"
           "9432eaeb3d35fc96836055c988e45bd07ef2ef9f63c88f8f3f22f5287a4cb32a|a.jpg|image/"
           "jpeg|7|0|\n"
           "  video unavailable ||video/mp4|0|0|not on the device that exported\n"
           "  other unavailable |||0|0|nothing is said of the file\n"
           "gap attachment: "
           "files/94/9432eaeb3d35fc96836055c988e45bd07ef2ef9f63c88f8f3f22f5287a4cb32a\n"
           "gap attachment: not on the device that exported\n"
           "gap attachment: nothing is said of the file\n");
}

static void an_export_without_files(void **state)
{
    expect(
        *state,
        CHAT2 ITEM("5", "1700000001000",
                   "\"stickerMessage\":{\"sticker\":{\"packId\":\"AA==\",\"emoji\":"
                   "\"\u2764\",\"data\":{\"contentType\":\"image/webp\",\"locatorInfo\":"
                   "{\"plaintextHash\":\"" HASH "\",\"localKey\":\"" KEY "\"}}}}"),
        "chat 10|Ann Ba\"r|contact\n"
        "message 5/1700000001000 <Sok|10111213-1415-1617-1819-1a1b1c1d1e1f> "
        "at=1700000001Z: \n"
        "  sticker left-out files/15/" STORED
        "|\u2764|image/webp|0|0|the export was made without its files\n"
        "gap attachment: the export was made without its files\n");
}

static void edits_quotes_and_reactions(void **state)
{
    expect(
        *state,
        CHAT2 ITEM(
            "1", "1700000009000",
            "\"revisions\":[{\"chatId\":\"10\",\"authorId\":\"1\",\"dateSent\":"
            "\"1700000001000\",\"outgoing\":{}," TEXT_OF(
                "first\\nline") "},{\"dateSent\":\"1700000005000\"," TEXT_OF("second") "}"
                                                                                       "]"
                                                                                       ","
                                                                                       "\"outgoing\":{},\"standardMessage\":{\"text\":{\"body\":\"third\"},"
                                                                                       "\"reactions\":[{\"emoji\":\"\u2764\",\"authorId\":\"2\",\"sentTimestamp\":"
                                                                                       "\"5\"},{\"emoji\":\"x\",\"authorId\":\"1\"}]}")
            ITEM("2", "1700000010000",
                 "\"standardMessage\":{\"quote\":{\"targetSentTimestamp\":"
                 "\"1700000001000\",\"authorId\":\"1\",\"text\":{\"body\":\"first\"},"
                 "\"type\":\"NORMAL\"},\"text\":{\"body\":\"reply\",\"bodyRanges\":[{"
                 "\"start\":1,\"length\":2,\"style\":\"BOLD\"}]},\"linkPreview\":[{"
                 "\"url\":"
                 "\"https://x.example\",\"title\":\"T\",\"date\":\"5\"}]}"),
        "chat 10|Ann Ba\"r|contact\n"
        "remark an earlier version, sent 2023-11-14T22:13:21Z: first line\n"
        "remark an earlier version, sent 2023-11-14T22:13:25Z: second\n"
        "message 1/1700000001000 <Mara Lind|self> at=1700000001Z edited=1700000009Z: "
        "third\n"
        "  other inline |reactions||0|0|\u2764 Ann Ba\"r, x Mara Lind\n"
        "message 2/1700000010000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000010Z re=1/1700000001000: reply\n"
        "  other inline |quote||0|0|first\n"
        "  other inline |link||0|0|https://x.example T\n");
}

static void other_kinds(void **state)
{
    expect(
        *state,
        CHAT2 ITEM("2", "1700000001000", "\"remoteDeletedMessage\":{}")
            ITEM("2", "1700000002000", "\"viewOnceMessage\":{\"reactions\":[]}") ITEM(
                "1", "1700000003000",
                "\"contactMessage\":{\"contact\":{\"name\":{\"givenName\":\"Ann\","
                "\"familyName\":\"B\"},\"number\":[{\"value\":\"+1555\",\"type\":"
                "\"MOBILE\"}],\"avatar\":{\"contentType\":\"x\"},\"organization\":\"O\"}"
                "}") ITEM("1", "1700000004000",
                          "\"poll\":{\"question\":\"When?\",\"options\":[{\"option\":"
                          "\"Now\","
                          "\"votes\":[{\"voterId\":\"2\",\"voteCount\":1}]},{\"option\":"
                          "\"Later\"}]}")
                ITEM(
                    "1", "1700000005000",
                    "\"paymentNotification\":{\"amountMob\":\"1.5\",\"note\":\"for tea\","
                    "\"transactionDetails\":{\"transaction\":{\"status\":\"INITIAL\"}}}")
                    ITEM("2", "1700000006000",
                         "\"directStoryReplyMessage\":{\"textReply\":{\"text\":{\"body\":"
                         "\"nice\"}}}")
                        ITEM("2", "1700000007000",
                             "\"adminDeletedMessage\":{\"adminId\":\"1\"}"),
        "chat 10|Ann Ba\"r|contact\n"
        "message 2/1700000001000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000001Z marks=128: \n"
        "message 2/1700000002000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000002Z: \n"
        "  other left-out |||0|0|to be viewed once: left out of every export\n"
        "gap attachment: to be viewed once: left out of every export\n"
        "message 1/1700000003000 <Mara Lind|self> at=1700000003Z: \n"
        "  contact inline |contact||0|0|name: Ann, B, number: +1555, mobile, "
        "organization O\n"
        "message 1/1700000004000 <Mara Lind|self> at=1700000004Z: When?\n"
        "  other inline |poll||0|0|option Now, votes: voter Ann Ba\"r, vote count 1, "
        "option Later\n"
        "message 1/1700000005000 <Mara Lind|self> at=1700000005Z: \n"
        "  other inline |payment||0|0|amount mob 1.5, for tea\n"
        "message 2/1700000006000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000006Z: nice\n"
        "message 2/1700000007000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000007Z marks=128: \n"
        "  other inline |deleted by||0|0|admin Mara Lind\n");
}

static void what_the_program_says(void **state)
{
    expect(
        *state,
        CHAT2 ITEM(
            "2", "1700000001000",
            "\"directionless\":{},\"updateMessage\":{\"groupChange\":{\"updates\":["
            "{\"groupMemberAddedUpdate\":{\"updaterAci\":\"" ACI_ANN
            "\",\"newMemberAci\":\"" ACI_SOK
            "\"}},{\"groupNameUpdate\":{\"newGroupName\":\"G: 1\"}},"
            "{\"groupCreationUpdate\":{}},{\"laterUpdate\":{\"isNew\":false}}]}}")
            ITEM("2", "1700000002000",
                 "\"updateMessage\":{\"individualCall\":{\"callId\":\"77\",\"type\":"
                 "\"AUDIO_CALL\",\"direction\":\"INCOMING\",\"state\":\"MISSED\","
                 "\"startedCallTimestamp\":\"1700000002000\",\"read\":true}}")
                ITEM("2", "1700000003000",
                     "\"updateMessage\":{\"simpleUpdate\":{\"type\":\"IDENTITY_UPDATE\"}"
                     "}"),
        "chat 10|Ann Ba\"r|contact\n"
        "service 2/1700000001000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000001Z: group change: group member added: updater Ann Ba\"r, new member "
        "Sok, group name: new group name G: 1, group creation, later: not is new\n"
        "service 2/1700000002000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000002Z: individual call: audio call, incoming, missed, started call "
        "2023-11-14T22:13:22Z\n"
        "service 2/1700000003000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
        "at=1700000003Z: simple: identity update\n");
}

static void damaged_lines(void **state)
{
    expect(*state,
           CHAT2
           "{\"chatItem\":{\"chatId\":\"10\",\"authorId\":\"2\",\"date\n\n[1]\n" ITEM(
               "2", "1700000001000", TEXT_OF("one")) "garbage\n"
                                                     "{\"chatItem\":{\"chatId\":\"10\","
                                                     "\"standardMessage\":{\"text",
           "remark not JSON at byte 47: the text ends within a string\n"
           "gap messages: a line that is damaged\n"
           "remark a line that is no object\n"
           "gap messages: a line that is damaged\n"
           "remark a line that is no object\n"
           "gap messages: a line that is damaged\n"
           "remark not JSON at byte 51: the text ends within a string\n"
           "gap messages: a line that is damaged\n"
           "chat 10|Ann Ba\"r|contact\n"
           "message 2/1700000001000 <Ann Ba\"r|00010203-0405-0607-0809-0a0b0c0d0e0f> "
           "at=1700000001Z: one\n");
}

static void hostile_shapes(void **state)
{
    expect(*state,
           "{\"chat\":{\"id\":{},\"recipientId\":[]}}\n"
           "{\"chatItem\":{\"authorId\":[1],\"dateSent\":\"x\",\"revisions\":{},"
           "\"standardMessage\":{\"text\":[],\"quote\":[],\"attachments\":[1,[],{"
           "\"pointer\":[{}],\"flag\":{}}],\"reactions\":[[1],{\"emoji\":{}}],"
           "\"linkPreview\":[{\"url\":[]}]},\"updateMessage\":\"x\","
           "\"stickerMessage\":{\"sticker\":[]}}}\n"
           "{\"recipient\":{\"id\":\"2\",\"contact\":[]}}\n{\"chatItem\":[]}\n",
           "chat 0||unknown\n"
           "remark a chat that the export does not describe\n"
           "remark its author is nobody that the export describes\n"
           "message  <|recipient 0>: \n"
           "  file unavailable |||0|0|not on the device that exported\n"
           "  other inline |link||0|0|\n"
           "  sticker unavailable |||0|0|\n"
           "  other inline |reactions||0|0| \n"
           "gap attachment: not on the device that exported\n"
           "gap attachment: \n");
}

static void no_export_at_all(void **state)
{
    put_text(*state, "main.jsonl", "{\"version\":\"1\"}\n");
    expect_words_told(test_path(*state, "main.jsonl"), EW_IMPORT_SIGNAL, "!format");
}

static void out_of_memory(void **state)
{
    char text[8192];
    (void)snprintf(text, sizeof text, "%s%s", people,
                   CHAT2 ITEM("2", "1700000001000", TEXT_OF("one\\n")));
    put_text(*state, "main.jsonl", text);
    assert_true(told_without_memory(*state, EW_IMPORT_SIGNAL, 0) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_IN_DIR(chats_one_after_another),
        TEST_IN_DIR(attachments),
        TEST_IN_DIR(an_export_without_files),
        TEST_IN_DIR(edits_quotes_and_reactions),
        TEST_IN_DIR(other_kinds),
        TEST_IN_DIR(what_the_program_says),
        TEST_IN_DIR(damaged_lines),
        TEST_IN_DIR(hostile_shapes),
        TEST_IN_DIR(no_export_at_all),
        TEST_IN_DIR(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
