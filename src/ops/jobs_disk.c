/* SPDX-License-Identifier: Apache-2.0 */
/* The queue's files. */
#include "ops/jobs_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/utf8.h"
#include "report/json.h"

enum { RECORD_MAX = 1 << 20, ID_DIGITS = 12 };

/* Numbers go on from the highest that is there, and keep their digits. */
static const uint64_t last_id = 900000000000;

static const char *const kinds[] = {"check", "inspect",  "diff",        "family",
                                    "add",   "case-add", "case-import", "case-verify"};
static const char *const states[] = {"waiting", "running", "done", "failed"};

const char *ew_job_kind_name(ew_job_kind k)
{
    return kinds[k];
}

const ew_job_form *ew_job_form_of(ew_job_kind k)
{
    static const ew_job_form forms[] = {{1, 1, false},
                                        {1, 1, false},
                                        {2, 2, false},
                                        {2, EW_JOB_FILES, false},
                                        {1, EW_JOB_FILES, false},
                                        {1, EW_JOB_FILES, true},
                                        {1, EW_JOB_FILES, true},
                                        {0, 0, true}};
    return &forms[k];
}

const char *ew_job_state_name(ew_job_state s)
{
    return states[s];
}

bool ew_job_kind_named(ew_slice name, ew_job_kind *k)
{
    for (size_t i = 0; i < EW_COUNT(kinds); i++)
        if (ew_slice_is(name, kinds[i])) {
            *k = (ew_job_kind)i;
            return true;
        }
    return false;
}

void ew_job_record_release(ew_job_record *r)
{
    ew_free(r->files);
    ew_free(r->casedir);
    ew_free(r->how);
    ew_free(r->settings);
    *r = (ew_job_record){0};
}

/* ------------------------------------------------------------------ paths */

char *ew_job_path(const char *dir, uint64_t id, bool result)
{
    char name[48];
    (void)snprintf(name, sizeof name, "jobs/%0*" PRIu64 ".%s", (int)ID_DIGITS, id,
                   result ? "result" : "json");
    return ew_path_join(dir, name);
}

char *ew_job_stage(const char *dir, uint64_t id)
{
    char name[48];
    (void)snprintf(name, sizeof name, "names-%" PRIu64, id);
    return ew_path_join(dir, name);
}

char *ew_job_file_path(const char *dir, const uint8_t sha256[EW_SHA256_BYTES])
{
    char name[EW_SHA256_HEX + 8] = "files/";
    ew_hex(sha256, EW_SHA256_BYTES, name + 6);
    return ew_path_join(dir, name);
}

char *ew_job_recording_path(const char *dir, const uint8_t sha256[EW_SHA256_BYTES])
{
    char name[EW_SHA256_HEX + 16] = "recordings/";
    ew_hex(sha256, EW_SHA256_BYTES, name + strlen("recordings/"));
    return ew_path_join(dir, name);
}

/* ------------------------------------------------------------------ writing */

static json_t *files_json(const ew_job_record *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->file_count; i++) {
        ew_obj f = ew_obj_new();
        ew_obj_sha256(&f, "sha256", r->files[i].sha256);
        ew_obj_str(&f, "name", r->files[i].name);
        ew_obj_int(&f, "bytes", (int64_t)r->files[i].bytes);
        if (r->files[i].item != 0)
            ew_obj_int(&f, "item", r->files[i].item);
        if (r->files[i].modified != 0)
            ew_obj_int(&f, "modified", r->files[i].modified);
        ew_list_add(&list, f.json);
    }
    return list;
}

/* JSON that is part of a record. */
static void set_json(ew_obj *o, const char *key, const char *text)
{
    if (text != NULL)
        ew_obj_set(o, key, json_loads(text, 0, NULL));
}

static void set_case(ew_obj *o, const ew_job_record *r)
{
    if (r->casedir != NULL)
        ew_obj_str(o, "case", r->casedir);
    set_json(o, "how", r->how);
    set_json(o, "settings", r->settings);
    if (r->kept != 0)
        ew_obj_int(o, "kept", r->kept);
}

ew_code ew_job_write(const char *dir, const ew_job_record *r, ew_err *err)
{
    ew_buf b;
    ew_obj o = ew_obj_new();
    bool failed = r->state == EW_JOB_FAILED;
    char *path = ew_job_path(dir, r->id, false);
    ew_buf_init(&b, RECORD_MAX);
    ew_obj_str(&o, "schema", "earwitness.job/1");
    ew_obj_str(&o, "kind", kinds[r->kind]);
    ew_obj_str(&o, "state",
               states[failed || r->state == EW_JOB_DONE ? r->state : EW_JOB_WAITING]);
    ew_obj_int(&o, "made", r->made);
    ew_obj_set(&o, "files", files_json(r));
    set_case(&o, r);
    if (failed) {
        ew_obj_int(&o, "code", r->why.code);
        ew_obj_str(&o, "why", r->why.text);
    }
    ew_code code = ew_obj_print(&o, &b, err);
    if (code == EW_OK)
        code = path != NULL ? ew_file_put(path, b.data, b.len, err) : ew_fail_nomem(err);
    ew_free(path);
    ew_buf_release(&b);
    return code;
}

