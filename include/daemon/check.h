/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_CHECK_H
#define OG_DAEMON_CHECK_H
/*
 * og_check: whether resolved settings fit this machine. Whether a start would fail, for --check-config, and what would
 * work otherwise than the settings say, which a start tells the log too.
 *
 * Threads:   start only.
 * Ownership: borrows.
 * Errors:    `err` says what a start would say. Nothing is made or changed.
 */
#include "base/status.h"
#include "daemon/params.h"

/* Hears a sentence for each thing that is worth a warning. */
typedef void og_check_tell(void *context, const char *sentence);

/* Tries folder of slides, file of the access log and address. An address in use is told: that may be by ourselves. */
OG_CHECKED enum og_status og_check_start(const struct og_params *params, og_check_tell *tell, void *context,
                                         struct og_error *err);

/* Fewer connections than wanted, more memory than there is. */
void og_check_machine(const struct og_params *params, og_check_tell *tell, void *context);

#endif
