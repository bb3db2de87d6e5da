/* SPDX-License-Identifier: MIT */
/*
 * What a person sees: time to a complete field of view on the paths of paths.h, beside nginx with every tile of the
 * same pyramid in a file of its own. In each round Origami and nginx take turns, each once with nothing in memory (the
 * daemon just started, the slide or the files dropped from the page cache) and once again on the same paths.
 *
 * With --url http://127.0.0.1:PORT/PATH (with {slide}, {level}, {x} and {y} in it), --slide NAME and --size
 * WIDTHxHEIGHT it drives any server of Deep Zoom's tiles of 256 pixels instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audience.h"
#include "cores.h"
#include "daemon.h"
#include "export.h"
#include "nginx.h"
#include "report.h"
#include "slides.h"
#include "static_tiles.h"
#include "tree.h"

enum {
    SIDE = 16384,
    QUICK_SIDE = 2048,
    ROUNDS = 5,
    VIEWERS = 16,
    SECONDS = 16,
    LOG_BYTES = 1 << 16,
    STATIC_QUALITY = 90
};
enum pass { OURS_COLD, OURS_WARM, NGINX_COLD, NGINX_WARM, PASSES };

enum slide { DENSE, GLASS, REAL, SLIDES }; /* the paths are on the first; the others are weighed */

static const char url[] = "/tiles/{slide}/{level}/{x}_{y}.jpg";
static const char *const slides[SLIDES] = {"dense", "glass", "real"};
static const char *const slide_words[SLIDES] = {"dense tissue", "half of it glass", "the first real slide"};
static const char *const names[PASSES] = {"Origami cold", "Origami warm", "nginx cold", "nginx warm"};

struct table {
    double p50[PASSES][ROUNDS], p95[PASSES][ROUNDS], p999[PASSES][ROUNDS], cpu[PASSES][ROUNDS], late[PASSES][ROUNDS],
        memory[2][ROUNDS], failed[ROUNDS];
    struct audience_result all[PASSES]; /* of every round */
};

struct bench {
    struct report report;
    struct slides slides;
    struct og_pyramid pyramid;
    char folder[300]; /* of the exported tiles */
    bool real;        /* there is one */
    struct export_sums sums[SLIDES];
    double of_source[SLIDES]; /* bytes of tiles that vips dzsave makes */
    struct table table;
};

static void add_fields(struct audience_result *all, const struct audience_result *more)
{
    all->fields = realloc(all->fields, (all->count + more->count + 1) * sizeof *all->fields);
    if (!all->fields)
        exit(1);
    memcpy(all->fields + all->count, more->fields, more->count * sizeof *more->fields);
    all->count += more->count;
}

static double share_within(const struct audience_result *result, double milliseconds)
{
    size_t within = 0;
    while (within < result->count && result->fields[within] <= milliseconds)
        within++;
    return result->count ? 100 * (double)within / (double)result->count : 0;
}

static void watch(struct bench *bench, enum pass pass, int round, uint16_t port, pid_t pid)
{
    struct table *table = &bench->table;
    struct audience_plan plan = {
        .port = port,
        .url = url,
        .slide = slides[DENSE],
        .paths = {&bench->pyramid, 1, VIEWERS, 2, (uint64_t)round + 1},
        .seconds = bench->report.quick ? 1.5 : SECONDS,
    };
    struct tree_use before = tree_use(pid);
    struct audience_result result = audience_run(&plan);
    struct tree_use after = tree_use(pid);
    table->p50[pass][round] = report_rank(result.fields, result.count, 500);
    table->p95[pass][round] = report_rank(result.fields, result.count, 950);
    table->p999[pass][round] = report_rank(result.fields, result.count, 999);
    table->late[pass][round] = 100 - share_within(&result, 250);
    table->cpu[pass][round] = 1e3 * (after.cpu - before.cpu) / result.tiles;
    table->memory[pass >= NGINX_COLD][round] = after.peak_memory / (1 << 20);
    table->failed[round] += result.failed;
    add_fields(&table->all[pass], &result);
    audience_free(&result);
}

static void round_of_ours(struct bench *bench, int round)
{
    char log[LOG_BYTES];
    export_forget(bench->slides.folder);
    cores_for_server();
    struct daemon daemon = daemon_start(ORIGAMID, bench->slides.folder, "--cache 1G", NULL);
    cores_for_driver();
    watch(bench, OURS_COLD, round, daemon.port, daemon.pid);
    watch(bench, OURS_WARM, round, daemon.port, daemon.pid);
    daemon_stop(&daemon, log, sizeof log);
}

