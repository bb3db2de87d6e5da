/* SPDX-License-Identifier: MIT */
#include "support/allocations.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

struct count {
    atomic_size_t calls, bytes;
};

static struct count libjpeg, others;
static _Atomic(uint64_t *) counter_of_jemalloc;
static _Thread_local enum { UNKNOWN, WORKER, ANOTHER } role;

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);
int mallctl(const char *name, void *old, size_t *old_size, void *new, size_t new_size) __attribute__((weak));

static void find_counter(void)
{
    uint64_t *counter;
    size_t size = sizeof counter;
    if (mallctl && mallctl("thread.allocatedp", &counter, &size, NULL, 0) == 0)
        atomic_store_explicit(&counter_of_jemalloc, counter, memory_order_relaxed); /* a place that stays */
}

/* A thread has its name before long, but not from its first moment: a name that fits nobody is looked at again. */
bool allocations_count_this_thread(void)
{
    char name[16] = "";
    if (role == UNKNOWN) {
        prctl(PR_GET_NAME, name);
        bool counted = strncmp(name, "worker-", 7) == 0 || strcmp(name, "MHD-single") == 0;
        role = counted ? WORKER : UNKNOWN;
        if (role == WORKER)
            find_counter();
    }
    return role == WORKER;
}

static void note(const void *caller, size_t size)
{
    Dl_info info;
    if (!allocations_count_this_thread())
        return;
    bool known = dladdr(caller, &info) && info.dli_fname;
    struct count *count = known && strstr(info.dli_fname, "libjpeg") ? &libjpeg : &others;
    atomic_fetch_add_explicit(&count->calls, 1, memory_order_relaxed); /* sums */
    atomic_fetch_add_explicit(&count->bytes, size, memory_order_relaxed);
}

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

void *malloc(size_t size)
{
    static void *(*real)(size_t size);
    if (!real)
        real = next("malloc");
    note(__builtin_return_address(0), size);
    return real(size);
}

void *calloc(size_t count, size_t size)
{
    static void *(*real)(size_t count, size_t size);
    if (!real)
        real = next("calloc");
    note(__builtin_return_address(0), count * size);
    return real(count, size);
}

void *realloc(void *old, size_t size)
{
    static void *(*real)(void *old, size_t size);
    if (!real)
        real = next("realloc");
    note(__builtin_return_address(0), size);
    return real(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    static void *(*real)(size_t alignment, size_t size);
    if (!real)
        real = next("aligned_alloc");
    note(__builtin_return_address(0), size);
    return real(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    static int (*real)(void **out, size_t alignment, size_t size);
    if (!real)
        real = next("posix_memalign");
    note(__builtin_return_address(0), size);
    return real(out, alignment, size);
}

static struct allocations sum(struct count *count)
{
    return (struct allocations){.calls = atomic_load_explicit(&count->calls, memory_order_relaxed),
                                .bytes = atomic_load_explicit(&count->bytes, memory_order_relaxed)};
}

struct allocations allocations_of_libjpeg(void)
{
    return sum(&libjpeg);
}

struct allocations allocations_of_others(void)
{
    return sum(&others);
}

/* Read while the worker rests. */
uint64_t allocations_counted_by_jemalloc(void)
{
    uint64_t *counter = atomic_load_explicit(&counter_of_jemalloc, memory_order_relaxed);
    return counter ? *counter : 0;
}
