/* SPDX-License-Identifier: Apache-2.0 */
/* Articles from anywhere. The first byte says as what: p(age), m(arkdown), t(ext); anything else is guessed. All
 * texts are valid UTF-8, and every place lies in the original. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];
static size_t original;

static void look(ew_slice s)
{
    if (!ew_utf8_valid(s.p, s.n))
        abort();
}

static void look_place(const ew_place *p)
{
    if (p->at > original || p->bytes > original - p->at)
        abort();
}

static ew_code article(void *cookie, const ew_article *a, ew_err *err)
{
    (void)cookie;
    (void)err;
    look(a->title);
    look(a->byline);
    look(a->outlet);
    look(a->dateline);
    look(a->language);
    look(a->url);
    look(a->translation_of);
    look(a->published.text);
    look(a->modified.text);
    look_place(&a->place);
    for (size_t i = 0; i < a->paragraph_count; i++) {
        look(a->paragraphs[i].text);
        look_place(&a->paragraphs[i].place);
    }
    return EW_OK;
}

static ew_code remark(void *cookie, const ew_remark *r, ew_err *err)
{
    (void)cookie;
    (void)err;
    look(r->text);
    look_place(&r->place);
    return EW_OK;
}

static void remove_file(void)
{
    (void)unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ew_delivery *d = NULL;
    ew_import_opts opts = {.format = EW_IMPORT_AUTO};
    ew_import_sink sink = {.article = article, .remark = remark};
    if (size < 2)
        return 0;
    if (path[0] == 0) {
        const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        (void)snprintf(path, sizeof path, "%s/ew-fuzz-page-%ld.html", base,
                       (long)getpid());
        (void)atexit(remove_file);
    }
    original = size - 1;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data + 1, original) != (ssize_t)original || close(fd) != 0)
        abort();
    if (data[0] == 'p')
        opts.format = EW_IMPORT_PAGE;
    else if (data[0] == 'm')
        opts.format = EW_IMPORT_MARKDOWN;
    else if (data[0] == 't')
        opts.format = EW_IMPORT_TEXT;
    if (ew_delivery_open(&d, path, NULL) == EW_OK)
        (void)!ew_import_run(d, &opts, &sink, NULL);
    ew_delivery_close(d);
    return 0;
}
