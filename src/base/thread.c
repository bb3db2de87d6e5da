/* SPDX-License-Identifier: MIT */
#include "base/thread.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define NS_PER_MS UINT64_C(1000000)
#define LOOK_MS   2

static bool choose_processor(unsigned index, cpu_set_t *out)
{
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return false;
    unsigned left = index % (unsigned)CPU_COUNT(&allowed);
    int processor = 0;
    while (!CPU_ISSET(processor, &allowed) || left-- > 0)
        processor++;
    CPU_ZERO(out);
    CPU_SET(processor, out);
    return true;
}

static bool set_attributes(const struct og_thread_options *options, unsigned index, pthread_attr_t *attributes)
{
    cpu_set_t processor;
    if (options->stack_bytes && pthread_attr_setstacksize(attributes, options->stack_bytes) != 0)
        return false;
    return !options->pinned || (choose_processor(index, &processor) &&
                                pthread_attr_setaffinity_np(attributes, sizeof processor, &processor) == 0);
}

static bool create(const struct og_thread_options *options, pthread_t *handle, unsigned index, void *(*run)(void *),
                   void *argument)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all, old;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        sigdelset(&all, faults[i]);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bool created =
        set_attributes(options, index, &attributes) && pthread_create(handle, &attributes, run, argument) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    return created;
}

enum og_status og_thread_start_with(const struct og_thread_options *options, struct og_thread *thread, const char *name,
                                    unsigned index, void *(*run)(void *), void *argument)
{
    if (!create(options, &thread->handle, index, run, argument))
        return OG_NO_MEMORY;
    char full[16];
    snprintf(full, sizeof full, "%s-%u", name, index);
    pthread_setname_np(thread->handle, full);
    return OG_OK;
}

enum og_status og_thread_start(struct og_thread *thread, const char *name, unsigned index, void *(*run)(void *),
                               void *argument)
{
    static const struct og_thread_options defaults;
    return og_thread_start_with(&defaults, thread, name, index, run, argument);
}

void og_thread_join(struct og_thread *thread)
{
    pthread_join(thread->handle, NULL);
}

bool og_thread_join_within(struct og_thread *thread, unsigned patience_ms)
{
    uint64_t until_ns = og_clock_monotonic_ns() + patience_ms * NS_PER_MS;
    while (pthread_tryjoin_np(thread->handle, NULL) != 0) {
        if (og_clock_monotonic_ns() >= until_ns)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * NS_PER_MS}, NULL);
    }
    return true;
}

unsigned og_thread_cores(void)
{
    cpu_set_t set; /* too small for the kernel's mask on machines of more than 1024 processors */
    long n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (unsigned)n : 1;
}
