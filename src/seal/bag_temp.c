/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever writes a bag holds a lock on its folder, which ends with the process. */
#include "seal/bag_temp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

#define NAME EW_TEMP_PREFIX "bag-"

enum { NAMES = 1000, DEPTH_MAX = 32 };

/* ------------------------------------------------------------------ what was left */

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* All that is in it; takes over dir. Links are removed, not followed. */
static void empty(int dir, int depth)
{
    const struct dirent *e;
    DIR *d = fdopendir(dir);
    if (d == NULL) {
        (void)close(dir);
        return;
    }
    while ((e = readdir(d)) != NULL) {
        if (is_dots(e->d_name) || unlinkat(dir, e->d_name, 0) == 0 || depth == DEPTH_MAX)
            continue;
        int inner =
            openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner >= 0)
            empty(inner, depth + 1);
        (void)unlinkat(dir, e->d_name, AT_REMOVEDIR);
    }
    (void)closedir(d);
}

/* When it is this user's, and nobody writes in it. */
static void remove_left(int parent, const char *name)
{
    struct stat st;
    int lock = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0)
        return;
    if (fstat(lock, &st) == 0 && st.st_uid == geteuid() &&
        flock(lock, LOCK_EX | LOCK_NB) == 0) {
        int dir = openat(lock, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir >= 0)
            empty(dir, 0);
        (void)unlinkat(parent, name, AT_REMOVEDIR);
    }
    (void)close(lock);
}

static void sweep(const char *parent)
{
    const struct dirent *e;
    DIR *d = opendir(parent);
    while (d != NULL && (e = readdir(d)) != NULL)
        if (strncmp(e->d_name, NAME, strlen(NAME)) == 0)
            remove_left(dirfd(d), e->d_name);
    if (d != NULL)
        (void)closedir(d);
}

/* ------------------------------------------------------------------ a new one */

/* Between being made and being locked somebody else's sweep may have taken it away. */
static bool is_still(const char *path, int lock)
{
    struct stat a;
    struct stat b;
    return fstat(lock, &a) == 0 && lstat(path, &b) == 0 && a.st_ino == b.st_ino &&
           a.st_dev == b.st_dev;
}

/* Where locks do not work, nobody gets one, and nothing is swept. */
static bool locked(const char *path, int *lock)
{
    *lock = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*lock >= 0)
        (void)flock(*lock, LOCK_EX);
    if (*lock >= 0 && is_still(path, *lock))
        return true;
    if (*lock >= 0)
        (void)close(*lock);
    *lock = -1;
    (void)rmdir(path);
    return false;
}

ew_code ew_bag__temp(const char *parent, char **path, int *lock, ew_err *err)
{
    char name[64];
    *lock = -1;
    sweep(parent);
    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(name, sizeof name, NAME "%ld-%d", (long)getpid(), i);
        *path = ew_path_join(parent, name);
        if (*path == NULL)
            return ew_fail_nomem(err);
        int sys = mkdir(*path, 0700) == 0 ? 0 : errno;
        if (sys == 0 && locked(*path, lock))
            return EW_OK;
        ew_free(*path);
        *path = NULL;
        if (sys != 0 && sys != EEXIST)
            return ew_fail_sys(err, sys, "cannot create a folder in '%s'", parent);
    }
    return ew_fail_sys(err, EEXIST, "cannot create a folder in '%s'", parent);
}
