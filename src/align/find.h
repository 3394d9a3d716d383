/* SPDX-License-Identifier: Apache-2.0 */
/* From keys of the clip to lines worth following. */
#ifndef EW_ALIGN_FIND_H
#define EW_ALIGN_FIND_H

#include "align/line.h"
#include "earwitness/align.h"

/* A growing array of lines. */
typedef struct ew_lines {
    ew_line *items;
    size_t count, cap;
} ew_lines;

void ew_lines_release(ew_lines *l);

/* What to look for. */
typedef struct ew_search {
    bool speeds;     /* also where pitch was changed */
    bool faint;      /* also what chance reaches too, and only later evidence can tell */
    uint64_t common; /* as in ew_index_probe */
} ew_search;

/* Lines on which parts of the clip may lie, refined, in no promised order but always the
 * same; the caller releases them. Errors: EW_E_NOMEM, EW_E_LIMIT. */
EW_MUST_CHECK ew_code ew_find_lines(ew_scene *s, const ew_search *how, ew_lines *out,
                                    ew_err *err);

#endif
