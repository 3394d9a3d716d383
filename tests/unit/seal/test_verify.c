/* SPDX-License-Identifier: Apache-2.0 */
/* What a verdict says of time, of keys that were revoked, and of events. */
#include "base/hash.h"
#include "base/when.h"
#include "made_bundle.h"
#include "seal/event.h"
#include "seal/policy.h"
#include "seal/sshsig.h"

/* The first block of the Bitcoin chain, as everybody knows it. */
#define GENESIS                                                                          \
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a" \
    "7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
#define GENESIS_ID "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"

static void policy_line(desk *d, const char *before, const ew_signer *key,
                        const char *after)
{
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "%s ", before), EW_OK);
    assert_int_equal(ew_vkey_append(&d->policy, ew_signer_vkey(key), NULL), EW_OK);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "%s\n", after), EW_OK);
}

static ew_verdict verdict_of(desk *d)
{
    size_t n;
    char *b = bundle_of(d, &n);
    ew_verdict v = judged(d, b, n);
    free(b);
    return v;
}

/* ------------------------------------------------------------------ revoked keys */

static void revoked_since(desk *d, const ew_signer *key, int64_t since)
{
    char when[EW_ISO_TEXT];
    char after[64];
    (void)snprintf(after, sizeof after, " since %s", ew_iso_text(since, when));
    policy_line(d, "#!earwitness revoked", key, after);
}

static void a_key_revoked_later_still_counts(void **state)
{
    desk *d = *state;
    sign_and_log(d);
    revoked_since(d, d->seal_key, TIME + 1);
    revoked_since(d, d->log_key, TIME + 1);
    assert_int_equal(verdict_of(d).state, EW_VERIFIED);
}

static void a_key_revoked_before_does_not(void **state)
{
    desk *d = *state;
    sign_and_log(d);
    revoked_since(d, d->seal_key, TIME);
    ew_verdict v = verdict_of(d);
    assert_int_equal(v.state, EW_UNVOUCHED);
    assert_false(v.seal_key_trusted);
    assert_non_null(strstr(v.reason, "the key of the seal was revoked"));
}

static void a_revoked_key_needs_a_time(void **state)
{
    desk *d = *state;
    sign_and_log(d);
    ew_buf_reset(&d->policy);
    add_policy_key(&d->policy, "#!earwitness seal", d->seal_key);
    add_policy_key(&d->policy, "log", d->log_key);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "quorum none\n"), EW_OK);
    revoked_since(d, d->log_key, TIME + 1000);
    ew_verdict v = verdict_of(d);
    assert_int_equal(v.state, EW_UNVOUCHED);
    assert_false(v.log_trusted);
}

/* ------------------------------------------------------------------ not before */

static ew_verdict quoting(desk *d, const char *after, const char *block)
{
    (void)snprintf(d->seal.after, sizeof d->seal.after, "%s", after);
    sign_and_log(d);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "%s\n", block), EW_OK);
    return verdict_of(d);
}

static void a_quoted_block_dates_the_seal(void **state)
{
    ew_verdict v =
        quoting(*state, "bitcoin 0 " GENESIS_ID, "#!earwitness bitcoin 0 " GENESIS);
    assert_int_equal(v.state, EW_VERIFIED);
    assert_true(v.dated && v.not_before == 1231006505 && v.timed);
}

static void a_quoted_block_that_is_not_known_says_nothing(void **state)
{
    ew_verdict v =
        quoting(*state, "bitcoin 1 " GENESIS_ID, "#!earwitness bitcoin 0 " GENESIS);
    assert_int_equal(v.state, EW_VERIFIED);
    assert_false(v.dated);
}

static void a_quoted_block_of_another_chain_breaks(void **state)
{
    ew_verdict v = quoting(
        *state,
        "bitcoin 0 000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce260",
        "#!earwitness bitcoin 0 " GENESIS);
    assert_int_equal(v.state, EW_BROKEN);
}

/* A seal that was on record before the block it quotes: one of the two is a lie. */
static void row_12_a_quote_younger_than_the_record(void **state)
{
    char header[161] = GENESIS;
    uint8_t raw[80];
    uint8_t hash[32];
    char id[65];
    char after[128];
    char line[256];
    assert_int_equal(ew_unhex(header, raw, sizeof raw), 0);
    const uint32_t late = TIME + 7201;
    for (int i = 0; i < 4; i++)
        raw[68 + i] = (uint8_t)(late >> (8 * i));
    ew_hex(raw, sizeof raw, header);
    ew_sha256_bytes(raw, sizeof raw, hash);
    ew_sha256_bytes(hash, sizeof hash, hash);
    for (int i = 0; i < 16; i++) {
        uint8_t other = hash[i];
        hash[i] = hash[31 - i];
        hash[31 - i] = other;
    }
    ew_hex(hash, sizeof hash, id);
    (void)snprintf(after, sizeof after, "bitcoin 5 %s", id);
    (void)snprintf(line, sizeof line, "#!earwitness bitcoin 5 %s", header);
    ew_verdict v = quoting(*state, after, line);
    assert_int_equal(v.state, EW_BROKEN);
    assert_non_null(strstr(v.reason, "younger"));
}

