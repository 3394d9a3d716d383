/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands that write reports share. */
#ifndef EW_CLI_REPORT_H
#define EW_CLI_REPORT_H

#include "cli/cli.h"
#include "ops/report.h"
#include "ops/report_gate.h"

#define REPORT_OPTIONS                                                                   \
    {OPT_OUTPUT, 'o', "output", "FILE", "write it there (needed for HTML)"},             \
        {OPT_TITLE, 0, "title", "TEXT", "title of the report"},                          \
        {OPT_NOTE, 0, "note", "TEXT", "what you want to say about it, on top"},          \
        {OPT_DATE, 0, "date", "DATE", "date of the report (default: none)"},             \
        {OPT_NO_SOUND, 0, "no-sound", NULL, "without excerpts of sound"},                \
        {OPT_SOUND_LIMIT, 0, "sound-limit", "MB",                                        \
         "what excerpts may take of the page (default: 8)"},                             \
        {OPT_ALLOW, 0, "allow", "FINDING", "of the check before it: this one is known"}, \
        {OPT_UNCHECKED, 0, "unchecked", NULL, "whatever would be told"},                 \
        {OPT_PLACES, 0, "places", "FILE", "of the check: names of places, one a line"},  \
    {                                                                                    \
        OPT_JSONLD, 0, "jsonld", NULL, "write MediaReview of schema.org instead"         \
    }
#define REPORT_PUBLISHER                                                                 \
    {OPT_PUBLISHER, 0, "publisher", "NAME", "who publishes it"},                         \
        {OPT_PUBLISHER_URL, 0, "publisher-url", "URL", "of --jsonld: their page"},       \
        {OPT_REVIEW_URL, 0, "review-url", "URL", "of --jsonld: where it is published"},  \
    {                                                                                    \
        OPT_AUTHENTICITY, 0, "authenticity", "NAME=CATEGORY",                            \
            "of --jsonld: your verdict: \"clip.mp3=TransformedContent\""                 \
    }

extern const command report_check, report_diff, report_family, report_inspect,
    report_case, report_results;

/* Reads the options above. EW_E_ARG also when HTML is to go nowhere. */
EW_MUST_CHECK ew_code report_read(app *a, const args *in, ew_report_opts *out,
                                  ew_err *err);

/* --allow, --unchecked, --places; to be released in any case. */
typedef struct report_gate {
    ew_report_gate gate;
    ew_buf places;
    const char **allow, **typed;
} report_gate;
EW_MUST_CHECK ew_code report_gate_read(app *a, const args *in, report_gate *out,
                                       ew_err *err);
void report_gate_release(report_gate *g);

/* Looks at the page first: what it would tell of somebody holds it back with exit status 4. Then as report_write. */
int report_write_checked(app *a, const args *in, const ew_page *p);

/* Writes the page as HTML, JSON or JSON-LD to where the options say; 0 or the exit code, told. */
int report_write(app *a, const args *in, const ew_page *p);
/* Bytes that were made already. */
int report_put(app *a, const args *in, const ew_buf *b);

/* The exit status of what came out; failed inputs come first. */
int report_exit(const ew_report_told *told);

#endif
