/* SPDX-License-Identifier: Apache-2.0 */
/* Who is suggested to say what in articles, and what was made of the articles, for script/accuracy-quotes.
 *
 *     quotes_dump FILE ...
 *
 * Beside an article may be a file of the same name that ends with .json: its "items" are those of the case.
 * Standard output: JSON, one object a line: an article, then its suggestions. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import/quotes.h"

enum { ITEMS_MAX = 16, PATH_MAX_BYTES = 4096 };

typedef struct dump {
    const char *file;
    const ew_article *article;
    json_t *truth;
} dump;

static const char *const kinds[] = {"direct", "mixed", "indirect"};
static const char *const parts[] = {"body", "caption", "comment", "related"};

static json_t *text_of(ew_slice s)
{
    return json_stringn(s.p != NULL ? s.p : "", s.n);
}

static void print_line(json_t *line)
{
    if (line == NULL || json_dumpf(line, stdout, JSON_COMPACT) != 0)
        exit(3);
    putchar('\n');
    json_decref(line);
}

static ew_code print_quote(void *cookie, const ew_quote *q, ew_err *err)
{
    const dump *d = cookie;
    const ew_paragraph *p = &d->article->paragraphs[q->paragraph];
    (void)err;
    print_line(json_pack(
        "{ss ss sI sI sI sI so so so sb ss sf sb ss so}", "file", d->file, "kind",
        kinds[q->kind], "paragraph", (json_int_t)q->paragraph, "at", (json_int_t)q->at,
        "n", (json_int_t)q->n, "place", (json_int_t)p->place.at, "words",
        text_of(q->words), "speaker", text_of(q->speaker), "written",
        text_of(q->speaker_as_written), "anonymous", q->anonymous, "pattern",
        q->pattern->name, "precision", q->pattern->precision, "shown", q->pattern->shown,
        "stance", q->stance, "item", text_of(q->item)));
    return EW_OK;
}

static void print_article(const dump *d, const ew_article *a)
{
    json_t *paragraphs = json_array();
    for (size_t i = 0; i < a->paragraph_count; i++)
        json_array_append_new(paragraphs,
                              json_pack("{ss so}", "part", parts[a->paragraphs[i].part],
                                        "text", text_of(a->paragraphs[i].text)));
    print_line(json_pack("{ss so so so so so so so so so so}", "article", d->file,
                         "title", text_of(a->title), "byline", text_of(a->byline),
                         "outlet", text_of(a->outlet), "dateline", text_of(a->dateline),
                         "language", text_of(a->language), "url", text_of(a->url),
                         "translation", text_of(a->translation_of), "published",
                         text_of(a->published.text), "modified",
                         text_of(a->modified.text), "paragraphs", paragraphs));
}

static ew_code read_article(void *cookie, const ew_article *a, ew_err *err)
{
    dump *d = cookie;
    ew_slice items[ITEMS_MAX];
    ew_quote_in in = {a, items, 0};
    json_t *names = json_object_get(d->truth, "items");
    for (size_t i = 0; i < json_array_size(names) && i < ITEMS_MAX; i++)
        items[in.item_count++] = ew_slice_of(json_string_value(json_array_get(names, i)));
    d->article = a;
    print_article(d, a);
    return ew_quotes_find(&in, print_quote, NULL, d, err);
}

static ew_code dump_file(const char *file, ew_err *err)
{
    char path[PATH_MAX_BYTES];
    ew_delivery *from = NULL;
    dump d = {.file = file};
    const char *end = strrchr(file, '.');
    int stem = end != NULL ? (int)(end - file) : (int)strlen(file);
    (void)snprintf(path, sizeof path, "%.*s.json", stem, file);
    d.truth = json_load_file(path, 0, NULL);
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    ew_import_sink sink = {.cookie = &d, .article = read_article};
    ew_code code = ew_delivery_open(&from, file, err);
    if (code == EW_OK)
        code = ew_import_run(from, &opts, &sink, err);
    ew_delivery_close(from);
    json_decref(d.truth);
    return code;
}

int main(int argc, char **argv)
{
    int worst = 0;
    for (int i = 1; i < argc; i++) {
        ew_err err;
        if (dump_file(argv[i], &err) == EW_OK)
            continue;
        fprintf(stderr, "quotes_dump: %s: %s\n", argv[i], err.text);
        worst = 1;
    }
    return worst;
}
