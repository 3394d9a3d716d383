/* SPDX-License-Identifier: Apache-2.0 */
/* Which items a desk has sealed. */
#include "ops/seal_list.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/file.h"
#include "ops/input.h"

typedef ew_code put_item(void *cookie, const ew_sealed_item *i, ew_err *err);

static ew_code read_stream(const ew_kept *k, ew_stream *out, ew_err *err)
{
    ew_note *note = NULL;
    ew_seal seal;
    ew_code code = ew_note_parse(&note, k->note.data, k->note.len, err);
    if (code == EW_OK)
        code = ew_seal_parse(&seal, note->text, err);
    if (code == EW_OK && seal.stream_count > 0)
        *out = seal.streams[0];
    ew_note_free(note);
    return code;
}

static ew_code tell(const ew_desk *d, const char *hex, put_item *put, void *cookie,
                    ew_err *err)
{
    ew_kept k;
    ew_kept_init(&k);
    memcpy(k.hex, hex, sizeof k.hex);
    ew_code code = ew_desk__read_item(d, &k, err);
    if (code == EW_OK) {
        const char *path = k.path != NULL ? k.path : "";
        const char *slash = strrchr(path, '/');
        char *name = ew_safe_name(slash != NULL && slash[1] != 0 ? slash + 1 : path);
        char *safe = ew_safe_name(path);
        ew_stream s = {.n = 0};
        code =
            name != NULL && safe != NULL ? read_stream(&k, &s, err) : ew_fail_nomem(err);
        const ew_sealed_item i = {.hex = k.hex,
                                  .name = name,
                                  .logged = k.logged,
                                  .burned = k.remains != NULL,
                                  .path = safe,
                                  .splitter = ew_splitter_name(s.splitter),
                                  .parts = s.n,
                                  .there = s.splitter == EW_SPLIT_SEALS ||
                                           access(path, R_OK) == 0,
                                  .entry = k.entry};
        if (code == EW_OK)
            code = put(cookie, &i, err);
        ew_free(safe);
        ew_free(name);
    }
    ew_kept_release(&k);
    return code;
}

ew_code ew_ops_sealed(const ew_desk *d, put_item *put, void *cookie, ew_err *err)
{
    const struct dirent *e;
    char *path = ew_path_join(d->dir, "items");
    DIR *dir = path != NULL ? opendir(path) : NULL;
    ew_code code = EW_OK;
    if (path == NULL)
        code = ew_fail_nomem(err);
    else if (dir == NULL && errno != ENOENT)
        code = ew_fail_sys(err, errno, "cannot read '%s'", path);
    while (dir != NULL && code == EW_OK && (e = readdir(dir)) != NULL)
        if (strlen(e->d_name) == EW_ITEM_HEX)
            code = tell(d, e->d_name, put, cookie, err);
    if (dir != NULL)
        (void)closedir(dir);
    ew_free(path);
    return code;
}
