/* SPDX-License-Identifier: Apache-2.0 */
/* One job of the queue. */
#include "ops/jobs_run.h"

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

static ew_code sounds_of(const char *dir, const ew_job_record *r, ew_case_sound **out,
                         ew_err *err)
{
    ew_case_sound *s = *out = ew_alloc_array(r->file_count, sizeof *s);
    if (s == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < r->file_count; i++) {
        const ew_job_file *f = &r->files[i];
        s[i].item = (int64_t)i + 1;
        memcpy(s[i].sha256, f->sha256, sizeof s[i].sha256);
        s[i].in = (ew_input){.kind = EW_INPUT_FILE,
                             .media_name = true,
                             .open_path = ew_job_file_path(dir, f->sha256),
                             .name = ew_strdup(f->name),
                             .path = ew_strdup(f->name),
                             .bytes = f->bytes};
        if (s[i].in.open_path == NULL || s[i].in.name == NULL || s[i].in.path == NULL)
            return ew_fail_nomem(err);
    }
    return EW_OK;
}

static ew_code run_family(ew_case_run *run, const ew_case_sound *s, size_t n,
                          ew_buf *settings, ew_buf *result, ew_err *err)
{
    ew_case_kins k = {.count = n};
    const ew_case_sound **asked = ew_alloc_array(n, sizeof *asked);
    if (asked == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        asked[i] = &s[i];
    k.asked = asked;
    ew_code code = ew_case_run_family(run, &k, settings, result, err);
    ew_free(k.list);
    ew_free(asked);
    return code;
}

ew_code ew_job_run(ew_case_run *run, const char *dir, const ew_job_record *r,
                   ew_buf *result, ew_err *err)
{
    ew_case_sound *sounds = NULL;
    ew_buf settings;
    if (r->kind == EW_JOB_ADD)
        return ew_job_run_add(run, dir, r, result, err);
    ew_buf_init(&settings, 1 << 20);
    ew_code code = sounds_of(dir, r, &sounds, err);
    if (code == EW_OK && r->kind == EW_JOB_CHECK)
        code = ew_case_run_check(run, &sounds[0], &settings, result, err);
    else if (code == EW_OK && r->kind == EW_JOB_INSPECT)
        code = ew_case_run_inspect(run, &sounds[0], &settings, result, err);
    else if (code == EW_OK && r->kind == EW_JOB_DIFF)
        code = ew_case_run_diff(run, &sounds[0], &sounds[1], &settings, result, err);
    else if (code == EW_OK)
        code = run_family(run, sounds, r->file_count, &settings, result, err);
    ew_case_run_end(run);
    sounds_release(sounds, r->file_count);
    ew_buf_release(&settings);
    return code;
}
