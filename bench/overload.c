/* SPDX-License-Identifier: MIT */
/*
 * The daemon under more than it can serve: cold tiles over HTTP at multiples of what saturates it, open loop.
 *
 * The slide stands in the folder under many names, so that two requests seldom want the same family: nothing is shared,
 * each tile has to be read and rebuilt. Saturation is what a closed loop gets through. Then requests arrive at random
 * gaps, and a latency counts from the moment at which the request was due. Client and server share the machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "http_load.h"
#include "report.h"
#include "slides.h"
#include "tile_paths.h"

/* In the order in which they run: what is compared runs side by side. */
enum {
    SIDE = 16384,
    QUICK_SIDE = 2048,
    NAMES = 64,
    ROUNDS = 5,
    MULTIPLES = 6,
    CONNECTIONS = 2048,
    CLOSED_CONNECTIONS = 64
};
enum { ONCE = 4, FOUR_TIMES };

static const double multiple[MULTIPLES] = {0.5, 1.5, 2, 3, [ONCE] = 1, [FOUR_TIMES] = 4};
static const unsigned rising[MULTIPLES] = {0, ONCE, 1, 2, 3, FOUR_TIMES};

struct table {
    double offered[ROUNDS], good[ROUNDS], refused[ROUNDS], failed[ROUNDS], unsent[ROUNDS], good_p50[ROUNDS],
        good_p99[ROUNDS], refused_p50[ROUNDS], refused_p99[ROUNDS], server_cpu[ROUNDS], client_cpu[ROUNDS];
};

struct bench {
    struct report report;
    struct slides slides;
    struct daemon daemon;
    struct tile_paths tiles;
    struct http_load_plan plan;
    struct table table[MULTIPLES];
    double saturation[ROUNDS], kept_for_cpu[ROUNDS];
};

static void name_tiles(struct bench *bench)
{
    struct og_pyramid pyramid = slides_pyramid(&bench->slides, "s0");
    char slide[300], name[300], id[8];
    snprintf(slide, sizeof slide, "%s/s0.tif", bench->slides.folder);
    for (unsigned i = 0; i < NAMES; i++) {
        snprintf(id, sizeof id, "s%u", i);
        snprintf(name, sizeof name, "%s/%s.tif", bench->slides.folder, id);
        if (i > 0 && link(slide, name) != 0) {
            fprintf(stderr, "bench overload: %s: %s\n", name, strerror(errno));
            exit(1);
        }
        tile_paths_add(&bench->tiles, id, &pyramid, 1);
    }
}

static void run_multiple(struct bench *bench, struct table *table, int round, double rate)
{
    struct http_load_plan plan = bench->plan;
    plan.rate = rate;
    plan.seed = (uint64_t)round + 1;
    struct daemon_use before = daemon_use(&bench->daemon);
    double began = wall_clock();
    struct http_load_result result = http_load_run(&plan);
    double took = wall_clock() - began;
    table->offered[round] = rate;
    table->good[round] = result.good.per_second;
    table->refused[round] = result.refused.per_second;
    table->failed[round] = result.failed;
    table->unsent[round] = result.unsent;
    table->good_p50[round] = result.good.p50;
    table->good_p99[round] = result.good.p99;
    table->refused_p50[round] = result.refused.p50;
    table->refused_p99[round] = result.refused.p99;
    table->server_cpu[round] = (daemon_use(&bench->daemon).cpu - before.cpu) / took;
    table->client_cpu[round] = result.cpu;
}

static void run_round(struct bench *bench, int round)
{
    char log[4096];
    bench->daemon = daemon_start(ORIGAMID, bench->slides.folder, "--cache 4M", NULL);
    bench->plan.port = bench->daemon.port;
    struct http_load_plan closed = bench->plan;
    closed.connections = CLOSED_CONNECTIONS;
    closed.seed = 1000 + (uint64_t)round;
    bench->saturation[round] = http_load_run(&closed).good.per_second;
    for (unsigned m = 0; m < MULTIPLES; m++)
        run_multiple(bench, &bench->table[m], round, multiple[m] * bench->saturation[round]);
    const struct table *once = &bench->table[ONCE], *four_times = &bench->table[FOUR_TIMES];
    bench->kept_for_cpu[round] =
        four_times->good[round] / once->good[round] * once->server_cpu[round] / four_times->server_cpu[round];
    daemon_stop(&bench->daemon, log, sizeof log);
}

