/* SPDX-License-Identifier: MIT */
/*
 * The optimisation plan, row by row: the product against the product with an alternative in the place of one part, and
 * in the end against the naive server, which has every alternative. The two of a row run in turn; each round gives a
 * ratio of throughputs (closed loop, 32 requests under way) and one of P99 (open loop, the same rate for both: six
 * tenths of what the slower one reached in that round).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "files.h"
#include "report.h"
#include "variant.h"

enum { SIDE = 16384, QUICK_SIDE = 2048, ROUNDS = 5, IN_FLIGHT = 32 };

struct row {
    const char *title, *stream;
    struct variant with, without;
    unsigned repeat; /* longer rounds where few tiles come */
};

#define PRODUCT                                                                                                        \
    {                                                                                                                  \
        "product", NULL, NULL                                                                                          \
    }

static const struct row rows[] = {
    {"concurrent S3-FIFO cache / one mutex, LRU", "hits", PRODUCT, {"cache_lru", NULL, NULL}, 1},
    {"concurrent S3-FIFO cache / one mutex, LRU", "viewer", PRODUCT, {"cache_lru", NULL, NULL}, 1},
    {"chroma with each tile / chroma in sequence", "cold", PRODUCT, {"family_chroma", NULL, NULL}, 1},
    {"chroma with each tile / chroma in sequence", "viewer", PRODUCT, {"family_chroma", NULL, NULL}, 1},
    {"planes / through RGB", "cold", PRODUCT, {"family_rgb", NULL, NULL}, 1},
    {"planes / through RGB", "viewer", PRODUCT, {"family_rgb", NULL, NULL}, 1},
    {"fixed pools / malloc for each use", "cold", PRODUCT, {"malloc", NULL, NULL}, 1},
    {"fixed pools / malloc for each use", "viewer", PRODUCT, {"malloc", NULL, NULL}, 1},
    {"staged, asked-for first / a thread per family", "cold", PRODUCT, {"worker_family", NULL, NULL}, 2},
    {"staged, asked-for first / a thread per family", "viewer", PRODUCT, {"worker_family", NULL, NULL}, 2},
    {"asked-for first / whole families, same stages", "cold", PRODUCT, {"order", NULL, NULL}, 2},
    {"lock-free rings / queues with a mutex", "cold", PRODUCT, {"ring_mutex", NULL, NULL}, 1},
    {"SIMD kernels / scalar", "cold", PRODUCT, {"product", "OG_CPU=scalar", NULL}, 1},
    {"a family in one read / 21 files", "cold", PRODUCT, {"slide_files", NULL, NULL}, 1},
    {"jemalloc / glibc's malloc", "cold", PRODUCT, {"product_glibc", NULL, NULL}, 1},
    {"jemalloc / glibc's malloc", "viewer", PRODUCT, {"product_glibc", NULL, NULL}, 1},
    {"families ahead / none, slide not in memory",
     "viewer",
     {"product", NULL, "--drop 1"},
     {"no_guesses", NULL, "--drop 1"},
     1},
    {"families ahead / none, slide not in memory",
     "cold",
     {"product", NULL, "--drop 1"},
     {"no_guesses", NULL, "--drop 1"},
     1},
    {"mapped / pread",
     "cold",
     {"product", NULL, "--option reader=mmap"},
     {"product", NULL, "--option reader=pread"},
     1},
    {"io_uring / pread",
     "cold",
     {"product", NULL, "--option reader=uring"},
     {"product", NULL, "--option reader=pread"},
     1},
    {"pinned workers / not", "cold", {"product", NULL, "--option pin=1"}, PRODUCT, 1},
    {"huge pages / not", "cold", {"product", NULL, "--option huge-pages=1"}, PRODUCT, 1},
    {"everything / the naive server", "cold", PRODUCT, {"naive", "OG_CPU=scalar", NULL}, 2},
    {"everything / the naive server", "viewer", PRODUCT, {"naive", "OG_CPU=scalar", NULL}, 2},
};

struct figure {
    double with[ROUNDS], without[ROUNDS], ratio[ROUNDS];
};

static const char *verdict(const struct figure *figure, int rounds, bool more_is_better)
{
    double sorted[ROUNDS];
    int above = 0;
    for (int r = 0; r < rounds; r++) {
        sorted[r] = figure->ratio[r];
        above += figure->ratio[r] > 1;
    }
    double median = report_median(sorted, (size_t)rounds);
    int agreed = rounds - rounds / 7; /* all but one in seven */
    if (above >= agreed && median >= 1.02)
        return more_is_better ? "gains" : "loses";
    if (rounds - above >= agreed && median <= 1 / 1.02)
        return more_is_better ? "loses" : "gains";
    return "nothing";
}

