/* SPDX-License-Identifier: Apache-2.0 */
/* The tree for Graphviz: `dot -Tsvg`. */
#include <string.h>

#include "report/family_finding.h"
#include "report/times.h"

typedef struct graph {
    const ew_family_finding *f;
    ew_buf *out;
    ew_err *err;
} graph;

/* Inside double quotes: these two end or change what follows. */
static ew_code quoted(const graph *g, const char *s)
{
    ew_code rc = EW_OK;

    for (size_t i = 0; s[i] != 0 && rc == EW_OK; i++) {
        if (s[i] == '"' || s[i] == '\\')
            rc = ew_buf_append(g->out, "\\", 1, g->err);
        if (rc == EW_OK)
            rc = ew_buf_append(g->out, s + i, 1, g->err);
    }
    return rc;
}

static const char *node_look(ew_member_kind kind)
{
    switch (kind) {
    case EW_MEMBER_ROOT:
        return ", penwidth=2.5";
    case EW_MEMBER_UNDECIDED:
        return ", style=dashed";
    case EW_MEMBER_UNRELATED:
    case EW_MEMBER_SILENT:
        return ", color=gray50, fontcolor=gray40";
    case EW_MEMBER_CHILD:
    case EW_MEMBER_DUPLICATE:
        break;
    }
    return "";
}

static ew_code node(const graph *g, size_t i)
{
    const ew_member *m = &g->f->family->members[i];
    char length[EW_TIME_TEXT];
    ew_code rc = ew_buf_printf(g->out, g->err, "  c%zu [label=\"", i);

    if (rc == EW_OK)
        rc = quoted(g, g->f->copies[i].name);
    return rc == EW_OK
               ? ew_buf_printf(
                     g->out, g->err, "\\n%s %s\"%s];\n", g->f->copies[i].info.codec,
                     ew_time_text((double)m->samples / EW_FAMILY_RATE_HZ, length),
                     node_look(m->kind))
               : rc;
}

static ew_code child_edge(const graph *g, size_t i)
{
    const ew_member *m = &g->f->family->members[i];
    char sure[EW_TIME_TEXT];
    ew_code rc = ew_buf_printf(g->out, g->err, "  c%zu -> c%zu [label=\"%s\", tooltip=\"",
                               m->parent, i, ew_certainty_text(m->certainty, sure));

    for (size_t k = 0; k < m->reason_count && rc == EW_OK; k++) {
        if (k > 0)
            rc = ew_buf_append(g->out, "; ", 2, g->err);
        if (rc == EW_OK)
            rc = quoted(g, m->reasons[k].text);
    }
    return rc == EW_OK ? ew_buf_printf(g->out, g->err, "\"];\n") : rc;
}

static ew_code maybe_edges(const graph *g, size_t i)
{
    const ew_member *m = &g->f->family->members[i];
    char share[EW_TIME_TEXT];
    ew_code rc = EW_OK;

    for (size_t k = 0; k < m->candidate_count && rc == EW_OK; k++)
        rc = ew_buf_printf(
            g->out, g->err, "  c%zu -> c%zu [style=dashed, label=\"%s?\"];\n",
            m->candidates[k].copy, i, ew_percent_text(m->candidates[k].share, share));
    return rc;
}

static ew_code edges(const graph *g, size_t i)
{
    const ew_member *m = &g->f->family->members[i];

    switch (m->kind) {
    case EW_MEMBER_CHILD:
        return child_edge(g, i);
    case EW_MEMBER_UNDECIDED:
        return maybe_edges(g, i);
    case EW_MEMBER_DUPLICATE:
        return ew_buf_printf(g->out, g->err,
                             "  c%zu -> c%zu [style=dotted, dir=none, label=\"=\"];\n",
                             m->duplicate_of, i);
    case EW_MEMBER_ROOT:
    case EW_MEMBER_UNRELATED:
    case EW_MEMBER_SILENT:
        break;
    }
    return EW_OK;
}

ew_code ew_report_family_dot(const ew_family_finding *f, ew_buf *out, ew_err *err)
{
    const graph g = {f, out, err};
    ew_code rc = ew_buf_printf(out, err,
                               "digraph family {\n  rankdir=LR;\n  node [shape=box, "
                               "fontname=\"sans-serif\", fontsize=11];\n  edge "
                               "[fontname=\"sans-serif\", fontsize=10];\n");

    for (size_t i = 0; i < f->family->count && rc == EW_OK; i++)
        rc = node(&g, i);
    for (size_t i = 0; i < f->family->count && rc == EW_OK; i++)
        rc = edges(&g, i);
    return rc == EW_OK ? ew_buf_append(out, "}\n", 2, err) : rc;
}
