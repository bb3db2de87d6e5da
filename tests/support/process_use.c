/* SPDX-License-Identifier: MIT */
#include "support/process_use.h"

#include <dirent.h>
#include <stddef.h>
#include <time.h>

static unsigned entries(const char *path)
{
    unsigned n = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

unsigned og_use_descriptors(void)
{
    return entries("/proc/self/fd");
}

unsigned og_use_threads(void)
{
    return entries("/proc/self/task");
}

bool og_use_threads_come_down_to(unsigned threads)
{
    for (int tenths = 0; tenths < 100 && og_use_threads() > threads; tenths++)
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    return og_use_threads() <= threads;
}
