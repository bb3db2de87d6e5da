/* SPDX-License-Identifier: MIT */
#include "http/process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* /proc/self/stat from field 3 on: the name in field 2 may hold anything, and ends with the last ')'. */
enum { USER_TICKS = 14, KERNEL_TICKS, THREADS = 20, START_TICKS = 22, VIRTUAL_BYTES, RESIDENT_PAGES, FIELDS };

static void read_stat(unsigned long long field[FIELDS])
{
    char text[1024];
    FILE *f = fopen("/proc/self/stat", "re");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = '\0';
    const char *at = strrchr(text, ')');
    at = at ? strchr(at + 1, ' ') : NULL;
    for (int i = 3; at && i < FIELDS; i++, at = strchr(at + 1, ' '))
        if (sscanf(at, " %llu", &field[i]) != 1)
            field[i] = 0; /* a letter, or below zero */
}

static double start_time(unsigned long long ticks)
{
    struct timespec now, up;
    if (ticks == 0 || clock_gettime(CLOCK_REALTIME, &now) != 0 || clock_gettime(CLOCK_BOOTTIME, &up) != 0)
        return 0;
    double boot = (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9;
    return boot + (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static uint64_t max_fds(void)
{
    struct rlimit files;
    return getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 0;
}

static uint64_t open_fds(void)
{
    uint64_t n = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n - 1; /* the folder's own */
}

struct og_process og_process_now(void)
{
    unsigned long long field[FIELDS] = {0};
    read_stat(field);
    return (struct og_process){.start_time_seconds = start_time(field[START_TICKS]),
                               .cpu_seconds =
                                   (double)(field[USER_TICKS] + field[KERNEL_TICKS]) / (double)sysconf(_SC_CLK_TCK),
                               .resident_bytes = field[RESIDENT_PAGES] * (uint64_t)sysconf(_SC_PAGESIZE),
                               .virtual_bytes = field[VIRTUAL_BYTES],
                               .open_fds = open_fds(),
                               .max_fds = max_fds(),
                               .threads = field[THREADS]};
}
