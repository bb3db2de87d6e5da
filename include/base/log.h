/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_LOG_H
#define OG_BASE_LOG_H
/*
 * og_log: one line per event, "2026-11-23T03:27:00.123Z warn slide: text", to a file descriptor.
 *
 * Threads:   write from any thread; a line is one write(2), so lines never mix. new and destroy are single-threaded.
 * Ownership: new returns owned; the descriptor stays the caller's and must outlive the log.
 * Errors:    a line that cannot be written at once is lost (a pipe that nobody reads): logging never fails and never
 *            waits.
 */
enum og_log_level { OG_LOG_ERROR, OG_LOG_WARN, OG_LOG_INFO, OG_LOG_DEBUG, OG_LOG_LEVELS };

struct og_log;

struct og_log *og_log_new(int fd, enum og_log_level most_detailed); /* NULL when memory is out */

/* `part` names the floor or module that speaks. Bytes below space in the text become '?': names come from outside. */
void og_log_write(struct og_log *log, enum og_log_level level, const char *part, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

const char *og_log_level_name(enum og_log_level level);
void og_log_destroy(struct og_log **log);

#endif
