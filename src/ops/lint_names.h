/* SPDX-License-Identifier: Apache-2.0 */
/* Names that must not leave, and where they stand in a text. What is of protected people is in locked memory,
 * wiped at the end. */
#ifndef EW_OPS_LINT_NAMES_H
#define EW_OPS_LINT_NAMES_H

#include <stdbool.h>

#include "casefile/fold.h"

typedef enum ew_name_of {
    EW_NAME_PROTECTED, /* a name, or a word or number of an identity */
    EW_NAME_PSEUDONYM, /* another name of somebody who appears under a pseudonym */
    EW_NAME_PLACE
} ew_name_of;

typedef struct ew_names ew_names;

EW_MUST_CHECK ew_code ew_names_new(ew_names **out, ew_err *err);
void ew_names_free(ew_names *n);
size_t ew_names_count(const ew_names *n);
/* Can a character be of one of the names, before folding? False for scripts that none is written in. */
bool ew_names_uses(const ew_names *n, uint32_t cp);

/* Free text of several lines. Looked for are each line, the parts of it between commas and after "label:",
 * each word of three letters or more (two in scripts without spaces) that is no label, mail
 * addresses, and numbers of five digits or more. */
EW_MUST_CHECK ew_code ew_names_add_identity(ew_names *n, int64_t person, ew_slice text,
                                            ew_err *err);
/* One name as a whole; one of less than two characters is passed over. */
EW_MUST_CHECK ew_code ew_names_add(ew_names *n, ew_name_of of, int64_t person,
                                   ew_slice name, ew_err *err);

/* A place in a folded text. */
typedef struct ew_named {
    ew_name_of of;
    int64_t person;
    bool whole;   /* a whole name; else one word of an identity */
    size_t at, n; /* bytes of the folded text */
} ew_named;

/* From left to right, the longest first where several begin; never overlapping. Endings of words are let
 * through: a name of four letters and more may go on. */
EW_MUST_CHECK ew_code ew_names_find(const ew_names *n, ew_slice folded,
                                    ew_code (*put)(void *cookie, const ew_named *f,
                                                   ew_err *err),
                                    void *cookie, ew_err *err);

/* The digit at s[at] in whatever script, and its bytes; -1: there is none. s[at] may be within a character. */
int ew_names_digit(ew_slice s, size_t at, size_t *n);

/* Whose number ends with these digits, or the digits with that number, seven at least? 0: nobody's. */
int64_t ew_names_number(const ew_names *n, const char *digits, size_t count);

/* Is anything of a protected person in a text that is not folded? */
EW_MUST_CHECK ew_code ew_names_any(const ew_names *n, ew_slice text, bool *there,
                                   ew_err *err);

/* Appends the text with all that is of protected people replaced by "[protected person N]". */
EW_MUST_CHECK ew_code ew_names_mask(const ew_names *n, ew_slice text, ew_buf *out,
                                    ew_err *err);

#endif
