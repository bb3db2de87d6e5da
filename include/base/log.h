/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_LOG_H
#define OG_BASE_LOG_H
/*
 * og_log: one line per event to a file descriptor, as text or as one JSON object:
 *
 *     2026-11-23T03:27:00.123Z warn slide: text
 *     {"time":"2026-11-23T03:27:00.123Z","level":"warn","part":"slide","text":"text"}
 *
 * A line about a request names it: "warn http: [id] text" and "request":"id".
 *
 * Threads:   write from any thread; a line is one write(2), so lines never mix. new, set_format and destroy are
 *            single-threaded.
 * Ownership: new returns owned; the descriptor stays the caller's and must outlive the log.
 * Errors:    a line that cannot be written at once is lost (a pipe that nobody reads): logging never fails and never
 *            waits. What a line cannot hold is cut.
 */
#include <stddef.h>
#include <stdint.h>

enum og_log_level { OG_LOG_ERROR, OG_LOG_WARN, OG_LOG_INFO, OG_LOG_DEBUG, OG_LOG_LEVELS };
enum og_log_format { OG_LOG_TEXT, OG_LOG_JSON };

struct og_log;

struct og_log *og_log_new(int fd, enum og_log_level most_detailed); /* text; NULL when memory is out */
void og_log_set_format(struct og_log *log, enum og_log_format format);

/* `part` names the floor or module that speaks. Bytes below space in a text line become '?': names come from outside.
 */
void og_log_write(struct og_log *log, enum og_log_level level, const char *part, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void og_log_request(struct og_log *log, enum og_log_level level, const char *part, const char *request,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));

const char *og_log_level_name(enum og_log_level level);

#define OG_LOG_TIME_ROOM 32
void og_log_time(uint64_t since_1970_ns, char out[OG_LOG_TIME_ROOM]); /* "2026-11-23T03:27:00.123Z" */

void og_log_destroy(struct og_log **log);

#endif
