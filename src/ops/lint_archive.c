/* SPDX-License-Identifier: Apache-2.0 */
/* Archives and packed files, member by member, in memory and within limits. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "ops/lint_in.h"

enum {
    MEMBERS = 100000,
    MEMBER_MOST = 256 << 20, /* unpacked, of one */
    ALL_MOST = 2000 << 20,   /* of all of an archive */
    RATIO = 1000,
    PIECE = 256 * 1024
};

/* One archive while it is read. */
typedef struct reading {
    struct archive *a;
    uint64_t unpacked, most;
    size_t members;
    bool damaged, cut;
} reading;

static ew_code open_it(reading *r, ew_slice s, ew_err *err)
{
    r->a = archive_read_new();
    if (r->a == NULL)
        return ew_fail_nomem(err);
    (void)archive_read_support_filter_gzip(r->a);
    (void)archive_read_support_filter_bzip2(r->a);
    (void)archive_read_support_filter_xz(r->a);
    (void)archive_read_support_filter_zstd(r->a);
    (void)archive_read_support_format_zip(r->a);
    (void)archive_read_support_format_tar(r->a);
    (void)archive_read_support_format_raw(r->a);
    r->damaged = archive_read_open_memory(r->a, s.p, s.n) != ARCHIVE_OK;
    return EW_OK;
}

/* The bytes of the member that is next. */
static ew_code read_member(reading *r, ew_buf *b, ew_err *err)
{
    ew_code code = EW_OK;
    char *piece = ew_alloc(PIECE);
    if (piece == NULL)
        return ew_fail_nomem(err);
    while (code == EW_OK) {
        la_ssize_t n = archive_read_data(r->a, piece, PIECE);
        if (n <= 0) {
            r->damaged = r->damaged || n < 0;
            break;
        }
        r->unpacked += (uint64_t)n;
        if (b->len + (size_t)n > MEMBER_MOST || r->unpacked > r->most) {
            r->cut = true;
            break;
        }
        code = ew_buf_append(b, piece, (size_t)n, err);
    }
    ew_free(piece);
    return code;
}

/* Its name behind that of the archive it is in; safe. */
static ew_code name_member(ew_lint *l, size_t before, const char *name, ew_err *err)
{
    ew_buf b;
    ew_buf_init(&b, (size_t)8 * EW_LINT_MEMBER);
    size_t n = strnlen(name, EW_LINT_MEMBER);
    ew_code code = ew_utf8_append_safe(&b, name, n, err);
    if (code == EW_OK)
        (void)snprintf(l->member + before, sizeof l->member - before, "%s%s",
                       before > 0 ? "!" : "", b.data != NULL ? (const char *)b.data : "");
    size_t len = strlen(l->member); /* not cut within a character */
    while (len > 0 && !ew_utf8_valid(l->member, len))
        l->member[--len] = 0;
    if (code == EW_OK) {
        ew_lint_text t = {
            ew_slice_of(l->member + before), 0, 1, "file name", EW_LOOK_ALL, 0};
        code = ew_lint__text(l, &t, err);
    }
    ew_buf_release(&b);
    return code;
}

/* Who a file belonged to where it was packed: told once for the archive. */
static ew_code owner(ew_lint *l, size_t before, const char *field, const char *name,
                     ew_err *err)
{
    char kept = l->member[before];
    if (name == NULL || name[0] == 0 || strcmp(name, "root") == 0)
        return EW_OK;
    l->member[before] = 0;
    ew_code code = ew_lint__value(l, EW_LINT_AUTHOR, field, 0,
                                  (ew_slice){name, strnlen(name, EW_LINT_MEMBER)}, err);
    l->member[before] = kept;
    return code;
}

static ew_code owners(ew_lint *l, struct archive_entry *e, size_t before, ew_err *err)
{
    const char *user = archive_entry_uname_utf8(e);
    ew_code code =
        owner(l, before, "owner", user != NULL ? user : archive_entry_uname(e), err);
    const char *group = archive_entry_gname_utf8(e);
    return code == EW_OK ? owner(l, before, "group",
                                 group != NULL ? group : archive_entry_gname(e), err)
                         : code;
}

static ew_code look_into(ew_lint *l, reading *r, struct archive_entry *e, ew_err *err)
{
    ew_buf b;
    if (archive_entry_is_encrypted(e) > 0)
        return ew_lint__blank(l, "encrypted", err);
    ew_buf_init(&b, MEMBER_MOST);
    bool was_cut = r->cut;
    ew_code code = read_member(r, &b, err);
    if (code == EW_OK && (r->damaged || r->cut != was_cut))
        code =
            ew_lint__blank(l, r->damaged ? "damaged" : "too large to be unpacked", err);
    l->depth++;
    if (code == EW_OK && b.len > 0)
        code = ew_lint__file(l, (ew_slice){(const char *)b.data, b.len}, err);
    l->depth--;
    ew_buf_release(&b);
    return code;
}

static ew_code members(ew_lint *l, reading *r, size_t before, ew_err *err)
{
    ew_code code = EW_OK;
    struct archive_entry *e;
    while (code == EW_OK && !r->damaged && !r->cut) {
        int rc = archive_read_next_header(r->a, &e);
        if (rc == ARCHIVE_EOF)
            break;
        r->damaged = rc != ARCHIVE_OK && rc != ARCHIVE_WARN;
        r->cut = r->members++ == MEMBERS;
        if (r->damaged || r->cut)
            break;
        const char *name = archive_entry_pathname_utf8(e);
        if (name == NULL)
            name = archive_entry_pathname(e);
        bool raw = archive_format(r->a) == ARCHIVE_FORMAT_RAW;
        code = name_member(l, before, raw || name == NULL ? "(unpacked)" : name, err);
        if (code == EW_OK)
            code = owners(l, e, before, err);
        if (code == EW_OK && archive_entry_filetype(e) == AE_IFREG)
            code = look_into(l, r, e, err);
    }
    return code;
}

ew_code ew_lint__archive(ew_lint *l, ew_slice s, ew_err *err)
{
    reading r = {.most = (uint64_t)s.n * RATIO};
    size_t before = strlen(l->member);
    if (l->depth >= EW_LINT_DEPTH)
        return ew_lint__blank(l, "an archive in an archive in an archive", err);
    r.most = r.most < ALL_MOST ? r.most : ALL_MOST;
    ew_code code = open_it(&r, s, err);
    if (code == EW_OK && !r.damaged)
        code = members(l, &r, before, err);
    l->member[before] = 0;
    if (code == EW_OK && s.n > 4 && memcmp(s.p, "PK", 2) == 0)
        code = ew_lint__zip_rest(l, s, err);
    if (code == EW_OK && s.n > 4 && memcmp(s.p, "\x1F\x8B", 2) == 0)
        code = ew_lint__gzip_head(l, s, err);
    if (code == EW_OK && r.damaged)
        code = ew_lint__blank(l, "a damaged archive", err);
    if (code == EW_OK && r.cut)
        code = ew_lint__blank(l, "an archive too large to be unpacked as a whole", err);
    (void)archive_read_free(r.a);
    return code;
}
