/* SPDX-License-Identifier: Apache-2.0 */
/* The search is made of facts, but the chain of events does not cover it: a message that it silently lost is lost
 * for whoever searches. So the texts of each table and the list of texts are read side by side, and
 * each is asked for by one word of it. */
#include "casefile/verify_search.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "casefile/fold.h"
#include "casefile/sql.h"

enum { WORDS_WITHIN = 4096 }; /* bytes in which the longest word is looked for */

/* What is searchable, in the order of rows: row and text. As it is put in by ew_case_index_text's callers. */
static const struct {
    int64_t kind;
    const char *name, *texts;
} sources[] = {
    {1, "message", "SELECT id,text FROM message WHERE text<>'' ORDER BY id"},
    {2, "paragraph", "SELECT id,text FROM paragraph WHERE text<>'' ORDER BY id"},
    {3, "position", "SELECT id,words FROM position WHERE words<>'' ORDER BY id"},
    {4, "item",
     "SELECT item,text FROM (SELECT id item,1 part,0 n,name text FROM item UNION ALL "
     "SELECT id,2,0,origin FROM item UNION ALL SELECT id,3,0,obtained FROM item UNION "
     "ALL SELECT id,4,0,giver FROM item UNION ALL SELECT id,5,0,note FROM item UNION "
     "ALL SELECT item,6,id,value FROM correction) WHERE text<>'' ORDER BY item,part,n"},
    {5, "quotation", "SELECT id,speaker FROM quote WHERE speaker<>'' ORDER BY id"},
    {6, "article",
     "SELECT id,iif(title<>'',title||char(10),'')||iif(byline<>'',byline||char(10),'')||"
     "iif(outlet<>'',outlet||char(10),'') FROM article WHERE title<>'' OR byline<>'' OR "
     "outlet<>'' ORDER BY id"},
    {7, "attachment",
     "SELECT id,name||char(10)||path||char(10)||words FROM attachment WHERE name<>'' OR "
     "path<>'' OR words<>'' ORDER BY id"},
};

/* How one of the two indexes cuts texts. */
typedef struct cutter {
    fts5_tokenizer way;
    Fts5Tokenizer *made;
    int within; /* bytes */
    const char *find;
} cutter;

/* The longest piece of a text, the first of them. */
typedef struct piece {
    int within, start, end;
} piece;

typedef struct tally {
    int64_t first;
    uint64_t n;
} tally;

typedef struct checker {
    ew_case *c;
    cutter words, runs;
    ew_buf folded, phrase;
    tally missing, extra, wrong; /* of one kind */
} checker;

/* ------------------------------------------------------------------ cutting */