static void round_of_nginx(struct bench *bench, int round)
{
    export_forget(bench->folder);
    cores_for_server();
    struct nginx nginx = nginx_start(bench->folder, cores_of_server());
    cores_for_driver();
    watch(bench, NGINX_COLD, round, nginx.port, nginx.pid);
    watch(bench, NGINX_WARM, round, nginx.port, nginx.pid);
    nginx_stop(&nginx);
}

static void print_ratios(struct bench *bench, const char *title, enum pass a, enum pass b)
{
    struct table *table = &bench->table;
    size_t rounds = (size_t)report_rounds(&bench->report, ROUNDS);
    report_title(&bench->report, title);
    report_ratio(&bench->report, "P50", table->p50[a], table->p50[b], rounds);
    report_ratio(&bench->report, "P95", table->p95[a], table->p95[b], rounds);
    report_ratio(&bench->report, "P99.9", table->p999[a], table->p999[b], rounds);
    report_ratio(&bench->report, "CPU per tile", table->cpu[a], table->cpu[b], rounds);
}

static void print_pass(struct bench *bench, enum pass pass)
{
    struct table *table = &bench->table;
    struct audience_result *all = &table->all[pass];
    size_t rounds = (size_t)report_rounds(&bench->report, ROUNDS);
    char title[96];
    qsort(all->fields, all->count, sizeof *all->fields, report_by_size);
    double pooled = report_rank(all->fields, all->count, 999), longest = report_rank(all->fields, all->count, 1000);
    snprintf(title, sizeof title, "%s: time to a complete field of view", names[pass]);
    report_title(&bench->report, title);
    for (int i = 0; i <= 200; i++)
        if (bench->report.json)
            report_point(&bench->report, "time to a complete field of view", names[pass],
                         report_rank(all->fields, all->count, i == 200 ? 999 : 5 * i), i == 200 ? 99.9 : 0.5 * i);
    report_figure(&bench->report, "P50", "ms", table->p50[pass], rounds);
    report_figure(&bench->report, "P95", "ms", table->p95[pass], rounds);
    report_figure(&bench->report, "P99.9 of each round", "ms", table->p999[pass], rounds);
    report_figure(&bench->report, "P99.9 of all rounds", "ms", &pooled, 1);
    report_figure(&bench->report, "longest of all", "ms", &longest, 1);
    report_figure(&bench->report, "fields over 250 ms", "%", table->late[pass], rounds);
    report_figure(&bench->report, "CPU of the server per tile", "ms", table->cpu[pass], rounds);
}

static void print_bytes(struct bench *bench, enum slide slide)
{
    char path[512], title[96];
    struct stat info;
    const struct export_sums *sums = &bench->sums[slide];
    snprintf(path, sizeof path, "%s/%s.tif", bench->slides.folder, slides[slide]);
    if (stat(path, &info) != 0)
        exit(1);
    double ours = (double)info.st_size, mebi = 1 << 20;
    double figures[] = {ours / mebi,
                        sums->bytes / mebi,
                        sums->disk / mebi,
                        ours / sums->bytes,
                        ours / sums->disk,
                        bench->of_source[slide] / mebi,
                        ours / bench->of_source[slide]};
    snprintf(title, sizeof title, "bytes of the slide, %s", slide_words[slide]);
    report_title(&bench->report, title);
    report_figure(&bench->report, "Origami's file", "MiB", &figures[0], 1);
    report_figure(&bench->report, "tiles as files, their bytes", "MiB", &figures[1], 1);
    report_figure(&bench->report, "tiles as files, on the disk", "MiB", &figures[2], 1);
    report_figure(&bench->report, "Origami / tiles, bytes", "", &figures[3], 1);
    report_figure(&bench->report, "Origami / tiles, on the disk", "", &figures[4], 1);
    report_figure(&bench->report, "tiles of the source by vips dzsave, Q 90", "MiB", &figures[5], 1);
    report_figure(&bench->report, "Origami / tiles of the source, bytes", "", &figures[6], 1);
}

static void print(struct bench *bench)
{
    struct table *table = &bench->table;
    size_t rounds = (size_t)report_rounds(&bench->report, ROUNDS);
    double count = (double)table->all[0].count;
    for (enum pass pass = 0; pass < PASSES; pass++)
        print_pass(bench, pass);
    print_ratios(bench, "Origami warm / nginx warm", OURS_WARM, NGINX_WARM);
    print_ratios(bench, "Origami cold / nginx cold", OURS_COLD, NGINX_COLD);
    print_ratios(bench, "Origami cold / nginx warm", OURS_COLD, NGINX_WARM);
    for (enum slide slide = 0; slide < SLIDES; slide++)
        if (slide != REAL || bench->real)
            print_bytes(bench, slide);
    report_title(&bench->report, "memory, and what was asked");
    report_figure(&bench->report, "Origami's peak memory", "MiB", table->memory[0], rounds);
    report_figure(&bench->report, "nginx's, without the page cache", "MiB", table->memory[1], rounds);
    report_figure(&bench->report, "fields, each pass, all rounds", "", &count, 1);
    report_figure(&bench->report, "failed", "tiles", table->failed, rounds);
}

