/* SPDX-License-Identifier: Apache-2.0 */
/* The queue: what was accepted is kept, worked on, and begun again after a break. */
#include "ops/jobs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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
        cmocka_unit_test(each_write_fails_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
