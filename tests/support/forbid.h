/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_FORBID_H
#define OG_TESTS_SUPPORT_FORBID_H
/*
 * A filter as containers put around a process: one system call fails from now on, for good, in this thread and in those
 * that it starts.
 *
 * Threads:   the test's own. Ownership: none.
 * Errors:    false when the system knows no such filter.
 */
#include <stdbool.h>

bool forbid_system_call(long number, int error);

#endif
