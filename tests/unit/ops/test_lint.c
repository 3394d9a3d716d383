/* SPDX-License-Identifier: Apache-2.0 */
/* Lint: what is found in a text and in a case, what is not, and what is told of protected people. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "casefile/people.h"
#include "lint_told.h"
#include "ops/case_people.h"

/* ------------------------------------------------------------------ signs */

static void telephones(void **state)
{
    static const sample s[] = {
        {"call +855 12 345 678 now", "phone +855 12 345 678; "},
        {"+85512345678", "phone +85512345678; "},
        {"+44 20 7946 0958, x", "phone +44 20 7946 0958; "},
        {"0044 20 7946 0958", "phone 0044 20 7946 0958; "},
        {"(012) 345-678", "phone 012) 345-678; "},
        {"012 345 678", "phone 012 345 678; "},
        {"030/1234567", "phone 030/1234567; "},
        {"555-123-4567", "phone 555-123-4567; "},
        {"+1 (555) 123-4567", "phone +1 (555) 123-4567; "},
        {"on 01.10.2026 at 14:05", ""},
        {"01.10.2026 14:05", ""},
        {"2026-10-12 14:05:00", ""},
        {"0.0123456789", ""},
        {"version 1.2.3.4567890", ""},
        {"0123456789012345678", ""},
        {"id 1790000000, user123456789", ""},
        {"sha a0123456789b", ""},
        {"1/2/3/4/5/6/7/8/9", ""},
        {"12 345", ""},
    };
    (void)state;
    CHECK(s, "Nobody");
}

static void addresses_places_and_folders(void **state)
{
    static const sample s[] = {
        {"mail ann.b+c@mail.example.org.", "mail ann.b+c@mail.example.org; "},
        {"@handle a@b x@y.z1 a b@c", ""},
        {"at 11.5564, 104.9282 there", "coordinates 11.5564, 104.9282; "},
        {"?q=11.556412,104.928200&z", "coordinates 11.556412,104.928200; "},
        {"+11.5564+104.9282/", "coordinates +11.5564+104.9282; "},
        {"11\xC2\xB0"
         "33'23\"N",
         "coordinates 11\xC2\xB0"
         "33'23\"N; "},
        {"from 1.2345 to 200.1234; 91.2345,1.2345", ""},
        {"3.14, 2.71", ""},
        {"in /ho"
         "me/ann/case/x",
         "user-path /ho"
         "me/ann; "},
        {"C:\\Users\\Ann Lee\\x", "user-path \\\\Users\\\\Ann Lee; "},
        {"{\"p\":\"C:\\\\Users\\\\ann\\\\x\"}", "user-path \\\\Users\\\\\\\\ann; "},
        {"/home/ and /Users/", ""},
    };
    (void)state;
    CHECK(s, "Nobody");
}

static void coordinates(void **state)
{
    static const sample s[] = {
        {"104.928200, 11.556400", "coordinates 104.928200, 11.556400; "},
        {"104.928200,11.556400,0 ", "coordinates 104.928200,11.556400; "},
        {"at 104.9282, 11.5564", ""},
        {"coords 104.9282, 11.5564", "coordinates 104.9282, 11.5564; "},
        {"11.556400\t104.928200", "coordinates 11.556400\\x09104.928200; "},
        {"48.8566, 2.3522", "coordinates 48.8566, 2.3522; "},
        {"-23.5505, -46.6333", "coordinates -23.5505, -46.6333; "},
        {"POINT(104.9282 11.5564)", "coordinates 104.9282 11.5564; "},
        {"rates 1.0845, 1.0850 and 1.08451, 1.08503 or 83.1234, 83.1301", ""},
        {"163.24501, 163.25101 12.3456 34.5678", ""},
        {"<trkpt lat=\"11.5564\" lon=\"104.9282\">",
         "coordinates 11.5564\" lon=\"104.9282; "},
        {"{\"longitude\": 104.9282, \"latitude\": -11.556}",
         "coordinates 104.9282, \"latitude\": -11.556; "},
        {"<lat>11.5564</lat><lng>104.92</lng>", "coordinates 11.5564; "},
        {"\"latitudeE7\" : 115564000,\n\"longitudeE7\" : 1049282000",
         "coordinates 115564000,\\x0a\"longitudeE7\" : 1049282000; "},
        {"startLat=11.5564&x", "coordinates 11.5564; "},
        {"flat 1.2345 how long 3.14159 balloon=2.34567 lat 91.2345 lon", ""},
        {"[\n   104.92821,\n   11.55641\n]", "coordinates 104.92821,\\x0a   11.55641; "},
        {"$GPGGA,123519,4807.038,N,01131.000,E,1",
         "coordinates 4807.038,N,01131.000,E; "},
        {"4807.038,N", ""},
        {"lat=", ""},
        {"lat=-", ""},
    };
    (void)state;
    CHECK(s, "Nobody");
}

