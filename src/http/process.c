/* SPDX-License-Identifier: MIT */
#include "http/process.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double start_time(void)
{
    char text[1024];
    FILE *f = fopen("/proc/self/stat", "re");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = '\0';
    const char *at = strrchr(text, ')'); /* the name may hold anything; field 2 ends here, the start is field 22 */
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    unsigned long long ticks = 0;
    struct timespec now, up;
    if (!at || sscanf(at, " %llu", &ticks) != 1 || clock_gettime(CLOCK_REALTIME, &now) != 0 ||
        clock_gettime(CLOCK_BOOTTIME, &up) != 0)
        return 0;
    double boot = (double)(now.tv_sec - up.tv_sec) + (double)(now.tv_nsec - up.tv_nsec) / 1e9;
    return boot + (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

static uint64_t resident(void)
{
    unsigned long long total = 0, pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f)
        return 0;
    int read = fscanf(f, "%llu %llu", &total, &pages);
    fclose(f);
    return read == 2 ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
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
    return (struct og_process){
        .start_time_seconds = start_time(), .resident_bytes = resident(), .open_fds = open_fds()};
}