/* ------------------------------------------------------------------ time tokens */

/* A proof that the digest itself is the Merkle root of block 7; out: 128 bytes. */
static size_t make_ots(const uint8_t digest[32], uint8_t *out)
{
    static const uint8_t head[] = "\x00OpenTimestamps\x00\x00Proof\x00"
                                  "\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08";
    static const uint8_t bitcoin[] = {0x00, 0x05, 0x88, 0x96, 0x0d, 0x73,
                                      0xd7, 0x19, 0x01, 0x01, 0x07};
    memcpy(out, head, sizeof head - 1);
    memcpy(out + sizeof head - 1, digest, 32);
    memcpy(out + sizeof head - 1 + 32, bitcoin, sizeof bitcoin);
    return sizeof head - 1 + 32 + sizeof bitcoin;
}

/* A header of block 7 with this root and time, as a line of a policy. */
static void add_block(desk *d, const uint8_t root[32], uint32_t time)
{
    uint8_t raw[80] = {1};
    char hex[161];
    memcpy(raw + 36, root, 32);
    for (int i = 0; i < 4; i++)
        raw[68 + i] = (uint8_t)(time >> (8 * i));
    ew_hex(raw, sizeof raw, hex);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "#!earwitness bitcoin 7 %s\n", hex),
                     EW_OK);
}

/* Without witnesses a proof in a block that the reader knows says when, and only that. */
static void row_12_a_token_dates_the_checkpoint(void **state)
{
    desk *d = *state;
    uint8_t digest[32];
    uint8_t ots[128];
    ew_tlog_proof *proof = NULL;
    sign_and_log(d);
    ew_buf_reset(&d->policy);
    add_policy_key(&d->policy, "#!earwitness seal", d->seal_key);
    add_policy_key(&d->policy, "log", d->log_key);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "quorum none\n"), EW_OK);
    assert_int_equal(ew_tlog_proof_parse(&proof, d->proof.data, d->proof.len, NULL),
                     EW_OK);
    ew_sha256_bytes(proof->note->text.p, proof->note->text.n, digest);
    ew_tlog_proof_free(proof);
    d->times[0].ots = true;
    d->times[0].bytes = (ew_slice){(char *)ots, make_ots(digest, ots)};
    d->time_count = 1;
    ew_verdict v = verdict_of(d);
    assert_true(v.state == EW_VERIFIED && !v.timed && v.time_count == 1 &&
                !v.times[0].good);
    size_t without = d->policy.len;
    add_block(d, digest, TIME + 50);
    v = verdict_of(d);
    assert_true(v.timed && v.not_after == TIME + 50 && v.times[0].good);
    /* The block that the reader knows has another root: a forged proof, or another chain. */
    d->policy.len = without;
    digest[5] ^= 1;
    add_block(d, digest, TIME + 50);
    v = verdict_of(d);
    assert_true(v.state == EW_VERIFIED && !v.timed && !v.times[0].good);
    /* Over something else. */
    d->times[0].bytes = (ew_slice){(char *)ots, make_ots(digest, ots)};
    v = verdict_of(d);
    assert_false(v.timed || v.times[0].good);
}

/* ------------------------------------------------------------------ events */

static ew_event said(const desk *d, const char *words)
{
    ew_event e = {.kind = EW_EVENT_POSITION,
                  .time = TIME - 60,
                  .actor = ew_slice_of("Ministry of Truth"),
                  .has_item = true,
                  .stance = EW_STANCE_FABRICATED,
                  .line_count = 1};
    memcpy(e.item, d->seal.item, sizeof e.item);
    e.lines[0] = ew_slice_of(words);
    return e;
}

