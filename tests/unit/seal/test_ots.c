/* SPDX-License-Identifier: Apache-2.0 */
/* OpenTimestamps proofs: the examples of the project itself, and every way to write one that is
 * none. */
#include "seal/ots.h"

#include <openssl/evp.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "seal/old_hash.h"
#include "vectors.h"

#define MAGIC "\0OpenTimestamps\0\0Proof\0\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
#define EXAMPLES "opentimestamps/examples/"
#define BITCOIN "\x05\x88\x96\x0d\x73\xd7\x19\x01"
#define PENDING "\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e"

/* A proof that is being written. */
typedef struct draft {
    uint8_t b[EW_OTS_BYTES + 64];
    size_t n;
} draft;

static void put(draft *d, const void *bytes, size_t n)
{
    assert_true(n <= sizeof d->b - d->n);
    memcpy(d->b + d->n, bytes, n);
    d->n += n;
}

#define PUT(d, text) put(d, text, sizeof(text) - 1)

/* Magic, version 1, SHA-256 of nothing in particular. */
static draft *begun(void)
{
    static draft d;
    static const uint8_t digest[32] = {1, 2, 3};
    d.n = 0;
    PUT(&d, MAGIC "\x01\x08");
    put(&d, digest, sizeof digest);
    return &d;
}

/* From a block of the exact size, for the sanitizer; answers borrow from it until the next one. */
static ew_code parsed(const draft *d, ew_ots *out)
{
    static uint8_t *copy;
    free(copy);
    copy = malloc(d->n);
    assert_non_null(copy);
    memcpy(copy, d->b, d->n);
    return ew_ots_parse(out, copy, d->n, NULL);
}

/* What follows the digest, and what comes of it. */
#define REFUSE(text, code) refuse(text, sizeof(text) - 1, code)
#define ACCEPT(text, out) accept(text, sizeof(text) - 1, out)

static void refuse(const char *tail, size_t n, ew_code want)
{
    ew_ots out;
    draft *d = begun();
    put(d, tail, n);
    assert_int_equal(parsed(d, &out), want);
}

static void accept(const char *tail, size_t n, ew_ots *out)
{
    draft *d = begun();
    put(d, tail, n);
    assert_int_equal(parsed(d, out), EW_OK);
}

/* ------------------------------------------------------------------ hashes */

static void check_hash(const char *text, const char *ripemd, const char *keccak)
{
    uint8_t got[32];
    char hex[65];
    ew_ripemd160(text, strlen(text), got);
    ew_hex(got, EW_RIPEMD160_BYTES, hex);
    assert_string_equal(hex, ripemd);
    ew_keccak256(text, strlen(text), got);
    ew_hex(got, EW_KECCAK256_BYTES, hex);
    assert_string_equal(hex, keccak);
}

