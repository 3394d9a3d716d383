/* SPDX-License-Identifier: Apache-2.0 */
/* Making the object of a report. */
#include "report/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "report/html.h"
#include "report/report.h"
#include "report/times.h"

enum { SECONDS_DIGITS = 4 };

json_t *ew_page_string(const char *text)
{
    ew_buf b;
    json_t *s = NULL;
    ew_buf_init(&b, EW_REPORT_MAX);
    if (ew_text_clean(&b, text, strlen(text), NULL) == EW_OK)
        s = json_stringn((const char *)b.data, b.len);
    ew_buf_release(&b);
    return s;
}

/* NULL: out of memory. */
static EW_PRINTF(1, 0) json_t *format(const char *fmt, va_list list)
{
    va_list again;
    json_t *s = NULL;
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    char *text = n >= 0 ? ew_alloc((size_t)n + 1) : NULL;
    if (text != NULL && vsnprintf(text, (size_t)n + 1, fmt, list) == n)
        s = ew_page_string(text);
    ew_free(text);
    return s;
}

static void set(ew_obj *o, const char *key, const char *text)
{
    if (text != NULL)
        ew_obj_set(o, key, ew_page_string(text));
}

void ew_page_init(ew_page *p, const ew_page_head *head)
{
    *p = (ew_page){ew_obj_new(), json_array(), json_array(), json_array()};
    ew_obj_str(&p->doc, "schema", "earwitness.report/1");
    ew_obj_str(&p->doc, "kind", head->kind);
    set(&p->doc, "title", head->title);
    set(&p->doc, "publisher", head->publisher);
    set(&p->doc, "note", head->note);
    set(&p->doc, "date", head->date);
    ew_obj_str(&p->doc, "tool", "earwitness " EW_VERSION);
}

void ew_page_release(ew_page *p)
{
    ew_obj_release(&p->doc);
    json_decref(p->blocks);
    json_decref(p->results);
    json_decref(p->files);
    *p = (ew_page){0};
}

static void add(ew_page *p, ew_obj *block)
{
    ew_list_add(&p->blocks, block->json);
    block->json = NULL;
}

static ew_obj block_of(const char *type)
{
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "type", type);
    return o;
}

/* ------------------------------------------------------------------ text */

void ew_page_section_of(ew_page *p, int level, const char *words, const char *outside)
{
    ew_obj o = block_of("section");
    ew_obj_int(&o, "level", level);
    set(&o, "title", words);
    set(&o, "of", outside);
    add(p, &o);
}

void ew_page_section(ew_page *p, int level, const char *title)
{
    ew_page_section_of(p, level, title, NULL);
}

void ew_page_say(ew_page *p, ew_page_role role, const char *fmt, ...)
{
    static const char *const roles[] = {"plain",   "answer",  "note",
                                        "warning", "command", "outside"};
    va_list list;
    ew_obj o = block_of("text");
    ew_obj_str(&o, "role", roles[role]);
    va_start(list, fmt);
    ew_obj_set(&o, "text", format(fmt, list));
    va_end(list);
    add(p, &o);
}

void ew_page_list(ew_page *p, json_t *strings)
{
    ew_obj o = block_of("list");
    ew_obj_set(&o, "items", strings);
    add(p, &o);
}

/* ------------------------------------------------------------------ tables */

void ew_grid_begin(ew_grid *g, const char *caption, const ew_column *columns, size_t n)
{
    static const char *const kinds[] = {"text", "number",  "place",
                                        "hash", "outside", "said"};
    json_t *heads = json_array();
    *g = (ew_grid){.table = block_of("table"), .rows = json_array(), .columns = n};
    set(&g->table, "caption", caption);
    for (size_t i = 0; i < n; i++) {
        ew_obj c = ew_obj_new();
        ew_obj_str(&c, "name", columns[i].name);
        ew_obj_str(&c, "kind", kinds[columns[i].kind]);
        ew_list_add(&heads, c.json);
    }
    ew_obj_set(&g->table, "columns", heads);
}

void ew_grid_cell(ew_grid *g, const char *fmt, ...)
{
    va_list list;
    if (g->row == NULL)
        g->row = json_array();
    va_start(list, fmt);
    ew_list_add(&g->row, format(fmt, list));
    va_end(list);
    if (g->row == NULL) { /* out of memory */
        json_decref(g->rows);
        g->rows = NULL;
    } else if (json_array_size(g->row) == g->columns) {
        ew_list_add(&g->rows, g->row);
        g->row = NULL;
    }
}

static bool is_empty_column(const ew_grid *g, size_t column)
{
    for (size_t i = 0; i < json_array_size(g->rows); i++) {
        const json_t *cell = json_array_get(json_array_get(g->rows, i), column);
        if (json_string_length(cell) > 0)
            return false;
    }
    return true;
}

