/* SPDX-License-Identifier: MIT */
#include "tool/monitor.h"

void og_monitor_begin(struct og_monitor *monitor, const char *label, bool quiet)
{
    og_interrupt_begin(&monitor->interrupt);
    og_progress_begin(&monitor->progress, stderr, label, quiet);
}

bool og_monitor_look(void *context, uint64_t done, uint64_t all)
{
    struct og_monitor *monitor = context;
    og_progress_show(&monitor->progress, done, all);
    return !og_interrupt_came(&monitor->interrupt);
}

void og_monitor_end(struct og_monitor *monitor)
{
    og_progress_end(&monitor->progress);
    og_interrupt_end(&monitor->interrupt);
}
