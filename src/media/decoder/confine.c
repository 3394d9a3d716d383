/* SPDX-License-Identifier: Apache-2.0 */
/* Takes everything away from this process but the two descriptors it works with.
 * Reasons and the list of calls: docs/decisions/confinement.md. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "media/decoder/decoder.h"

enum { CPU_BASE_S = 600, CPU_BYTES_PER_S = 32768, CPU_PICTURE_S = 120 };

/* The signal of the soft limit tells the client why; the hard one comes later. */
static void limit_soft(int what, rlim_t soft, rlim_t hard)
{
    struct rlimit r = {soft, hard};
    struct rlimit old;

    if (getrlimit((__rlimit_resource_t)what, &old) ==
        0) { /* may be lowered, not raised */
        r.rlim_max = old.rlim_max < hard ? old.rlim_max : hard;
        r.rlim_cur = r.rlim_max < soft ? r.rlim_max : soft;
    }
    (void)setrlimit((__rlimit_resource_t)what, &r);
}

static void limit(int what, rlim_t value)
{
    limit_soft(what, value, value);
}

static void close_from(unsigned first)
{
    if (syscall(SYS_close_range, first, ~0U, 0) == 0)
        return;
    for (int fd = (int)first; fd < 65536; fd++)
        close(fd);
}

void confine_early(void)
{
    limit(RLIMIT_CORE, 0);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)signal(SIGINT, SIG_IGN); /* Ctrl-C is for the client, which then ends us */
    close_from(EW_DP_OUT_FD + 1);
}

/* Seconds of CPU: far more than any real file needs, but an end to a parser that runs in
 * circles and gives sound all the while (one that gives none is ended by the client). A day
 * of Opus (60 MB and more) takes 100 s here, a day of Codec 2 (15 MB) 80 s. */
static rlim_t cpu_seconds(const settings *set)
{
    struct stat st;

    if (set->picture)
        return CPU_PICTURE_S; /* 100 megapixels take under 20 s */
    if (fstat(EW_DP_IN_FD, &st) != 0)
        return CPU_BASE_S;
    return CPU_BASE_S + (rlim_t)st.st_size / CPU_BYTES_PER_S;
}

static void limit_all(const settings *set)
{
    const rlim_t cpu = cpu_seconds(set);

    limit_soft(RLIMIT_CPU, cpu, cpu + 10);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_NOFILE, 0); /* none can be opened; the open ones stay */
    limit(RLIMIT_MEMLOCK, 0);
    if (set->memory_bytes > 0 && !EW_SANITIZED)
        limit(RLIMIT_AS, (rlim_t)set->memory_bytes);
}

/* Calls that act on this process only and tell nothing about others. */
static const int allowed[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrandom),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
#if EW_SANITIZED
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(prctl),
#endif
};

/* Only with this descriptor (or process) as its first argument. */
static int allow_on(scmp_filter_ctx ctx, int call, int fd)
{
    const struct scmp_arg_cmp same = {
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)fd};

    return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, call, 1, &same);
}

/* Memory may be had, but none that can be executed, and none that is a file: a descriptor
 * that the client may write to must not become writable here. */
static int allow_memory(scmp_filter_ctx ctx)
{
    const struct scmp_arg_cmp how[] = {
        {.arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0},
        {.arg = 3,
         .op = SCMP_CMP_MASKED_EQ,
         .datum_a = MAP_ANONYMOUS,
         .datum_b = MAP_ANONYMOUS},
    };
    int rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, how);

    if (rc == 0)
        rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, how);
    return rc;
}

static int filter_load(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int rc;

    if (ctx == NULL)
        return -ENOMEM;
    rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 1);
    if (rc == 0)
        rc = allow_on(ctx, SCMP_SYS(pread64), EW_DP_IN_FD);
    if (rc == 0)
        rc = allow_on(ctx, SCMP_SYS(write), EW_DP_OUT_FD);
#if EW_SANITIZED
    if (rc == 0)
        rc = allow_on(ctx, SCMP_SYS(write), 2);
#endif
    if (rc == 0)
        rc = allow_memory(ctx);
    /* abort() sends its signal this way; to nobody but us */
    if (rc == 0)
        rc = allow_on(ctx, SCMP_SYS(tgkill), getpid());
    for (size_t i = 0; rc == 0 && i < EW_COUNT(allowed); i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
    if (rc == 0)
        rc = seccomp_load(ctx);
    seccomp_release(ctx);
    return rc;
}

void confine_fully(const settings *set)
{
    int rc;

    if (!EW_SANITIZED)
        close(2);
    close(0);
    close(1);
    limit_all(set);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    rc = filter_load();
    if (rc == 0)
        return;
    if (!set->unconfined)
        fail(EW_DP_FAIL_SYSTEM,
             "this system cannot confine the decoder (seccomp: %s); to decode without "
             "protection set EARWITNESS_UNCONFINED=1",
             strerror(-rc));
    note("decoded without confinement: seccomp is not available (%s)", strerror(-rc));
}