/* Columns in which there is nothing take room from the others. */
static void drop_empty_columns(ew_grid *g)
{
    json_t *heads = json_object_get(g->table.json, "columns");
    for (size_t k = json_array_size(heads); k-- > 0;) {
        if (!is_empty_column(g, k))
            continue;
        (void)json_array_remove(heads, k);
        for (size_t i = 0; i < json_array_size(g->rows); i++)
            (void)json_array_remove(json_array_get(g->rows, i), k);
    }
}

void ew_grid_end(ew_grid *g, ew_page *p)
{
    bool failed = g->rows == NULL || g->row != NULL;
    bool empty = !failed && json_array_size(g->rows) == 0;
    json_decref(g->row);
    if (!failed)
        drop_empty_columns(g);
    ew_obj_set(&g->table, "rows", failed ? NULL : g->rows);
    if (failed)
        json_decref(g->rows);
    if (empty)
        ew_obj_release(&g->table);
    else
        add(p, &g->table);
    *g = (ew_grid){0};
}

/* ------------------------------------------------------------------ pictures, sounds */

void ew_page_picture(ew_page *p, const char *title, const char *svg)
{
    ew_obj o = block_of("picture");
    set(&o, "title", title);
    set(&o, "svg", svg);
    add(p, &o);
}

static json_t *base64_of(const uint8_t *bytes, size_t n)
{
    ew_buf b;
    json_t *s = NULL;
    ew_buf_init(&b, EW_REPORT_MAX);
    if (ew_base64(&b, bytes, n, NULL) == EW_OK)
        s = json_stringn((const char *)b.data, b.len);
    ew_buf_release(&b);
    return s;
}

void ew_page_sound(ew_page *p, const ew_page_clip *c)
{
    uint8_t sha256[EW_SHA256_BYTES];
    ew_obj o = block_of("sound");
    set(&o, "caption", c->caption);
    set(&o, "file", c->file);
    ew_obj_real(&o, "from", c->from, SECONDS_DIGITS);
    ew_obj_real(&o, "to", c->to, SECONDS_DIGITS);
    ew_obj_int(&o, "rate_hz", c->rate_hz);
    ew_sha256_bytes(c->wav, c->bytes, sha256);
    ew_obj_sha256(&o, "sha256", sha256);
    ew_obj_set(&o, "wav", base64_of(c->wav, c->bytes));
    set(&o, "svg", c->svg);
    add(p, &o);
}

/* ------------------------------------------------------------------ files, results */

void ew_page_add_file(ew_page *p, const ew_page_file *f)
{
    char hex[EW_SHA256_HEX + 1];
    if (f->sha256 != NULL)
        ew_hex(f->sha256, EW_SHA256_BYTES, hex);
    else
        (void)snprintf(hex, sizeof hex, "%s", f->hex != NULL ? f->hex : "");
    for (size_t i = 0; i < json_array_size(p->files); i++) {
        const json_t *o = json_array_get(p->files, i);
        const char *name = json_string_value(json_object_get(o, "name"));
        if (strcmp(json_string_value(json_object_get(o, "sha256")), hex) == 0 &&
            strcmp(name, f->name) == 0)
            return;
    }
    ew_obj o = ew_obj_new();
    set(&o, "name", f->name);
    set(&o, "role", f->role);
    if (f->bytes >= 0)
        ew_obj_int(&o, "bytes", f->bytes);
    set(&o, "sha256", hex);
    ew_list_add(&p->files, o.json);
}

void ew_page_result(ew_page *p, json_t *result)
{
    ew_list_add(&p->results, result);
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s != NULL ? s : "";
}

static void files_table(ew_page *p)
{
    static const ew_column columns[] = {{"file", EW_COLUMN_OUTSIDE},
                                        {"what it is here", EW_COLUMN_TEXT},
                                        {"bytes", EW_COLUMN_NUMBER},
                                        {"SHA-256", EW_COLUMN_HASH}};
    ew_grid g;
    ew_page_section(p, 2, "Files");
    ew_grid_begin(&g, "Every file that this report speaks of", columns, 4);
    for (size_t i = 0; i < json_array_size(p->files); i++) {
        const json_t *o = json_array_get(p->files, i);
        const json_t *bytes = json_object_get(o, "bytes");
        ew_grid_cell(&g, "%s", text_of(o, "name"));
        ew_grid_cell(&g, "%s", text_of(o, "role"));
        if (bytes != NULL)
            ew_grid_cell(&g, "%lld", (long long)json_integer_value(bytes));
        else
            ew_grid_cell(&g, "%s", "");
        ew_grid_cell(&g, "%s", text_of(o, "sha256"));
    }
    ew_grid_end(&g, p);
}

