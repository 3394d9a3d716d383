/* SPDX-License-Identifier: Apache-2.0 */
/* Taking an export, an article, a web archive or a picture into a case: the originals are kept as they
 * are, then read, and what is read is written beside them. */
#ifndef EW_OPS_IMPORT_H
#define EW_OPS_IMPORT_H

#include "casefile/casefile.h"
#include "import/import.h"
#include "ops/input.h"

/* How much was found. */
typedef struct ew_imported {
    ew_import_format format;
    int64_t event; /* 0 of a trial run */
    int64_t item;  /* what was named; of a folder its first member that was read */
    uint64_t items, known; /* originals that were added; that the case had already */
    uint64_t chats, messages, attachments, articles, captures, facts;
    uint64_t quotes, shown; /* suggestions; those that are shown by default */
    uint64_t gaps, remarks;
    int64_t *recordings; /* items that are new and may be examined; to be freed */
    size_t recording_count;
} ew_imported;

typedef struct ew_import_how {
    ew_import_opts read;
    const char *who, *purpose;                   /* of the event */
    const char *origin, *obtained, *from, *note; /* of the items; "" */
    const ew_stop *stop;                         /* may be NULL */
    /* What is missing and what is to be looked at, as it is found; may be NULL. */
    void (*gap)(void *cookie, const char *what, const char *words);
    void (*remark)(void *cookie, const char *text);
    void *cookie;
} ew_import_how;

/* Calls one() for each thing to be imported that `path` is: itself; or, of a folder that is no export but has
 * articles, pictures or archives in it, each regular file, in the order of the bytes of their
 * names. What it returns other than EW_OK ends it. */
EW_MUST_CHECK ew_code ew_ops_import_things(const char *path, const ew_import_how *how,
                                           ew_code (*one)(void *cookie, const char *path,
                                                          ew_err *err),
                                           void *cookie, ew_err *err);

/* Takes `path`, a file, a folder or a ZIP, into the case, as one event: all of it or nothing. Every
 * member is an item by itself; what a ZIP holds came out of the item that is the ZIP. Quotations in articles become
 * suggestions. `told` is filled as far as it went.
 * EW_E_FORMAT when it is of no format that is known; EW_E_ARG when it was imported already;
 * otherwise the errors of reading and of the case. */
EW_MUST_CHECK ew_code ew_ops_import(ew_case *c, const char *path,
                                    const ew_import_how *how, ew_imported *told,
                                    ew_err *err);

/* The same without a case: what would be found. */
EW_MUST_CHECK ew_code ew_ops_import_try(const char *path, const ew_import_how *how,
                                        ew_imported *told, ew_err *err);

#endif
