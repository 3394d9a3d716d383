/* SPDX-License-Identifier: Apache-2.0 */
/* The originals of a delivery. */
#include "ops/import_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"

/* ------------------------------------------------------------------ storing */

char *ew_import__path_of(const ew_delivery *from, size_t member)
{
    const char *base = ew_delivery_path(from);
    if (ew_delivery_kind_of(from) != EW_DELIVERY_FOLDER)
        return ew_strdup(base);
    ew_slice name = ew_delivery_name(from, member);
    size_t n = strlen(base);
    char *path = ew_alloc(n + name.n + 2);
    if (path == NULL)
        return NULL;
    memcpy(path, base, n);
    path[n] = '/';
    memcpy(path + n + 1, name.p, name.n);
    return path;
}

static ew_code store_path(ew_case *c, const char *path, ew_kept_file *f, ew_err *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == EACCES || errno == ENOENT || errno == EPERM))
        return ew_fail(err, EW_E_NOTFOUND, 0, "'%s' cannot be read", path);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot read '%s'", path);
    ew_code code = EW_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        code = ew_fail(err, EW_E_IO, 0, "'%s' is not a regular file", path);
    if (code == EW_OK) {
        code = ew_case_store_later(c, fd, f->sha256, &f->bytes, err);
    }
    (void)close(fd);
    return code;
}

static ew_code put_piece(void *cookie, const void *bytes, size_t n, ew_err *err)
{
    return ew_write_all(*(int *)cookie, bytes, n, err);
}

/* What is packed is unpacked beside the originals first, in a file without a name. */
static ew_code store_packed(ew_case *c, ew_delivery *from, size_t member, ew_kept_file *f,
                            ew_err *err)
{
    int fd = open(ew_case_dir(c), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return ew_fail_sys(err, errno, "cannot write in '%s'", ew_case_dir(c));
    ew_code code = ew_delivery_stream(from, member, put_piece, &fd, err);
    if (code == EW_E_FORMAT ||
        code == EW_E_LIMIT) { /* one bad photograph of a thousand */
        f->broken = true;
        ew_err_clear(err);
        (void)close(fd);
        return EW_OK;
    }
    if (code == EW_OK)
        code = ew_case_store_later(c, fd, f->sha256, &f->bytes, err);
    (void)close(fd);
    return code;
}

static ew_code store_one(ew_case *c, ew_delivery *from, const ew_kept_files *k, size_t i,
                         ew_err *err)
{
    if (k->packed && i < k->count)
        return store_packed(c, from, i, &k->file[i], err);
    char *path = ew_import__path_of(from, i);
    ew_code code =
        path != NULL ? store_path(c, path, &k->file[i], err) : ew_fail_nomem(err);
    ew_free(path);
    if (code == EW_E_NOTFOUND && ew_delivery_kind_of(from) == EW_DELIVERY_FOLDER) {
        k->file[i].broken = true; /* one of many that may not be read */
        ew_err_clear(err);
        code = EW_OK;
    }
    return code;
}

/* The ZIP itself comes last. */
static ew_code store_all(ew_case *c, ew_delivery *from, const ew_import_how *how,
                         const ew_kept_files *k, const size_t *order, ew_err *err)
{
    const ew_progress *p = &how->read.progress;
    uint64_t waiting = 0; /* for the next sync */
    uint64_t bytes = 0;
    ew_code code = EW_OK;
    for (size_t i = 0; i < k->count + k->packed && code == EW_OK; i++) {
        size_t member = i < k->count ? order[i] : i;
        if (p->tick != NULL &&
            p->tick(p->cookie, "keep", (int64_t)i, (int64_t)k->count) != 0)
            return ew_fail(err, EW_E_CANCELLED, 0, "interrupted");
        code = store_one(c, from, k, member, err);
        waiting++;
        bytes += k->file[member].bytes;
        if (code == EW_OK && (waiting == EW_CASE_LATER || bytes >= EW_CASE_LATER_BYTES)) {
            code = ew_case_store_sync(c, err);
            waiting = bytes = 0;
        }
    }
    return code == EW_OK ? ew_case_store_sync(c, err) : code;
}

ew_code ew_import__store(ew_case *c, ew_delivery *from, const ew_import_how *how,
                         ew_kept_files *k, ew_err *err)
{
    k->packed = ew_delivery_kind_of(from) == EW_DELIVERY_ZIP;
    k->count = ew_delivery_count(from);
    k->file = ew_alloc_array(k->count + 1, sizeof *k->file);
    k->items = ew_alloc_array(k->count + 1, sizeof *k->items);
    size_t *order = ew_alloc_array(k->count + 1, sizeof *order);
    ew_code code =
        k->file != NULL && k->items != NULL && order != NULL ? EW_OK : ew_fail_nomem(err);
    if (code == EW_OK) {
        ew_delivery_order(from, order);
        code = store_all(c, from, how, k, order, err);
    }
    ew_free(order);
    return code;
}

ew_code ew_import__read_copies(ew_case *c, ew_delivery *from, const ew_kept_files *k,
                               ew_err *err)
{
    ew_code code = EW_OK;
    for (size_t i = 0; i < k->count + k->packed && code == EW_OK; i++) {
        char *path = NULL;
        if (!k->file[i].broken)
            code = ew_case_stored(c, k->file[i].sha256, &path, err);
        if (code == EW_OK && i == k->count)
            code = ew_delivery_replace_zip(from, path, err);
        else if (code == EW_OK &&
                 (path != NULL || !k->packed)) /* else the ZIP says why */
            code = ew_delivery_replace(from, i, path, err);
        ew_free(path);
    }
    return code;
}

void ew_import__drop(ew_case *c, const ew_kept_files *k)
{
    static const uint8_t none[EW_SHA256_BYTES];
    for (size_t i = 0; k->file != NULL && i < k->count + k->packed; i++)
        if (!k->file[i].broken && memcmp(k->file[i].sha256, none, sizeof none) != 0 &&
            ew_case_unstore(c, k->file[i].sha256, NULL) != EW_OK)
            continue; /* an item has it, or it stays */
}

void ew_import__kept_release(ew_kept_files *k)
{
    ew_free(k->file);
    ew_free(k->items);
    *k = (ew_kept_files){0};
}

/* ------------------------------------------------------------------ items */

static const struct {
    const char *ending, *kind;
} endings[] = {
    {".aac", "recording"},  {".aif", "recording"},  {".aiff", "recording"},
    {".amr", "recording"},  {".flac", "recording"}, {".m4a", "recording"},
    {".mka", "recording"},  {".mp3", "recording"},  {".oga", "recording"},
    {".ogg", "recording"},  {".opus", "recording"}, {".wav", "recording"},
    {".weba", "recording"}, {".wma", "recording"},  {".3gp", "recording"},
    {".avi", "recording"},  {".m4v", "recording"},  {".mkv", "recording"},
    {".mov", "recording"},  {".mp4", "recording"},  {".webm", "recording"},
    {".avif", "image"},     {".bmp", "image"},      {".gif", "image"},
    {".heic", "image"},     {".jpeg", "image"},     {".jpg", "image"},
    {".png", "image"},      {".tif", "image"},      {".tiff", "image"},
    {".webp", "image"},
};

static const char *const by_format[EW_IMPORT_FORMATS] = {
    [EW_IMPORT_TELEGRAM_JSON] = "chat", [EW_IMPORT_TELEGRAM_HTML] = "chat",
    [EW_IMPORT_WHATSAPP] = "chat",      [EW_IMPORT_MESSENGER] = "chat",
    [EW_IMPORT_SIGNAL] = "chat",        [EW_IMPORT_PAGE] = "article",
    [EW_IMPORT_MARKDOWN] = "article",   [EW_IMPORT_TEXT] = "article",
    [EW_IMPORT_WARC] = "page",          [EW_IMPORT_WACZ] = "page",
    [EW_IMPORT_PICTURE] = "image",
};

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name);
    size_t m = strlen(end);
    return n > m && strcasecmp(name + n - m, end) == 0;
}