static void test_hashes(void **state)
{
    (void)state;
    check_hash("", "9c1185a5c5e9fc54612808977ee8f548b2258d31",
               "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    check_hash("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
               "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

/* Every length around the ends of blocks. */
static void test_ripemd160_as_openssl(void **state)
{
    (void)state;
    uint8_t text[300];
    uint8_t got[EW_RIPEMD160_BYTES];
    uint8_t want[EVP_MAX_MD_SIZE];
    EVP_MD *md = EVP_MD_fetch(NULL, "RIPEMD160", NULL);
    if (md == NULL) {
        print_message("# SKIP this OpenSSL has no RIPEMD-160\n");
        skip();
    }
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7 + 3);
    for (size_t n = 0; n <= sizeof text; n++) {
        assert_int_equal(EVP_Digest(text, n, want, NULL, md, NULL), 1);
        ew_ripemd160(text, n, got);
        assert_memory_equal(got, want, sizeof got);
    }
    EVP_MD_free(md);
}

/* ------------------------------------------------------------------ examples */

typedef struct example {
    const char *name; /* without .ots */
    const char *over; /* which file it is over; NULL: the name */
    size_t count;
    ew_ots_kind first, last;
    uint64_t height;  /* of the Bitcoin block; 0: none */
    const char *root; /* of that block as it is printed; NULL: not stated here */
    bool wrong;       /* the proof leads to another root than that block has */
} example;

/* Merkle roots are facts of the block chain; blocks 358391 and 465751 by block explorers. */
#define ROOT_358391 "8a1b66ecb7cbd07d8139a7e7d7f2c41aab1f5009b8364aaf61d03ad245e47e00"
#define ROOT_465751 "98989f8d2e522d52356cf14ade63bdab44687dd0c4c8e3722c3f39bf726b0876"

static const example examples[] = {
    {"hello-world.txt", NULL, 1, EW_OTS_BITCOIN, EW_OTS_BITCOIN, 358391, ROOT_358391,
     false},
    {"bad-stamp.txt", NULL, 1, EW_OTS_BITCOIN, EW_OTS_BITCOIN, 358391, ROOT_358391, true},
    {"empty", NULL, 1, EW_OTS_BITCOIN, EW_OTS_BITCOIN, 129405, NULL, false},
    {"bitcoin.pdf", "", 1, EW_OTS_BITCOIN, EW_OTS_BITCOIN, 465751, ROOT_465751, false},
    {"gdp2q25-2nd.pdf", "", 1, EW_OTS_BITCOIN, EW_OTS_BITCOIN, 912095, NULL, false},
    {"sha1/a-or-b", "", 4, EW_OTS_PENDING, EW_OTS_PENDING, 466906, NULL, false},
    {"different-blockchains.txt", NULL, 4, EW_OTS_PENDING, EW_OTS_BITCOIN, 455605, NULL,
     false},
    {"incomplete.txt", NULL, 1, EW_OTS_PENDING, EW_OTS_PENDING, 0, NULL, false},
    {"merkle1.txt", NULL, 2, EW_OTS_PENDING, EW_OTS_PENDING, 0, NULL, false},
    {"merkle2.txt", NULL, 2, EW_OTS_PENDING, EW_OTS_PENDING, 0, NULL, false},
    {"merkle3.txt", NULL, 2, EW_OTS_PENDING, EW_OTS_PENDING, 0, NULL, false},
    {"two-calendars.txt", NULL, 2, EW_OTS_PENDING, EW_OTS_PENDING, 0, NULL, false},
    {"known-and-unknown-notary.txt", NULL, 2, EW_OTS_PENDING, EW_OTS_UNKNOWN, 0, NULL,
     false},
    {"unknown-notary.txt", NULL, 1, EW_OTS_UNKNOWN, EW_OTS_UNKNOWN, 0, NULL, false},
};

static char *example_bytes(const char *name, const char *end, size_t *n)
{
    char path[256];
    (void)snprintf(path, sizeof path, EXAMPLES "%s%s", name, end);
    return test_file_get(vector_need(path), n);
}

static const ew_ots_attestation *bitcoin_of(const ew_ots *o)
{
    for (size_t i = 0; i < o->count; i++)
        if (o->found[i].kind == EW_OTS_BITCOIN)
            return &o->found[i];
    return NULL;
}

static void check_root(const example *e, const ew_ots *o)
{
    uint8_t root[32];
    uint8_t back[32];
    const ew_ots_attestation *a = bitcoin_of(o);
    assert_int_equal(a != NULL, e->height > 0);
    if (a == NULL)
        return;
    assert_int_equal(a->height, e->height);
    assert_true(a->root_fits);
    if (e->root == NULL)
        return;
    assert_int_equal(ew_unhex(e->root, root, sizeof root), 0);
    for (size_t i = 0; i < sizeof root; i++)
        back[i] = root[sizeof root - 1 - i];
    assert_int_equal(memcmp(back, a->root, sizeof back) == 0, !e->wrong);
}

static void check_example(const example *e)
{
    ew_ots o;
    size_t n;
    uint8_t digest[32];
    char *bytes = example_bytes(e->name, ".ots", &n);
    assert_int_equal(ew_ots_parse(&o, bytes, n, NULL), EW_OK);
    assert_int_equal(o.count, e->count);
    assert_int_equal(o.found[0].kind, e->first);
    assert_int_equal(o.found[o.count - 1].kind, e->last);
    check_root(e, &o);
    if (e->over == NULL) { /* the proof is over the file beside it */
        size_t size;
        char *file = example_bytes(e->name, "", &size);
        assert_int_equal(EVP_Digest(file, size, digest, NULL, EVP_sha256(), NULL), 1);
        assert_true(o.sha256);
        assert_memory_equal(o.digest, digest, sizeof digest);
        free(file);
    }
    free(bytes);
}

static void test_examples(void **state)
{
    (void)state;
    (void)vector_need(EXAMPLES "README.md");
    for (size_t i = 0; i < EW_COUNT(examples); i++)
        check_example(&examples[i]);
}

static void test_example_calendars(void **state)
{
    (void)state;
    ew_ots o;
    size_t n;
    char *bytes = example_bytes("different-blockchains.txt", ".ots", &n);
    assert_int_equal(ew_ots_parse(&o, bytes, n, NULL), EW_OK);
    assert_true(ew_slice_is(o.found[0].calendar, "https://eth.ots.eternitywall.com"));
    assert_int_equal(o.found[1].kind, EW_OTS_ETHEREUM);
    assert_int_equal(o.found[1].height, 3283713);
    assert_true(ew_slice_is(o.found[2].calendar, "https://ots.eternitywall.it"));
    free(bytes);
    bytes = example_bytes("sha1/a-or-b", ".ots", &n);
    assert_int_equal(ew_ots_parse(&o, bytes, n, NULL), EW_OK);
    assert_false(o.sha256);
    free(bytes);
}

static void test_invalid_examples(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        ew_code code;
    } bad[] = {{"bad-major-version", EW_E_FORMAT},
               {"exceeds-max-msg-length", EW_E_LIMIT},
               {"invalid-file-digest-type", EW_E_FORMAT}};
    for (size_t i = 0; i < EW_COUNT(bad); i++) {
        ew_ots o;
        char name[64];
        size_t n;
        (void)snprintf(name, sizeof name, "invalid/%s", bad[i].name);
        char *bytes = example_bytes(name, ".ots", &n);
        assert_int_equal(ew_ots_parse(&o, bytes, n, NULL), bad[i].code);
        free(bytes);
    }
}

