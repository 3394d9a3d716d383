/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles end to end: a chat is sealed, logged, witnessed, partly shown, and checked; and
 * everybody who may lie tries to. */
#include "base/bytes.h"
#include "base/hash.h"
#include "made_bundle.h"
#include "seal/policy.h"

static bool contains(const char *bytes, size_t n, const char *what)
{
    return memmem(bytes, n, what, strlen(what)) != NULL;
}

static void test_verified(void **state)
{
    desk *d = *state;
    size_t n;
    char *b = bundle_of(d, &n);
    ew_verdict v = judged(d, b, n);
    assert_string_equal(v.reason, "");
    assert_int_equal(v.state, EW_VERIFIED);
    assert_string_equal(v.seal_key, "desk.example/seal");
    assert_string_equal(v.log, "desk.example/log");
    assert_true(v.seal_key_trusted && v.log_trusted && v.quorum && v.witnesses == 1);
    assert_true(v.timed && v.not_after == TIME && v.item_known);
    assert_memory_equal(v.item, d->seal.item, sizeof v.item);
    assert_int_equal(v.stream_count, 2);
    assert_string_equal(v.streams[0].splitter, "chat-v1");
    assert_true(v.streams[0].parts == 9 && v.streams[0].shown == 7);
    assert_true(v.streams[0].runs == 2 && v.streams[1].shown == 1);
    /* What is hidden is nowhere in the file. */
    assert_true(contains(b, n, "Did you know?"));
    assert_false(contains(b, n, "Bob"));
    assert_false(contains(b, n, "yes"));
    assert_false(contains(b, n, "source=Ann"));
    for (int i = 0; i < STREAMS; i++)
        assert_null(memmem(b, n, d->seeds[i].b, EW_HASH));
    free(b);
}

/* Rows 10 and 12: the place in the log and the time are those of policy and log. */
static void row_10_and_12_place_and_time(void **state)
{
    desk *d = *state;
    size_t n;
    char *b = bundle_of(d, &n);
    ew_verdict v = judged(d, b, n);
    assert_true(v.entry == 1 && v.log_size == 3);
    ew_buf_reset(&d->policy);
    add_policy_key(&d->policy, "#!earwitness seal", d->seal_key);
    add_policy_key(&d->policy, "log", d->log_key);
    assert_int_equal(ew_buf_printf(&d->policy, NULL, "quorum none\n"), EW_OK);
    v = judged(d, b, n);
    /* No witness is asked for, so no time is known. */
    assert_true(v.state == EW_VERIFIED && !v.timed);
    free(b);
}

static void row_17_own_policy(void **state)
{
    desk *d = *state;
    size_t n;
    char *b = bundle_of(d, &n);
    ew_verdict v;
    ew_verify_in in = {.bundle = b, .bundle_bytes = n};
    assert_int_equal(ew_bundle_verify(&in, &v, NULL), EW_OK);
    assert_int_equal(v.state, EW_UNVOUCHED);
    assert_string_equal(v.seal_key, "desk.example/seal");
    assert_false(v.seal_key_trusted || v.log_trusted || v.quorum || v.timed);
    /* A policy of somebody else's keys, or of a part of them. */
    static const char *const whats[] = {"#!earwitness seal", "log", "witness w"};
    ew_signer *keys[] = {d->seal_key, d->log_key, d->witness};
    for (size_t leave = 0; leave < 3; leave++) {
        ew_buf_reset(&d->policy);
        for (size_t i = 0; i < 3; i++) {
            ew_signer *other = test_signer("somebody.example", i == 2 ? 4 : 1, 99);
            add_policy_key(&d->policy, whats[i], i == leave ? other : keys[i]);
            ew_signer_free(other);
        }
        assert_int_equal(ew_buf_printf(&d->policy, NULL, "quorum w\n"), EW_OK);
        v = judged(d, b, n);
        assert_int_equal(v.state, EW_UNVOUCHED);
        assert_int_equal(v.seal_key_trusted, leave != 0);
        assert_int_equal(v.log_trusted, leave != 1);
    }
    ew_err err;
    in.policy = "quorum";
    in.policy_bytes = 6;
    assert_int_equal(ew_bundle_verify(&in, &v, &err), EW_E_FORMAT);
    free(b);
}

