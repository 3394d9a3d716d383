/* SPDX-License-Identifier: Apache-2.0 */
/* Disclosing a part of what was sealed, and verifying what somebody disclosed. */
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/seal_gather.h"
#include "seal/policy.h"
#include "seal/select.h"

static ew_code disclose(ew_gathered *g, const ew_disclosure *what, ew_disclosed *out,
                        ew_err *err)
{
    ew_select_in in = {&g->seal.streams[0], &g->file.cuts, g->file.src, what->show,
                       what->hide};
    ew_selection chosen;
    ew_code code = ew_select(&chosen, &in, err);
    if (code != EW_OK)
        return code;
    out->runs = chosen.runs;
    out->run_count = chosen.run_count;
    chosen.runs = NULL;
    ew_selection_release(&chosen);
    memcpy(out->hex, g->kept.hex, sizeof out->hex);
    out->stream = g->seal.streams[0];
    for (size_t i = 0; i < out->run_count; i++)
        out->shown += out->runs[i].count;
    if (what->out == NULL)
        return EW_OK;
    ew_view content = {g->file.cuts.n, out->runs, out->run_count};
    ew_view meta = {g->meta.cuts.n, NULL, 0};
    code = ew_ops__gather_proof(g, err);
    return code == EW_OK ? ew_ops__gathered_write(g, what->out, &content, &meta, err)
                         : code;
}

ew_code ew_ops_disclose(const ew_desk *d, const ew_disclosure *what, ew_disclosed *out,
                        ew_err *err)
{
    ew_gathered *g = NULL;
    memset(out, 0, sizeof *out);
    ew_code code = ew_ops__gather(&g, d, what->item, what->file, err);
    if (code == EW_OK)
        code = disclose(g, what, out, err);
    if (code != EW_OK)
        ew_disclosed_release(out);
    ew_ops__gathered_free(g);
    return code;
}

void ew_disclosed_release(ew_disclosed *d)
{
    ew_free(d->runs);
    memset(d, 0, sizeof *d);
}
