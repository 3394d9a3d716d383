/* SPDX-License-Identifier: Apache-2.0 */
/* Events: one spelling, fields where they belong, and what is written comes back. */
#include "seal/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "support.h"

#define H1 "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define VKEY "desk.example/log+1d9c0782+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"

static const char letter[] = "earwitness-event/v1\n"
                             "kind position\n"
                             "time 2026-11-22T07:00:00Z\n"
                             "actor Ann Author\n"
                             "name " H1 "\n"
                             "item " H1 "\n"
                             "digest " H1 "\n"
                             "stance says-fabricated\n"
                             "prev " H1 "\n"
                             "text I did not write this.\n"
                             "text\n"
                             "text   Ever. Жёлтый \xE2\x80\x8Fעברית\n";

static ew_code parse(ew_event *e, const char *text)
{
    return ew_event_parse(e, ew_slice_of(text), NULL);
}

static void test_letter(void **state)
{
    (void)state;
    ew_event e;
    assert_int_equal(parse(&e, letter), EW_OK);
    assert_int_equal(e.kind, EW_EVENT_POSITION);
    assert_int_equal(e.time, 1795330800);
    assert_true(ew_slice_is(e.actor, "Ann Author"));
    assert_true(e.has_name && e.has_item && e.has_digest && e.has_prev);
    assert_false(e.has_before || e.has_after);
    assert_int_equal(e.digest[31], 1);
    assert_string_equal(ew_stance_name(e.stance), "says-fabricated");
    assert_int_equal(e.line_count, 3);
    assert_int_equal(e.lines[1].n, 0);
    assert_true(ew_slice_skip(&e.lines[2], "  Ever. "));
}

/* What each line may not become. */
static void test_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } changes[] = {
        {"/v1\n", "/v1 \n"},
        {"kind position", "kind  position"},
        {"kind position", "kind Position"},
        {"kind position", "kind nix"},
        {"kind position", "kind statement"}, /* has no stance */
        {"T07:00:00Z", "T7:00:00Z"},
        {"T07:00:00Z", "T07:00:00+00:00"},
        {"2026-11-22", "2026-11-31"},
        {"time ", "since "},
        {"actor Ann", "actor  Ann"},
        {"Author\n", "Author \n"},
        {"Ann Author", ""},
        {"actor Ann Author\n", ""}, /* and a name behind nobody */
        {"Ann", "A\tn"},
        {"Ann", "A\xC2\x85n"},
        {"Ann", "A\xE2\x80\xA8n"},
        {"Ann", "A\xFFn"},
        {"Ann", "A\rn"},
        {"name AQ", "name BQ=="},
        {"name AQ", "name Q"},
        {"name " H1 "\n", "name " H1 "\nname " H1 "\n"},
        {"item " H1 "\ndigest " H1 "\n", "digest " H1 "\nitem " H1 "\n"},
        {"digest", "before"}, /* of custody only */
        {"says-fabricated", "says"},
        {"stance says-fabricated\n", ""},
        {"stance says-fabricated", "stance "},
        {"text\n", "text \n"},
        {"text\n", "\n"},
        {"text\n", ""}, /* fine, and comes last: see below */
    };
    ew_event e;
    char bad[1024];
    for (size_t i = 0; i < EW_COUNT(changes); i++) {
        const char *at = strstr(letter, changes[i].from);
        assert_non_null(at);
        (void)snprintf(bad, sizeof bad, "%.*s%s%s", (int)(at - letter), letter,
                       changes[i].to, at + strlen(changes[i].from));
        ew_code want = i + 1 < EW_COUNT(changes) ? EW_E_FORMAT : EW_OK;
        if ((parse(&e, bad) == EW_OK) != (want == EW_OK))
            fail_msg("'%s' became '%s'", changes[i].from, changes[i].to);
    }
    /* Every beginning of it is cut short or still an event of fewer lines. */
    for (size_t n = 0; n < sizeof letter - 1; n++) {
        ew_slice part = {letter, n};
        if (ew_event_parse(&e, part, NULL) == EW_OK && letter[n - 1] != '\n')
            fail_msg("cut at %zu", n);
    }
    assert_int_equal(parse(&e, "earwitness-event/v2\n"), EW_E_VERSION);
    assert_int_equal(parse(&e, "earwitness-seal/v1\n"), EW_E_FORMAT);
    assert_int_equal(parse(&e, ""), EW_E_FORMAT);
}

