/* SPDX-License-Identifier: Apache-2.0 */
/* Inside `add`: what its workers and the calling thread share. */
#ifndef EW_OPS_ADD_POOL_H
#define EW_OPS_ADD_POOL_H

#include <pthread.h>

#include "earwitness/index.h"
#include "ops/add.h"

/* One input's way through the pool; made by the worker that takes it, freed once told. */
typedef struct ew_add_outcome {
    ew_add_result r;
    char trouble[240];
} ew_add_outcome;

/* A worker's present file. Guarded by pool.lock. */
typedef struct ew_add_slot {
    bool busy;
    bool hashed;
    uint8_t sha256[32];
    uint64_t bytes;
    uint64_t bytes_done; /* share of `bytes` that is decoded, as far as can be told */
    int64_t samples;
} ew_add_slot;

typedef struct ew_add_pool {
    const ew_inputs *in;
    const ew_add_opts *opts;
    ew_index_writer *writer; /* guarded by archive_lock */
    unsigned puts;           /* since the last merge; guarded by archive_lock */
    pthread_mutex_t archive_lock;

    /* Guards all below; taken inside archive_lock, never around it. */
    pthread_mutex_t lock;
    pthread_cond_t moved; /* an outcome, or a slot that became free */
    size_t next;          /* input that the next free worker takes */
    ew_add_outcome **outcomes;
    bool broken; /* the archive cannot be written: nothing more is taken */
    ew_err broken_why;
    ew_add_progress progress;
    ew_add_slot *slots;
    unsigned slot_count;
    size_t running; /* workers that may still bring an outcome */
} ew_add_pool;

typedef struct ew_add_worker {
    ew_add_pool *p;
    ew_add_slot *at;
    pthread_t thread;
} ew_add_worker;

/* Takes one input all the way into the archive and fills its outcome. */
void ew_add__process(ew_add_worker *w, const ew_input *in, ew_add_outcome *o);

/* After this no worker takes another input. The first reason is kept. */
void ew_add__mark_broken(ew_add_pool *p, const ew_err *why);

#endif
