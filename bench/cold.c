/* SPDX-License-Identifier: MIT */
/*
 * The daemon as it runs, under wrk: a slide larger than its cache, random L0 and L1 tiles over kept-alive connections.
 * Allocations are counted by jemalloc: what a loaded daemon reports at its end, less what an idle one does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon.h"
#include "report.h"
#include "slides.h"

enum { SIDE = 24576, QUICK_SIDE = 2048, ROUNDS = 5, CONNECTIONS = 32, LOG_BYTES = 1 << 20 };

static const char counted[] = "MALLOC_CONF=stats_print:true,stats_print_opts:gdablxeh";

struct table {
    double speed[ROUNDS], p50[ROUNDS], p95[ROUNDS], p99[ROUNDS], cpu[ROUNDS], switches[ROUNDS], allocations[ROUNDS],
        hits[ROUNDS], failed[ROUNDS];
};

struct target {
    const char *slide;
    uint32_t top, columns, rows;
};

struct answers {
    double tiles, failed, seconds, p50, p95, p99;
};

static struct answers run_wrk(const struct daemon *daemon, const struct target *target, unsigned seconds)
{
    char command[1024], line[512];
    struct answers a = {0};
    int fields = 0;
    snprintf(command, sizeof command, "wrk -t2 -c%d -d%us -s '%s' http://127.0.0.1:%u -- %s %u %u %u", CONNECTIONS,
             seconds, COLD_LUA, daemon->port, target->slide, target->top, target->columns, target->rows);
    FILE *output = popen(command, "r");
    while (output && fgets(line, sizeof line, output))
        if (strncmp(line, "cold:", 5) == 0)
            fields = sscanf(line, "cold: tiles %lf failed %lf seconds %lf p50 %lf p95 %lf p99 %lf", &a.tiles, &a.failed,
                            &a.seconds, &a.p50, &a.p95, &a.p99);
    if (!output || pclose(output) != 0 || fields != 6 || a.tiles < 1) {
        fprintf(stderr, "bench cold: failed: %s\n", command);
        exit(1);
    }
    return a;
}

/* A counter of /metrics. */
static double metric(const struct daemon *daemon, const char *name)
{
    char text[1 << 17];
    double value = 0;
    int connection = daemon_connect(daemon);
    daemon_get(connection, "/metrics", text, sizeof text);
    close(connection);
    const char *line = strstr(text, name);
    return line && sscanf(line + strlen(name), " %lf", &value) == 1 ? value : 0;
}

/* "nrequests" of the line of sums in jemalloc's report; 0 when there is none. */
static double allocations_in(const char *log)
{
    const char *from = strstr(log, "Merged arenas stats:");
    const char *line = from ? strstr(from, "\ntotal:") : NULL;
    double requests;
    return line && sscanf(line, "\ntotal: %*f %*f %*f %*f %*f %lf", &requests) == 1 ? requests : 0;
}

static double idle_allocations(const struct slides *slides, const char *settings, char *log)
{
    struct daemon daemon = daemon_start(ORIGAMID, slides->folder, settings, counted);
    daemon_stop(&daemon, log, LOG_BYTES);
    return allocations_in(log);
}

static void run_round(struct table *table, int round, const struct slides *slides, const char *settings,
                      const struct target *target, unsigned seconds, char *log)
{
    double idle = idle_allocations(slides, settings, log);
    struct daemon daemon = daemon_start(ORIGAMID, slides->folder, settings, counted);
    run_wrk(&daemon, target, 1); /* warm: pools have seen their load, the cache is full */
    double warm_hits = metric(&daemon, "origami_cache_requests_total{outcome=\"hit\"}");
    struct daemon_use before = daemon_use(&daemon);
    struct answers answers = run_wrk(&daemon, target, seconds);
    struct daemon_use after = daemon_use(&daemon);
    double hits = metric(&daemon, "origami_cache_requests_total{outcome=\"hit\"}") - warm_hits,
           all = metric(&daemon, "origami_http_requests_total{route=\"tile\",code=\"200\"}");
    daemon_stop(&daemon, log, LOG_BYTES);
    table->speed[round] = (answers.tiles - answers.failed) / answers.seconds;
    table->p50[round] = answers.p50;
    table->p95[round] = answers.p95;
    table->p99[round] = answers.p99;
    table->cpu[round] = 1e3 * (after.cpu - before.cpu) / answers.tiles;
    table->switches[round] = (after.switches - before.switches) / answers.tiles;
    table->allocations[round] = idle > 0 ? (allocations_in(log) - idle) / all : 0;
    table->hits[round] = 100 * hits / answers.tiles;
    table->failed[round] = answers.failed;
}

static void print(const struct report *report, const char *title, struct table *table)
{
    int rounds = report_rounds(report, ROUNDS);
    report_title(report, title);
    report_figure(report, "delivered", "tiles/s", table->speed, (size_t)rounds);
    report_figure(report, "P50", "ms", table->p50, (size_t)rounds);
    report_figure(report, "P95", "ms", table->p95, (size_t)rounds);
    report_figure(report, "P99", "ms", table->p99, (size_t)rounds);
    report_figure(report, "CPU of the daemon per delivered tile", "ms", table->cpu, (size_t)rounds);
    report_figure(report, "context switches per delivered tile", "", table->switches, (size_t)rounds);
    if (report_median(table->allocations, (size_t)rounds) > 0)
        report_figure(report, "allocations per delivered tile", "", table->allocations, (size_t)rounds);
    else if (!report->json)
        printf("  allocations per delivered tile: not counted (the daemon is linked without jemalloc)\n");
    report_figure(report, "answered from the cache", "%", table->hits, (size_t)rounds);
    report_figure(report, "failed", "tiles", table->failed, (size_t)rounds);
}

static void bench(const struct report *report, const struct slides *slides, const char *slide, const char *settings,
                  const char *title)
{
    struct table table;
    char *log = malloc(LOG_BYTES);
    struct og_pyramid pyramid = slides_pyramid(slides, slide);
    struct og_extent grid = og_pyramid_grid(&pyramid, 0);
    struct target target = {slide, pyramid.top, grid.width, grid.height};
    for (int round = 0; round < report_rounds(report, ROUNDS); round++)
        run_round(&table, round, slides, settings, &target, report->quick ? 1 : 5, log);
    print(report, title, &table);
    free(log);
}

int main(int argc, char **argv)
{
    struct report report = report_open("cold", argc, argv);
    struct slides slides;
    slides_open(&slides);
    slides_add(&slides, "slide", report.quick ? QUICK_SIDE : SIDE, 0);
    bool real = slides_add_real(&slides, "real");
    slides_scan(&slides);
    bench(&report, &slides, "slide", report.quick ? "--cache 0" : "--cache 64M",
          "random L0 and L1 tiles of a slide of 24576 x 24576, cache of 64 MiB");
    if (real)
        bench(&report, &slides, "real", "--cache 0", "the same of the first real slide, no cache");
    slides_close(&slides);
    return 0;
}
