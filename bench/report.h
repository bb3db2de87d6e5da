/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_REPORT_H
#define OG_BENCH_REPORT_H
/*
 * How a bench speaks: a table for people, or with --json one object per line for machines.
 *
 * Threads:   the bench's main thread.
 * Ownership: borrows the texts.
 * Errors:    none.
 */
#include <stdbool.h>
#include <stddef.h>

struct report {
    bool json;
    bool quick; /* --quick: tiny inputs, to see that the bench runs; its figures mean nothing */
    const char *bench;
};

struct report report_open(const char *bench, int argc, char **argv);
void report_title(const struct report *report, const char *title);

/* A figure with its spread over the rounds: minimum, median and maximum. */
void report_figure(const struct report *report, const char *name, const char *unit, const double *values,
                   size_t rounds);

/* The same of a / b in each round. */
void report_ratio(const struct report *report, const char *name, const double *a, const double *b, size_t rounds);

/* A point of a series, for a picture (plot.py): `value` at `at`. */
void report_point(const struct report *report, const char *picture, const char *series, double at, double value);

/* So many rounds; one when the bench is only to be seen running. */
int report_rounds(const struct report *report, int rounds);

double report_median(double *values, size_t n); /* sorts them */

/* Of `n` values from the smallest to the largest the one that so many in 1000 do not exceed; 0 when there is none. */
double report_rank(const double *sorted, size_t n, double thousandths);

int report_by_size(const void *a, const void *b); /* for qsort, of doubles */

/* What follows the argument `name`; NULL: it is not there. */
const char *report_value(int argc, char **argv, const char *name);

#endif
