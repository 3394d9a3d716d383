/* SPDX-License-Identifier: Apache-2.0 */
/* The queue from inside: what jobs.c and jobs_work.c share. */
#ifndef EW_OPS_JOBS_IN_H
#define EW_OPS_JOBS_IN_H

#include <pthread.h>

#include "ops/jobs_run.h"

typedef struct ew_job {
    ew_job_record r;
    char stage[32];
    int64_t done, total;
    ew_stop stop;
    bool gone; /* removed while it ran: who runs it frees it */
} ew_job;

struct ew_jobs {
    char *dir, *archive;
    int lock; /* descriptor that keeps other programs out */
    pthread_mutex_t mutex;
    pthread_cond_t more;
    ew_job **list; /* by id */
    size_t count;
    uint64_t next;
    bool closing;
    pthread_t *threads;
    size_t thread_count;
};

void ew_job_free(ew_job *j);
/* With the lock held; at: where on the list, or NULL. NULL: there is none. */
ew_job *ew_job_find(const ew_jobs *q, uint64_t id, size_t *at);
/* A record of what is ordered, to be released also after a failure. */
EW_MUST_CHECK ew_code ew_job_fill(ew_job_record *r, const ew_job_order *o, ew_err *err);
/* Does a job that is marked as running, to its end. */
void ew_job_work_on(ew_jobs *q, ew_job *j);

#endif
