/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the queue is a job or is left alone; what was read is written and read again as the same. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "ops/jobs_disk.h"
#include "report/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct seen {
    ew_job_record r;
    int count;
} seen;

static ew_code take(void *cookie, ew_job_record *r, ew_err *err)
{
    seen *s = cookie;
    (void)err;
    if (s->count++ > 0)
        abort();
    s->r = *r;
    const ew_job_form *form = ew_job_form_of(r->kind);
    if (r->file_count < form->least || r->file_count > form->most ||
        (form->of_case && r->casedir == NULL))
        abort();
    return EW_OK;
}

static bool same_text(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static bool same(const ew_job_record *a, const ew_job_record *b)
{
    bool yes = a->id == b->id && a->kind == b->kind && a->state == b->state &&
               a->made == b->made && a->kept == b->kept &&
               a->file_count == b->file_count && same_text(a->casedir, b->casedir) &&
               same_text(a->how, b->how) && same_text(a->settings, b->settings);
    for (size_t i = 0; yes && i < a->file_count; i++)
        yes = memcmp(a->files[i].sha256, b->files[i].sha256, EW_SHA256_BYTES) == 0 &&
              strcmp(a->files[i].name, b->files[i].name) == 0 &&
              a->files[i].bytes == b->files[i].bytes;
    return yes;
}

static char dir[] = "/tmp/ew-fuzz-queue-XXXXXX";

static void clean(void)
{
    char *path = ew_job_path(dir, 1, false);
    (void)unlink(path);
    *strrchr(path, '/') = 0;
    (void)rmdir(path);
    (void)rmdir(dir);
    ew_free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool made;
    seen first = {0};
    seen again = {0};
    char *path = NULL;
    if (!made) {
        if (mkdtemp(dir) == NULL)
            abort();
        path = ew_job_path(dir, 1, false);
        *strrchr(path, '/') = 0;
        if (mkdir(path, 0700) != 0 || atexit(clean) != 0)
            abort();
        ew_free(path);
        ew_json_use_own_alloc();
        made = true;
    }
    path = ew_job_path(dir, 1, false);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) != 0 ||
        ew_job_read_all(dir, take, &first, NULL) != EW_OK)
        abort();
    if (first.count == 1 && (ew_job_write(dir, &first.r, NULL) != EW_OK ||
                             ew_job_read_all(dir, take, &again, NULL) != EW_OK ||
                             again.count != 1 || !same(&first.r, &again.r)))
        abort();
    ew_job_record_release(&first.r);
    ew_job_record_release(&again.r);
    ew_free(path);
    return 0;
}
