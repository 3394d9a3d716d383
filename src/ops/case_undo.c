/* SPDX-License-Identifier: Apache-2.0 */
/* Taking events back, with what stands on them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "ops/case_custody.h"

enum { NAMED_MAX = 8 };

/* Events of these kinds say what happened in the world: nothing takes it back. */
static const char *const happened[] = {"copy", "reveal", "export", "seal"};

typedef struct known_event {
    int64_t id, item, undoes;
    bool undone, analysis, happened;
    char kind[32];
} known_event;

typedef struct undoing {
    ew_case *c;
    known_event
        *list; /* what stands on it, in order; the one that is asked for is last */
    size_t n, cap;
    int64_t wanted;
    known_event found;
} undoing;

static ew_code find_event(void *cookie, const ew_case_event *e, ew_err *err)
{
    undoing *u = cookie;
    (void)err;
    if (e->id != u->wanted)
        return EW_OK;
    u->found = (known_event){.id = e->id,
                             .item = e->item,
                             .undoes = e->undoes,
                             .undone = e->undone,
                             .analysis = strcmp(e->kind, "analysis") == 0};
    (void)snprintf(u->found.kind, sizeof u->found.kind, "%s", e->kind);
    for (size_t i = 0; i < EW_COUNT(happened); i++)
        u->found.happened = u->found.happened || strcmp(e->kind, happened[i]) == 0;
    return EW_OK;
}

static ew_code read_event(undoing *u, int64_t id, known_event *out, ew_err *err)
{
    u->wanted = id;
    u->found = (known_event){0};
    ew_code code = ew_case_events(u->c, 0, find_event, u, err);
    if (code == EW_OK && u->found.id == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no event %" PRId64, id);
    *out = u->found;
    return code;
}

static ew_code push(undoing *u, int64_t id, ew_err *err)
{
    if (u->n == u->cap) {
        size_t cap = u->cap == 0 ? 16 : 2 * u->cap;
        known_event *more = ew_realloc_array(u->list, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        u->list = more;
        u->cap = cap;
    }
    u->list[u->n++] = (known_event){.id = id};
    return EW_OK;
}

static ew_code take_dependent(void *cookie, int64_t event, ew_err *err)
{
    return push(cookie, event, err);
}

/* What the list's events are, in one pass. */
static ew_code fill_one(void *cookie, const ew_case_event *e, ew_err *err)
{
    undoing *u = cookie;
    for (size_t i = 0; i < u->n; i++) {
        if (u->list[i].id != e->id)
            continue;
        u->wanted = e->id;
        ew_code code = find_event(u, e, err);
        u->list[i] = u->found;
        return code;
    }
    return EW_OK;
}

static ew_code check_allowed(undoing *u, const known_event *e, ew_err *err)
{
    int64_t missing = 0;
    if (e->undone)
        return ew_fail(err, EW_E_ARG, 0, "event %" PRId64 " was taken back already",
                       e->id);
    if (e->happened)
        return ew_fail(err, EW_E_ARG, 0,
                       "event %" PRId64 " ('%s') says what happened, which nothing takes "
                       "back",
                       e->id, e->kind);
    ew_code code =
        e->undoes != 0 ? ew_case_grounds(u->c, e->undoes, &missing, err) : EW_OK;
    if (code == EW_OK && missing != 0)
        code = ew_fail(err, EW_E_ARG, 0,
                       "what event %" PRId64 " said stands on event %" PRId64
                       ", which was taken back too",
                       e->undoes, missing);
    return code;
}

/* Those that a person has to think about. */
static ew_code refuse_others(const undoing *u, int64_t event, ew_err *err)
{
    char names[256] = "";
    size_t others = 0;
    for (size_t i = 0; i < u->n; i++) {
        size_t at = strlen(names);
        if (u->list[i].analysis || u->list[i].id == event)
            continue;
        if (others++ < NAMED_MAX)
            (void)snprintf(names + at, sizeof names - at, "%s%" PRId64 " (%s)",
                           at > 0 ? ", " : "", u->list[i].id, u->list[i].kind);
    }
    if (others == 0)
        return EW_OK;
    return ew_fail(err, EW_E_ARG, 0,
                   "%s%s stand%s on event %" PRId64 "; --all takes them back too", names,
                   others > NAMED_MAX ? " ..." : "", others == 1 ? "s" : "", event);
}

static ew_code undo_one(undoing *u, const known_event *e, int64_t first,
                        const ew_ops_actor *by, int64_t *event, ew_err *err)
{
    char detail[64];
    ew_case_act act = {.kind = "undo",
                       .item = e->item,
                       .undoes = e->id,
                       .who = by->who,
                       .purpose = by->purpose};
    (void)snprintf(detail, sizeof detail, "{\"with\":%" PRId64 "}", first);
    if (e->id != first)
        act.detail = detail;
    ew_code code = ew_case_begin(u->c, &act, event, err);
    return code == EW_OK ? ew_case_commit(u->c, err) : code;
}

/* The last first, so that nothing ever stands on what is gone. */
static ew_code undo_all(undoing *u, int64_t first, const ew_ops_actor *by,
                        int64_t *events, ew_err *err)
{
    ew_code code = ew_case_group_begin(u->c, err);
    if (code != EW_OK)
        return code;
    for (size_t i = u->n; i-- > 0 && code == EW_OK;)
        code = undo_one(u, &u->list[i], first, by, &events[i], err);
    if (code == EW_OK)
        return ew_case_group_end(u->c, err);
    ew_case_group_abandon(u->c);
    return code;
}

ew_code ew_ops_case_undo(ew_case *c, int64_t event, const ew_case_undo_how *how,
                         ew_err *err)
{
    undoing u = {.c = c};
    known_event e;
    int64_t *events = NULL;
    ew_code code = read_event(&u, event, &e, err);
    if (code == EW_OK)
        code = check_allowed(&u, &e, err);
    if (code == EW_OK)
        code = push(&u, event, err);
    if (code == EW_OK)
        code = ew_case_dependents(c, event, take_dependent, &u, err);
    if (code == EW_OK)
        code = ew_case_events(c, 0, fill_one, &u, err);
    if (code == EW_OK && !how->all)
        code = refuse_others(&u, event, err);
    events = ew_alloc_array(u.n + 1, sizeof *events);
    if (code == EW_OK && events == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK)
        code = undo_all(&u, event, &how->by, events, err);
    for (size_t i = 0; i < u.n && code == EW_OK && how->told != NULL; i++)
        how->told(how->cookie, u.list[i].id, events[i]);
    ew_free(events);
    ew_free(u.list);
    return code;
}
