/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_LIBRARY_H
#define OG_ENGINE_LIBRARY_H
/*
 * og_library: the slides of a folder as they are now, and what the roof needs of the workshops before an engine exists:
 * the choice of pixel kernels, the clean-up of the codec's environment. The roof may include no workshop, so the great
 * hall lends them.
 *
 * What readers see is one catalogue, which does not change; a rescan puts the next one in its place. A slide that was
 * found before lives on as long as somebody has a reference to it: answers under way are finished from what it was.
 *
 * Threads:   find, json and count from any thread, without waiting for anybody; rescan from any thread, one at a time;
 *            the rest from one. Edges: L1 a rescan publishes a catalogue, L2 readers find it; og_epoch's for its end.
 * Ownership: open returns owned; find and json return owned references. The log and the metrics are borrowed.
 * Errors:    open fails only when the folder itself cannot be read, and `err` says why; bad slides are skipped and
 *            logged. A rescan that fails leaves everything as it was, and says so in the log once.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/status.h"

struct og_library;
struct og_slide;

/* Removes environment variables that would change the bytes of a tile. Before any thread exists. */
void og_library_prepare_process(void);

const char *og_library_cpu_name(void);                                /* of the kernels that this processor runs */
OG_CHECKED enum og_status og_library_check_cpu(struct og_error *err); /* what OG_CPU asks for */
OG_CHECKED enum og_status og_library_check_folder(const char *folder, struct og_error *err);

OG_CHECKED enum og_status og_library_open(const char *folder, struct og_log *log, struct og_metrics *metrics,
                                          struct og_library **out, struct og_error *err);

/* `metrics` is the calling thread's own block: where it sits. NULL: there is no such slide. */
struct og_slide *og_library_find(const struct og_library *library, const char *id, size_t id_length,
                                 const struct og_metrics_block *metrics);
struct og_buf *og_library_json(const struct og_library *library, const struct og_metrics_block *metrics);
size_t og_library_count(const struct og_library *library); /* of slides */
const char *og_library_folder(const struct og_library *library);

struct og_library_changes {
    enum og_status status;                       /* of reading the folder */
    unsigned opened, replaced, removed, skipped; /* slides */
    bool unsettled; /* something changed meanwhile, or what went could not be closed yet: rescan soon */
};

/* Reads the folder again. As slow as its file system: not for a thread that somebody waits for. */
struct og_library_changes og_library_rescan(struct og_library *library);

void og_library_close(struct og_library **library);

#endif
