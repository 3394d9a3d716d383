/* SPDX-License-Identifier: Apache-2.0 */
/* The derivative of a chat or of a text: a mark stands for whatever is withheld, however long
 * it is. What follows a gap must not look as if it belonged to what stands before it. */
#include "base/err.h"
#include "seal/published_make.h"

#define MARK "[withheld]"

/* What is withheld, and what stands around it. */
typedef struct gap {
    uint64_t parts;
    bool open;  /* the line before it has not ended */
    bool space; /* and needs a space */
    bool any;   /* something comes after it, */
    uint8_t kind;
} gap;

static ew_code put(const ew_maker *m, const char *text)
{
    ew_slice s = ew_slice_of(text);
    return ew_published__put(m, s.p, s.n);
}

/* Of one message: a single part between its beginning and what is shown of its rest. */
static bool inside_message(const gap *g)
{
    return g->open && g->any && g->parts == 1 &&
           (g->kind == EW_PART_ATTACHMENT || g->kind == EW_PART_BODY);
}

static ew_code put_chat_gap(const ew_maker *m, const gap *g)
{
    bool line = !g->any || g->kind == EW_PART_TIME; /* nothing follows on its line */
    ew_code code = EW_OK;
    if (g->open && g->space)
        code = put(m, " ");
    if (code == EW_OK && g->open && !line && !inside_message(g))
        code = put(m, MARK "\n");
    return code == EW_OK ? put(m, line ? MARK "\n" : MARK " ") : code;
}

static ew_code put_gap(const ew_maker *m, const gap *g)
{
    if (m->in->stream->splitter == EW_SPLIT_CHAT)
        return put_chat_gap(m, g);
    return put(m, g->any ? MARK "\n\n" : MARK "\n");
}

static uint64_t run_bytes(const ew_shown *run)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < run->count; i++)
        sum += run->lengths[i];
    return sum;
}

ew_code ew_published__text(const ew_maker *m)
{
    gap g = {0};
    uint64_t next = 0; /* part */
    ew_code code = EW_OK;
    for (size_t r = 0; r < m->in->run_count && code == EW_OK; r++) {
        const ew_shown *run = &m->in->runs[r];
        uint64_t bytes = run_bytes(run);
        char last = '\n';
        g.parts = run->first - next;
        g.any = true;
        g.kind = run->kinds[0];
        if (g.parts > 0)
            code = put_gap(m, &g);
        if (code == EW_OK)
            code = ew_published__copy(m, r, 0, bytes);
        if (code == EW_OK && bytes > 0)
            code = ew_published__read(m, r, bytes - 1, &last, 1);
        g.open = last != '\n';
        g.space = last != ' ';
        next = run->first + run->count;
    }
    g.parts = m->in->stream->n - next;
    g.any = false;
    return code == EW_OK && g.parts > 0 ? put_gap(m, &g) : code;
}
