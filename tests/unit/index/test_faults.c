/* SPDX-License-Identifier: Apache-2.0 */
/* Every allocation and every write that can fail does, ours and SQLite's: the answer is an
 * error, and the archive is as it was. */
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "fakes.h"

/* ------------------------------------------------------------------ SQLite's memory */

/* SQLite takes its memory here; each block begins with its size. */
static int64_t sql_allocs;
static int64_t sql_alloc_fail = -1;
static int64_t sql_blocks;

enum { HEAD = 16 };

static bool sql_alloc_fails(void)
{
    return sql_alloc_fail >= 0 && sql_allocs++ >= sql_alloc_fail;
}

static void *sql_malloc(int n)
{
    char *p = sql_alloc_fails() ? NULL : malloc((size_t)n + HEAD);
    if (p == NULL)
        return NULL;
    sql_blocks++;
    memcpy(p, &n, sizeof n);
    return p + HEAD;
}

static void sql_free(void *p)
{
    if (p == NULL)
        return;
    sql_blocks--;
    free((char *)p - HEAD);
}

static void *sql_realloc(void *p, int n)
{
    char *q = sql_alloc_fails() ? NULL : realloc((char *)p - HEAD, (size_t)n + HEAD);
    if (q == NULL)
        return NULL;
    memcpy(q, &n, sizeof n);
    return q + HEAD;
}

static int sql_size(void *p)
{
    int n = 0;
    if (p != NULL)
        memcpy(&n, (char *)p - HEAD, sizeof n);
    return n;
}

static int sql_roundup(int n)
{
    return (n + 7) & ~7;
}

static int sql_memory_init(void *unused)
{
    (void)unused;
    return SQLITE_OK;
}

static void sql_memory_end(void *unused)
{
    (void)unused;
}

/* ------------------------------------------------------------------ SQLite's writes */

static int64_t sql_writes;
static int64_t sql_write_fail = -1;

static bool sql_write_fails(void)
{
    return sql_write_fail >= 0 && sql_writes++ >= sql_write_fail;
}

/* The real file lies behind this. */
typedef struct shim {
    sqlite3_file base;
    sqlite3_file *real;
} shim;

#define REAL(f) (((shim *)(f))->real)

static int shim_close(sqlite3_file *f)
{
    return REAL(f)->pMethods == NULL ? SQLITE_OK : REAL(f)->pMethods->xClose(REAL(f));
}

static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}

static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    return sql_write_fails() ? SQLITE_FULL : REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return sql_write_fails() ? SQLITE_IOERR_TRUNCATE
                             : REAL(f)->pMethods->xTruncate(REAL(f), n);
}

static int shim_sync(sqlite3_file *f, int flags)
{
    return sql_write_fails() ? SQLITE_IOERR_FSYNC
                             : REAL(f)->pMethods->xSync(REAL(f), flags);
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return REAL(f)->pMethods->xFileSize(REAL(f), n);
}

static int shim_lock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xLock(REAL(f), level);
}

static int shim_unlock(sqlite3_file *f, int level)
{
    return REAL(f)->pMethods->xUnlock(REAL(f), level);
}

static int shim_reserved(sqlite3_file *f, int *out)
{
    return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}