/* ------------------------------------------------------------------ every field, every kind */

typedef void (*setter)(ew_event *e);

static void set_item(ew_event *e)
{
    e->has_item = true;
}
static void set_digest(ew_event *e)
{
    e->has_digest = true;
}
static void set_before(ew_event *e)
{
    e->has_before = true;
}
static void set_after(ew_event *e)
{
    e->has_after = true;
}
static void set_purpose(ew_event *e)
{
    e->purpose = ew_slice_of("court order");
}
static void set_authority(ew_event *e)
{
    e->authority = ew_slice_of("chief editor");
}
static void set_tool(ew_event *e)
{
    e->tool = ew_slice_of("earwitness 0.4");
}
static void set_key(ew_event *e)
{
    e->key = ew_slice_of(VKEY);
}
static void set_since(ew_event *e)
{
    e->since = 5;
}
static void set_stance(ew_event *e)
{
    e->stance = EW_STANCE_DENIES;
}
static void set_words(ew_event *e)
{
    e->lines[0] = ew_slice_of("so it is");
    e->line_count = 1;
}
static void set_actor(ew_event *e)
{
    e->actor = ew_slice_of("ann");
}
static void set_prev(ew_event *e)
{
    e->has_prev = true;
}

static const setter setters[] = {
    set_item, set_digest, set_before, set_after, set_purpose, set_authority, set_tool,
    set_key,  set_since,  set_stance, set_words, set_actor,   set_prev};
enum { SETTERS = EW_COUNT(setters) };

/* '1': must be there, '.': may be, ' ': must not. In the order of the setters. */
static const char *const table[EW_EVENT_KINDS] = {
    "..        1..", "!!        ...", "..        1..", "..        1..",
    "..        ...", "..       1...", "1 .....   ...", "1 .....   ...",
    "1 .....   ...", "1 .....   ...", "1 .....   ...", "1 .....   ...",
    "1 .....   ...", "1 .....   ...", "       1  ...", "       1. ...",
};

static bool allowed(const char *row, unsigned mask)
{
    bool one = strchr(row, '!') == NULL; /* of those with '!' one must be there */
    for (unsigned i = 0; i < SETTERS; i++) {
        bool there = (mask >> i & 1) != 0;
        if ((row[i] == ' ' && there) || (row[i] == '1' && !there))
            return false;
        one = one || (row[i] == '!' && there);
    }
    return one;
}

static void check_round_trip(const ew_event *e)
{
    ew_buf a;
    ew_buf b;
    ew_event back;
    ew_buf_init(&a, EW_EVENT_BYTES);
    ew_buf_init(&b, EW_EVENT_BYTES);
    assert_int_equal(ew_event_append(&a, e, NULL), EW_OK);
    ew_slice text = {(const char *)a.data, a.len};
    assert_true(ew_note_text_ok(text));
    assert_int_equal(ew_event_parse(&back, text, NULL), EW_OK);
    assert_int_equal(back.kind, e->kind);
    assert_int_equal(back.time, e->time);
    assert_int_equal(back.line_count, e->line_count);
    assert_int_equal(ew_event_append(&b, &back, NULL), EW_OK);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    ew_buf_release(&a);
    ew_buf_release(&b);
}

static void test_fields_of_kinds(void **state)
{
    (void)state;
    ew_buf b;
    ew_buf_init(&b, EW_EVENT_BYTES);
    for (int kind = 0; kind < EW_EVENT_KINDS; kind++) {
        ew_event_kind back = EW_EVENT_KINDS;
        assert_true(
            ew_event_named(ew_slice_of(ew_event_name((ew_event_kind)kind)), &back));
        assert_int_equal(back, kind);
        for (unsigned mask = 0; mask < 1U << SETTERS; mask++) {
            ew_event e = {.kind = (ew_event_kind)kind, .time = 1};
            for (unsigned i = 0; i < SETTERS; i++)
                if (mask >> i & 1)
                    setters[i](&e);
            ew_buf_reset(&b);
            bool want = allowed(table[kind], mask);
            if ((ew_event_append(&b, &e, NULL) == EW_OK) != want)
                fail_msg("%s with %x", ew_event_name(e.kind), mask);
            if (want && mask % 7 == 0)
                check_round_trip(&e);
        }
    }
    ew_buf_release(&b);
}

/* ------------------------------------------------------------------ edges */

