/* SPDX-License-Identifier: Apache-2.0 */
/* One file: read, hash, decode at its own rate, and feed the inspection block by block. */
#include "ops/inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/err.h"
#include "earwitness/media.h"

enum { BLOCK_SAMPLES = 16384, CLUES_OF_OURS = 2 };

/* A view together with what it points into. */
typedef struct owned {
    ew_inspect_view v; /* first: a pointer to it is a pointer to this */
    ew_inspection *found;
    char *name;
    char **journal;
    char trouble[240];
} owned;

/* One inspection under way. */
typedef struct job {
    const ew_input *file;
    const ew_ops_inspect_opts *opts;
    ew_source source;
    ew_media *media;
    ew_inspector *inspector;
    float *block;
    int64_t samples, likely;
    ew_clue *clues;
    char written[24], now[24]; /* values of clues */
} job;

static const char *fact_of(const job *j, const char *key)
{
    size_t n;
    const ew_media_fact *facts = ew_media_facts(j->media, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(facts[i].key, key) == 0)
            return facts[i].value;
    return "";
}

static ew_code open_inspector(job *j, ew_err *err)
{
    const ew_media_info *info = ew_media_get_info(j->media);
    ew_inspect_sound s = {
        .rate_hz = info->rate_hz,
        .channels = info->channels,
        .lossy = strcmp(fact_of(j, "stream.lossy"), "0") != 0,
    };

    if (info->claimed_ms > 0)
        s.samples_likely = info->claimed_ms * info->rate_hz / 1000;
    j->likely = s.samples_likely;
    snprintf(s.codec, sizeof s.codec, "%s", info->codec);
    j->block = ew_alloc_array((size_t)BLOCK_SAMPLES * s.channels, sizeof *j->block);
    if (j->block == NULL)
        return ew_fail_nomem(err);
    return ew_inspector_new(&j->inspector, &s, &j->opts->inspect, err);
}

static void tick(const job *j)
{
    const ew_progress *p = j->opts->prog;

    if (p != NULL && p->tick != NULL)
        (void)p->tick(p->cookie, "inspect", j->samples, j->likely);
}

/* An error of `why` ends the sound, one of `err` the inspection. */
static ew_code feed_all(job *j, ew_err *why, ew_err *err)
{
    const int64_t most =
        (int64_t)EW_INSPECT_HOURS_MAX * 3600 * ew_media_get_info(j->media)->rate_hz;
    size_t got = 1;
    ew_code rc = EW_OK;

    while (rc == EW_OK) {
        if (ew_stopped(j->opts->stop))
            return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        if (ew_media_read(j->media, j->block, BLOCK_SAMPLES, &got, why) != EW_OK ||
            got == 0)
            return why->code == EW_E_NOMEM ? ew_fail_nomem(err) : EW_OK;
        j->samples += (int64_t)got;
        if (j->samples > most)
            return ew_fail(err, EW_E_LIMIT, 0, "'%s' is longer than %d hours",
                           j->file->name, EW_INSPECT_HOURS_MAX);
        rc = ew_inspector_feed(j->inspector, j->block, got, err);
        tick(j);
    }
    return rc;
}

/* What the decoder was told, and what only the system knows. */
static ew_code give_clues(job *j, ew_err *err)
{
    size_t n;
    const ew_media_fact *facts = ew_media_facts(j->media, &n);

    j->clues = ew_alloc_array(n + CLUES_OF_OURS, sizeof *j->clues);
    if (j->clues == NULL)
        return ew_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        j->clues[i] = (ew_clue){facts[i].key, facts[i].value};
    snprintf(j->written, sizeof j->written, "%" PRId64, j->source.mtime_ns / 1000000000);
    snprintf(j->now, sizeof j->now, "%lld", (long long)time(NULL));
    j->clues[n] = (ew_clue){"file.modified", j->written};
    j->clues[n + 1] = (ew_clue){"now", j->now};
    ew_inspector_clues(j->inspector, j->clues, n + CLUES_OF_OURS);
    return EW_OK;
}

