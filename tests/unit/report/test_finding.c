/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a piece map: joins, shares, sources. */
#include "report/finding.h"

#include "finding_made.h"
#include "support.h"

static void shares(void **state)
{
    (void)state;
    ew_finding f = made_finding();
    ew_summary s;

    assert_int_equal(ew_summary_init(&s, &f, NULL), EW_OK);
    assert_int_equal(s.explained, 9 * S);
    assert_int_equal(s.unmatched, 2 * S);
    assert_int_equal(s.untold, S);
    assert_float_equal(ew_summary_explained(&s), 9.0 / 11, 1e-9);
    ew_summary_release(&s);
}

static void a_pause_in_one_line_is_no_join(void **state)
{
    (void)state;
    ew_finding f = made_finding();
    ew_summary s;

    assert_int_equal(ew_summary_init(&s, &f, NULL), EW_OK);
    assert_int_equal(s.join_count, 4);
    assert_int_equal(s.joins[0].at, 4 * S);
    assert_int_equal(s.joins[0].before, 1);
    assert_int_equal(s.joins[0].after, 2);
    assert_false(s.joins[0].in_pause);
    ew_summary_release(&s);
}

static void strangers_have_two_joins(void **state)
{
    (void)state;
    ew_finding f = made_finding();
    ew_summary s;

    assert_int_equal(ew_summary_init(&s, &f, NULL), EW_OK);
    assert_int_equal(s.joins[1].at, 6 * S);
    assert_true(s.joins[1].after == EW_NO_PIECE);
    assert_int_equal(s.joins[2].at, 8 * S);
    assert_true(s.joins[2].before == EW_NO_PIECE);
    assert_true(s.joins[2].plus_minus > s.joins[0].plus_minus);
    ew_summary_release(&s);
}

static void a_join_in_a_pause_is_as_wide_as_the_pause(void **state)
{
    (void)state;
    ew_finding f = made_finding();
    ew_summary s;

    assert_int_equal(ew_summary_init(&s, &f, NULL), EW_OK);
    const ew_join *j = &s.joins[3];
    assert_true(j->in_pause);
    assert_int_equal(j->at, 9 * S + S / 4);
    assert_true(j->at - j->plus_minus <= 9 * S && j->at + j->plus_minus >= 9 * S + S / 2);
    ew_summary_release(&s);
}

/* Half a second that belongs to neither neighbour is other sound, whatever it is called; a
 * few milliseconds would be a pause. */
static void other_sound_in_a_gap_has_two_joins(void **state)
{
    (void)state;
    static const ew_gap_kind kinds[] = {EW_GAP_SHORT, EW_GAP_BLANKED, EW_GAP_NO_MATCH};
    ew_gap gaps[MADE_GAPS];
    ew_finding f = made_finding();
    ew_map map = *f.map;
    ew_summary s;

    memcpy(gaps, map.gaps, sizeof gaps);
    map.gaps = gaps;
    f.map = &map;
    for (size_t i = 0; i < 3; i++) {
        gaps[2].kind = kinds[i];
        assert_int_equal(ew_summary_init(&s, &f, NULL), EW_OK);
        assert_int_equal(s.join_count, 5);
        assert_int_equal(s.joins[3].at, 9 * S);
        assert_true(s.joins[3].after == EW_NO_PIECE);
        assert_int_equal(s.joins[4].at, 9 * S + S / 2);
        assert_true(s.joins[4].before == EW_NO_PIECE);
        ew_summary_release(&s);
    }
}

static void sources_by_share_and_named_apart(void **state)
{
    (void)state;
    ew_finding f = made_finding();
    ew_summary s;

    assert_int_equal(ew_summary_init(&s, &f, NULL), EW_OK);
    assert_int_equal(s.main_count, 3);
    assert_int_equal(s.mains[0], 1);
    assert_int_equal(s.mains[1], 2);
    assert_int_equal(s.mains[2], 5);
    assert_string_equal(ew_finding_label(&f, &made_sources[0]), "x/same.mp3");
    assert_string_equal(ew_finding_label(&f, &made_sources[3]), "long.mp3");
    ew_summary_release(&s);
}

static void nothing_at_all(void **state)
{
    (void)state;
    ew_map map = {0};
    ew_finding f = {.map = &map};
    ew_summary s;

    assert_int_equal(ew_summary_init(&s, &f, NULL), EW_OK);
    assert_int_equal(s.join_count, 0);
    assert_float_equal(ew_summary_explained(&s), 0, 0);
    ew_summary_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares),
        cmocka_unit_test(a_pause_in_one_line_is_no_join),
        cmocka_unit_test(strangers_have_two_joins),
        cmocka_unit_test(a_join_in_a_pause_is_as_wide_as_the_pause),
        cmocka_unit_test(other_sound_in_a_gap_has_two_joins),
        cmocka_unit_test(sources_by_share_and_named_apart),
        cmocka_unit_test(nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
