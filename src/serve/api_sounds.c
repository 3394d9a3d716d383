/* SPDX-License-Identifier: Apache-2.0 */
/* Sound to look at and to listen to: of what was sent, of the archive's recordings, of the case's items;
 * named by its hash. No path comes from outside. */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "casefile/casefile.h"
#include "ops/archive.h"
#include "ops/jobs.h"
#include "ops/sounds.h"
#include "serve/api_case.h"
#include "serve/held.h"

static ew_code hash_of(ew_slice part, uint8_t sha256[EW_SHA256_BYTES], ew_err *err)
{
    char hex[EW_SHA256_HEX + 1] = "";
    if (part.n == EW_SHA256_HEX)
        memcpy(hex, part.p, part.n);
    if (ew_unhex(hex, sha256, EW_SHA256_BYTES) != 0)
        return ew_fail(err, EW_E_NOTFOUND, 0, "a sound is named by its SHA-256");
    return EW_OK;
}

ew_code ew_api_archive_path(ew_server *s, const char *hex, char **path, ew_err *err)
{
    ew_index *ix = NULL;
    char *dir = NULL;
    size_t rec;
    ew_code code = ew_ops_archive_dir(s->o->archive, &dir, err);
    if (code == EW_OK)
        code = ew_index_open(&ix, dir, err);
    if (code == EW_OK)
        code = ew_index_find(ix, hex, &rec, err);
    if (code == EW_OK) {
        *path = ew_strdup(ew_index_recording(ix, rec)->paths[0]);
        if (*path == NULL)
            code = ew_fail_nomem(err);
    }
    ew_index_close(ix);
    ew_free(dir);
    return code;
}

/* Opens the case that is named, else the one of the start. */
static ew_code open_case(ew_server *s, const char *id, ew_case **c, ew_err *err)
{
    if (id != NULL)
        return ew_api_case_open(s, ew_slice_of(id), false, c, err);
    if (s->o->casedir != NULL)
        return ew_case_open(c, s->o->casedir, false, 0, err);
    return ew_fail(err, EW_E_NOTFOUND, 0, "there is no sound of this hash");
}

static ew_code path_in_case(ew_server *s, const char *id,
                            const uint8_t sha256[EW_SHA256_BYTES], char **path,
                            ew_err *err)
{
    ew_case *c = NULL;
    int64_t item = 0;
    bool undone = false;
    ew_code code = open_case(s, id, &c, err);
    if (code == EW_OK)
        code = ew_case_same_content(c, sha256, &item, &undone, err);
    if (code == EW_OK && item == 0)
        code = ew_fail(err, EW_E_NOTFOUND, 0, "there is no sound of this hash");
    if (code == EW_OK)
        code = ew_case_original(c, item, path, err);
    ew_case_close(c);
    return code;
}

/* Where the file of this hash is, of those that this server may open. id: of a case to look in, or NULL. */
static ew_code path_of(ew_server *s, const uint8_t sha256[EW_SHA256_BYTES],
                       const char *id, char **path, ew_err *err)
{
    char hex[EW_SHA256_HEX + 1];
    ew_hex(sha256, EW_SHA256_BYTES, hex);
    *path = ew_held_sound(s->held, sha256);
    if (*path != NULL)
        return EW_OK;
    ew_code code = ew_jobs_file(s->jobs, sha256, path, err);
    if (code == EW_E_NOTFOUND)
        code = path_in_case(s, id, sha256, path, err);
    if (code == EW_E_NOTFOUND)
        code = ew_api_archive_path(s, hex, path, err);
    return code;
}

static const char *const states[] = {"coming", "ready", "none"};

ew_code ew_api_sound(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    uint8_t sha256[EW_SHA256_BYTES];
    ew_sound_info i;
    char *path = NULL;
    ew_code code = hash_of(q->part[0], sha256, err);
    if (code == EW_OK)
        code = path_of(s, sha256, ew_request_query(q, "case"), &path, err);
    if (code == EW_OK)
        code = ew_sounds_want(s->sounds, sha256, path, &i, err);
    ew_free(path);
    if (code != EW_OK)
        return code;
    ew_obj o = ew_obj_new();
    ew_obj_str(&o, "schema", "earwitness.sound/1");
    ew_obj_str(&o, "state", states[i.state]);
    if (i.state == EW_SOUND_READY) {
        ew_obj_int(&o, "rate", i.rate_hz);
        ew_obj_int(&o, "channels", i.channels);
        ew_obj_int(&o, "frames", (int64_t)i.frames);
    } else if (i.state == EW_SOUND_COMING) {
        ew_obj_real(&o, "share", i.share, 3);
    } else {
        ew_obj_set(&o, "error", ew_json_error(&i.why, ""));
    }
    return ew_api_reply(r, &o, err);
}

/* Two or three whole numbers of the query. */
static ew_code numbers(const ew_request *q, double out[3], ew_err *err)
{
    ew_code code = ew_request_number(q, "level", 0, 64, &out[0], err);
    if (code == EW_OK)
        code = ew_request_number(q, "from", 0, 1e15, &out[1], err);
    return code == EW_OK ? ew_request_number(q, "count", 0, 1e9, &out[2], err) : code;
}

ew_code ew_api_peaks(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    uint8_t sha256[EW_SHA256_BYTES];
    double n[3];
    ew_code code = hash_of(q->part[0], sha256, err);
    if (code == EW_OK)
        code = numbers(q, n, err);
    r->type = "application/octet-stream";
    r->fixed = true;
    if (code != EW_OK)
        return code;
    const ew_points which = {(unsigned)n[0], (uint64_t)n[1], (uint64_t)n[2]};
    return ew_sounds_peaks(s->sounds, sha256, &which, &r->body, err);
}

ew_code ew_api_tile(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    uint8_t sha256[EW_SHA256_BYTES];
    uint64_t level = 0;
    uint64_t number = 0;
    ew_code code = hash_of(q->part[0], sha256, err);
    if (code == EW_OK)
        code = ew_api_number(q->part[1], &level, err);
    if (code == EW_OK)
        code = ew_api_number(q->part[2], &number, err);
    r->type = "image/png";
    r->fixed = true;
    return code == EW_OK ? ew_sounds_tile(s->sounds, sha256, (unsigned)(level & 63),
                                          number, &r->body, err)
                         : code;
}

ew_code ew_api_wav(ew_server *s, const ew_request *q, ew_reply *r, ew_err *err)
{
    uint8_t sha256[EW_SHA256_BYTES];
    double n[3];
    ew_code code = hash_of(q->part[0], sha256, err);
    if (code == EW_OK)
        code = numbers(q, n, err);
    r->type = "audio/wav";
    r->fixed = true;
    return code == EW_OK ? ew_sounds_wav(s->sounds, sha256, (uint64_t)n[1],
                                         (uint64_t)n[2], &r->body, err)
                         : code;
}
