/* SPDX-License-Identifier: Apache-2.0 */
/* What the user sees: data on stdout, messages and progress on stderr. */
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/utf8.h"
#include "base/words.h"
#include "report/times.h"

enum { LINE_MAX_BYTES = 1 << 17, BAR_COLUMNS = 20, WIDTH_DEFAULT = 80 };

static const double ticks_apart = 0.2;
static const double eta_after = 1.5; /* seconds; before, the rate says too little */

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ settings */

static bool is_dumb(void)
{
    const char *term = getenv("TERM");

    return term == NULL || term[0] == 0 || strcmp(term, "dumb") == 0;
}

static size_t terminal_width(int fd)
{
    struct winsize w;
    const char *columns = getenv("COLUMNS");
    unsigned long n = columns == NULL ? 0 : strtoul(columns, NULL, 10);

    if (!isatty(fd))
        return 0;
    if (n >= 20 && n < 10000)
        return (size_t)n;
    return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : WIDTH_DEFAULT;
}

static ew_code choose_style(const char *when, int fd, ew_text_style *style, ew_err *err)
{
    const char *no_color = getenv("NO_COLOR");
    bool fits = isatty(fd) && !is_dumb() && (no_color == NULL || no_color[0] == 0);

    style->width = terminal_width(fd);
    if (when == NULL || strcmp(when, "auto") == 0)
        style->color = fits;
    else if (strcmp(when, "always") == 0 || strcmp(when, "never") == 0)
        style->color = when[0] == 'a';
    else
        return ew_fail(err, EW_E_ARG, 0, "--color is auto, always or never, not '%s'",
                       when);
    return EW_OK;
}

static ew_code choose_progress(app *a, const char *how, ew_err *err)
{
    if (how == NULL || strcmp(how, "auto") == 0)
        a->progress = isatty(STDERR_FILENO) && !is_dumb() && !a->quiet && !a->json
                          ? PROGRESS_LINE
                          : PROGRESS_NONE;
    else if (strcmp(how, "json") == 0)
        a->progress = PROGRESS_JSON;
    else if (strcmp(how, "none") == 0)
        a->progress = PROGRESS_NONE;
    else
        return ew_fail(err, EW_E_ARG, 0, "--progress is auto, json or none, not '%s'",
                       how);
    return EW_OK;
}

ew_code app_init(app *a, const args *in, ew_err *err)
{
    double jobs = 0;
    ew_code rc;

    *a = (app){.wait_seconds = 10};
    a->archive = in->values[OPT_ARCHIVE];
    a->json = in->values[OPT_JSON] != NULL;
    a->quiet = in->values[OPT_QUIET] != NULL;
    a->verbose = in->values[OPT_VERBOSE] != NULL;
    rc = choose_style(in->values[OPT_COLOR], STDOUT_FILENO, &a->out_style, err);
    if (rc == EW_OK)
        rc = choose_style(in->values[OPT_COLOR], STDERR_FILENO, &a->err_style, err);
    if (rc == EW_OK)
        rc = choose_progress(a, in->values[OPT_PROGRESS], err);
    if (rc == EW_OK)
        rc = args_number(in, OPT_JOBS, 256, &jobs, err);
    if (rc == EW_OK)
        rc = args_number(in, OPT_WAIT, 86400, &a->wait_seconds, err);
    a->jobs = (unsigned)jobs;
    return rc;
}

void app_release(app *a)
{
    ew_free(a->archive_dir);
    a->archive_dir = NULL;
}

/* ------------------------------------------------------------------ data */

void out_write(app *a, const ew_buf *b)
{
    progress_clear(a);
    if (b->len == 0 || a->out_failed)
        return;
    if (fwrite(b->data, 1, b->len, stdout) == b->len && fflush(stdout) == 0)
        return;
    a->out_failed = true;
    if (errno == EPIPE) { /* the reader has what it wanted, as with any other program */
        (void)signal(SIGPIPE, SIG_DFL);
        (void)raise(SIGPIPE);
    }
    say(a, "cannot write to standard output: %s", strerror(errno));
}

void out_object(app *a, ew_obj *o)
{
    ew_buf b;

    ew_buf_init(&b, LINE_MAX_BYTES);
    if (ew_obj_print(o, &b, NULL) == EW_OK)
        out_write(a, &b);
    else
        a->out_failed = true; /* out of memory: the answer is not whole */
    ew_buf_release(&b);
}

/* ------------------------------------------------------------------ messages */

