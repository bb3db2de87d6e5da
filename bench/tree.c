/* SPDX-License-Identifier: MIT */
#include "tree.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_of(pid_t pid, pid_t root)
{
    char path[64], text[1024] = "";
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    bool read = file && fgets(text, sizeof text, file) && strrchr(text, ')') &&
                sscanf(strrchr(text, ')'), ") %*c %d", &parent) == 1;
    if (file)
        fclose(file);
    return read && (pid == root || parent == root);
}

/* The scheduler's own clock counts nanoseconds, where the times in stat count hundredths of a second. */
static void add_cpu(pid_t pid, struct tree_use *use)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        char name[400];
        unsigned long long nanoseconds = 0;
        snprintf(name, sizeof name, "%s/%s/schedstat", path, task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(name, "r");
        if (file && fscanf(file, "%llu", &nanoseconds) == 1)
            use->cpu += 1e-9 * (double)nanoseconds;
        if (file)
            fclose(file);
    }
    if (tasks)
        closedir(tasks);
}

static void add_memory(pid_t pid, struct tree_use *use)
{
    char path[64], line[256];
    unsigned long long kilobytes;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %llu kB", &kilobytes) == 1)
            use->peak_memory += 1024.0 * (double)kilobytes;
    if (file)
        fclose(file);
}

struct tree_use tree_use(pid_t root)
{
    struct tree_use use = {0};
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        int pid = 0;
        if (sscanf(entry->d_name, "%d", &pid) != 1 || !is_of(pid, root))
            continue;
        add_cpu(pid, &use);
        add_memory(pid, &use);
    }
    if (processes)
        closedir(processes);
    return use;
}