static void add_event(desk *d, const ew_event *e, const ew_signer *by, bool ssh)
{
    ew_buf text;
    ew_buf *out = &d->events[d->event_count];
    ew_buf_init(&text, EW_EVENT_BYTES);
    ew_buf_init(out, EW_NOTE_MAX);
    assert_int_equal(ew_event_append(&text, e, NULL), EW_OK);
    ew_slice s = {(char *)text.data, text.len};
    if (ssh) {
        assert_int_equal(ew_buf_append(out, s.p, s.n, NULL), EW_OK);
        assert_int_equal(ew_buf_append(out, "\n", 1, NULL), EW_OK);
        assert_int_equal(ew_sshsig_make(out, s, by, NULL), EW_OK);
    } else {
        assert_int_equal(ew_note_make(out, s, by, NULL), EW_OK);
    }
    d->event_ssh[d->event_count++] = ssh;
    ew_buf_release(&text);
}

static void add_person(desk *d, const char *name, const ew_signer *key)
{
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "#!earwitness person %s ", name),
                     EW_OK);
    assert_int_equal(ew_ssh_key_append(&d->policy, ew_signer_vkey(key)->key, NULL),
                     EW_OK);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "\n"), EW_OK);
}

static void events_are_told_with_who_signed_them(void **state)
{
    desk *d = *state;
    ew_signer *desk_key = test_signer("desk.example/statement", EW_SIG_ED25519, 7);
    ew_signer *person = test_signer("somebody", EW_SIG_ED25519, 8);
    ew_event one = said(d, "It never happened.");
    ew_event two = said(d, "It did.");
    two.stance = EW_STANCE_CONFIRMS;
    add_event(d, &one, desk_key, false);
    add_event(d, &two, person, true);
    sign_and_log(d);
    ew_verdict v = verdict_of(d);
    assert_int_equal(v.state, EW_VERIFIED);
    assert_int_equal(v.event_count, 2);
    /* The policy knows neither of the two keys. */
    assert_true(v.events[0].logged && v.events[1].logged);
    assert_false(v.events[0].trusted || v.events[1].trusted);
    policy_line(d, "#!earwitness statement", desk_key, "");
    add_person(d, "Ann", person);
    v = verdict_of(d);
    assert_true(v.events[0].trusted && v.events[1].trusted);
    assert_string_equal(v.events[0].by, "desk.example/statement");
    assert_string_equal(v.events[1].by, "Ann");
    assert_string_equal(v.events[0].kind, "position");
    assert_string_equal(v.events[0].stance, "says-fabricated");
    assert_string_equal(v.events[0].actor, "Ministry of Truth");
    assert_string_equal(v.events[1].words, "It did.");
    assert_true(v.events[1].entry == 4 && v.events[1].timed &&
                v.events[1].not_after == TIME && v.events[1].claimed == TIME - 60);
    /* Revoked before the witness saw it. */
    revoked_since(d, desk_key, TIME - 1);
    assert_false(verdict_of(d).events[0].trusted);
    ew_signer_free(desk_key);
    ew_signer_free(person);
}

static void long_words_are_cut(void **state)
{
    desk *d = *state;
    char line[900];
    ew_signer *key = test_signer("desk.example/statement", EW_SIG_ED25519, 7);
    memset(line, 'a', sizeof line - 1);
    line[sizeof line - 1] = 0;
    ew_event e = said(d, line);
    e.lines[e.line_count++] = ew_slice_of(line);
    add_event(d, &e, key, false);
    sign_and_log(d);
    ew_verdict v = verdict_of(d);
    assert_int_equal(v.state, EW_VERIFIED);
    assert_non_null(strstr(v.events[0].words, " (cut short)"));
    ew_signer_free(key);
}

static void an_event_of_another_item_breaks(void **state)
{
    desk *d = *state;
    ew_signer *key = test_signer("desk.example/statement", EW_SIG_ED25519, 7);
    ew_event e = said(d, "Wrong.");
    e.item[3] ^= 1;
    add_event(d, &e, key, false);
    sign_and_log(d);
    assert_string_equal(verdict_of(d).reason, "an event that is not about this item");
    ew_signer_free(key);
}

static void an_event_with_a_forged_signature_breaks(void **state)
{
    desk *d = *state;
    ew_signer *key = test_signer("desk.example/statement", EW_SIG_ED25519, 7);
    ew_signer *person = test_signer("somebody", EW_SIG_ED25519, 8);
    ew_event e = said(d, "It did.");
    for (int ssh = 0; ssh < 2; ssh++) {
        add_event(d, &e, ssh == 1 ? person : key, ssh == 1);
        ew_buf *bytes = &d->events[d->event_count - 1];
        uint8_t *word = memmem(bytes->data, bytes->len, "did", 3);
        assert_non_null(word);
        memcpy(word, "Did", 3);
    }
    sign_and_log(d);
    policy_line(d, "#!earwitness statement", key, "");
    assert_string_equal(verdict_of(d).reason,
                        "the event's signature is not by the key that it names");
    /* A person's key travels with the signature: it breaks even where nobody knows it. */
    ew_buf_release(&d->events[0]);
    ew_buf_release(&d->event_proofs[0]);
    d->events[0] = d->events[1];
    d->event_proofs[0] = d->event_proofs[1];
    d->event_ssh[0] = true;
    d->event_count = 1;
    assert_string_equal(verdict_of(d).reason,
                        "the event's signature is not by the key that it names");
    ew_signer_free(key);
    ew_signer_free(person);
}

