/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_MONITOR_H
#define OG_TOOL_MONITOR_H
/*
 * og_monitor: what goes on while a verb works for long: its progress bar on standard error, and signals that wait until
 * somebody looks (tool/interrupt.h), so that what is half written can be taken away.
 *
 * Threads:   the main thread; threads started in between leave the signals to it.
 * Ownership: a value of the caller's.
 * Errors:    none. A signal that came acts as usual in end.
 */
#include "tool/interrupt.h"
#include "tool/progress.h"

struct og_monitor {
    struct og_interrupt interrupt;
    struct og_progress progress;
};

void og_monitor_begin(struct og_monitor *monitor, const char *label, bool quiet);
bool og_monitor_look(void *monitor, uint64_t done, uint64_t all); /* false: stop. What the options call `watch` */
void og_monitor_end(struct og_monitor *monitor);

#endif