static void print_figure(const struct report *report, const struct row *row, const char *what, const char *unit,
                         struct figure *figure, int rounds, bool more_is_better)
{
    const char *said = verdict(figure, rounds, more_is_better);
    double with = report_median(figure->with, (size_t)rounds), without = report_median(figure->without, (size_t)rounds),
           ratio = report_median(figure->ratio, (size_t)rounds), least = figure->ratio[0],
           most = figure->ratio[rounds - 1];
    if (report->json)
        printf("{\"bench\":\"plan\",\"row\":\"%s\",\"stream\":\"%s\",\"figure\":\"%s\",\"unit\":\"%s\",\"with\":%.6g,"
               "\"without\":%.6g,\"ratio_min\":%.4g,\"ratio\":%.4g,\"ratio_max\":%.4g,\"rounds\":%d,\"verdict\":"
               "\"%s\"}\n",
               row->title, row->stream, what, unit, with, without, least, ratio, most, rounds, said);
    else
        printf("%-46s %-6s %-10s %-8s %9.4g %9.4g %7.3f %7.3f %7.3f  %s\n", row->title, row->stream, what, unit, with,
               without, least, ratio, most, said);
    fflush(stdout);
}

static void note(struct figure *figure, int round, double with, double without)
{
    figure->with[round] = with;
    figure->without[round] = without;
    figure->ratio[round] = without > 0 ? with / without : 0;
}

/* The two of a row, the one that goes first changing from round to round. */
static void run_both(const struct row *row, int round, const char *arguments, struct load_result *with,
                     struct load_result *without)
{
    if (round % 2) {
        *without = variant_run(&row->without, arguments);
        *with = variant_run(&row->with, arguments);
    } else {
        *with = variant_run(&row->with, arguments);
        *without = variant_run(&row->without, arguments);
    }
}

static void run_row(const struct report *report, const struct slides *slides, const struct row *row)
{
    struct figure speed, tail, cpu;
    struct load_result with, without;
    int rounds = report_rounds(report, ROUNDS);
    bool hits = strcmp(row->stream, "hits") == 0;
    unsigned ms = report->quick ? 30 : 600 * row->repeat, cache = report->quick                      ? 200 << 10
                                                                  : strcmp(row->stream, "cold") == 0 ? 6 << 20
                                                                                                     : 24 << 20;
    for (int r = 0; r < rounds; r++) {
        char arguments[512];
        int n = snprintf(
            arguments, sizeof arguments,
            "--slides %s --stream %s --cache %u --seed %d --warm-ms %u --ms %u --in-flight %d --threads %u",
            slides->folder, row->stream, cache, r + 1, report->quick ? 10 : 250, ms, IN_FLIGHT, og_thread_cores());
        run_both(row, r, arguments, &with, &without);
        note(&speed, r, with.per_second, without.per_second);
        note(&cpu, r, with.cpu, without.cpu);
        if (!hits) {
            double slower = with.per_second < without.per_second ? with.per_second : without.per_second;
            snprintf(arguments + n, sizeof arguments - (size_t)n, " --rate %.0f", 0.6 * slower + 1);
            run_both(row, r, arguments, &with, &without);
        }
        note(&tail, r, with.p99, without.p99);
    }
    print_figure(report, row, "throughput", hits ? "hits/s" : "tiles/s", &speed, rounds, true);
    print_figure(report, row, "P99", hits ? "us" : "ms", &tail, rounds, false);
    print_figure(report, row, "CPU", "ms/tile", &cpu, rounds, false);
}

/* --row TEXT: only the rows with that text in their title. */
static const char *wanted_row(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--row") == 0)
            return argv[i + 1];
    return "";
}

int main(int argc, char **argv)
{
    struct report report = report_open("plan", argc, argv);
    struct slides slides;
    char files[512];
    slides_open(&slides);
    slides_add_without_chroma(&slides, "slide", report.quick ? QUICK_SIDE : SIDE);
    slides_scan(&slides);
    snprintf(files, sizeof files, "%s/.files", slides.folder);
    files_write(&slides, "slide", files);
    setenv("OG_BENCH_FILES", files, 1);
    if (!report.json)
        printf("%-46s %-6s %-10s %-8s %9s %9s %7s %7s %7s\n", "with / without", "stream", "figure", "unit", "with",
               "without", "least", "ratio", "most");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strstr(rows[i].title, wanted_row(argc, argv)))
            run_row(&report, &slides, &rows[i]);
    slides_close(&slides);
    return 0;
}
