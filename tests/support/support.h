/* SPDX-License-Identifier: Apache-2.0 */
/* What unit tests share: cmocka in the right order, temporary folders, faults, sound. */
#ifndef EW_TEST_SUPPORT_H
#define EW_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "earwitness/err.h"
#include "sound.h"

/* A new empty folder; free the name with test_dir_remove, which removes what is in it. */
char *test_dir_new(void);
void test_dir_remove(char *dir);

/* Set-up and tear-down of a test whose state is the name of a new folder; the test with both. */
int test_dir_set_up(void **state);
int test_dir_tear_down(void **state);
#define TEST_IN_DIR(f)                                                                   \
    cmocka_unit_test_setup_teardown(f, test_dir_set_up, test_dir_tear_down)

/* Names in a folder, without "." and "..". */
size_t test_dir_count(const char *dir);

/* "dir/name" in one of eight rotating static buffers. */
const char *test_path(const char *dir, const char *name);

/* Whole files. test_file_get gives n bytes and a final 0; free with free(). */
void test_file_put(const char *path, const void *bytes, size_t n);
char *test_file_get(const char *path, size_t *n);

/* The folder of the source tree. */
const char *test_source(void);

/* A file or folder of other projects' test data, which may lie beside the source tree, in one
 * of eight rotating static buffers: NULL, or the running test is skipped, when it is not there. */
const char *vector_path(const char *name);
const char *vector_need(const char *name);

/* Work under test for the faults below. It must undo everything it did, whatever happens. */
typedef ew_code (*test_work)(void *arg, ew_err *err);

/* Runs work once without a fault (it must succeed), then with the n-th allocation failing,
 * for every n up to the number it makes (at most `limit` of them, spread evenly; 0 = all),
 * each alone and with all that follow failing too. Each run must end with EW_E_NOMEM, a
 * filled err and no block left behind. Returns the number of allocations seen. Under a
 * sanitizer (EARWITNESS_TEST_SLOW above 1) only as many are tried as fit into 5 s. */
int64_t test_torture_alloc(test_work work, void *arg, int64_t limit);

/* The same with the n-th write (ew_write_all) failing: EW_E_IO with ENOSPC. */
int64_t test_torture_write(test_work work, void *arg);

/* The same with the n-th sync of a file or folder failing: EW_E_IO with EIO. */
int64_t test_torture_sync(test_work work, void *arg);

/* 16-bit WAV of interleaved samples, clipped to -1..1. */
void test_wav_put(const char *path, const float *x, size_t frames, uint32_t channels,
                  uint32_t rate_hz);

#endif