/* ------------------------------------------------------------------ names */

static void protected_names(void **state)
{
    static const char identity[] =
        "Name: Sokha Vannak, \xE6\x9D\x8E\xE6\x98\x8E\nTel: +855 12 345 678\n"
        "\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD\xD0\xBE\xD0\xB2\n"
        "\xD8\xA3\xD8\xAD\xD9\x85\xD8\xAF \xD8\xB9\xD9\x84\xD9\x8A\n"
        "s.v@mail.example.org\nLi\n";
    static const sample s[] = {
        {"SOKHA  vannak spoke", "protected-name protected person 3; "},
        {"Sokha\nVannak", "protected-name protected person 3; "},
        {"S\xC3\xB3kha", "protected-word protected person 3; "},
        {"Sokhas words", "protected-word protected person 3; "},
        {"Rosokha", ""},
        {"tel fax", ""},
        {"name", ""},
        {"x\xE6\x9D\x8E\xE6\x98\x8Ey", "protected-name protected person 3; "},
        {"\xE6\x9D\x8E", ""},
        {"\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD\xD0\xBE\xD0\xB2\xD1\x8B\xD0\xBC",
         "protected-name protected person 3; "}, /* with an ending */
        {"\xD9\x88\xD8\xA7\xD8\xAD\xD9\x85\xD8\xAF",
         "protected-word protected person 3; "},
        {"012-345-678", "protected-name protected person 3; "},
        {"85512345678", "protected-name protected person 3; "},
        {"+855 12 345 679", "phone +855 12 345 679; "},
        {"Li said", "protected-name protected person 3; "},
        {"Like Lima", ""},
        {"s.v@mail.example.org", "protected-name protected person 3; "
                                 "mail [protected person 3]; "},
        {"\\u0053okha", "protected-word protected person 3; "},
        {"&#83;&#x6f;kha", "protected-word protected person 3; "},
        {"%53okha", "protected-word protected person 3; "},
        {"\\u00e6\\u009d\\u008e\\u00e6\\u0098\\u008e",
         "protected-name protected person 3; "},
        {"\\u674e\\u660e", "protected-name protected person 3; "},
    };
    (void)state;
    CHECK(s, identity);
}

static void numbers_in_other_digits(void **state)
{
    static const sample s[] = {
        {"x \341\237\240\341\237\241\341\237\242 \341\237\243\341\237\244\341\237\245 "
         "\341\237\246\341\237\247\341\237\250",
         "protected-name protected person 3; "},
        {"\331\240\331\241\331\242-\331\243\331\244\331\245-\331\246\331\247\331\250",
         "protected-name protected person 3; "},
        {"\357\274\213\357\274\230\357\274\225\357\274\225\357\274\221\357\274\222\357"
         "\274\223\357\274\224\357\274\225\357\274\226\357\274\227\357\274\230",
         "protected-name protected person 3; "},
        {"<meta name=author "
         "content="
         "\"\341\237\240\341\237\241\341\237\242\341\237\243\341\237\244\341\237\245\341"
         "\237\246\341\237\247\341\237\250 ann@mail.example\">",
         "mail ann@mail.example; protected-name protected person 3; "
         "author [protected person 3] ann@mail.example; mail ann@mail.example; "
         "protected-name protected person 3; "},
        {"\357\274\220\357\274\221\357\274\221 \357\274\222\357\274\222\357\274\222 "
         "\357\274\223\357\274\223\357\274\223",
         "phone \357\274\220\357\274\221\357\274\221 "
         "\357\274\222\357\274\222\357\274\222 \357\274\223\357\274\223\357\274\223; "},
        {"\341\237\242\341\237\240\341\237\242\341\237\246 \341\237\241\341\237\242", ""},
        {"\341\237\240\341\237\241\341\237\242\341\237\243\341\237\244\341\237\245\341"
         "\237\246\341\237\247\341\237\250\341\237\240\341\237\241\341\237\242\341\237"
         "\243\341\237\244\341\237\245\341\237\246\341\237\247\341\237\250\341\237\240"
         "\341\237\241",
         ""},
    };
    static const sample other[] = {
        {"012 345 678", "protected-name protected person 3; "},
    };
    (void)state;
    CHECK(s, "Tel: +855 12 345 678");
    CHECK(other,
          "Tel: \341\237\240\341\237\241\341\237\242 "
          "\341\237\243\341\237\244\341\237\245 \341\237\246\341\237\247\341\237\250");
}

