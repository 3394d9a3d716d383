/* SPDX-License-Identifier: Apache-2.0 */
/* earwitness seal: puts on record what the desk holds. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/err.h"
#include "cli/desk.h"

static const opt_spec options[] = {
    DESK_OPTION,
    PASS_OPTIONS,
    {OPT_SPLITTER, 0, "splitter", "NAME", "how files are cut (default: by content)"},
    {OPT_FROM, 0, "from", "WHO", "who gave it"},
    {OPT_OBTAINED, 0, "obtained", "HOW", "how it came"},
    {OPT_PLACE, 0, "place", "WHERE", "where it was made"},
    {OPT_TIME_CLAIMED, 0, "time-claimed", "WHEN", "when it was made, as somebody says"},
    {OPT_NOTE, 0, "note", "TEXT", "anything else, one line"},
    {OPT_DEVICE, 0, "device", "NAME", "with what it was made"},
    {OPT_REFERENCE, 0, "reference", "NUMBER", "of the case"},
    {OPT_AFTER, 0, "after", "TEXT", "quote what nobody could know before"},
};

/* Which option fills which slot of the metadata. */
static const struct {
    opt_id option;
    const char *key;
} slots[] = {{OPT_FROM, "from"},          {OPT_OBTAINED, "obtained"},
             {OPT_PLACE, "place"},        {OPT_TIME_CLAIMED, "time-claimed"},
             {OPT_NOTE, "note"},          {OPT_DEVICE, "device"},
             {OPT_REFERENCE, "reference"}};

typedef struct counted {
    app *a;
    size_t sealed;
    bool by_hand; /* how files are cut was said */
} counted;

static void tell(void *cookie, const ew_sealed *s, const ew_err *why)
{
    counted *c = cookie;
    app *a = c->a;
    c->sealed += why == NULL;
    char *name = ew_safe_name(s->path);
    if (name == NULL)
        return;
    if (why != NULL) {
        /* What is advised for recordings that cannot be read does not fit here. */
        ew_err e = *why;
        if (e.code == EW_E_FORMAT || e.code == EW_E_LIMIT)
            e.code = EW_E_ARG;
        say_error(a, &e, name);
    } else if (a->json) {
        ew_obj o = ew_obj_new();
        ew_obj_str(&o, "schema", "earwitness.seal/1");
        ew_obj_str(&o, "name", name);
        ew_obj_str(&o, "item", s->hex);
        ew_obj_str(&o, "splitter", ew_splitter_name(s->splitter));
        ew_obj_int(&o, "parts", (int64_t)s->parts);
        ew_obj_int(&o, "entry", (int64_t)s->entry);
        if (s->collection != NULL)
            ew_obj_str(&o, "collection", s->collection);
        if (s->splitter == EW_SPLIT_WHOLE)
            ew_obj_bool(&o, "sound_in_one_piece", s->one_piece);
        out_object(a, &o);
    } else {
        const char *unit = s->splitter == EW_SPLIT_SEALS ? "member" : "part";
        (void)printf("%s  %s  %s, %" PRIu64 " %s%s, entry %" PRIu64 "\n", s->hex, name,
                     s->splitter == EW_SPLIT_SEALS ? "collection"
                                                   : ew_splitter_name(s->splitter),
                     s->parts, unit, s->parts == 1 ? "" : "s", s->entry);
    }
    if (why == NULL && s->one_piece && !c->by_hand)
        say(a, "%s: " EW_ONE_PIECE, name);
    ew_free(name);
}

/* What is said of the item, checked before anything is read. */
static ew_code read_options(const args *in, const char **meta, ew_seal_opts *o,
                            ew_err *err)
{
    const char *splitter = in->values[OPT_SPLITTER];
    for (size_t i = 0; i < EW_COUNT(slots); i++) {
        const char *value = in->values[slots[i].option];
        meta[ew_meta_slot(ew_slice_of(slots[i].key))] = value;
        if (value != NULL && !ew_meta_value_ok(ew_slice_of(value)))
            return ew_fail(err, EW_E_ARG, 0, "--%s: one line of text, up to %d bytes",
                           slots[i].key, (int)EW_META_VALUE);
    }
    if (o->after != NULL && !ew_seal_after_ok(o->after))
        return ew_fail(err, EW_E_ARG, 0,
                       "--after: one line of text without spaces at its ends, up to %d "
                       "bytes",
                       (int)EW_AFTER_MAX);
    if (splitter == NULL)
        return EW_OK;
    o->splitter = ew_splitter_named(ew_slice_of(splitter));
    return o->splitter == EW_SPLIT_AUTO || o->splitter == EW_SPLIT_META ||
                   o->splitter == EW_SPLIT_SEALS
               ? ew_fail(err, EW_E_ARG, 0,
                         "no splitter '%s'; there are whole, grid, ogg-page, mp3-frame, "
                         "aac-frame, chat-v1, para-v1",
                         splitter)
               : EW_OK;
}

static int run(app *a, const args *in)
{
    const char *meta[EW_META_SLOTS] = {NULL};
    counted told = {a, 0, in->values[OPT_SPLITTER] != NULL};
    ew_seal_opts opts = {.paths = in->operands,
                         .n = in->count,
                         .told = tell,
                         .cookie = &told,
                         .meta = meta,
                         .after = in->values[OPT_AFTER]};
    ew_desk d;
    ew_err err;
    size_t failed = 0;
    if (read_options(in, meta, &opts, &err) != EW_OK)
        return fail_command(a, &err);
    int code = desk_open(a, in, &d);
    if (code != 0)
        return code;
    ew_progress prog = app_progress(a);
    d.prog = &prog;
    ew_code rc = ew_ops_seal(&d, &opts, &failed, &err);
    progress_clear(a);
    ew_desk_close(&d);
    if (rc != EW_OK)
        return fail_desk(a, &err);
    if (told.sealed > 0)
        say(a, "on the log; 'earwitness log checkpoint' signs it. Keep the files as they "
               "are, and a copy of the desk: both are needed to show a part of them");
    return failed > 0 ? EXIT_SOME_FAILED : EXIT_FOUND;
}

const command cmd_seal = {
    .name = "seal",
    .usage = "FILE|FOLDER ...",
    .summary = "put on record what files hold",
    .details =
        "Cuts each file into parts, signs a seal over them, and puts it on the desk's\n"
        "log. The seal says nothing of the content; any part of it can be shown later\n"
        "with 'earwitness disclose' while the rest stays hidden. A folder becomes a\n"
        "collection: every file in it is sealed, and the list of them. What is said of\n"
        "it (--from and so on) is hidden too, until it is shown. Splitters: whole, grid\n"
        "(WAV), ogg-page, mp3-frame, aac-frame, chat-v1, para-v1 (text)",
    .options = options,
    .option_count = EW_COUNT(options),
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .run = run,
};
