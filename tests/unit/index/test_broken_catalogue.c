/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogues that others changed. */
#include <sqlite3.h>
#include <unistd.h>

#include "base/bytes.h"
#include "broken_made.h"

/* ------------------------------------------------------------------ hostile catalogue */

static void run_sql(const world *w, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    assert_int_equal(sqlite3_open(test_path(w->archive, "catalogue.sqlite"), &db),
                     SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_foreign_schema(void **state)
{
    const world *w = *state;
    run_sql(w, "CREATE TRIGGER t AFTER INSERT ON name BEGIN DELETE FROM recording; END");
    expect_open(w->archive, EW_E_FORMAT, "tables");
    assert_true(verify(w->archive).count >= 1);
    run_sql(w, "DROP TRIGGER t; CREATE VIEW v AS SELECT 1");
    expect_open(w->archive, EW_E_FORMAT, "tables");
    run_sql(w,
            "DROP VIEW v; ALTER TABLE segment RENAME TO other;"
            "CREATE VIEW segment AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
            " SELECT i FROM n) SELECT i AS id,i AS bytes,i AS head_crc,i AS ck FROM n");
    expect_open(w->archive, EW_E_FORMAT, "tables");
    test_file_put(test_path(w->archive, "catalogue.sqlite"),
                  "no database at all, but long.....", 33);
    expect_open(w->archive, EW_E_FORMAT, "damaged");
    assert_true(verify(w->archive).count >= 1);
    assert_int_equal(unlink(test_path(w->archive, "catalogue.sqlite")), 0);
    ew_index *ix = NULL;
    assert_int_equal(ew_index_open(&ix, w->archive, NULL), EW_E_FORMAT);
}

/* Rows that nobody of us wrote: strange types, terminal sequences, wrong sums. */
static void test_foreign_rows(void **state)
{
    static const char *const changes[] = {
        "UPDATE recording SET sha256=NULL WHERE id=1",
        "UPDATE recording SET sha256='short' WHERE id=1",
        "UPDATE recording SET frames=-1 WHERE id=2",
        "UPDATE recording SET frames=1e300 WHERE id=2",
        "UPDATE recording SET segment='x'",
        "UPDATE recording SET codec=x'1b5b324a'",
        "UPDATE recording SET samples=-5",
        "UPDATE recording SET trouble=zeroblob(100000)",
        "UPDATE recording SET added=NULL, removed=NULL, bytes=NULL",
        "UPDATE name SET name=x'00'",
        "UPDATE name SET path=x'610062'",
        "UPDATE name SET name=char(27)||'[2J'",
        "UPDATE name SET rec=77",
        "DELETE FROM name",
        "UPDATE segment SET bytes=-1",
        "UPDATE segment SET id=-7",
        "DELETE FROM segment",
        "INSERT INTO segment VALUES(99,1,1,1)",
        "INSERT INTO recording(id) VALUES(9223372036854775807)",
        "UPDATE meta SET value=0",
    };
    const world *w = *state;
    const char *path = keep_path(w->archive, "catalogue.sqlite");
    size_t n = 0;
    char *bytes = test_file_get(path, &n);
    for (size_t i = 0; i < EW_COUNT(changes); i++) {
        run_sql(w, changes[i]);
        ew_index *ix = NULL;
        assert_int_equal(ew_index_open(&ix, w->archive, NULL), EW_OK);
        for (size_t r = 0; r < ew_index_count(ix); r++) {
            const ew_recording *rec = ew_index_recording(ix, r);
            assert_true(rec->name_count > 0);
            assert_null(strchr(rec->names[0], 27));
            assert_null(strchr(rec->codec, 27));
        }
        ew_index_close(ix);
        if (verify(w->archive).count == 0)
            fail_msg("unnoticed: %s", changes[i]);
        test_file_put(path, bytes, n);
    }
    free(bytes);
}

/* Rows that are damaged but still say whose they are come right by adding the files again. */
static void test_rows_repaired(void **state)
{
    static const struct {
        const char *sql;
        int missing;
    } changes[] = {
        {"UPDATE recording SET frames=frames+1 WHERE id=1", 1},
        {"UPDATE recording SET codec='x'", TALKS},
        {"UPDATE recording SET ck=1 WHERE id=2", 1},
        {"UPDATE recording SET segment=1000", TALKS},
        {"UPDATE segment SET head_crc=7", TALKS},
        {"DELETE FROM segment", TALKS},
        {"UPDATE name SET name='other' WHERE rec=1", 0},
        {"UPDATE name SET path='/other' WHERE rec=1", 0},
        {"UPDATE name SET mtime=mtime+1", 0},
        {"DELETE FROM name", 0},
    };
    const world *w = *state;
    for (size_t i = 0; i < EW_COUNT(changes); i++) {
        ew_index_writer *writer = NULL;
        run_sql(w, changes[i].sql);
        assert_true(verify(w->archive).count > 0);
        add_what_is_missing(w, changes[i].missing);
        assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_OK);
        assert_int_equal(ew_index_writer_compact(writer, NULL, NULL), EW_OK);
        ew_index_writer_close(writer);
        findings f = verify(w->archive);
        if (f.count != 0)
            fail_msg("%s: %s", changes[i].sql, f.what);
        compare(w->archive, w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_foreign_schema, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_foreign_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rows_repaired, set_up, tear_down),
    };
    fake_fast_disk();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