/* ------------------------------------------------------------------ reading */

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text != NULL ? text : "";
}

static bool read_file(const json_t *o, ew_job_file *f)
{
    const char *hex = text_of(o, "sha256");
    const char *name = text_of(o, "name");
    json_int_t bytes = json_integer_value(json_object_get(o, "bytes"));
    if (strlen(hex) != EW_SHA256_HEX || ew_unhex(hex, f->sha256, sizeof f->sha256) != 0 ||
        strlen(name) > EW_JOB_NAME || bytes < 0)
        return false;
    (void)snprintf(f->name, sizeof f->name, "%s", name);
    f->bytes = (uint64_t)bytes;
    f->item = json_integer_value(json_object_get(o, "item"));
    f->modified = json_integer_value(json_object_get(o, "modified"));
    return f->item >= 0;
}

static bool read_state(const json_t *o, ew_job_record *r)
{
    const char *state = text_of(o, "state");
    for (size_t i = 0; i < EW_COUNT(states); i++)
        if (strcmp(state, states[i]) == 0) {
            r->state = (ew_job_state)i;
            return i != EW_JOB_RUNNING;
        }
    return false;
}

/* A text of a record, or an object as text; *fine: there was memory for it. */
static char *copy_of(const json_t *v, bool *fine)
{
    char *copy = NULL;
    if (json_is_string(v))
        copy = ew_strdup(json_string_value(v));
    else if (json_is_object(v))
        copy = json_dumps(v, JSON_COMPACT);
    *fine = *fine && (copy != NULL || v == NULL);
    return copy;
}

/* Who runs a job counts on it. */
static bool fits(const ew_job_record *r, const json_t *files, const json_t *casedir)
{
    const ew_job_form *form = ew_job_form_of(r->kind);
    size_t n = json_array_size(files);
    return n >= form->least && n <= form->most &&
           (json_is_string(casedir) || !form->of_case);
}

/* False: it is no record, or there is no memory. */
static bool read_record(const json_t *o, ew_job_record *r)
{
    const json_t *files = json_object_get(o, "files");
    size_t n = json_array_size(files);
    if (strcmp(text_of(o, "schema"), "earwitness.job/1") != 0 ||
        !ew_job_kind_named(ew_slice_of(text_of(o, "kind")), &r->kind) ||
        !fits(r, files, json_object_get(o, "case")) || !read_state(o, r))
        return false;
    r->made = json_integer_value(json_object_get(o, "made"));
    if (r->state == EW_JOB_FAILED)
        (void)ew_fail(&r->why, (ew_code)json_integer_value(json_object_get(o, "code")), 0,
                      "%s", text_of(o, "why"));
    r->files = ew_alloc_array(n + 1, sizeof *r->files);
    bool fine = r->files != NULL;
    r->casedir = copy_of(json_object_get(o, "case"), &fine);
    r->how = copy_of(json_object_get(o, "how"), &fine);
    r->settings = copy_of(json_object_get(o, "settings"), &fine);
    r->kept = json_integer_value(json_object_get(o, "kept"));
    for (size_t i = 0; i < n && fine; i++)
        fine = read_file(json_array_get(files, i), &r->files[i]);
    r->file_count = n;
    return fine;
}

/* The number in "000000000012.json"; false for any other name. */
static bool id_of(const char *name, uint64_t *id)
{
    const char *dot = strchr(name, '.');
    *id = 0;
    if (dot == NULL || dot - name != ID_DIGITS || strcmp(dot, ".json") != 0)
        return false;
    for (const char *p = name; p < dot; p++) {
        if (*p < '0' || *p > '9')
            return false;
        *id = 10 * *id + (uint64_t)(*p - '0');
    }
    return *id > 0 && *id <= last_id;
}

static ew_code read_one(const char *dir, uint64_t id, ew_job_record *r, bool *fine,
                        ew_err *err)
{
    ew_buf b;
    json_error_t why;
    char *path = ew_job_path(dir, id, false);
    *r = (ew_job_record){.id = id};
    *fine = false;
    if (path == NULL)
        return ew_fail_nomem(err);
    ew_buf_init(&b, RECORD_MAX);
    ew_code code = ew_file_get(path, &b, err);
    json_t *o = code == EW_OK ? json_loadb((const char *)b.data, b.len,
                                           JSON_REJECT_DUPLICATES, &why)
                              : NULL;
    *fine = o != NULL && read_record(o, r);
    if (!*fine)
        ew_job_record_release(r);
    json_decref(o);
    ew_buf_release(&b);
    ew_free(path);
    /* Something else under such a name keeps nobody from working. */
    bool foreign = code == EW_E_LIMIT || code == EW_E_FORMAT || code == EW_E_NOTFOUND;
    return foreign ? EW_OK : code;
}

