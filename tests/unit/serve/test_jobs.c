/* SPDX-License-Identifier: Apache-2.0 */
/* The queue: what was accepted is kept, worked on, and begun again after a break. */
#include "ops/jobs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "support.h"

typedef struct counts {
    size_t all, waiting, failed, done;
    char name[EW_JOB_NAME + 1];
    ew_err why;
} counts;

static ew_code count_one(void *cookie, const ew_job_view *v, ew_err *err)
{
    counts *c = cookie;
    (void)err;
    c->all++;
    c->waiting += v->state == EW_JOB_WAITING || v->state == EW_JOB_RUNNING;
    c->done += v->state == EW_JOB_DONE;
    c->failed += v->state == EW_JOB_FAILED;
    c->why = v->why;
    (void)snprintf(c->name, sizeof c->name, "%s", v->files[0].name);
    return EW_OK;
}

static counts count(ew_jobs *q)
{
    counts c = {0};
    assert_int_equal(ew_jobs_list(q, count_one, &c, NULL), EW_OK);
    return c;
}

static counts settle(ew_jobs *q)
{
    const struct timespec tick = {.tv_nsec = 20000000};
    counts c = count(q);
    for (int i = 0; i < 3000 && c.waiting > 0; i++) {
        (void)nanosleep(&tick, NULL);
        c = count(q);
    }
    assert_int_equal(c.waiting, 0);
    return c;
}

static ew_job_file kept(ew_jobs *q, const char *dir, const char *content)
{
    ew_job_file f = {.name = "clip.wav"};
    const char *path = test_path(dir, "in");
    test_file_put(path, content, strlen(content));
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(ew_jobs_keep(q, fd, f.sha256, &f.bytes, NULL), EW_OK);
    assert_int_equal(close(fd), 0);
    return f;
}

static void what_fails_is_told_and_kept(void **state)
{
    char *dir = test_dir_new();
    char queue[256];
    ew_jobs *q = NULL;
    uint64_t id = 0;
    ew_buf out;
    (void)state;
    (void)snprintf(queue, sizeof queue, "%s", test_path(dir, "queue"));
    assert_int_equal(ew_mkdirs(queue, NULL), EW_OK);
    assert_int_equal(ew_jobs_open(&q, queue, NULL, 1, NULL), EW_OK);
    ew_job_file f = kept(q, dir, "this is no sound");
    assert_int_equal(
        ew_jobs_add(q, &(ew_job_order){.kind = EW_JOB_INSPECT, .files = &f, .n = 1}, &id,
                    NULL),
        EW_OK);
    counts c = settle(q);
    assert_int_equal(c.failed, 1);
    ew_buf_init(&out, 1000);
    assert_int_equal(ew_jobs_result(q, id, &out, NULL), c.why.code);
    ew_buf_release(&out);
    ew_jobs_close(q);
    assert_int_equal(ew_jobs_open(&q, queue, NULL, 1, NULL), EW_OK);
    counts again = count(q);
    assert_int_equal(again.failed, 1);
    assert_int_equal(again.why.code, c.why.code);
    assert_string_equal(again.why.text, c.why.text);
    assert_string_equal(again.name, "clip.wav");
    assert_int_equal(ew_jobs_remove(q, id, NULL), EW_OK);
    assert_int_equal(ew_jobs_remove(q, id, NULL), EW_E_NOTFOUND);
    char *path = NULL;
    assert_int_equal(ew_jobs_file(q, f.sha256, &path, NULL), EW_E_NOTFOUND);
    ew_jobs_close(q);
    test_dir_remove(dir);
}

static void mistakes_are_refused(void **state)
{
    char *dir = test_dir_new();
    ew_jobs *q = NULL;
    ew_jobs *second = NULL;
    uint64_t id;
    (void)state;
    assert_int_equal(ew_jobs_open(&q, dir, NULL, 1, NULL), EW_OK);
    assert_int_equal(ew_jobs_open(&second, dir, NULL, 1, NULL), EW_E_BUSY);
    ew_job_file f = kept(q, dir, "x");
    assert_int_equal(
        ew_jobs_add(q, &(ew_job_order){.kind = EW_JOB_DIFF, .files = &f, .n = 1}, &id,
                    NULL),
        EW_E_ARG);
    ew_job_file none = {.name = "none"};
    assert_int_equal(
        ew_jobs_add(q, &(ew_job_order){.kind = EW_JOB_CHECK, .files = &none, .n = 1}, &id,
                    NULL),
        EW_E_NOTFOUND);
    assert_int_equal(count(q).all, 0);
    ew_jobs_close(q);
    test_dir_remove(dir);
}

