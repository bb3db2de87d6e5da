/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_TOOL_RUN_ORIGAMI_H
#define OG_TESTS_TOOL_RUN_ORIGAMI_H
/*
 * The real program in a process of its own.
 *
 * Threads:   the test's own.
 * Ownership: run returns text that the caller frees; start returns a child that the caller waits for.
 * Errors:    abort: without processes there is no test.
 */
#include <sys/types.h>

struct origami_run {
    int code;         /* exit code, or -signal */
    char *out, *errs; /* standard output and error */
};

/* Arguments end with NULL. */
struct origami_run origami_run_list(const char *const *arguments);
#define ORIGAMI_RUN(...) origami_run_list((const char *const[]){__VA_ARGS__, NULL})
struct origami_run origami_run_to(const char *path, const char *const *arguments); /* where the output goes */
void origami_run_free(struct origami_run *run);

pid_t origami_start(const char *const *arguments); /* in the background, silent */
int origami_wait(pid_t child);                     /* exit code, or -signal */

#endif
