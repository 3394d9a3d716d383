/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `inspect` in its four forms, from an inspection made by hand. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/inspect_view.h"
#include "report/json.h"
#include "report/report.h"
#include "support.h"

enum { RATE = 16000, SECONDS = 600, CURVE = 1200, COLUMNS = 700, ROWS = EW_INSPECT_ROWS };

static float edge[CURVE], noise[CURVE], db[COLUMNS * ROWS];
static ew_curve curves[2];
static ew_spectrogram image = {COLUMNS, ROWS, (int64_t)RATE *SECONDS / COLUMNS, db};
static const char *const journal[] = {"at 1.000 s: something is odd"};

static void make_curves(void)
{
    for (int i = 0; i < CURVE; i++) {
        edge[i] = i < 500 ? 7000 : i < 620 ? NAN : 3400 + 200 * (float)sin(i * 0.1);
        noise[i] = -70 + 8 * (float)sin(i * 0.05) + (i > 700 ? 12 : 0);
    }
    curves[0] = (ew_curve){"bandwidth", "Hz", 0, RATE / 2, CURVE, edge};
    curves[1] = (ew_curve){"noise-floor", "dB", 0, RATE / 2, CURVE, noise};
    for (int c = 0; c < COLUMNS; c++)
        for (int r = 0; r < ROWS; r++)
            db[c * ROWS + r] = -30 - 80 * (float)r / ROWS + 6 * (float)sin(c * 0.3);
}

static ew_trace sign(double at, double until, double per_hour)
{
    ew_trace t = {.kind = EW_TRACE_CHANGE, .strength = 3, .false_per_hour = per_hour};

    t.start = (int64_t)(at * RATE);
    t.end = (int64_t)(until * RATE);
    t.plus_minus = RATE / 40;
    snprintf(t.method, sizeof t.method, "frame-grid");
    snprintf(t.text, sizeof t.text,
             "the frame grid of an earlier MP3 coding jumps here from <17> to 412 & on");
    return t;
}

