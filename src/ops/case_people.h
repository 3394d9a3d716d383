/* SPDX-License-Identifier: Apache-2.0 */
/* People of a case and what is kept of them under age keys. What is read here stays in locked memory that is
 * wiped; nothing of it is written anywhere. */
#ifndef EW_OPS_CASE_PEOPLE_H
#define EW_OPS_CASE_PEOPLE_H

#include "casefile/people.h"
#include "seal/age.h"

/* Adds what an age file holds to a secret. EW_E_NOTFOUND: it is for others; EW_E_LIMIT: there is no room. */
EW_MUST_CHECK ew_code ew_ops_open_age(ew_slice file, const ew_age_opening *with,
                                      ew_secret *out, ew_err *err);

/* A protected identity, or another name of a protected person, in the clear. */
typedef struct ew_unsealed {
    int64_t person;
    int64_t alias; /* 0: the identity */
    ew_slice text; /* in locked memory, until the call returns */
} ew_unsealed;

/* Where it goes. */
typedef struct ew_unsealed_to {
    ew_code (*put)(void *cookie, const ew_unsealed *u, ew_err *err);
    void *cookie;
    uint64_t opened, closed; /* answers; closed: none of the keys opens it */
} ew_unsealed_to;

/* Of one person, or of all (0): each once, by person, the identity first. */
EW_MUST_CHECK ew_code ew_ops_unseal(ew_case *c, int64_t person,
                                    const ew_age_identities *keys, ew_unsealed_to *to,
                                    ew_err *err);
EW_MUST_CHECK ew_code ew_ops_has_boxes(ew_case *c, bool *any, ew_err *err);

/* Who changes something, and why. */
typedef struct ew_ops_actor {
    const char *who, *purpose;
} ew_ops_actor;

/* Adds a person in an event of its own. EW_E_ARG also when the name, the note or the purpose, which anybody
 * can read, give away a name of the identity. */
EW_MUST_CHECK ew_code ew_ops_add_person(ew_case *c, const ew_ops_actor *by,
                                        const ew_person *p, ew_slice identity,
                                        int64_t *id, ew_err *err);
/* Whoever has this name, or this other name; when that is nobody, a public person, added in an event of its own.
 * EW_E_ARG when somebody's name is the same but for its writing; anew: not then. */
EW_MUST_CHECK ew_code ew_ops_person_named(ew_case *c, const ew_ops_actor *by,
                                          const char *name, bool anew, int64_t *id,
                                          ew_err *err);
EW_MUST_CHECK ew_code ew_ops_add_alias(ew_case *c, const ew_ops_actor *by, int64_t person,
                                       ew_slice name, ew_err *err);

/* `other` turned out to be `person`. */
EW_MUST_CHECK ew_code ew_ops_merge_people(ew_case *c, const ew_ops_actor *by,
                                          int64_t person, int64_t other, int64_t *event,
                                          ew_err *err);

/* Adds recipients; those that are there already are passed over. With keys, what is kept under them is encrypted
 * once more, for the new ones too. */
typedef struct ew_ops_recipients {
    const char *const *ages; /* "age1..." */
    size_t n;
    const ew_age_identities *keys;    /* or NULL */
    uint64_t added, resealed, closed; /* answers; closed: the keys do not open it */
} ew_ops_recipients;
EW_MUST_CHECK ew_code ew_ops_add_recipients(ew_case *c, const ew_ops_actor *by,
                                            ew_ops_recipients *r, ew_err *err);

/* Puts down who looks, for what, and when that is on disk gives what is kept of the person. EW_E_ARG without a
 * purpose, or when it holds a word of what is kept; EW_E_NOTFOUND when there is nothing, or none of it opens. */
EW_MUST_CHECK ew_code ew_ops_reveal(ew_case *c, const ew_ops_actor *by, int64_t person,
                                    const ew_age_identities *keys, ew_unsealed_to *to,
                                    ew_err *err);

#endif
