/* SPDX-License-Identifier: MIT */
#include "daemon/machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 4096

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t read_limit(const char *path)
{
    unsigned long long value;
    FILE *f = fopen(path, "re");
    bool known = f && fscanf(f, "%llu", &value) == 1; /* v2 says "max" when there is none */
    if (f)
        fclose(f);
    return known ? value : UINT64_MAX;
}

/* A group may be narrower than its parents and the other way round: the narrowest counts. */
static uint64_t limit_of_group(const char *root, const char *mount, const char *group, const char *file)
{
    char inner[PATH_BYTES / 2], path[PATH_BYTES];
    uint64_t limit = UINT64_MAX;
    snprintf(inner, sizeof inner, "%s", strcmp(group, "/") == 0 ? "" : group);
    for (;;) {
        snprintf(path, sizeof path, "%s%s%s/%s", root, mount, inner, file);
        limit = smaller(limit, read_limit(path));
        char *slash = strrchr(inner, '/');
        if (!slash)
            return limit;
        *slash = '\0';
    }
}

/* A line is "hierarchy:controllers:group"; v2 is hierarchy 0 without controllers. */
static uint64_t limit_of_line(const char *root, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return UINT64_MAX;
    *controllers++ = '\0';
    *group++ = '\0';
    if (*controllers == '\0')
        return limit_of_group(root, "/sys/fs/cgroup", group, "memory.max");
    if (strcmp(controllers, "memory") == 0)
        return limit_of_group(root, "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
    return UINT64_MAX;
}

static uint64_t limit_of_groups(const char *root)
{
    char path[PATH_BYTES], line[PATH_BYTES / 2];
    uint64_t limit = UINT64_MAX;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        limit = smaller(limit, limit_of_line(root, line));
    if (f)
        fclose(f);
    return limit;
}

static uint64_t physical_memory(const char *root)
{
    char path[PATH_BYTES], line[256];
    unsigned long long kib = 0;
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    FILE *f = fopen(path, "re");
    while (f && kib == 0 && fgets(line, sizeof line, f))
        if (sscanf(line, "MemTotal: %llu kB", &kib) != 1)
            kib = 0;
    if (f)
        fclose(f);
    return kib ? kib << 10 : UINT64_MAX;
}

uint64_t og_machine_memory(const char *root)
{
    return smaller(physical_memory(root), limit_of_groups(root));
}
