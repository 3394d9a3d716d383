/* SPDX-License-Identifier: Apache-2.0 */
/* One job of the queue. */
#include "ops/jobs_run.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static void sounds_release(ew_case_sound *sounds, size_t n)
{
    for (size_t i = 0; sounds != NULL && i < n; i++) {
        ew_free(sounds[i].in.open_path);
        ew_free(sounds[i].in.name);
        ew_free(sounds[i].in.path);
    }
    ew_free(sounds);
}

/* Tells namesakes apart; as case_run.c does. */
static char *path_of(const ew_job_file *f)
{
    char path[EW_JOB_NAME + 32];
    if (f->item == 0)
        return ew_strdup(f->name);
    (void)snprintf(path, sizeof path, "%s (item %lld)", f->name, (long long)f->item);
    return ew_strdup(path);
}

/* What lies under a second name in a case may have been changed there since. */
static ew_code as_taken_in(const ew_case_run *run, const char *dir,
                           const ew_job_record *r, ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < r->file_count && code == EW_OK; i++) {
        const ew_job_file *f = &r->files[i];
        uint8_t got[EW_SHA256_BYTES];
        ew_source s = {.fd = -1};
        ew_input in = {.kind = EW_INPUT_FILE,
                       .open_path = ew_job_file_path(dir, f->sha256),
                       .name = (char *)(uintptr_t)f->name};
        code = in.open_path != NULL ? ew_source_open(&s, &in, run->stop, err)
                                    : ew_fail_nomem(err);
        if (code == EW_OK)
            code = ew_source_hash(&s, f->name, got, run->stop, err);
        if (code == EW_OK && memcmp(got, f->sha256, sizeof got) != 0)
            code = ew_fail(err, EW_E_FORMAT, 0, "'%s' was changed: it has another hash",
                           f->name);
        ew_source_close(&s);
        ew_free(in.open_path);
    }
    return code;
}

static ew_code sounds_of(const char *dir, const ew_job_record *r, ew_case_sound **out,
                         ew_err *err)
{
    ew_case_sound *s = *out = ew_alloc_array(r->file_count, sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < r->file_count; i++) {
        const ew_job_file *f = &r->files[i];
        s[i].item = f->item != 0 ? f->item : (int64_t)i + 1;
        memcpy(s[i].sha256, f->sha256, sizeof s[i].sha256);
        s[i].in = (ew_input){.kind = EW_INPUT_FILE,
                             .media_name = true,
                             .open_path = ew_job_file_path(dir, f->sha256),
                             .name = ew_strdup(f->name),
                             .path = path_of(f),
                             .bytes = f->bytes};
        if (s[i].in.open_path == NULL || s[i].in.name == NULL || s[i].in.path == NULL)
            return ew_fail_nomem(err);
    }
    return EW_OK;
}

static ew_code run_family(ew_case_run *run, const ew_case_sound *s, size_t n,
                          ew_job_made *made, ew_err *err)
{
    ew_case_kins k = {.count = n};
    const ew_case_sound **asked = ew_alloc_array(n, sizeof *asked);
    if (asked == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        asked[i] = &s[i];
    k.asked = asked;
    ew_code code = ew_case_run_family(run, &k, &made->settings, &made->result, err);
    made->kins = k.list;
    made->kin_count = k.found;
    ew_free(asked);
    return code;
}

static ew_code run_kind(ew_case_run *run, const ew_job_record *r,
                        const ew_case_sound *sounds, ew_job_made *made, ew_err *err)
{
    ew_buf *settings = &made->settings;
    ew_buf *result = &made->result;
    switch (r->kind) {
    case EW_JOB_CHECK:
        return ew_case_run_check(run, &sounds[0], settings, result, err);
    case EW_JOB_INSPECT:
        return ew_case_run_inspect(run, &sounds[0], settings, result, err);
    case EW_JOB_DIFF:
        return ew_case_run_diff(run, &sounds[0], &sounds[1], settings, result, err);
    default:
        return run_family(run, sounds, r->file_count, made, err);
    }
}

ew_code ew_job_run(ew_case_run *run, const char *dir, const ew_job_record *r,
                   ew_job_made *made, ew_err *err)
{
    ew_case_sound *sounds = NULL;
    ew_code code = EW_OK;
    if (r->kind == EW_JOB_ADD)
        return ew_job_run_add(run, dir, r, &made->result, err);
    if (r->kind > EW_JOB_ADD)
        return ew_job_run_case(run, dir, r, made, err);
    if (r->casedir != NULL)
        code = as_taken_in(run, dir, r, err);
    if (code == EW_OK)
        code = sounds_of(dir, r, &sounds, err);
    if (code == EW_OK)
        code = run_kind(run, r, sounds, made, err);
    ew_case_run_end(run);
    sounds_release(sounds, r->file_count);
    return code;
}