static ew_code get_api(ew_case *c, fts5_api **api, ew_err *err)
{
    sqlite3_stmt *s = NULL;
    *api = NULL;
    int rc = sqlite3_prepare_v2(c->db, "SELECT fts5(?1)", -1, &s, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_pointer(s, 1, (void *)api, "fts5_api_ptr", NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(s);
    (void)sqlite3_finalize(s);
    if (rc != SQLITE_ROW)
        return ew_case__sql_fail(c, rc, err);
    return *api != NULL ? EW_OK : ew_fail(err, EW_E_BUG, 0, "SQLite has no FTS5");
}

/* args: as in the schema, with a NULL behind the last. */
static ew_code make_cutter(checker *k, fts5_api *api, cutter *out, const char **args,
                           ew_err *err)
{
    void *user = NULL;
    int n = 1;
    while (args[n] != NULL)
        n++;
    int rc = api->xFindTokenizer(api, args[0], &user, &out->way);
    if (rc == SQLITE_OK)
        rc = out->way.xCreate(user, args + 1, n - 1, &out->made);
    return rc == SQLITE_OK ? EW_OK : ew_case__sql_fail(k->c, rc, err);
}

static ew_code make_cutters(checker *k, ew_err *err)
{
    static const char *words[] = {"unicode61", "categories", "L* N* Co Mn Mc", NULL};
    static const char *runs[] = {"trigram", NULL};
    fts5_api *api = NULL;
    k->words.within = WORDS_WITHIN;
    k->words.find = "SELECT 1 FROM words WHERE words MATCH ? AND rowid=?";
    k->runs.within = 1;
    k->runs.find = "SELECT 1 FROM runs WHERE runs MATCH ? AND rowid=?";
    ew_code code = get_api(k->c, &api, err);
    if (code == EW_OK)
        code = make_cutter(k, api, &k->words, words, err);
    return code == EW_OK ? make_cutter(k, api, &k->runs, runs, err) : code;
}

static int take_piece(void *cookie, int flags, const char *text, int n, int start,
                      int end)
{
    piece *p = cookie;
    (void)flags, (void)text, (void)n;
    if (end - start > p->end - p->start) {
        p->start = start;
        p->end = end;
    }
    return end >= p->within ? SQLITE_DONE : SQLITE_OK;
}

/* ------------------------------------------------------------------ asking */

/* Is the text at hand found under this number? One without words cannot be. One word only, since a phrase takes
 * SQLite ten times as long. */
static ew_code ask(checker *k, const cutter *with, int64_t id, bool *found, ew_err *err)
{
    piece p = {.within = with->within};
    const char *text = (const char *)k->folded.data;
    int rc = with->way.xTokenize(with->made, &p, FTS5_TOKENIZE_DOCUMENT, text,
                                 (int)k->folded.len, take_piece);
    if (rc != SQLITE_OK && rc != SQLITE_DONE)
        return ew_case__sql_fail(k->c, rc, err);
    if (p.end == 0)
        return EW_OK;
    ew_buf_reset(&k->phrase);
    ew_code code = ew_buf_append(&k->phrase, "\"", 1, err);
    for (int i = p.start; i < p.end && code == EW_OK; i++)
        code = ew_buf_append(&k->phrase, text[i] == '"' ? "\"\"" : text + i,
                             text[i] == '"' ? 2 : 1, err);
    if (code == EW_OK)
        code = ew_buf_append(&k->phrase, "\"", 1, err);
    if (code != EW_OK)
        return code;
    bool row;
    ew_sql q = ew_sql_begin(k->c, with->find, err);
    ew_sql_text(&q, (ew_slice){(const char *)k->phrase.data, k->phrase.len});
    ew_sql_int(&q, id);
    code = ew_sql_step(&q, &row);
    *found = *found && (code != EW_OK || row);
    return ew_sql_end(&q);
}

static ew_code is_found(checker *k, ew_slice text, int64_t id, bool *found, ew_err *err)
{
    *found = true;
    ew_buf_reset(&k->folded);
    ew_code code = ew_fold_text(text, &k->folded, err);
    if (code == EW_OK)
        code = ew_buf_append(&k->folded, "\n\n", 2, err);
    if (code == EW_OK)
        code = ask(k, &k->words, id, found, err);
    return code == EW_OK ? ask(k, &k->runs, id, found, err) : code;
}

/* ------------------------------------------------------------------ side by side */

static void count(tally *t, int64_t row)
{
    if (t->n++ == 0)
        t->first = row;
}

static ew_code check_kind(checker *k, size_t i, ew_err *err)
{
    bool text = false;
    bool listed = false;
    ew_sql facts = ew_sql_begin(k->c, sources[i].texts, err);
    ew_sql list =
        ew_sql_begin(k->c, "SELECT row,id FROM found WHERE kind=? ORDER BY row,id", err);
    ew_sql_int(&list, sources[i].kind);
    ew_code code = ew_sql_step(&facts, &text);
    if (code == EW_OK)
        code = ew_sql_step(&list, &listed);
    while (code == EW_OK && (text || listed)) {
        int64_t row = text ? ew_sql_col_int(&facts, 0) : 0;
        int64_t of = listed ? ew_sql_col_int(&list, 0) : 0;
        bool both = text && listed && row == of;
        bool found = true;
        if (both)
            code = is_found(k, ew_sql_col_blob(&facts, 1), ew_sql_col_int(&list, 1),
                            &found, err);
        if (!found)
            count(&k->wrong, row);
        bool next_text = both || !listed || (text && row < of);
        if (!both)
            count(next_text ? &k->missing : &k->extra, next_text ? row : of);
        if (code == EW_OK && next_text)
            code = ew_sql_step(&facts, &text);
        if (code == EW_OK && (both || !next_text))
            code = ew_sql_step(&list, &listed);
    }
    ew_code ends[] = {ew_sql_end(&facts), ew_sql_end(&list)};
    return code != EW_OK ? code : ends[0] != EW_OK ? ends[0] : ends[1];
}

/* "message 7 and 3 more" */
static void tell(const tally *t, const char *name, const char *what,
                 void (*problem)(void *cookie, const char *text), void *cookie)
{
    char more[48] = "";
    char text[160];
    if (t->n == 0)
        return;
    if (t->n > 1)
        (void)snprintf(more, sizeof more, " and %llu more",
                       (unsigned long long)(t->n - 1));
    (void)snprintf(text, sizeof text, "%s %lld%s: %s", name, (long long)t->first, more,
                   what);
    problem(cookie, text);
}

ew_code ew_case__check_search(ew_case *c, void (*problem)(void *cookie, const char *text),
                              void *cookie, ew_err *err)
{
    checker k = {.c = c};
    int64_t odd = 0;
    ew_buf_init(&k.folded, EW_FOLD_MAX);
    ew_buf_init(&k.phrase, EW_FOLD_MAX);
    ew_code code = make_cutters(&k, err);
    for (size_t i = 0; i < EW_COUNT(sources) && code == EW_OK; i++) {
        const char *name = sources[i].name;
        k.missing = k.extra = k.wrong = (tally){0};
        code = check_kind(&k, i, err);
        tell(&k.missing, name, "is not searched", problem, cookie);
        tell(&k.extra, name, "the search has a text of it that is not there", problem,
             cookie);
        tell(&k.wrong, name, "the search does not find it by its words", problem, cookie);
    }
    if (code == EW_OK) {
        ew_sql q = ew_sql_begin(
            c, "SELECT count(*) FROM found WHERE kind NOT BETWEEN 1 AND 7", err);
        code = ew_sql_number(&q, &odd);
    }
    if (code == EW_OK && odd > 0)
        problem(cookie, "the search has texts of a kind that there is not");
    if (k.words.made != NULL)
        k.words.way.xDelete(k.words.made);
    if (k.runs.made != NULL)
        k.runs.way.xDelete(k.runs.made);
    ew_buf_release(&k.folded);
    ew_buf_release(&k.phrase);
    return code;
}
