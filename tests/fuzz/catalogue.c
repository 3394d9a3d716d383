/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: an archive whose catalogue is from somebody else. Opening, verifying and
 * writing may fail, but not crash, and nothing strange comes out. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "index/archive.h"

#include "earwitness/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[64];

static void make_folder(void)
{
    char path[128];
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/earwitness-fuzz-XXXXXX", base);
    if (mkdtemp(folder) == NULL)
        abort();
    (void)snprintf(path, sizeof path, "%s/segments", folder);
    if (ew_mkdirs(path, NULL) != EW_OK || ew_archive__mark(folder, NULL) != EW_OK)
        abort();
}

static void remove_folder(void)
{
    static const char *const names[] = {"catalogue.sqlite", "catalogue.sqlite-journal",
                                        "archive.txt", "lock"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/segments", folder);
    (void)rmdir(path);
    (void)rmdir(folder);
}

static void put_catalogue(const uint8_t *data, size_t size)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/catalogue.sqlite-journal", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/catalogue.sqlite", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) != 0)
        abort();
}

static void look(void *cookie, const ew_damage *d)
{
    (void)cookie;
    for (size_t i = 0; i < d->affected_count; i++)
        if (!ew_utf8_valid(d->affected_names[i], strlen(d->affected_names[i])))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_index *ix = NULL;
    ew_index_writer *w = NULL;
    uint64_t damaged = 0;
    if (folder[0] == 0) {
        make_folder();
        (void)atexit(remove_folder);
    }
    put_catalogue(data, size);
    if (ew_index_open(&ix, folder, NULL) == EW_OK && ew_index_count(ix) != 0)
        abort(); /* there are no segments */
    ew_index_close(ix);
    (void)!ew_index_verify(folder, look, NULL, NULL, &damaged, NULL);
    if (ew_index_writer_open(&w, folder, 0, NULL) == EW_OK) {
        static const uint8_t sha[32];
        bool yes = false;
        (void)!ew_index_writer_has(w, sha, &yes, NULL);
        (void)!ew_index_writer_seen(w, "/a", 1, 2, &yes, NULL);
        (void)!ew_index_writer_compact(w, NULL, NULL);
    }
    ew_index_writer_close(w);
    return 0;
}
