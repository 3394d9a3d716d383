/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of `inspect` for people: verdict, findings, what was not tested, what the file
 * says of itself. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "base/words.h"
#include "report/inspect_view.h"
#include "report/times.h"

enum { SHA_SHOWN = 12, SHOWN_MAX = 100, NARROW = 60, PLAIN_WIDTH = 100 };

/* Where text goes. */
typedef struct page {
    const ew_inspect_view *v;
    const ew_text_style *style;
    ew_buf *out;
    ew_err *err;
    size_t width;
} page;

static double seconds(const page *p, int64_t samples)
{
    return (double)samples / p->v->found->rate_hz;
}

/* What is a text of ours goes through ew_tr or ew_said. */
#define PUT(...) ew_buf_printf(p->out, p->err, __VA_ARGS__)

/* ---------------------------------------------------------------- wrapped text */

static size_t word_length(const char *s)
{
    return strcspn(s, " ");
}

/* Text in lines that begin `indent` columns in; the cursor stands at column `at`. */
static ew_code wrapped(const page *p, const char *text, size_t at, size_t indent)
{
    ew_code rc = EW_OK;
    bool first = true;

    text += strspn(text, " ");
    while (rc == EW_OK && *text != 0) {
        const size_t n = word_length(text), columns = ew_utf8_columns(text, n);
        if (at > indent && at + 1 + columns > p->width) {
            rc = PUT("\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            rc = PUT(" ");
            at++;
        }
        first = false;
        if (rc == EW_OK)
            rc = ew_buf_append(p->out, text, n, p->err);
        at += columns;
        text += n;
        text += strspn(text, " ");
    }
    return rc == EW_OK ? PUT("\n") : rc;
}

/* ---------------------------------------------------------------- head */

static ew_code head(const page *p)
{
    const ew_inspect_view *v = p->v;
    char hex[EW_SHA256_HEX + 1], length[EW_TIME_TEXT];
    ew_code rc;

    ew_hex(v->sha256, EW_SHA256_BYTES, hex);
    rc = PUT(ew_tr("%s%s%s  %s, %s, %u Hz, %u channel%s, SHA-256 %.*s…\n"),
             ew_bold(p->style), v->name, ew_plain(p->style),
             ew_time_text(seconds(p, v->found->samples), length), v->info.codec,
             v->info.stored_rate_hz, v->info.stored_channels,
             v->info.stored_channels == 1 ? "" : "s", SHA_SHOWN, hex);
    if (rc == EW_OK && v->trouble[0] != 0)
        rc = PUT(ew_tr("trouble with the file: %s\n"), ew_said(v->trouble));
    return rc;
}

static ew_code place(const page *p, const ew_trace *t)
{
    char text[EW_INSPECT_PLACE_TEXT];

    return PUT("%s", ew_said(ew_inspect_place_text(p->v->found, t, text)));
}

static ew_code verdict(const page *p)
{
    const size_t signs = ew_inspect_signs(p->v->found);
    const ew_trace *t = ew_inspect_strongest(p->v->found);
    ew_code rc;

    if (t == NULL)
        return PUT(
            ew_tr("%sno sign of change found%s; absence of detection does not guarantee "
                  "absence\n"),
            ew_bold(p->style), ew_plain(p->style));
    rc = PUT(ew_tr("%s%zu sign%s of change%s, strongest: no. %td ("), ew_bold(p->style),
             signs, signs == 1 ? "" : "s", ew_plain(p->style),
             t - p->v->found->traces + 1);
    if (rc == EW_OK)
        rc = place(p, t);
    return rc == EW_OK ? PUT(", %s)\n", ew_said(t->method)) : rc;
}

/* ---------------------------------------------------------------- findings */

static ew_code finding(const page *p, const ew_trace *t, size_t number, size_t digits)
{
    char rate[EW_INSPECT_RATE_TEXT];
    const int indent = (int)digits + 2;
    ew_code rc = PUT("%*zu  %s", (int)digits, number, ew_bold(p->style));

    if (rc == EW_OK)
        rc = place(p, t);
    if (rc == EW_OK)
        rc = PUT("%s  %s%s", ew_plain(p->style), ew_dim(p->style), ew_said(t->method));
    if (rc == EW_OK && t->kind == EW_TRACE_CHANGE)
        rc = PUT("; %s", ew_said(ew_inspect_rate_text(t, rate)));
    if (rc == EW_OK)
        rc = PUT("%s\n%*s", ew_plain(p->style), indent, "");
    return rc == EW_OK ? wrapped(p, ew_said(t->text), (size_t)indent, (size_t)indent)
                       : rc;
}

static size_t digits_of(size_t n)
{
    size_t d = 1;

    for (; n >= 10; n /= 10)
        d++;
    return d;
}

static ew_code findings(const page *p, ew_trace_kind kind, const char *title)
{
    const ew_inspection *f = p->v->found;
    const size_t digits = digits_of(f->trace_count);
    size_t shown = 0, left = 0;
    ew_code rc = EW_OK;

    for (size_t i = 0; i < f->trace_count && rc == EW_OK; i++) {
        if (f->traces[i].kind != kind)
            continue;
        if (shown == SHOWN_MAX) {
            left++;
            continue;
        }
        if (shown++ == 0)
            rc = PUT("\n%s%s%s\n", ew_bold(p->style), ew_said(title), ew_plain(p->style));
        if (rc == EW_OK)
            rc = finding(p, &f->traces[i], i + 1, digits);
    }
    if (rc == EW_OK && left > 0)
        rc = PUT(ew_tr("%*s  and %zu more; --json tells all\n"), (int)digits, "", left);
    return rc;
}

/* Hours of sound and many methods: some of what they find is chance. */
static ew_code chance(const page *p)
{
    const ew_inspection *f = p->v->found;

    if (ew_inspect_signs(f) == 0 || f->by_chance < 0.05)
        return EW_OK;
    return PUT(
        ew_tr("In untouched sound of this length up to %.*f such signs come by chance; "
              "--rate allows fewer\n"),
        f->by_chance < 10 ? 1 : 0, f->by_chance);
}

/* ---------------------------------------------------------------- the rest */

static ew_code untested(const page *p)
{
    const ew_inspection *f = p->v->found;
    ew_code rc = EW_OK;

    if (f->untested_count > 0)
        rc = PUT(ew_tr("\n%sNot tested%s\n"), ew_bold(p->style), ew_plain(p->style));
    for (size_t i = 0; i < f->untested_count && rc == EW_OK; i++) {
        const ew_untested *u = &f->untested[i];
        const char *method = ew_said(u->method);
        rc = PUT("  %s: ", method);
        if (rc == EW_OK)
            rc = wrapped(p, ew_said(u->reason),
                         ew_utf8_columns(method, strlen(method)) + 4, 4);
    }
    return rc;
}

static ew_code facts(const page *p)
{
    const ew_inspection *f = p->v->found;
    const char *group = "";
    ew_code rc = EW_OK;

    if (f->fact_count > 0)
        rc = PUT(ew_tr("\n%sWhat the file says of itself%s\n"), ew_bold(p->style),
                 ew_plain(p->style));
    for (size_t i = 0; i < f->fact_count && rc == EW_OK; i++) {
        const ew_fact *one = &f->facts[i];
        if (strcmp(group, one->group) != 0)
            rc = PUT("  %s%s%s\n", ew_dim(p->style), ew_said(one->group),
                     ew_plain(p->style));
        group = one->group;
        const char *name = ew_said(one->name);
        if (rc == EW_OK)
            rc = PUT("    %s: ", name);
        if (rc == EW_OK)
            rc = wrapped(p, ew_said(one->text), 6 + ew_utf8_columns(name, strlen(name)),
                         6);
    }
    return rc;
}

static ew_code journal(const page *p)
{
    ew_code rc = EW_OK;

    if (p->v->journal_count > 0)
        rc = PUT(ew_tr("\n%sRemarks of the decoder%s\n"), ew_bold(p->style),
                 ew_plain(p->style));
    for (size_t i = 0; i < p->v->journal_count && rc == EW_OK; i++) {
        rc = PUT("  ");
        if (rc == EW_OK)
            rc = wrapped(p, p->v->journal[i], 2, 4);
    }
    return rc;
}

ew_code ew_report_inspect_text(const ew_inspect_view *v, const ew_text_style *style,
                               ew_buf *out, ew_err *err)
{
    page whole = {v, style, out, err, style->width};
    const page *p = &whole;
    ew_code rc;

    if (style->width == 0)
        whole.width = PLAIN_WIDTH;
    else if (style->width < NARROW)
        whole.width = NARROW;
    rc = head(p);

    if (rc == EW_OK)
        rc = verdict(p);
    if (rc == EW_OK)
        rc = chance(p);
    if (rc == EW_OK)
        rc = findings(p, EW_TRACE_CHANGE, EW_N("Signs of change"));
    if (rc == EW_OK)
        rc = findings(p, EW_TRACE_FACT, EW_N("Worth knowing"));
    if (rc == EW_OK)
        rc = untested(p);
    if (rc == EW_OK)
        rc = facts(p);
    return rc == EW_OK ? journal(p) : rc;
}