/* A proof that is cut short anywhere is none; and no wrong byte makes it hold again. */
static void test_damaged_examples(void **state)
{
    (void)state;
    ew_ots o;
    size_t n;
    char *bytes = example_bytes("hello-world.txt", ".ots", &n);
    uint8_t root[32];
    uint8_t digest[32];
    assert_int_equal(ew_ots_parse(&o, bytes, n, NULL), EW_OK);
    memcpy(root, o.found[0].root, sizeof root);
    memcpy(digest, o.digest, sizeof digest);
    for (size_t cut = 0; cut < n; cut++)
        assert_int_equal(ew_ots_parse(&o, bytes, cut, NULL), EW_E_FORMAT);
    for (size_t i = 0; i < n; i++) {
        if (i == 603) /* the last of an odd row is joined to itself, in either order */
            continue;
        bytes[i] ^= 1;
        bool same = ew_ots_parse(&o, bytes, n, NULL) == EW_OK && o.count == 1 &&
                    o.sha256 && o.found[0].kind == EW_OTS_BITCOIN &&
                    o.found[0].height == 358391 && o.found[0].root_fits &&
                    memcmp(o.found[0].root, root, sizeof root) == 0 &&
                    memcmp(o.digest, digest, sizeof digest) == 0;
        assert_false(same);
        bytes[i] ^= 1;
    }
    free(bytes);
}

/* ------------------------------------------------------------------ made by hand */

