/* SPDX-License-Identifier: Apache-2.0 */
/* What is told before a case is handed on. */
#include "cli/case_held.h"

#include "base/file.h"

enum { PLACES_BYTES = 16 << 20 };

ew_code held_places(const args *in, ew_buf *places, ew_err *err)
{
    const char *file = in->values[OPT_PLACES];
    ew_buf_init(places, PLACES_BYTES);
    return file != NULL ? ew_file_get(file, places, err) : EW_OK;
}

size_t held_values(const args *in, opt_id id, const char **out)
{
    size_t n = 0;
    for (size_t i = 0; i < in->given_count; i++)
        if (in->given[i].id == id)
            out[n++] = in->given[i].value;
    return n;
}

void held_finding_json(app *a, const char *schema, const ew_lint_finding *f)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", schema);
    ew_obj_str(&o, "id", f->id);
    ew_obj_str(&o, "kind", ew_lint_kind_name(f->kind));
    ew_obj_str(&o, "weight", ew_lint_weight_name(ew_lint_weight_of(f->kind)));
    ew_obj_int(&o, "item", f->item);
    ew_obj_str(&o, "table", f->table);
    ew_obj_str(&o, "excerpt", f->excerpt);
    out_object(a, &o);
}
