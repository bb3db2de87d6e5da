/* SPDX-License-Identifier: MIT */
/*
 * A tile that is in memory, beside nginx with the same bytes in files: CPU for each tile in a closed loop over 64
 * connections, latencies at half of what the slower one can do, what the heap and the locks see of it, and a 304 beside
 * a 200. Both servers run all the time, with as many threads as processes, and take turns on the same processors.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "client.h"
#include "cores.h"
#include "counting.h"
#include "daemon.h"
#include "export.h"
#include "http_load.h"
#include "nginx.h"
#include "report.h"
#include "slides.h"
#include "tile_paths.h"
#include "tree.h"

enum { SIDE = 8192, QUICK_SIDE = 2048, ROUNDS = 9, CONNECTIONS = 64, LOG_BYTES = 1 << 16, LINE_BYTES = 160 };
enum server { OURS, NGINX, SERVERS };

static const double load = 0.5; /* of the capacity of the slower one */
static const char slide_name[] = "slide";
static const char *const names[SERVERS] = {"Origami", "nginx"};

struct figures {
    double speed[ROUNDS], cpu[ROUNDS], paced_cpu[ROUNDS], p50[ROUNDS], p99[ROUNDS], p999[ROUNDS], not_modified[ROUNDS],
        failed[ROUNDS], busy[ROUNDS];
};

struct bench {
    struct report report;
    struct slides slides;
    char folder[300], settings[64];
    struct og_pyramid pyramid;
    uint16_t port[SERVERS];
    pid_t pid[SERVERS];
    struct tile_paths tiles;
    const char **lines[SERVERS]; /* If-None-Match of each path; NULL: the server sends no ETag */
    struct figures figures[SERVERS];
};

struct cost {
    struct http_load_result result;
    double cpu; /* microseconds for each answer */
};

static unsigned driver_threads(void)
{
    return cores_of_server() > 1 ? 2 : 1;
}

static struct cost run(const struct bench *bench, enum server server, double rate, bool conditional, double seconds)
{
    struct http_load_plan plan = {.port = bench->port[server],
                                  .paths = (const char *const *)bench->tiles.paths,
                                  .lines = conditional ? bench->lines[server] : NULL,
                                  .count = bench->tiles.count,
                                  .expected = conditional ? 304 : 200,
                                  .threads = driver_threads(),
                                  .connections = CONNECTIONS,
                                  .rate = rate,
                                  .seconds = bench->report.quick ? seconds / 10 : seconds,
                                  .seed = 1};
    struct tree_use before = tree_use(bench->pid[server]);
    struct cost cost = {.result = http_load_run(&plan)};
    struct tree_use after = tree_use(bench->pid[server]);
    cost.cpu = 1e6 * (after.cpu - before.cpu) / cost.result.good.count;
    return cost;
}

struct validator {
    char *line;
    bool answered;
};

static void note_validator(void *context, const struct client_answer *answer)
{
    struct validator *validator = context;
    const char *from = strcasestr(answer->header, "\r\nETag:");
    char value[LINE_BYTES];
    validator->answered = true;
    if (answer->status == 200 && from && sscanf(from + strlen("\r\nETag:"), " %100[^\r\n]", value) == 1 &&
        asprintf(&validator->line, "If-None-Match: %s\r\n", value) < 0)
        exit(1);
}

static void collect_validators(struct bench *bench, enum server server)
{
    struct client *client = client_new(bench->port[server], 1);
    size_t known = 0;
    bench->lines[server] = calloc(bench->tiles.count, sizeof(char *));
    for (; known < bench->tiles.count; known++) {
        struct validator validator = {0};
        client_ask(client, 0, bench->tiles.paths[known], "");
        while (!validator.answered)
            client_wait(client, UINT64_MAX / 2, note_validator, &validator);
        if (!validator.line)
            break;
        bench->lines[server][known] = validator.line;
    }
    client_destroy(&client);
    if (known == bench->tiles.count)
        return;
    free(bench->lines[server]);
    bench->lines[server] = NULL;
    if (!bench->report.json)
        printf("%s sends no ETag, so there is no 304 to be measured.\n", names[server]);
}