/* ------------------------------------------------------------------ made again */

/* A bundle taken apart, to be changed and put together again. */
typedef struct parts {
    char *bytes;
    ew_zip_file *files;
    size_t n;
} parts;

static parts taken_apart(desk *d)
{
    parts p;
    size_t n;
    p.bytes = bundle_of(d, &n);
    assert_int_equal(ew_zip_parse(p.bytes, n, &p.files, &p.n, NULL), EW_OK);
    return p;
}

static ew_verdict judged_again(desk *d, const ew_zip_file *files, size_t n)
{
    ew_atomic a;
    ew_zip_out z;
    char name[EW_ZIP_NAME_MAX + 1];
    const char *path = test_path(d->dir, "again.ewb");
    assert_int_equal(ew_atomic_open(&a, path, NULL), EW_OK);
    ew_zip_init(&z, a.fd);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(name, sizeof name, "%.*s", (int)files[i].name.n, files[i].name.p);
        assert_int_equal(ew_zip_put(&z, name, files[i].bytes, NULL), EW_OK);
    }
    assert_int_equal(ew_zip_finish(&z, NULL), EW_OK);
    ew_zip_release(&z);
    assert_int_equal(ew_atomic_commit(&a, NULL), EW_OK);
    char *b = test_file_get(path, &n);
    ew_verdict v = judged(d, b, n);
    free(b);
    return v;
}

static void put_back(parts *p)
{
    ew_free(p->files);
    free(p->bytes);
}

static size_t find(const parts *p, const char *name)
{
    for (size_t i = 0; i < p->n; i++)
        if (ew_slice_is(p->files[i].name, name))
            return i;
    fail_msg("no %s", name);
    return 0;
}

/* Every byte of every file that counts, changed, with all checksums made right. */
static void row_04_altered_content(void **state)
{
    desk *d = *state;
    parts p = taken_apart(d);
    assert_int_equal(judged_again(d, p.files, p.n).state, EW_VERIFIED);
    for (size_t i = 0; i + 2 < p.n; i++) { /* not policy.txt and README.txt */
        ew_slice kept = p.files[i].bytes;
        char *copy = malloc(kept.n + 1);
        size_t step = kept.n > 300 ? 7 : 1;
        for (size_t at = 0; at < kept.n; at += step) {
            memcpy(copy, kept.p, kept.n);
            copy[at] = (char)(copy[at] ^ 1);
            p.files[i].bytes = (ew_slice){copy, kept.n};
            ew_verdict v = judged_again(d, p.files, p.n);
            /* Another name in a signature line makes it nobody's. */
            if (v.state == EW_VERIFIED)
                fail_msg("%.*s changed at %zu", (int)p.files[i].name.n, p.files[i].name.p,
                         at);
        }
        free(copy);
        p.files[i].bytes = kept;
    }
    put_back(&p);
}

static void row_04_planted_part(void **state)
{
    desk *d = *state;
    parts p = taken_apart(d);
    ew_zip_file more[16];
    size_t at = find(&p, "parts/00000002");
    memcpy(more, p.files, (at + 1) * sizeof *more);
    more[at + 1] = (ew_zip_file){ew_slice_of("parts/00000003"), ew_slice_of("planted")};
    memcpy(more + at + 2, p.files + at + 1, (p.n - at - 1) * sizeof *more);
    assert_int_equal(judged_again(d, more, p.n + 1).state, EW_BROKEN);
    /* Longer than it was. */
    p.files[at].bytes = ew_slice_of("name=chat.txt\nplanted");
    assert_int_equal(judged_again(d, p.files, p.n).state, EW_BROKEN);
    put_back(&p);
}

