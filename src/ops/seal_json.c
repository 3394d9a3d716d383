/* SPDX-License-Identifier: Apache-2.0 */
/* Previews as JSON. */
#include "ops/seal_json.h"

json_t *ew_preview_json(const ew_preview *p)
{
    static const char *const kinds[] = {"unit", "head", "tail", "metadata"};
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "kind", kinds[p->kind]);
    ew_obj_bool(&o, "shown", p->state == EW_PART_SHOWN);
    if (p->state == EW_PART_GUARD)
        ew_obj_bool(&o, "guard", true);
    if (p->count > 0) {
        ew_obj_int(&o, "first", (int64_t)p->first);
        ew_obj_int(&o, "count", (int64_t)p->count);
    }
    if (p->from >= 0) {
        ew_obj_real(&o, "from", p->from, 3);
        ew_obj_real(&o, "to", p->to, 3);
    }
    if (p->text != NULL)
        ew_obj_str(&o, "text", p->text);
    if (p->file != NULL)
        ew_obj_str(&o, "names_file", p->file);
    return o.json;
}
