/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `family` as text, picture and graph, from a family made by hand. */
#include <string.h>

#include "family_made.h"
#include "report/family_tree.h"
#include "report/report.h"
#include "support.h"

typedef ew_code (*printer)(const ew_family_finding *f, ew_buf *out, ew_err *err);

static char *printed(printer print, const ew_family_finding *f)
{
    static ew_buf b;

    ew_buf_release(&b);
    ew_buf_init(&b, EW_REPORT_MAX);
    assert_int_equal(print(f, &b, NULL), EW_OK);
    return (char *)b.data;
}

static ew_code plain_text(const ew_family_finding *f, ew_buf *out, ew_err *err)
{
    const ew_text_style style = {.color = false};

    return ew_report_family_text(f, &style, out, err);
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, text);
}

static void tree_has_everybody_once(void **state)
{
    (void)state;
    static const size_t order[MADE_COPIES] = {2, 0, 1, 4, 3, 7, 8, 5, 6};
    static const size_t depths[MADE_COPIES] = {0, 1, 2, 2, 1, 0, 1, 0, 0};
    ew_limbs l;

    assert_int_equal(ew_limbs_init(&l, &made_family, NULL), EW_OK);
    assert_int_equal(l.count, MADE_COPIES);
    assert_int_equal(l.depth, 2);
    for (size_t i = 0; i < MADE_COPIES; i++) {
        assert_int_equal(l.items[i].copy, order[i]);
        assert_int_equal(l.items[i].depth, depths[i]);
    }
    assert_int_equal(l.items[3].above, 1);
    assert_int_equal(l.items[3].kind, EW_LIMB_DUPLICATE);
    assert_int_equal(l.items[4].kind, EW_LIMB_MAYBE);
    assert_true(l.items[4].last);
    assert_false(l.items[1].last);
    ew_limbs_release(&l);
}

/* A thousand copies, each made from the one before; and a circle, which must not hang. */
static void tree_may_be_deep_or_wrong(void **state)
{
    (void)state;
    enum { MANY = 1000 };
    static ew_member many[MANY];
    size_t root = 0;
    ew_family f = {.count = MANY, .members = many, .root_count = 1, .roots = &root};
    ew_limbs l;

    many[0].kind = EW_MEMBER_ROOT;
    for (size_t i = 1; i < MANY; i++)
        many[i] = (ew_member){.kind = EW_MEMBER_CHILD, .parent = i - 1};
    assert_int_equal(ew_limbs_init(&l, &f, NULL), EW_OK);
    assert_int_equal(l.depth, MANY - 1);
    ew_limbs_release(&l);
    many[500].parent = 600;
    assert_int_equal(ew_limbs_init(&l, &f, NULL), EW_OK);
    assert_int_equal(l.count, MANY);
    ew_limbs_release(&l);
}

static void text_says_it_all(void **state)
{
    (void)state;
    const ew_family_finding f = made_family_finding();
    const char *t = printed(plain_text, &f);

    has(t, "9 copies of 2 recordings; the nearest to their sources are copy-77f0.wav "
           "(98.0 %),\n"
           "second-root.flac (90.0 %).\n");
    has(t, "3 made from another, 1 undecided, 1 of the same sound as another, ");
    has(t, "\ncopy-77f0.wav ");
    has(t, "\n├─ copy-1a2b.mp3 ");
    has(t, "\n│  ├─ leak & <more>.opus ");
    has(t, "\n│  └= same.mp3 ");
    has(t, "\n└? say \"what\".m4a ");
    has(t, "undecided; breaks off\n");
    has(t, "  - copy-1a2b.mp3 from copy-77f0.wav: 1.2 s are gone at the start; its sound "
           "ends "
           "at 5.1\n    kHz, that of the other at 7.9 kHz.\n");
    has(t, "undecided, from copy-77f0.wav (52.0 %) or copy-1a2b.mp3 (41.0 %).\n");
    has(t, "0:40.000 – 1:00.000  copy-1a2b.mp3  0:38.800 – 0:58.800  least noise\n");
    has(t, "who published first");
}

static void text_without_a_family(void **state)
{
    (void)state;
    ew_member two[2] = {{.kind = EW_MEMBER_UNRELATED, .family = EW_NO_COPY},
                        {.kind = EW_MEMBER_UNRELATED, .family = EW_NO_COPY}};
    ew_family none = {.count = 2, .members = two};
    ew_family_finding f = made_family_finding();

    f.family = &none;
    f.failure_count = 0;
    has(printed(plain_text, &f), "No two of the 2 copies have sound in common");
    has(printed(ew_report_family_svg, &f), "No two of the copies");
}

static void picture_shows_everybody(void **state)
{
    (void)state;
    const ew_family_finding f = made_family_finding();
    const char *t = printed(ew_report_family_svg, &f);

    has(t, "leak &amp; &lt;more&gt;.opus");
    has(t, "say &quot;what&quot;.m4a");
    has(t, "9 copies of 2 recordings");
    has(t, "url(#best)");
    has(t, "url(#over)");
    assert_string_equal(t + strlen(t) - 7, "</svg>\n");
}

static void graph_is_quoted(void **state)
{
    (void)state;
    const ew_family_finding f = made_family_finding();
    const char *t = printed(ew_report_family_dot, &f);

    has(t, "digraph family {\n");
    has(t, "c3 [label=\"say \\\"what\\\".m4a\\nmp3 0:50.000\", style=dashed];\n");
    has(t, "c2 -> c0 [label=\"97.0 %\", tooltip=\"1.2 s are gone at the start; ");
    has(t, "c0 -> c3 [style=dashed, label=\"41.0 %?\"];\n");
    has(t, "c0 -> c4 [style=dotted, dir=none, label=\"=\"];\n");
    assert_string_equal(t + strlen(t) - 2, "}\n");
}

static ew_code all_forms(void *arg, ew_err *err)
{
    const ew_family_finding *f = arg;
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = ew_report_family_svg(f, &b, err);
    if (rc == EW_OK)
        rc = plain_text(f, &b, err);
    if (rc == EW_OK)
        rc = ew_report_family_dot(f, &b, err);
    ew_buf_release(&b);
    return rc;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    ew_family_finding f = made_family_finding();

    assert_true(test_torture_alloc(all_forms, &f, 60) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_has_everybody_once),
        cmocka_unit_test(tree_may_be_deep_or_wrong),
        cmocka_unit_test(text_says_it_all),
        cmocka_unit_test(text_without_a_family),
        cmocka_unit_test(picture_shows_everybody),
        cmocka_unit_test(graph_is_quoted),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
