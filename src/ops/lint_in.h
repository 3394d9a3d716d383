/* SPDX-License-Identifier: Apache-2.0 */
/* Inside lint: where it is looking, and what its scanners share. */
#ifndef EW_OPS_LINT_IN_H
#define EW_OPS_LINT_IN_H

#include <jansson.h>

#include "ops/lint.h"
#include "ops/lint_names.h"

enum {
    EW_LINT_DEPTH = 2, /* archives within archives */
    EW_LINT_MEMBER = 1024,
    EW_LINT_FIELD = 64,
    EW_LINT_EXCERPT = 200,
    EW_LINT_MOST = 10000, /* different findings of one file or table */
    EW_LINT_TABLE = 32768
};

/* One that is being counted. */
typedef struct ew_lint__one {
    uint8_t key[EW_SHA256_BYTES];
    ew_lint_kind kind;
    int64_t item, row, person;
    uint64_t at, count;
    char *member, *field, *excerpt;
} ew_lint__one;

typedef struct ew_lint {
    const ew_names *names;
    const ew_lint_put *put;
    ew_lint_sum *sum;
    const char *decoder;
    /* Where it looks now. */
    int64_t item;
    uint8_t sha256[EW_SHA256_BYTES]; /* of the item's original */
    const char *table;               /* "": a file */
    int64_t row;
    char member[EW_LINT_MEMBER]; /* safe; "" */
    int depth;
    int fd; /* of the original, or -1; what is in archives has none */
    /* What was found in this file or table so far. */
    ew_lint__one *list;
    size_t n, cap;
    bool full;
    bool
        again; /* the same bytes read in another way: what was found already is not counted */
    uint32_t *slots;  /* EW_LINT_TABLE of them; from 1 on */
    ew_folded folded; /* of the text that is looked at, to be wiped */
} ew_lint;

/* What is looked for in a text. */
typedef enum ew_lint_look {
    EW_LOOK_NAMES, /* names, mail addresses, paths: also in what is no text */
    EW_LOOK_ALL    /* and numbers of telephones, coordinates */
} ew_lint_look;

/* Texts that leave in another way than in records and originals: names of the case (NULL: none) are looked for,
 * `feed` gives the texts. table: what findings are said to be in. */
typedef struct ew_lint_feed {
    const char *table;
    ew_code (*feed)(ew_lint *l, void *cookie, ew_err *err);
    void *cookie;
} ew_lint_feed;
EW_MUST_CHECK ew_code ew_lint__more(ew_case *c, const ew_lint_opts *opts,
                                    const ew_lint_put *put, const ew_lint_feed *feed,
                                    ew_err *err);

/* ------------------------------------------------------------------ lint_put.c */

EW_MUST_CHECK ew_code ew_lint__begin(ew_lint *l, ew_err *err);
void ew_lint__end(ew_lint *l);

/* value: what was found, any bytes. field: "" or what it is called. */
EW_MUST_CHECK ew_code ew_lint__found(ew_lint *l, ew_lint_kind kind, const char *field,
                                     uint64_t at, ew_slice value, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__found_person(ew_lint *l, const ew_named *who,
                                            const char *field, uint64_t at, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__blank(ew_lint *l, const char *why, ew_err *err);
/* Tells what was found since the last time. */
EW_MUST_CHECK ew_code ew_lint__flush(ew_lint *l, ew_err *err);

/* ------------------------------------------------------------------ scanners */

/* A text of valid UTF-8 that begins at byte `at` of what is looked at; scale: bytes there for one here. */
typedef struct ew_lint_text {
    ew_slice text;
    uint64_t at;
    unsigned scale;
    const char *field;
    ew_lint_look look;
    size_t seen; /* what ends within so many bytes was found in the piece before */
} ew_lint_text;
EW_MUST_CHECK ew_code ew_lint__text(ew_lint *l, const ew_lint_text *t, ew_err *err);
/* Numbers, addresses, paths, coordinates: no names. */
EW_MUST_CHECK ew_code ew_lint__signs(ew_lint *l, const ew_lint_text *t, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__coordinates(ew_lint *l, const ew_lint_text *t,
                                           ew_err *err);

/* What is written as words of a mail's head. */
EW_MUST_CHECK ew_code ew_lint__mail_words(ew_lint *l, const ew_lint_text *t, ew_err *err);

/* Any bytes: what in them is text, in UTF-8 or UTF-16, also written in escapes. */
EW_MUST_CHECK ew_code ew_lint__bytes(ew_lint *l, ew_slice bytes, ew_lint_look look,
                                     ew_err *err);

/* A value of metadata: as `kind`, and what stands in it. */
EW_MUST_CHECK ew_code ew_lint__value(ew_lint *l, ew_lint_kind kind, const char *field,
                                     uint64_t at, ew_slice value, ew_err *err);

/* A tag of sound or film, "artist", and its value. */
EW_MUST_CHECK ew_code ew_lint__tag(ew_lint *l, ew_slice key, ew_slice value, ew_err *err);

/* All that is words in a result of check, diff, family or inspect: its strings, and the tags among its facts. */
EW_MUST_CHECK ew_code ew_lint__result(ew_lint *l, const json_t *result, ew_err *err);

/* A whole file, by what it is. */
EW_MUST_CHECK ew_code ew_lint__file(ew_lint *l, ew_slice bytes, ew_err *err);

EW_MUST_CHECK ew_code ew_lint__xml(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__html(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__picture(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__exif(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__pdf(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__rtf(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__ole(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__media(ew_lint *l, ew_slice bytes, ew_err *err);
/* Pages of a web archive; nothing of any other file. */
EW_MUST_CHECK ew_code ew_lint__web(ew_lint *l, const char *path, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__archive(ew_lint *l, ew_slice bytes, ew_err *err);
/* What is beside the members. */
EW_MUST_CHECK ew_code ew_lint__zip_rest(ew_lint *l, ew_slice bytes, ew_err *err);
EW_MUST_CHECK ew_code ew_lint__gzip_head(ew_lint *l, ew_slice bytes, ew_err *err);

#endif
