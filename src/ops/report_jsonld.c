/* SPDX-License-Identifier: Apache-2.0 */
/* A page as reviews of schema.org: one of each file that was asked about. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "casefile/dates.h"
#include "ops/case_jsonld_make.h"
#include "ops/report.h"
#include "report/page_results.h"

#define TEXT ew_json_text_of

typedef struct reviewer {
    const json_t *doc;
    const ew_report_review *how;
} reviewer;

static bool is_asked_about(const json_t *file)
{
    static const char *const roles[] = {"clip", "recording A", "recording B", "copy",
                                        "file that was inspected"};
    for (size_t i = 0; i < EW_COUNT(roles); i++)
        if (strcmp(TEXT(file, "role"), roles[i]) == 0)
            return true;
    return false;
}

/* ------------------------------------------------------------------ what was typed */

/* "NAME=CATEGORY": the last sign parts them, since names may have one. */
static const char *category_of(const char *value, const char *name)
{
    const char *equals = strrchr(value, '=');
    bool same = equals != NULL && strlen(name) == (size_t)(equals - value) &&
                strncmp(value, name, strlen(name)) == 0;
    return same ? equals + 1 : NULL;
}

static const char *verdict_on(const reviewer *r, const json_t *file)
{
    const char *found = NULL;
    for (size_t i = 0; i < r->how->authenticity_count; i++) {
        const char *c = category_of(r->how->authenticity[i], TEXT(file, "name"));
        found = c != NULL ? c : found;
    }
    return found;
}

/* A slip of the pen must not be a verdict that gets lost. */
static ew_code check_verdicts(const reviewer *r, ew_err *err)
{
    const json_t *files = json_object_get(r->doc, "files");
    for (size_t i = 0; i < r->how->authenticity_count; i++) {
        const char *value = r->how->authenticity[i];
        const char *category = NULL;
        for (size_t k = 0; k < json_array_size(files) && category == NULL; k++)
            if (is_asked_about(json_array_get(files, k)))
                category = category_of(value, TEXT(json_array_get(files, k), "name"));
        if (category == NULL)
            return ew_fail(err, EW_E_ARG, 0,
                           "'%.60s' is not NAME=CATEGORY of a file that is asked about",
                           value);
        if (!ew_jsonld__is_category(category))
            return ew_fail(err, EW_E_ARG, 0, "'%.60s' is no category of schema.org",
                           category);
    }
    return EW_OK;
}

static bool is_url(const char *text)
{
    return text == NULL || strncmp(text, "https://", 8) == 0 ||
           strncmp(text, "http://", 7) == 0;
}

static ew_code check(const reviewer *r, ew_err *err)
{
    const char *date = TEXT(r->doc, "date");
    ew_date_span span;
    if (TEXT(r->doc, "publisher")[0] == 0)
        return ew_fail(err, EW_E_ARG, 0,
                       "whose reviews are they? name the publisher with --publisher");
    if (!is_url(r->how->publisher_url) || !is_url(r->how->url))
        return ew_fail(err, EW_E_ARG, 0, "an address begins with https:// or http://");
    if (date[0] != 0 && !ew_case__span_of(date, &span))
        return ew_fail(err, EW_E_ARG, 0, "a date is like 2026-10-12");
    return check_verdicts(r, err);
}

/* ------------------------------------------------------------------ objects */

static ew_obj typed(const char *type)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "@type", type);
    return o;
}

static void set_some(ew_obj *o, const char *key, const char *text)
{
    if (text != NULL && text[0] != 0)
        ew_obj_str(o, key, text);
}

/* The sentence that answers, of the section on this file; of several files together, the one there is. */
static const char *answer_on(const json_t *doc, const char *name)
{
    const json_t *blocks = json_object_get(doc, "blocks");
    const char *about = "";
    const char *only = "";
    size_t answers = 0;
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        const json_t *b = json_array_get(blocks, i);
        if (strcmp(TEXT(b, "type"), "section") == 0)
            about = TEXT(b, "of");
        if (strcmp(TEXT(b, "role"), "answer") != 0)
            continue;
        if (strcmp(about, name) == 0)
            return TEXT(b, "text");
        only = TEXT(b, "text");
        answers++;
    }
    return answers == 1 ? only : "";
}

static json_t *media(const json_t *file)
{
    ew_obj audio = typed("AudioObject");
    const json_t *bytes = json_object_get(file, "bytes");
    ew_obj_str(&audio, "name", TEXT(file, "name"));
    ew_obj_str(&audio, "sha256", TEXT(file, "sha256"));
    if (bytes != NULL) {
        char text[32];
        (void)snprintf(text, sizeof text, "%lld B", (long long)json_integer_value(bytes));
        ew_obj_str(&audio, "contentSize", text);
    }
    return audio.json;
}

/* The program gives no verdict on what is genuine: a category is what people say. */
static json_t *review_of(const reviewer *r, const json_t *file)
{
    ew_obj o = typed("MediaReview");
    ew_obj author = typed("Organization");
    ew_obj item = typed("MediaReviewItem");
    json_t *list = json_array();
    ew_obj_str(&author, "name", TEXT(r->doc, "publisher"));
    set_some(&author, "url", r->how->publisher_url);
    ew_obj_set(&o, "author", author.json);
    set_some(&o, "datePublished", TEXT(r->doc, "date"));
    set_some(&o, "url", r->how->url);
    set_some(&o, "name", TEXT(r->doc, "title"));
    set_some(&o, "mediaAuthenticityCategory", verdict_on(r, file));
    set_some(&o, "originalMediaContextDescription", TEXT(r->doc, "note"));
    set_some(&o, "reviewBody", answer_on(r->doc, TEXT(file, "name")));
    ew_obj_str(&item, "name", TEXT(file, "name"));
    ew_list_add(&list, media(file));
    ew_obj_set(&item, "mediaItemAppearance", list);
    ew_obj_set(&o, "itemReviewed", item.json);
    return o.json;
}

ew_code ew_ops_report_jsonld(const ew_page *p, const ew_report_review *how, ew_buf *out,
                             ew_err *err)
{
    const reviewer r = {p->doc.json, how};
    const json_t *files = json_object_get(r.doc, "files");
    ew_code rc = check(&r, err);
    if (rc != EW_OK)
        return rc;
    json_t *graph = json_array();
    ew_obj o = ew_obj_new();
    for (size_t i = 0; i < json_array_size(files); i++)
        if (is_asked_about(json_array_get(files, i)))
            ew_list_add(&graph, review_of(&r, json_array_get(files, i)));
    ew_obj_str(&o, "@context", "https://schema.org");
    ew_obj_set(&o, "@graph", graph);
    return ew_obj_print(&o, out, err);
}