static void err_line(app *a, const char *prefix, const char *text)
{
    progress_clear(a);
    (void)fprintf(stderr, "%s%s\n", prefix, text);
}

/* Names in messages are made safe where they come from; this catches the rest, such as
 * operands that are quoted in a usage error. A text that is safe already has backslashes,
 * which must not be doubled: only what would harm a terminal is escaped. */
static bool is_clean(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++)
        if (*c < 0x20 || *c == 0x7f)
            return false;
    return ew_utf8_valid(text, strlen(text));
}

static void say_safe(app *a, const char *text)
{
    ew_buf b;

    if (is_clean(text)) {
        err_line(a, "earwitness: ", text);
        return;
    }
    ew_buf_init(&b, LINE_MAX_BYTES);
    if (ew_utf8_append_safe(&b, text, strlen(text), NULL) == EW_OK && b.data != NULL)
        err_line(a, "earwitness: ", (const char *)b.data);
    ew_buf_release(&b);
}

EW_PRINTF(2, 0)
static void say_args(app *a, const char *fmt, va_list list)
{
    char text[2048];

    (void)vsnprintf(text, sizeof(text), ew_tr(fmt), list);
    say_safe(a, text);
}

void say(app *a, const char *fmt, ...)
{
    va_list list;

    if (a->quiet)
        return;
    va_start(list, fmt);
    say_args(a, fmt, list);
    va_end(list);
}

void say_verbose(app *a, const char *fmt, ...)
{
    va_list list;

    if (!a->verbose)
        return;
    va_start(list, fmt);
    say_args(a, fmt, list);
    va_end(list);
}

static void error_json(app *a, const ew_err *e, const char *name, const char *advice)
{
    ew_obj o = ew_obj_new();
    ew_buf b;

    ew_obj_str(&o, "schema", "earwitness.error/1");
    if (name != NULL)
        ew_obj_str(&o, "name", name);
    ew_obj_set(&o, "error", ew_json_error(e, advice));
    ew_buf_init(&b, LINE_MAX_BYTES);
    if (ew_obj_print(&o, &b, NULL) == EW_OK) {
        progress_clear(a);
        (void)fwrite(b.data, 1, b.len, stderr);
    }
    ew_buf_release(&b);
}

void say_error(app *a, const ew_err *e, const char *name)
{
    const char *advice = name != NULL ? ew_ops_input_advice(e) : ew_ops_advice(e);
    char text[2048];
    bool named = name == NULL || strstr(e->text, name) != NULL;

    if (a->json) {
        error_json(a, e, name, advice);
        return;
    }
    (void)snprintf(text, sizeof(text), "%s%s%s%s%s", named ? "" : name, named ? "" : ": ",
                   ew_said(e->text), advice[0] != 0 ? "; " : "", ew_said(advice));
    say_safe(a, text);
}

int fail_command(app *a, const ew_err *e)
{
    say_error(a, e, NULL);
    switch (e->code) {
    case EW_E_CANCELLED:
        return EXIT_INTERRUPTED;
    case EW_E_BUSY:
        return EXIT_LOCKED;
    case EW_E_ARG:
        return EXIT_USAGE;
    default:
        return EXIT_SOME_FAILED;
    }
}

int fail_archive(app *a, const ew_err *e)
{
    ew_err none = *e;

    if (e->code != EW_E_NOTFOUND)
        return fail_command(a, e);
    (void)ew_fail(&none, EW_E_NOTFOUND, 0,
                  "no archive in '%s'; make one with 'earwitness add FOLDER', or name "
                  "another with --archive DIR",
                  a->archive_dir);
    say_error(a, &none, NULL);
    return EXIT_NO_ARCHIVE;
}

int app_find_archive(app *a)
{
    ew_err err;

    ew_err_clear(&err);
    if (a->archive_dir != NULL ||
        ew_ops_archive_dir(a->archive, &a->archive_dir, &err) == EW_OK)
        return 0;
    say_error(a, &err, NULL);
    return err.code == EW_E_NOTFOUND ? EXIT_NO_ARCHIVE : EXIT_SOME_FAILED;
}

int open_archive(app *a, ew_index **ix)
{
    ew_index_stats stats;
    ew_err err;
    int code = app_find_archive(a);

    *ix = NULL;
    if (code != 0)
        return code;
    if (ew_index_open(ix, a->archive_dir, &err) != EW_OK)
        return fail_archive(a, &err);
    if (ew_index_get_stats(*ix, &stats, &err) == EW_OK && stats.damaged > 0)
        say(a,
            "%llu recording%s left out as damaged; 'earwitness archive verify' says what "
            "and how to mend it",
            (unsigned long long)stats.damaged, stats.damaged == 1 ? " is" : "s are");
    return 0;
}