static void row_05_gap_closed(void **state)
{
    desk *d = *state;
    parts p = taken_apart(d);
    size_t a = find(&p, "parts/00000000");
    size_t b = find(&p, "parts/00000001");
    ew_slice kept = p.files[a].bytes;
    p.files[a].bytes = p.files[b].bytes;
    p.files[b].bytes = kept;
    assert_int_equal(judged_again(d, p.files, p.n).state, EW_BROKEN);
    p.files[b].bytes = p.files[a].bytes; /* the same twice */
    assert_int_equal(judged_again(d, p.files, p.n).state, EW_BROKEN);
    put_back(&p);
    /* The runs moved together in the cover. */
    p = taken_apart(d);
    size_t c = find(&p, "cover.bin");
    ew_slice bytes = p.files[c].bytes;
    char *copy = malloc(bytes.n);
    memcpy(copy, bytes.p, bytes.n);
    /* head 12, streams 4, runs 4; run 0: 12 and four groups of 13; then where run 1 begins */
    size_t at = 12 + 4 + 4 + 12 + 4 * 13 + 3;
    assert_int_equal(copy[at], 6);
    copy[at] = 5;
    p.files[c].bytes = (ew_slice){copy, bytes.n};
    assert_int_equal(judged_again(d, p.files, p.n).state, EW_BROKEN);
    copy[at] = 4;
    assert_int_equal(judged_again(d, p.files, p.n).state, EW_BROKEN);
    free(copy);
    put_back(&p);
}

/* ------------------------------------------------------------------ container */

static void row_16_container(void **state)
{
    desk *d = *state;
    size_t n;
    char *b = bundle_of(d, &n);
    for (size_t i = 0; i < n; i += i < 200 || i + 600 > n ? 1 : 11) {
        b[i] = (char)(b[i] ^ 4);
        if (judged(d, b, n).state != EW_BROKEN)
            fail_msg("byte %zu changed", i);
        b[i] = (char)(b[i] ^ 4);
        if (judged(d, b, i).state != EW_BROKEN)
            fail_msg("cut at %zu", i);
    }
    char *more = malloc(n + 22);
    memcpy(more, b, n);
    memcpy(more + n, b + n - 22, 22);
    assert_int_equal(judged(d, more, n + 1).state, EW_BROKEN);  /* trailing data */
    assert_int_equal(judged(d, more, n + 22).state, EW_BROKEN); /* a second end */
    free(more);
    free(b);
}

static void row_16_names(void **state)
{
    static const char *const bad[] = {"../x", "/x", "a/../b", "a//b", "a/",
                                      ".x",   "",   "a\\b",   "a b",  "\xC3\xA4"};
    desk *d = *state;
    ew_zip_out z;
    ew_atomic a;
    assert_int_equal(ew_atomic_open(&a, test_path(d->dir, "z"), NULL), EW_OK);
    ew_zip_init(&z, a.fd);
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        assert_int_equal(ew_zip_begin(&z, bad[i], NULL), EW_E_ARG);
    ew_zip_release(&z);
    ew_atomic_abort(&a);
    parts p = taken_apart(d);
    ew_zip_file more[16];
    memcpy(more, p.files, p.n * sizeof *more);
    more[p.n] = (ew_zip_file){ew_slice_of("events.txt"), ew_slice_of("x")};
    assert_int_equal(judged_again(d, more, p.n + 1).state, EW_BROKEN);
    more[p.n] = more[1]; /* seal.note twice */
    assert_int_equal(judged_again(d, more, p.n + 1).state, EW_BROKEN);
    more[1] = more[2];
    assert_int_equal(judged_again(d, more, p.n).state, EW_BROKEN);
    put_back(&p);
}

