/* SPDX-License-Identifier: Apache-2.0 */
/* An archive that is broken on purpose. */
#ifndef EW_TEST_BROKEN_MADE_H
#define EW_TEST_BROKEN_MADE_H

#include "fakes.h"

enum { TALKS = 3 };

typedef struct world {
    char *dir;
    char archive[200];
    fake f[TALKS];
    const fake *sorted[TALKS];
} world;

static inline void make_archive(world *w)
{
    ew_index_writer *writer = NULL;
    assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_OK);
    for (int i = 0; i < TALKS; i++)
        assert_int_equal(fake_put(writer, &w->f[i], NULL), EW_OK);
    assert_int_equal(ew_index_writer_compact(writer, NULL, NULL), EW_OK);
    ew_index_writer_close(writer);
}

static inline int set_up(void **state)
{
    static world w;
    w.dir = test_dir_new();
    (void)snprintf(w.archive, sizeof w.archive, "%s/archive", w.dir);
    for (uint32_t i = 0; i < TALKS; i++) {
        fake_make(&w.f[i], i + 1, 10 + 5 * i);
        w.sorted[i] = &w.f[i];
    }
    qsort(w.sorted, TALKS, sizeof *w.sorted, fake_order);
    make_archive(&w);
    *state = &w;
    return 0;
}

static inline int tear_down(void **state)
{
    world *w = *state;
    for (int i = 0; i < TALKS; i++)
        fake_free(&w->f[i]);
    test_dir_remove(w->dir);
    return 0;
}

/* Names that stay: those of test_path are used again after a few calls. */
static inline char *keep_path(const char *dir, const char *name)
{
    static char kept[16][300];
    static int next;
    char *path = kept[next++ % 16];
    (void)snprintf(path, sizeof kept[0], "%s/%s", dir, name);
    return path;
}

static inline void compare(const char *dir, const world *w)
{
    ew_index *ix = NULL;
    ew_err err = {0};
    if (ew_index_open(&ix, dir, &err) != EW_OK)
        fail_msg("%s", err.text);
    fake_compare(ix, w->sorted, TALKS);
    ew_index_close(ix);
}

/* ------------------------------------------------------------------ verify */

typedef struct findings {
    int count;
    size_t affected; /* most of one finding */
    char file[64];
    char what[300];
    uint8_t sha[32];
} findings;

static inline void note(void *cookie, const ew_damage *d)
{
    findings *f = cookie;
    f->count++;
    assert_true(d->what[0] != 0 && strchr(d->what, '\n') == NULL);
    for (size_t i = 0; i < d->affected_count; i++)
        assert_true(d->affected_names[i][0] != 0);
    if (d->affected_count > 0)
        memcpy(f->sha, d->affected[0], 32);
    if (d->affected_count > f->affected)
        f->affected = d->affected_count;
    (void)snprintf(f->file, sizeof f->file, "%s", d->file);
    (void)snprintf(f->what, sizeof f->what, "%s", d->what);
}

static inline findings verify(const char *dir)
{
    findings f = {0};
    uint64_t damaged = 0;
    ew_err err = {0};
    if (ew_index_verify(dir, note, &f, NULL, &damaged, &err) != EW_OK)
        fail_msg("verify: %s", err.text);
    assert_int_equal(damaged, f.count);
    return f;
}

/* What `add` does with the original files; so many must have been missing. */
static inline void add_what_is_missing(const world *w, int missing)
{
    ew_index_writer *writer = NULL;
    assert_int_equal(ew_index_writer_open(&writer, w->archive, 0, NULL), EW_OK);
    for (int i = 0; i < TALKS; i++) {
        bool seen = true;
        bool has = true;
        const ew_recording *r = &w->f[i].rec;
        assert_int_equal(ew_index_writer_seen(writer, w->f[i].path, r->bytes,
                                              7000 + (int64_t)r->bytes, &seen, NULL),
                         EW_OK);
        assert_int_equal(ew_index_writer_has(writer, r->sha256, &has, NULL), EW_OK);
        if (seen)
            continue;
        missing -= !has;
        assert_int_equal(ew_index_writer_put(writer, r, has ? NULL : &w->f[i].fp,
                                             7000 + (int64_t)r->bytes, NULL),
                         EW_OK);
    }
    assert_int_equal(missing, 0);
    ew_index_writer_close(writer);
}

/* ------------------------------------------------------------------ versions */

static inline void expect_open(const char *dir, ew_code code, const char *part)
{
    ew_index *ix = NULL;
    ew_index_writer *w = NULL;
    ew_err err = {0};
    assert_int_equal(ew_index_open(&ix, dir, &err), code);
    assert_null(ix);
    assert_non_null(strstr(err.text, part));
    if (code == EW_E_NOTFOUND)
        return;
    err = (ew_err){0};
    assert_int_equal(ew_index_writer_open(&w, dir, 0, &err), code);
    assert_null(w);
    assert_non_null(strstr(err.text, part));
}

#endif