static void row_13_ots_pending_unknown_forked(void **state)
{
    (void)state;
    ew_ots o;
    ACCEPT("\x00" PENDING "\x0e\x0dhttps://a.b/c", &o);
    assert_int_equal(o.count, 1);
    assert_int_equal(o.found[0].kind, EW_OTS_PENDING);
    assert_true(ew_slice_is(o.found[0].calendar, "https://a.b/c"));
    ACCEPT("\x00"
           "ABCDEFGH\x03xyz",
           &o);
    assert_int_equal(o.found[0].kind, EW_OTS_UNKNOWN);
    /* Two calendars on one message, then one behind an operation. */
    ACCEPT("\xff\x00" PENDING "\x03\x02:a\xff\x00" PENDING
           "\x03\x02:b\xf0\x01z\x08\x00" BITCOIN "\x01\x07",
           &o);
    assert_int_equal(o.count, 3);
    assert_true(ew_slice_is(o.found[1].calendar, ":b"));
    assert_int_equal(o.found[2].height, 7);
    assert_true(o.found[2].root_fits);
    /* Without a hash at the end the message is no Merkle root. */
    ACCEPT("\xf0\x01z\x00" BITCOIN "\x01\x07", &o);
    assert_false(o.found[0].root_fits);
    /* A fork needs two branches, and each an end. */
    REFUSE("\xff\x00" PENDING "\x03\x02:a", EW_E_FORMAT);
    REFUSE("\xff\xff\x00" PENDING "\x03\x02:a", EW_E_FORMAT);
    REFUSE("\x08", EW_E_FORMAT);
}

/* After a branch the message is again what it was before it. */
static void test_fork_brings_the_message_back(void **state)
{
    (void)state;
    ew_ots o;
    uint8_t want[32];
    uint8_t digest[33] = {1, 2, 3};
    ACCEPT("\xff\xf1\x01q\xff\xf3\x03\x00" BITCOIN "\x01\x01\x02\x00" BITCOIN "\x01\x02"
           "\xf0\x01z\x67\x00" BITCOIN "\x01\x03",
           &o);
    assert_int_equal(o.count, 3);
    digest[32] = 'z';
    ew_keccak256(digest, sizeof digest, want);
    assert_memory_equal(o.found[2].root, want, sizeof want);
    assert_false(o.found[0].root_fits);
    assert_false(o.found[1].root_fits);
    ACCEPT("\xf2\x00" BITCOIN "\x01\x03", &o);
    assert_int_equal(o.found[0].root[31], 1);
    assert_int_equal(o.found[0].root[29], 3);
}

static void test_one_spelling_of_numbers(void **state)
{
    (void)state;
    ew_ots o;
    ACCEPT("\x00" BITCOIN "\x02\x80\x01", &o);
    assert_int_equal(o.found[0].height, 128);
    ACCEPT("\x00" BITCOIN "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", &o);
    assert_true(o.found[0].height == UINT64_MAX);
    REFUSE("\x00" BITCOIN "\x02\x87\x00", EW_E_FORMAT);
    REFUSE("\x00" BITCOIN "\x02\x80\x00", EW_E_FORMAT);
    REFUSE("\x00" BITCOIN "\x81\x00\x07", EW_E_FORMAT);
    REFUSE("\x00" BITCOIN "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", EW_E_FORMAT);
    REFUSE("\x00" BITCOIN "\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x00",
           EW_E_FORMAT);
}

static void test_refused(void **state)
{
    (void)state;
    REFUSE("", EW_E_FORMAT);
    REFUSE("\x00" BITCOIN "\x02\x07\x07", EW_E_FORMAT);  /* more in the attestation */
    REFUSE("\x00" BITCOIN "\x00", EW_E_FORMAT);          /* less */
    REFUSE("\x00" BITCOIN "\x01\x07\x00", EW_E_FORMAT);  /* more after the end */
    REFUSE("\x00" PENDING "\x03\x02\x61 ", EW_E_FORMAT); /* no address */
    REFUSE("\x00" PENDING "\x03\x02\xc3\xa4", EW_E_FORMAT);
    REFUSE("\x09\x00" BITCOIN "\x01\x07", EW_E_FORMAT);         /* no such operation */
    REFUSE("\xf0\x00\x08\x00" BITCOIN "\x01\x07", EW_E_FORMAT); /* nothing to append */
    REFUSE("\xf0\x81\x20\x08", EW_E_LIMIT); /* more than 4,096 bytes */
    REFUSE("\x00"
           "ABCDEFGH\x81\x40",
           EW_E_LIMIT); /* a payload of 8,193 */
    draft *d = begun();
    d->b[31] = 2;
    PUT(d, "\x00" BITCOIN "\x01\x07");
    ew_ots o;
    assert_int_equal(parsed(d, &o), EW_E_FORMAT);
}

