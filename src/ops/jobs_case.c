/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs that write a case or verify it, and results that go into one. What was sent gets its own names back in a folder
 * of the job, as the names are part of what is kept. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/case_check.h"
#include "ops/case_json.h"
#include "ops/jobs_run.h"

enum {
    WAIT_S = 600,
    NOTICES_MAX = 200,
    CALLED_MAX = 50,
    EXAMINE_MAX = 20,
    DEPTH_MAX = 16
};

/* ------------------------------------------------------------------ what is asked */

static const char *said_or_null(const json_t *how, const char *key)
{
    const char *text = ew_job_said(how, key);
    return text[0] != 0 ? text : NULL;
}

/* ------------------------------------------------------------------ names */

/* "tips/result.json" to below `to`: each part is a name and nothing else. To be freed; NULL: no memory. */
static char *place_below(const char *to, const char *name, ew_code *code, ew_err *err)
{
    char *path = ew_strdup(to);
    int depth = 0;
    while (path != NULL && *code == EW_OK && *name != 0) {
        char part[EW_JOB_NAME + 2];
        size_t n = strcspn(name, "/");
        bool up = n == 2 && name[0] == '.' && name[1] == '.';
        /* What begins with a dot would be passed over as hidden. */
        (void)snprintf(part, sizeof part, "%s%.*s", n > 1 && name[0] == '.' ? "_" : "",
                       (int)n, name);
        name += n + (name[n] == '/');
        if (n == 0 || strcmp(part, ".") == 0)
            continue;
        if (up || ++depth > DEPTH_MAX) {
            *code = ew_fail(err, EW_E_ARG, 0, "this is no name for a file");
            break;
        }
        if (depth > 1)
            *code = ew_mkdirs(path, err);
        char *longer = ew_path_join(path, part);
        ew_free(path);
        path = longer;
    }
    if (*code == EW_OK && path == NULL)
        *code = ew_fail_nomem(err);
    return path;
}

/* One file under its name, with the time that was told of it; without one it has none. */
static ew_code stage_one(const char *dir, const char *to, const ew_job_file *f,
                         ew_err *err)
{
    ew_code code = ew_mkdirs(to, err);
    char *path = code == EW_OK ? place_below(to, f->name, &code, err) : NULL;
    char *from = ew_job_file_path(dir, f->sha256);
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                                      {.tv_sec = (time_t)f->modified}};
    if (code == EW_OK && from == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK && link(from, path) != 0)
        code = errno == EEXIST ? ew_fail(err, EW_E_ARG, 0, "'%s' is there twice", f->name)
                               : ew_fail_sys(err, errno, "cannot use '%s'", f->name);
    if (code == EW_OK && utimensat(AT_FDCWD, path, times, 0) != 0)
        code = ew_fail_sys(err, errno, "cannot use '%s'", f->name);
    ew_free(path);
    ew_free(from);
    return code;
}

/* ------------------------------------------------------------------ adding */

typedef struct work {
    const ew_case_run *run;
    const char *dir;
    const ew_job_record *r;
    ew_job_made *made;
    json_t *how, *results, *notices;
    ew_case *c;
    size_t good, left_out;
    ew_err why; /* of the first that failed */
} work;

static ew_code note_recordings(work *w, const int64_t *items, size_t n, ew_err *err)
{
    size_t have = w->made->recording_count;
    if (n == 0)
        return EW_OK;
    int64_t *more = ew_realloc_array(w->made->recordings, have + n, sizeof *more);
    if (more == NULL)
        return ew_fail_nomem(err);
    memcpy(more + have, items, n * sizeof *items);
    w->made->recordings = more;
    w->made->recording_count = have + n;
    return EW_OK;
}

static void on_added(void *cookie, const ew_case_added *i)
{
    work *w = cookie;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-add/1");
    ew_case_added_json(&o, i);
    ew_list_add(&w->results, o.json);
    w->good += i->how < EW_CASE_FAILED;
    if (i->how == EW_CASE_FAILED && w->why.code == EW_OK)
        w->why = i->err;
}

static void on_tick(void *cookie, uint64_t done, uint64_t total)
{
    const work *w = cookie;
    if (w->run->tick != NULL)
        w->run->tick(w->run->cookie, "adding", (int64_t)done, (int64_t)total);
}

/* Came it in since the job was made? Then by this job, which was cut off before it could say so: a second time it
 * would be an event of custody that never was. */
typedef struct since {
    int64_t made;
    bool yes;
} since;

static ew_code look_at_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    since *s = cookie;
    (void)err;
    s->yes = s->yes || (strcmp(e->kind, "ingest") == 0 && e->time >= s->made);
    return EW_OK;
}

static void tell_seen(work *w, const ew_job_file *f, int64_t item)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.case-add/1");
    ew_obj_str(&o, "result", "seen");
    ew_obj_str(&o, "name", f->name);
    ew_obj_int(&o, "item", item);
    ew_list_add(&w->results, o.json);
    w->good++;
}