static void row_18_checkpoint_as_seal(void **state)
{
    desk *d = *state;
    parts p = taken_apart(d);
    ew_buf note;
    ew_buf_init(&note, 1000);
    assert_int_equal(
        ew_note_make(&note,
                     ew_slice_of("desk.example/seal\n1\n"
                                 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
                     d->seal_key, NULL),
        EW_OK);
    p.files[1].bytes = (ew_slice){(char *)note.data, note.len};
    ew_verdict v = judged_again(d, p.files, p.n);
    assert_int_equal(v.state, EW_BROKEN);
    assert_string_equal(v.reason, "not a seal");
    ew_buf_release(&note);
    put_back(&p);
}

/* ------------------------------------------------------------------ seals as text */

static void test_seal_text(void **state)
{
    (void)state;
#define ROOT "JuepCLEeDgtaydy1MBABTLXvSvOXbV6jWV1IpMD7cYs="
#define GRID "stream 0 grid n=36000 rate=48000 ch=1 fmt=s16le block=4800 root=" ROOT "\n"
#define HEAD "earwitness-seal/v1\nitem " ROOT "\n"
    static const char good[] = HEAD GRID "stream 1 meta n=16 root=" ROOT "\n";
    static const char after[] = HEAD "after block 0000 of today\n" GRID;
    static const char *const bad[] = {
        "",
        HEAD,
        "earwitness-seal/v1\n" GRID,
        HEAD GRID GRID,
        HEAD "after \n" GRID,
        HEAD "after  x\n" GRID,
        HEAD "after x \n" GRID,
        HEAD GRID "\n",
        HEAD GRID "after x\n",
        HEAD "stream 1 whole n=1 root=" ROOT "\n",
        HEAD "stream 0 whole n=01 root=" ROOT "\n",
        HEAD "stream 0 whole n=0 root=" ROOT "\n",
        HEAD "stream 0  whole n=1 root=" ROOT "\n",
        HEAD "stream 0 hole n=1 root=" ROOT "\n",
        HEAD "stream 0 whole n=1 root=" ROOT,
        HEAD "stream 0 whole n=1 root=" ROOT " \n",
        HEAD "stream 0 whole n=16777217 root=" ROOT "\n",
        HEAD "stream 0 grid n=1 root=" ROOT "\n",
        HEAD "stream 0 grid n=1 rate=1 ch=1 fmt=s16be block=1 root=" ROOT "\n",
        HEAD "stream 0 grid n=1 rate=0 ch=1 fmt=u8 block=1 root=" ROOT "\n"};
    ew_seal s;
    ew_buf b;
    assert_int_equal(ew_seal_parse(&s, ew_slice_of(good), NULL), EW_OK);
    assert_int_equal(s.stream_count, 2);
    assert_int_equal(s.streams[0].block_frames, 4800);
    ew_buf_init(&b, 8192);
    assert_int_equal(ew_seal_append(&b, &s, NULL), EW_OK);
    assert_string_equal((char *)b.data, good);
    ew_buf_release(&b);
    assert_int_equal(ew_seal_parse(&s, ew_slice_of(after), NULL), EW_OK);
    assert_string_equal(s.after, "block 0000 of today");
    for (size_t i = 0; i < EW_COUNT(bad); i++)
        if (ew_seal_parse(&s, ew_slice_of(bad[i]), NULL) != EW_E_FORMAT)
            fail_msg("'%s' is taken for a seal", bad[i]);
    assert_int_equal(ew_seal_parse(&s, ew_slice_of("earwitness-seal/v2\n"), NULL),
                     EW_E_VERSION);
}

/* ------------------------------------------------------------------ faults */

typedef struct fault_arg {
    desk *d;
    char *path, *bytes;
    size_t n;
} fault_arg;

static ew_code verify_work(void *arg, ew_err *err)
{
    const fault_arg *f = arg;
    ew_verdict v;
    ew_verify_in in = {.bundle = f->bytes,
                       .bundle_bytes = f->n,
                       .policy = (char *)f->d->policy.data,
                       .policy_bytes = f->d->policy.len};
    ew_code code = ew_bundle_verify(&in, &v, err);
    if (code == EW_OK && v.state != EW_VERIFIED)
        fail_msg("a verdict for want of memory: %s", v.reason);
    return code;
}

static ew_code write_work(void *arg, ew_err *err)
{
    const fault_arg *f = arg;
    return write_bundle(f->d, f->path, err);
}

static void test_faults(void **state)
{
    fault_arg f = {.d = *state};
    f.path = ew_strdup(test_path(f.d->dir, "x.ewb"));
    f.bytes = bundle_of(f.d, &f.n);
    assert_true(test_torture_alloc(verify_work, &f, 0) > 20);
    assert_true(test_torture_alloc(write_work, &f, 0) > 10);
    assert_true(test_torture_write(write_work, &f) > 10);
    assert_true(test_torture_sync(write_work, &f) == 2);
    free(f.bytes);
    ew_free(f.path);
}

#define WITH_DESK(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DESK(test_verified),
        WITH_DESK(row_10_and_12_place_and_time),
        WITH_DESK(row_17_own_policy),
        WITH_DESK(row_04_altered_content),
        WITH_DESK(row_04_planted_part),
        WITH_DESK(row_05_gap_closed),
        WITH_DESK(row_16_container),
        WITH_DESK(row_16_names),
        WITH_DESK(row_18_checkpoint_as_seal),
        cmocka_unit_test(test_seal_text),
        WITH_DESK(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
