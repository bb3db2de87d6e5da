/* SPDX-License-Identifier: MIT */
/*
 * What it is worth that the asked-for tile goes first: latencies of cold tiles under a steady load, against the same
 * engine whose workers take one family each and build it from first slot to last. The rate is what keeps the second
 * one busy to six tenths, measured in the same run: both can stand it.
 */
#include <stdio.h>
#include <string.h>

#include "report.h"
#include "slides.h"
#include "variant.h"

enum { SIDE = 16384, QUICK_SIDE = 2048, ROUNDS = 7 };

static const struct variant product = {"product", NULL, NULL}, whole = {"worker_family", NULL, NULL};

struct table {
    double p50[ROUNDS], p95[ROUNDS], p99[ROUNDS], failed[ROUNDS];
};

static void note(struct table *table, int round, const struct load_result *result)
{
    table->p50[round] = result->p50;
    table->p95[round] = result->p95;
    table->p99[round] = result->p99;
    table->failed[round] = result->failed;
}

static void print(const struct report *report, const char *who, struct table *table)
{
    size_t rounds = (size_t)report_rounds(report, ROUNDS);
    char name[64];
    snprintf(name, sizeof name, "%s: P50", who);
    report_figure(report, name, "ms", table->p50, rounds);
    snprintf(name, sizeof name, "%s: P95", who);
    report_figure(report, name, "ms", table->p95, rounds);
    snprintf(name, sizeof name, "%s: P99", who);
    report_figure(report, name, "ms", table->p99, rounds);
    snprintf(name, sizeof name, "%s: refused", who);
    report_figure(report, name, "tiles", table->failed, rounds);
}

static void compare(const struct report *report, const struct slides *slides, const char *stream, unsigned cache)
{
    char arguments[512];
    unsigned ms = report->quick ? 50 : 3000, warm = report->quick ? 10 : 300;
    double rate[ROUNDS], ratio[ROUNDS];
    struct table a, b;
    int rounds = report_rounds(report, ROUNDS);
    for (int r = 0; r < rounds; r++) {
        snprintf(arguments, sizeof arguments, "--slides %s --stream %s --cache %u --seed %d --warm-ms %u --ms %u",
                 slides->folder, stream, cache, r + 1, warm, ms / 2);
        rate[r] = 0.6 * variant_run(&whole, arguments).per_second;
        rate[r] = rate[r] < 1 ? 1 : rate[r];
        snprintf(arguments, sizeof arguments,
                 "--slides %s --stream %s --cache %u --seed %d --warm-ms %u --ms %u --rate %.0f", slides->folder,
                 stream, cache, r + 1, warm, ms, rate[r]);
        struct load_result first = variant_run(&product, arguments), second = variant_run(&whole, arguments);
        note(&a, r, &first);
        note(&b, r, &second);
        ratio[r] = first.p99 / second.p99;
    }
    report_title(report, strcmp(stream, "cold") == 0 ? "random cold tiles at a steady rate" : "eight viewers that pan");
    report_figure(report, "rate", "tiles/s", rate, (size_t)rounds);
    print(report, "asked-for tile first", &a);
    print(report, "whole families in order", &b);
    report_figure(report, "P99 asked-for first / whole families", "", ratio, (size_t)rounds);
}

int main(int argc, char **argv)
{
    struct report report = report_open("order", argc, argv);
    struct slides slides;
    slides_open(&slides);
    slides_add(&slides, "slide", report.quick ? QUICK_SIDE : SIDE, 0);
    slides_scan(&slides);
    compare(&report, &slides, "cold", 6 << 20);
    compare(&report, &slides, "viewer", 24 << 20);
    slides_close(&slides);
    return 0;
}
