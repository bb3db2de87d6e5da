/* SPDX-License-Identifier: MIT */
#include "variant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE "tiles %lf hits %lf failed %lf per_second %lf p50 %lf p95 %lf p99 %lf cpu %lf switches %lf\n"

void variant_print(const struct load_result *r)
{
    printf(LINE, r->tiles, r->hits, r->failed, r->per_second, r->p50, r->p95, r->p99, r->cpu, r->switches);
}

static void find_folder(char *out, size_t room)
{
    ssize_t n = readlink("/proc/self/exe", out, room - 1);
    out[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
}

struct load_result variant_run(const struct variant *variant, const char *arguments)
{
    char folder[512], command[2048];
    struct load_result r = {0};
    find_folder(folder, sizeof folder);
    snprintf(command, sizeof command, "%s exec '%s/bench_load_%s' %s %s",
             variant->environment ? variant->environment : "", folder, variant->name, arguments,
             variant->arguments ? variant->arguments : "");
    FILE *output = popen(command, "r");
    int fields = !output ? 0
                         : fscanf(output, LINE, &r.tiles, &r.hits, &r.failed, &r.per_second, &r.p50, &r.p95, &r.p99,
                                  &r.cpu, &r.switches);
    if (!output || pclose(output) != 0 || fields != 9) {
        fprintf(stderr, "bench: failed: %s\n", command);
        exit(1);
    }
    return r;
}
