/* SPDX-License-Identifier: Apache-2.0 */
/* Other names of people, and everything that is kept encrypted. */
#include <string.h>

#include "casefile/events.h"
#include "casefile/people_box.h"
#include "casefile/people_merge.h"
#include "casefile/sql.h"

/* ------------------------------------------------------------------ finding */

typedef struct finder {
    const char *what;
    uint64_t number; /* 0: it is none */
    int64_t id;
    bool by_name; /* a name goes before a number */
} finder;

static ew_code look(void *cookie, const ew_person *p, ew_err *err)
{
    finder *f = cookie;
    bool named = strcmp(p->name, f->what) == 0;
    (void)err;
    if ((p->undone && p->same_as == 0) || f->by_name ||
        !(named || (uint64_t)p->id == f->number))
        return EW_OK;
    f->by_name = named;
    f->id = p->same_as != 0 ? p->same_as : p->id;
    return EW_OK;
}

static ew_code look_alias(void *cookie, const ew_alias *a, ew_err *err)
{
    finder *f = cookie;
    (void)err;
    if (a->undone || a->sealed || f->by_name || strcmp(a->name, f->what) != 0)
        return EW_OK;
    f->by_name = true;
    f->id = a->person;
    return EW_OK;
}

ew_code ew_case_find_person(ew_case *c, const char *what, int64_t *id,
                            ew_person_kind *kind, ew_err *err)
{
    finder f = {.what = what};
    int64_t found = EW_PERSON_PUBLIC;
    if (!ew_slice_u64(ew_slice_of(what), &f.number))
        f.number = 0;
    ew_code code = ew_case_people(c, look, &f, err);
    if (code == EW_OK)
        code = ew_case_aliases(c, look_alias, &f, err);
    if (code == EW_OK && f.id == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "nobody in the case is '%s'", what);
    if (code == EW_OK)
        code = ew_case__person_kind(c, f.id, &found, err);
    *id = f.id;
    *kind = (ew_person_kind)found;
    return code;
}

/* ------------------------------------------------------------------ other names */

ew_code ew_case__person_kind(ew_case *c, int64_t person, int64_t *kind, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, "SELECT kind,added FROM person WHERE id=?", err);
    ew_sql_int(&q, person);
    ew_code code = ew_sql_step(&q, &row);
    if (code == EW_OK && (!row || ew_case__undone(c, ew_sql_col_int(&q, 1))))
        q.code =
            ew_fail(err, EW_E_NOTFOUND, 0, "there is no person %lld", (long long)person);
    else if (code == EW_OK)
        *kind = ew_sql_col_int(&q, 0);
    return ew_sql_end(&q);
}

/* Somebody's name as another's other name would part what is said of the two. */
static ew_code check_free(ew_case *c, int64_t person, ew_slice name, ew_err *err)
{
    char text[EW_CASE_NAME + 1];
    ew_namesake other;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    ew_code code = ew_case_namesake(c, text, &other, err);
    if (code == EW_OK && other.id != 0 && other.id != person)
        code = ew_fail(err, EW_E_ARG, 0,
                       "person %lld of the case has this name; if the two are one, "
                       "'case merge' says so",
                       (long long)other.id);
    return code;
}

ew_code ew_case_add_alias(ew_case *c, int64_t person, ew_slice name, int64_t *id,
                          ew_err *err)
{
    ew_buf box;
    int64_t kind = 0;
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK)
        code = ew_case__person_kind(c, person, &kind, err);
    if (code == EW_OK && !ew_case__is_line(name))
        code = ew_fail(err, EW_E_ARG, 0, "a name is one line of up to %d bytes",
                       (int)EW_CASE_NAME);
    bool sealed = kind == EW_PERSON_PROTECTED; /* then it is nowhere in the clear */
    if (code == EW_OK && !sealed)
        code = check_free(c, person, name, err);
    ew_buf_init(&box, EW_BOX_MAX);
    if (code == EW_OK && sealed)
        code = ew_case__encrypt(c, name, &box, err);
    if (code == EW_OK) {
        ew_sql q = ew_sql_begin(c, "INSERT INTO alias VALUES(NULL,?,?,?,?)", err);
        ew_sql_int(&q, person);
        ew_sql_text(&q, sealed ? ew_slice_of("") : name);
        if (sealed)
            ew_sql_blob(&q, box.data, box.len);
        else
            ew_sql_null(&q);
        ew_sql_int(&q, c->event);
        code = ew_sql_run(&q, id);
    }
    ew_buf_release(&box);
    return code;
}

