/* SPDX-License-Identifier: Apache-2.0 */
/* The same picture in several items: copies, turned copies, thumbnails; what was taken back is not
 * found. */
#include "casefile/pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "casefile/records.h"
#include "support.h"

enum { ITEMS = 6 };

typedef struct fixture {
    char *dir;
    char path[256];
    ew_case *c;
    int64_t items[ITEMS], events[ITEMS];
} fixture;

static int64_t begin(fixture *f, const ew_case_act *act)
{
    int64_t event = 0;
    ew_err err;

    if (ew_case_begin(f->c, act, &event, &err) != EW_OK)
        fail_msg("%s", err.text);
    return event;
}

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->dir = test_dir_new();
    (void)snprintf(f->path, sizeof f->path, "%s", test_path(f->dir, "case"));
    assert_int_equal(ew_case_create(f->path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&f->c, f->path, true, 0, NULL), EW_OK);
    for (int i = 0; i < ITEMS; i++) {
        ew_case_item item = {.kind = "image", .name = "p", .sha256 = {(uint8_t)i}};

        (void)begin(f, &(ew_case_act){.kind = "ingest", .who = "Ann"});
        assert_int_equal(ew_case_add_item(f->c, &item, &f->items[i], NULL), EW_OK);
        assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    ew_case_close(f->c);
    test_dir_remove(f->dir);
    free(f);
    return 0;
}

/* A hash of its own for every seed, with the first `off` bits the other way round. */
static void hash_text(unsigned seed, unsigned off, char text[EW_PDQ_TEXT])
{
    ew_pdq p;

    for (size_t i = 0; i < EW_PDQ_BYTES; i++) {
        seed = seed * 1664525U + 1013904223U;
        p.bytes[i] = (uint8_t)(seed >> 24);
    }
    for (unsigned k = 0; k < off; k++)
        p.bytes[k / 8] ^= (uint8_t)(1U << k % 8);
    ew_pdq_write(&p, text);
}

static void add(fixture *f, int i, const char *name, const char *value)
{
    ew_case_intake in = {.c = f->c, .item = f->items[i]};
    ew_import_sink sink = ew_case_sink(&in);
    ew_picture_fact fact = {.name = ew_slice_of(name), .value = ew_slice_of(value)};

    assert_int_equal(sink.picture(sink.cookie, &fact, NULL), EW_OK);
}

/* Hashes of picture number `seed`; turned ones are those of seed + 100 and so on. */
static void add_picture(fixture *f, int i, unsigned seed, unsigned off, int quality)
{
    char value[1000], hash[EW_PDQ_TEXT];
    size_t n = 0;

    f->events[i] = begin(f, &(ew_case_act){.kind = "import", .who = "Ann"});
    hash_text(seed, off, hash);
    (void)snprintf(value, sizeof value, "%s quality %d%s", hash, quality,
                   quality < 50 ? " (unreliable)" : "");
    add(f, i, "pdq", value);
    for (ew_pdq_turn t = EW_PDQ_LEFT; t < EW_PDQ_TURNS; t++) {
        hash_text(seed + 100 * (unsigned)t, off, hash);
        n += (size_t)snprintf(value + n, sizeof value - n, "%s%s %s", n > 0 ? ", " : "",
                              ew_pdq_turn_name(t), hash);
    }
    add(f, i, "pdq turned", value);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
}

static void add_thumb(fixture *f, int i, unsigned seed)
{
    char value[200], hash[EW_PDQ_TEXT];

    (void)begin(f, &(ew_case_act){.kind = "import", .who = "Ann"});
    hash_text(seed, 0, hash);
    (void)snprintf(value, sizeof value, "%s quality 90", hash);
    add(f, i, "thumbnail pdq", value);
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
}

typedef struct heard {
    char text[2000];
} heard;