static void print(struct bench *bench)
{
    const struct report *report = &bench->report;
    size_t rounds = (size_t)report_rounds(report, ROUNDS);
    report_title(report, "saturation: a closed loop of 64 connections");
    report_figure(report, "good answers", "/s", bench->saturation, rounds);
    for (unsigned i = 0; i < MULTIPLES; i++) {
        unsigned m = rising[i];
        struct table *table = &bench->table[m];
        char title[64];
        snprintf(title, sizeof title, "%g x saturation, open loop", multiple[m]);
        report_title(report, title);
        report_figure(report, "offered", "/s", table->offered, rounds);
        report_figure(report, "good answers", "/s", table->good, rounds);
        report_figure(report, "refused with 503 and Retry-After", "/s", table->refused, rounds);
        report_figure(report, "failed otherwise", "requests", table->failed, rounds);
        report_figure(report, "not sent: all connections wait", "requests", table->unsent, rounds);
        report_figure(report, "good answers: P50", "ms", table->good_p50, rounds);
        report_figure(report, "good answers: P99", "ms", table->good_p99, rounds);
        report_figure(report, "refusals: P50", "ms", table->refused_p50, rounds);
        report_figure(report, "refusals: P99", "ms", table->refused_p99, rounds);
        report_figure(report, "CPU of the daemon", "cores", table->server_cpu, rounds);
        report_figure(report, "CPU of the client", "cores", table->client_cpu, rounds);
    }
    report_title(report, "what is kept");
    report_ratio(report, "goodput at 4 x saturation / at saturation", bench->table[FOUR_TIMES].good,
                 bench->table[ONCE].good, rounds);
    report_figure(report, "the same for each second of the daemon's CPU", "", bench->kept_for_cpu, rounds);
}

/* Medians of the rounds, as multiples of saturation and of the goodput there. */
static void draw(struct bench *bench)
{
    const struct report *report = &bench->report;
    size_t rounds = (size_t)report_rounds(report, ROUNDS);
    double share[ROUNDS];
    if (!report->json)
        return;
    for (int refused = 0; refused < 2; refused++)
        for (unsigned i = 0; i < MULTIPLES; i++) {
            const struct table *table = &bench->table[rising[i]];
            for (size_t r = 0; r < rounds; r++)
                share[r] = (refused ? table->refused : table->good)[r] / bench->table[ONCE].good[r];
            report_point(report, "goodput under overload", refused ? "refused with 503" : "good answers",
                         multiple[rising[i]], report_median(share, rounds));
        }
}

int main(int argc, char **argv)
{
    static struct bench bench;
    bench.report = report_open("overload", argc, argv);
    bool quick = bench.report.quick;
    slides_open(&bench.slides);
    slides_add(&bench.slides, "s0", quick ? QUICK_SIDE : SIDE, 0);
    slides_scan(&bench.slides);
    name_tiles(&bench);
    bench.plan = (struct http_load_plan){.paths = (const char *const *)bench.tiles.paths,
                                         .count = bench.tiles.count,
                                         .expected = 200,
                                         .threads = 1,
                                         .connections = CONNECTIONS,
                                         .warm = quick ? 0.05 : 0.8,
                                         .seconds = quick ? 0.2 : 2.5};
    for (int round = 0; round < report_rounds(&bench.report, ROUNDS); round++)
        run_round(&bench, round);
    print(&bench);
    draw(&bench);
    tile_paths_free(&bench.tiles);
    slides_close(&bench.slides);
    return 0;
}
