/* SPDX-License-Identifier: Apache-2.0 */
/* One job of the queue, by the same code as the command of its kind. */
#ifndef EW_OPS_JOBS_RUN_H
#define EW_OPS_JOBS_RUN_H

#include <jansson.h>

#include "ops/case_run.h"
#include "ops/jobs_disk.h"

/* What comes of a job. */
typedef struct ew_job_made {
    ew_buf settings, result; /* JSON */
    int64_t *recordings;     /* items that are new in the case, to be examined; owned */
    size_t recording_count;
    ew_case_kin *kins; /* of a family; owned */
    size_t kin_count;
} ew_job_made;

/* run: archive, stop and tick are set; it is ended. dir: of the queue. */
EW_MUST_CHECK ew_code ew_job_run(ew_case_run *run, const char *dir,
                                 const ew_job_record *r, ew_job_made *made, ew_err *err);
/* The same for those that write or verify a case. */
EW_MUST_CHECK ew_code ew_job_run_case(const ew_case_run *run, const char *dir,
                                      const ew_job_record *r, ew_job_made *made,
                                      ew_err *err);
/* What is to be done with the case, an object to be released; and a text of it, "" when there is none. */
json_t *ew_job_how(const ew_job_record *r);
const char *ew_job_said(const json_t *how, const char *key);
/* Is its result to be kept in the case? */
bool ew_job_keeps(const ew_job_record *r);
/* Keeps it there. who: NULL: as the order says. */
EW_MUST_CHECK ew_code ew_job_keep_in_case(const ew_job_record *r, const char *result,
                                          const char *who, const char *purpose,
                                          int64_t *analysis, ew_err *err);
/* The jobs that examine new recordings, as `case add` does: put() takes each, after what lies at `path` (or NULL)
 * was taken in; one without a case is only that. */
EW_MUST_CHECK ew_code ew_job_follow(const ew_job_record *r, const ew_job_made *made,
                                    const char *archive,
                                    ew_code (*put)(void *cookie, const char *path,
                                                   const ew_job_order *o, ew_err *err),
                                    void *cookie, ew_err *err);
/* The same for a family that was asked for so: a diff of each new recording with those that belong to it. */
EW_MUST_CHECK ew_code ew_job_follow_family(
    const ew_job_record *r, const ew_job_made *made,
    ew_code (*put)(void *cookie, const char *path, const ew_job_order *o, ew_err *err),
    void *cookie, ew_err *err);
/* The same for those that add. */
EW_MUST_CHECK ew_code ew_job_run_add(ew_case_run *run, const char *dir,
                                     const ew_job_record *r, ew_buf *result, ew_err *err);

#endif