static ew_code hear(void *cookie, const ew_same_picture *s, ew_err *err)
{
    heard *h = cookie;
    size_t n = strlen(h->text);

    (void)err;
    (void)snprintf(h->text + n, sizeof h->text - n, "%d-%d %u %s%s%s%s;", (int)s->item,
                   (int)s->other, s->distance, ew_pdq_turn_name(s->turn),
                   s->thumb ? " thumb" : "", s->other_thumb ? " other-thumb" : "",
                   s->reliable ? "" : " unreliable");
    return EW_OK;
}

static void expect(fixture *f, int64_t item, const char *words)
{
    heard h = {""};

    assert_int_equal(ew_case_same_pictures(f->c, item, hear, &h, NULL), EW_OK);
    assert_string_equal(h.text, words);
}

static void test_copies(void **state)
{
    fixture *f = *state;

    expect(f, 0, "");
    add_picture(f, 0, 1, 0, 100);
    add_picture(f, 1, 1, 31, 90);
    add_picture(f, 2, 1, 32, 90);
    add_picture(f, 3, 7, 0, 90);
    expect(f, 1, "1-2 31 as-is;");
    expect(f, 2, "2-3 1 as-is;2-1 31 as-is;");
    expect(f, 0, "2-3 1 as-is;1-2 31 as-is;");
    expect(f, 4, "");
    expect(f, 99, "");
}

/* The first, turned left, is the second. */
static void test_turned(void **state)
{
    fixture *f = *state;

    add_picture(f, 0, 1, 0, 100);
    add_picture(f, 1, 101, 0, 100);
    expect(f, 2, "2-1 0 left;");
    add_picture(f, 2, 501, 3, 10);
    expect(f, 3, "3-1 3 left-right unreliable;3-2 3 top-bottom unreliable;");
    add_thumb(f, 3, 301);
    expect(f, 4, "4-1 0 right thumb;4-2 0 upside-down thumb;");
    expect(f, 1, "1-4 0 left other-thumb;");
}

static void test_thumbs(void **state)
{
    fixture *f = *state;

    add_picture(f, 0, 1, 0, 100);
    add_picture(f, 1, 9, 0, 100);
    add_thumb(f, 1, 1);
    expect(f, 1, "1-2 0 as-is other-thumb;");
    expect(f, 2, "2-1 0 as-is thumb;");
    /* a picture that fits counts more than its thumbnail */
    add_picture(f, 2, 1, 5, 100);
    add_thumb(f, 2, 1);
    expect(f, 3, "3-1 5 as-is;3-2 0 as-is thumb other-thumb;");
}

static void take_back(fixture *f, int64_t event)
{
    (void)begin(f, &(ew_case_act){.kind = "undo", .who = "Ann", .undoes = event});
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
}

static void test_undone(void **state)
{
    fixture *f = *state;

    add_picture(f, 0, 1, 0, 100);
    add_picture(f, 1, 1, 4, 100);
    add_picture(f, 2, 1, 8, 100);
    take_back(f, f->events[1]);
    expect(f, 0, "1-3 8 as-is;");
    take_back(f, 3); /* the third item itself */
    expect(f, 0, "");
}

static void test_odd_values(void **state)
{
    fixture *f = *state;

    (void)begin(f, &(ew_case_act){.kind = "import", .who = "Ann"});
    add(f, 0, "pdq turned", "left 00");
    add(f, 0, "pdq", "no hash quality 3");
    add(f, 1, "pdq", "");
    assert_int_equal(ew_case_commit(f->c, NULL), EW_OK);
    expect(f, 0, "");
}

static ew_code all_pairs(void *arg, ew_err *err)
{
    heard h = {""};

    return ew_case_same_pictures(((fixture *)arg)->c, 0, hear, &h, err);
}

static void test_memory(void **state)
{
    fixture *f = *state;

    add_picture(f, 0, 1, 0, 100);
    add_picture(f, 1, 1, 4, 100);
    assert_int_equal(all_pairs(f, NULL), EW_OK); /* statements are kept from now on */
    assert_true(test_torture_alloc(all_pairs, f, 0) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_copies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_turned, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_thumbs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_undone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