/* What cannot be put on disk is not accepted. */
/* What somebody else put there keeps nobody from working, and is left alone. */
static void other_things_are_left_alone(void **state)
{
    static const char *const names[] = {"jobs/000000000001.json",
                                        "jobs/000000000002.json",
                                        "jobs/999999999999.json", "jobs/notes.txt"};
    char *dir = test_dir_new();
    ew_jobs *q = NULL;
    uint64_t id;
    (void)state;
    assert_int_equal(mkdir(test_path(dir, "jobs"), 0700), 0);
    test_file_put(test_path(dir, names[0]), "{", 1);
    assert_int_equal(mkfifo(test_path(dir, names[1]), 0600), 0);
    static const char done[] =
        "{\"schema\":\"earwitness.job/"
        "1\",\"kind\":\"check\",\"state\":\"done\",\"made\":1,"
        "\"files\":[{\"sha256\":"
        "\"00000000000000000000000000000000000000000000000000000000000"
        "00000\",\"name\":\"x\",\"bytes\":1}]}";
    test_file_put(test_path(dir, names[2]), done, sizeof done - 1);
    test_file_put(test_path(dir, names[3]), "mine", 4);
    assert_int_equal(mkdir(test_path(dir, "jobs/000000000004.json"), 0700), 0);
    assert_int_equal(symlink("/dev/zero", test_path(dir, "jobs/000000000005.json")), 0);
    assert_int_equal(symlink("/none", test_path(dir, "jobs/000000000006.json")), 0);
    test_file_put(test_path(dir, "jobs/000000000007.json"), done, sizeof done - 1);
    char one_of_two[sizeof done + 16]; /* it would be run */
    const char *kind = strstr(done, "check");
    (void)snprintf(one_of_two, sizeof one_of_two, "%.*sdiff%s", (int)(kind - done), done,
                   kind + strlen("check"));
    test_file_put(test_path(dir, "jobs/000000000003.json"), one_of_two,
                  strlen(one_of_two));
    assert_int_equal(ew_jobs_open(&q, dir, NULL, 1, NULL), EW_OK);
    assert_int_equal(count(q).all, 1);
    ew_job_file f = kept(q, dir, "x");
    assert_int_equal(
        ew_jobs_add(q, &(ew_job_order){.kind = EW_JOB_CHECK, .files = &f, .n = 1}, &id,
                    NULL),
        EW_OK);
    assert_int_equal(id, 8);
    ew_jobs_close(q);
    for (size_t i = 0; i < EW_COUNT(names); i++)
        assert_int_equal(access(test_path(dir, names[i]), F_OK), 0);
    test_dir_remove(dir);
}

static void each_write_fails_in_turn(void **state)
{
    char *dir = test_dir_new();
    char queue[256];
    ew_jobs *q = NULL;
    uint64_t id;
    (void)state;
    (void)snprintf(queue, sizeof queue, "%s", test_path(dir, "queue"));
    assert_int_equal(ew_mkdirs(queue, NULL), EW_OK);
    assert_int_equal(ew_jobs_open(&q, queue, NULL, 1, NULL), EW_OK);
    ew_job_file f = kept(q, dir, "no sound either");
    ew_write_fail_at(0);
    assert_int_equal(
        ew_jobs_add(q, &(ew_job_order){.kind = EW_JOB_INSPECT, .files = &f, .n = 1}, &id,
                    NULL),
        EW_E_IO);
    ew_write_fail_at(-1);
    ew_sync_fail_at(0);
    assert_int_equal(
        ew_jobs_add(q, &(ew_job_order){.kind = EW_JOB_INSPECT, .files = &f, .n = 1}, &id,
                    NULL),
        EW_E_IO);
    ew_sync_fail_at(-1);
    assert_int_equal(count(q).all, 0);
    assert_int_equal(
        ew_jobs_add(q, &(ew_job_order){.kind = EW_JOB_INSPECT, .files = &f, .n = 1}, &id,
                    NULL),
        EW_OK);
    (void)settle(q);
    ew_jobs_close(q);
    assert_int_equal(ew_jobs_open(&q, queue, NULL, 1, NULL), EW_OK);
    assert_int_equal(count(q).all, 1);
    ew_jobs_close(q);
    test_dir_remove(dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fails_is_told_and_kept),
        cmocka_unit_test(mistakes_are_refused),
        cmocka_unit_test(other_things_are_left_alone),
        cmocka_unit_test(each_write_fails_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
