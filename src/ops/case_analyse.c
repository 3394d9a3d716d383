/* SPDX-License-Identifier: Apache-2.0 */
/* Which analyses are run on recordings of a case, and how their results are kept. */
#include "ops/case_analyse.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "earwitness/family.h"
#include "ops/case_keep.h"
#include "ops/case_result.h"
#include "ops/case_run.h"

enum { LINE_MAX_BYTES = 4096, SETTINGS_MAX = 64 * 1024 };

typedef struct round {
    ew_case *c;
    const ew_case_analyse_how *how;
    ew_case_sounds all;
    ew_case_run run;
    ew_buf settings, result, line, fields; /* of the analysis in work */
} round;

/* What is asked of one analysis. */
typedef struct job {
    const char *tool;
    const ew_case_sound *a, *b; /* b: of a diff */
    ew_case_kins *kins;         /* of a family */
    const ew_case_analysis *before;
} job;

static ew_code round_begin(round *r, ew_case *c, const ew_case_analyse_how *how,
                           ew_err *err)
{
    *r = (round){.c = c, .how = how};
    r->run = (ew_case_run){.archive = how->archive,
                           .jobs = how->jobs,
                           .stop = how->stop,
                           .tick = how->tick,
                           .cookie = how->cookie};
    ew_buf_init(&r->settings, SETTINGS_MAX);
    ew_buf_init(&r->result, EW_CASE_JSON);
    ew_buf_init(&r->line, LINE_MAX_BYTES);
    ew_buf_init(&r->fields, LINE_MAX_BYTES);
    return ew_case_sounds_load(c, &r->all, err);
}

static void round_end(round *r)
{
    ew_case_run_end(&r->run);
    ew_case_sounds_release(&r->all);
    ew_buf_release(&r->settings);
    ew_buf_release(&r->result);
    ew_buf_release(&r->line);
    ew_buf_release(&r->fields);
}

/* ------------------------------------------------------------------ keeping */

static const char *text_of(const ew_buf *b)
{
    return b->data != NULL ? (const char *)b->data : "";
}

static ew_code run_tool(round *r, const job *j, ew_err *err)
{
    if (strcmp(j->tool, "inspect") == 0)
        return ew_case_run_inspect(&r->run, j->a, &r->settings, &r->result, err);
    if (strcmp(j->tool, "check") == 0)
        return ew_case_run_check(&r->run, j->a, &r->settings, &r->result, err);
    if (strcmp(j->tool, "diff") == 0)
        return ew_case_run_diff(&r->run, j->a, j->b, &r->settings, &r->result, err);
    return ew_case_run_family(&r->run, j->kins, &r->settings, &r->result, err);
}

static ew_code keep(round *r, const job *j, ew_case_told *t, ew_err *err)
{
    const ew_case_keeping k = {.tool = j->tool,
                               .item = j->a->item,
                               .other = j->b != NULL ? j->b->item : 0,
                               .sha256 = j->kins == NULL ? j->a->sha256 : NULL,
                               .settings = text_of(&r->settings),
                               .result = text_of(&r->result),
                               .who = r->how->who,
                               .purpose = r->how->purpose,
                               .before = j->before};
    return ew_case_keep(r->c, &k, t, &r->line, &r->fields, err);
}

/* One analysis from running to telling. What is wrong with a file ends only its own. */
static ew_code do_job(round *r, const job *j, ew_err *err)
{
    ew_case_told t = {.outcome = EW_CASE_ANALYSED,
                      .tool = j->tool,
                      .item = j->a->item,
                      .other = j->b != NULL ? j->b->item : 0,
                      .name = j->a->in.name};
    ew_buf *const bufs[] = {&r->settings, &r->result, &r->line, &r->fields};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++)
        ew_buf_reset(bufs[i]);
    ew_err_clear(&t.err);
    ew_code code = run_tool(r, j, &t.err);
    if (code == EW_E_CANCELLED || code == EW_E_NOMEM || code == EW_E_BUG) {
        if (err != NULL)
            *err = t.err;
        return code;
    }
    if (code != EW_OK) {
        t.outcome = EW_CASE_NO_RESULT;
    } else {
        code = keep(r, j, &t, err);
        if (code != EW_OK)
            return code;
    }
    t.line = text_of(&r->line);
    t.fields = text_of(&r->fields);
    if (r->how->told != NULL)
        r->how->told(r->how->cookie, &t);
    return EW_OK;
}

static void leave_out(round *r, const char *tool, const ew_case_sound *s,
                      const char *line)
{
    ew_case_told t = {.outcome = EW_CASE_LEFT_OUT,
                      .tool = tool,
                      .item = s->item,
                      .name = s->in.name,
                      .line = line,
                      .fields = ""};
    if (r->how->told != NULL)
        r->how->told(r->how->cookie, &t);
}

/* ------------------------------------------------------------------ new recordings */

static bool is_new(const int64_t *items, size_t n, int64_t item)
{
    for (size_t i = 0; i < n; i++)
        if (items[i] == item)
            return true;
    return false;
}

