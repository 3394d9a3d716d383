/* SPDX-License-Identifier: Apache-2.0 */
/* Stand-ins for functions that the FFmpeg libraries would call and that open files.
 *
 * The dynamic linker takes a function of the program itself before one of a library. An
 * honest file must not end in a kill by the filter, and no call is allowed for it. */
#include <errno.h>
#include <iconv.h>
#include <libavutil/random_seed.h>

#include "media/decoder/decoder.h"

/* MPEG-TS service names in old character sets: FFmpeg then takes the bytes as they are.
 * The real one loads conversion modules from disk. */
iconv_t iconv_open(const char *to, const char *from)
{
    (void)to;
    (void)from;
    errno = EINVAL;
    return (iconv_t)(intptr_t)-1;
}

/* The real one reads /dev/urandom. Equal files give equal sound this way. */
uint32_t av_get_random_seed(void)
{
    return 1;
}

#if EW_SANITIZED
const char *__asan_default_options(void);
const char *__tsan_default_options(void);

/* A crash is to end as it does without a sanitizer: its report would open files. */
const char *__asan_default_options(void)
{
    return "handle_segv=0:handle_abort=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0";
}

const char *__tsan_default_options(void)
{
    return __asan_default_options();
}
#endif
