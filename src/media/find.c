/* SPDX-License-Identifier: Apache-2.0 */
/* Where the decoder program is. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/file.h"
#include "media/process.h"

#ifndef EW_DECODER_PATH
#define EW_DECODER_PATH "/usr/local/libexec/earwitness/earwitness-decode"
#endif

enum { FOLDERS_UP = 4 };

static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* Near the running program only what belongs to its owner (or to root) is taken, and
 * nothing that others may write: folders above it may belong to somebody else. */
static bool is_ours(const char *path)
{
    struct stat self, st;

    return is_program(path) && stat("/proc/self/exe", &self) == 0 &&
           stat(path, &st) == 0 && (st.st_uid == self.st_uid || st.st_uid == 0) &&
           (st.st_mode & S_IWOTH) == 0;
}

/* Gives a path in *out, or NULL when it is not under `folder`. */
static ew_code look_in(const char *folder, char **out, ew_err *err)
{
    static const char *const places[] = {
        "earwitness-decode",
        "src/media/decoder/earwitness-decode",
        "libexec/earwitness/earwitness-decode",
    };

    for (size_t i = 0; i < EW_COUNT(places); i++) {
        *out = ew_path_join(folder, places[i]);
        if (*out == NULL)
            return ew_fail_nomem(err);
        if (is_ours(*out))
            return EW_OK;
        ew_free(*out);
        *out = NULL;
    }
    return EW_OK;
}

/* The folder of the running program and those above it: a build folder has programs and
 * tests at several depths. */
static ew_code look_near_program(char **out, ew_err *err)
{
    char folder[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);

    *out = NULL;
    if (n <= 0)
        return EW_OK;
    folder[n] = 0;
    for (int up = 0; up < FOLDERS_UP; up++) {
        char *slash = strrchr(folder, '/');
        ew_code rc;

        if (slash == NULL || slash == folder)
            return EW_OK;
        *slash = 0;
        rc = look_in(folder, out, err);
        if (rc < 0 || *out != NULL)
            return rc;
    }
    return EW_OK;
}

static ew_code take_path(const char *path, const char *said_by, char **out, ew_err *err)
{
    char name[EW_MEDIA__NAME_BYTES];
    ew_code rc = ew_media__short_name(name, path, err);

    if (rc < 0)
        return rc;
    if (!is_program(path))
        return ew_fail(err, EW_E_NOTFOUND, 0, "%s names '%s', which is no program",
                       said_by, name);
    *out = ew_strdup(path);
    return *out != NULL ? EW_OK : ew_fail_nomem(err);
}

ew_code ew_media__find_decoder(char **out, const char *wanted, ew_err *err)
{
    const char *env = secure_getenv("EARWITNESS_DECODE");
    ew_code rc;

    *out = NULL;
    if (wanted != NULL)
        return take_path(wanted, "the decoder option", out, err);
    if (env != NULL && env[0] != 0)
        return take_path(env, "EARWITNESS_DECODE", out, err);
    rc = look_near_program(out, err);
    if (rc < 0 || *out != NULL)
        return rc;
    if (is_program(EW_DECODER_PATH))
        return take_path(EW_DECODER_PATH, "the installation", out, err);
    return ew_fail(err, EW_E_NOTFOUND, 0,
                   "the decoder program 'earwitness-decode' is missing; "
                   "install it, or let EARWITNESS_DECODE name it");
}