ew_code ew_case_aliases(ew_case *c,
                        ew_code (*put)(void *cookie, const ew_alias *a, ew_err *err),
                        void *cookie, ew_err *err)
{
    bool row;
    ew_case__merges m;
    ew_sql q = ew_sql_begin(
        c,
        "SELECT id,person,name,box IS NOT NULL,added,0 FROM alias UNION ALL SELECT "
        "0,id,name,0,added,1 FROM person WHERE id IN (SELECT person FROM merged) ORDER "
        "BY 6,1,2",
        err);
    if (q.code == EW_OK)
        q.code = ew_case__merges_read(&m, c, err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        int64_t person = ew_sql_col_int(&q, 1);
        ew_alias a = {.id = ew_sql_col_int(&q, 0),
                      .person = ew_case__merged(&m, person),
                      .name = ew_sql_col_text(&q, 2),
                      .sealed = ew_sql_col_int(&q, 3) != 0,
                      .added = ew_sql_col_int(&q, 4)};
        a.undone = ew_case__undone(c, a.added);
        if (q.code == EW_OK && (a.id != 0 || a.person != person))
            q.code = put(cookie, &a, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* ------------------------------------------------------------------ what is encrypted */

ew_code ew_case_boxes(ew_case *c, int64_t person,
                      ew_code (*put)(void *cookie, const ew_box *b, ew_err *err),
                      void *cookie, ew_err *err)
{
    bool row;
    ew_case__merges m;
    ew_sql q = ew_sql_begin(
        c,
        "SELECT 1,id AS who,0,identity,added,added FROM person WHERE identity IS NOT "
        "NULL UNION ALL "
        "SELECT 2,a.person,a.id,a.box,a.added,p.added FROM alias a JOIN person p ON "
        "p.id=a.person WHERE a.box IS NOT NULL UNION ALL "
        "SELECT 3,r.person,r.alias,r.box,r.added,ifnull(a.added,p.added) FROM resealed r "
        "JOIN person p ON p.id=r.person LEFT JOIN alias a ON a.id=r.alias ORDER BY 1,2,3",
        err);
    if (q.code == EW_OK)
        q.code = ew_case__merges_read(&m, c, err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_box b = {.person = ew_sql_col_int(&q, 1),
                    .alias = ew_sql_col_int(&q, 2),
                    .age = ew_sql_col_blob(&q, 3)};
        bool counts = !ew_case__undone(c, ew_sql_col_int(&q, 4)) &&
                      !ew_case__undone(c, ew_sql_col_int(&q, 5));
        bool asked = person == 0 || ew_case__merged(&m, b.person) == person;
        if (q.code == EW_OK && counts && asked)
            q.code = put(cookie, &b, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_reseal(ew_case *c, int64_t person, int64_t alias, ew_slice content,
                       ew_err *err)
{
    ew_buf box;
    ew_buf_init(&box, EW_BOX_MAX);
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK)
        code = ew_case__encrypt(c, content, &box, err);
    if (code == EW_OK) {
        ew_sql q = ew_sql_begin(c, "INSERT INTO resealed VALUES(NULL,?,?,?,?)", err);
        ew_sql_int(&q, person);
        ew_sql_int(&q, alias);
        ew_sql_blob(&q, box.data, box.len);
        ew_sql_int(&q, c->event);
        code = ew_sql_run(&q, NULL);
    }
    ew_buf_release(&box);
    return code;
}