/* The new ones first, so that they are in when there are too many. */
static ew_code choose_family(round *r, const int64_t *items, size_t n, ew_case_kins *k,
                             const ew_case_sound ***list, ew_err *err)
{
    *list = ew_alloc_array(r->all.count, sizeof **list);
    if (*list == NULL)
        return ew_fail_nomem(err);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = r->all.count; i-- > 0 && k->count < EW_FAMILY_COPIES_MAX;)
            if (is_new(items, n, r->all.list[i].item) == (pass == 0))
                (*list)[k->count++] = &r->all.list[i];
    k->asked = *list;
    return EW_OK;
}

static void add_pair(ew_case_pairs *p, int64_t a, int64_t b)
{
    size_t of_a = 0;
    size_t of_b = 0;
    for (size_t i = 0; i < p->n; i++) {
        bool same = (p->list[i].a == a && p->list[i].b == b) ||
                    (p->list[i].a == b && p->list[i].b == a);
        if (same)
            return;
        of_a += p->list[i].a == a || p->list[i].b == a;
        of_b += p->list[i].a == b || p->list[i].b == b;
    }
    if (p->n == EW_CASE_DIFFS_MAX || of_a >= EW_CASE_DIFFS_EACH ||
        of_b >= EW_CASE_DIFFS_EACH)
        p->left_out++;
    else
        p->list[p->n].a = a, p->list[p->n++].b = b;
}

void ew_case_choose_pairs(const ew_case_kins *k, const int64_t *items, size_t n,
                          ew_case_pairs *p)
{
    for (size_t i = 0; i < k->found; i++) {
        const ew_case_kin *m = &k->list[i];
        if (m->parent != 0 && (is_new(items, n, m->item) || is_new(items, n, m->parent)))
            add_pair(p, m->parent, m->item);
    }
    for (size_t i = 0; i < k->found; i++)
        for (size_t j = 0; j < k->found; j++) {
            const ew_case_kin *a = &k->list[i];
            const ew_case_kin *b = &k->list[j];
            if (a->item < b->item && a->family >= 0 && a->family == b->family &&
                (is_new(items, n, a->item) || is_new(items, n, b->item)))
                add_pair(p, a->item, b->item);
        }
}

static ew_code diff_kin(round *r, const ew_case_kins *k, const int64_t *items, size_t n,
                        ew_err *err)
{
    char line[160];
    ew_case_pairs p = {.n = 0};
    ew_case_choose_pairs(k, items, n, &p);
    ew_code code = EW_OK;
    for (size_t i = 0; i < p.n && code == EW_OK; i++) {
        job j = {.tool = "diff",
                 .a = ew_case_sounds_find(&r->all, p.list[i].a),
                 .b = ew_case_sounds_find(&r->all, p.list[i].b)};
        if (j.a != NULL && j.b != NULL)
            code = do_job(r, &j, err);
    }
    if (code == EW_OK && p.left_out > 0) {
        (void)snprintf(
            line, sizeof line,
            "%zu more pairs of one family were not compared; 'earwitness diff' "
            "compares two files",
            p.left_out);
        leave_out(r, "diff", ew_case_sounds_find(&r->all, p.list[0].a), line);
    }
    return code;
}

static ew_code family_and_diff(round *r, const int64_t *items, size_t n, ew_err *err)
{
    char line[128];
    const ew_case_sound **list = NULL;
    ew_case_kins k = {.count = 0};
    if (r->all.count < 2)
        return EW_OK;
    ew_code code = choose_family(r, items, n, &k, &list, err);
    job j = {.tool = "family", .a = list != NULL ? list[0] : NULL, .kins = &k};
    if (code == EW_OK)
        code = do_job(r, &j, err);
    if (code == EW_OK && k.count < r->all.count) {
        (void)snprintf(line, sizeof line,
                       "%zu recordings were left out: it takes no more than %d",
                       r->all.count - k.count, (int)EW_FAMILY_COPIES_MAX);
        leave_out(r, "family", j.a, line);
    }
    if (code == EW_OK)
        code = diff_kin(r, &k, items, n, err);
    ew_free(k.list);
    ew_free((void *)list);
    return code;
}

ew_code ew_ops_case_analyse(ew_case *c, const int64_t *items, size_t n,
                            const ew_case_analyse_how *how, ew_err *err)
{
    round r;
    bool archive = false;
    ew_err why;
    ew_code code = round_begin(&r, c, how, err);
    if (code == EW_OK && ew_case_run_has_archive(&r.run, &archive, &why) != EW_OK)
        archive = true; /* each check says what is wrong with it */
    for (size_t i = 0; i < n && code == EW_OK; i++) {
        job j = {.tool = "inspect", .a = ew_case_sounds_find(&r.all, items[i])};
        if (j.a == NULL)
            continue;
        code = do_job(&r, &j, err);
        j.tool = "check";
        if (code == EW_OK && archive)
            code = do_job(&r, &j, err);
    }
    if (code == EW_OK)
        code = family_and_diff(&r, items, n, err);
    round_end(&r);
    return code;
}

/* ------------------------------------------------------------------ again */

