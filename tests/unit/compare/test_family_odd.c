/* SPDX-License-Identifier: Apache-2.0 */
/* Families with files that are odd. */
#include <stdlib.h>
#include <string.h>

#include "family_copies.h"

/* ------------------------------------------------------------------ odd files */

static void equal_sounds_are_duplicates(void **state)
{
    made m;
    ew_family *f;

    (void)state;
    make_six(&m);
    size_t copy = put(&m, part(m.x[3], 0, m.copies[3].samples, 1), m.copies[3].samples,
                      "flac", 200000);
    f = order(&m);
    assert_int_equal(f->members[copy].kind, EW_MEMBER_DUPLICATE);
    assert_int_equal(f->members[copy].duplicate_of, 3); /* it was unpacked */
    assert_int_equal(f->members[copy].family, 0);
    assert_non_null(reason(&f->members[copy], EW_WHY_SAME_SOUND));
    assert_child(f, 4, 3);
    ew_family_free(f);
    release(&m);
}

static void what_does_not_belong_is_told(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    put(&m, speech(LENGTH, 1), LENGTH, "flac", 200000);
    put(&m, speech(LENGTH, 2), LENGTH, "flac", 200000);
    put(&m, calloc(LENGTH, sizeof(float)), LENGTH, "mp3", 64000);
    put_mp3(&m, 0, 31);
    put(&m, part(m.x[0], 30000, 3000, 1), 3000, "pcm_s16le", 256000);
    put(&m, calloc(1, sizeof(float)), 0, "", 0);
    f = order(&m);
    assert_int_equal(f->root_count, 1);
    assert_int_equal(f->members[0].kind, EW_MEMBER_ROOT);
    assert_int_equal(f->members[1].kind, EW_MEMBER_UNRELATED);
    assert_int_equal(f->members[1].family, EW_NO_COPY);
    assert_int_equal(f->members[2].kind, EW_MEMBER_SILENT);
    assert_child(f, 3, 0);
    assert_int_equal(f->members[4].kind, EW_MEMBER_SILENT);
    assert_int_equal(f->members[5].kind, EW_MEMBER_SILENT);
    ew_family_free(f);
    release(&m);
}

static void two_recordings_are_two_families(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    put(&m, speech(LENGTH, 5), LENGTH, "flac", 200000);
    put_opus(&m, 0, 41);
    put(&m, speech(LENGTH - 5000, 6), LENGTH - 5000, "flac", 200000);
    put_opus(&m, 2, 42);
    put_mp3(&m, 3, 43);
    f = order(&m);
    assert_int_equal(f->root_count, 2);
    assert_int_equal(f->roots[0], 2); /* the larger one */
    assert_int_equal(f->roots[1], 0);
    assert_int_equal(f->members[1].family, 1);
    assert_int_equal(f->members[4].family, 0);
    assert_child(f, 1, 0);
    assert_child(f, 3, 2);
    assert_child(f, 4, 3);
    ew_family_free(f);
    release(&m);
}

/* Equal files: the same one stands for all, however they are listed. */
static void equal_files_keep_their_node(void **state)
{
    made m;
    ew_family *f;

    (void)state;
    for (size_t turn = 0; turn < 2; turn++) {
        make_six(&m);
        size_t copy = put(&m, part(m.x[3], 0, m.copies[3].samples, 1),
                          m.copies[3].samples, "opus", 24000);

        m.copies[3].name = turn == 0 ? "a" : "b";
        m.copies[copy].name = turn == 0 ? "b" : "a";
        f = order(&m);
        size_t node = turn == 0 ? 3 : copy, other = turn == 0 ? copy : 3;
        assert_int_equal(f->members[other].kind, EW_MEMBER_DUPLICATE);
        assert_int_equal(f->members[other].duplicate_of, node);
        assert_child(f, 4, node);
        ew_family_free(f);
        release(&m);
    }
}

