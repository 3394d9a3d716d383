/* SPDX-License-Identifier: Apache-2.0 */
/* Sound from any file: the client of the decoder process. */
#include "earwitness/media.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "media/frames.h"
#include "media/process.h"

struct ew_media {
    ew_media__process process;
    ew_media__frames *frames;
    ew_media_opts opts;
    char name[EW_MEDIA__NAME_BYTES]; /* safe form for messages */
    bool ended;                      /* all was given */
    ew_err failure;                  /* what ended it; every later read says so again */
};

ew_media_opts ew_media_opts_default(void)
{
    ew_media_opts o = {.stall_seconds = 60, .memory_bytes = (uint64_t)2 << 30};

    return o;
}

static ew_code check_opts(const ew_media_opts *o, ew_err *err)
{
    const int64_t most_ms = (int64_t)EW_DP_DAYS_MAX * 86400 * 1000;

    if (o->rate_hz != 0 && (o->rate_hz < 1000 || o->rate_hz > 192000))
        return ew_fail(err, EW_E_ARG, 0, "the sample rate must be 1000..192000 Hz, or 0");
    if (o->channels > 1)
        return ew_fail(err, EW_E_ARG, 0, "channels must be 0 or 1");
    if (o->start_ms < 0 || o->length_ms < 0 || o->start_ms > most_ms ||
        o->length_ms > most_ms)
        return ew_fail(err, EW_E_ARG, 0, "start and length must be 0..366 days");
    if (o->stall_seconds == 0 || o->stall_seconds > 86400)
        return ew_fail(err, EW_E_ARG, 0, "stall_seconds must be 1..86400");
    return EW_OK;
}

/* The ending of a name, as a hint for formats that have no mark of their own. */
static void extension_of(char out[12], const char *path)
{
    const char *dot = strrchr(path, '.');
    size_t n = 0;

    out[0] = 0;
    if (dot == NULL || strchr(dot, '/') != NULL)
        return;
    for (const char *c = dot + 1; *c != 0; c++) {
        char low = *c >= 'A' && *c <= 'Z' ? (char)(*c + ('a' - 'A')) : *c;

        if (n >= 11 || !((low >= 'a' && low <= 'z') || (low >= '0' && low <= '9'))) {
            out[0] = 0;
            return;
        }
        out[n++] = low;
    }
    out[n] = 0;
}

/* ---------------------------------------------------------------- how it failed */

static ew_code fail_said(const ew_media *m, ew_err *err)
{
    const ew_media__frames *f = m->frames;
    const unsigned long long mib = m->opts.memory_bytes >> 20;

    switch (f->fail_kind) {
    case EW_DP_FAIL_FORMAT:
        return ew_fail(err, EW_E_FORMAT, 0, "cannot decode '%s': %s", m->name,
                       f->fail_text);
    case EW_DP_FAIL_LIMIT:
        return ew_fail(err, EW_E_LIMIT, 0, "cannot decode '%s': %s", m->name,
                       f->fail_text);
    case EW_DP_FAIL_MEMORY:
        return ew_fail(err, EW_E_LIMIT, 0,
                       "cannot decode '%s': it takes more than %llu MiB of "
                       "memory; convert it to FLAC first if you trust it",
                       m->name, mib);
    case EW_DP_FAIL_SYSTEM:
        return ew_fail(err, EW_E_IO, 0, "cannot decode '%s': %s", m->name, f->fail_text);
    default:
        return ew_fail(err, EW_E_BUG, 0, "cannot decode '%s': %s", m->name, f->fail_text);
    }
}

/* ---------------------------------------------------------------- reading */

/* Fetches bytes; the end of the pipe is always too early here. */
static ew_code read_more(ew_media *m, ew_err *err)
{
    size_t room, got = 0;
    uint8_t *to = ew_media__frames_room(m->frames, &room);
    ew_code rc =
        ew_media__process_read(&m->process, to, room, m->opts.stall_seconds, &got, err);

    if (rc == EW_E_BUSY) {
        ew_media__process_end(&m->process);
        return ew_media__stalled(m->opts.stall_seconds, m->name, err);
    }
    if (rc < 0)
        return rc;
    if (got == 0) {
        ew_media__process_wait(&m->process);
        return ew_media__died(&m->process, m->name, err);
    }
    ew_media__frames_filled(m->frames, got);
    return EW_OK;
}

/* Goes on to the next INFO, PCM or END. */
static ew_code next_event(ew_media *m, ew_media__event *event, ew_err *err)
{
    for (;;) {
        ew_err wrong = {0};
        ew_code rc = ew_media__frames_next(m->frames, event, &wrong);

        if (rc == EW_E_NOMEM)
            return ew_fail_nomem(err);
        if (rc < 0)
            return ew_fail(err, EW_E_IO, 0, "cannot decode '%s': %s", m->name,
                           wrong.text);
        if (*event == EW_MEDIA__FAIL) {
            ew_media__process_end(&m->process);
            return fail_said(m, err);
        }
        if (*event == EW_MEDIA__MORE) {
            rc = read_more(m, err);
            if (rc < 0)
                return rc;
        } else if (*event != EW_MEDIA__OTHER) {
            return EW_OK;
        }
    }
}