ew_code ew_job_read_all(const char *dir,
                        ew_code (*put)(void *cookie, ew_job_record *r, ew_err *err),
                        void *cookie, ew_err *err)
{
    struct dirent *e;
    ew_code code = EW_OK;
    char *jobs = ew_path_join(dir, "jobs");
    if (jobs == NULL)
        return ew_fail_nomem(err);
    DIR *d = opendir(jobs);
    if (d == NULL)
        code = ew_fail_sys(err, errno, "cannot read '%s'", jobs);
    while (code == EW_OK && (e = readdir(d)) != NULL) {
        ew_job_record r;
        uint64_t id;
        bool fine = false;
        if (id_of(e->d_name, &id))
            code = read_one(dir, id, &r, &fine, err);
        if (code == EW_OK && fine)
            code = put(cookie, &r, err);
    }
    if (d != NULL)
        (void)closedir(d);
    ew_free(jobs);
    return code;
}

/* ------------------------------------------------------------------ what is worked on */

ew_code ew_job_keep_file(const char *dir, int fd, uint8_t sha256[EW_SHA256_BYTES],
                         uint64_t *bytes, ew_err *err)
{
    struct stat st;
    ew_atomic a;
    ew_code code = ew_sha256_fd(fd, sha256, err);
    if (code == EW_OK && fstat(fd, &st) != 0)
        code = ew_fail_sys(err, errno, "cannot read what was sent");
    if (code != EW_OK)
        return code;
    *bytes = (uint64_t)st.st_size;
    if (*bytes == 0)
        return ew_fail(err, EW_E_ARG, 0, "the file is empty");
    char *path = ew_job_file_path(dir, sha256);
    if (path == NULL)
        return ew_fail_nomem(err);
    if (access(path, F_OK) != 0) {
        code = ew_atomic_open(&a, path, err);
        if (code == EW_OK) {
            code = ew_copy_all(fd, a.fd, NULL, "what was sent", NULL, err);
            if (code == EW_OK)
                code = ew_atomic_commit(&a, err);
            else
                ew_atomic_abort(&a);
        }
    }
    ew_free(path);
    return code;
}

/* The same bytes under a second name; where the disk does not allow that, a copy. */
static ew_code second_name(int fd, const char *from, const char *to, ew_err *err)
{
    ew_atomic a;
    if (access(to, F_OK) == 0 || link(from, to) == 0 || errno == EEXIST)
        return EW_OK;
    ew_code code = ew_atomic_open(&a, to, err);
    if (code != EW_OK)
        return code;
    code = ew_copy_all(fd, a.fd, NULL, from, NULL, err);
    if (code == EW_OK)
        return ew_atomic_commit(&a, err);
    ew_atomic_abort(&a);
    return code;
}

ew_code ew_job_take_in(const char *dir, const char *path, ew_job_file *f, ew_err *err)
{
    uint8_t got[EW_SHA256_BYTES];
    const ew_input in = {
        .kind = EW_INPUT_FILE, .open_path = (char *)(uintptr_t)path, .name = f->name};
    ew_source s;
    ew_code code = ew_source_open(&s, &in, NULL, err);
    if (code != EW_OK)
        return code;
    char *to = ew_job_file_path(dir, f->sha256);
    f->bytes = s.bytes;
    code = to != NULL ? ew_source_hash(&s, f->name, got, NULL, err) : ew_fail_nomem(err);
    if (code == EW_OK && memcmp(got, f->sha256, sizeof got) != 0)
        code = ew_fail(err, EW_E_FORMAT, 0, "'%s' was changed: it has another hash",
                       f->name);
    if (code == EW_OK)
        code = second_name(s.fd, path, to, err);
    ew_source_close(&s);
    ew_free(to);
    return code;
}

ew_code ew_job_find_file(const char *dir, const uint8_t sha256[EW_SHA256_BYTES],
                         char **path, ew_err *err)
{
    *path = ew_job_file_path(dir, sha256);
    if (*path == NULL)
        return ew_fail_nomem(err);
    if (access(*path, R_OK) == 0)
        return EW_OK;
    ew_free(*path);
    *path = NULL;
    return ew_fail(err, EW_E_NOTFOUND, 0, "this file was not handed in, or was removed");
}
