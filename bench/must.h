/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_MUST_H
#define OG_BENCH_MUST_H
/*
 * A bench that cannot go on says why and ends: figures from half a run help nobody.
 *
 * Threads: any. Ownership: none. Errors: end the process with status 1.
 */
#include "base/status.h"

void must(enum og_status status, const struct og_error *err);

#endif