static void an_event_that_is_not_on_the_log_breaks(void **state)
{
    desk *d = *state;
    ew_signer *key = test_signer("desk.example/statement", EW_SIG_ED25519, 7);
    ew_event one = said(d, "One.");
    ew_event two = said(d, "Two.");
    add_event(d, &one, key, false);
    add_event(d, &two, key, false);
    sign_and_log(d);
    ew_buf other = d->event_proofs[0];
    d->event_proofs[0] = d->event_proofs[1];
    d->event_proofs[1] = other;
    assert_string_equal(verdict_of(d).reason,
                        "the log does not hold this event at this place");
    ew_signer_free(key);
}

/* ------------------------------------------------------------------ the published file */

#define MADE_PUBLISHED                                                                   \
    "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - [withheld]\n"                   \
    "1/2/20, 10:02 - Ann: Thanks.\n"

static ew_verdict_state with_published(desk *d, const char *published, ew_verdict *v)
{
    size_t n;
    char *b = bundle_of(d, &n);
    ew_verify_in in = {.bundle = b,
                       .bundle_bytes = n,
                       .policy = (char *)d->policy.data,
                       .policy_bytes = d->policy.len,
                       .published = published,
                       .published_bytes = strlen(published)};
    assert_int_equal(ew_bundle_verify(&in, v, NULL), EW_OK);
    free(b);
    return v->state;
}

static void row_04_a_published_chat(void **state)
{
    static const char *const bad[] = {
        "", "1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:02 - Ann: Thanks.\n",
        ("1/2/20, 10:00 - Ann: Did you know?\n1/2/20, 10:01 - Bob: no\n"
         "1/2/20, 10:02 - Ann: Thanks.\n")};
    desk *d = *state;
    ew_verdict v;
    sign_and_log(d);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(with_published(d, bad[i], &v), EW_BROKEN);
        assert_string_equal(
            v.reason, "the published file is not what is shown, with its gaps filled");
    }
    assert_int_equal(with_published(d, MADE_PUBLISHED, &v), EW_VERIFIED);
    assert_string_equal(v.published, "mark");
}

/* ------------------------------------------------------------------ the policy's own lines */

static void bad_lines_are_refused(void **state)
{
    static const char *const bad[] = {
        "#!earwitness",
        "#!earwitness witness",
        "#!earwitness person Ann",
        "#!earwitness person Ann ssh-rsa AAAA",
        "#!earwitness person Ann ssh-ed25519 AAAA",
        "#!earwitness revoked",
        "#!earwitness tsa",
        "#!earwitness tsa !!!!",
        "#!earwitness tsa AAAA more",
        "#!earwitness bitcoin",
        "#!earwitness bitcoin 1",
        "#!earwitness bitcoin 01 " GENESIS,
        "#!earwitness bitcoin 4294967296 " GENESIS,
        "#!earwitness bitcoin 1 00" GENESIS,
        "#!earwitness bitcoin 1 " GENESIS " more",
        "#!earwitness bitcoin 1 " GENESIS "\n#!earwitness bitcoin 1 " GENESIS,
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[1024];
        ew_policy *p = NULL;
        ew_err err;
        int n = snprintf(text, sizeof text, "quorum none\n%s\n", bad[i]);
        if (ew_policy_parse(&p, text, (size_t)n, &err) != EW_E_FORMAT)
            fail_msg("accepted: %s", bad[i]);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up_unsigned, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_key_revoked_later_still_counts),
        TEST(a_key_revoked_before_does_not),
        TEST(a_revoked_key_needs_a_time),
        TEST(a_quoted_block_dates_the_seal),
        TEST(a_quoted_block_that_is_not_known_says_nothing),
        TEST(a_quoted_block_of_another_chain_breaks),
        TEST(row_12_a_quote_younger_than_the_record),
        TEST(row_12_a_token_dates_the_checkpoint),
        TEST(events_are_told_with_who_signed_them),
        TEST(long_words_are_cut),
        TEST(an_event_of_another_item_breaks),
        TEST(an_event_with_a_forged_signature_breaks),
        TEST(an_event_that_is_not_on_the_log_breaks),
        TEST(row_04_a_published_chat),
        cmocka_unit_test(bad_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
