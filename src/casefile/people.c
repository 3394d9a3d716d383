/* SPDX-License-Identifier: Apache-2.0 */
/* People of a case. What must not be written down in the clear never reaches SQLite: a protected
 * identity is encrypted in memory, and the statement is given the encrypted form only. */
#include "casefile/people_box.h"

#include <string.h>

#include "base/alloc.h"
#include "casefile/events.h"
#include "casefile/fold.h"
#include "casefile/people_merge.h"
#include "casefile/sql.h"
#include "seal/age.h"

static ew_code check_name(const char *name, ew_err *err)
{
    return name != NULL && ew_case__is_line(ew_slice_of(name))
               ? EW_OK
               : ew_fail(err, EW_E_ARG, 0, "a name is one line of up to %d bytes",
                         (int)EW_CASE_NAME);
}

/* ------------------------------------------------------------------ recipients */

/* Whether it is one now. */
static ew_code is_recipient(ew_case *c, const char *recipient, bool *yes, ew_err *err)
{
    bool row;
    *yes = false;
    ew_sql q = ew_sql_begin(c, "SELECT added FROM recipient WHERE age=?", err);
    ew_sql_words(&q, recipient);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        *yes = *yes || !ew_case__undone(c, ew_sql_col_int(&q, 0));
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_add_recipient(ew_case *c, const char *recipient, ew_err *err)
{
    bool there = false;
    ew_age_recipients *check = ew_alloc(sizeof *check);
    if (check == NULL)
        return ew_fail_nomem(err);
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK)
        code = ew_age_add_recipient(check, ew_slice_of(recipient), err);
    ew_free(check);
    if (code == EW_OK)
        code = is_recipient(c, recipient, &there, err);
    if (code == EW_OK && there)
        code = ew_fail(err, EW_E_ARG, 0, "this is a recipient of the case already");
    if (code != EW_OK)
        return code;
    ew_sql q = ew_sql_begin(c, "INSERT INTO recipient VALUES(NULL,?,?)", err);
    ew_sql_words(&q, recipient);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, NULL);
}

ew_code ew_case_recipients(ew_case *c,
                           ew_code (*put)(void *cookie, const ew_case_recipient *r,
                                          ew_err *err),
                           void *cookie, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, "SELECT id,age,added FROM recipient ORDER BY id", err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_case_recipient r = {.id = ew_sql_col_int(&q, 0),
                               .age = ew_sql_col_text(&q, 1),
                               .added = ew_sql_col_int(&q, 2)};
        r.undone = ew_case__undone(c, r.added);
        if (q.code == EW_OK)
            q.code = put(cookie, &r, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

/* Those that count now. */
static ew_code recipients(ew_case *c, ew_age_recipients *out, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, "SELECT age,added FROM recipient ORDER BY id", err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        if (!ew_case__undone(c, ew_sql_col_int(&q, 1)))
            q.code = ew_age_add_recipient(out, ew_slice_of(ew_sql_col_text(&q, 0)), err);
        code = ew_sql_step(&q, &row);
    }
    code = ew_sql_end(&q);
    if (code == EW_OK && out->n == 0)
        code = ew_fail(err, EW_E_ARG, 0,
                       "nobody could read a protected identity: first give the case a "
                       "recipient, the public half of an age key");
    return code;
}

/* ------------------------------------------------------------------ encrypting */

static ew_code append_age(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_buf_append(cookie, bytes, n, err);
}

ew_code ew_case__encrypt(ew_case *c, ew_slice identity, ew_buf *out, ew_err *err)
{
    ew_age_writer *w = NULL;
    ew_age_sink sink = {out, append_age};
    if (identity.n == 0 || identity.n > EW_IDENTITY_MAX)
        return ew_fail(err, EW_E_ARG, 0, "an identity is up to %d bytes of text",
                       (int)EW_IDENTITY_MAX);
    ew_age_recipients *to = ew_alloc(sizeof *to);
    if (to == NULL)
        return ew_fail_nomem(err);
    ew_code code = recipients(c, to, err);
    ew_age_closing closing = {.recipients = to};
    if (code == EW_OK)
        code = ew_age_create(&w, &sink, &closing, err);
    if (code == EW_OK)
        code = ew_age_write(w, identity.p, identity.n, err);
    if (code == EW_OK)
        code = ew_age_finish(w, err);
    ew_age_writer_free(w);
    ew_free(to);
    return code;
}

/* ------------------------------------------------------------------ people */

static ew_code insert(ew_case *c, const ew_person *p, const ew_buf *identity, int64_t *id,
                      ew_err *err)
{
    ew_sql q = ew_sql_begin(c, "INSERT INTO person VALUES(NULL,?,?,?,?,?)", err);
    ew_sql_int(&q, p->kind);
    ew_sql_words(&q, p->name);
    ew_sql_words(&q, p->note);
    if (identity->len > 0)
        ew_sql_blob(&q, identity->data, identity->len);
    else
        ew_sql_null(&q);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, id);
}

