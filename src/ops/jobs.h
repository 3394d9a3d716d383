/* SPDX-License-Identifier: Apache-2.0 */
/* Work that others wait for: checks, comparisons and inspections in a queue that survives the program.
 * The queue is a folder: files/ has what was handed in by its hash, jobs/ one file per job and one per
 * result. What was accepted is on disk; what was not finished is begun again at the next start. */
#ifndef EW_OPS_JOBS_H
#define EW_OPS_JOBS_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/slice.h"
#include "ops/input.h"

typedef struct ew_jobs ew_jobs;

enum {
    EW_JOBS_MAX = 10000, /* in the queue and done */
    EW_JOB_FILES = 200,  /* of one job */
    EW_JOB_NAME = 255    /* bytes of a file's name */
};

/* An empty file "look-<SHA-256>" beside the queue: the sound that was made of this file is to go with whoever looked
 * at it, at the latest when the queue is opened again. */
#define EW_JOBS_LOOK "look-"

typedef enum ew_job_kind {
    EW_JOB_CHECK,
    EW_JOB_INSPECT,
    EW_JOB_DIFF,
    EW_JOB_FAMILY,
    EW_JOB_ADD,      /* to the archive; the file is kept as long as it is in there */
    EW_JOB_CASE_ADD, /* files become items of a case */
    EW_JOB_CASE_IMPORT,
    EW_JOB_CASE_VERIFY
} ew_job_kind;
typedef enum ew_job_state {
    EW_JOB_WAITING,
    EW_JOB_RUNNING,
    EW_JOB_DONE,
    EW_JOB_FAILED
} ew_job_state;

const char *ew_job_kind_name(ew_job_kind k);
const char *ew_job_state_name(ew_job_state s);
/* False: there is none of this name. */
bool ew_job_kind_named(ew_slice name, ew_job_kind *k);

typedef struct ew_job_file {
    uint8_t sha256[EW_SHA256_BYTES];
    char name[EW_JOB_NAME + 1]; /* safe */
    uint64_t bytes;
    int64_t item;     /* of the job's case, of which it is the original; 0: none */
    int64_t modified; /* as told by who sent it, POSIX seconds; 0: not told */
} ew_job_file;

/* What is asked for. */
typedef struct ew_job_order {
    ew_job_kind kind;
    const ew_job_file *files;
    size_t n;
    /* Folder of the case that the items are of, or that is written; NULL: none. */
    const char *casedir;
    /* What is to be done with the case, one JSON object (docs/formats/queue.md); NULL: nothing. */
    const char *how;
} ew_job_order;

/* A job as it is at the moment of asking; strings are copies. */
typedef struct ew_job_view {
    uint64_t id;
    ew_job_kind kind;
    ew_job_state state;
    int64_t made;   /* POSIX seconds */
    char stage[32]; /* of one that runs */
    int64_t done, total;
    const ew_job_file *files; /* until the call returns */
    size_t file_count;
    const char *casedir; /* the same; "" */
    int64_t kept;        /* the analysis of the case that its result is; 0: none */
    bool keeps;          /* its result was to be kept there */
    ew_err why;          /* of one that failed */
} ew_job_view;

/* Opens the queue in `dir`, made when missing, and begins to work with `workers` threads (0: one per core). archive:
 * folder or NULL as elsewhere. EW_E_BUSY when another program has this queue. */
EW_MUST_CHECK ew_code ew_jobs_open(ew_jobs **out, const char *dir, const char *archive,
                                   unsigned workers, ew_err *err);
/* Ends what runs, which will be begun again, and waits for it. */
void ew_jobs_close(ew_jobs *q);

/* Takes a file in: it is kept under its hash. fd stays the caller's. Threads: any, as for all below. */
EW_MUST_CHECK ew_code ew_jobs_keep(ew_jobs *q, int fd, uint8_t sha256[EW_SHA256_BYTES],
                                   uint64_t *bytes, ew_err *err);
/* Path of a file that was taken in, to be freed. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_jobs_file(ew_jobs *q, const uint8_t sha256[EW_SHA256_BYTES],
                                   char **path, ew_err *err);

/* Takes in what lies at `path`, as the original of an item: under its hash, by a second name for the same bytes where
 * the disk allows that, so that it stays whatever becomes of the folder. It is only read. EW_E_FORMAT when it has
 * another hash: it was changed. */
EW_MUST_CHECK ew_code ew_jobs_take_in(ew_jobs *q, const char *path, ew_job_file *f,
                                      ew_err *err);

/* On EW_OK the job is on disk. EW_E_ARG when the number of files does not fit the kind; EW_E_NOTFOUND for a
 * file that was not taken in; EW_E_LIMIT when the queue is full. */
EW_MUST_CHECK ew_code ew_jobs_add(ew_jobs *q, const ew_job_order *o, uint64_t *id,
                                  ew_err *err);
/* Keeps the result of one that is done, made of items, in their case, as one event "analysis". EW_E_ARG when it is
 * there already, or speaks of what is not in a case. */
EW_MUST_CHECK ew_code ew_jobs_keep_result(ew_jobs *q, uint64_t id, const char *who,
                                          const char *purpose, int64_t *analysis,
                                          ew_err *err);
/* In the order of their numbers. What put() returns other than EW_OK ends it. */
EW_MUST_CHECK ew_code ew_jobs_list(ew_jobs *q,
                                   ew_code (*put)(void *cookie, const ew_job_view *v,
                                                  ew_err *err),
                                   void *cookie, ew_err *err);
/* The result of one that is done: JSON as the command of that name prints it. EW_E_NOTFOUND; EW_E_BUSY when
 * it is not done. */
EW_MUST_CHECK ew_code ew_jobs_result(ew_jobs *q, uint64_t id, ew_buf *out, ew_err *err);
/* The archive has this recording no more: what was kept for it goes, unless a job has it. */
void ew_jobs_disown(ew_jobs *q, const uint8_t sha256[EW_SHA256_BYTES]);
/* Removes a file that was taken in and that no job has. */
void ew_jobs_drop(ew_jobs *q, const uint8_t sha256[EW_SHA256_BYTES]);
/* Stops it if need be and removes it, with the files that no other job has. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_jobs_remove(ew_jobs *q, uint64_t id, ew_err *err);

#endif