/* High rates leave so little that closeness alone does not tell rounding from coding. */
static void uncoded_sound_is_the_source_of_mp3(void **state)
{
    static const struct {
        double noise;
        uint32_t bits;
        double least;
    } rates[] = {{0.055, 96000, 0.9}, {0.0275, 128000, 0.9}, {0.012, 192000, 0.65}};
    made m;
    ew_family *f;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        m = (made){0};
        put(&m, speech(LENGTH, 1), LENGTH, "pcm_s16le", 705600);
        put(&m, code(m.x[0], LENGTH, rates[i].noise, 31), LENGTH, "mp3", rates[i].bits);
        f = order(&m);
        assert_child(f, 1, 0);
        assert_true(f->members[1].certainty >= rates[i].least);
        ew_family_free(f);
        release(&m);
    }
}

static void changed_after_unpacking_is_a_child(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    float *x = speech(LENGTH, 1);
    put(&m, code(x, LENGTH, 0.15, 41), LENGTH, "mp3", 64000);
    free(x);
    put(&m, part(m.x[0], 0, LENGTH, 0.7F), LENGTH, "pcm_s16le", 705600);
    f = order(&m);
    assert_child(f, 1, 0);
    ew_family_free(f);
    release(&m);
}

/* The noise that is left fits both directions. */
static void a_toss_up_of_two_is_undecided(void **state)
{
    made m = {0};
    ew_family *f;

    (void)state;
    put(&m, speech(LENGTH, 1), LENGTH, "mp3", 192000);
    float *x = code(m.x[0], LENGTH, 0.011, 51);
    put(&m, part(x, 0, LENGTH, 0.7F), LENGTH, "pcm_s16le", 705600);
    free(x);
    f = order(&m);
    assert_int_equal(f->members[f->roots[0]].kind, EW_MEMBER_ROOT);
    assert_true(f->members[f->roots[0]].certainty < 0.65);
    assert_int_equal(f->members[1 - f->roots[0]].kind, EW_MEMBER_UNDECIDED);
    ew_family_free(f);
    release(&m);
}

static void few_files_are_no_trouble(void **state)
{
    made m = {0};
    ew_family *f = NULL;

    (void)state;
    assert_int_equal(ew_family_of(NULL, 0, NULL, &f, NULL), EW_OK);
    assert_int_equal(f->count + f->root_count + f->best_count, 0);
    ew_family_free(f);
    ew_family_free(NULL);
    put(&m, speech(LENGTH, 1), LENGTH, "mp3", 64000);
    f = order(&m);
    assert_int_equal(f->members[0].kind, EW_MEMBER_UNRELATED);
    ew_family_free(f);
    put(&m, part(m.x[0], 0, LENGTH, 1), LENGTH, "pcm_s16le", 256000);
    f = order(&m);
    assert_int_equal(f->members[0].kind, EW_MEMBER_ROOT);
    assert_int_equal(f->members[1].kind, EW_MEMBER_DUPLICATE);
    ew_family_free(f);
    release(&m);
}

static void too_many_are_refused(void **state)
{
    static ew_copy many[EW_FAMILY_COPIES_MAX + 1];
    ew_family *f = NULL;
    ew_err err;

    (void)state;
    assert_int_equal(ew_family_of(many, EW_FAMILY_COPIES_MAX + 1, NULL, &f, &err),
                     EW_E_ARG);
    assert_null(f);
    assert_non_null(strstr(err.text, "more than"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_sounds_are_duplicates),
        cmocka_unit_test(what_does_not_belong_is_told),
        cmocka_unit_test(two_recordings_are_two_families),
        cmocka_unit_test(equal_files_keep_their_node),
        cmocka_unit_test(uncoded_sound_is_the_source_of_mp3),
        cmocka_unit_test(changed_after_unpacking_is_a_child),
        cmocka_unit_test(a_toss_up_of_two_is_undecided),
        cmocka_unit_test(few_files_are_no_trouble),
        cmocka_unit_test(too_many_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