/* Folded, without the space that may be left at the end. */
static ew_code fold_name(const char *name, ew_buf *out, ew_err *err)
{
    ew_buf_reset(out);
    ew_code code = ew_fold_text(ew_slice_of(name), out, err);
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    return code;
}

static ew_code look_at(ew_sql *q, const char *name, ew_buf folded[2], ew_namesake *out)
{
    const char *other = ew_sql_col_text(q, 1);
    bool exact = strcmp(other, name) == 0;
    if (q->code != EW_OK || ew_case__undone(q->c, ew_sql_col_int(q, 2)) ||
        (out->id != 0 && !exact) || strlen(other) > EW_CASE_NAME)
        return q->code;
    ew_code code = fold_name(other, &folded[1], q->err);
    bool same = exact || (folded[0].len > 0 && folded[0].len == folded[1].len &&
                          memcmp(folded[0].data, folded[1].data, folded[0].len) == 0);
    if (code != EW_OK || !same)
        return code;
    out->id = ew_sql_col_int(q, 0);
    out->exact = exact;
    out->other = ew_sql_col_int(q, 3) != 0;
    memcpy(out->name, other, strlen(other) + 1);
    return EW_OK;
}

ew_code ew_case_namesake(ew_case *c, const char *name, ew_namesake *out, ew_err *err)
{
    bool row;
    ew_buf folded[2];
    ew_case__merges m;
    *out = (ew_namesake){0};
    ew_buf_init(&folded[0], EW_FOLD_MAX);
    ew_buf_init(&folded[1], EW_FOLD_MAX);
    ew_code code = fold_name(name, &folded[0], err);
    if (code == EW_OK) {
        ew_sql q = ew_sql_begin(c,
                                "SELECT id,name,added,0 FROM person UNION ALL SELECT "
                                "person,name,added,1 FROM alias WHERE box IS NULL ORDER "
                                "BY 4,1",
                                err);
        code = ew_sql_step(&q, &row);
        while (code == EW_OK && row && !out->exact) {
            q.code = look_at(&q, name, folded, out);
            code = ew_sql_step(&q, &row);
        }
        code = ew_sql_end(&q);
    }
    ew_buf_release(&folded[0]);
    ew_buf_release(&folded[1]);
    if (code != EW_OK || out->id == 0)
        return code;
    code = ew_case__merges_read(&m, c, err);
    out->id = ew_case__merged(&m, out->id);
    return code;
}

