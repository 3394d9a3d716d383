/* SPDX-License-Identifier: Apache-2.0 */
/* Inside `add`: what its workers share. */
#ifndef EW_OPS_ADD_SHOP_H
#define EW_OPS_ADD_SHOP_H

#include <pthread.h>

#include "earwitness/index.h"
#include "ops/add.h"

/* One input's way into the archive; made by the worker that takes it, freed once told. */
typedef struct ew_add_outcome {
    ew_add_result r;
    char trouble[240];
} ew_add_outcome;

/* A worker's present file. */
typedef struct ew_add_slot {
    bool busy;
    bool hashed;
    uint8_t sha256[32];
    uint64_t bytes;
    uint64_t bytes_done; /* share of `bytes` that is decoded, as far as can be told */
    int64_t samples;
} ew_add_slot;

typedef struct ew_add_shop {
    const ew_inputs *in;
    const ew_add_opts *opts;
    ew_add_summary *sum; /* of the calling thread */

    pthread_mutex_t archive_lock; /* guards the next two */
    ew_index_writer *writer;
    unsigned puts; /* since the last merge */

    /* Guards all below; taken inside archive_lock, never around it. */
    pthread_mutex_t lock;
    pthread_cond_t free; /* a worker is done with its file */
    bool broken;         /* the archive cannot be written: nothing more is tried */
    ew_err broken_why;
    ew_add_progress progress;
    ew_add_slot *slots; /* one per worker */
    unsigned slot_count;
} ew_add_shop;

/* Takes one input all the way into the archive and fills its outcome. */
void ew_add__process(ew_add_shop *a, ew_add_slot *slot, const ew_input *in,
                     ew_add_outcome *o);

/* After this no worker tries another input. The first reason is kept. */
void ew_add__mark_broken(ew_add_shop *a, const ew_err *why);

#endif