/* Kept analyses that are to be repeated. */
typedef struct repeats {
    ew_case *c;
    int64_t item, analysis;
    ew_case_analysis *list;
    size_t n, cap;
} repeats;

static void free_analysis(ew_case_analysis *a)
{
    ew_free((void *)(uintptr_t)a->tool);
    ew_free((void *)(uintptr_t)a->version);
    ew_free((void *)(uintptr_t)a->settings);
    ew_free((void *)(uintptr_t)a->result);
}

static bool is_about(const ew_case_analysis *a, int64_t item)
{
    int64_t items[EW_FAMILY_COPIES_MAX];
    if (a->item == item || a->other == item)
        return true;
    size_t n = ew_case_settings_items(a->settings, items, EW_FAMILY_COPIES_MAX);
    for (size_t i = 0; i < n && i < EW_FAMILY_COPIES_MAX; i++)
        if (items[i] == item)
            return true;
    return false;
}

/* Of the same about the same: the later one takes the place. A family is one whatever it was made of. */
static ew_case_analysis *place_for(repeats *p, const ew_case_analysis *a)
{
    bool family = strcmp(a->tool, "family") == 0;
    for (size_t i = 0; i < p->n; i++) {
        ew_case_analysis *b = &p->list[i];
        if (strcmp(a->tool, b->tool) == 0 &&
            (family || (a->item == b->item && a->other == b->other)))
            return b;
    }
    if (p->n == p->cap) {
        size_t cap = p->cap == 0 ? 16 : 2 * p->cap;
        ew_case_analysis *more = ew_realloc_array(p->list, cap, sizeof *more);
        if (more == NULL)
            return NULL;
        p->list = more;
        p->cap = cap;
    }
    p->list[p->n] = (ew_case_analysis){0};
    return &p->list[p->n++];
}

static ew_code take_repeat(void *cookie, const ew_case_analysis *a, ew_err *err)
{
    repeats *p = cookie;
    bool wanted =
        p->analysis != 0 ? a->id == p->analysis : p->item == 0 || is_about(a, p->item);
    if (!wanted || a->undone)
        return EW_OK;
    ew_case_analysis *to = place_for(p, a);
    if (to == NULL)
        return ew_fail_nomem(err);
    free_analysis(to);
    *to = *a;
    to->tool = ew_strdup(a->tool);
    to->version = ew_strdup(a->version);
    to->settings = ew_strdup(a->settings);
    to->result = ew_strdup(a->result);
    return to->tool != NULL && to->version != NULL && to->settings != NULL &&
                   to->result != NULL
               ? EW_OK
               : ew_fail_nomem(err);
}

/* Those of the same recordings that are still there. */
static ew_code repeat_family(round *r, job *j, ew_err *err)
{
    int64_t items[EW_FAMILY_COPIES_MAX];
    const ew_case_sound *list[EW_FAMILY_COPIES_MAX];
    ew_case_kins k = {.asked = list};
    size_t n = ew_case_settings_items(j->before->settings, items, EW_FAMILY_COPIES_MAX);
    for (size_t i = 0; i < n && i < EW_FAMILY_COPIES_MAX; i++) {
        list[k.count] = ew_case_sounds_find(&r->all, items[i]);
        k.count += list[k.count] != NULL;
    }
    if (k.count < 2) {
        leave_out(r, "family", j->a, "its recordings are not in the case any more");
        return EW_OK;
    }
    j->kins = &k;
    ew_code code = do_job(r, j, err);
    ew_free(k.list);
    return code;
}

static ew_code repeat_one(round *r, const ew_case_analysis *before, ew_err *err)
{
    job j = {.tool = before->tool,
             .a = ew_case_sounds_find(&r->all, before->item),
             .before = before};
    bool diff = strcmp(before->tool, "diff") == 0;
    if (diff)
        j.b = ew_case_sounds_find(&r->all, before->other);
    if (j.a == NULL || (diff && j.b == NULL))
        return EW_OK; /* taken back in the meantime */
    if (strcmp(before->tool, "family") == 0)
        return repeat_family(r, &j, err);
    bool known = diff || strcmp(before->tool, "inspect") == 0 ||
                 strcmp(before->tool, "check") == 0;
    if (!known)
        leave_out(r, before->tool, j.a, "an analysis of a kind that is not known here");
    return known ? do_job(r, &j, err) : EW_OK;
}

ew_code ew_ops_case_rerun(ew_case *c, int64_t item, int64_t analysis,
                          const ew_case_analyse_how *how, size_t *count, ew_err *err)
{
    round r;
    repeats p = {.c = c, .item = item, .analysis = analysis};
    ew_code code = round_begin(&r, c, how, err);
    if (code == EW_OK)
        code = ew_case_analyses(c, 0, take_repeat, &p, err);
    for (size_t i = 0; i < p.n && code == EW_OK; i++)
        code = repeat_one(&r, &p.list[i], err);
    *count = p.n;
    for (size_t i = 0; i < p.n; i++)
        free_analysis(&p.list[i]);
    ew_free(p.list);
    round_end(&r);
    return code;
}
