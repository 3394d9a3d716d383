/* SPDX-License-Identifier: Apache-2.0 */
/* WACZ as a folder: files lie one behind the other, each begun by a line "%%name". All texts are valid UTF-8, and every
 * place lies in its member. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES = 5 };
static const char *const names[FILES] = {"datapackage.json", "datapackage-digest.json",
                                         "pages/pages.jsonl", "archive/a.warc", "other"};
static char folder[64];

static const char *path_of(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s%s%s", folder, name[0] != 0 ? "/" : "", name);
    return path;
}

static void look(ew_slice s)
{
    if (!ew_utf8_valid(s.p, s.n))
        abort();
}

static void look_place(const ew_delivery *d, const ew_place *p)
{
    uint64_t all = ew_delivery_bytes(d, p->member);
    if (p->at > all || p->bytes > all - p->at)
        abort();
}

static ew_code capture(void *cookie, const ew_capture *c, ew_err *err)
{
    (void)err;
    look(c->url);
    look(c->title);
    look(c->signed_by);
    look_place(cookie, &c->place);
    return EW_OK;
}

static ew_code gap(void *cookie, const ew_gap *g, ew_err *err)
{
    (void)err;
    look(g->words);
    look_place(cookie, &g->place);
    return EW_OK;
}

static ew_code remark(void *cookie, const ew_remark *r, ew_err *err)
{
    (void)err;
    look(r->text);
    look_place(cookie, &r->place);
    return EW_OK;
}

static void remove_files(void)
{
    for (int i = 0; i < FILES; i++)
        (void)unlink(path_of(names[i]));
    (void)rmdir(path_of("pages"));
    (void)rmdir(path_of("archive"));
    (void)rmdir(path_of(""));
}

static void make_folder(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(folder, sizeof folder, "%s/ew-fuzz-wacz-%ld", base, (long)getpid());
    if (mkdir(path_of(""), 0700) != 0 || mkdir(path_of("pages"), 0700) != 0 ||
        mkdir(path_of("archive"), 0700) != 0)
        abort();
    (void)atexit(remove_files);
}

static void put(const char *name, const uint8_t *bytes, size_t n)
{
    int fd = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd) != 0)
        abort();
}

/* The files of the input; a name that is none of ours is the first one's. */
static void put_files(const uint8_t *data, size_t size)
{
    while (size > 2 && data[0] == '%' && data[1] == '%') {
        const uint8_t *line = memchr(data, '\n', size);
        if (line == NULL)
            return;
        size_t name = (size_t)(line - data) - 2;
        size_t left = size - name - 3;
        const uint8_t *end = left > 0 ? memmem(line + 1, left, "\n%%", 3) : NULL;
        size_t n = end != NULL ? (size_t)(end - line) - 1 : left;
        int which = 0;
        for (int i = 0; i < FILES; i++)
            if (strlen(names[i]) == name && memcmp(data + 2, names[i], name) == 0)
                which = i;
        put(names[which], line + 1, n);
        if (end == NULL)
            return;
        size -= (size_t)(end + 1 - data);
        data = end + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = EW_IMPORT_WACZ};
    if (folder[0] == 0)
        make_folder();
    for (int i = 0; i < FILES; i++)
        (void)unlink(path_of(names[i]));
    put_files(data, size);
    if (ew_delivery_open(&d, folder, NULL) == EW_OK) {
        ew_import_sink sink = {
            .cookie = d, .capture = capture, .gap = gap, .remark = remark};
        (void)!ew_import_run(d, &opts, &sink, NULL);
    }
    ew_delivery_close(d);
    return 0;
}