static ew_code came_in_already(work *w, const ew_job_file *f, bool *yes, ew_err *err)
{
    since s = {.made = w->r->made};
    int64_t item = 0;
    bool undone = false;
    *yes = false;
    ew_code code = ew_case_same_content(w->c, f->sha256, &item, &undone, err);
    if (code == EW_OK && item != 0 && !undone)
        code = ew_case_events(w->c, item, look_at_event, &s, err);
    *yes = s.yes;
    if (code == EW_OK && s.yes)
        tell_seen(w, f, item);
    return code;
}

/* To be freed. */
static const char **called_of(const json_t *how, size_t *n)
{
    const json_t *list = json_object_get(how, "called");
    const char **words = ew_alloc_array(CALLED_MAX + 1, sizeof *words);
    *n = 0;
    for (size_t i = 0; words != NULL && i < json_array_size(list) && *n < CALLED_MAX; i++)
        if (json_string_length(json_array_get(list, i)) > 0)
            words[(*n)++] = json_string_value(json_array_get(list, i));
    return words;
}

static ew_code add_one(work *w, size_t i, const ew_case_add_how *how, ew_err *err)
{
    const ew_job_file *f = &w->r->files[i];
    ew_case_add_sum sum = {0};
    char number[32];
    bool known = false;
    ew_code code = came_in_already(w, f, &known, err);
    if (code != EW_OK || known)
        return code;
    char *base = ew_job_stage(w->dir, w->r->id);
    (void)snprintf(number, sizeof number, "%zu", i);
    char *to = base != NULL ? ew_path_join(base, number) : NULL;
    code = to != NULL ? stage_one(w->dir, to, f, err) : ew_fail_nomem(err);
    if (code == EW_OK) {
        const char *operands[] = {to}; /* a folder: what is in it keeps its name */
        code = ew_ops_case_add(w->c, operands, 1, how, &sum, err);
    }
    if (code == EW_OK)
        code = note_recordings(w, sum.recordings, sum.recording_count, err);
    ew_free(sum.recordings);
    ew_free(to);
    ew_free(base);
    return code;
}

static ew_code run_add(work *w, ew_err *err)
{
    size_t called = 0;
    const char **words = called_of(w->how, &called);
    const ew_case_add_how how = {.who = ew_job_said(w->how, "who"),
                                 .purpose = ew_job_said(w->how, "purpose"),
                                 .origin = ew_job_said(w->how, "origin"),
                                 .obtained = ew_job_said(w->how, "obtained"),
                                 .from = ew_job_said(w->how, "from"),
                                 .note = ew_job_said(w->how, "note"),
                                 .kind = said_or_null(w->how, "kind"),
                                 .called = words,
                                 .called_count = called,
                                 .stop = w->run->stop,
                                 .each = on_added,
                                 .cookie = w};
    ew_code code = words != NULL ? EW_OK : ew_fail_nomem(err);
    for (size_t i = 0; i < w->r->file_count && code == EW_OK; i++) {
        on_tick(w, i, w->r->file_count);
        code = add_one(w, i, &how, err);
    }
    ew_free((void *)words);
    return code;
}

/* ------------------------------------------------------------------ importing */

static void notice(work *w, const char *kind, const char *text)
{
    ew_obj o = ew_obj_new();
    if (json_array_size(w->notices) >= NOTICES_MAX) {
        ew_obj_release(&o);
        w->left_out++;
        return;
    }
    char *safe = ew_safe_name(text);
    ew_obj_str(&o, "kind", kind);
    ew_obj_str(&o, "text", safe != NULL ? safe : "?");
    ew_list_add(&w->notices, o.json);
    ew_free(safe);
}

static void on_gap(void *cookie, const char *what, const char *words)
{
    (void)what;
    notice(cookie, "missing", words);
}

static void on_remark(void *cookie, const char *text)
{
    notice(cookie, "look at", text);
}

static int on_progress(void *cookie, const char *stage, int64_t done, int64_t total)
{
    const work *w = cookie;
    if (w->run->tick != NULL)
        w->run->tick(w->run->cookie, stage, done, total);
    return ew_stopped(w->run->stop);
}

