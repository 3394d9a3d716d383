/* SPDX-License-Identifier: Apache-2.0 */
/* Why a decoder gave nothing more, in words. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/err.h"
#include "media/process.h"

ew_code ew_media__died(const ew_media__process *p, const char *name, ew_err *err)
{
    const int status = p->status;
    const int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    if (sig == SIGSYS)
        return ew_fail(err, EW_E_IO, 0,
                       "cannot decode '%s': it made the decoder try something "
                       "forbidden, which was stopped; do not trust this file",
                       name);
    if (sig == SIGXCPU)
        return ew_fail(err, EW_E_LIMIT, 0,
                       "cannot decode '%s': decoding takes far too long "
                       "for its size; leave it out, or convert it first",
                       name);
    if (sig == SIGKILL)
        return ew_fail(err, EW_E_IO, 0,
                       "cannot decode '%s': the decoder was killed from outside "
                       "(out of memory?); try again with more memory free",
                       name);
    if (sig != 0)
        return ew_fail(err, EW_E_IO, 0,
                       "cannot decode '%s': the decoder crashed (%s); leave it "
                       "out, or convert it first",
                       name, strsignal(sig));
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        return ew_fail(err, EW_E_IO, 0,
                       "cannot decode '%s': the decoder program does not work "
                       "here (exit code %d); install it again",
                       name, WEXITSTATUS(status));
    return ew_fail(err, EW_E_IO, 0, "cannot decode '%s': the decoder stopped too early",
                   name);
}

ew_code ew_media__stalled(uint32_t seconds, const char *name, ew_err *err)
{
    return ew_fail(err, EW_E_IO, 0,
                   "cannot decode '%s': the decoder hung and was ended after "
                   "%u s; leave it out, or convert it first",
                   name, seconds);
}