/* What a member is: by its name, since it may be one of thousands; what was named by its format. */
static const char *kind_of(const char *name, ew_import_format f, bool alone)
{
    static const char *const texts[] = {".json", ".jsonl", ".html", ".htm",  ".txt",
                                        ".md",   ".warc",  ".gz",   ".xhtml"};
    if (alone)
        return by_format[f];
    for (size_t i = 0; i < EW_COUNT(endings); i++)
        if (ends_with(name, endings[i].ending))
            return endings[i].kind;
    for (size_t i = 0; i < EW_COUNT(texts); i++)
        if (ends_with(name, texts[i]))
            return by_format[f];
    return "document";
}

static ew_code add_item(ew_case *c, const ew_import_how *how, const char *name,
                        const ew_case_item *made, ew_kept_file *f, ew_err *err)
{
    ew_case_item i = *made;
    char *safe = ew_safe_name(name);
    if (safe == NULL)
        return ew_fail_nomem(err);
    i.name = safe;
    i.origin = how->origin;
    i.obtained = how->obtained;
    i.from = how->from;
    i.note = how->note;
    i.bytes = f->bytes;
    memcpy(i.sha256, f->sha256, sizeof i.sha256);
    f->recording = strcmp(i.kind, "recording") == 0;
    ew_code code = ew_case_add_item(c, &i, &f->item, err);
    f->known = code == EW_E_ARG && f->item != 0;
    if (f->known) {
        ew_err_clear(err);
        code = EW_OK;
    }
    ew_free(safe);
    return code;
}

static ew_code add_member(ew_case *c, const ew_delivery *from, const ew_import_how *how,
                          ew_kept_files *k, size_t i, ew_err *err)
{
    ew_slice name = ew_delivery_name(from, i);
    bool alone = ew_delivery_kind_of(from) == EW_DELIVERY_FILE;
    if (k->file[i].broken)
        return EW_OK;
    char *text = ew_alloc(name.n + 1);
    if (text == NULL)
        return ew_fail_nomem(err);
    memcpy(text, name.p, name.n);
    ew_case_item made = {.kind = kind_of(text, k->format, alone),
                         .parent = k->packed ? k->file[k->count].item : 0};
    ew_code code = add_item(c, how, text, &made, &k->file[i], err);
    k->items[i] = k->file[i].item;
    ew_free(text);
    return code;
}

ew_code ew_import__add_items(ew_case *c, const ew_delivery *from,
                             const ew_import_how *how, ew_kept_files *k,
                             ew_imported *told, ew_err *err)
{
    ew_code code = EW_OK;
    if (k->packed) {
        const char *slash = strrchr(ew_delivery_path(from), '/');
        ew_case_item made = {.kind = by_format[k->format]};
        code = add_item(c, how, slash != NULL ? slash + 1 : ew_delivery_path(from), &made,
                        &k->file[k->count], err);
    }
    for (size_t i = 0; i < k->count && code == EW_OK; i++)
        code = add_member(c, from, how, k, i, err);
    for (size_t i = 0; i < k->count + (k->packed ? 1 : 0) && code == EW_OK; i++) {
        told->items += !k->file[i].known && !k->file[i].broken;
        told->known += k->file[i].known;
    }
    return code;
}
