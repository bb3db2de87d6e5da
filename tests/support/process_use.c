/* SPDX-License-Identifier: MIT */
#include "support/process_use.h"

#include <dirent.h>
#include <stddef.h>

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
