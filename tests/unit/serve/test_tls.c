/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate that the program makes: kept, made anew in time, and never half there. */
#include "serve/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static const int64_t now = 1795000000; /* November 2026 */
static const int64_t day = 24 * 3600;

static ew_hosts hosts(const char *list)
{
    ew_hosts h = {0};
    assert_int_equal(ew_hosts_add(&h, list, NULL), EW_OK);
    return h;
}

/* Its fingerprint; whether it was made just now. */
static bool own(const char *dir, const char *list, int64_t when, char out[EW_FINGERPRINT])
{
    ew_cert c;
    const ew_hosts h = hosts(list);
    assert_int_equal(ew_cert_own(&c, dir, &h, when, NULL), EW_OK);
    bool made = c.made;
    assert_int_equal(strlen(c.fingerprint), EW_FINGERPRINT - 1);
    assert_non_null(strstr((const char *)c.chain.data, "BEGIN CERTIFICATE"));
    assert_non_null(strstr((const char *)c.key.data, "BEGIN PRIVATE KEY"));
    assert_true(c.ends > when + (int64_t)EW_CERT_RENEW_DAYS * day);
    memcpy(out, c.fingerprint, sizeof c.fingerprint);
    ew_cert_release(&c);
    return made;
}

static void kept_and_renewed(void **state)
{
    char first[EW_FINGERPRINT];
    char again[EW_FINGERPRINT];
    struct stat st;
    const char *dir = *state;
    assert_true(own(dir, "desk.example,192.0.2.7,fd00::7", now, first));
    assert_int_equal(stat(test_path(dir, "tls.pem"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(test_dir_count(dir), 1);
    assert_false(own(dir, "desk.example", now, again));
    assert_string_equal(first, again);
    /* Until a month before its end. */
    assert_false(
        own(dir, "fd00::7", now + (EW_CERT_DAYS - EW_CERT_RENEW_DAYS - 1) * day, again));
    assert_true(
        own(dir, "fd00::7", now + (EW_CERT_DAYS - EW_CERT_RENEW_DAYS + 1) * day, again));
    assert_string_not_equal(first, again);
    /* A name that it lacks; a clock that was set back. */
    assert_true(own(dir, "other.example", now, first));
    assert_true(own(dir, "other.example", now - 2 * day, again));
    assert_int_equal(test_dir_count(dir), 1);
}

static void damaged(void **state)
{
    char first[EW_FINGERPRINT];
    char again[EW_FINGERPRINT];
    size_t n = 0;
    const char *dir = *state;
    assert_true(own(dir, "a.example", now, first));
    char *text = test_file_get(test_path(dir, "tls.pem"), &n);
    for (size_t cut = 0; cut < n; cut += 97) {
        test_file_put(test_path(dir, "tls.pem"), text, cut);
        assert_true(own(dir, "a.example", now, again));
        assert_string_not_equal(first, again);
    }
    /* The key of another certificate. */
    assert_true(own(dir, "b.example", now, again));
    char *other = test_file_get(test_path(dir, "tls.pem"), &n);
    char mixed[4096];
    (void)snprintf(mixed, sizeof mixed, "%.*s%s",
                   (int)(strstr(other, "-----BEGIN CERT") - other), other,
                   strstr(text, "-----BEGIN CERT"));
    test_file_put(test_path(dir, "tls.pem"), mixed, strlen(mixed));
    assert_true(own(dir, "a.example", now, again));
    free(text);
    free(other);
}

static ew_code load(const char *dir, const char *cert, const char *key, int64_t when,
                    char warning[EW_CERT_WARNING])
{
    ew_cert c;
    const ew_hosts h = hosts("a.example");
    ew_code code =
        ew_cert_load(&c, test_path(dir, cert), test_path(dir, key), &h, when, NULL);
    if (code == EW_OK)
        memcpy(warning, c.warning, sizeof c.warning);
    ew_cert_release(&c);
    return code;
}

static void of_files(void **state)
{
    char print[EW_FINGERPRINT];
    char warning[EW_CERT_WARNING];
    const char *dir = *state;
    assert_true(own(dir, "a.example", now, print));
    assert_int_equal(rename(test_path(dir, "tls.pem"), test_path(dir, "a.pem")), 0);
    assert_true(own(dir, "b.example", now, print));
    assert_int_equal(load(dir, "a.pem", "a.pem", now, warning), EW_OK);
    assert_string_equal(warning, "");
    assert_int_equal(load(dir, "tls.pem", "tls.pem", now, warning), EW_OK);
    assert_non_null(strstr(warning, "not for 'a.example'"));
    assert_int_equal(load(dir, "a.pem", "a.pem", now + (EW_CERT_DAYS - 3) * day, warning),
                     EW_OK);
    assert_non_null(strstr(warning, "runs out on 2027-12-"));
    assert_int_equal(load(dir, "a.pem", "tls.pem", now, warning), EW_E_ARG);
    assert_int_equal(load(dir, "a.pem", "a.pem", now + EW_CERT_DAYS * day, warning),
                     EW_E_ARG);
    assert_int_equal(load(dir, "a.pem", "a.pem", now - day, warning), EW_E_ARG);
    assert_int_equal(load(dir, "none", "a.pem", now, warning), EW_E_NOTFOUND);
    assert_int_equal(load(dir, "a.pem", "none", now, warning), EW_E_NOTFOUND);
    test_file_put(test_path(dir, "empty"), "", 0);
    assert_int_equal(chmod(test_path(dir, "empty"), 0600), 0);
    assert_int_equal(load(dir, "empty", "a.pem", now, warning), EW_E_FORMAT);
    assert_int_equal(load(dir, "a.pem", "empty", now, warning), EW_E_FORMAT);
    assert_int_equal(chmod(test_path(dir, "a.pem"), 0604), 0);
    assert_int_equal(load(dir, "a.pem", "a.pem", now, warning), EW_E_ARG);
}

/* A fault leaves nothing, or what was there before. */
static ew_code make_one(void *arg, ew_err *err)
{
    ew_cert c;
    const ew_hosts h = hosts("a.example");
    (void)unlink(test_path(arg, "tls.pem"));
    ew_code code = ew_cert_own(&c, arg, &h, now, err);
    ew_cert_release(&c);
    bool there = access(test_path(arg, "tls.pem"), F_OK) == 0;
    assert_true(there || code != EW_OK);
    assert_int_equal(test_dir_count(arg), there); /* nothing half done beside it */
    return code;
}

static ew_code renew(void *arg, ew_err *err)
{
    ew_cert c;
    char print[EW_FINGERPRINT];
    const ew_hosts h = hosts("b.example");
    static const char old[] = "what was there before";
    size_t n = 0;
    test_file_put(test_path(arg, "tls.pem"), old, strlen(old));
    ew_code code = ew_cert_own(&c, arg, &h, now, err);
    ew_cert_release(&c);
    char *text = test_file_get(test_path(arg, "tls.pem"), &n);
    if (code != EW_OK && strcmp(text, old) != 0) /* renamed, and the folder not synced */
        assert_false(own(arg, "b.example", now, print));
    free(text);
    assert_int_equal(test_dir_count(arg), 1);
    return code;
}

static void faults(void **state)
{
    assert_true(test_torture_alloc(make_one, *state, 0) > 0);
    assert_true(test_torture_write(make_one, *state) > 0);
    assert_true(test_torture_write(renew, *state) > 0);
    assert_true(test_torture_sync(renew, *state) > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_IN_DIR(kept_and_renewed),
        TEST_IN_DIR(damaged),
        TEST_IN_DIR(of_files),
        TEST_IN_DIR(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
