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

double report_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, report_by_size);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void report_figure(const struct report *report, const char *name, const char *unit, double *values, size_t rounds)
{
    double median = report_median(values, rounds);
    if (report->json)
        printf("{\"bench\":\"%s\",\"figure\":\"%s\",\"unit\":\"%s\",\"min\":%.6g,\"median\":%.6g,\"max\":%.6g,"
               "\"rounds\":%zu}\n",
               report->bench, name, unit, values[0], median, values[rounds - 1], rounds);
    else
        printf("  %-44s %11s %10.4g %10.4g %10.4g\n", name, unit, values[0], median, values[rounds - 1]);
    fflush(stdout);
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
