/* SPDX-License-Identifier: Apache-2.0 */
/* Sound and film: what the container says, told by the confined decoder. */
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "earwitness/media.h"
#include "ops/lint_in.h"

static bool has_word(const char *text, size_t n, const char *word)
{
    size_t w = strlen(word);
    for (size_t i = 0; i + w <= n; i++)
        if (strncasecmp(text + i, word, w) == 0)
            return true;
    return false;
}

static const struct {
    ew_lint_kind kind;
    const char *words[14]; /* parts of a key */
} meanings[] = {
    {EW_LINT_COORDINATES, {"location", "gps", "geotag", "xyz", "geo-"}},
    {EW_LINT_DEVICE,
     {"make", "model", "device", "android.", "serial", "imei", "hostname"}},
    {EW_LINT_AUTHOR,
     {"author", "artist", "owner", "originator", "encoded_by", "performer", "engineer",
      "composer", "copyright", "publisher", "contact", "director"}},
    {EW_LINT_SOFTWARE, {"encoder", "software", "writing", "creation_tool", "vendor"}},
};

/* Words that say nothing about anybody. */
static bool is_plain(const char *key, size_t n)
{
    static const char *const words[] = {
        "major_brand",   "minor_version", "compatible_brands", "language",
        "duration",      "bps",           "number_of_",        "_statistics",
        "creation_time", "vendor_id",     "handler_name"};
    for (size_t i = 0; i < EW_COUNT(words); i++)
        if (has_word(key, n, words[i]))
            return true;
    return false;
}

ew_code ew_lint__tag(ew_lint *l, ew_slice key, ew_slice value, ew_err *err)
{
    char field[EW_LINT_FIELD];
    ew_lint_kind kind = EW_LINT_METADATA;
    if (value.n == 0)
        return EW_OK;
    for (size_t i = EW_COUNT(meanings); i > 0; i--)
        for (size_t k = 0; k < EW_COUNT(meanings[0].words); k++)
            if (meanings[i - 1].words[k] != NULL &&
                has_word(key.p, key.n, meanings[i - 1].words[k]))
                kind = meanings[i - 1].kind;
    if (kind == EW_LINT_METADATA && is_plain(key.p, key.n))
        return EW_OK;
    size_t keep = key.n < sizeof field - 1 ? key.n : sizeof field - 1;
    memcpy(field, key.p, keep);
    field[keep] = 0;
    return ew_lint__value(l, kind, field, 0, value, err);
}

static ew_code tag(ew_lint *l, const char *pair, ew_err *err)
{
    const char *equal = strchr(pair, '=');
    if (equal == NULL)
        return EW_OK;
    return ew_lint__tag(l, (ew_slice){pair, (size_t)(equal - pair)},
                        ew_slice_of(equal + 1), err);
}

static ew_code facts(ew_lint *l, const ew_media *m, ew_err *err)
{
    size_t count = 0;
    const ew_media_fact *f = ew_media_facts(m, &count);
    ew_code code = EW_OK;
    for (size_t i = 0; i < count && code == EW_OK; i++) {
        if (strncmp(f[i].key, "tag.", 4) == 0)
            code = tag(l, f[i].value, err);
        else if (strcmp(f[i].key, "flac.vendor") == 0 ||
                 strcmp(f[i].key, "mp3.encoder") == 0)
            code = ew_lint__value(l, EW_LINT_SOFTWARE, f[i].key, 0,
                                  ew_slice_of(f[i].value), err);
    }
    return code;
}

/* In memory that the decoder is given as a file, so that nothing of an archive's member is on disk. */
static ew_code open_memory(ew_slice s, int *fd, ew_err *err)
{
    *fd = memfd_create("lint", MFD_CLOEXEC);
    if (*fd < 0)
        return ew_fail(err, EW_E_IO, 0, "no memory to be read as a file");
    return ew_write_all(*fd, s.p, s.n, err);
}

ew_code ew_lint__media(ew_lint *l, ew_slice s, ew_err *err)
{
    int fd = -1;
    bool whole = l->depth == 0 && l->fd >= 0;
    ew_media *m = NULL;
    ew_err why;
    ew_media_opts opts = ew_media_opts_default();
    opts.facts = true;
    opts.decoder_path = l->decoder;
    ew_code code = ew_lint__bytes(l, s, EW_LOOK_NAMES, err);
    if (code == EW_OK)
        code = ew_lint__xml(l, s, err);
    if (code == EW_OK)
        code = ew_lint__exif(l, s, err); /* of a cover */
    if (code == EW_OK && !whole)
        code = open_memory(s, &fd, err);
    if (code != EW_OK) {
        if (fd >= 0)
            (void)close(fd);
        return code;
    }
    if (ew_media_open_fd(&m, whole ? l->fd : fd, "a recording", &opts, &why) == EW_OK)
        code = facts(l, m, err);
    else
        code = ew_lint__blank(l, "tags of a recording that cannot be decoded", err);
    ew_media_close(m);
    if (fd >= 0)
        (void)close(fd);
    return code == EW_OK ? ew_lint__blank(l, "what is heard and seen", err) : code;
}