/* In single quotes, which mean nothing but themselves inside. */
json_t *ew_page_quoted(const char *before, const char *name)
{
    ew_buf b;
    json_t *s = NULL;
    ew_buf_init(&b, EW_REPORT_MAX);
    ew_code rc = ew_buf_printf(&b, NULL, "%s'", before);
    for (const char *c = name; *c != 0 && rc == EW_OK; c++)
        rc = *c == '\'' ? ew_buf_append(&b, "'\\''", 4, NULL)
                        : ew_buf_append(&b, c, 1, NULL);
    if (rc == EW_OK)
        rc = ew_buf_append(&b, "'", 1, NULL);
    if (rc == EW_OK)
        s = ew_page_string((const char *)b.data);
    ew_buf_release(&b);
    return s;
}

enum { SUMS_SHOWN = 40, COMMANDS_SHOWN = 100 };

/* Prints "name: OK" for the same file. */
static void sum_command(ew_page *p, const json_t *file)
{
    char before[EW_SHA256_HEX + 48];
    (void)snprintf(before, sizeof before, "printf '%%s  %%s\\n' %.*s ", EW_SHA256_HEX,
                   text_of(file, "sha256"));
    json_t *s = ew_page_quoted(before, text_of(file, "name"));
    if (s == NULL)
        ew_obj_release(&p->doc); /* out of memory */
    else
        ew_page_say(p, EW_PAGE_COMMAND, "%s | sha256sum --check", json_string_value(s));
    json_decref(s);
}

static void verify_files(ew_page *p)
{
    size_t n = json_array_size(p->files);
    bool renamed = false;
    if (n == 0)
        return;
    ew_page_say(p, EW_PAGE_PLAIN,
                "This report is about exactly the files in the table above. Whether you "
                "have the same ones is told by their SHA-256, a number that nobody can "
                "give to another file. Put them into one folder and type there; each "
                "command answers with the name and OK:");
    for (size_t i = 0; i < n && i < SUMS_SHOWN; i++) {
        const char *name = text_of(json_array_get(p->files, i), "name");
        size_t len = strlen(name);
        renamed = renamed || (len > 0 && strchr(")]", name[len - 1]) != NULL);
        sum_command(p, json_array_get(p->files, i));
    }
    if (n > SUMS_SHOWN)
        ew_page_say(p, EW_PAGE_NOTE, "Other files in the same way: there are %zu in all.",
                    n);
    if (renamed)
        ew_page_say(p, EW_PAGE_NOTE,
                    "A number or letters in brackets at the end of a name tell files of "
                    "one name apart: give the file that name.");
}

static void verify_again(ew_page *p, const json_t *again)
{
    bool own_archive = false;
    if (strcmp(text_of(p->doc.json, "kind"), "case") == 0)
        ew_page_say(p, EW_PAGE_PLAIN,
                    "Whoever has the case itself can have its hashes and its chain of "
                    "events worked out anew, and all analyses made again and compared:");
    else if (json_array_size(again) > 0)
        ew_page_say(
            p, EW_PAGE_PLAIN,
            "The same version of the program (earwitness %s) says the same of the same "
            "files on any machine; the results are those of:",
            EW_VERSION);
    for (size_t i = 0; i < json_array_size(again) && i < COMMANDS_SHOWN; i++) {
        const char *command = json_string_value(json_array_get(again, i));
        own_archive = own_archive || strncmp(command, "earwitness add ", 15) == 0;
        ew_page_say(p, EW_PAGE_COMMAND, "%s", command);
    }
    if (json_array_size(again) > COMMANDS_SHOWN)
        ew_page_say(p, EW_PAGE_NOTE, "Other files in the same way.");
    if (own_archive)
        ew_page_say(
            p, EW_PAGE_NOTE,
            "The first of these commands makes an archive of its own for the "
            "recordings in which something was found. With those alone the pieces "
            "and their places are the same; the number of recordings that were "
            "compared is not, and where something matches nothing, the other "
            "recordings have to be there to show it.");
}

static void verify(ew_page *p, const json_t *again)
{
    ew_page_section(p, 2, "How to verify");
    verify_files(p);
    verify_again(p, again);
}

void ew_page_close(ew_page *p, json_t *settings, json_t *again)
{
    if (json_array_size(p->files) > 0)
        files_table(p);
    verify(p, again);
    json_decref(again);
    ew_obj_set(&p->doc, "settings", settings);
    ew_obj_set(&p->doc, "blocks", p->blocks);
    ew_obj_set(&p->doc, "files", p->files);
    ew_obj_set(&p->doc, "results", p->results);
    p->blocks = p->files = p->results = NULL;
}

ew_code ew_page_json(const ew_page *p, ew_buf *out, ew_err *err)
{
    ew_obj copy = p->doc; /* ew_obj_print releases it */
    if (copy.json == NULL)
        return ew_fail_nomem(err);
    json_incref(copy.json);
    return ew_obj_print(&copy, out, err);
}