static ew_code try(const ew_event *e)
{
    ew_buf b;
    ew_buf_init(&b, EW_EVENT_BYTES);
    ew_code code = ew_event_append(&b, e, NULL);
    ew_buf_release(&b);
    return code;
}

static void test_edges(void **state)
{
    (void)state;
    char *longest = malloc(EW_EVENT_LINE + 2);
    memset(longest, 'x', EW_EVENT_LINE + 1);
    longest[EW_EVENT_LINE + 1] = 0;
    ew_event e = {.kind = EW_EVENT_STATEMENT, .time = 253402300799};
    for (size_t i = 0; i < EW_EVENT_LINES; i++)
        e.lines[i] = (ew_slice){longest, EW_EVENT_LINE};
    e.line_count = EW_EVENT_LINES;
    e.actor = e.lines[0];
    e.has_name = true;
    check_round_trip(&e);
    e.lines[3].n++;
    assert_int_equal(try(&e), EW_E_ARG);
    e.lines[3].n = 0;
    check_round_trip(&e);
    e.time++;
    assert_int_equal(try(&e), EW_E_ARG);
    e.time = -62135596800;
    check_round_trip(&e);
    e.line_count++;
    assert_int_equal(try(&e), EW_E_ARG);
    e.line_count = 4; /* ends with an empty line */
    assert_int_equal(try(&e), EW_E_ARG);
    e.line_count = 1;
    e.lines[0] = ew_slice_of("ends with a space ");
    assert_int_equal(try(&e), EW_E_ARG);
    e.lines[0] = ew_slice_of("a\nb");
    assert_int_equal(try(&e), EW_E_ARG);
    free(longest);

    e = (ew_event){.kind = EW_EVENT_POSITION, .stance = EW_STANCE_RETRACTS};
    assert_int_equal(try(&e), EW_E_ARG); /* what? */
    e.has_prev = true;
    check_round_trip(&e);
    e = (ew_event){.kind = EW_EVENT_KEY_REVOKE, .since = -1};
    static const char *const keys[] = {
        VKEY,
        "ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
        "ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c a",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQ==",
        "desk.example/log",
        "desk.example/log+1d9c0783+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c",
    };
    for (size_t i = 0; i < EW_COUNT(keys); i++) {
        e.key = ew_slice_of(keys[i]);
        assert_int_equal(try(&e), i < 2 ? EW_OK : EW_E_ARG);
    }
    e = (ew_event){.kind = EW_EVENT_KINDS};
    assert_int_equal(try(&e), EW_E_ARG);
}

/* Random bytes of a good event changed: what is still taken comes back the same. */
static void test_mutations(void **state)
{
    (void)state;
    char text[sizeof letter];
    ew_event e;
    unsigned long seed = 20261122;
    for (int round = 0; round < 200000; round++) {
        memcpy(text, letter, sizeof letter);
        for (int i = 0; i < 1 + round % 3; i++) {
            seed = seed * 6364136223846793005UL + 1442695040888963407UL;
            text[(seed >> 33) % (sizeof letter - 1)] = (char)(seed >> 24);
        }
        ew_slice s = {text, sizeof letter - 1};
        if (ew_event_parse(&e, s, NULL) == EW_OK)
            check_round_trip(&e);
    }
}

/* Computed with Python's hashlib. */
static void test_commit(void **state)
{
    (void)state;
    uint8_t salt[EW_SALT];
    ew_hash content;
    char hex[2 * EW_HASH + 1];
    memset(salt, 1, sizeof salt);
    memset(content.b, 2, sizeof content.b);
    ew_hash c = ew_commit(salt, &content);
    ew_hex(c.b, EW_HASH, hex);
    assert_string_equal(
        hex, "92452978b87960ef11fc8d093ce16b76f9635bf556659d2261b74f8ce307a199");
    salt[0] = 0;
    ew_hash d = ew_commit(salt, &content);
    assert_false(ew_hash_same(&c, &d));
}

static ew_code parse_work(void *arg, ew_err *err)
{
    ew_event e;
    return ew_event_parse(&e, ew_slice_of(arg), err);
}

static void test_torture(void **state)
{
    (void)state;
    char text[sizeof letter];
    memcpy(text, letter, sizeof letter);
    assert_true(test_torture_alloc(parse_work, text, 0) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letter),          cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_fields_of_kinds), cmocka_unit_test(test_edges),
        cmocka_unit_test(test_mutations),       cmocka_unit_test(test_commit),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
