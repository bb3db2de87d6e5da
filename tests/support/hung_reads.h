/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_HUNG_READS_H
#define OG_TESTS_SUPPORT_HUNG_READS_H
/*
 * Reads of one file that do not return, as on a network file system that hangs. For programs that are linked with
 * --wrap=pread and with this source file: every pread of theirs goes through here.
 *
 * Threads:   any. Ownership: none. Errors: a file that is not there aborts.
 */
#include <stdbool.h>

void hung_reads_choose(const char *path); /* whose reads hang when they do; they do not yet */
void hung_reads_begin(void);
void hung_reads_end(void); /* all return */

void hung_reads_await(unsigned readers); /* until so many are inside */
unsigned hung_reads_most(void);          /* who were inside at once since the last begin */

#endif