static void measure(struct bench *bench, int round)
{
    struct cost closed[SERVERS], paced[SERVERS];
    for (int i = 0; i < SERVERS; i++) {
        enum server server = (enum server)((i + round) % SERVERS);
        closed[server] = run(bench, server, 0, false, 2);
        if (bench->lines[server])
            bench->figures[server].not_modified[round] = run(bench, server, 0, true, 1).cpu / closed[server].cpu;
    }
    double slower = closed[OURS].result.good.per_second < closed[NGINX].result.good.per_second
                        ? closed[OURS].result.good.per_second
                        : closed[NGINX].result.good.per_second;
    for (int i = 0; i < SERVERS; i++) {
        enum server server = (enum server)((i + round) % SERVERS);
        struct figures *figures = &bench->figures[server];
        paced[server] = run(bench, server, load * slower, false, 3);
        figures->speed[round] = closed[server].result.good.per_second;
        figures->cpu[round] = closed[server].cpu;
        figures->busy[round] = 100 * closed[server].result.cpu / driver_threads();
        figures->paced_cpu[round] = paced[server].cpu;
        figures->p50[round] = 1e3 * paced[server].result.good.p50;
        figures->p99[round] = 1e3 * paced[server].result.good.p99;
        figures->p999[round] = 1e3 * paced[server].result.good.p999;
        figures->failed[round] = closed[server].result.failed + paced[server].result.failed;
    }
}

/* Returns the tiles. */
static double run_counted(const struct bench *bench, struct counting *counting, double seconds,
                          double counts[COUNTING_KINDS])
{
    for (int i = 0; i < COUNTING_KINDS; i++)
        counts[i] = -(double)atomic_load_explicit(&counting->counts[i], memory_order_relaxed);
    double tiles = run(bench, OURS, 0, false, seconds).result.good.count;
    for (int i = 0; i < COUNTING_KINDS; i++)
        counts[i] += (double)atomic_load_explicit(&counting->counts[i], memory_order_relaxed);
    return tiles;
}

