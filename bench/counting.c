/* SPDX-License-Identifier: MIT */
#include "counting.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic(struct counting *) shared;
static uintptr_t program_from, program_to;

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);
int pthread_mutex_lock(pthread_mutex_t *mutex);

/* The first object is the program. */
static int take_program(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size, (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
            continue;
        program_from = info->dlpi_addr + part->p_vaddr;
        program_to = program_from + part->p_memsz;
    }
    return 1;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv(COUNTING_VARIABLE);
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof(struct counting), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    dl_iterate_phdr(take_program, NULL);
    if (mapped != MAP_FAILED)
        atomic_store_explicit(&shared, mapped, memory_order_release); /* S1: the program's place is known */
}

static void note(const void *caller, enum counting_kind ours, enum counting_kind library)
{
    struct counting *counting = atomic_load_explicit(&shared, memory_order_acquire); /* S2: pairs with S1 */
    uintptr_t from = (uintptr_t)caller;
    if (counting)
        atomic_fetch_add_explicit(&counting->counts[from >= program_from && from < program_to ? ours : library], 1,
                                  memory_order_relaxed); /* a sum */
}

static void *next(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

#define NOTE_ALLOCATION() note(__builtin_return_address(0), COUNTING_OURS_ALLOCATIONS, COUNTING_LIBRARY_ALLOCATIONS)

void *malloc(size_t size)
{
    static void *(*real)(size_t size);
    if (!real)
        real = next("malloc");
    NOTE_ALLOCATION();
    return real(size);
}

void *calloc(size_t count, size_t size)
{
    static void *(*real)(size_t count, size_t size);
    if (!real)
        real = next("calloc");
    NOTE_ALLOCATION();
    return real(count, size);
}

void *realloc(void *old, size_t size)
{
    static void *(*real)(void *old, size_t size);
    if (!real)
        real = next("realloc");
    NOTE_ALLOCATION();
    return real(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    static void *(*real)(size_t alignment, size_t size);
    if (!real)
        real = next("aligned_alloc");
    NOTE_ALLOCATION();
    return real(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    static int (*real)(void **out, size_t alignment, size_t size);
    if (!real)
        real = next("posix_memalign");
    NOTE_ALLOCATION();
    return real(out, alignment, size);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    static int (*real)(pthread_mutex_t * mutex);
    if (!real)
        real = next("pthread_mutex_lock");
    note(__builtin_return_address(0), COUNTING_OURS_LOCKS, COUNTING_LIBRARY_LOCKS);
    return real(mutex);
}
