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
    int64_t added;   /* event */
    bool undone;     /* or is the same as another: then it is nobody of its own */
    int64_t same_as; /* the person under whom it is shown; 0: none */
} ew_person;

enum { EW_IDENTITY_MAX = 16 * 1024, EW_BOX_MAX = 32 * 1024 };

/* Age recipients of the case; at least one before anybody can be protected. Within an event. EW_E_ARG when it
 * is one already. */
EW_MUST_CHECK ew_code ew_case_add_recipient(ew_case *c, const char *age_recipient,
                                            ew_err *err);
typedef struct ew_case_recipient {
    int64_t id;
    const char *age;
    int64_t added; /* event */
    bool undone;
} ew_case_recipient;
EW_MUST_CHECK ew_code ew_case_recipients(
    ew_case *c, ew_code (*put)(void *cookie, const ew_case_recipient *r, ew_err *err),
    void *cookie, ew_err *err);

/* Within an event. identity: of a protected person, wiped by the caller; encrypted in memory. */
EW_MUST_CHECK ew_code ew_case_add_person(ew_case *c, const ew_person *p,
                                         ew_slice identity, int64_t *id, ew_err *err);
EW_MUST_CHECK ew_code ew_case_people(ew_case *c,
                                     ew_code (*put)(void *cookie, const ew_person *p,
                                                    ew_err *err),
                                     void *cookie, ew_err *err);
/* Who has this name or other name, or one that is the same when folded (casefile/fold.h), the exact one first, and a
 * name before another name. What is encrypted is not looked at. */
typedef struct ew_namesake {
    int64_t id; /* 0: nobody */
    bool exact;
    bool other;                  /* it is another name of his */
    char name[EW_CASE_NAME + 1]; /* as it was found */
} ew_namesake;
EW_MUST_CHECK ew_code ew_case_namesake(ew_case *c, const char *name, ew_namesake *out,
                                       ew_err *err);

/* The person of this name, made public when there is none (within an event). EW_E_ARG when there is somebody
 * whose name is the same but for its writing; anew: not then, and who has it as another name is not meant. */
EW_MUST_CHECK ew_code ew_case_person_named(ew_case *c, const char *name, int64_t *id,
                                           ew_err *err);
EW_MUST_CHECK ew_code ew_case_person_anew(ew_case *c, const char *name, int64_t *id,
                                          ew_err *err);
/* By name, by another name that is not encrypted, or by number; those taken back are not found. EW_E_NOTFOUND. */
EW_MUST_CHECK ew_code ew_case_find_person(ew_case *c, const char *what, int64_t *id,
                                          ew_person_kind *kind, ew_err *err);

/* Another name of a person: a sender of a chat, a speaker of quotations. That of a protected one is kept as
 * the identity is. Within an event. */
EW_MUST_CHECK ew_code ew_case_add_alias(ew_case *c, int64_t person, ew_slice name,
                                        int64_t *id, ew_err *err);
/* `other` turned out to be `person`: all that is said of either is of `person`, and the name of the other is another
 * name of his. Within an event. EW_E_ARG when they are one already, or one of them only is protected. */
EW_MUST_CHECK ew_code ew_case_merge_people(ew_case *c, int64_t person, int64_t other,
                                           ew_err *err);

typedef struct ew_alias {
    int64_t id, person; /* id 0: the name of somebody who is the same person */
    const char *name;   /* "" of a protected one */
    bool sealed;
    int64_t added; /* event */
    bool undone;
} ew_alias;
EW_MUST_CHECK ew_code ew_case_aliases(ew_case *c,
                                      ew_code (*put)(void *cookie, const ew_alias *a,
                                                     ew_err *err),
                                      void *cookie, ew_err *err);

/* Everything that is kept encrypted, of one person (and who is the same) or of all (0), and counts. */
typedef struct ew_box {
    int64_t person; /* as it was added */
    int64_t alias;  /* 0: the identity */
    ew_slice age;   /* the age file */
} ew_box;
EW_MUST_CHECK ew_code ew_case_boxes(ew_case *c, int64_t person,
                                    ew_code (*put)(void *cookie, const ew_box *b,
                                                   ew_err *err),
                                    void *cookie, ew_err *err);
/* The same content once more, for the recipients that there are now. Within an event. */
EW_MUST_CHECK ew_code ew_case_reseal(ew_case *c, int64_t person, int64_t alias,
                                     ew_slice content, ew_err *err);

/* The encrypted identity, for somebody with an age key; who asks is an event of the caller's. */
EW_MUST_CHECK ew_code ew_case_identity(ew_case *c, int64_t person, ew_buf *age_file,
                                       ew_err *err);

#endif