static int by_start(const void *a, const void *b)
{
    const ew_trace *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

/* n signs: some apart, some in a heap, one over a span, and a fact about the whole. */
static ew_inspect_view made(ew_inspection *i, ew_trace *traces, size_t n)
{
    static ew_untested untested = {"hum", "the sound is shorter than 5 s"};
    static ew_fact facts[2] = {{"container", "size", "12 bytes"},
                               {"metadata", "title", "ស្ដី <b>"}};
    ew_inspect_view v = {.name = "ស្ដីពី & <call>.wav", .bytes = 12, .trouble = ""};

    make_curves();
    memset(i, 0, sizeof *i);
    i->rate_hz = RATE;
    i->samples = (int64_t)RATE * SECONDS;
    traces[0] = sign(0, SECONDS, -1);
    traces[0].kind = EW_TRACE_FACT;
    for (size_t k = 1; k < n; k++) {
        double at = k % 3 ? 600.0 * (double)k / (double)n : 300 + (double)k * 0.05;
        traces[k] = sign(at, k % 7 == 2 ? at + 12 : at, 0.2 * (double)(k % 5));
    }
    qsort(traces, n, sizeof *traces, by_start);
    i->traces = traces;
    i->trace_count = n;
    i->curves = curves;
    i->curve_count = 2;
    i->by_chance = 1.3;
    i->untested = &untested;
    i->untested_count = 1;
    i->facts = facts;
    i->fact_count = 2;
    i->spectrogram = &image;
    v.found = i;
    v.journal = journal;
    v.journal_count = 1;
    v.info = (ew_media_info){.container = "wav", .codec = "pcm_s16le"};
    v.info.stored_rate_hz = RATE;
    v.info.stored_channels = 2;
    return v;
}

typedef ew_code (*report_fn)(const ew_inspect_view *v, ew_buf *out, ew_err *err);

static ew_code plain_text(const ew_inspect_view *v, ew_buf *out, ew_err *err)
{
    const ew_text_style style = {.width = 0};

    return ew_report_inspect_text(v, &style, out, err);
}

/* Freed by the caller with ew_buf_release. */
static ew_buf report(report_fn fn, size_t n)
{
    static ew_trace traces[400];
    ew_inspection i;
    ew_inspect_view v = made(&i, traces, n);
    ew_err err;
    ew_buf b;

    ew_buf_init(&b, EW_REPORT_MAX);
    assert_int_equal(fn(&v, &b, &err), EW_OK);
    return b;
}

static void has(const ew_buf *b, const char *part)
{
    if (strstr((const char *)b->data, part) == NULL)
        fail_msg("'%s' is not in:\n%s", part, (const char *)b->data);
}

static void text_says_it_all(void **state)
{
    ew_buf b = report(plain_text, 6);

    (void)state;
    has(&b, "ស្ដីពី & <call>.wav  10:00.000, pcm_s16le, 16000 Hz, 2 channels, SHA-256 0000");
    has(&b, "5 signs of change, strongest: no. 6 (8:20.000 ± 25 ms, frame-grid)\n");
    has(&b, "2  1:40.000 ± 25 ms  frame-grid; one such finding per 5.0 h in untouched "
            "sound\n");
    has(&b, "never seen in untouched sound");
    has(&b, "of this length up to 1.3 such signs come by chance; --rate allows fewer\n");
    has(&b, "3:20.000 – 3:32.000 ± 25 ms");
    has(&b, "Worth knowing\n1  whole file  frame-grid\n");
    has(&b, "Not tested\n  hum: the sound is shorter than 5 s\n");
    has(&b, "  metadata\n    title: ស្ដី <b>\n");
    has(&b, "Remarks of the decoder\n  at 1.000 s: something is odd\n");
    ew_buf_release(&b);
    b = report(plain_text, 1);
    has(&b, "no sign of change found; absence of detection does not guarantee absence");
    ew_buf_release(&b);
    b = report(plain_text, 400);
    has(&b, "and 299 more; --json tells all");
    ew_buf_release(&b);
}

static void rates_in_words(void **state)
{
    ew_trace t = sign(0, 0, 12);
    char text[EW_INSPECT_RATE_TEXT];

    (void)state;
    assert_string_equal(ew_inspect_rate_text(&t, text),
                        "one such finding per 5 min in untouched sound");
    t.false_per_hour = 1;
    assert_string_equal(ew_inspect_rate_text(&t, text),
                        "one such finding per 60 min in untouched sound");
    t.false_per_hour = 0.01;
    assert_string_equal(ew_inspect_rate_text(&t, text),
                        "one such finding per 100 h in untouched sound");
    t.false_per_hour = 1000;
    assert_string_equal(ew_inspect_rate_text(&t, text),
                        "one such finding per 0.1 min in untouched sound");
    t.false_per_hour = -1;
    assert_string_equal(ew_inspect_rate_text(&t, text),
                        "how often it errs was not measured");
}

static void json_holds_it_all(void **state)
{
    ew_buf b = report(ew_report_inspect_json, 6);
    json_t *all = json_loadb((const char *)b.data, b.len, 0, NULL), *one;

    (void)state;
    assert_non_null(all);
    assert_int_equal(json_integer_value(json_object_get(all, "signs_of_change")), 5);
    assert_int_equal(json_integer_value(json_object_get(all, "strongest")), 6);
    assert_int_equal(json_array_size(json_object_get(all, "findings")), 6);
    one = json_array_get(json_object_get(all, "findings"), 0);
    assert_true(json_is_null(json_object_get(one, "false_per_hour")));
    assert_string_equal(json_string_value(json_object_get(one, "kind")), "fact");
    one = json_array_get(json_object_get(all, "curves"), 0);
    assert_true(json_array_size(json_object_get(one, "values")) == CURVE / 2);
    assert_true(json_is_null(json_array_get(json_object_get(one, "values"), 280)));
    json_decref(all);
    ew_buf_release(&b);
}

/* EARWITNESS_TEST_PICTURES=FOLDER keeps them, to be looked at. */
static void keep(const ew_buf *b, const char *name)
{
    const char *dir = getenv("EARWITNESS_TEST_PICTURES");
    char path[512];

    if (dir == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    test_file_put(path, b->data, b->len);
}

static void pictures_of_any_number(void **state)
{
    static const size_t counts[] = {1, 6, 40, 400};

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        char name[32];
        ew_buf b = report(ew_report_inspect_png, counts[k]);
        assert_memory_equal(b.data, "\x89PNG\r\n", 6);
        snprintf(name, sizeof name, "%zu.png", counts[k]);
        keep(&b, name);
        ew_buf_release(&b);
        b = report(ew_report_inspect_svg, counts[k]);
        has(&b, "ស្ដីពី &amp; &lt;call&gt;.wav");
        has(&b, "</svg>\n");
        assert_null(strstr((const char *)b.data, "<17>"));
        snprintf(name, sizeof name, "%zu.svg", counts[k]);
        keep(&b, name);
        ew_buf_release(&b);
    }
}

/* No spectrogram, no curves, no sound to speak of. */
static void pictures_of_nothing(void **state)
{
    ew_inspection i = {.rate_hz = 1000, .samples = 1};
    ew_inspect_view v = {.name = "", .trouble = "", .found = &i};
    ew_buf b;

    (void)state;
    ew_buf_init(&b, EW_REPORT_MAX);
    assert_int_equal(ew_report_inspect_png(&v, &b, NULL), EW_OK);
    assert_int_equal(ew_report_inspect_svg(&v, &b, NULL), EW_OK);
    assert_int_equal(ew_report_inspect_json(&v, &b, NULL), EW_OK);
    assert_int_equal(plain_text(&v, &b, NULL), EW_OK);
    ew_buf_release(&b);
}

static ew_code one_report(void *arg, ew_err *err)
{
    static ew_trace traces[6];
    report_fn fn = *(report_fn *)arg;
    ew_inspection i;
    ew_inspect_view v = made(&i, traces, 6);
    ew_buf b;
    ew_code rc;

    ew_buf_init(&b, EW_REPORT_MAX);
    rc = fn(&v, &b, err);
    ew_buf_release(&b);
    return rc;
}

static void out_of_memory(void **state)
{
    report_fn fns[] = {plain_text, ew_report_inspect_json, ew_report_inspect_svg,
                       ew_report_inspect_png};

    (void)state;
    ew_json_use_own_alloc();
    for (size_t k = 0; k < 4; k++)
        assert_true(test_torture_alloc(one_report, &fns[k], 40) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_says_it_all),    cmocka_unit_test(rates_in_words),
        cmocka_unit_test(json_holds_it_all),   cmocka_unit_test(pictures_of_any_number),
        cmocka_unit_test(pictures_of_nothing), cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
