/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_CATALOGUE_H
#define OG_SLIDE_CATALOGUE_H
/*
 * og_catalogue: the slides of one folder by id. Every NAME.tif that is an Origami slide, every NAME.dzi with its
 * NAME_files beside it and every folder NAME with a baseline_pyramid.dzi in it is one; anything else is skipped with
 * one log line that says why.
 *
 * Threads:   find and json from any thread once open has returned; open and close are single-threaded.
 * Ownership: open returns owned; find returns an owned reference; json is borrowed.
 * Errors:    open fails only when the folder itself cannot be read; a bad slide is skipped and counted.
 */
#include "base/log.h"
#include "base/metrics.h"
#include "slide/slide.h"

struct og_catalogue;

OG_CHECKED enum og_status og_catalogue_open(const char *folder, struct og_log *log, struct og_metrics_block *metrics,
                                            struct og_catalogue **out, struct og_error *err);
struct og_slide *og_catalogue_find(const struct og_catalogue *catalogue, const char *id, size_t length);
struct og_buf *og_catalogue_json(const struct og_catalogue *catalogue); /* what /slides answers */
size_t og_catalogue_count(const struct og_catalogue *catalogue);
void og_catalogue_close(struct og_catalogue **catalogue);

#endif