static ew_code open_common(ew_media **out, int fd, const char *name,
                           const ew_media_opts *opts, ew_err *err)
{
    ew_media *m = ew_alloc(sizeof *m);
    char extension[12];
    ew_media__event event = EW_MEDIA__MORE;
    ew_code rc;

    if (m == NULL)
        return ew_fail_nomem(err);
    m->process.fd = -1;
    m->opts = *opts;
    m->opts.decoder_path = NULL; /* not needed later, and borrowed */
    extension_of(extension, name);
    rc = ew_media__short_name(m->name, name, err);
    if (rc == EW_OK)
        rc = ew_media__frames_new(&m->frames,
                                  (ew_media__asked){opts->rate_hz, opts->channels}, err);
    if (rc == EW_OK)
        m->frames->facts_asked = opts->facts;
    if (rc == EW_OK)
        rc = ew_media__process_start(&m->process, fd, extension, false, opts, err);
    if (rc == EW_OK)
        rc = next_event(m, &event, err);
    if (rc == EW_OK && event != EW_MEDIA__INFO)
        rc = ew_fail(err, EW_E_IO, 0,
                     "cannot decode '%s': the decoder program gave no INFO", m->name);
    if (rc < 0) {
        ew_media_close(m);
        return rc;
    }
    *out = m;
    return EW_OK;
}

ew_code ew_media_open_fd(ew_media **out, int fd, const char *name,
                         const ew_media_opts *opts, ew_err *err)
{
    const ew_media_opts o = opts != NULL ? *opts : ew_media_opts_default();
    char safe[EW_MEDIA__NAME_BYTES];
    ew_code rc;

    *out = NULL;
    rc = check_opts(&o, err);
    if (rc == EW_OK)
        rc = ew_media__short_name(safe, name, err);
    if (rc < 0)
        return rc;
    rc = ew_media__check_file(fd, safe, err);
    if (rc < 0)
        return rc;
    return open_common(out, fd, name, &o, err);
}

ew_code ew_media_open(ew_media **out, const char *path, const ew_media_opts *opts,
                      ew_err *err)
{
    const ew_media_opts o = opts != NULL ? *opts : ew_media_opts_default();
    char safe[EW_MEDIA__NAME_BYTES];
    int fd = -1;
    ew_code rc;

    *out = NULL;
    rc = check_opts(&o, err);
    if (rc == EW_OK)
        rc = ew_media__short_name(safe, path, err);
    if (rc < 0)
        return rc;
    rc = ew_media__open_file(&fd, path, safe, err);
    if (rc < 0)
        return rc;
    rc = open_common(out, fd, path, &o, err);
    close(fd); /* the decoder has its own */
    return rc;
}

ew_code ew_media_read(ew_media *m, float *pcm, size_t cap_frames, size_t *got_frames,
                      ew_err *err)
{
    ew_media__event event = EW_MEDIA__MORE;
    ew_code rc;

    *got_frames = 0;
    if (m->failure.code != EW_OK) {
        if (err != NULL)
            *err = m->failure;
        return m->failure.code;
    }
    while (!m->ended && cap_frames > 0) {
        *got_frames = ew_media__frames_take(m->frames, pcm, cap_frames);
        if (*got_frames > 0)
            return EW_OK;
        rc = next_event(m, &event, &m->failure);
        if (rc < 0) {
            ew_media__process_end(&m->process);
            if (err != NULL)
                *err = m->failure;
            return rc;
        }
        if (event == EW_MEDIA__END) {
            m->ended = true;
            ew_media__process_end(&m->process); /* all has come; no need to wait for it */
        }
    }
    return EW_OK;
}

const ew_media_info *ew_media_get_info(const ew_media *m)
{
    return &m->frames->info;
}

size_t ew_media_journal_count(const ew_media *m)
{
    return m->frames->journal_count;
}

const char *ew_media_journal_line(const ew_media *m, size_t i)
{
    return i < m->frames->journal_count ? m->frames->journal[i] : NULL;
}

const ew_media_fact *ew_media_facts(const ew_media *m, size_t *count)
{
    *count = m->frames->fact_count;
    return m->frames->facts;
}

uint64_t ew_media_damaged(const ew_media *m)
{
    return m->frames->damaged;
}

void ew_media_close(ew_media *m)
{
    if (m == NULL)
        return;
    ew_media__process_end(&m->process);
    ew_media__frames_free(m->frames);
    ew_free(m);
}
