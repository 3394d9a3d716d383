/* SPDX-License-Identifier: Apache-2.0 */
/* Mapping what may go away. The handler of SIGBUS runs in the thread that looked: it puts zeros where the
 * file was, notes it, and the thread goes on. */
#include "base/mapped.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the handler reads has no locks. A slot is free when `at` is 0, and taken when it is 1: then its place
 * is not known yet. */
static struct slot {
    atomic_uintptr_t at;
    atomic_size_t n;
    atomic_bool torn;
} slots[EW_MAPPED_MOST];

enum { FREE = 0, TAKEN = 1 };

static struct sigaction before;
static uintptr_t page;
static int fault; /* errno of taking over the signal */

/* The rest of the mapping: what lies behind the place is gone as well, or is not worth a fault a page. */
static bool put_zeros(struct slot *s, uintptr_t at)
{
    uintptr_t start = atomic_load(&s->at);
    size_t n = atomic_load(&s->n);
    if (start <= TAKEN || at < start || at - start >= n)
        return false;
    uintptr_t from = at - at % page;
    void *got = mmap((void *)from, n - (from - start), PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (got == MAP_FAILED)
        return false;
    atomic_store(&s->torn, true);
    return true;
}

static void on_bus(int number, siginfo_t *info, void *context)
{
    int kept = errno;
    bool sent = info->si_code <= 0; /* by a program: no fault of memory */
    for (size_t i = 0; i < EW_MAPPED_MOST && !sent; i++)
        if (put_zeros(&slots[i], (uintptr_t)info->si_addr)) {
            errno = kept;
            return;
        }
    errno = kept;
    if ((before.sa_flags & SA_SIGINFO) != 0)
        before.sa_sigaction(number, info, context);
    else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
    else if (sigaction(number, &before, NULL) == 0 && sent)
        (void)raise(number); /* else the same instruction faults again */
}

static void take_over(void)
{
    enum { NOT_YET, AT_IT, DONE };
    static atomic_int state;
    int was = NOT_YET;
    if (!atomic_compare_exchange_strong(&state, &was, AT_IT)) {
        while (atomic_load(&state) != DONE)
            (void)sched_yield();
        return;
    }
    struct sigaction now = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    now.sa_sigaction = on_bus;
    (void)sigemptyset(&now.sa_mask);
    page = (uintptr_t)sysconf(_SC_PAGESIZE);
    fault = sigaction(SIGBUS, &now, &before) == 0 ? 0 : errno;
    atomic_store(&state, DONE);
}

static size_t take_slot(void)
{
    for (size_t i = 0; i < EW_MAPPED_MOST; i++) {
        uintptr_t free = FREE;
        if (atomic_compare_exchange_strong(&slots[i].at, &free, TAKEN))
            return i;
    }
    return EW_MAPPED_MOST;
}

static ew_code map(ew_mapped *m, int fd, size_t n, ew_err *err)
{
    size_t slot = take_slot();
    if (slot == EW_MAPPED_MOST)
        return ew_fail(err, EW_E_LIMIT, 0, "more than %d files are open",
                       (int)EW_MAPPED_MOST);
    struct slot *s = &slots[slot];
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        int sys = errno;
        atomic_store(&s->at, FREE);
        return ew_fail_sys(err, sys, "cannot map a file");
    }
    *m = (ew_mapped){p, n, slot};
    atomic_store(&s->torn, false);
    atomic_store(&s->n, n);
    atomic_store(&s->at, (uintptr_t)p);
    return EW_OK;
}

ew_code ew_mapped_open(ew_mapped *m, int fd, ew_err *err)
{
    struct stat st;
    *m = (ew_mapped){.p = ""};
    take_over();
    if (fault != 0)
        return ew_fail_sys(err, fault, "cannot watch for SIGBUS");
    if (fstat(fd, &st) != 0)
        return ew_fail_sys(err, errno, "cannot map a file");
    return st.st_size > 0 ? map(m, fd, (size_t)st.st_size, err) : EW_OK;
}

bool ew_mapped_torn(const ew_mapped *m)
{
    return m->n > 0 && atomic_load(&slots[m->slot].torn);
}

void ew_mapped_close(ew_mapped *m)
{
    if (m->n > 0) { /* what comes to lie at this address next is not this slot's */
        atomic_store(&slots[m->slot].at, TAKEN);
        (void)munmap((void *)(uintptr_t)m->p, m->n);
        atomic_store(&slots[m->slot].at, FREE);
    }
    *m = (ew_mapped){.p = ""};
}
