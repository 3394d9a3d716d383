/* SPDX-License-Identifier: Apache-2.0 */
/* The queue's files: docs/formats/queue.md. */
#ifndef EW_OPS_JOBS_DISK_H
#define EW_OPS_JOBS_DISK_H

#include "ops/jobs.h"

/* A job as it is kept. Of a state only done, failed and "not yet" are. */
typedef struct ew_job_record {
    uint64_t id;
    ew_job_kind kind;
    ew_job_state state;
    int64_t made;
    ew_job_file *files; /* owned */
    size_t file_count;
    char *casedir, *how,
        *settings; /* owned; NULL. settings: of what was done, as an analysis has them */
    int64_t kept;
    ew_err why;
} ew_job_record;

void ew_job_record_release(ew_job_record *r);

/* What a kind of job works on. */
typedef struct ew_job_form {
    size_t least, most; /* files */
    bool of_case;       /* only of a case */
} ew_job_form;
const ew_job_form *ew_job_form_of(ew_job_kind k);

EW_MUST_CHECK ew_code ew_job_write(const char *dir, const ew_job_record *r, ew_err *err);
/* Calls put() for each job, in no order; it takes the record over. A file that is none of ours is left
 * alone. */
EW_MUST_CHECK ew_code ew_job_read_all(const char *dir,
                                      ew_code (*put)(void *cookie, ew_job_record *r,
                                                     ew_err *err),
                                      void *cookie, ew_err *err);

/* As ew_jobs_keep and ew_jobs_file, in this folder. */
EW_MUST_CHECK ew_code ew_job_keep_file(const char *dir, int fd,
                                       uint8_t sha256[EW_SHA256_BYTES], uint64_t *bytes,
                                       ew_err *err);
EW_MUST_CHECK ew_code ew_job_take_in(const char *dir, const char *path, ew_job_file *f,
                                     ew_err *err);
EW_MUST_CHECK ew_code ew_job_find_file(const char *dir,
                                       const uint8_t sha256[EW_SHA256_BYTES], char **path,
                                       ew_err *err);

/* Removes what a program that was killed left on its way, and what was sent more than a day ago and is of no job. */
void ew_job_sweep(const char *dir,
                  bool (*in_use)(void *cookie, const uint8_t sha256[EW_SHA256_BYTES]),
                  void *cookie);

/* names-<id>, where files have for the time of a job the names that they were sent under; to be freed. */
char *ew_job_stage(const char *dir, uint64_t id);
void ew_job_unstage(const char *dir, uint64_t id);

/* jobs/<id>.json, jobs/<id>.result, files/<hash>, recordings/<hash>; to be freed. */
char *ew_job_path(const char *dir, uint64_t id, bool result);
char *ew_job_file_path(const char *dir, const uint8_t sha256[EW_SHA256_BYTES]);
char *ew_job_recording_path(const char *dir, const uint8_t sha256[EW_SHA256_BYTES]);

#endif