/* On a daemon of its own that has served every tile: counting takes time. */
static void count_calls(struct bench *bench, double counts[COUNTING_KINDS])
{
    char path[400], log[LOG_BYTES];
    snprintf(path, sizeof path, "%s/counts", bench->folder);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct counting *counting = ftruncate(file, sizeof *counting) == 0
                                    ? mmap(NULL, sizeof *counting, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
                                    : MAP_FAILED;
    if (counting == MAP_FAILED || setenv(COUNTING_VARIABLE, path, 1) != 0)
        exit(1);
    cores_for_server();
    struct daemon daemon = daemon_start(ORIGAMID, bench->slides.folder, bench->settings, "LD_PRELOAD=" COUNTING);
    cores_for_driver();
    uint16_t port = bench->port[OURS];
    bench->port[OURS] = daemon.port;
    export_pyramid(daemon.port, &bench->pyramid, slide_name, bench->folder); /* builds every tile */
    run(bench, OURS, 0, false, 1);
    if (!atomic_load_explicit(&counting->counts[COUNTING_OURS_ALLOCATIONS], memory_order_relaxed)) {
        fprintf(stderr, "bench: nothing was counted, not even the daemon's start\n");
        exit(1);
    }
    /* Both runs open as many connections: what is left is the tiles'. */
    double fewer[COUNTING_KINDS], tiles = run_counted(bench, counting, 0.5, fewer);
    tiles = run_counted(bench, counting, 2, counts) - tiles;
    for (int i = 0; i < COUNTING_KINDS; i++)
        counts[i] = (counts[i] - fewer[i]) / tiles;
    bench->port[OURS] = port;
    daemon_stop(&daemon, log, sizeof log);
    munmap(counting, sizeof *counting);
    close(file);
}

static void print_server(struct bench *bench, enum server server)
{
    const struct report *report = &bench->report;
    struct figures *figures = &bench->figures[server];
    size_t rounds = (size_t)report_rounds(report, ROUNDS);
    report_title(report, names[server]);
    report_figure(report, "delivered, closed loop", "tiles/s", figures->speed, rounds);
    report_figure(report, "CPU per tile, closed loop", "us", figures->cpu, rounds);
    report_figure(report, "CPU per tile, at the same load", "us", figures->paced_cpu, rounds);
    report_figure(report, "P50 at the same load", "us", figures->p50, rounds);
    report_figure(report, "P99 at the same load", "us", figures->p99, rounds);
    report_figure(report, "P99.9 at the same load", "us", figures->p999, rounds);
    report_figure(report, "the driver's processors, closed loop", "%", figures->busy, rounds);
    if (bench->lines[server])
        report_figure(report, "a 304 / a 200, CPU", "", figures->not_modified, rounds);
    report_figure(report, "failed", "tiles", figures->failed, rounds);
}

static void print(struct bench *bench, double counts[COUNTING_KINDS])
{
    const struct report *report = &bench->report;
    const struct figures *ours = &bench->figures[OURS], *theirs = &bench->figures[NGINX];
    size_t rounds = (size_t)report_rounds(report, ROUNDS);
    report_title(report, "Origami / nginx");
    report_ratio(report, "delivered, closed loop", ours->speed, theirs->speed, rounds);
    report_ratio(report, "CPU per tile, closed loop", ours->cpu, theirs->cpu, rounds);
    report_ratio(report, "CPU per tile, at the same load", ours->paced_cpu, theirs->paced_cpu, rounds);
    report_ratio(report, "P50 at the same load", ours->p50, theirs->p50, rounds);
    report_ratio(report, "P99 at the same load", ours->p99, theirs->p99, rounds);
    for (int server = 0; server < SERVERS; server++)
        print_server(bench, (enum server)server);
    report_title(report, "calls per warm tile");
    report_figure(report, "allocations of ours", "", &counts[COUNTING_OURS_ALLOCATIONS], 1);
    report_figure(report, "locks of ours", "", &counts[COUNTING_OURS_LOCKS], 1);
    report_figure(report, "allocations of libraries", "", &counts[COUNTING_LIBRARY_ALLOCATIONS], 1);
    report_figure(report, "locks of libraries", "", &counts[COUNTING_LIBRARY_LOCKS], 1);
}

static void make_slide(struct bench *bench)
{
    slides_open(&bench->slides);
    slides_add(&bench->slides, slide_name, bench->report.quick ? QUICK_SIDE : SIDE, 0);
    slides_scan(&bench->slides);
    bench->pyramid = slides_pyramid(&bench->slides, slide_name);
    snprintf(bench->folder, sizeof bench->folder, "%s/exported", bench->slides.folder);
    if (mkdir(bench->folder, 0700) != 0)
        exit(1);
    snprintf(bench->settings, sizeof bench->settings, "--cache 1G --http-threads %u", cores_of_server());
    tile_paths_add(&bench->tiles, slide_name, &bench->pyramid, og_pyramid_last_depth(&bench->pyramid));
}

int main(int argc, char **argv)
{
    static struct bench bench;
    double counts[COUNTING_KINDS];
    char log[LOG_BYTES];
    bench.report = report_open("warm", argc, argv);
    make_slide(&bench);
    cores_for_server();
    struct daemon daemon = daemon_start(ORIGAMID, bench.slides.folder, bench.settings, NULL);
    export_pyramid(daemon.port, &bench.pyramid, slide_name, bench.folder); /* and the cache has seen them all */
    struct nginx nginx = nginx_start(bench.folder, cores_of_server());
    cores_for_driver();
    bench.port[OURS] = daemon.port, bench.pid[OURS] = daemon.pid;
    bench.port[NGINX] = nginx.port, bench.pid[NGINX] = nginx.pid;
    for (int server = 0; server < SERVERS; server++) {
        collect_validators(&bench, (enum server)server);
        run(&bench, (enum server)server, 0, false, 1);
    }
    for (int round = 0; round < report_rounds(&bench.report, ROUNDS); round++)
        measure(&bench, round);
    nginx_stop(&nginx);
    daemon_stop(&daemon, log, sizeof log);
    count_calls(&bench, counts);
    print(&bench, counts);
    slides_close(&bench.slides);
    return 0;
}