static ew_code copy_journal(owned *o, const ew_media *m, ew_err *err)
{
    size_t n = ew_media_journal_count(m);

    o->journal = ew_alloc_array(n + 1, sizeof *o->journal);
    if (o->journal == NULL)
        return ew_fail_nomem(err);
    o->v.journal = (const char *const *)o->journal;
    for (size_t i = 0; i < n; i++) {
        o->journal[i] = ew_strdup(ew_media_journal_line(m, i));
        if (o->journal[i] == NULL)
            return ew_fail_nomem(err);
        o->v.journal_count++;
    }
    return EW_OK;
}

static void note_trouble(owned *o, const ew_media *m, const ew_err *why)
{
    uint64_t damaged = ew_media_damaged(m);

    if (why->code != EW_OK)
        snprintf(o->trouble, sizeof o->trouble, "%s", why->text);
    else if (damaged > 0)
        snprintf(o->trouble, sizeof o->trouble,
                 "%" PRIu64 " damaged %s could not be decoded", damaged,
                 damaged == 1 ? "part" : "parts");
}

static ew_code inspect_sound(job *j, owned *o, ew_err *err)
{
    ew_media_opts mo = ew_media_opts_default();
    ew_err why;
    ew_code rc;

    ew_err_clear(&why);
    mo.facts = true;
    rc = ew_media_open_fd(&j->media, j->source.fd, j->file->name, &mo, err);
    if (rc == EW_OK)
        rc = open_inspector(j, err);
    if (rc == EW_OK)
        rc = feed_all(j, &why, err);
    if (rc == EW_OK && j->samples == 0)
        rc = why.code != EW_OK
                 ? ew_fail(err, why.code, why.pos, "%s", why.text)
                 : ew_fail(err, EW_E_FORMAT, 0, "'%s' holds no sound", j->file->name);
    if (rc == EW_OK && ew_stopped(j->opts->stop)) /* its death is no fault of the file */
        rc = ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
    if (rc == EW_OK)
        rc = give_clues(j, err);
    if (rc == EW_OK)
        rc = ew_inspector_finish(j->inspector, &o->found, err);
    if (rc != EW_OK)
        return rc;
    o->v.info = *ew_media_get_info(j->media);
    note_trouble(o, j->media, &why);
    return copy_journal(o, j->media, err);
}

ew_code ew_ops_inspect(const ew_input *file, const ew_ops_inspect_opts *opts,
                       ew_inspect_view **out, ew_err *err)
{
    job j = {.file = file, .opts = opts, .source = {.fd = -1}};
    owned *o = ew_alloc(sizeof *o);
    ew_code rc;

    *out = NULL;
    if (o == NULL)
        return ew_fail_nomem(err);
    o->name = ew_strdup(file->name);
    rc = o->name == NULL ? ew_fail_nomem(err)
                         : ew_source_open(&j.source, file, opts->stop, err);
    if (rc == EW_OK)
        rc = ew_source_hash(&j.source, file->name, o->v.sha256, opts->stop, err);
    if (rc == EW_OK)
        rc = inspect_sound(&j, o, err);
    if (rc == EW_OK) {
        o->v.name = o->name;
        o->v.bytes = j.source.bytes;
        o->v.trouble = o->trouble;
        o->v.found = o->found;
        *out = &o->v;
    } else {
        ew_inspect_view_free(&o->v);
    }
    ew_inspector_free(j.inspector);
    ew_media_close(j.media);
    ew_source_close(&j.source);
    ew_free(j.clues);
    ew_free(j.block);
    return rc;
}

void ew_inspect_view_free(ew_inspect_view *v)
{
    owned *o = (owned *)v;

    if (o == NULL)
        return;
    for (size_t i = 0; i < o->v.journal_count; i++)
        ew_free(o->journal[i]);
    ew_free(o->journal);
    ew_inspection_free(o->found);
    ew_free(o->name);
    ew_free(o);
}