static void names_in_utf16(void **state)
{
    static const char le[] = "\xFF\xFES\0o\0k\0h\0a\0";
    static const char odd[] = "\x01\x02\x03\0S\0o\0k\0h\0a\0\0\xFF";
    (void)state;
    told t = lint_bytes("Sokha", le, sizeof le - 1);
    assert_string_equal(t.text, "protected-name protected person 3; ");
    t = lint_bytes("Sokha", odd, sizeof odd - 1);
    assert_non_null(strstr(t.text, "protected-name protected person 3; "));
    assert_non_null(strstr(t.text, "(an unknown format"));
}

static void words_of_mails(void **state)
{
    static const sample s[] = {
        {"Subject: =?utf-8?B?U29raGEgVg==?=\r\n =?UTF-8?b?YW5uYWs=?=",
         "protected-name protected person 3; "},
        {"From: =?utf-8?Q?S=C3=B3kha_Vannak?= x",
         "protected-word protected person 3; protected-name protected person 3; "},
        {"=?utf-8?B?Kzg1NTExMjIyMzMz?=", "phone +85511222333; "},
        {"=?koi8-r?B?/////w==?=", "(words of a mail in another encoding) "},
        {"=?a?B?=? =?=?=?=? =?utf-8?X?a?= =?utf-8?B?", ""},
    };
    (void)state;
    CHECK(s, "Sokha Vannak");
}

static void names_in_utf32(void **state)
{
    static const char text[] = "\xFF\xFE"
                               "by Sokha Vannak, +85511222333";
    char little[4 * sizeof text] = "";
    char big[4 * sizeof text] = "";
    size_t n = 0;
    (void)state;
    memcpy(little, "\xFF\xFE", 2);
    memcpy(big, "\0\0\xFE\xFF", 4);
    for (n = 4; text[n / 4 + 1] != 0; n += 4) {
        little[n] = text[n / 4 + 1];
        big[n + 3] = text[n / 4 + 1];
    }
    told t = lint_bytes("Sokha Vannak", little, n);
    assert_string_equal(t.text, "protected-name protected person 3; "
                                "phone +85511222333; ");
    t = lint_bytes("Sokha Vannak", big, n);
    assert_string_equal(t.text, "protected-name protected person 3; "
                                "phone +85511222333; ");
    t = lint_bytes("Sokha Vannak", big, 5);
    assert_int_equal(t.n, 0);
    memcpy(little + 4, "Sokha Vannak", 12); /* the mark may be a lie */
    t = lint_bytes("Sokha Vannak", little, 16);
    assert_string_equal(t.text, "protected-name protected person 3; ");
}

static void nothing_protected_is_told(void **state)
{
    ew_names *n = names_of("Sokha Vannak\n+855 12 345 678");
    ew_buf out;
    (void)state;
    ew_buf_init(&out, 4096);
    assert_int_equal(ew_names_mask(n,
                                   ew_slice_of("a SOKHA vannak, 012 345 678! sokha.v 12"),
                                   &out, NULL),
                     EW_OK);
    assert_string_equal((char *)out.data, "a [protected person 3], [protected person 3]! "
                                          "[protected person 3].v 12");
    ew_buf_release(&out);
    ew_names_free(n);
    told t = lint_text("Sokha Vannak", "ann@example.org and /ho"
                                       "me/sokha/x, sokha@example.org");
    assert_null(strstr(t.text, "okha"));
    assert_non_null(strstr(t.text, "[protected person 3]@example.org"));
}

/* ------------------------------------------------------------------ a case */

static int64_t add_file(ew_case *c, const char *dir, const char *name, const char *text)
{
    ew_case_act act = {.kind = "ingest", .who = "Ann"};
    ew_case_item item = {.kind = "document", .name = name};
    int64_t event;
    int64_t id = 0;
    const char *path = test_path(dir, "given");
    test_file_put(path, text, strlen(text));
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ew_case_store(c, fd, item.sha256, &item.bytes, NULL), EW_OK);
    (void)close(fd);
    assert_int_equal(ew_case_begin(c, &act, &event, NULL), EW_OK);
    assert_int_equal(ew_case_add_item(c, &item, &id, NULL), EW_OK);
    assert_int_equal(ew_case_commit(c, NULL), EW_OK);
    return id;
}

