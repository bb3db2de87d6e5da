/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct report report_open(const char *bench, int argc, char **argv)
{
    struct report report = {.bench = bench};
    for (int i = 1; i < argc; i++) {
        report.json = report.json || strcmp(argv[i], "--json") == 0;
        report.quick = report.quick || strcmp(argv[i], "--quick") == 0;
    }
    return report;
}

void report_title(const struct report *report, const char *title)
{
    if (!report->json)
        printf("\n%-58s %10s %10s %10s\n", title, "min", "median", "max");
}

int report_rounds(const struct report *report, int rounds)
{
    return report->quick ? 1 : rounds;
}

int report_by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double report_rank(const double *sorted, size_t n, double thousandths)
{
    size_t at = (size_t)((double)n * thousandths / 1000);
    return n ? sorted[at < n ? at : n - 1] : 0;
}

double report_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, report_by_size);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static double *memory(size_t rounds)
{
    double *made = calloc(rounds, sizeof *made);
    if (!made) {
        fprintf(stderr, "bench: no memory for figures\n");
        exit(1);
    }
    return made;
}

void report_figure(const struct report *report, const char *name, const char *unit, const double *values, size_t rounds)
{
    double *sorted = memory(rounds);
    memcpy(sorted, values, rounds * sizeof *sorted);
    double median = report_median(sorted, rounds), least = sorted[0], most = sorted[rounds - 1];
    free(sorted);
    if (report->json)
        printf("{\"bench\":\"%s\",\"figure\":\"%s\",\"unit\":\"%s\",\"min\":%.6g,\"median\":%.6g,\"max\":%.6g,"
               "\"rounds\":%zu}\n",
               report->bench, name, unit, least, median, most, rounds);
    else
        printf("  %-44s %11s %10.4g %10.4g %10.4g\n", name, unit, least, median, most);
    fflush(stdout);
}

void report_ratio(const struct report *report, const char *name, const double *a, const double *b, size_t rounds)
{
    double *ratios = memory(rounds);
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = a[i] / b[i];
    report_figure(report, name, "", ratios, rounds);
    free(ratios);
}

void report_point(const struct report *report, const char *picture, const char *series, double at, double value)
{
    if (report->json)
        printf("{\"bench\":\"%s\",\"picture\":\"%s\",\"series\":\"%s\",\"at\":%.6g,\"value\":%.6g}\n", report->bench,
               picture, series, at, value);
    else
        printf("  %-44s %11.4g %10.4g %s\n", series, at, value, picture);
    fflush(stdout);
}

const char *report_value(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return argv[i + 1];
    return NULL;
}
