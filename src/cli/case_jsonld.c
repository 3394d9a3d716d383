/* SPDX-License-Identifier: Apache-2.0 */
/* Options of those commands that write schema.org's reviews. */
#include "cli/case_jsonld.h"

#include "base/alloc.h"
#include "base/err.h"

/* All values of an option, in order. */
static ew_jsonld_list take(const args *in, opt_id id, const char **values, size_t *used)
{
    ew_jsonld_list list = {values + *used, 0};
    for (size_t i = 0; i < in->given_count; i++)
        if (in->given[i].id == id)
            values[(*used)++] = in->given[i].value;
    list.n = (size_t)(values + *used - list.values);
    return list;
}

ew_code case_jsonld_read(const args *in, case_jsonld *out, ew_err *err)
{
    size_t used = 0;
    *out =
        (case_jsonld){.values = ew_alloc_array(in->given_count + 1, sizeof *out->values)};
    if (out->values == NULL)
        return ew_fail_nomem(err);
    out->opts = (ew_jsonld_opts){
        .person = in->values[OPT_PERSON],
        .publisher = in->values[OPT_PUBLISHER],
        .publisher_url = in->values[OPT_PUBLISHER_URL],
        .url = in->values[OPT_REVIEW_URL],
        .date = in->values[OPT_REVIEW_DATE],
        .ratings = take(in, OPT_RATING, out->values, &used),
    };
    out->opts.authenticity = take(in, OPT_AUTHENTICITY, out->values, &used);
    out->opts.contexts = take(in, OPT_MEDIA_CONTEXT, out->values, &used);
    out->opts.organizations = take(in, OPT_ORGANIZATION, out->values, &used);
    return EW_OK;
}

void case_jsonld_release(case_jsonld *j)
{
    ew_free(j->values);
    j->values = NULL;
}