static void told_waiting(void *cookie, const char *text)
{
    app *a = cookie;

    say(a, "waiting: %s", text);
}

ew_wait app_wait(app *a)
{
    return (ew_wait){a->wait_seconds, &app_stop, told_waiting, a};
}

/* ------------------------------------------------------------------ progress */

void progress_clear(app *a)
{
    if (a->line_shown)
        (void)fputs("\r\033[K", stderr);
    a->line_shown = false;
}

/* Seconds to go; negative when it cannot be said. */
static double eta(const progress_state *p, double elapsed)
{
    if (p->share <= 0.001 || elapsed < eta_after)
        return -1;
    return elapsed * (1 - p->share) / p->share;
}

static void progress_json(const progress_state *p, double elapsed)
{
    ew_obj o = ew_obj_new();
    double left = eta(p, elapsed);
    ew_buf b;

    ew_obj_str(&o, "schema", "earwitness.progress/1");
    ew_obj_str(&o, "stage", p->stage);
    if (p->share >= 0)
        ew_obj_real(&o, "done", p->share, 4);
    if (p->files_total > 0) {
        ew_obj_int(&o, "files_done", (int64_t)p->files_done);
        ew_obj_int(&o, "files_total", (int64_t)p->files_total);
    }
    if (p->sound_seconds > 0 && elapsed > 0)
        ew_obj_real(&o, "times_real_time", p->sound_seconds / elapsed, 1);
    ew_obj_real(&o, "elapsed_seconds", elapsed, 1);
    if (left >= 0)
        ew_obj_real(&o, "eta_seconds", left, 1);
    ew_buf_init(&b, LINE_MAX_BYTES);
    if (ew_obj_print(&o, &b, NULL) == EW_OK)
        (void)fwrite(b.data, 1, b.len, stderr);
    ew_buf_release(&b);
}

static void add_text(char *line, size_t size, const char *fmt, ...) EW_PRINTF(3, 4);
static void add_text(char *line, size_t size, const char *fmt, ...)
{
    size_t n = strlen(line);
    va_list list;

    va_start(list, fmt);
    (void)vsnprintf(line + n, size - n, fmt, list);
    va_end(list);
}

static void progress_line(app *a, const progress_state *p, double elapsed)
{
    char line[256] = "";
    char text[EW_TIME_TEXT];
    double left = eta(p, elapsed);

    if (p->share >= 0) {
        int full = (int)lround(p->share * BAR_COLUMNS);
        add_text(line, sizeof(line), "[");
        for (int i = 0; i < BAR_COLUMNS; i++)
            add_text(line, sizeof(line), "%c", i < full ? '=' : ' ');
        add_text(line, sizeof(line), "] %3.0f %%", floor(p->share * 100));
    } else {
        add_text(line, sizeof(line), "%s", p->stage);
    }
    if (p->files_total > 0)
        add_text(line, sizeof(line), "  %llu of %llu", (unsigned long long)p->files_done,
                 (unsigned long long)p->files_total);
    if (p->sound_seconds > 0 && elapsed > 0.5)
        add_text(line, sizeof(line), "  %.0f× real time", p->sound_seconds / elapsed);
    if (left >= 0)
        add_text(line, sizeof(line), "  %s to go", ew_length_text(left, text));
    if (a->err_style.width > 1 &&
        ew_utf8_columns(line, strlen(line)) >= a->err_style.width)
        return; /* a line that wraps cannot be wiped */
    (void)fprintf(stderr, "\r\033[K%s", line);
    (void)fflush(stderr);
    a->line_shown = true;
}

void progress_show(app *a, const progress_state *p)
{
    double now = now_seconds();

    if (a->progress_began <= 0)
        a->progress_began = now;
    if (a->progress == PROGRESS_NONE || now - a->progress_last < ticks_apart)
        return;
    a->progress_last = now;
    if (a->progress == PROGRESS_JSON)
        progress_json(p, now - a->progress_began);
    else
        progress_line(a, p, now - a->progress_began);
}

static int show_tick(void *cookie, const char *stage, int64_t done, int64_t total)
{
    progress_state p = {.stage = stage, .share = -1};

    if (total > 0)
        p.share = done < total ? (double)done / (double)total : 1;
    progress_show(cookie, &p);
    return ew_stopped(&app_stop);
}

ew_progress app_progress(app *a)
{
    return (ew_progress){show_tick, a};
}