ew_code ew_case_add_person(ew_case *c, const ew_person *p, ew_slice identity, int64_t *id,
                           ew_err *err)
{
    ew_buf box;
    ew_namesake other;
    ew_buf_init(&box, EW_BOX_MAX);
    *id = 0;
    ew_code code = ew_case__in_event(c, err);
    if (code == EW_OK)
        code = check_name(p->name, err);
    if (code == EW_OK)
        code = ew_case_namesake(c, p->name, &other, err);
    if (code == EW_OK && other.id != 0)
        code = ew_fail(err, EW_E_ARG, 0,
                       "there is somebody of this name in the case: '%s'", other.name);
    if (code == EW_OK && (p->kind == EW_PERSON_PROTECTED) != (identity.n > 0))
        code = ew_fail(err, EW_E_ARG, 0,
                       "an identity is kept of protected people, and of no others");
    if (code == EW_OK && p->kind == EW_PERSON_PROTECTED)
        code = ew_case__encrypt(c, identity, &box, err);
    if (code == EW_OK)
        code = insert(c, p, &box, id, err);
    ew_buf_release(&box);
    return code;
}

static ew_code person_named(ew_case *c, const char *name, bool anew, int64_t *id,
                            ew_err *err)
{
    ew_namesake other;
    ew_person p = {.kind = EW_PERSON_PUBLIC, .name = name, .note = ""};
    ew_buf nothing;
    ew_buf_init(&nothing, 1);
    ew_code code = check_name(name, err);
    if (code == EW_OK)
        code = ew_case_namesake(c, name, &other, err);
    if (code != EW_OK)
        return code;
    bool meant = other.exact && !(anew && other.other);
    *id = meant ? other.id : 0;
    if (meant)
        return EW_OK;
    if (other.id != 0 && !anew)
        return ew_fail(err, EW_E_ARG, 0,
                       "'%s' is written almost as '%s', who is in the case: the same? "
                       "then give that name",
                       name, other.name);
    code = ew_case__in_event(c, err);
    return code == EW_OK ? insert(c, &p, &nothing, id, err) : code;
}

ew_code ew_case_person_named(ew_case *c, const char *name, int64_t *id, ew_err *err)
{
    return person_named(c, name, false, id, err);
}

ew_code ew_case_person_anew(ew_case *c, const char *name, int64_t *id, ew_err *err)
{
    return person_named(c, name, true, id, err);
}

ew_code ew_case_people(ew_case *c,
                       ew_code (*put)(void *cookie, const ew_person *p, ew_err *err),
                       void *cookie, ew_err *err)
{
    bool row;
    ew_case__merges m;
    ew_sql q = ew_sql_begin(
        c, "SELECT id,kind,name,note,identity IS NOT NULL,added FROM person ORDER BY id",
        err);
    if (q.code == EW_OK)
        q.code = ew_case__merges_read(&m, c, err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        ew_person p = {.id = ew_sql_col_int(&q, 0),
                       .kind = (ew_person_kind)ew_sql_col_int(&q, 1),
                       .name = ew_sql_col_text(&q, 2),
                       .note = ew_sql_col_text(&q, 3),
                       .has_identity = ew_sql_col_int(&q, 4) != 0,
                       .added = ew_sql_col_int(&q, 5)};
        int64_t shown = ew_case__merged(&m, p.id);
        p.same_as = shown != p.id ? shown : 0;
        p.undone = ew_case__undone(c, p.added) || p.same_as != 0;
        if (q.code == EW_OK)
            q.code = put(cookie, &p, err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

ew_code ew_case_identity(ew_case *c, int64_t person, ew_buf *age_file, ew_err *err)
{
    bool row;
    ew_sql q = ew_sql_begin(c, "SELECT identity FROM person WHERE id=?", err);
    ew_sql_int(&q, person);
    ew_code code = ew_sql_step(&q, &row);
    if (code == EW_OK && (!row || ew_sql_col_null(&q, 0)))
        q.code = ew_fail(err, EW_E_NOTFOUND, 0, "no identity of person %lld is kept",
                         (long long)person);
    if (q.code == EW_OK) {
        ew_slice box = ew_sql_col_blob(&q, 0);
        if (q.code == EW_OK)
            q.code = ew_buf_append(age_file, box.p, box.n, err);
    }
    return ew_sql_end(&q);
}
