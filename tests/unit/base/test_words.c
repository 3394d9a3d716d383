/* SPDX-License-Identifier: Apache-2.0 */
/* Texts in other languages: what is found, what is recognised, and that threads have a language each. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/words.h"
#include "base/words_said.h"
#include "base/words_table.h"
#include "support.h"

/* A language of this test. The pairs are made from a list. */
static char text[8192];
static ew_words_pair pairs[32];
static ew_words_language small = {"xx", "Test", text, pairs, 0};

static void learn(const char *const list[][2], size_t n)
{
    size_t at = 0;
    small.count = n;
    for (size_t i = 0; i < n; i++) { /* sorted by who writes the list */
        if (i > 0)
            assert_true(strcmp(list[i - 1][0], list[i][0]) < 0);
        for (int k = 0; k < 2; k++) {
            size_t bytes = strlen(list[i][k]) + 1;
            assert_true(at + bytes <= sizeof text);
            memcpy(text + at, list[i][k], bytes);
            if (k == 0)
                pairs[i].english = (uint32_t)at;
            else
                pairs[i].said = (uint32_t)at;
            at += bytes;
        }
    }
}

static const char *said(const char *english)
{
    static char to[4096];
    return ew_words_recognise(&small, english, to, sizeof to) ? to : english;
}

static void test_found(void **state)
{
    (void)state;
    static const char *const list[][2] = {
        {".", "!"}, {"Files", "Dateien"}, {"files", "x"}};
    learn(list, EW_COUNT(list));
    assert_string_equal(ew_words_find(&small, "Files"), "Dateien");
    assert_string_equal(ew_words_find(&small, "files"), "x");
    assert_string_equal(ew_words_find(&small, "."), "!");
    assert_null(ew_words_find(&small, ""));
    assert_null(ew_words_find(&small, "Filet"));
    assert_null(ew_words_find(&small, "zzz"));
    assert_string_equal(said("Files."), "Dateien!");
    assert_string_equal(said("unknown"), "unknown");
    small.count = 0;
    assert_null(ew_words_find(&small, "Files"));
}

static void test_recognised(void **state)
{
    (void)state;
    static const char *const list[][2] = {
        {"%s (%s), changes the wave", "%2$s aendert %1$s"},
        {"%s (%s), keeps the wave", "%s (%s), bleibt"},
        {"%s and %s differ", "%s, %s"},
        {"%zu file%s in '%s'", "'%3$s': %1$zu%2$.0s"},
        {"B is %.1f dB %s than A.", "B %2$s A %1$.1f"},
        {"No such file", "Gibts nicht"},
        {"at 100 %% of %d", "%d von 100 %%"},
        {"cannot open '%s'", "zu: '%s'"},
        {"louder", "lauter"},
        {"packet %ld of %ld, %d channels", "%ld/%ld %d"},
    };
    learn(list, EW_COUNT(list));
    assert_string_equal(said("B is 6.2 dB louder than A."), "B lauter A 6.2");
    assert_string_equal(said("B is -inf dB louder than A."), "B lauter A -inf");
    assert_string_equal(said("B is many dB louder than A."),
                        "B is many dB louder than A.");
    assert_string_equal(said("1 file in 'louder'"), "'louder': 1"); /* a name stays */
    assert_string_equal(said("2 files in 'it's'"), "'it's': 2");
    assert_string_equal(said("at 100 % of 7"), "7 von 100 %");
    assert_string_equal(said("at 100 % of x"), "at 100 % of x");
    assert_string_equal(said("packet 1 of -2, 3 channels"), "1/-2 3");
    /* where a name ends does not matter, or does */
    assert_string_equal(said("MP3 (MPEG layer 3) (mp3), changes the wave"),
                        "MP3 (MPEG layer 3) (mp3), changes the wave");
    assert_string_equal(said("MP3 (MPEG layer 3) (mp3), keeps the wave"),
                        "MP3 (MPEG layer 3) (mp3), bleibt");
    assert_string_equal(said("a and b differ"), "a, b");
    assert_string_equal(said("a and b and c differ"), "a and b and c differ");
    /* what stands in a row */
    assert_string_equal(said("cannot open 'a: b': No such file"),
                        "zu: 'a: b': Gibts nicht");
    assert_string_equal(said("x.wav: cannot open 'y'"), "x.wav: zu: 'y'");
    assert_string_equal(said("louder; unknown; louder"), "lauter; unknown; lauter");
    assert_string_equal(said("B is 1.0 dB louder than A.\nB"),
                        "B is 1.0 dB louder than A.\nB");
}

