/* SPDX-License-Identifier: Apache-2.0 */
/* One job of the queue, by the same code as the command of its kind. */
#ifndef EW_OPS_JOBS_RUN_H
#define EW_OPS_JOBS_RUN_H

#include "ops/case_run.h"
#include "ops/jobs_disk.h"

/* Appends the result: JSON. run: archive, stop and tick are set; it is ended. dir: of the queue. */
EW_MUST_CHECK ew_code ew_job_run(ew_case_run *run, const char *dir,
                                 const ew_job_record *r, ew_buf *result, ew_err *err);
/* The same for those that add. */
EW_MUST_CHECK ew_code ew_job_run_add(ew_case_run *run, const char *dir,
                                     const ew_job_record *r, ew_buf *result, ew_err *err);

#endif
