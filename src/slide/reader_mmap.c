/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "reader_way.h"

struct landing {
    sigjmp_buf back;
    uintptr_t from;
    size_t size;
};

static _Thread_local _Atomic(struct landing *) armed; /* allow: a signal's handler is given nothing else */
static struct sigaction before; /* allow: likewise; written under the lock before the handler stands */
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;

static void pass_on(int signal, const siginfo_t *info)
{
    sigaction(signal, &before, NULL);
    if (info->si_code <= 0)
        raise(signal);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    struct landing *landing = atomic_load_explicit(&armed, memory_order_acquire); /* G2 */
    if (landing && info->si_code > 0 && (uintptr_t)info->si_addr - landing->from < landing->size) {
        pthread_sigmask(SIG_SETMASK, &((ucontext_t *)context)->uc_sigmask, NULL);
        siglongjmp(landing->back, 1);
    }
    pass_on(signal, info);
}

static bool stands(const struct sigaction *action)
{
    return action->sa_sigaction == on_fault && action->sa_flags & SA_SIGINFO;
}

static void stand_guard(void)
{
    struct sigaction guard = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO}, found;
    if (sigaction(SIGBUS, NULL, &found) == 0 && stands(&found))
        return;
    pthread_mutex_lock(&changing);
    sigaction(SIGBUS, NULL, &found);
    if (found.sa_sigaction != on_fault)
        before = found;
    sigemptyset(&guard.sa_mask);
    sigaction(SIGBUS, &guard, NULL);
    pthread_mutex_unlock(&changing);
}

static bool copy_guarded(void *to, const uint8_t *from, size_t size)
{
    struct landing landing = {.from = (uintptr_t)from, .size = size};
    atomic_store_explicit(&armed, &landing, memory_order_release); /* G1 */
    if (sigsetjmp(landing.back, 0) != 0) {
        atomic_store_explicit(&armed, NULL, memory_order_release); /* G1 */
        return false;
    }
    memcpy(to, from, size);
    atomic_store_explicit(&armed, NULL, memory_order_release); /* G1 */
    return true;
}

static const uint8_t *mapping_of(struct og_file *file)
{
    void *known = atomic_load_explicit(&file->mapping, memory_order_acquire); /* F2 */
    if (known)
        return known;
    void *made = mmap(NULL, (size_t)file->size, PROT_READ, MAP_SHARED, file->fd, 0);
    if (made == MAP_FAILED)
        return NULL;
    if (atomic_compare_exchange_strong_explicit(&file->mapping, &known, made, memory_order_acq_rel, /* F1 */
                                                memory_order_acquire))                              /* F2 */
        return made;
    munmap(made, (size_t)file->size);
    return known;
}

static bool still_holds(const struct og_file *file, uint64_t end)
{
    struct stat facts;
    return fstat(file->fd, &facts) == 0 && (uint64_t)facts.st_size >= end;
}

static enum og_status read_range(void *state, struct og_file *file, uint64_t offset, void *to, size_t size,
                                 struct og_error *err)
{
    (void)state;
    const uint8_t *mapping = mapping_of(file);
    if (!mapping)
        return og_file_read(file, offset, to, size, err);
    og_file_ahead(file, offset, size);
    stand_guard();
    bool copied = copy_guarded(to, mapping + offset, size);
    if (!still_holds(file, offset + size))
        return og_file_fail(offset, size, 0, err);
    return copied ? OG_OK : og_file_fail(offset, size, EIO, err);
}

static void ahead(void *state, struct og_file *file, uint64_t offset, size_t size)
{
    (void)state;
    og_file_ahead(file, offset, size);
}

const struct og_reader_way og_reader_mmap = {.read = read_range, .ahead = ahead};
