/* SPDX-License-Identifier: Apache-2.0 */
/* Before anything is published: what in a case can lead to somebody. It looks at all that would leave with an
 * export, and what it cannot look into it names. docs/formats/case.md, "lint". */
#ifndef EW_OPS_LINT_H
#define EW_OPS_LINT_H

#include "casefile/casefile.h"
#include "earwitness/progress.h"
#include "seal/age.h"

typedef enum ew_lint_kind {
    EW_LINT_PROTECTED,      /* a name or number of a protected person */
    EW_LINT_PROTECTED_WORD, /* one word of an identity */
    EW_LINT_PSEUDONYM,      /* another name of somebody under a pseudonym */
    EW_LINT_PLACE,
    EW_LINT_COORDINATES,
    EW_LINT_PHONE,
    EW_LINT_MAIL,
    EW_LINT_AUTHOR, /* of a document, a comment, a change; owner, artist */
    EW_LINT_DEVICE, /* maker, model, serial number */
    EW_LINT_SOFTWARE,
    EW_LINT_METADATA,  /* other words in the metadata of sound, film or pictures */
    EW_LINT_USER_PATH, /* a folder of a user of some computer */
    EW_LINT_KINDS
} ew_lint_kind;

typedef enum ew_lint_weight { EW_LINT_LOW, EW_LINT_MEDIUM, EW_LINT_HIGH } ew_lint_weight;

const char *ew_lint_kind_name(ew_lint_kind k); /* "protected-name" ... */
const char *ew_lint_weight_name(ew_lint_weight w);
ew_lint_weight ew_lint_weight_of(ew_lint_kind k);

enum { EW_LINT_ID = 16 };

/* The same thing in the same place is told once, with its first place. */
typedef struct ew_lint_finding {
    char id[EW_LINT_ID + 1]; /* the same whenever the same is found there again */
    ew_lint_kind kind;
    int64_t item;        /* in whose original, or about which; 0: none */
    const char *table;   /* of the records; "": in a file */
    int64_t row;         /* the first */
    const char *member;  /* path in an archive; "" */
    const char *field;   /* column, or what the metadata calls it; "" */
    uint64_t at;         /* first byte, in the member or text */
    uint64_t count;      /* how often */
    int64_t person;      /* 0 */
    const char *excerpt; /* one safe line; nothing of a protected person is ever in it */
} ew_lint_finding;

/* What was not looked into. */
typedef struct ew_lint_blank {
    int64_t item;
    const char *member; /* "" */
    const char *why;    /* "what is heard", "encrypted", "unknown format" ... */
} ew_lint_blank;

typedef struct ew_lint_opts {
    const ew_age_identities *keys; /* to read protected identities; NULL: these are not
                                      looked for */
    ew_slice places;               /* names, one a line */
    const int64_t *items;          /* only these; NULL: everything */
    size_t item_count;
    bool records_only;   /* no originals: nothing of them leaves */
    const char *decoder; /* as in ew_media_opts */
    ew_progress progress;
} ew_lint_opts;

typedef struct ew_lint_put {
    ew_code (*finding)(void *cookie, const ew_lint_finding *f, ew_err *err);
    ew_code (*blank)(void *cookie, const ew_lint_blank *b, ew_err *err);
    void *cookie;
} ew_lint_put;

typedef struct ew_lint_sum {
    uint64_t findings, blanks;
    uint64_t identities; /* that were looked for, with other names */
    uint64_t closed;     /* that were not: no key, or not the right one */
} ew_lint_sum;

/* Records first, then item by item. An original that cannot be read is a blank. EW_E_CANCELLED. */
EW_MUST_CHECK ew_code ew_ops_lint(ew_case *c, const ew_lint_opts *opts,
                                  const ew_lint_put *put, ew_lint_sum *sum, ew_err *err);

#endif
