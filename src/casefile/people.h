/* SPDX-License-Identifier: Apache-2.0 */
/* Who is in a case: public, pseudonymous or protected. A protected person's identity is kept as an age
 * file for the case's recipients and is nowhere else: not in the search index, not in a
 * journal, not in an export. */
#ifndef EW_CASEFILE_PEOPLE_H
#define EW_CASEFILE_PEOPLE_H

#include "casefile/casefile.h"

typedef enum ew_person_kind {
    EW_PERSON_PUBLIC,
    EW_PERSON_PSEUDONYM, /* the name shown is not the name, which nobody wrote down */
    EW_PERSON_PROTECTED  /* the same, and the identity is kept, encrypted */
} ew_person_kind;

typedef struct ew_person {
    int64_t id;
    ew_person_kind kind;
    const char *name; /* as shown everywhere */
    const char *note;
    bool has_identity;
    int64_t added; /* event */
    bool undone;
} ew_person;

/* Age recipients of the case; at least one before anybody can be protected. Within an event. */
EW_MUST_CHECK ew_code ew_case_add_recipient(ew_case *c, const char *age_recipient,
                                            ew_err *err);

/* Within an event. identity: of a protected person, wiped by the caller; encrypted in memory. */
EW_MUST_CHECK ew_code ew_case_add_person(ew_case *c, const ew_person *p,
                                         ew_slice identity, int64_t *id, ew_err *err);
EW_MUST_CHECK ew_code ew_case_people(ew_case *c,
                                     ew_code (*put)(void *cookie, const ew_person *p,
                                                    ew_err *err),
                                     void *cookie, ew_err *err);
/* The person of this name, made public when there is none (within an event). */
EW_MUST_CHECK ew_code ew_case_person_named(ew_case *c, const char *name, int64_t *id,
                                           ew_err *err);
/* The encrypted identity, for somebody with an age key; who asks is an event of the caller's. */
EW_MUST_CHECK ew_code ew_case_identity(ew_case *c, int64_t person, ew_buf *age_file,
                                       ew_err *err);

#endif
