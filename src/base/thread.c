/* SPDX-License-Identifier: MIT */
#include "base/thread.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum og_status og_thread_start(struct og_thread *thread, const char *name, unsigned index, void *(*run)(void *),
                               void *argument)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all, old;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&thread->handle, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed)
        return OG_NO_MEMORY;
    char full[16];
    snprintf(full, sizeof full, "%s-%u", name, index);
    pthread_setname_np(thread->handle, full);
    return OG_OK;
}

void og_thread_join(struct og_thread *thread)
{
    pthread_join(thread->handle, NULL);
}

unsigned og_thread_cores(void)
{
    cpu_set_t set; /* too small for the kernel's mask on machines of more than 1024 processors */
    long n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}