static void weigh_static_tiles(struct bench *bench, enum slide slide, struct og_source *source)
{
    if (source)
        bench->of_source[slide] = static_tiles_bytes(source, STATIC_QUALITY, bench->slides.folder);
    og_source_close(&source);
}

static void export_slides(struct bench *bench)
{
    char log[LOG_BYTES];
    snprintf(bench->folder, sizeof bench->folder, "%s/exported", bench->slides.folder);
    if (mkdir(bench->folder, 0700) != 0)
        exit(1);
    struct daemon daemon = daemon_start(ORIGAMID, bench->slides.folder, "", NULL);
    for (int i = 0; i < SLIDES; i++) {
        struct og_pyramid pyramid;
        if (i == REAL && !bench->real)
            continue;
        pyramid = slides_pyramid(&bench->slides, slides[i]);
        bench->sums[i] = export_pyramid(daemon.port, &pyramid, slides[i], bench->folder);
    }
    daemon_stop(&daemon, log, sizeof log);
    bench->pyramid = slides_pyramid(&bench->slides, slides[DENSE]);
}

static int drive(const struct report *report, const char *target, const char *slide, const char *size)
{
    struct og_pyramid pyramid;
    unsigned port, width, height;
    const char *path = strlen(target) > 7 ? strchr(target + 7, '/') : NULL;
    struct audience_plan plan = {
        .url = path, .slide = slide, .paths = {&pyramid, 1, VIEWERS, 2, 1}, .seconds = report->quick ? 1.5 : 60};
    if (!path ||
        (sscanf(target, "http://127.0.0.1:%u/", &port) != 1 && sscanf(target, "http://localhost:%u/", &port) != 1) ||
        port > UINT16_MAX || !size || sscanf(size, "%ux%u", &width, &height) != 2 ||
        !og_pyramid_make(width, height, OG_TILE_SIZE, 0, &pyramid)) {
        fprintf(stderr, "bench viewer: --url http://127.0.0.1:PORT/PATH --slide NAME --size WIDTHxHEIGHT\n");
        return 2;
    }
    plan.port = (uint16_t)port;
    struct audience_result result = audience_run(&plan);
    double figures[] = {report_rank(result.fields, result.count, 500),
                        report_rank(result.fields, result.count, 950),
                        report_rank(result.fields, result.count, 999),
                        (double)result.count,
                        result.tiles,
                        result.failed};
    report_title(report, target);
    report_figure(report, "P50", "ms", &figures[0], 1);
    report_figure(report, "P95", "ms", &figures[1], 1);
    report_figure(report, "P99.9", "ms", &figures[2], 1);
    report_figure(report, "fields", "", &figures[3], 1);
    report_figure(report, "tiles", "", &figures[4], 1);
    report_figure(report, "failed", "tiles", &figures[5], 1);
    audience_free(&result);
    return 0;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    const char *target = report_value(argc, argv, "--url"), *slide = report_value(argc, argv, "--slide");
    bench.report = report_open("viewer", argc, argv);
    if (target)
        return drive(&bench.report, target, slide ? slide : slides[DENSE], report_value(argc, argv, "--size"));
    slides_open(&bench.slides);
    slides_add(&bench.slides, slides[DENSE], bench.report.quick ? QUICK_SIDE : SIDE, 0);
    slides_add(&bench.slides, slides[GLASS], bench.report.quick ? QUICK_SIDE : SIDE, 50);
    bench.real = slides_add_real(&bench.slides, slides[REAL]);
    slides_scan(&bench.slides);
    weigh_static_tiles(&bench, DENSE, slides_tissue(bench.report.quick ? QUICK_SIDE : SIDE, 0));
    weigh_static_tiles(&bench, GLASS, slides_tissue(bench.report.quick ? QUICK_SIDE : SIDE, 50));
    weigh_static_tiles(&bench, REAL, bench.real ? slides_real() : NULL);
    export_slides(&bench);
    for (int round = 0; round < report_rounds(&bench.report, ROUNDS); round++) {
        if (round % 2 == 0)
            round_of_ours(&bench, round);
        round_of_nginx(&bench, round);
        if (round % 2 == 1)
            round_of_ours(&bench, round);
    }
    print(&bench);
    for (int i = 0; i < PASSES; i++)
        audience_free(&bench.table.all[i]);
    slides_close(&bench.slides);
    return 0;
}
