/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_VARIANT_H
#define OG_BENCH_VARIANT_H
/*
 * The programs that load_main.c is linked into: bench_load_product, and bench_load_X for each alternative X, beside the
 * bench that runs them.
 *
 * Threads:   the bench's main thread.
 * Ownership: borrows the texts.
 * Errors:    a variant that fails has said why; the bench ends.
 */
#include "load.h"

struct variant {
    const char *name;        /* of the program, behind bench_load_ */
    const char *environment; /* "OG_CPU=scalar", or NULL */
    const char *arguments;   /* of its own, or NULL */
};

/* Runs it once with `arguments` and its own. */
struct load_result variant_run(const struct variant *variant, const char *arguments);

void variant_print(const struct load_result *result); /* the line that variant_run reads */

#endif
