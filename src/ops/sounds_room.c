/* SPDX-License-Identifier: Apache-2.0 */
/* Which sounds stay on the disk. */
#include "ops/sounds_room.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

enum { SHARE_LEFT = 50 /* a fiftieth of a disk is left to others */ };

static const uint64_t left_most = (uint64_t)1 << 30; /* but not more than this */
static _Atomic int64_t pretended = -1;

void ew_sounds_room_is(int64_t bytes)
{
    atomic_store(&pretended, bytes);
}

/* ------------------------------------------------------------------ folders of sounds */

typedef struct kept {
    char name[EW_SHA256_HEX + 1];
    uint64_t bytes;
    struct timespec asked; /* when it was asked for last */
} kept;

typedef struct all_kept {
    kept *list;
    size_t count;
    uint64_t bytes;
} all_kept;

/* Removes the folder of a sound, with only what is made there. */
static void remove_sound(const char *dir, const char *name)
{
    const struct dirent *e;
    char *folder = ew_path_join(dir, name);
    DIR *d = folder != NULL ? opendir(folder) : NULL;
    while (d != NULL && (e = readdir(d)) != NULL)
        if (strcmp(e->d_name, "sound.pcm") == 0 || strcmp(e->d_name, "peaks") == 0 ||
            strncmp(e->d_name, EW_TEMP_PREFIX, strlen(EW_TEMP_PREFIX)) == 0)
            (void)unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL) {
        (void)closedir(d);
        (void)rmdir(folder);
    }
    ew_free(folder);
}

void ew_sounds_remove(const char *dir, const uint8_t sha256[EW_SHA256_BYTES])
{
    char hex[EW_SHA256_HEX + 1];
    ew_hex(sha256, EW_SHA256_BYTES, hex);
    remove_sound(dir, hex);
}

static bool is_sound(const char *name)
{
    uint8_t sha256[EW_SHA256_BYTES];
    return strlen(name) == EW_SHA256_HEX && ew_unhex(name, sha256, sizeof sha256) == 0;
}

/* False: it is not there as a whole. */
static bool look_at(int dir, const char *name, kept *k)
{
    struct stat peaks;
    struct stat pcm;
    char path[EW_SHA256_HEX + 16];
    memcpy(k->name, name, sizeof k->name);
    memcpy(path, name, EW_SHA256_HEX);
    memcpy(path + EW_SHA256_HEX, "/peaks", sizeof "/peaks");
    if (fstatat(dir, path, &peaks, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    memcpy(path + EW_SHA256_HEX, "/sound.pcm", sizeof "/sound.pcm");
    if (fstatat(dir, path, &pcm, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    k->bytes = ((uint64_t)peaks.st_blocks + (uint64_t)pcm.st_blocks) * 512;
    k->asked = peaks.st_mtim;
    return true;
}

static bool put(all_kept *a, const kept *k)
{
    kept *more = ew_realloc_array(a->list, a->count + 1, sizeof *more);
    if (more == NULL)
        return false;
    a->list = more;
    a->list[a->count++] = *k;
    a->bytes += k->bytes;
    return true;
}

void ew_sounds_sweep(const char *dir)
{
    const struct dirent *e;
    kept k;
    DIR *d = opendir(dir);
    while (d != NULL && (e = readdir(d)) != NULL)
        if (is_sound(e->d_name) && !look_at(dirfd(d), e->d_name, &k))
            remove_sound(dir, e->d_name);
    if (d != NULL)
        (void)closedir(d);
}

/* ------------------------------------------------------------------ room */

static int by_asked(const void *a, const void *b)
{
    const kept *x = a;
    const kept *y = b;
    if (x->asked.tv_sec != y->asked.tv_sec)
        return x->asked.tv_sec < y->asked.tv_sec ? -1 : 1;
    if (x->asked.tv_nsec != y->asked.tv_nsec)
        return x->asked.tv_nsec < y->asked.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

static uint64_t room_for(const char *dir, uint64_t taken)
{
    struct statvfs fs;
    int64_t asked = atomic_load(&pretended);
    if (asked >= 0)
        return (uint64_t)asked;
    if (statvfs(dir, &fs) != 0)
        return UINT64_MAX;
    return ((uint64_t)fs.f_bavail * fs.f_frsize + taken) / 2;
}

void ew_sounds_trim(const char *dir, const uint8_t keep[EW_SHA256_BYTES])
{
    const struct dirent *e;
    all_kept a = {0};
    kept k;
    char hex[EW_SHA256_HEX + 1];
    ew_hex(keep, EW_SHA256_BYTES, hex);
    DIR *d = opendir(dir);
    while (d != NULL && (e = readdir(d)) != NULL)
        if (is_sound(e->d_name) && look_at(dirfd(d), e->d_name, &k) && !put(&a, &k))
            break;
    if (d != NULL)
        (void)closedir(d);
    uint64_t room = room_for(dir, a.bytes);
    if (a.count > 1)
        qsort(a.list, a.count, sizeof *a.list, by_asked);
    for (size_t i = 0; i < a.count && a.bytes > room; i++) {
        if (strcmp(a.list[i].name, hex) == 0)
            continue;
        remove_sound(dir, a.list[i].name);
        a.bytes -= a.list[i].bytes;
    }
    ew_free(a.list);
}

ew_code ew_sounds_room(int fd, ew_err *err)
{
    struct statvfs fs;
    if (fstatvfs(fd, &fs) != 0)
        return EW_OK;
    uint64_t left = (uint64_t)fs.f_blocks * fs.f_frsize / SHARE_LEFT;
    left = left < left_most ? left : left_most;
    return (uint64_t)fs.f_bavail * fs.f_frsize >= left
               ? EW_OK
               : ew_fail(err, EW_E_LIMIT, 0,
                         "there is too little room on the disk to hear this");
}
