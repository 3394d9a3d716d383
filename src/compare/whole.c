/* SPDX-License-Identifier: Apache-2.0 */
/* B against A as a whole: excerpts are fetched, laid on each other, measured and judged. */
#include "earwitness/whole.h"

#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "compare/whole_judge.h"
#include "earwitness/fingerprint.h"
#include "base/words.h"

static void not_tested(ew_whole *w, const char *why)
{
    for (int k = 0; k < EW_FACT_KINDS; k++) {
        w->facts[k] = (ew_fact){.kind = (ew_fact_kind)k, .state = EW_FACT_NOT_TESTED};
        (void)snprintf(w->facts[k].sentence, sizeof(w->facts[k].sentence),
                       "Not tested: %s.", why);
    }
}

/* What is kept of the excerpts besides their frames. */
typedef struct gathered {
    double speed[EW_WHOLE_EXCERPTS_MAX];
    size_t count;
} gathered;

static void keep(ew_whole__case *c, gathered *g, const ew_whole__pair *p,
                 const ew_stretch *s)
{
    if (g->count == 0)
        c->offset_s =
            p->a_s - p->b_s + (s->b_start / EW_FP_RATE_HZ - p->b_s) * (p->speed - 1);
    c->from = g->count == 0 || c->from == p->from ? p->from : 0;
    g->speed[g->count++] = p->speed;
    for (int i = 0; i < 2; i++) {
        c->flat[i] += p->flat[i];
        c->peak[i] = fmax(c->peak[i], p->peak[i]);
    }
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            c->cross.sum[i][k] += p->cross.sum[i][k];
}

static ew_code gather(const ew_whole_source *s, const ew_progress *prog, ew_whole *w,
                      ew_whole__case *c, ew_whole__frames *f, ew_err *err)
{
    ew_whole__place places[EW_WHOLE_EXCERPTS_MAX];
    const size_t count = ew_whole__places(c->diff, places);
    gathered g = {.count = 0};
    ew_code rc = EW_OK;

    for (size_t i = 0; i < count && rc == EW_OK; i++) {
        ew_whole__pair p;

        if (prog != NULL && prog->tick != NULL &&
            prog->tick(prog->cookie, "measure", (int64_t)i, (int64_t)count) != 0)
            return ew_fail(err, EW_E_CANCELLED, 0, "cancelled");
        rc = ew_whole__lay(s, &places[i], &p, err);
        if (rc != EW_OK)
            break;
        if (p.n > 0) {
            keep(c, &g, &p, &c->diff->stretches[places[i].stretch]);
            w->tested_s += (double)p.n / p.rate_hz;
            rc = ew_whole__frames_add(f, &p, (uint8_t)i, err);
        }
        ew_whole__pair_release(&p);
    }
    c->count = g.count;
    w->excerpt_count = (uint32_t)g.count;
    c->speed = ew_whole__percentile(g.speed, g.count, 0.5);
    c->speed_sd = (ew_whole__percentile(g.speed, g.count, 0.84) -
                   ew_whole__percentile(g.speed, g.count, 0.16)) /
                  2;
    return rc;
}

static ew_code measure(ew_whole__case *c, const ew_whole__frames *f, ew_err *err)
{
    const double bin_hz = (double)f->rate_hz / (double)f->size;
    const double full = 0.1875 * (double)f->size * (double)f->size; /* of rms 1 */
    ew_whole__frame_kinds k = {0};
    const double *power[2] = {f->bin_a, f->bin_b};
    double top_hz;
    ew_code rc = EW_OK;

    for (int i = 0; i < 2 && rc == EW_OK; i++)
        rc = ew_whole__edges_find(power[i], f->bins, bin_hz, c->sides[i].rate_hz / 2.0,
                                  &c->edges[i], err);
    if (rc == EW_OK)
        rc = ew_whole__loss_find(power, f->bins, bin_hz, &c->edges[EW_SIDE_A], &c->lost,
                                 err);
    top_hz = fmin(c->lost.high_hz, c->edges[EW_SIDE_B].high_hz);
    if (rc == EW_OK)
        rc = ew_whole__kinds_init(&k, f, err);
    if (rc == EW_OK)
        rc = ew_whole__voice_measure(f, &k, top_hz, &c->voice, err);
    if (rc == EW_OK)
        rc = ew_whole__rest_measure(f, &k, &c->voice, top_hz, &c->rest, err);
    c->active_s = (double)k.active_count * f->hop_s;
    c->rest_dbfs = k.loud_db - c->rest.depth_db - ew_whole__db(full);
    ew_whole__kinds_release(&k);
    return rc;
}

static void judge(const ew_whole__case *c, ew_whole *w)
{
    if (!c->diff->related) {
        not_tested(w, EW_N("A and B have no sound in common"));
        return;
    }
    not_tested(w, c->count > 0 ? EW_N("less than two seconds of sound are common to both")
                               : EW_N("no stretch can be laid wave on wave"));
    ew_whole__judge_rest(c, w);
    ew_whole__judge_sound(c, w);
    ew_whole__judge_form(c, w);
}

ew_code ew_whole_measure(const ew_diff *d, const ew_whole_source *s,
                         const ew_progress *prog, ew_whole **out, ew_err *err)
{
    ew_whole *w = ew_alloc(sizeof(*w));
    ew_whole__case c = {.diff = d, .sides = {s->sides[0], s->sides[1]}};
    ew_whole__frames f = {0};
    ew_code rc = EW_OK;

    *out = NULL;
    if (w == NULL)
        return ew_fail_nomem(err);
    if (d->related) {
        rc = ew_whole__frames_init(&f, ew_whole__rate(s), err);
        if (rc == EW_OK)
            rc = gather(s, prog, w, &c, &f, err);
        if (rc == EW_OK && f.count > 0)
            rc = measure(&c, &f, err);
        ew_whole__frames_release(&f);
    }
    if (rc != EW_OK) {
        ew_free(w);
        return rc;
    }
    judge(&c, w);
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
