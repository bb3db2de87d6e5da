/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_WATCH_H
#define OG_ENGINE_WATCH_H
/*
 * og_watch: a thread that keeps a library up to date. It rescans the folder
 *
 *     when the system notices a change in it, as soon as nothing more follows for OG_WATCH_QUIET_MS, or
 *     OG_WATCH_SETTLED_MS after the first
 *     every so many seconds, for file systems on which others' changes are not noticed
 *     when it is asked to
 *     a second later when a slide changed while it was being opened, or one that went could not be closed
 *
 * The folder is watched by its name: when it was moved away, or something was mounted over it, the next rescan watches
 * what has the name now. What cannot be watched is tried again every second; the log tells once.
 *
 * Threads:   start and stop from the owner's thread, ask from any. Nobody waits for a rescan but stop. `answer` runs on
 *            the watch's thread.
 * Ownership: start returns owned; stop takes. The library, the log and `context` are borrowed.
 * Errors:    start fails when memory, descriptors or threads are out.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"

struct og_library;
struct og_watch;

enum { OG_WATCH_QUIET_MS = 50, OG_WATCH_SETTLED_MS = 500 };

struct og_watch_options {
    uint64_t rescan_s;             /* 0: never without a reason */
    bool unnoticed;                /* does not ask the system for notices */
    void (*answer)(void *context); /* after a rescan that was asked for; NULL: nobody wants to know */
    void *context;
};

OG_CHECKED enum og_status og_watch_start(const struct og_watch_options *options, struct og_library *library,
                                         struct og_log *log, struct og_watch **out, struct og_error *err);
void og_watch_ask(struct og_watch *watch); /* returns at once; the rescan follows, one for all who asked before */

/* Waits, at most so long, for a rescan under way. False: the file system holds it; nothing was given up, as before. */
bool og_watch_stop(struct og_watch **watch, unsigned patience_ms);

#endif
