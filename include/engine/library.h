/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_LIBRARY_H
#define OG_ENGINE_LIBRARY_H
/*
 * og_library: what the roof needs of the workshops before an engine exists: the catalogue of slides, the choice of
 * pixel kernels, the clean-up of the codec's environment. The roof may include no workshop, so the great hall lends
 * them.
 *
 * Threads:   everything here is single-threaded: called by main before threads exist and after they ended.
 * Ownership: open returns owned; the catalogue is borrowed from the library and lives as long.
 * Errors:    open fails only when the folder itself cannot be read, and `err` says why; bad slides are skipped and
 * logged.
 */
#include "base/log.h"
#include "base/metrics.h"
#include "base/status.h"

struct og_catalogue;
struct og_library;

/* Removes environment variables that would change the bytes of a tile. Before any thread exists. */
void og_library_prepare_process(void);

const char *og_library_cpu_name(void); /* of the kernels that this processor runs */

OG_CHECKED enum og_status og_library_open(const char *folder, struct og_log *log, struct og_metrics_block *metrics,
                                          struct og_library **out, struct og_error *err);
const struct og_catalogue *og_library_catalogue(const struct og_library *library);
void og_library_close(struct og_library **library);

#endif
