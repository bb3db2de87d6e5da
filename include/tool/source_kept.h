/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SOURCE_KEPT_H
#define OG_TOOL_SOURCE_KEPT_H
/*
 * og_kept_source: a source that remembers some of what was read of it. The families of a sample are made several times,
 * and scanners' files are slow to read.
 *
 * The first OG_KEPT_AREAS areas larger than a tile are kept: of a family 3 MiB each, 48 MiB in all.
 *
 * Threads:   as a source. A lock guards the list of areas, not their pixels: once listed they do not change.
 * Ownership: new returns owned and borrows the source; the view is borrowed until destroy, which comes after all
 * readers. Errors:    of the source. Where there is no memory to keep an area, it is not kept.
 */
#include "tool/source.h"

enum { OG_KEPT_AREAS = 16 };

struct og_kept_source;

struct og_kept_source *og_kept_source_new(const struct og_source *from); /* NULL: no memory */
const struct og_source *og_kept_source_view(const struct og_kept_source *kept);
void og_kept_source_destroy(struct og_kept_source **kept);

#endif
