/* SPDX-License-Identifier: MIT */
#include "support/hung_reads.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool hangs;
    dev_t device;
    ino_t file;
    unsigned inside, most;
} hang = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    struct stat facts;
    pthread_mutex_lock(&hang.lock);
    if (hang.hangs && fstat(fd, &facts) == 0 && facts.st_ino == hang.file && facts.st_dev == hang.device) {
        hang.inside++;
        hang.most = hang.inside > hang.most ? hang.inside : hang.most;
        pthread_cond_broadcast(&hang.changed);
        while (hang.hangs)
            pthread_cond_wait(&hang.changed, &hang.lock);
        hang.inside--;
    }
    pthread_mutex_unlock(&hang.lock);
    return __real_pread(fd, to, size, offset);
}

void hung_reads_choose(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        abort();
    pthread_mutex_lock(&hang.lock);
    hang.device = facts.st_dev;
    hang.file = facts.st_ino;
    pthread_mutex_unlock(&hang.lock);
}

static void set_hanging(bool hangs)
{
    pthread_mutex_lock(&hang.lock);
    hang.hangs = hangs;
    pthread_cond_broadcast(&hang.changed);
    pthread_mutex_unlock(&hang.lock);
}

void hung_reads_begin(void)
{
    pthread_mutex_lock(&hang.lock);
    hang.most = 0;
    pthread_mutex_unlock(&hang.lock);
    set_hanging(true);
}

void hung_reads_end(void)
{
    set_hanging(false);
}

void hung_reads_await(unsigned readers)
{
    pthread_mutex_lock(&hang.lock);
    while (hang.inside < readers)
        pthread_cond_wait(&hang.changed, &hang.lock);
    pthread_mutex_unlock(&hang.lock);
}

unsigned hung_reads_most(void)
{
    pthread_mutex_lock(&hang.lock);
    unsigned most = hang.most;
    pthread_mutex_unlock(&hang.lock);
    return most;
}
