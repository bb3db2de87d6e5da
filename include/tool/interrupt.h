/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_INTERRUPT_H
#define OG_TOOL_INTERRUPT_H
/*
 * og_interrupt: Ctrl-C and friends as something to ask for, while there is a temporary file to take away. Between begin
 * and end, SIGINT, SIGTERM and SIGHUP wait until somebody asks; end lets a noted one act as usual. What
 * the process ignores, for example under nohup, stays ignored.
 *
 * Threads:   begin and end from the main thread; threads started in between inherit the blocked signals.
 * Ownership: a value of the caller's.
 * Errors:    none.
 */
#include <signal.h>
#include <stdbool.h>

struct og_interrupt {
    sigset_t watched, before;
    int noted; /* the signal that came; 0: none */
};

void og_interrupt_begin(struct og_interrupt *interrupt);
bool og_interrupt_came(struct og_interrupt *interrupt);
void og_interrupt_end(struct og_interrupt *interrupt);

#endif
