/* SPDX-License-Identifier: Apache-2.0 */
/* What a program that was killed left in the queue's folder, and what was sent and never worked on. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "ops/jobs_disk.h"

enum { DAY_S = 24 * 3600, TREE_DEPTH = 20 };

typedef void each_name(void *cookie, const char *dir, const char *name);

static void each_in(const char *dir, each_name *put, void *cookie)
{
    const struct dirent *e;
    DIR *d = opendir(dir);
    while (d != NULL && (e = readdir(d)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            put(cookie, dir, e->d_name);
    if (d != NULL)
        (void)closedir(d);
}

static void remove_file(void *cookie, const char *dir, const char *name)
{
    char *path = ew_path_join(dir, name);
    (void)cookie;
    if (path != NULL)
        (void)unlink(path);
    ew_free(path);
}

/* What was being written when the program was killed. */
static void remove_temp(void *cookie, const char *dir, const char *name)
{
    if (strncmp(name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0)
        remove_file(cookie, dir, name);
}

/* The sound of something that was looked at, then its mark. */
static void remove_sound(const char *dir, const char *mark)
{
    char *sounds = ew_path_join(dir, "sounds");
    char *path =
        sounds != NULL ? ew_path_join(sounds, mark + strlen(EW_JOBS_LOOK)) : NULL;
    if (path != NULL) {
        each_in(path, remove_file, NULL);
        (void)rmdir(path);
        remove_file(NULL, dir, mark);
    }
    ew_free(path);
    ew_free(sounds);
}

static bool is_hash(const char *name)
{
    uint8_t sha256[EW_SHA256_BYTES];
    return strlen(name) == EW_SHA256_HEX && ew_unhex(name, sha256, sizeof sha256) == 0;
}

/* A folder of ours and all in it, no deeper than what was sent may lie; links are not followed. */
static void remove_tree(const char *path, int depth)
{
    const struct dirent *e;
    DIR *d = opendir(path);
    while (d != NULL && (e = readdir(d)) != NULL) {
        struct stat st;
        char *below = strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0
                          ? ew_path_join(path, e->d_name)
                          : NULL;
        if (below != NULL && lstat(below, &st) == 0 && S_ISDIR(st.st_mode) && depth > 0)
            remove_tree(below, depth - 1);
        else if (below != NULL)
            (void)unlink(below);
        ew_free(below);
    }
    if (d != NULL)
        (void)closedir(d);
    (void)rmdir(path);
}

void ew_job_unstage(const char *dir, uint64_t id)
{
    char *path = ew_job_stage(dir, id);
    if (path != NULL)
        remove_tree(path, TREE_DEPTH);
    ew_free(path);
}

/* A policy or a bundle that was on its way; names that files had for a job; sound of what was looked at. */
static void remove_passing(void *cookie, const char *dir, const char *name)
{
    if (strncmp(name, "bundle-", 7) == 0) {
        char *path = ew_path_join(dir, name);
        if (path != NULL) {
            each_in(path, remove_file, NULL);
            (void)rmdir(path);
        }
        ew_free(path);
    } else if (strncmp(name, "names-", 6) == 0) {
        char *path = ew_path_join(dir, name);
        if (path != NULL)
            remove_tree(path, TREE_DEPTH);
        ew_free(path);
    } else if (strncmp(name, "policy-", 7) == 0) {
        remove_file(cookie, dir, name);
    } else if (strncmp(name, EW_JOBS_LOOK, strlen(EW_JOBS_LOOK)) == 0 &&
               is_hash(name + strlen(EW_JOBS_LOOK))) {
        remove_sound(dir, name);
    }
}

typedef struct sweep {
    bool (*in_use)(void *cookie, const uint8_t sha256[EW_SHA256_BYTES]);
    void *cookie;
} sweep;

static void remove_old(void *cookie, const char *dir, const char *name)
{
    const sweep *s = cookie;
    uint8_t sha256[EW_SHA256_BYTES];
    struct stat st;
    char *path = ew_path_join(dir, name);
    if (path != NULL && strlen(name) == EW_SHA256_HEX &&
        ew_unhex(name, sha256, sizeof sha256) == 0 && lstat(path, &st) == 0 &&
        time(NULL) - st.st_mtime > DAY_S && !s->in_use(s->cookie, sha256))
        (void)unlink(path);
    ew_free(path);
}

void ew_job_sweep(const char *dir,
                  bool (*in_use)(void *cookie, const uint8_t sha256[EW_SHA256_BYTES]),
                  void *cookie)
{
    sweep s = {in_use, cookie};
    static const char *const parts[] = {"jobs", "files", "recordings"};
    char *files = ew_path_join(dir, "files");
    each_in(dir, remove_passing, NULL);
    if (files != NULL)
        each_in(files, remove_old, &s);
    ew_free(files);
    for (size_t i = 0; i < EW_COUNT(parts); i++) {
        char *part = ew_path_join(dir, parts[i]);
        if (part != NULL)
            each_in(part, remove_temp, NULL);
        ew_free(part);
    }
}
