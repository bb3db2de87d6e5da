/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_CATALOGUE_H
#define OG_SLIDE_CATALOGUE_H
/*
 * og_catalogue: the slides of one folder by id, as they were at one moment. Every NAME.tif that is an Origami slide,
 * every NAME.dzi with its NAME_files beside it and every folder NAME with a baseline_pyramid.dzi in it is one; anything
 * else is skipped with one log line that says why.
 *
 * A catalogue does not change. When the folder has, renew makes the next one: it shares the slides whose files are
 * still the same, opens what is new or was replaced, and drops what is gone, each with a log line. What was skipped is
 * complained about again only when it is another file. A slide that was replaced by something that cannot be opened is
 * served no more. A file that was read while it was written fails, and is another file when it is finished.
 *
 * Threads:   find, json and count from any thread once open or renew has returned; open, renew and close are
 *            single-threaded, each renew from the newest.
 * Ownership: open and renew return owned; find returns an owned reference; json is borrowed.
 * Errors:    open and renew fail when the folder itself cannot be read; a bad slide is skipped and counted. For renew a
 *            folder that does not exist holds nothing.
 */
#include <stdbool.h>

#include "base/log.h"
#include "base/metrics.h"
#include "slide/slide.h"

struct og_catalogue;

struct og_catalogue_changes {
    unsigned opened, replaced, removed, skipped;
    bool unsettled; /* something changed while it was opened: look again soon */
    bool missing;   /* there is no such folder */
};

/* Whether open would succeed. */
OG_CHECKED enum og_status og_catalogue_check(const char *folder, struct og_error *err);
OG_CHECKED enum og_status og_catalogue_open(const char *folder, struct og_log *log, struct og_metrics_block *metrics,
                                            struct og_catalogue **out, struct og_error *err);
/* `*out` is NULL when nothing has changed. */
OG_CHECKED enum og_status og_catalogue_renew(const struct og_catalogue *previous, const char *folder,
                                             struct og_log *log, struct og_metrics_block *metrics,
                                             struct og_catalogue **out, struct og_catalogue_changes *changes,
                                             struct og_error *err);
struct og_slide *og_catalogue_find(const struct og_catalogue *catalogue, const char *id, size_t length);
struct og_buf *og_catalogue_json(const struct og_catalogue *catalogue); /* what /slides answers */
size_t og_catalogue_count(const struct og_catalogue *catalogue);
void og_catalogue_close(struct og_catalogue **catalogue);

#endif