static int shim_control(sqlite3_file *f, int op, void *arg)
{
    return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int shim_sector(sqlite3_file *f)
{
    return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int shim_device(sqlite3_file *f)
{
    return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static const sqlite3_io_methods shim_methods = {
    .iVersion = 1,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
};

static sqlite3_vfs *real_vfs;

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags,
                     int *out)
{
    shim *s = (shim *)f;
    (void)vfs;
    s->real = (sqlite3_file *)(s + 1);
    int rc = real_vfs->xOpen(real_vfs, name, s->real, flags, out);
    s->base.pMethods = rc == SQLITE_OK ? &shim_methods : NULL;
    return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
    (void)vfs;
    return sql_write_fails() ? SQLITE_IOERR_DELETE
                             : real_vfs->xDelete(real_vfs, name, sync_dir);
}

static void install_shims(void)
{
    static sqlite3_vfs vfs;
    static const sqlite3_mem_methods memory = {
        sql_malloc,  sql_free,        sql_realloc,    sql_size,
        sql_roundup, sql_memory_init, sql_memory_end, NULL};
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory), SQLITE_OK);
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs;
    vfs.zName = "shim";
    vfs.szOsFile = real_vfs->szOsFile + (int)sizeof(shim);
    vfs.xOpen = shim_open;
    vfs.xDelete = shim_delete;
    assert_int_equal(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

/* ------------------------------------------------------------------ what is tried */

enum { TALKS = 4 };

typedef struct world {
    char *dir;
    char base[200], work[200];
    fake f[TALKS];
} world;

typedef ew_code (*change)(ew_index_writer *w, const world *wo, ew_err *err);

static ew_code do_put(ew_index_writer *w, const world *wo, ew_err *err)
{
    return fake_put(w, &wo->f[3], err);
}

static ew_code do_remove(ew_index_writer *w, const world *wo, ew_err *err)
{
    return ew_index_writer_remove(w, wo->f[1].rec.sha256, err);
}

static ew_code do_merge(ew_index_writer *w, const world *wo, ew_err *err)
{
    (void)wo;
    return ew_index_writer_merge(w, NULL, err);
}

static ew_code do_compact(ew_index_writer *w, const world *wo, ew_err *err)
{
    (void)wo;
    return ew_index_writer_compact(w, NULL, err);
}

/* The recordings that are live before (bit i: talk i) and after. */
static const struct {
    const char *name;
    change change;
    unsigned before, after;
} changes[] = {
    {"put", do_put, 3, 11},
    {"remove", do_remove, 3, 1},
    {"merge", do_merge, 3, 3},
    {"compact", do_compact, 3, 3},
};

static int set_up(void **state)
{
    static world w;
    ew_index_writer *writer = NULL;
    w.dir = test_dir_new();
    (void)snprintf(w.base, sizeof w.base, "%s/base", w.dir);
    (void)snprintf(w.work, sizeof w.work, "%s/work", w.dir);
    for (uint32_t i = 0; i < TALKS; i++)
        fake_make(&w.f[i], i + 1, 40 + 5 * i);
    assert_int_equal(ew_index_writer_open(&writer, w.base, 0, NULL), EW_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fake_put(writer, &w.f[i], NULL), EW_OK);
    assert_int_equal(ew_index_writer_remove(writer, w.f[2].rec.sha256, NULL), EW_OK);
    ew_index_writer_close(writer);
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    for (int i = 0; i < TALKS; i++)
        fake_free(&w->f[i]);
    test_dir_remove(w->dir);
    return 0;
}

static void fresh_copy(const world *w, bool with_base)
{
    char command[700];
    (void)snprintf(command, sizeof command, "rm -rf '%s'; %s cp -r '%s' '%s'", w->work,
                   with_base ? "" : ":", w->base, w->work);
    assert_int_equal(system(command), 0);
}

/* Exactly these talks live, everything whole, nothing left over once a writer has been. */
static void expect_talks(const world *wo, unsigned talks)
{
    const fake *sorted[TALKS];
    size_t n = 0;
    ew_index *ix = NULL;
    ew_index_writer *w = NULL;
    ew_index_stats s;
    uint64_t damaged = 0;
    for (unsigned i = 0; i < TALKS; i++)
        if (talks >> i & 1)
            sorted[n++] = &wo->f[i];
    qsort(sorted, n, sizeof *sorted, fake_order);
    assert_int_equal(ew_index_open(&ix, wo->work, NULL), EW_OK);
    fake_compare(ix, sorted, n);
    ew_index_close(ix);
    assert_int_equal(ew_index_verify(wo->work, NULL, NULL, NULL, &damaged, NULL), EW_OK);
    assert_int_equal(damaged, 0);
    assert_int_equal(ew_index_writer_open(&w, wo->work, 0, NULL), EW_OK);
    ew_index_writer_close(w);
    assert_int_equal(ew_index_open(&ix, wo->work, NULL), EW_OK);
    assert_int_equal(ew_index_get_stats(ix, &s, NULL), EW_OK);
    ew_index_close(ix);
    char command[300];
    (void)snprintf(command, sizeof command, "test $(ls -A '%s/segments' | wc -l) = %u",
                   wo->work, (unsigned)s.segments);
    assert_int_equal(system(command), 0);
}

static unsigned live_talks(const world *wo)
{
    ew_index *ix = NULL;
    unsigned talks = 0;
    assert_int_equal(ew_index_open(&ix, wo->work, NULL), EW_OK);
    for (size_t r = 0; r < ew_index_count(ix); r++)
        for (unsigned i = 0; i < TALKS; i++)
            if (memcmp(ew_index_recording(ix, r)->sha256, wo->f[i].rec.sha256, 32) == 0)
                talks |= 1u << i;
    ew_index_close(ix);
    return talks;
}

enum fault { OUR_ALLOC, OUR_WRITE, SQL_ALLOC, SQL_WRITE };

static void set_fault(enum fault fault, int64_t n, bool sticky)
{
    sql_allocs = sql_writes = 0;
    sql_alloc_fail = sql_write_fail = -1;
    ew_alloc_fail_at(fault == OUR_ALLOC ? n : -1, sticky);
    ew_write_fail_at(fault == OUR_WRITE ? n : -1);
    if (fault == SQL_ALLOC)
        sql_alloc_fail = n;
    if (fault == SQL_WRITE)
        sql_write_fail = n;
}

static int64_t fault_count(enum fault fault)
{
    return fault == OUR_ALLOC   ? ew_alloc_count()
           : fault == OUR_WRITE ? ew_write_count()
           : fault == SQL_ALLOC ? sql_allocs
                                : sql_writes;
}

static bool code_fits(enum fault fault, ew_code code)
{
    return fault == OUR_ALLOC || fault == SQL_ALLOC ? code == EW_E_NOMEM
                                                    : code == EW_E_IO;
}

/* One change with the n-th thing failing; false when there were not that many. */
static bool run_change(const world *wo, size_t which, enum fault fault, int64_t n)
{
    ew_index_writer *w = NULL;
    ew_err err = {0};
    fresh_copy(wo, true);
    assert_int_equal(ew_index_writer_open(&w, wo->work, 0, NULL), EW_OK);
    set_fault(fault, n, n % 2);
    ew_code code = changes[which].change(w, wo, &err);
    bool hit = fault_count(fault) > n;
    ew_index_writer_close(w); /* with the disk still full */
    set_fault(OUR_ALLOC, -1, false);
    unsigned talks = live_talks(wo);
    if (code == EW_OK)
        assert_int_equal(talks, changes[which].after);
    else if (!code_fits(fault, code) || err.text[0] == 0)
        fail_msg("%s, fault %d, n %d: %s '%s'", changes[which].name, (int)fault, (int)n,
                 ew_code_name(code), err.text);
    if (code != EW_OK && talks != changes[which].before)
        fail_msg("%s, fault %d, n %d: failed and yet done", changes[which].name,
                 (int)fault, (int)n);
    expect_talks(wo, talks);
    return hit;
}

static void try_all(const world *wo, enum fault fault, int64_t step)
{
    for (size_t which = 0; which < EW_COUNT(changes); which++) {
        int64_t n = 0;
        while (run_change(wo, which, fault, n))
            n += n < 10 ? 1 : step;
        assert_true(n > 0 ||
                    changes[which].change == do_remove); /* that needs SQLite only */
    }
}

static void test_our_allocations(void **state)
{
    try_all(*state, OUR_ALLOC, 1);
}

static void test_our_writes(void **state)
{
    try_all(*state, OUR_WRITE, 1);
}

static void test_sql_allocations(void **state)
{
    try_all(*state, SQL_ALLOC, 13);
}

static void test_sql_writes(void **state)
{
    try_all(*state, SQL_WRITE, 1);
}

/* ------------------------------------------------------------------ making, reading */

/* A new archive is there whole or is made by the next writer. */
static void test_making(void **state)
{
    const world *wo = *state;
    for (int fault = OUR_ALLOC; fault <= SQL_WRITE; fault++) {
        bool hit = true;
        for (int64_t n = 0; hit; n += fault == SQL_ALLOC ? 7 : 1) {
            ew_index_writer *w = NULL;
            ew_err err = {0};
            fresh_copy(wo, false);
            set_fault((enum fault)fault, n, false);
            ew_code code = ew_index_writer_open(&w, wo->work, 0, &err);
            hit = fault_count((enum fault)fault) > n;
            set_fault(OUR_ALLOC, -1, false);
            if (code != EW_OK) {
                assert_null(w);
                assert_true(code_fits((enum fault)fault, code));
                assert_int_equal(ew_index_writer_open(&w, wo->work, 0, NULL), EW_OK);
            }
            assert_int_equal(fake_put(w, &wo->f[0], NULL), EW_OK);
            ew_index_writer_close(w);
            expect_talks(wo, 1);
        }
    }
}

static ew_code read_all(void *arg, ew_err *err)
{
    enum { PROBES = 100 };
    const world *wo = arg;
    ew_probe probes[PROBES];
    ew_index *ix = NULL;
    ew_index_stats s;
    ew_hits hits = {0};
    size_t rec = 0;
    fake_probes(probes, PROBES, 5);
    ew_code code = ew_index_open(&ix, wo->base, err);
    if (code == EW_OK)
        code = ew_index_probe(ix, probes, PROBES, 0, &hits, NULL, err);
    if (code == EW_OK)
        code = ew_index_find(ix, "talk 1.wav", &rec, err);
    if (code == EW_OK)
        code = ew_index_get_stats(ix, &s, err);
    if (code == EW_OK)
        assert_int_equal(s.damaged, 0);
    ew_hits_release(&hits);
    ew_index_close(ix);
    return code;
}

static ew_code verify_all(void *arg, ew_err *err)
{
    const world *wo = arg;
    uint64_t damaged = 1;
    ew_code code = ew_index_verify(wo->base, NULL, NULL, NULL, &damaged, err);
    if (code == EW_OK)
        assert_int_equal(damaged, 0);
    return code;
}

static void test_reading(void **state)
{
    assert_true(test_torture_alloc(read_all, *state, 0) > 10);
    assert_true(test_torture_alloc(verify_all, *state, 0) > 5);
}

static void test_reading_sql(void **state)
{
    static const test_work works[] = {read_all, verify_all};
    for (int k = 0; k < 2; k++) {
        bool hit = true;
        for (int64_t n = 0; hit; n++) {
            ew_err err = {0};
            int64_t blocks = sql_blocks;
            set_fault(SQL_ALLOC, n, true);
            ew_code code = works[k](*state, &err);
            hit = fault_count(SQL_ALLOC) > n;
            set_fault(OUR_ALLOC, -1, false);
            if (code != EW_OK && (code != EW_E_NOMEM || err.text[0] == 0))
                fail_msg("n %d: %s '%s'", (int)n, ew_code_name(code), err.text);
            if (n > 0)
                assert_int_equal(sql_blocks, blocks);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_our_allocations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_our_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sql_allocations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sql_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_making, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reading, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reading_sql, set_up, tear_down),
    };
    fake_fast_disk();
    install_shims();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