/* What is short, long, or made to be slow is left alone, in no time. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const list[][2] = {
        {"%s and %s and %s and %s and %s and %s differ", "%s%s%s%s%s%s"},
        {"%s: %s", "%2$s"},
        {"of %s", "%s"},
    };
    char long_text[3000] = "";
    char to[16];
    learn(list, EW_COUNT(list));
    for (size_t i = 0; i + 5 < sizeof long_text; i += 5)
        memcpy(long_text + i, " and ", 6);
    assert_string_equal(said(long_text), long_text);
    for (size_t i = 0; i + 2 < sizeof long_text; i += 2)
        memcpy(long_text + i, ": ", 3);
    assert_string_equal(said(long_text), long_text);
    long_text[1500] = 0;
    assert_string_equal(said(long_text), long_text);
    assert_string_equal(said(""), "");
    assert_string_equal(said(": "), ": ");
    assert_string_equal(said("."), ".");
    assert_string_equal(said("a: b"), "a: b"); /* too few fixed letters */
    assert_true(ew_words_recognise(&small, "of 1234567890123", to, sizeof to));
    assert_false(ew_words_recognise(&small, "of 1234567890123456", to, sizeof to));
}

static void test_language(void **state)
{
    (void)state;
    assert_string_equal(ew_language(), "en");
    assert_string_equal(ew_tr("Files"), "Files");
    assert_false(ew_language_set("xx"));
    assert_false(ew_language_set(""));
    assert_string_equal(ew_language(), "en");
    assert_true(ew_language_set("km"));
    assert_string_equal(ew_language(), "km");
    assert_string_not_equal(ew_tr("Files"), "Files");
    assert_string_equal(ew_tr("there is no such text"), "there is no such text");
    assert_string_not_equal(ew_said("B is 6.2 dB louder than A."),
                            "B is 6.2 dB louder than A.");
    assert_true(ew_language_set("en"));
    assert_string_equal(ew_said("Files"), "Files");
    assert_string_equal(ew_language_code(0), "en");
    assert_string_equal(ew_language_name(0), "English");
    assert_string_equal(ew_language_code(1), "km");
    assert_null(ew_language_code(2));
    assert_null(ew_language_name(2));
}

static void test_accepted(void **state)
{
    (void)state;
    assert_string_equal(ew_language_accepted(NULL), "en");
    assert_string_equal(ew_language_accepted(""), "en");
    assert_string_equal(ew_language_accepted("km"), "km");
    assert_string_equal(ew_language_accepted("KM-kh, en;q=0.5"), "km");
    assert_string_equal(ew_language_accepted("de, fr;q=0.9, km;q=0.1"), "km");
    assert_string_equal(ew_language_accepted("en-GB,km"), "en");
    assert_string_equal(ew_language_accepted("kmx, , ;;,,-"), "en");
    assert_string_equal(ew_language_accepted("*"), "en");
}

static void *other_thread(void *state)
{
    *(int *)state = strcmp(ew_language(), "en") == 0 && ew_language_set("km") &&
                    strcmp(ew_tr("Files"), "Files") != 0;
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    pthread_t t;
    int fine = 0;
    assert_int_equal(pthread_create(&t, NULL, other_thread, &fine), 0);
    assert_int_equal(pthread_join(t, NULL), 0);
    assert_true(fine);
    assert_string_equal(ew_language(), "en");
    assert_true(ew_language_set("km"));
    assert_int_equal(pthread_create(&t, NULL, other_thread, &fine), 0);
    assert_int_equal(pthread_join(t, NULL), 0);
    assert_true(fine); /* a new thread speaks English */
    assert_true(ew_language_set("en"));
}

/* Texts that were said before stay for a while. */
static void test_kept(void **state)
{
    (void)state;
    assert_true(ew_language_set("km"));
    const char *first = ew_said("B is 6.2 dB louder than A.");
    char copy[512];
    (void)snprintf(copy, sizeof copy, "%s", first);
    for (int i = 0; i < 7; i++)
        (void)ew_said("B is 1.0 dB quieter than A.");
    assert_string_equal(first, copy);
    assert_true(ew_language_set("en"));
}

/* The tables are sorted, and no translation is empty. */
static void test_tables(void **state)
{
    (void)state;
    for (size_t l = 0; l < ew_words_language_count; l++) {
        const ew_words_language *x = &ew_words_languages[l];
        assert_true(x->count > 500);
        for (size_t i = 0; i < x->count; i++) {
            assert_true(x->text[x->pairs[i].said] != 0);
            if (i > 0)
                assert_true(strcmp(x->text + x->pairs[i - 1].english,
                                   x->text + x->pairs[i].english) < 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),    cmocka_unit_test(test_recognised),
        cmocka_unit_test(test_hostile),  cmocka_unit_test(test_language),
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_kept),     cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
