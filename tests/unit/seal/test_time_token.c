/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of time tokens: each state in its own words, and a time only where one is
 * shown. */
#include "seal/time_token.h"

#include <openssl/sha.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "vectors.h"

#define MAGIC "\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"
#define BITCOIN "\x05\x88\x96\x0d\x73\xd7\x19\x01"
#define LITECOIN "\x06\x86\x9a\x0d\x73\xd7\x1b\x45"
#define PENDING "\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e"
#define STAMPED "the text of a checkpoint\n"
#define BLOCK_TIME 1432827678

/* Block 358391 of Bitcoin. */
#define HEADER                                                                           \
    "02000000b96394585a281b7e5f438fd1c9ed492645a1fd61cb380204000000000000000000"         \
    "7ee445d23ad061af4a36b809501fab1ac4f2d7e7a739817dd0cbb7ec661b8a1e376755f586"         \
    "16186272def6"

/* An .ots over STAMPED (or over what `digest` is of) that ends so. */
static ew_verdict judge_ots(const ew_policy *p, const char *tail, size_t n)
{
    static uint8_t file[4096];
    ew_verdict v = {0};
    size_t at = sizeof MAGIC - 1;
    memcpy(file, MAGIC, at);
    (void)SHA256((const uint8_t *)STAMPED, strlen(STAMPED), file + at);
    memcpy(file + at + 32, tail, n);
    ew_slice bytes = {(const char *)file, at + 32 + n};
    assert_int_equal(ew_time_token_judge(ew_slice_of(STAMPED), p, bytes, true, &v, NULL),
                     EW_OK);
    return v;
}

#define JUDGE(p, tail) judge_ots(p, tail, sizeof(tail) - 1)

static void says(const ew_verdict *v, size_t i, const char *words)
{
    assert_true(i < v->time_count);
    assert_string_equal(v->times[i].words, words);
    assert_false(v->times[i].good);
}

/* A policy that gives blocks by what the seal's proof needs them to be. */
static ew_policy *blocks(uint64_t height, const uint8_t root[32])
{
    ew_policy *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->block_count = 1;
    p->blocks[0].height = height;
    p->blocks[0].time = BLOCK_TIME;
    memcpy(p->blocks[0].root, root, 32);
    return p;
}

static void row_13_ots_pending_unknown(void **state)
{
    (void)state;
    ew_verdict v = JUDGE(NULL, "\xff\x00" PENDING "\x0e\x0dhttps://a.b/c\xff\x00" LITECOIN
                               "\x01\x09\x00"
                               "ABCDEFGH\x00");
    assert_int_equal(v.time_count, 3);
    says(&v, 0, "pending at https://a.b/c: proves nothing yet");
    says(&v, 1, "in Litecoin block 9: that chain is not looked at");
    says(&v, 2, "an attestation of an unknown kind: proves nothing");
    assert_string_equal(v.times[0].kind, "ots");
    assert_false(v.timed);
    v = JUDGE(NULL, "\x00" BITCOIN "\x01\x07");
    says(&v, 0,
         "in Bitcoin block 7, whose header your policy does not give: not checked");
    v = JUDGE(NULL, "\x00" BITCOIN "\x01");
    says(&v, 0, "cannot be read as an OpenTimestamps proof: proves nothing");
}

/* A proof of another chain, or one to which somebody's own block was made up. */
static void row_13_ots_forked(void **state)
{
    (void)state;
    uint8_t root[32];
    (void)SHA256((const uint8_t *)STAMPED, strlen(STAMPED), root);
    ew_policy *p = blocks(7, root);
    ew_verdict v = JUDGE(p, "\x00" BITCOIN "\x01\x07");
    assert_int_equal(v.time_count, 1);
    assert_true(v.times[0].good && v.timed);
    assert_int_equal(v.not_after, BLOCK_TIME);
    assert_string_equal(
        v.times[0].words,
        "Bitcoin block 7: no later than 2015-05-28T15:41:18Z, by its miner's clock");
    /* Forked inside: the same block again with another root, and one block that is not given. */
    v = JUDGE(p, "\xff\x00" BITCOIN "\x01\x07\xff\x08\x00" BITCOIN "\x01\x07\x00" BITCOIN
                 "\x01\x08");
    assert_int_equal(v.time_count, 3);
    assert_true(v.times[0].good);
    says(&v, 1,
         "the header of Bitcoin block 7 that your policy gives does not hold this: "
         "another "
         "chain, or a forged proof");
    assert_false(v.times[2].good);
    /* A message that is no root. */
    v = JUDGE(p, "\xf0\x01z\x00" BITCOIN "\x01\x07");
    assert_false(v.times[0].good || v.timed);
    free(p);
}

static void test_over_something_else(void **state)
{
    (void)state;
    ew_verdict v = {0};
    static const char file[] =
        MAGIC "12345678901234567890123456789012\x00" BITCOIN "\x01\x07";
    ew_slice bytes = {file, sizeof file - 1};
    assert_int_equal(
        ew_time_token_judge(ew_slice_of(STAMPED), NULL, bytes, true, &v, NULL), EW_OK);
    says(&v, 0,
         "an OpenTimestamps proof over something else than this checkpoint: proves "
         "nothing");
}

static void test_a_real_block(void **state)
{
    (void)state;
    size_t n;
    size_t stamped;
    uint8_t header[80];
    ew_verdict v = {0};
    char *file =
        test_file_get(vector_need("opentimestamps/examples/hello-world.txt.ots"), &n);
    char *text =
        test_file_get(vector_need("opentimestamps/examples/hello-world.txt"), &stamped);
    assert_int_equal(ew_unhex(HEADER, header, sizeof header), 0);
    ew_policy *p = blocks(358391, header + 36);
    ew_slice bytes = {file, n};
    ew_slice over = {text, stamped};
    assert_int_equal(ew_time_token_judge(over, p, bytes, true, &v, NULL), EW_OK);
    assert_string_equal(
        v.times[0].words,
        "Bitcoin block 358391: no later than 2015-05-28T15:41:18Z, by its miner's clock");
    assert_int_equal(v.not_after, (int64_t)ew_get_u32le(header + 68));
    free(p);
    free(text);
    free(file);
}

/* The earliest counts; lines beyond what a verdict holds are left out. */
static void test_many(void **state)
{
    (void)state;
    uint8_t root[32];
    uint8_t tail[2048];
    size_t n = 0;
    (void)SHA256((const uint8_t *)STAMPED, strlen(STAMPED), root);
    ew_policy *p = blocks(7, root);
    for (int i = 0; i < 40; i++) {
        memcpy(tail + n, "\xff\x00" BITCOIN "\x01\x07", 12);
        n += 12;
    }
    memcpy(tail + n, "\x00" BITCOIN "\x01\x07", 11);
    ew_verdict v = judge_ots(p, (const char *)tail, n + 11);
    assert_int_equal(v.time_count, EW_VERDICT_TIMES);
    ew_verdict w = {.timed = true, .not_after = BLOCK_TIME - 5};
    ew_slice none = {"x", 1};
    assert_int_equal(ew_time_token_judge(ew_slice_of(STAMPED), p, none, false, &w, NULL),
                     EW_OK);
    says(&w, 0, "cannot be read as a time stamp: proves nothing");
    assert_string_equal(w.times[0].kind, "tsa");
    assert_int_equal(w.not_after, BLOCK_TIME - 5);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_13_ots_pending_unknown),
        cmocka_unit_test(row_13_ots_forked),
        cmocka_unit_test(test_over_something_else),
        cmocka_unit_test(test_a_real_block),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
