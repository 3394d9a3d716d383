/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness case people: who is in the case. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/utf8.h"
#include "casefile/people.h"
#include "cli/case.h"
#include "cli/case_verbs.h"

enum { LINE_BYTES = 1 << 20 };

static const opt_spec options[] = {
    CASE_OPTION,
    {OPT_ALL, 0, "all", NULL, "also those that were taken back or are others"},
};

static const char *const kinds[] = {"public", "pseudonym", "protected"};

typedef struct listing {
    app *a;
    bool all;
    uint64_t told;
    ew_buf *out;
    struct alias {
        int64_t person;
        char *name;
    } * aliases;
    size_t n, cap;
} listing;

static ew_code take_alias(void *cookie, const ew_alias *l, ew_err *err)
{
    listing *s = cookie;
    if (l->undone)
        return EW_OK;
    if (s->n == s->cap) {
        size_t cap = s->cap > 0 ? 2 * s->cap : 16;
        struct alias *more = ew_realloc_array(s->aliases, cap, sizeof *more);
        if (more == NULL)
            return ew_fail_nomem(err);
        s->aliases = more;
        s->cap = cap;
    }
    char *name = ew_strdup(l->sealed ? "" : l->name);
    if (name == NULL)
        return ew_fail_nomem(err);
    s->aliases[s->n++] = (struct alias){l->person, name};
    return EW_OK;
}

static void tell_json(listing *s, const ew_person *p)
{
    ew_obj o = ew_obj_new();
    json_t *names = json_array();
    int64_t sealed = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct alias *l = &s->aliases[i];
        if (l->person == p->id && l->name[0] == 0)
            sealed++;
        else if (l->person == p->id)
            ew_list_add(&names, json_string(l->name));
    }
    ew_obj_str(&o, "schema", "earwitness.case-people/1");
    ew_obj_int(&o, "person", p->id);
    ew_obj_str(&o, "name", p->name);
    ew_obj_str(&o, "kind", kinds[p->kind]);
    ew_obj_str(&o, "note", p->note);
    ew_obj_bool(&o, "identity", p->has_identity);
    ew_obj_set(&o, "aliases", names);
    ew_obj_int(&o, "protected_aliases", sealed);
    ew_obj_int(&o, "event", p->added);
    ew_obj_bool(&o, "undone", p->undone && p->same_as == 0);
    if (p->same_as != 0)
        ew_obj_int(&o, "same_as", p->same_as);
    out_object(s->a, &o);
}

static ew_code add_safe(ew_buf *b, const char *text, ew_err *err)
{
    return ew_utf8_append_safe(b, text, strlen(text), err);
}

static ew_code add_aliases(listing *s, const ew_person *p, ew_err *err)
{
    ew_code code = EW_OK;
    uint64_t sealed = 0;
    for (size_t i = 0; i < s->n && code == EW_OK; i++) {
        if (s->aliases[i].person != p->id)
            continue;
        if (s->aliases[i].name[0] == 0) {
            sealed++;
            continue;
        }
        code = ew_buf_printf(s->out, err, "\n      also ");
        if (code == EW_OK)
            code = add_safe(s->out, s->aliases[i].name, err);
    }
    if (code == EW_OK && sealed > 0)
        code = ew_buf_printf(s->out, err, "\n      %" PRIu64 " more name%s, encrypted",
                             sealed, sealed == 1 ? "" : "s");
    return code;
}

static ew_code tell(void *cookie, const ew_person *p, ew_err *err)
{
    listing *s = cookie;
    const ew_text_style *st = &s->a->out_style;
    if (p->undone && !s->all)
        return EW_OK;
    s->told++;
    if (s->a->json) {
        tell_json(s, p);
        return EW_OK;
    }
    ew_buf_reset(s->out);
    ew_code code = ew_buf_printf(s->out, err, "%4" PRId64 "  %s", p->id, ew_bold(st));
    if (code == EW_OK)
        code = add_safe(s->out, p->name, err);
    if (code == EW_OK)
        code = ew_buf_printf(s->out, err, "%s  %s%s", ew_plain(st), kinds[p->kind],
                             p->undone && p->same_as == 0 ? ", taken back" : "");
    if (code == EW_OK && p->same_as != 0)
        code = ew_buf_printf(s->out, err, ", is person %" PRId64, p->same_as);
    if (code == EW_OK)
        code = add_aliases(s, p, err);
    if (code == EW_OK && p->note[0] != 0)
        code = ew_buf_printf(s->out, err, "\n      ");
    if (code == EW_OK)
        code = add_safe(s->out, p->note, err);
    if (code == EW_OK)
        code = ew_buf_printf(s->out, err, "\n");
    if (code == EW_OK)
        out_write(s->a, s->out);
    return code;
}

static int run(app *a, const args *in)
{
    ew_buf out;
    listing s = {.a = a, .all = in->values[OPT_ALL] != NULL, .out = &out};
    ew_case *c = NULL;
    ew_err err;
    int exit = case_open(a, in, false, &c);
    if (exit != 0)
        return exit;
    ew_buf_init(&out, LINE_BYTES);
    ew_code code = ew_case_aliases(c, take_alias, &s, &err);
    if (code == EW_OK)
        code = ew_case_people(c, tell, &s, &err);
    ew_case_close(c);
    ew_buf_release(&out);
    for (size_t i = 0; i < s.n; i++)
        ew_free(s.aliases[i].name);
    ew_free(s.aliases);
    if (code != EW_OK)
        return fail_command(a, &err);
    return s.told > 0 ? EXIT_FOUND : EXIT_NOTHING;
}

const command case_people = {
    .name = "case people",
    .usage = "",
    .summary = "list who is in the case",
    .details = "Lists the people of the case under the names by which they are shown, "
               "with their\n"
               "other names but for those of protected people. Exit 1: nobody",
    .options = options,
    .option_count = EW_COUNT(options),
    .run = run,
};
