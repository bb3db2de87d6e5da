/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_ACCESS_LOG_H
#define OG_HTTP_ACCESS_LOG_H
/*
 * og_access_log: one line per answer, written by a thread of its own, so that no event thread waits for a disk or a
 * pipe. Each lane (event thread) has a ring of records; a record that finds its ring full is dropped and counted.
 *
 *     TIME info access: request=ID client=ADDRESS method=GET path=/slides code=200 bytes=17 seconds=0.000120 cache=none
 *     {"time":TIME,"level":"info","part":"access","request":ID,"client":ADDRESS,"method":"GET","path":"/slides",
 *      "code":200,"bytes":17,"seconds":0.000120,"cache":"none"}            (in one line)
 *
 * Bytes from outside are escaped (base/escape.h), and texts longer than a record's room are cut.
 *
 * Threads:   note on each lane from one thread at a time; reopen from any; open and close are single-threaded, close
 *            after the last note.
 * Ownership: open returns owned; `path`, `fd` and `log` are borrowed and outlive it.
 * Errors:    open says which file cannot be written. A reopen that fails keeps the old file and says so in `log`.
 *            What cannot be written later is lost, with one line in `log`.
 * Waits:     open, and the writer after a reopen, while the system opens the file: a FIFO without a reader. close gives
 * up 100 ms after poll(2) has said that the descriptor has no room; a write inside a file of a file system that hangs
 * is waited for as long as it takes, because poll calls every file ready.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/status.h"

struct og_access_log;

#define OG_ACCESS_LOG_LANE_BYTES ((size_t)1 << 20) /* what a lane's ring takes at most */

struct og_access_options {
    const char *path; /* of the file, which is appended to; NULL: `fd` is written to */
    int fd;
    enum og_log_format format;
    unsigned lanes;
};

struct og_access { /* texts are borrowed during the call */
    const char *request, *client, *method, *path;
    const char *cache; /* a constant: "hit", "miss" or "none" */
    unsigned code;
    uint64_t bytes, duration_ns;
};

/* Whether a file may be written at `path`, without making it. */
OG_CHECKED enum og_status og_access_log_check(const char *path, struct og_error *err);
OG_CHECKED enum og_status og_access_log_open(const struct og_access_options *options, struct og_log *log,
                                             struct og_access_log **out, struct og_error *err);
void og_access_log_note(struct og_access_log *access_log, unsigned lane, struct og_metrics_block *metrics,
                        const struct og_access *access);
void og_access_log_reopen(struct og_access_log *access_log); /* `path`, after what was noted until now */
void og_access_log_close(struct og_access_log **access_log); /* writes what was noted, unless nobody takes it */

#endif
