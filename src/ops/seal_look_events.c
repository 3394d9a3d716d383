/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about an item, and what was done with it: signed events that go into its bundle too. */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/utf8.h"
#include "ops/seal_look_parts.h"

enum { PROOF_MAX = 2 * EW_NOTE_MAX, WORDS_MAX = 8 * EW_EVENT_BYTES };

/* One safe line of what an event says: all that it shows to a reader but for its hashes. */
static ew_code add_words(ew_buf *b, ew_slice text, ew_err *err)
{
    ew_code code = EW_OK;
    if (text.n == 0)
        return EW_OK;
    if (b->len > 0)
        code = ew_buf_append(b, " / ", 3, err);
    return code == EW_OK ? ew_utf8_append_safe(b, text.p, text.n, err) : code;
}

static ew_code tell(ew_look_event *e, const ew_event *of, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, WORDS_MAX);
    const ew_slice facts[] = {of->actor,   ew_slice_of(ew_stance_name(of->stance)),
                              of->purpose, of->authority,
                              of->tool,    of->key};
    ew_code code = EW_OK;
    for (size_t i = 0; i < sizeof facts / sizeof facts[0] && code == EW_OK; i++)
        code = add_words(&b, facts[i], err);
    for (size_t i = 0; i < of->line_count && code == EW_OK; i++)
        code = add_words(&b, of->lines[i], err);
    if (code == EW_OK) {
        e->words = ew_strdup(b.data != NULL ? (const char *)b.data : "");
        code = e->words != NULL ? EW_OK : ew_fail_nomem(err);
    }
    ew_buf_release(&b);
    return code;
}

/* Whether the signed log reaches it. */
static ew_code find_reach(const char *log, const ew_event_kept *k, bool *reached,
                          ew_err *err)
{
    ew_buf proof;
    ew_slice salt = {(const char *)k->salt, sizeof k->salt};
    ew_buf_init(&proof, PROOF_MAX);
    ew_code code = ew_log_prove(log, k->entry, salt, &proof, err);
    ew_buf_release(&proof);
    *reached = code == EW_OK;
    if (code == EW_E_NOTFOUND) {
        ew_err_clear(err);
        code = EW_OK;
    }
    return code;
}

static ew_code add_event(ew_look *l, const char *log, const ew_event_kept *k, ew_err *err)
{
    ew_look_event *e = &l->events[l->event_count];
    ew_slice bytes = {(const char *)k->bytes.data, k->bytes.len};
    *e = (ew_look_event){.kind = ew_event_name(k->event.kind),
                         .custody = ew_ops__is_custody(k->event.kind),
                         .time = k->event.time};
    ew_code code = find_reach(log, k, &e->reached, err);
    if (code == EW_OK)
        code = tell(e, &k->event, err);
    if (code != EW_OK)
        return code;
    l->event_count++;
    if (e->reached)
        ew_ops__mark_event(l->events_mark[1], bytes);
    if (e->reached && !e->custody)
        ew_ops__mark_event(l->events_mark[0], bytes);
    return EW_OK;
}

ew_code ew_look__find_events(ew_look *l, ew_err *err)
{
    ew_event_list list;
    const ew_gathered *g = l->g;
    char *log = ew_desk_log_dir(g->d->dir);
    ew_code code = ew_ops_events(g->d, g->seal.item, &list, err);
    if (code == EW_OK && log == NULL)
        code = ew_fail_nomem(err);
    if (code == EW_OK) {
        l->events = ew_alloc_array(list.n, sizeof *l->events);
        code = l->events != NULL ? EW_OK : ew_fail_nomem(err);
    }
    for (size_t i = 0; i < list.n && code == EW_OK; i++) {
        const ew_event_kept *k = &list.kept[i];
        if (k->logged && k->event.has_item &&
            memcmp(k->event.item, g->seal.item, sizeof k->event.item) == 0)
            code = add_event(l, log, k, err);
    }
    ew_event_list_release(&list);
    ew_free(log);
    return code;
}
