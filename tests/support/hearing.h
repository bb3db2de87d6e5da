/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_HEARING_H
#define OG_TESTS_SUPPORT_HEARING_H
/*
 * hearing: a log and metrics for what a test runs, and what was said there.
 *
 * Threads:   those of log and metrics; everything else is the test's own.
 * Ownership: open fills the caller's struct, close ends what is in it; lines are the struct's, until the next look.
 * Errors:    none; what the log says beyond 32 KiB is not heard.
 */
#include "base/log.h"
#include "base/metrics.h"

struct hearing {
    struct og_log *log;
    struct og_metrics *metrics;
    struct og_metrics_block *block; /* of the thread that opened it */
    int fd;                         /* of the log */
    char lines[32768];
};

void hearing_open(struct hearing *hearing);
void hearing_close(struct hearing *hearing);

const char *hearing_lines(struct hearing *hearing);                 /* all of the log until now */
unsigned hearing_count(struct hearing *hearing, const char *words); /* how often it says so */

#endif