static ew_code import_one(void *cookie, const char *path, ew_err *err)
{
    work *w = cookie;
    ew_imported told = {0};
    ew_obj o = ew_obj_new();
    const char *slash = strrchr(path, '/');
    char *safe = ew_safe_name(slash != NULL ? slash + 1 : path);
    ew_import_how how = {.who = ew_job_said(w->how, "who"),
                         .purpose = ew_job_said(w->how, "purpose"),
                         .origin = ew_job_said(w->how, "origin"),
                         .obtained = ew_job_said(w->how, "obtained"),
                         .from = ew_job_said(w->how, "from"),
                         .note = ew_job_said(w->how, "note"),
                         .stop = w->run->stop,
                         .gap = on_gap,
                         .remark = on_remark,
                         .cookie = w};
    how.read.progress = (ew_progress){on_progress, w};
    how.read.format = ew_import_format_named(ew_job_said(w->how, "format"));
    how.read.dates =
        strcmp(ew_job_said(w->how, "dates"), "day-first") == 0     ? EW_DATES_DAY_FIRST
        : strcmp(ew_job_said(w->how, "dates"), "month-first") == 0 ? EW_DATES_MONTH_FIRST
                                                                   : how.read.dates;
    ew_obj_str(&o, "schema", "earwitness.import/1");
    ew_obj_str(&o, "path", safe != NULL ? safe : "");
    ew_free(safe);
    ew_err why;
    ew_err_clear(&why);
    ew_code code = ew_ops_import(w->c, path, &how, &told, &why);
    if (code == EW_E_CANCELLED || code == EW_E_NOMEM || code == EW_E_BUSY) {
        ew_obj_release(&o);
        ew_free(told.recordings);
        *err = why;
        return code;
    }
    if (code == EW_OK) {
        ew_imported_json(&o, &told);
        w->good++;
        code = note_recordings(w, told.recordings, told.recording_count, err);
    } else {
        ew_obj_set(&o, "error", ew_json_error(&why, ""));
        if (w->why.code == EW_OK)
            w->why = why;
        code = EW_OK;
    }
    ew_free(told.recordings);
    ew_list_add(&w->results, o.json);
    return code;
}

/* Each thing at the top of the folder, in the order of the names. */
static ew_code import_all(work *w, const char *base, ew_err *err)
{
    struct dirent **list = NULL;
    const ew_import_how how = {.stop = w->run->stop};
    ew_code code = EW_OK;
    int n = scandir(base, &list, NULL, alphasort);
    if (n < 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", base);
    for (int i = 0; i < n; i++) {
        char *path =
            list[i]->d_name[0] != '.' ? ew_path_join(base, list[i]->d_name) : NULL;
        if (path != NULL && code == EW_OK)
            code = ew_ops_import_things(path, &how, import_one, w, err);
        ew_free(path);
        free(list[i]); /* scandir's */
    }
    free(list);
    return code;
}

static ew_code run_import(work *w, ew_err *err)
{
    char *base = ew_job_stage(w->dir, w->r->id);
    ew_code code = base != NULL ? EW_OK : ew_fail_nomem(err);
    for (size_t i = 0; i < w->r->file_count && code == EW_OK; i++)
        code = stage_one(w->dir, base, &w->r->files[i], err);
    if (code == EW_OK)
        code = import_all(w, base, err);
    ew_free(base);
    return code;
}

/* ------------------------------------------------------------------ verifying */

static void on_problem(void *cookie, const char *text)
{
    work *w = cookie;
    ew_list_add(&w->results, json_string(text));
}

static ew_code run_verify(work *w, ew_err *err)
{
    ew_case_checked all;
    if (w->run->tick != NULL)
        w->run->tick(w->run->cookie, "verifying", 0, 0);
    ew_code code = ew_ops_case_verify(w->c, NULL, on_problem, w, &all, err);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_case_checked_json(&all, w->results);
    w->results = NULL;
    return ew_obj_print(&o, &w->made->result, err);
}

/* ------------------------------------------------------------------ one job */

/* When nothing came of any, the job has failed. */
static ew_code finish(work *w, ew_err *err)
{
    ew_obj o = ew_obj_new();
    if (w->good == 0 && w->why.code != EW_OK) {
        ew_obj_release(&o);
        return ew_fail(err, w->why.code, 0, "%s", w->why.text);
    }
    ew_obj_str(&o, "schema",
               w->r->kind == EW_JOB_CASE_ADD ? "earwitness.case-add-job/1"
                                             : "earwitness.import-job/1");
    ew_obj_set(&o, "results", w->results);
    ew_obj_set(&o, "notices", w->notices);
    ew_obj_int(&o, "notices_left_out", (int64_t)w->left_out);
    ew_obj_int(&o, "recordings", (int64_t)w->made->recording_count);
    w->results = w->notices = NULL;
    return ew_obj_print(&o, &w->made->result, err);
}

ew_code ew_job_run_case(const ew_case_run *run, const char *dir, const ew_job_record *r,
                        ew_job_made *made, ew_err *err)
{
    work w = {.run = run,
              .dir = dir,
              .r = r,
              .made = made,
              .how = ew_job_how(r),
              .results = json_array(),
              .notices = json_array()};
    bool verify = r->kind == EW_JOB_CASE_VERIFY;
    if (r->casedir == NULL)
        return ew_fail(err, EW_E_ARG, 0, "this job names no case");
    ew_job_unstage(dir, r->id); /* of a time that was cut off */
    ew_code code = ew_case_open(&w.c, r->casedir, !verify, WAIT_S, err);
    if (code == EW_OK)
        code = verify                       ? run_verify(&w, err)
               : r->kind == EW_JOB_CASE_ADD ? run_add(&w, err)
                                            : run_import(&w, err);
    ew_case_close(w.c);
    if (code == EW_OK && !verify)
        code = finish(&w, err);
    ew_job_unstage(dir, r->id);
    json_decref(w.how);
    json_decref(w.results);
    json_decref(w.notices);
    return code;
}
