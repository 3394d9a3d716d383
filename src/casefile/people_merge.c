/* SPDX-License-Identifier: Apache-2.0 */
/* Two people who are one. Both rows stay; who reads people, other names and positions gets one person. */
#include "casefile/people_merge.h"

#include "base/err.h"
#include "casefile/events.h"
#include "casefile/people_box.h"
#include "casefile/sql.h"

int64_t ew_case__merged(const ew_case__merges *m, int64_t person)
{
    size_t i = 0;
    while (i < m->n) { /* of each person there is one, and no circle */
        bool this = m->list[i].person == person;
        person = this ? m->list[i].target : person;
        i = this ? 0 : i + 1;
    }
    return person;
}

static ew_code take(ew_case__merges *m, int64_t person, int64_t target, ew_err *err)
{
    if (ew_case__merged(m, person) != person || ew_case__merged(m, target) == person)
        return EW_OK;
    if (m->n == EW_CASE_MERGES)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d people are others",
                       (int)EW_CASE_MERGES);
    m->list[m->n].person = person;
    m->list[m->n++].target = ew_case__merged(m, target);
    return EW_OK;
}

ew_code ew_case__merges_read(ew_case__merges *m, ew_case *c, ew_err *err)
{
    bool row;
    m->n = 0;
    ew_sql q = ew_sql_begin(c, "SELECT person,target,added FROM merged ORDER BY id", err);
    ew_code code = ew_sql_step(&q, &row);
    while (code == EW_OK && row) {
        if (!ew_case__undone(c, ew_sql_col_int(&q, 2)))
            q.code = take(m, ew_sql_col_int(&q, 0), ew_sql_col_int(&q, 1), err);
        code = ew_sql_step(&q, &row);
    }
    return ew_sql_end(&q);
}

static ew_code insert(ew_case *c, int64_t person, int64_t target, ew_err *err)
{
    ew_sql q = ew_sql_begin(c, "INSERT INTO merged VALUES(NULL,?,?,?)", err);
    ew_sql_int(&q, person);
    ew_sql_int(&q, target);
    ew_sql_int(&q, c->event);
    return ew_sql_run(&q, NULL);
}

ew_code ew_case_merge_people(ew_case *c, int64_t person, int64_t other, ew_err *err)
{
    ew_case__merges m;
    int64_t kinds[2] = {0, 0};
    ew_code code = ew_case__in_event(c, err);
    if (code != EW_OK)
        return code;
    code = ew_case__merges_read(&m, c, err);
    if (code == EW_OK && m.n == EW_CASE_MERGES)
        code = ew_fail(err, EW_E_LIMIT, 0, "more than %d people are others",
                       (int)EW_CASE_MERGES);
    person = ew_case__merged(&m, person);
    other = ew_case__merged(&m, other);
    if (code == EW_OK)
        code = ew_case__person_kind(c, person, &kinds[0], err);
    if (code == EW_OK)
        code = ew_case__person_kind(c, other, &kinds[1], err);
    if (code == EW_OK && person == other)
        code = ew_fail(err, EW_E_ARG, 0, "these are one person already");
    if (code == EW_OK &&
        (kinds[0] == EW_PERSON_PROTECTED) != (kinds[1] == EW_PERSON_PROTECTED))
        code =
            ew_fail(err, EW_E_ARG, 0,
                    "one of the two is protected: that they are one would stand in the "
                    "clear; give the protected one another name instead, which is "
                    "encrypted");
    return code == EW_OK ? insert(c, other, person, err) : code;
}