static told lint_case(ew_case *c, const ew_lint_opts *o, ew_lint_sum *sum)
{
    told t = {.n = 0};
    ew_lint_put put = {finding, blank, &t};
    ew_err err;
    if (ew_ops_lint(c, o, &put, sum, &err) != EW_OK)
        fail_msg("%s", err.text);
    return t;
}

/* What was put in is not what is there. */
static void changed_and_missing(ew_case *c, const ew_lint_opts *o, const char *original)
{
    ew_lint_sum sum;
    assert_int_equal(chmod(original, 0600), 0);
    FILE *f = fopen(original, "a");
    assert_true(f != NULL && fputs(", sokha vannak", f) >= 0 && fclose(f) == 0);
    told t = lint_case(c, o, &sum);
    assert_non_null(strstr(t.text, "(an original that is not what was put in)"));
    assert_int_equal(t.n, 1); /* the item's name */
    assert_int_equal(unlink(original), 0);
    t = lint_case(c, o, &sum);
    assert_non_null(strstr(t.text, "(an original that cannot be read)"));
}

static void a_case(void **state)
{
    char *dir = test_dir_new();
    const char *path = test_path(dir, "case");
    ew_case *c = NULL;
    ew_secret file;
    ew_buf recipient;
    ew_age_identities keys;
    ew_lint_sum sum;
    ew_lint_opts o = {.keys = NULL};
    ew_ops_actor by = {"Ann", ""};
    ew_person p = {.kind = EW_PERSON_PROTECTED, .name = "Source 1", .note = ""};
    int64_t id;
    (void)state;
    assert_int_equal(ew_case_create(path, "t", NULL), EW_OK);
    assert_int_equal(ew_case_open(&c, path, true, 0, NULL), EW_OK);
    assert_int_equal(ew_secret_init(&file, 512, NULL), EW_OK);
    ew_buf_init(&recipient, 256);
    assert_int_equal(ew_age_new_identity(&file, &recipient, 0, NULL), EW_OK);
    assert_int_equal(ew_age_read_identities(&keys, (ew_slice){file.bytes, file.n}, NULL),
                     EW_OK);
    const char *const ages[] = {(const char *)recipient.data};
    ew_ops_recipients r = {.ages = ages, .n = 1};
    assert_int_equal(ew_ops_add_recipients(c, &by, &r, NULL), EW_OK);
    assert_int_equal(
        ew_ops_add_person(c, &by, &p, ew_slice_of("Sokha Vannak"), &id, NULL), EW_OK);
    int64_t item = add_file(c, dir, "Sokha Vannak.txt", "written by sokha vannak");
    told t = lint_case(c, &o, &sum);
    assert_true(t.n == 0 && sum.closed == 1);
    o.keys = &keys;
    t = lint_case(c, &o, &sum);
    assert_true(sum.closed == 0 && sum.identities == 1);
    assert_string_equal(t.text,
                        "protected-name protected person 1; " /* the item's name */
                        "protected-name protected person 1; ");
    told again = lint_case(c, &o, &sum);
    assert_string_equal(t.ids, again.ids);
    /* Another item alone; one that is not there. */
    int64_t other = add_file(c, dir, "b.txt", "nothing");
    o.items = &other;
    o.item_count = 1;
    assert_int_equal(lint_case(c, &o, &sum).n, 0);
    char *original = NULL;
    assert_int_equal(ew_case_original(c, item, &original, NULL), EW_OK);
    o.items = &item;
    changed_and_missing(c, &o, original);
    ew_free(original);
    ew_case_close(c);
    ew_age_identities_release(&keys);
    ew_secret_release(&file);
    ew_buf_release(&recipient);
    test_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telephones),
        cmocka_unit_test(addresses_places_and_folders),
        cmocka_unit_test(coordinates),
        cmocka_unit_test(protected_names),
        cmocka_unit_test(numbers_in_other_digits),
        cmocka_unit_test(names_in_utf16),
        cmocka_unit_test(words_of_mails),
        cmocka_unit_test(names_in_utf32),
        cmocka_unit_test(nothing_protected_is_told),
        cmocka_unit_test(a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
