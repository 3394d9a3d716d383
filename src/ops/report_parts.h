/* SPDX-License-Identifier: Apache-2.0 */
/* What the makers of reports share. */
#ifndef EW_OPS_REPORT_PARTS_H
#define EW_OPS_REPORT_PARTS_H

#include "base/hash.h"
#include "ops/report.h"
#include "ops/report_sound.h"

/* Last parts of the names, with a number where several share one. EW_E_ARG for standard input. */
EW_MUST_CHECK ew_code ew_report__names(ew_inputs *in, ew_err *err);

/* A page of this kind with what people say about it. */
void ew_report__begin(ew_page *p, const ew_report_opts *opts, const char *kind);
/* The end of a page. */
typedef struct ew_report_ending {
    unsigned limits; /* EW_LIMITS_... */
    json_t *settings, *again;
} ew_report_ending;
/* Excerpts, limits, files, how to verify. Takes settings and again over. */
EW_MUST_CHECK ew_code ew_report__end(ew_page *p, const ew_report_opts *opts,
                                     ew_excerpts *x, const ew_report_ending *how,
                                     ew_err *err);

/* What a printer of report/ wrote, as an object. EW_E_NOMEM when it is none. */
EW_MUST_CHECK ew_code ew_report__load(const ew_buf *text, json_t **out, ew_err *err);

/* Which input has which hash is known only from the results. */
typedef struct ew_report_book {
    const ew_inputs *in;
    const ew_index *ix; /* NULL: none */
    char (*hex)[EW_SHA256_HEX + 1];
} ew_report_book;
/* hex is to be freed. */
EW_MUST_CHECK ew_code ew_report__book_init(ew_report_book *b, const ew_inputs *in,
                                           const ew_index *ix, ew_err *err);
/* name: the short one of an input. */
void ew_report__note(ew_report_book *b, const char *name, const char *sha256);
/* cookie: an ew_report_book. NULL: nothing with that hash. */
const char *ew_report__path(void *cookie, const char *sha256);

/* A command with these names, as a shell takes it. */
void ew_report__again(json_t **list, const char *before, const char *const *names,
                      size_t n);
/* The command that gives this result again. */
void ew_report__again_result(json_t **list, const char *tool, const json_t *result);
/* Before them the one that puts the recordings of the page into an archive, when it has some. */
void ew_report__again_archive(json_t **list, const json_t *files);

/* Takes folders out of the names in a result. EW_E_LIMIT, EW_E_NOMEM. */
EW_MUST_CHECK ew_code ew_report__shorten(json_t *result, ew_err *err);

/* The heading of a result; what it is about follows it. */
const char *ew_report__heading(const char *tool);

/* That an input could not be read. */
void ew_report__failed(ew_page *p, const char *name, const ew_err *why);

/* Where excerpts of a result are found: the path of what has this hash, or NULL. */
typedef struct ew_report_places {
    const char *(*path)(void *cookie, const char *sha256_hex);
    void *cookie;
} ew_report_places;

/* Wishes for excerpts, from results as JSON; `of` begins each caption, "" or "clip.wav: ". */
EW_MUST_CHECK ew_code ew_report__hear_check(ew_excerpts *x, const json_t *result,
                                            const ew_report_places *where, const char *of,
                                            ew_err *err);
EW_MUST_CHECK ew_code ew_report__hear_diff(ew_excerpts *x, const json_t *result,
                                           const ew_report_places *where, const char *of,
                                           ew_err *err);
EW_MUST_CHECK ew_code ew_report__hear_family(ew_excerpts *x, const json_t *result,
                                             const ew_report_places *where,
                                             const char *of, ew_err *err);
EW_MUST_CHECK ew_code ew_report__hear_inspect(ew_excerpts *x, const json_t *result,
                                              const ew_report_places *where,
                                              const char *of, ew_err *err);

/* By the name of the tool; of another nothing is heard. */
EW_MUST_CHECK ew_code ew_report__hear(ew_excerpts *x, const char *tool,
                                      const json_t *result, const ew_report_places *where,
                                      const char *of, ew_err *err);

/* A report on a few files in the making. */
typedef struct ew_report_maker {
    const ew_report_opts *opts;
    ew_page *page;
    ew_report_book book;
    ew_excerpts hear;
    ew_buf json, svg;
    json_t *result;
    json_t *again;
} ew_report_maker;

/* opts and page are set before; release it with ew_report__done in any case. */
EW_MUST_CHECK ew_code ew_report__start(ew_report_maker *m, ew_inputs *in,
                                       const char *kind, ew_err *err);
/* From json to result, which the page holds from then on. */
EW_MUST_CHECK ew_code ew_report__take(ew_report_maker *m, ew_err *err);
/* The hash of the file that the result has under `key`. */
void ew_report__note_one(ew_report_maker *m, const char *name_key, const char *key);
/* Takes settings over. */
EW_MUST_CHECK ew_code ew_report__finish(ew_report_maker *m, unsigned limits,
                                        json_t *settings, ew_err *err);
void ew_report__done(ew_report_maker *m);

#endif