static void test_limits(void **state)
{
    (void)state;
    ew_ots o;
    draft *d = begun();
    for (int i = 0; i < EW_OTS_DEPTH - 1; i++)
        PUT(d, "\x08");
    size_t deep = d->n;
    PUT(d, "\x00" BITCOIN "\x01\x07");
    assert_int_equal(parsed(d, &o), EW_OK);
    d->n = deep;
    PUT(d, "\x08\x00" BITCOIN "\x01\x07");
    assert_int_equal(parsed(d, &o), EW_E_LIMIT);
    d = begun();
    for (int i = 0; i < 7; i++) /* 32 bytes become 4,096, and may not become more */
        PUT(d, "\xf3");
    PUT(d, "\xf2\x08\x00" BITCOIN "\x01\x07");
    assert_int_equal(parsed(d, &o), EW_OK);
    assert_true(o.found[0].root_fits);
    refuse("\xf3\xf3\xf3\xf3\xf3\xf3\xf3\xf3", 8, EW_E_LIMIT);
    refuse("\xf3\xf3\xf3\xf3\xf3\xf3\xf3\xf0\x01z", 10, EW_E_LIMIT);
    d = begun();
    for (int i = 0; i < EW_OTS_ATTESTATIONS; i++)
        PUT(d, "\xff\x00" BITCOIN "\x01\x07");
    PUT(d, "\x00" BITCOIN "\x01\x07");
    assert_int_equal(parsed(d, &o), EW_E_LIMIT);
    d->n = EW_OTS_BYTES + 1;
    assert_int_equal(parsed(d, &o), EW_E_LIMIT);
}

/* Forks in forks, to the depth that is allowed: all of it is on a stack of its own. */
static void test_forks_all_the_way_down(void **state)
{
    (void)state;
    ew_ots o;
    draft *d = begun();
    for (int i = 0; i < EW_OTS_DEPTH - 1; i++)
        PUT(d, "\xff\x08");
    size_t deep = d->n;
    PUT(d, "\x00" BITCOIN "\x01\x07");
    for (int i = 0; i < EW_OTS_ATTESTATIONS - 1; i++)
        PUT(d, "\x00" BITCOIN "\x01\x07");
    assert_int_equal(parsed(d, &o), EW_E_FORMAT); /* most branches are missing */
    d->n = deep;
    PUT(d, "\xff\x08");
    assert_int_equal(parsed(d, &o), EW_E_LIMIT);
}

static void test_each_allocation_fails(void **state)
{
    (void)state;
    ew_ots o;
    draft *d = begun();
    PUT(d, "\xff\x08\xff\x08\x00" BITCOIN "\x01\x07\x00" BITCOIN "\x01\x07\x00" BITCOIN
           "\x01\x07");
    assert_int_equal(ew_ots_parse(&o, d->b, d->n, NULL), EW_OK);
    int64_t live = ew_alloc_live();
    for (int i = 0; i < 3; i++) {
        ew_alloc_fail_at(i, 0);
        assert_int_equal(ew_ots_parse(&o, d->b, d->n, NULL), EW_E_NOMEM);
        ew_alloc_fail_at(-1, 0);
        assert_int_equal(ew_alloc_live(), live);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hashes),
        cmocka_unit_test(test_ripemd160_as_openssl),
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_example_calendars),
        cmocka_unit_test(test_invalid_examples),
        cmocka_unit_test(test_damaged_examples),
        cmocka_unit_test(row_13_ots_pending_unknown_forked),
        cmocka_unit_test(test_fork_brings_the_message_back),
        cmocka_unit_test(test_one_spelling_of_numbers),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_forks_all_the_way_down),
        cmocka_unit_test(test_each_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
